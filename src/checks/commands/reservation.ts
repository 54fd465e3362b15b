import { lockAccount } from '../../accounts/store.ts'
import type { Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { Problem } from '../../platform/values/problem.ts'
import { checkNotFound, customerOfCheck, findCheck } from '../store.ts'

export async function lockReservation(deps: Deps, trx: Writer, checkId: string) {
  const customerId = await customerOfCheck(trx, checkId)
  if (customerId === undefined) throw checkNotFound(checkId)
  const locked = await lockAccount(trx, deps.clock, customerId)
  const found = await findCheck(trx, customerId, checkId)
  if (found === undefined) throw checkNotFound(checkId)
  if (found.reservation === undefined) {
    throw new Problem('reservation-absent', `The check ${checkId} was ${found.check.outcome}: it holds no reservation.`)
  }
  return { locked, check: found.check, reservation: found.reservation }
}

/** A reservation is resolved once; one whose time is up is expired even if nothing has swept it yet. */
export function refuseResolved({ checkId, state, expiresAt, resolvedAt }: Row<'reservations'>, now: string): void {
  if (state === 'active' && expiresAt > now) return
  const ended = state === 'active' ? 'expired' : state
  const slug =
    ended === 'expired'
      ? 'reservation-already-expired'
      : ended === 'released'
        ? 'reservation-already-released'
        : 'reservation-already-captured'
  throw new Problem(slug, `The reservation of ${checkId} is ${ended} since ${resolvedAt ?? expiresAt}.`, {
    members: { state: ended }
  })
}
