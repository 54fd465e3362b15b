import type { LockedAccount } from '../../accounts/store.ts'
import type { NewEntry, Posting, Row, Writer } from '../../database.ts'
import {
  afterCapture,
  type CapturedAmounts,
  type Money,
  type OriginalMoney,
  type Originals,
  openAmountsOf,
  openMinor,
  originalMoneyOf,
  proportionOf,
  type ReservationStep,
  type Room,
  resolveStep,
  statedAmount,
  statedMoney,
  toMoney,
  totalOpenMinor
} from '../../engine/index.ts'
import { changedItem, closedItem } from '../../exposure-items/postings.ts'
import {
  type ConversionTarget,
  conversionsTo,
  freeItems,
  heldItems,
  orderOfItem,
  saveItems
} from '../../exposure-items/store.ts'
import type { CaptureId, CheckId, InvoiceId, ItemId } from '../../ids.ts'
import { idOf, newId } from '../../platform/values/ids.ts'
import { Problem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import { expireReservations, holdersOf, insertCapture, type Reserved, saveReservation } from '../store.ts'
import texts from '../texts.json' with { type: 'json' }
import { becameOf, countedMinor, type Excess, type PassedOn, passOn } from './coverage.ts'

const { details } = texts

type Reservation = Row<'reservations'>

/** The outcome of a step, with the reservation after it. */
interface Changed extends Posting {
  readonly reservation: Reservation
}

/** The same of a capture, with what its document has no room for. */
interface Captured extends Changed {
  readonly excess: readonly Excess[]
}

/**
 * Throws when nothing is held any more. A reservation whose time is up is expired, even if nothing
 * has ended it. Of one that was captured in part and then given back `partly` says which of the two
 * matters to the caller.
 */
export function assertActive(
  { checkId, state, expiresAt, resolvedAt }: Reservation,
  now: string,
  partly: 'captured' | 'released' = 'captured'
): void {
  if (isActive({ state, expiresAt }, now)) return
  const ended = state === 'active' ? 'expired' : state
  const how = ended === 'partially_captured' ? partly : ended
  throw new Problem(
    `reservation-already-${how}`,
    said(details.ended, { checkId, state: texts.states[ended], at: resolvedAt ?? expiresAt }),
    { members: { state: ended } }
  )
}

/** Whether a reservation holds something. One whose time is up holds nothing. */
function isActive({ state, expiresAt }: Pick<Reservation, 'state' | 'expiresAt'>, now: string): boolean {
  return state === 'active' && expiresAt > now
}

/** An invoice captures a reservation once: throws `invoice-already-captured`. */
export function assertNotCaptured({ reservation: { checkId }, capturedAt }: Reserved, invoiceId: InvoiceId): void {
  if (capturedAt === null) return
  const detail = said(details.invoiceCaptured, { invoiceId, checkId, capturedAt })
  throw new Problem('invoice-already-captured', detail, { members: { checkId } })
}

/** More would be captured than an invoice has left to take over. */
export function exceedsInvoice(amount: Money, invoiceId: InvoiceId, left: Money): Problem {
  const detail = said(details.exceedsInvoice, { taken: statedMoney(amount), invoiceId, left: statedMoney(left) })
  return new Problem('capture-exceeds-invoice', detail, { members: { left: left.amount } })
}

/** The order in its own currency; null when that is the currency of the account. */
export function orderMoneyOf({ document }: Reserved): OriginalMoney | null {
  return (JSON.parse(document) as { original: OriginalMoney | null }).original
}

/** What is taken of a reservation. */
interface Taking {
  readonly captured: CapturedAmounts
  /** What the amount was converted from. */
  readonly originals: Originals
  /** The document that it becomes. */
  readonly target: ConversionTarget
  /**
   * What that document has left to take over; undefined: an invoice of which only this capture is
   * known so far.
   */
  readonly room: Room | undefined
  /** Whether the rest is given back. */
  readonly final: boolean
}

/** What can be captured of a reservation: what it still holds, and what is beyond its documents. */
export function capturableMinor({ reservation, excesses }: Reserved, now: string): number {
  const excessMinor = excesses.reduce((sum, capture) => sum + countedMinor(capture), 0)
  return excessMinor + (isActive(reservation, now) ? openMinor(reservation) : 0)
}

/**
 * Turns some or all of a reservation into another document. What earlier captures of it have beyond
 * their documents is taken first. What the document has no room for counts on as captured. The
 * amount is taken off the items that the reservation holds; they are closed when this ends it.
 * Throws `reservation-already-…`, `capture-exceeds-reservation` and `invoice-already-captured`.
 */
export async function capture(
  trx: Writer,
  locked: LockedAccount,
  reserved: Reserved,
  taking: Taking
): Promise<Captured> {
  const { account, now } = locked
  const { captured, target, final } = taking
  const { amountMinor, originalMinor, originalCurrency } = captured
  const { reservation: before } = reserved
  const others = reserved.excesses.filter((each) => !becameOf(each, target))
  assertCapturable(account, { ...reserved, excesses: others }, amountMinor, now)
  if (target.kind === 'invoice') assertNotCaptured(reserved, target.id)
  const passing = passOn(locked, others, amountMinor)
  const takenMinor = amountMinor - passing.passedMinor
  const { payload, moves, writes, excess } = recorded(locked, before.checkId, taking, passing)
  if (takenMinor === 0) {
    const entry: NewEntry = { type: 'capture.passed_on', subject: before.checkId, payload, moves }
    if (!final || !isActive(before, now)) return { entries: [entry], writes, reservation: before, excess }
    const ended = await cancel(trx, locked, before, null)
    return { ...ended, entries: [entry, ...ended.entries], writes: [...writes, ...ended.writes], excess }
  }
  const reservation = afterStep(before, { kind: 'capture', amountMinor: takenMinor, final }, now)
  if (reservation === undefined) throw new Error('no more is taken than is open')
  const { checkId, state } = reservation
  const held = reserved.mayHoldItems ? await heldItems(trx, account.customerId, [checkId]) : []
  const ownMinor = proportionOf(originalMinor, takenMinor, amountMinor)
  const left = leftAfter(held, { amountMinor: takenMinor, originalMinor: ownMinor, originalCurrency }, target)
  const items = held.length === 0 ? {} : { items: state === 'active' ? openAmountsOf(left) : [] }
  const entry: NewEntry = {
    type: 'reservation.captured',
    subject: checkId,
    payload: { ...payload, amountMinor: takenMinor, final, state, ...items },
    moves: { reservedMinor: openMinor(reservation) - openMinor(before), ...moves }
  }
  const itemsAfter = left.map((item) => (state === 'active' ? changedItem(item, now) : closedItem(item, now)))
  return {
    entries: [entry],
    writes: [saveReservation(reservation), ...saveItems(itemsAfter), ...writes],
    reservation,
    excess
  }
}

/**
 * The row of a capture, what its entry says of it, and how what counts as captured moves: by what
 * its document has no room for, less what it took over of other captures.
 */
function recorded(
  { account: { customerId }, now }: LockedAccount,
  checkId: CheckId,
  { captured, originals, target, room }: Taking,
  { passedMinor, passed, writes }: PassedOn
) {
  const { amountMinor, originalMinor, originalCurrency: currency } = captured
  const captureId = newId('cap')
  const excessMinor =
    room === undefined ? null : amountMinor - room.take({ currency, amountMinor, originalMinor }).amountMinor
  const capturedMinor = (excessMinor ?? amountMinor) - passedMinor
  const isBeyond = excessMinor !== null && excessMinor > 0
  const document =
    target.kind === 'invoice'
      ? { invoiceId: target.id, itemSource: null, itemId: null }
      : { invoiceId: null, itemSource: target.source, itemId: target.id }
  const times = { capturedAt: now, invoicedAt: room === undefined ? null : now }
  const row = { customerId, captureId, checkId, amountMinor, ...times, ...originals, ...document, excessMinor }
  return {
    payload: {
      ...documentOf(target, captureId, room),
      amountMinor,
      original: originalMoneyOf(originals),
      ...(passed.length === 0 ? {} : { passed }),
      ...(isBeyond ? { excessMinor } : {})
    },
    moves: capturedMinor === 0 ? {} : { capturedMinor },
    excess: isBeyond ? [{ captureId, checkId, amountMinor: excessMinor }] : [],
    writes: [insertCapture(row), ...writes]
  }
}

/** The document that a reservation becomes, as the entry names it. */
function documentOf(target: ConversionTarget, captureId: CaptureId, room: Room | undefined) {
  return target.kind === 'invoice'
    ? { captureId, invoiceId: target.id, alreadyInvoiced: room !== undefined }
    : { captureId, itemId: target.id, source: target.source }
}

/** Throws when a reservation has not as much as would be captured of it. */
function assertCapturable({ currency }: Row<'creditAccounts'>, reserved: Reserved, amountMinor: number, now: string) {
  if (reserved.excesses.length === 0) assertActive(reserved.reservation, now)
  const mostMinor = capturableMinor(reserved, now)
  if (amountMinor > 0 && amountMinor <= mostMinor) return
  const open = toMoney(mostMinor, currency)
  const taken = statedAmount(toMoney(amountMinor, currency))
  throw new Problem('capture-exceeds-reservation', said(details.exceedsOpen, { taken, open: statedMoney(open) }), {
    members: { open: open.amount }
  })
}

/**
 * What is left of the items that a reservation holds. An item that takes over from the reservation
 * carries its own amount, so nothing of that is taken off the others.
 */
function leftAfter(
  held: readonly Row<'exposureItems'>[],
  captured: CapturedAmounts,
  { kind, source, id }: ConversionTarget
): readonly Row<'exposureItems'>[] {
  const others = held.filter((item) => kind !== 'item' || item.source !== source || item.itemId !== id)
  return others.length < held.length ? others : afterCapture(held, captured)
}

/** Gives back what is still held, at the wish of the caller. Throws `reservation-already-…`. */
export async function cancel(
  trx: Writer,
  locked: LockedAccount,
  before: Reservation,
  reason: string | null
): Promise<Changed> {
  assertActive(before, locked.now, 'released')
  const reservation = afterStep(before, { kind: 'release' }, locked.now)
  if (reservation === undefined) throw new Error('something is open of an active reservation')
  const { state } = reservation
  const { entries, writes } = await giveBack(trx, locked, [before], () => {
    return { type: 'reservation.released', payload: { reason, state } }
  })
  return { entries, writes: [...writes, saveReservation(reservation)], reservation }
}

/** Ends the reservations of one customer whose time is up; they give back what they still hold. */
export async function expire(
  trx: Writer,
  locked: LockedAccount,
  reservations: readonly Reservation[]
): Promise<Posting> {
  const { entries, writes } = await giveBack(trx, locked, reservations, ({ expiresAt }) => {
    return { type: 'reservation.expired', payload: { expiresAt } }
  })
  return { entries, writes: [...writes, expireReservations(locked.account.customerId, reservations)] }
}

/** Ends reservations without their items, whose open amounts count again. */
async function giveBack(
  trx: Writer,
  { account: { customerId }, now }: LockedAccount,
  reservations: readonly Reservation[],
  how: (reservation: Reservation) => Pick<NewEntry, 'type' | 'payload'>
): Promise<Posting> {
  const ids = reservations.map(({ checkId }) => checkId)
  const held = Map.groupBy(await heldItems(trx, customerId, ids), ({ heldBy }) => heldBy)
  const entries = reservations.map((reservation): NewEntry => {
    const { type, payload } = how(reservation)
    const moves = { reservedMinor: -openMinor(reservation) }
    const items = held.get(reservation.checkId)
    const entry = { type, subject: reservation.checkId, payload, moves }
    if (items === undefined) return entry
    return {
      ...entry,
      payload: { ...payload, items: openAmountsOf(items) },
      moves: { ...moves, ordersMinor: totalOpenMinor(items) }
    }
  })
  return { entries, writes: [freeItems(customerId, ids, now)] }
}

/**
 * Sets another total amount for a reservation, down to what is captured; at that amount it ends,
 * together with the items that it holds. `working` is what the entry says about the reason. Throws
 * `adjustment-below-captured`.
 */
export async function adjust(
  trx: Writer,
  { account: { customerId, currency }, now }: LockedAccount,
  before: Reservation,
  amountMinor: number,
  working: object
): Promise<Changed> {
  assertActive(before, now)
  const reservation = afterStep(before, { kind: 'adjust', amountMinor }, now)
  if (reservation === undefined) {
    const captured = toMoney(before.capturedMinor, currency)
    const wanted = statedAmount(toMoney(amountMinor, currency))
    throw new Problem(
      'adjustment-below-captured',
      said(details.belowCaptured, { captured: statedMoney(captured), wanted }),
      { members: { captured: captured.amount } }
    )
  }
  const { checkId, state } = reservation
  const items = state === 'active' ? [] : await heldItems(trx, customerId, [checkId])
  const entry: NewEntry = {
    type: 'reservation.adjusted',
    subject: checkId,
    payload: { ...working, amountMinor, state },
    moves: { reservedMinor: openMinor(reservation) - openMinor(before) }
  }
  const writes = [saveReservation(reservation), ...saveItems(items.map((item) => closedItem(item, now)))]
  return { entries: [entry], writes, reservation }
}

/**
 * Which of these items are orders with a reservation that they have taken nothing over from, each
 * with its check: beside it the item would count twice.
 */
export async function heldBeside(
  trx: Writer,
  { account: { customerId }, now }: LockedAccount,
  source: string,
  itemIds: readonly ItemId[]
): Promise<Map<ItemId, CheckId>> {
  const found = await holdersOf(trx, customerId, itemIds.map(orderOfItem), now)
  const holders = new Map(
    itemIds.flatMap((itemId) => {
      const checkId = found.get(orderOfItem(itemId))
      return checkId === undefined ? [] : [[itemId, checkId] as const]
    })
  )
  if (holders.size === 0) return holders
  const targets = [...holders.keys()].map((id) => ({ kind: 'item', source, id }) as const)
  for (const { toId, fromKind, fromId } of await conversionsTo(trx, customerId, targets)) {
    const itemId = idOf<ItemId>(toId)
    if (fromKind === 'check' && holders.get(itemId) === fromId) holders.delete(itemId)
  }
  return holders
}

/** The reservation after a step; undefined when the step is impossible. */
function afterStep(before: Reservation, step: ReservationStep, now: string): Reservation | undefined {
  const after = resolveStep(before, step)
  if (after === undefined) return undefined
  return { ...before, ...after, resolvedAt: after.state === 'active' ? null : now, version: before.version + 1 }
}
