import type { LockedAccount } from '../../accounts/store.ts'
import type { Posting, Row, Writer } from '../../database.ts'
import {
  appliedRateOf,
  convertPart,
  type Measure,
  minorOf,
  type Originals,
  originalsOf,
  proportionOf,
  Room,
  rateOf,
  toMoney,
  withinOpen
} from '../../engine/index.ts'
import { convertItem, giveItemBack } from '../../exposure-items/postings.ts'
import { type ConversionTarget, conversionsTo, findItem, saveConversion } from '../../exposure-items/store.ts'
import type { CheckId, ItemId } from '../../ids.ts'
import { idOf } from '../../platform/values/ids.ts'
import { fieldProblem, Problem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import {
  type Covered,
  coverCaptures,
  type Excess,
  excessesOf,
  takenOver
} from '../../reservations/postings/coverage.ts'
import { capturableMinor, capture, orderMoneyOf } from '../../reservations/postings/steps.ts'
import { capturedOriginalMinor, findReserved, type Reserved } from '../../reservations/store.ts'
import type { ConvertedFrom, ShownExcess } from '../schema.ts'
import texts from '../texts.json' with { type: 'json' }
import { convertedMoney, tooLarge } from './money.ts'

const { details } = texts

const NOTHING: Posting = { entries: [], writes: [] }

/** Everything that one conversion rests on. */
interface Conversion {
  readonly trx: Writer
  readonly locked: LockedAccount
  readonly target: ConversionTarget
  readonly room: Room
}

/**
 * One document to take from, by `pointer` in the request, with the amount that shall stand
 * converted in the end.
 */
type Predecessor = (ItemOrigin | CheckOrigin) & {
  readonly pointer: string
  readonly currency: string | undefined
  readonly wantedMinor: number
  readonly final: boolean
  readonly recorded: Row<'exposureConversions'> | undefined
}

interface ItemOrigin {
  readonly kind: 'item'
  readonly source: string
  readonly id: ItemId
}

interface CheckOrigin {
  readonly kind: 'check'
  readonly source: ''
  readonly id: CheckId
}

/** What a recorded conversion took from: its kind says of what the id is. */
function originOfRow({ fromKind, fromSource, fromId }: Row<'exposureConversions'>): ItemOrigin | CheckOrigin {
  return fromKind === 'item'
    ? { kind: 'item', source: fromSource, id: idOf<ItemId>(fromId) }
    : { kind: 'check', source: '', id: idOf<CheckId>(fromId) }
}

/** A document that takes others over. */
interface TakingDocument {
  readonly target: ConversionTarget
  /** What it comes to now. */
  readonly measure: Measure
  readonly isNew: boolean
  /** Whether that is another amount than is recorded. */
  readonly isChanged: boolean
  /** What it captured of reservations. */
  readonly captures: readonly Row<'captures'>[]
}

/** What a document takes over: the entries of what it takes from, and what its own entry says. */
interface TakenOver extends Posting, Pick<Covered, 'moves' | 'checkIds'> {
  /** What it captured earlier and has no room for. */
  readonly excess: readonly Excess[]
  /** The same of what it captures now. */
  readonly newExcess: readonly Excess[]
}

/**
 * Reduces the documents that another one is made from, as far as that has room; the result is saved
 * with it. The list is complete: amounts above the recorded ones are taken, amounts below or
 * missing are given back, which a resolved reservation does not allow. Without a list the document
 * is made from what it was made from. Of one whose amount has changed everything is held against it
 * anew: items first, then captures in their order.
 */
export async function takeOver(
  trx: Writer,
  locked: LockedAccount,
  { target, measure, isNew, isChanged, captures }: TakingDocument,
  wanted: ConvertedFrom | undefined,
  defaultSource: string
): Promise<TakenOver> {
  const room = new Room(measure)
  const conversion = { trx, locked, target, room }
  const isAsRecorded = wanted === undefined && (!isChanged || isNew)
  const recorded = isAsRecorded ? [] : await conversionsTo(trx, locked.account.customerId, [target])
  const origins = wanted === undefined ? recorded.map(asRecorded) : originsOf(wanted, recorded, target, defaultSource)
  const checks = wanted === undefined ? [] : origins.filter((origin) => origin.kind === 'check')
  const items = await itemParts(conversion, origins)
  if (!isChanged) for (const part of [...items.map(({ kept }) => kept), ...takenBy(locked, captures)]) room.fill(part)
  const checkIds = new Set(checks.map(({ id }) => id))
  const ofItems = items.map((part) => fromItem(conversion, part, isChanged, checkIds))
  const covered = isChanged ? coverCaptures(locked, captures, room) : undefined
  const ofChecks: Awaited<ReturnType<typeof fromCheck>>[] = []
  for (const origin of checks) ofChecks.push(await fromCheck(conversion, origin))
  const parts = [...ofItems, ...ofChecks]
  return {
    entries: parts.flatMap(({ entries }) => entries),
    writes: [...parts.flatMap(({ writes }) => writes), ...(covered?.writes ?? [])],
    moves: covered?.moves ?? {},
    checkIds: covered?.checkIds ?? [],
    excess: covered?.excesses ?? excessesOf(captures),
    newExcess: ofChecks.flatMap(({ excess = [] }) => excess)
  }
}

function takenBy({ account: { currency } }: LockedAccount, captures: readonly Row<'captures'>[]): Measure[] {
  return captures.map((each) => takenOver(each, currency))
}

/** What a document has no room for, as it is answered; left out where there is nothing. */
export function excessOf(excess: readonly Excess[], currency: string): { readonly excess?: ShownExcess } {
  if (excess.length === 0) return {}
  return { excess: excess.map(({ amountMinor, ...rest }) => ({ ...rest, amount: toMoney(amountMinor, currency) })) }
}

/** A recorded conversion, to stand as it is. */
function asRecorded(recorded: Row<'exposureConversions'>): Predecessor {
  const { originalMinor: wantedMinor } = recorded
  return { ...originOfRow(recorded), pointer: '', currency: undefined, wantedMinor, final: false, recorded }
}

function originsOf(
  wanted: ConvertedFrom,
  recorded: readonly Row<'exposureConversions'>[],
  target: ConversionTarget,
  defaultSource: string
): Predecessor[] {
  const keyOf = (kind: string, source: string, id: string) => `${kind} ${source} ${id}`
  const known = new Map(recorded.map((row) => [keyOf(row.fromKind, row.fromSource, row.fromId), row]))
  const named = new Map<string, Predecessor>()
  for (const [index, part] of wanted.entries()) {
    const pointer = `/convertedFrom/${index}`
    const { final, ...origin } = originOf(part, pointer, defaultSource)
    const key = keyOf(origin.kind, origin.source, origin.id)
    if (named.has(key)) throw fieldProblem(pointer, 'repeated', said(details.documentTwice, { id: origin.id }))
    if (origin.kind === target.kind && origin.source === target.source && origin.id === target.id)
      throw fieldProblem(pointer, 'itself', details.ofItself)
    const { amount } = part
    const amounts = { currency: amount.currency, wantedMinor: minorOf(amount) }
    named.set(key, { ...origin, pointer, final, ...amounts, recorded: known.get(key) })
  }
  const dropped = recorded
    .filter((row) => !named.has(keyOf(row.fromKind, row.fromSource, row.fromId)))
    .map((row) => ({
      ...originOfRow(row),
      pointer: '/convertedFrom',
      currency: undefined,
      wantedMinor: 0,
      final: false,
      recorded: row
    }))
  return [...named.values(), ...dropped]
}

function originOf({ itemId, source, checkId, final }: ConvertedFrom[number], pointer: string, defaultSource: string) {
  const notOne = () => fieldProblem(pointer, 'one_of', details.itemOrCheck)
  if (checkId === undefined) {
    if (itemId === undefined) throw notOne()
    if (final !== undefined) throw fieldProblem(`${pointer}/final`, 'not_here', details.finalOfItem)
    return { kind: 'item', source: source ?? defaultSource, id: itemId, final: false } as const
  }
  if (itemId !== undefined) throw notOne()
  if (source !== undefined) throw fieldProblem(`${pointer}/source`, 'not_here', details.sourceOfCheck)
  if (final === undefined) throw fieldProblem(`${pointer}/final`, 'required', details.finalMissing)
  return { kind: 'check', source: '', id: checkId, final } as const
}

/** An item that a document is made from, with what the document keeps of it in any case. */
interface ItemPart {
  readonly origin: Predecessor & ItemOrigin
  readonly item: Row<'exposureItems'>
  /** What is wanted and recorded already. */
  readonly kept: Measure
}

async function itemParts({ trx, locked }: Conversion, origins: readonly Predecessor[]): Promise<ItemPart[]> {
  const { customerId } = locked.account
  const parts: ItemPart[] = []
  for (const origin of origins) {
    if (origin.kind !== 'item') continue
    const item = await findItem(trx, { customerId, source: origin.source, itemId: origin.id })
    if (item === undefined)
      throw new Problem('conversion-origin-missing', said(details.noOrigin, { id: origin.id, source: origin.source }))
    assertSameCurrency(origin, item.originalCurrency)
    parts.push({ origin, item, kept: partOfItem(item, Math.min(origin.wantedMinor, recordedMinor(origin))) })
  }
  return parts
}

function recordedMinor({ recorded }: Predecessor): number {
  return recorded?.originalMinor ?? 0
}

/** A part of an item, in its own currency, measured. */
function partOfItem(item: Row<'exposureItems'>, originalMinor: number): Measure {
  const { originalCurrency: currency } = item
  return { currency, amountMinor: proportionOf(item.amountMinor, originalMinor, item.originalMinor), originalMinor }
}

/**
 * The rest of an item, for which the document has no room, stays open on the item. What a check of
 * the same list holds is changed by that alone.
 */
function fromItem(
  { locked, target, room }: Conversion,
  { origin, item, kept }: ItemPart,
  isChanged: boolean,
  checkIds: ReadonlySet<CheckId>
): Posting {
  const before = recordedMinor(origin)
  const { wantedMinor } = origin
  const given = isChanged ? 0 : kept.originalMinor
  const after = given + room.take(partOfItem(item, wantedMinor - given)).originalMinor
  if (after === before) return NOTHING
  const lacksRoom = after < before && wantedMinor >= before && (item.heldBy === null || !checkIds.has(item.heldBy))
  const { entries, writes, amountMinor } = lacksRoom
    ? giveItemBack(locked, item, before - after, target)
    : convertItem(locked, item, after - before, target)
  const link = linkOf(locked, target, { ...origin, wantedMinor: after }, amountMinor)
  return { entries, writes: [...writes, saveConversion(link)] }
}

async function fromCheck(
  { trx, locked, target, room }: Conversion,
  origin: Predecessor & CheckOrigin
): Promise<Posting & { readonly excess?: readonly Excess[] }> {
  const { customerId, currency } = locked.account
  const invoiceId = target.kind === 'invoice' ? target.id : undefined
  const reserved = await findReserved(trx, { customerId, checkId: origin.id }, invoiceId)
  if (reserved === undefined) throw new Problem('conversion-origin-missing', said(details.noCheck, { id: origin.id }))
  const { wantedMinor, originals } = wantedOfCheck(origin, reserved, currency)
  const moreMinor = wantedMinor - (origin.recorded?.originalMinor ?? 0)
  const amountMinor =
    originals.rate === null
      ? moreMinor
      : withinOpen(
          moreMinor + (await roundingOf(trx, locked, origin, { wantedMinor, originals })),
          capturableMinor(reserved, locked.now)
        )
  if (amountMinor === 0) return NOTHING
  if (amountMinor < 0) throw new Problem('conversion-irreversible', said(details.irreversible, { id: origin.id }))
  const { originalMinor, originalCurrency } = originals
  const statedMinor = originalMinor ?? wantedMinor
  const captured = {
    amountMinor,
    originalMinor: origin.recorded === undefined ? statedMinor : proportionOf(statedMinor, amountMinor, wantedMinor),
    originalCurrency: originalCurrency ?? currency
  }
  // The amount of an invoice that takes from a reservation is a receivable at once.
  const taking = { captured, originals, target, room, final: origin.final }
  const { entries, writes, excess } = await capture(trx, locked, reserved, taking)
  const link = linkOf(locked, target, { ...origin, wantedMinor }, amountMinor)
  return { entries, writes: [...writes, saveConversion(link)], excess }
}

interface WantedOfCheck {
  readonly wantedMinor: number
  readonly originals: Originals
}

/**
 * What shall stand converted of a check, in the currency of the account, and what stood before. An
 * amount in the currency of the order is converted with the rate of the order, so that the whole
 * order is the whole reservation.
 */
function wantedOfCheck(origin: Predecessor, reserved: Reserved, currency: string): WantedOfCheck {
  const original = orderMoneyOf(reserved)
  if (original === null || origin.currency !== original.currency) {
    assertSameCurrency(origin, currency)
    return { wantedMinor: origin.wantedMinor, originals: originalsOf(toMoney(origin.wantedMinor, currency), null) }
  }
  const money = toMoney(origin.wantedMinor, original.currency)
  const rate = rateOf(original)
  return { wantedMinor: convertedMoney(money, currency, rate).amountMinor, originals: originalsOf(money, rate) }
}

/**
 * What a first part of an order in another currency comes to beyond its own conversion, so that it
 * adds up with what invoices captured before: at most a minor unit on either side.
 */
async function roundingOf(
  trx: Writer,
  { account: { customerId, currency } }: LockedAccount,
  { id, recorded }: Predecessor & CheckOrigin,
  { wantedMinor, originals }: WantedOfCheck
): Promise<number> {
  const { originalCurrency, originalMinor } = originals
  const rate = appliedRateOf(originals)
  if (recorded !== undefined || rate === null || originalCurrency === null || originalMinor === null) return 0
  const earlierMinor = await capturedOriginalMinor(trx, customerId, id, originalCurrency)
  const partMinor = convertPart(
    { partMinor: originalMinor, earlierMinor },
    { from: originalCurrency, to: currency },
    rate
  )
  if (partMinor === undefined) throw tooLarge(toMoney(originalMinor, originalCurrency))
  return partMinor - wantedMinor
}

function assertSameCurrency({ pointer, currency }: Predecessor, expected: string): void {
  if (currency !== undefined && currency !== expected)
    throw new Problem('currency-mismatch', said(details.originCurrency, { pointer, currency: expected }))
}

function linkOf(
  { account, now }: LockedAccount,
  { kind: toKind, source: toSource, id: toId }: ConversionTarget,
  { kind: fromKind, source: fromSource, id: fromId, wantedMinor, recorded }: Predecessor,
  amountMinor: number
): Row<'exposureConversions'> {
  return {
    customerId: account.customerId,
    toKind,
    toSource,
    toId,
    fromKind,
    fromSource,
    fromId,
    amountMinor: (recorded?.amountMinor ?? 0) + amountMinor,
    originalMinor: wantedMinor,
    convertedAt: now,
    bounded: true
  }
}
