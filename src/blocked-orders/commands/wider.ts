import { endChanges } from '../../change-requests/postings.ts'
import type { NewChangeApproval } from '../../change-requests/schema.ts'
import type { Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import type { CheckId } from '../../ids.ts'
import { readClock } from '../../platform/database/clock.ts'
import type { Caller } from '../../platform/http/auth.ts'
import { Problem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import type { NewOrderDecision } from '../schema.ts'
import texts from '../texts.json' with { type: 'json' }
import { lockBlocked } from './blocked-order.ts'
import { release } from './release.ts'

const { details } = texts

/** A release as it was asked for, about a block in the version that was seen then. */
interface AskedRelease {
  readonly checkId: CheckId
  readonly blockVersion: number
  readonly decision: NewOrderDecision
}

/**
 * Decides about a release whose order is to grow by more than the policy lets one person allow: the
 * approval gives it. Throws `stale-approval` where the order was decided again since, and what a
 * release throws.
 */
export async function decideWider(
  deps: Deps,
  trx: Writer,
  change: Row<'changeRequests'>,
  { caller, wanted }: { readonly caller: Caller; readonly wanted: NewChangeApproval }
): Promise<void> {
  const { checkId, blockVersion, decision } = JSON.parse(change.payload) as AskedRelease
  const { now: at } = await readClock(trx, deps.clock)
  const approval = { ...wanted, by: caller.actor, at }
  if (wanted.verdict === 'approve') {
    const { locked, block } = await lockBlocked(deps, trx, checkId)
    if (block.version !== blockVersion)
      throw new Problem('stale-approval', said(details.decidedSince, { orderId: block.orderId }))
    await release(deps, trx, caller, { locked, block }, decision, { asked: change })
  }
  await endChanges(trx, change.kind, change.subject, approval)
}
