import { CLOCK, type LockedAccount, saveAccount } from '../accounts/store.ts'
import type { Moves, NewEntry, Row, Writer } from '../database.ts'
import { openMinor, openParts, type ReservationStep, resolveStep, sumOpen } from '../engine/index.ts'
import { freeItems, heldItems } from '../exposure-items/store.ts'
import { dueReservations, expireReservations, nextExpiry, postponeSweep } from './store.ts'

/** How many reservations one statement ends: its parameters are counted in 16 bits. */
const SWEPT_MAX = 1_000

/**
 * Ends the reservations of a locked account whose time is up: what is open of the items that they held counts again. Not in the statement of a
 * decision: what one statement writes has no order, and an order whose reservation has expired may get a new one only after the old one has ended.
 */
export async function sweep(trx: Writer, locked: LockedAccount): Promise<LockedAccount> {
  let { account } = locked
  const { now } = locked
  if (account.reservationsDueAt === null || account.reservationsDueAt > now) return locked
  const due = await dueReservations(trx, account.customerId, now)
  const reservationsDueAt = await nextExpiry(trx, account.customerId, now)
  // What was due has ended before its time: nothing changes but the instant at which to look again.
  if (due.length === 0) {
    await postponeSweep(trx, account.customerId, reservationsDueAt)
    return { ...locked, account: { ...account, reservationsDueAt } }
  }
  for (let from = 0; from < due.length; from += SWEPT_MAX) {
    const rows = due.slice(from, from + SWEPT_MAX)
    const ids = rows.map(({ checkId }) => checkId)
    const held = Map.groupBy(await heldItems(trx, account.customerId, ids), ({ heldBy }) => heldBy)
    const entries = rows.map((row): NewEntry => {
      const { payload, moves } = givenBack(row, held.get(row.checkId) ?? [])
      return {
        type: 'reservation.expired',
        subject: row.checkId,
        payload: { expiresAt: row.expiresAt, ...payload },
        moves
      }
    })
    const writes = [expireReservations(account.customerId, rows), freeItems(account.customerId, ids, now)]
    account = await saveAccount(trx, { ...locked, account }, CLOCK, entries, {
      changes: { reservationsDueAt },
      writes
    })
  }
  return { ...locked, account }
}

export function resolved(before: Row<'reservations'>, step: ReservationStep, now: string) {
  const after = resolveStep(before, step)
  if (after === undefined) throw new Error('the amount was compared with what is open before')
  const { capturedMinor, releasedMinor, expiredMinor, state } = after
  return {
    capturedMinor,
    releasedMinor,
    expiredMinor,
    state,
    resolvedAt: state === 'active' ? null : now,
    version: before.version + 1
  }
}

/** What is given back when a reservation ends without the items that it holds: what is open of those counts again. */
export function givenBack(
  reservation: Row<'reservations'>,
  items: readonly Row<'exposureItems'>[]
): { readonly payload: object; readonly moves: Moves } {
  const reservedMinor = -openMinor(reservation)
  if (items.length === 0) return { payload: {}, moves: { reservedMinor } }
  return { payload: { items: openParts(items) }, moves: { reservedMinor, ordersMinor: sumOpen(items) } }
}
