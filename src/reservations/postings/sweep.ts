import { CLOCK, type LockedAccount, saveAccount } from '../../accounts/store.ts'
import type { Writer } from '../../database.ts'
import { dueReservations, postponeSweep } from '../store.ts'
import { expire } from './steps.ts'

/** The most reservations that one statement ends: parameters are counted in 16 bits. */
const SWEPT_MAX = 1_000

/**
 * Ends the reservations of a locked account whose time is up. This is not part of the statement of
 * a decision: the writes of one statement have no order, and an order may get a new reservation
 * only after its expired one has ended.
 */
export async function sweep(trx: Writer, locked: LockedAccount): Promise<LockedAccount> {
  let { account } = locked
  const { now } = locked
  if (account.reservationsDueAt === null || account.reservationsDueAt > now) return locked
  const { due, next: reservationsDueAt } = await dueReservations(trx, account.customerId, now)
  // What was due ended early. Only the instant of the next look changes.
  if (due.length === 0) {
    await postponeSweep(trx, account.customerId, reservationsDueAt)
    return { ...locked, account: { ...account, reservationsDueAt } }
  }
  for (let from = 0; from < due.length; from += SWEPT_MAX) {
    const { entries, writes } = await expire(trx, locked, due.slice(from, from + SWEPT_MAX))
    const swept = { ...locked, account }
    account = await saveAccount(trx, swept, CLOCK, entries, { changes: { reservationsDueAt }, writes })
  }
  return { ...locked, account }
}
