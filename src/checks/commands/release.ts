import { saveAccount } from '../../accounts/store.ts'
import type { NewEntry, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { freeItems, heldItems } from '../../exposure-items/store.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/deciding.ts'
import { givenBack, resolved } from '../../reservations/postings.ts'
import { updateReservation } from '../../reservations/store.ts'
import { answerOf, checkOf } from '../postings/answer.ts'
import type { NewRelease } from '../schema.ts'
import { lockReservation, refuseResolved } from './reservation.ts'

/** Gives back what is still held; what is open of the items that it held counts again. */
export async function release(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  checkId: string,
  { reason }: NewRelease
): Promise<Answer> {
  const { locked, check, reservation } = await lockReservation(deps, trx, checkId)
  refuseResolved(reservation, locked.now)
  const changes = resolved(reservation, { kind: 'release' }, locked.now)
  const row = { ...reservation, ...changes }
  const { customerId } = reservation
  const { payload, moves } = givenBack(reservation, await heldItems(trx, customerId, [checkId]))
  const entry: NewEntry = {
    type: 'reservation.released',
    subject: checkId,
    payload: { reason: reason ?? null, state: row.state, ...payload },
    moves
  }
  const writes = [updateReservation(reservation, changes), freeItems(customerId, [checkId], locked.now)]
  await saveAccount(trx, locked, caller.keyId, [entry], { writes })
  return answerOf(201, checkOf({ check, reservation: row }, locked.now))
}
