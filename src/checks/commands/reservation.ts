import { lockAccount } from '../../accounts/store.ts'
import type { Moves, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { openMinor, openParts, type ReservationStep, resolveStep, sumOpen } from '../../engine/index.ts'
import { Problem } from '../../platform/values/problem.ts'
import { customerOfCheck, findCheck } from '../store.ts'

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

export function checkNotFound(checkId: string): Problem {
  return new Problem('not-found', `There is no credit check ${checkId}.`)
}
