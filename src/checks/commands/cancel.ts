import { saveAccount } from '../../accounts/store.ts'
import type { Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import type { Reader } from '../../engine/index.ts'
import type { CheckId } from '../../ids.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/command.ts'
import { cancel } from '../../reservations/postings/steps.ts'
import { audienceOf } from '../../wording/postings.ts'
import { answerOf, checkOf } from '../postings/answer.ts'
import type { NewRelease } from '../schema.ts'
import { lockReservation } from './reservation.ts'

/**
 * Gives back what a reservation still holds. The open amounts of the items that it held count
 * again.
 */
export async function cancelReservation(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  checkId: CheckId,
  { reason }: NewRelease,
  reader?: Reader
): Promise<Answer> {
  const { locked, reservation: before, document, kind } = await lockReservation(deps, trx, checkId)
  const { entries, writes, reservation } = await cancel(trx, locked, before, reason ?? null)
  await saveAccount(trx, locked, caller.actor, entries, { writes })
  return answerOf(201, checkOf({ check: { document }, reservation }, locked.now, audienceOf(reader, kind)), reader)
}
