import { type LockedAccount, lockAccount, saveAccount } from '../../accounts/store.ts'
import { answerOf, blockOf, checkOf } from '../../checks/postings/answer.ts'
import { obstructedOrder, retryBlocked, writeLocked } from '../../checks/postings/decide.ts'
import { askedOfBlock, loadLockedFacts } from '../../checks/postings/facts.ts'
import { findBlocks } from '../../checks/store/blocks.ts'
import { type CheckRow, checkNotFound, customerOfCheck, findCheck } from '../../checks/store.ts'
import type { NewEntry, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { type BlockState, minorOf, type ReleaseFacts } from '../../engine/index.ts'
import { entryAbout } from '../../journal/store.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/deciding.ts'
import { demandMatch } from '../../platform/http/etag.ts'
import { newId } from '../../platform/values/ids.ts'
import { addSeconds } from '../../platform/values/instants.ts'
import { fieldProblem, Problem } from '../../platform/values/problem.ts'
import { sweep } from '../../reservations/postings/sweep.ts'
import type { NewOrderDecision, NewWithdrawal } from '../schema.ts'
import { askedFor, insertRelease, updateBlock } from '../store.ts'

/**
 * A person's decision about an order that waits, on the version that the person has seen.
 *
 * A release decides the order again at once and holds its amount; the steps that stop it now are
 * exempt, for this order up to its amount and the tolerance, until the release ends. A key that
 * asked for any check of the order while it waits cannot release it. No release goes past a manual
 * hold. A rejection ends the block, and every release that the order had before: the order is not
 * decided again by itself; whoever asks anew gets a new decision.
 */
export async function decideOrder(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  checkId: string,
  ifMatch: string | undefined,
  wanted: NewOrderDecision
): Promise<Answer> {
  const { locked, row, block } = await lockBlocked(deps, trx, checkId)
  demandMatch(ifMatch, block.version)
  if (wanted.decision === 'release') return release(deps, trx, caller, { locked, block }, wanted)
  for (const field of ['tolerance', 'validDays', 'validUntil'] as const)
    if (wanted[field] !== undefined)
      throw fieldProblem(`/${field}`, 'not_allowed', `A rejection has no ${field}: leave it out.`)
  const { reasonCode, comment } = wanted
  return close(trx, caller, { locked, row, block }, { state: 'rejected', reasonCode, comment })
}

/** Gives up an order that waits: it is not decided again by itself. */
export async function withdrawOrder(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  checkId: string,
  { reason }: NewWithdrawal
): Promise<Answer> {
  const blocked = await lockBlocked(deps, trx, checkId)
  return close(trx, caller, blocked, { state: 'withdrawn', reasonCode: null, comment: reason ?? null })
}

interface Blocked {
  readonly locked: LockedAccount
  readonly row: CheckRow
  readonly block: Row<'blockedOrders'>
}

async function lockBlocked(deps: Deps, trx: Writer, checkId: string): Promise<Blocked> {
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
    return new Problem('order-not-blocked', `Order ${orderId} is blocked by check ${blocking.checkId} now.`, {
      members: { state: 'open', checkId: blocking.checkId }
    })
  if (outcome === 'approved' || state === undefined)
    return new Problem('order-not-blocked', `Check ${checkId} was ${outcome}: it blocks nothing.`, {
      members: { state: outcome }
    })
  return new Problem('order-not-blocked', `Order ${orderId} waits no longer: it is ${state}.`, { members: { state } })
}

const CLOSED_BY_ENTRY = { rejected: 'order.rejected', withdrawn: 'order.withdrawn' } as const

async function close(
  trx: Writer,
  caller: Caller,
  { locked, row, block }: Blocked,
  how: Pick<Row<'blockedOrders'>, 'reasonCode' | 'comment'> & { readonly state: keyof typeof CLOSED_BY_ENTRY }
): Promise<Answer> {
  const { account, now } = locked
  const releaseId = how.state === 'rejected' ? null : block.releaseId
  const changes = { ...how, releaseId, closedAt: now, closedBy: caller.keyId, version: block.version + 1 }
  const { orderId, checkId } = block
  const entry: NewEntry = {
    type: CLOSED_BY_ENTRY[how.state],
    subject: checkId,
    payload: { orderId, reasonCode: how.reasonCode, comment: how.comment }
  }
  await saveAccount(trx, locked, caller.keyId, [entry], {
    changes: { blockedOrders: account.blockedOrders - 1 },
    writes: [updateBlock(block, changes)],
    keepsSituation: true
  })
  return answerOf(201, checkOf({ check: row.check, block: { ...block, ...changes } }, now))
}

async function release(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  { locked, block }: Pick<Blocked, 'locked' | 'block'>,
  wanted: NewOrderDecision
): Promise<Answer> {
  const { seq } = await entryAbout(trx, block.customerId, 'check.decided', block.firstCheckId, block.openedAt)
  if (await askedFor(trx, block, caller.keyId, seq))
    throw new Problem('four-eyes', `Order ${block.orderId} was asked for with this same key since ${block.openedAt}.`)
  const { account, now } = locked
  const { customerId, orderId, checkId } = block
  const facts = await loadLockedFacts(trx, deps, locked, [askedOfBlock(block)])
  const { amountMinor, obstacles } = obstructedOrder(deps.policy, facts, block)
  const exempts = [...obstacles]
  if (exempts.includes('manual_hold')) {
    throw new Problem('manual-hold-in-force', `${customerId} is on hold since ${account.holdSince}.`)
  }
  const given: ReleaseFacts = {
    releaseId: newId('rel'),
    exempts,
    amountMaxMinor: amountMinor + toleranceMinor(wanted, amountMinor, account.currency),
    validUntil: endOf(wanted, now, deps.policy.check.releaseDays),
    by: caller.keyId
  }
  const { releaseId, amountMaxMinor, validUntil, by } = given
  const { reasonCode, comment } = wanted
  const row = { customerId, releaseId, orderId, checkId, exempts, amountMaxMinor, validUntil, reasonCode, comment }
  const entry: NewEntry = {
    type: 'order.released',
    subject: checkId,
    payload: { orderId, release: given, reasonCode, comment }
  }
  const saved = await saveAccount(trx, locked, caller.keyId, [entry], {
    writes: [insertRelease({ ...row, decidedBy: by, decidedAt: now })],
    keepsSituation: true
  })
  const documented = { ...block, releaseId, reasonCode, comment }
  const blocked = new Map([[orderId, { block: documented, release: given }]])
  const released = { ...facts, account: saved, extra: { ...facts.extra, blocked } }
  const retrial = { actor: caller.keyId, closesAs: 'released' } as const
  const { rows } = retryBlocked(deps.policy, released, [documented], retrial)
  await writeLocked(trx, rows)
  const [decided] = rows.decided
  if (decided === undefined) throw new Error('what a release exempts does not stop the order')
  const after = await findCheck(trx, customerId, decided.check.checkId)
  if (after === undefined) throw checkNotFound(decided.check.checkId)
  return answerOf(201, checkOf(after, now))
}

function toleranceMinor({ tolerance }: NewOrderDecision, amountMinor: number, currency: string): number {
  if (tolerance?.share !== undefined && tolerance.amount !== undefined)
    throw fieldProblem('/tolerance', 'one_of', 'State the tolerance as a share or as an amount, not as both.')
  if (tolerance?.amount !== undefined) {
    if (tolerance.amount.currency !== currency)
      throw fieldProblem('/tolerance/amount/currency', 'other_currency', `The account is kept in ${currency}.`)
    return minorOf(tolerance.amount)
  }
  return Math.floor(amountMinor * (tolerance?.share ?? 0))
}

function endOf({ validDays, validUntil }: NewOrderDecision, now: string, releaseDays: number): string {
  if (validUntil === undefined) return addSeconds(now, (validDays ?? releaseDays) * 86_400)
  if (validDays !== undefined) throw fieldProblem('/validUntil', 'one_of', 'State validDays or validUntil, not both.')
  const end = addSeconds(validUntil, 0)
  if (end <= now) throw fieldProblem('/validUntil', 'past', `${validUntil} is not later than ${now}.`)
  if (end > addSeconds(now, 365 * 86_400))
    throw fieldProblem('/validUntil', 'too_far', 'A release holds for at most 365 days.')
  return end
}
