import type { LockedAccount } from '../../accounts/store.ts'
import { findCheck } from '../../checks/store.ts'
import type { NewEntry, Row, Write, Writer } from '../../database.ts'
import {
  afterCapture,
  afterConversion,
  type CapturedAmounts,
  convertMoney,
  formatAmount,
  minorOf,
  type OriginalMoney,
  type Originals,
  openMinor,
  openParts,
  originalMoneyOf,
  originalsOf,
  proportionOf,
  rateOf,
  resolveStep,
  toMoney,
  withinOpen
} from '../../engine/index.ts'
import {
  type ConversionTarget,
  captureItems,
  conversionsTo,
  findItem,
  heldItems,
  saveConversion,
  updateItem
} from '../../exposure-items/store.ts'
import { newId } from '../../platform/values/ids.ts'
import { fieldProblem, Problem } from '../../platform/values/problem.ts'
import { findCapture, insertCapture, updateReservation } from '../../reservations/store.ts'
import type { ConvertedFrom } from '../schema.ts'
import { countedAs } from './counted.ts'

/** What a conversion does to the documents that it takes from: to be saved with the document that it makes. */
interface Conversions {
  readonly entries: readonly NewEntry[]
  readonly writes: readonly Write[]
}

const NOTHING: Conversions = { entries: [], writes: [] }

/** Everything that one conversion rests on. */
interface Conversion {
  readonly trx: Writer
  readonly locked: LockedAccount
  readonly target: ConversionTarget
}

/** One document that is taken from, by `pointer` in the request, and the amount that is to stand converted in the end. */
interface Origin {
  readonly pointer: string
  readonly kind: 'item' | 'check'
  readonly source: string
  readonly id: string
  readonly currency: string | undefined
  readonly wantedMinor: number
  readonly final: boolean
  readonly recorded: Row<'exposureConversions'> | undefined
}

/**
 * Takes off the documents that another is made from. The list is the whole truth about the target: what it names more of than is recorded is
 * taken, what it names less of or no longer is given back, which a resolved reservation cannot be. Without a list nothing changes.
 */
export async function convert(
  trx: Writer,
  locked: LockedAccount,
  target: ConversionTarget,
  wanted: ConvertedFrom | undefined,
  defaultSource: string
): Promise<Conversions> {
  if (wanted === undefined) return NOTHING
  const recorded = await conversionsTo(trx, locked.account.customerId, [target])
  const origins = originsOf(wanted, recorded, target, defaultSource)
  const conversion = { trx, locked, target }
  const parts: Conversions[] = []
  for (const origin of origins)
    parts.push(await (origin.kind === 'item' ? fromItem(conversion, origin) : fromCheck(conversion, origin)))
  return { entries: parts.flatMap(({ entries }) => entries), writes: parts.flatMap(({ writes }) => writes) }
}

function originsOf(
  wanted: ConvertedFrom,
  recorded: readonly Row<'exposureConversions'>[],
  target: ConversionTarget,
  defaultSource: string
): Origin[] {
  const keyOf = (kind: string, source: string, id: string) => `${kind} ${source} ${id}`
  const known = new Map(recorded.map((row) => [keyOf(row.fromKind, row.fromSource, row.fromId), row]))
  const named = new Map<string, Origin>()
  for (const [index, part] of wanted.entries()) {
    const pointer = `/convertedFrom/${index}`
    const { kind, source, id, final } = originOf(part, pointer, defaultSource)
    const key = keyOf(kind, source, id)
    if (named.has(key)) throw fieldProblem(pointer, 'repeated', `The document ${id} stands twice in convertedFrom.`)
    if (kind === target.kind && source === target.source && id === target.id)
      throw fieldProblem(pointer, 'itself', 'A document is not made from itself.')
    const { amount } = part
    const amounts = { currency: amount.currency, wantedMinor: minorOf(amount) }
    named.set(key, { pointer, kind, source, id, final, ...amounts, recorded: known.get(key) })
  }
  const dropped = recorded
    .filter((row) => !named.has(keyOf(row.fromKind, row.fromSource, row.fromId)))
    .map((row) => ({
      pointer: '/convertedFrom',
      kind: row.fromKind,
      source: row.fromSource,
      id: row.fromId,
      currency: undefined,
      wantedMinor: 0,
      final: false,
      recorded: row
    }))
  return [...named.values(), ...dropped]
}

function originOf({ itemId, source, checkId, final }: ConvertedFrom[number], pointer: string, defaultSource: string) {
  if ((itemId === undefined) === (checkId === undefined))
    throw fieldProblem(pointer, 'one_of', 'Name either an itemId or a checkId.')
  if (checkId === undefined) {
    if (final !== undefined)
      throw fieldProblem(`${pointer}/final`, 'not_here', 'Only a reservation is ended by `final`: leave it out.')
    return { kind: 'item', source: source ?? defaultSource, id: itemId as string, final: false } as const
  }
  if (source !== undefined) throw fieldProblem(`${pointer}/source`, 'not_here', 'A check has no source: leave it out.')
  if (final === undefined)
    throw fieldProblem(`${pointer}/final`, 'required', 'Say whether the rest of the reservation is given back.')
  return { kind: 'check', source: '', id: checkId, final } as const
}

async function fromItem({ trx, locked, target }: Conversion, origin: Origin): Promise<Conversions> {
  const { account, now } = locked
  const item = await findItem(trx, { customerId: account.customerId, source: origin.source, itemId: origin.id })
  if (item === undefined)
    throw new Problem('conversion-origin-missing', `There is no exposure item ${origin.id} of ${origin.source}.`)
  refuseCurrency(origin, item.originalCurrency)
  const takenMinor = origin.wantedMinor - (origin.recorded?.originalMinor ?? 0)
  if (takenMinor === 0) return NOTHING
  if (item.state === 'closed')
    throw new Problem('exposure-item-closed', `${origin.id} was closed at ${item.updatedAt}.`)
  if (item.state === 'held')
    throw new Problem('exposure-item-held', `The reservation of ${item.heldBy} holds ${origin.id}.`, {
      members: { checkId: item.heldBy }
    })
  const after = afterConversion(item, takenMinor)
  if (after === undefined) {
    const open = formatAmount(item.openOriginalMinor, item.originalCurrency)
    const taken = formatAmount(takenMinor, item.originalCurrency)
    throw new Problem(
      'conversion-exceeds-open',
      `${taken} would be converted of ${origin.id}, of which ${open} ${item.originalCurrency} is open.`,
      { members: { open } }
    )
  }
  const state = after.openOriginalMinor === 0 ? ('converted' as const) : ('open' as const)
  const changes = { openMinor: after.openMinor, openOriginalMinor: after.openOriginalMinor, state }
  const amountMinor = item.openMinor - after.openMinor
  const entry: NewEntry = {
    type: 'exposure_item.converted',
    subject: item.itemId,
    payload: { source: item.source, to: target, amountMinor, originalMinor: takenMinor, ...changes },
    moves: countedAs({ ...item, openMinor: -amountMinor, state: 'open' })
  }
  const link = linkOf(locked, target, origin, amountMinor)
  return {
    entries: [entry],
    writes: [updateItem(item, { ...changes, version: item.version + 1, updatedAt: now }), saveConversion(link)]
  }
}

async function fromCheck({ trx, locked, target }: Conversion, origin: Origin): Promise<Conversions> {
  const { account, now } = locked
  const found = await findCheck(trx, account.customerId, origin.id)
  if (found === undefined)
    throw new Problem('conversion-origin-missing', `There is no credit check ${origin.id} of this customer.`)
  const { reservation } = found
  if (reservation === undefined)
    throw new Problem(
      'reservation-absent',
      `The check ${origin.id} was ${found.check.outcome}: it holds no reservation.`
    )
  const { wantedMinor, originals } = wantedOfCheck(origin, found.check, account.currency)
  const excessMinor = wantedMinor - (origin.recorded?.originalMinor ?? 0)
  const takenMinor = originals.rate === null ? excessMinor : withinOpen(excessMinor, openMinor(reservation))
  if (takenMinor === 0) return NOTHING
  if (takenMinor < 0)
    throw new Problem(
      'conversion-irreversible',
      `The reservation of ${origin.id} is captured; it cannot be held again.`
    )
  refuseEnded(reservation, now)
  const after = resolveStep(reservation, { kind: 'capture', amountMinor: takenMinor, final: origin.final })
  if (after === undefined) {
    const open = formatAmount(openMinor(reservation), account.currency)
    const taken = formatAmount(takenMinor, account.currency)
    throw new Problem(
      'capture-exceeds-reservation',
      `${taken} would be captured, ${open} ${account.currency} is open.`,
      { members: { open } }
    )
  }
  const { state, capturedMinor, releasedMinor, expiredMinor } = after
  const changes = { state, capturedMinor, releasedMinor, expiredMinor, resolvedAt: state === 'active' ? null : now }
  const made =
    target.kind === 'invoice' ? await invoiceCapture(trx, locked, target, origin.id, takenMinor, originals) : undefined
  const document = made === undefined ? { itemId: target.id, source: target.source } : { ...made.payload }
  const captured = capturedAmounts(account.currency, { takenMinor, wantedMinor, originals })
  const held = await heldAfter({ trx, locked, target }, origin.id, captured, state !== 'active')
  const entry: NewEntry = {
    type: 'reservation.captured',
    subject: origin.id,
    payload: {
      ...document,
      amountMinor: takenMinor,
      original: originalMoneyOf(originals),
      final: origin.final,
      state,
      ...held.payload
    },
    moves: { reservedMinor: openMinor(after) - openMinor(reservation) }
  }
  const link = linkOf(locked, target, { ...origin, wantedMinor }, takenMinor)
  return {
    entries: [entry],
    writes: [
      updateReservation(reservation, { ...changes, version: reservation.version + 1 }),
      saveConversion(link),
      ...held.writes,
      ...(made === undefined ? [] : [made.write])
    ]
  }
}

/** What is taken now of what is to stand converted, in both currencies. */
function capturedAmounts(
  currency: string,
  { takenMinor, wantedMinor, originals }: { takenMinor: number; wantedMinor: number; originals: Originals }
): CapturedAmounts {
  const { originalMinor, originalCurrency } = originals
  return {
    amountMinor: takenMinor,
    originalMinor: proportionOf(originalMinor ?? wantedMinor, takenMinor, wantedMinor),
    originalCurrency: originalCurrency ?? currency
  }
}

/**
 * What is left of the items that a reservation holds when some of it becomes a document. An item that takes over from the reservation that
 * holds it says for itself what it is: nothing of that is taken off the others.
 */
async function heldAfter(
  { trx, locked: { account, now }, target }: Conversion,
  checkId: string,
  captured: CapturedAmounts,
  isEnded: boolean
): Promise<{ payload: object; writes: Write[] }> {
  const held = await heldItems(trx, account.customerId, [checkId])
  if (held.length === 0) return { payload: {}, writes: [] }
  const others = held.filter(({ source, itemId }) => !(target.source === source && target.id === itemId))
  const isOwn = target.kind === 'item' && others.length < held.length
  const items = isOwn ? others : afterCapture(held, captured)
  return { payload: { items: isEnded ? [] : openParts(items) }, writes: captureItems(items, isEnded, now) }
}

/**
 * What is to stand converted of a check, in the account's currency, with what it was before: an amount in the currency of the order is converted
 * with the rate of the order, so that the whole of it is the whole reservation.
 */
function wantedOfCheck(
  origin: Origin,
  { document }: Row<'creditChecks'>,
  currency: string
): { wantedMinor: number; originals: Originals } {
  const { original } = JSON.parse(document) as { original: OriginalMoney | null }
  if (original === null || origin.currency !== original.currency) {
    refuseCurrency(origin, currency)
    return { wantedMinor: origin.wantedMinor, originals: originalsOf(toMoney(origin.wantedMinor, currency), null) }
  }
  const money = toMoney(origin.wantedMinor, original.currency)
  const converted = convertMoney(money, currency, rateOf(original))
  if (converted === undefined)
    throw new Problem('exposure-too-large', `${money.amount} ${money.currency} is more than can be counted exactly.`)
  return { wantedMinor: converted.amountMinor, originals: originalsOf(money, rateOf(original)) }
}

/** An invoice that takes from a reservation has captured it, and its amount is a receivable at once. */
async function invoiceCapture(
  trx: Writer,
  { account, now }: LockedAccount,
  { id: invoiceId }: ConversionTarget,
  checkId: string,
  amountMinor: number,
  originals: Originals
) {
  const earlier = await findCapture(trx, account.customerId, invoiceId, checkId)
  if (earlier !== undefined)
    throw new Problem('invoice-already-captured', `Invoice ${invoiceId} captured check ${checkId}.`, {
      members: { checkId }
    })
  const captureId = newId('cap')
  const row = { customerId: account.customerId, invoiceId, captureId, checkId, amountMinor, capturedAt: now }
  return {
    payload: { captureId, invoiceId, alreadyInvoiced: true },
    write: insertCapture({ ...row, invoicedAt: now, ...originals })
  }
}

function refuseCurrency({ pointer, currency }: Origin, expected: string): void {
  if (currency !== undefined && currency !== expected)
    throw new Problem('currency-mismatch', `The document that ${pointer} names is in ${expected}.`)
}

function refuseEnded({ checkId, state, expiresAt, resolvedAt }: Row<'reservations'>, now: string): void {
  if (state === 'active' && expiresAt > now) return
  const ended = state === 'active' ? 'expired' : state === 'partially_captured' ? 'captured' : state
  throw new Problem(
    `reservation-already-${ended}`,
    `The reservation of ${checkId} is ${ended} since ${resolvedAt ?? expiresAt}.`,
    { members: { state: ended } }
  )
}

function linkOf(
  { account, now }: LockedAccount,
  { kind: toKind, source: toSource, id: toId }: ConversionTarget,
  { kind: fromKind, source: fromSource, id: fromId, wantedMinor, recorded }: Origin,
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
