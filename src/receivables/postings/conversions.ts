import type { LockedAccount } from '../../accounts/store.ts'
import type { Posting, Row, Writer } from '../../database.ts'
import {
  appliedRateOf,
  convertPart,
  minorOf,
  type Originals,
  openMinor,
  originalsOf,
  proportionOf,
  rateOf,
  toMoney,
  withinOpen
} from '../../engine/index.ts'
import { convertItem } from '../../exposure-items/postings.ts'
import { type ConversionTarget, conversionsTo, findItem, saveConversion } from '../../exposure-items/store.ts'
import type { CheckId, ItemId } from '../../ids.ts'
import { idOf } from '../../platform/values/ids.ts'
import { fieldProblem, Problem } from '../../platform/values/problem.ts'
import { capture, orderMoneyOf } from '../../reservations/postings/steps.ts'
import { capturedOriginalMinor, findReserved, type Reserved } from '../../reservations/store.ts'
import type { ConvertedFrom } from '../schema.ts'
import { convertedMoney, tooLarge } from './money.ts'

const NOTHING: Posting = { entries: [], writes: [] }

/** Everything that one conversion rests on. */
interface Conversion {
  readonly trx: Writer
  readonly locked: LockedAccount
  readonly target: ConversionTarget
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

/**
 * Reduces the documents that another one is made from; the result is saved with that one. The list
 * is complete: amounts above the recorded ones are taken, amounts below or missing are given back,
 * which a resolved reservation does not allow. Without a list nothing changes.
 */
export async function convert(
  trx: Writer,
  locked: LockedAccount,
  target: ConversionTarget,
  wanted: ConvertedFrom | undefined,
  defaultSource: string
): Promise<Posting> {
  if (wanted === undefined) return NOTHING
  const recorded = await conversionsTo(trx, locked.account.customerId, [target])
  const origins = originsOf(wanted, recorded, target, defaultSource)
  const conversion = { trx, locked, target }
  const parts: Posting[] = []
  for (const origin of origins)
    parts.push(await (origin.kind === 'item' ? fromItem(conversion, origin) : fromCheck(conversion, origin)))
  return { entries: parts.flatMap(({ entries }) => entries), writes: parts.flatMap(({ writes }) => writes) }
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
    if (named.has(key))
      throw fieldProblem(pointer, 'repeated', `The document ${origin.id} stands twice in convertedFrom.`)
    if (origin.kind === target.kind && origin.source === target.source && origin.id === target.id)
      throw fieldProblem(pointer, 'itself', 'A document is not made from itself.')
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
  const notOne = () => fieldProblem(pointer, 'one_of', 'Name either an itemId or a checkId.')
  if (checkId === undefined) {
    if (itemId === undefined) throw notOne()
    if (final !== undefined)
      throw fieldProblem(`${pointer}/final`, 'not_here', 'Only a reservation is ended by `final`: leave it out.')
    return { kind: 'item', source: source ?? defaultSource, id: itemId, final: false } as const
  }
  if (itemId !== undefined) throw notOne()
  if (source !== undefined) throw fieldProblem(`${pointer}/source`, 'not_here', 'A check has no source: leave it out.')
  if (final === undefined)
    throw fieldProblem(`${pointer}/final`, 'required', 'Say whether the rest of the reservation is given back.')
  return { kind: 'check', source: '', id: checkId, final } as const
}

async function fromItem({ trx, locked, target }: Conversion, origin: Predecessor & ItemOrigin): Promise<Posting> {
  const { customerId } = locked.account
  const item = await findItem(trx, { customerId, source: origin.source, itemId: origin.id })
  if (item === undefined)
    throw new Problem('conversion-origin-missing', `There is no exposure item ${origin.id} of ${origin.source}.`)
  assertSameCurrency(origin, item.originalCurrency)
  const takenMinor = origin.wantedMinor - (origin.recorded?.originalMinor ?? 0)
  if (takenMinor === 0) return NOTHING
  const { entries, writes, amountMinor } = convertItem(locked, item, takenMinor, target)
  return { entries, writes: [...writes, saveConversion(linkOf(locked, target, origin, amountMinor))] }
}

async function fromCheck({ trx, locked, target }: Conversion, origin: Predecessor & CheckOrigin): Promise<Posting> {
  const { customerId, currency } = locked.account
  const invoiceId = target.kind === 'invoice' ? target.id : undefined
  const reserved = await findReserved(trx, { customerId, checkId: origin.id }, invoiceId)
  if (reserved === undefined)
    throw new Problem('conversion-origin-missing', `There is no credit check ${origin.id} of this customer.`)
  const { wantedMinor, originals } = wantedOfCheck(origin, reserved, currency)
  const excessMinor = wantedMinor - (origin.recorded?.originalMinor ?? 0)
  const open = openMinor(reserved.reservation)
  const amountMinor =
    originals.rate === null
      ? excessMinor
      : withinOpen(excessMinor + (await roundingOf(trx, locked, origin, { wantedMinor, originals })), open)
  if (amountMinor === 0) return NOTHING
  if (amountMinor < 0)
    throw new Problem(
      'conversion-irreversible',
      `The reservation of ${origin.id} is captured; it cannot be held again.`
    )
  const { originalMinor, originalCurrency } = originals
  const statedMinor = originalMinor ?? wantedMinor
  const captured = {
    amountMinor,
    originalMinor: origin.recorded === undefined ? statedMinor : proportionOf(statedMinor, amountMinor, wantedMinor),
    originalCurrency: originalCurrency ?? currency
  }
  // The amount of an invoice that takes from a reservation is a receivable at once.
  const taking = { captured, originals, target, awaitsInvoice: false, final: origin.final }
  const { entries, writes } = await capture(trx, locked, reserved, taking)
  const link = linkOf(locked, target, { ...origin, wantedMinor }, amountMinor)
  return { entries, writes: [...writes, saveConversion(link)] }
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
    throw new Problem('currency-mismatch', `The document that ${pointer} names is in ${expected}.`)
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
    convertedAt: now
  }
}
