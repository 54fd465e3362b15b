import type { Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import type { Reader } from '../../engine/index.ts'
import type { CheckId } from '../../ids.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/command.ts'
import { demandMatch } from '../../platform/http/etag.ts'
import { fieldProblem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import type { NewOrderDecision, NewWithdrawal } from '../schema.ts'
import texts from '../texts.json' with { type: 'json' }
import { close, lockBlocked } from './blocked-order.ts'
import { release } from './release.ts'

const { details } = texts

/**
 * A person's decision about a waiting order, on the version that the person has seen.
 *
 * A release decides the order again at once and reserves its amount. The steps that stop it now are
 * waived for this order, up to its amount and the tolerance, until the release ends. A key that
 * asked for any check of the order while it waits cannot release it, and no release overrides a
 * manual hold. A rejection ends the block and every earlier release of the order. The order is then
 * not decided again automatically; a new request gets a new decision.
 */
export async function decideBlockedOrder(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  checkId: CheckId,
  ifMatch: string | undefined,
  wanted: NewOrderDecision,
  reader?: Reader
): Promise<Answer> {
  const { locked, row, block } = await lockBlocked(deps, trx, checkId)
  demandMatch(ifMatch, block.version)
  if (wanted.decision === 'release') return release(deps, trx, caller, { locked, block }, wanted, { reader })
  for (const field of ['tolerance', 'validDays', 'validUntil'] as const)
    if (wanted[field] !== undefined)
      throw fieldProblem(`/${field}`, 'not_allowed', said(details.notOfRejection, { field }))
  const { reasonCode, comment } = wanted
  return close(trx, caller, { locked, row, block }, { state: 'rejected', reasonCode, comment }, reader)
}

/** Withdraws a waiting order, so that it is not decided again automatically. */
export async function withdrawBlockedOrder(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  checkId: CheckId,
  { reason }: NewWithdrawal,
  reader?: Reader
): Promise<Answer> {
  const blocked = await lockBlocked(deps, trx, checkId)
  return close(trx, caller, blocked, { state: 'withdrawn', reasonCode: null, comment: reason ?? null }, reader)
}
