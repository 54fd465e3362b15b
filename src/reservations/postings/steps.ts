import type { LockedAccount } from '../../accounts/store.ts'
import type { Moves, NewEntry, Posting, Row, Writer } from '../../database.ts'
import {
  afterCapture,
  type CapturedAmounts,
  formatAmount,
  type OriginalMoney,
  type Originals,
  openAmountsOf,
  openMinor,
  originalMoneyOf,
  type ReservationStep,
  resolveStep,
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
import type { CheckId, InvoiceId, ItemId } from '../../ids.ts'
import { idOf, newId } from '../../platform/values/ids.ts'
import { Problem } from '../../platform/values/problem.ts'
import {
  expireReservations,
  holdersOf,
  insertCapture,
  markInvoiced,
  type Reserved,
  saveReservation,
  type WaitingCapture
} from '../store.ts'

type Reservation = Row<'reservations'>

/** The outcome of a step, with the reservation after it. */
interface Changed extends Posting {
  readonly reservation: Reservation
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
  if (state === 'active' && expiresAt > now) return
  const ended = state === 'active' ? 'expired' : state
  const how = ended === 'partially_captured' ? partly : ended
  throw new Problem(
    `reservation-already-${how}`,
    `The reservation of ${checkId} is ${ended} since ${resolvedAt ?? expiresAt}.`,
    { members: { state: ended } }
  )
}

/** An invoice captures a reservation once: throws `invoice-already-captured`. */
export function assertNotCaptured({ reservation: { checkId }, capturedAt }: Reserved, invoiceId: InvoiceId): void {
  if (capturedAt === null) return
  throw new Problem('invoice-already-captured', `Invoice ${invoiceId} captured check ${checkId} at ${capturedAt}.`, {
    members: { checkId }
  })
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
  /** Whether that is an invoice of which only this capture is known so far. */
  readonly awaitsInvoice: boolean
  /** Whether the rest is given back. */
  readonly final: boolean
}

/**
 * Turns some or all of a reservation into another document. The amount is taken off the items that
 * the reservation holds; they are closed when this ends it. Throws `reservation-already-…`,
 * `capture-exceeds-reservation` and `invoice-already-captured`.
 */
export async function capture(
  trx: Writer,
  { account: { customerId, currency }, now }: LockedAccount,
  reserved: Reserved,
  { captured, originals, target, awaitsInvoice, final }: Taking
): Promise<Changed> {
  const { reservation: before } = reserved
  assertActive(before, now)
  const { amountMinor } = captured
  const reservation = afterStep(before, { kind: 'capture', amountMinor, final }, now)
  if (reservation === undefined) {
    const open = formatAmount(openMinor(before), currency)
    const taken = formatAmount(amountMinor, currency)
    throw new Problem('capture-exceeds-reservation', `${taken} would be captured, ${open} ${currency} is open.`, {
      members: { open }
    })
  }
  const { checkId, state } = reservation
  const captureId = newId('cap')
  if (target.kind === 'invoice') assertNotCaptured(reserved, target.id)
  const document =
    target.kind === 'invoice'
      ? { captureId, invoiceId: target.id, alreadyInvoiced: !awaitsInvoice }
      : { itemId: target.id, source: target.source }
  const held = reserved.mayHoldItems ? await heldItems(trx, customerId, [checkId]) : []
  const left = leftAfter(held, captured, target)
  const items = held.length === 0 ? {} : { items: state === 'active' ? openAmountsOf(left) : [] }
  const entry: NewEntry = {
    type: 'reservation.captured',
    subject: checkId,
    payload: { ...document, amountMinor, original: originalMoneyOf(originals), final, state, ...items },
    moves: {
      reservedMinor: openMinor(reservation) - openMinor(before),
      ...(awaitsInvoice ? { capturedMinor: amountMinor } : {})
    }
  }
  const row = {
    ...{ customerId, captureId, checkId, amountMinor, capturedAt: now, invoicedAt: awaitsInvoice ? null : now },
    ...originals
  }
  const writes = [
    saveReservation(reservation),
    ...saveItems(left.map((item) => (state === 'active' ? changedItem(item, now) : closedItem(item, now)))),
    ...(target.kind === 'invoice' ? [insertCapture({ ...row, invoiceId: target.id })] : [])
  ]
  return { entries: [entry], writes, reservation }
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
    const captured = formatAmount(before.capturedMinor, currency)
    const wanted = formatAmount(amountMinor, currency)
    throw new Problem(
      'adjustment-below-captured',
      `${captured} ${currency} is captured: the reservation cannot be ${wanted}.`,
      { members: { captured } }
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

/** What invoices had captured before they were recorded, for their entries. */
interface Invoiced extends Pick<Posting, 'writes'> {
  readonly checkIds: readonly CheckId[]
  /** Moves a captured amount into the receivables. */
  readonly moves: Moves
}

/** Records that invoices exist now, so that what they captured waits no longer. */
export function invoiceCaptures(
  { account: { customerId }, now }: LockedAccount,
  invoiceIds: readonly InvoiceId[],
  waiting: readonly WaitingCapture[]
): Invoiced {
  if (waiting.length === 0) return { checkIds: [], moves: {}, writes: [] }
  return {
    checkIds: waiting.map(({ checkId }) => checkId),
    moves: { capturedMinor: -waiting.reduce((sum, { amountMinor }) => sum + amountMinor, 0) },
    writes: [markInvoiced(customerId, invoiceIds, now)]
  }
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
