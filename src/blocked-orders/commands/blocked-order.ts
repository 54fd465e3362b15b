import { type LockedAccount, lockAccount, saveAccount } from '../../accounts/store.ts'
import { withdrawChanges } from '../../change-requests/postings.ts'
import { answerOf, blockOf, checkOf } from '../../checks/postings/answer.ts'
import { findBlocks } from '../../checks/store/blocks.ts'
import { type CheckRow, checkNotFound, customerOfCheck, findCheck } from '../../checks/store.ts'
import type { NewEntry, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { type BlockState, nameOfOutcome, type Reader } from '../../engine/index.ts'
import type { CheckId } from '../../ids.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/command.ts'
import { Problem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import { sweep } from '../../reservations/postings/sweep.ts'
import { audienceOf } from '../../wording/postings.ts'
import { updateBlock } from '../store.ts'
import texts from '../texts.json' with { type: 'json' }

const { details } = texts

/** An order that waits, with its account locked. */
export interface Blocked {
  readonly locked: LockedAccount
  readonly row: CheckRow
  readonly block: Row<'blockedOrders'>
}

/**
 * Locks the account of a check that blocks its order now. Throws `not-found` and
 * `order-not-blocked`.
 */
export async function lockBlocked(deps: Deps, trx: Writer, checkId: CheckId): Promise<Blocked> {
  const customerId = await customerOfCheck(trx, checkId)
  if (customerId === undefined) throw checkNotFound(checkId)
  const locked = await sweep(trx, await lockAccount(trx, deps.clock, customerId))
  const row = await findCheck(trx, customerId, checkId)
  if (row === undefined) throw checkNotFound(checkId)
  const [block] = row.block === undefined ? await findBlocks(trx, customerId, [row.check.orderId]) : [row.block]
  const state = block === undefined ? undefined : blockOf(block, locked.now).state
  if (block === undefined || state !== 'open' || block.checkId !== checkId)
    throw notBlocked(row.check, state === 'open' ? block : undefined, state)
  return { locked, row, block }
}

/**
 * Why there is nothing to decide about a check: another one blocks its order, the order no longer
 * waits, or it never did.
 */
function notBlocked(
  { checkId, orderId, outcome }: CheckRow['check'],
  blocking: Row<'blockedOrders'> | undefined,
  state: BlockState | undefined
): Problem {
  if (blocking !== undefined)
    return new Problem('order-not-blocked', said(details.otherCheck, { orderId, checkId: blocking.checkId }), {
      members: { state: 'open', checkId: blocking.checkId }
    })
  if (outcome === 'approved' || state === undefined)
    return new Problem(
      'order-not-blocked',
      said(details.blocksNothing, { checkId, outcome: { en: outcome, zh: nameOfOutcome(outcome).zh } }),
      {
        members: { state: outcome }
      }
    )
  const detail = said(details.waitsNoLonger, { orderId, state: texts.states[state] })
  return new Problem('order-not-blocked', detail, { members: { state } })
}

const CLOSED_BY_ENTRY = { rejected: 'order.rejected', withdrawn: 'order.withdrawn' } as const

/** Ends the block of an order that waits, at somebody's word. */
export async function close(
  trx: Writer,
  caller: Caller,
  { locked, row, block }: Blocked,
  how: Pick<Row<'blockedOrders'>, 'reasonCode' | 'comment'> & { readonly state: keyof typeof CLOSED_BY_ENTRY },
  reader?: Reader
): Promise<Answer> {
  const { account, now } = locked
  const releaseId = how.state === 'rejected' ? null : block.releaseId
  const changes = { ...how, releaseId, closedAt: now, closedBy: caller.actor, version: block.version + 1 }
  const { orderId, checkId } = block
  const entry: NewEntry = {
    type: CLOSED_BY_ENTRY[how.state],
    subject: checkId,
    payload: { orderId, reasonCode: how.reasonCode, comment: how.comment }
  }
  await withdrawChanges(trx, 'release_tolerance', checkId, now)
  await saveAccount(trx, locked, caller.actor, [entry], {
    changes: { blockedOrders: account.blockedOrders - 1 },
    writes: [updateBlock(block, changes)],
    keepsSituation: true
  })
  const audience = audienceOf(reader, row.check.kind)
  return answerOf(201, checkOf({ check: row.check, block: { ...block, ...changes } }, now, audience), reader)
}
