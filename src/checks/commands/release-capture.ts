import { saveAccount } from '../../accounts/store.ts'
import type { Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import type { Reader } from '../../engine/index.ts'
import type { CaptureId, CheckId } from '../../ids.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/command.ts'
import { Problem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import { releaseOf } from '../../reservations/postings/coverage.ts'
import { capturesOfCheck, findCapture, saveReservation } from '../../reservations/store.ts'
import { audienceOf } from '../../wording/postings.ts'
import { answerOf, checkOf, withCaptures } from '../postings/answer.ts'
import type { NewCaptureRelease } from '../schema.ts'
import texts from '../texts.json' with { type: 'json' }
import { lockReservation } from './reservation.ts'

const { details } = texts

/**
 * Ends what a capture counts for beside its document: what that has no room for, or a capture that
 * waits for one that never comes.
 */
export async function releaseCapture(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  { checkId, captureId }: { readonly checkId: CheckId; readonly captureId: CaptureId },
  { amount, reason }: NewCaptureRelease,
  reader?: Reader
): Promise<Answer> {
  const { locked, reservation: before, document, kind } = await lockReservation(deps, trx, checkId)
  const { customerId } = locked.account
  const capture = await findCapture(trx, { customerId, checkId, captureId })
  if (capture === undefined) throw new Problem('not-found', said(details.noCapture, { checkId, captureId }))
  const { entries, writes } = releaseOf(locked, capture, { amount, reason })
  const reservation = { ...before, version: before.version + 1 }
  await saveAccount(trx, locked, caller.actor, entries, { writes: [...writes, saveReservation(reservation)] })
  const audience = audienceOf(reader, kind)
  const check = checkOf({ check: { document }, reservation }, locked.now, audience)
  return answerOf(201, withCaptures(check, await capturesOfCheck(trx, customerId, checkId), audience), reader)
}
