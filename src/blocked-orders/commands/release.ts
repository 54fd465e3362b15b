import { saveAccount } from '../../accounts/store.ts'
import { answerOf, checkOf } from '../../checks/postings/answer.ts'
import { obstructedOrder, retryBlocked, writeLocked } from '../../checks/postings/decide.ts'
import { askedOfBlock, loadLockedFacts } from '../../checks/postings/facts.ts'
import { checkNotFound, findCheck } from '../../checks/store.ts'
import type { NewEntry, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { formatAmount, minorOf, type Reader, type ReleaseFacts, toleranceMaxMinor } from '../../engine/index.ts'
import { entryAbout } from '../../journal/store.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/command.ts'
import { newId } from '../../platform/values/ids.ts'
import { addSeconds } from '../../platform/values/instants.ts'
import { fieldProblem, Problem } from '../../platform/values/problem.ts'
import { audienceOf } from '../../wording/postings.ts'
import type { NewOrderDecision } from '../schema.ts'
import { askedFor, insertRelease } from '../store.ts'
import type { Blocked } from './blocked-order.ts'

/**
 * Releases a waiting order: it is decided again at once, without the steps that stop it now. Throws
 * `four-eyes`, `manual-hold-in-force` and `validation-error`.
 */
export async function release(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  { locked, block }: Pick<Blocked, 'locked' | 'block'>,
  wanted: NewOrderDecision,
  reader?: Reader
): Promise<Answer> {
  const first = { type: 'check.decided', subject: block.firstCheckId, at: block.openedAt } as const
  const { seq } = await entryAbout(trx, block.customerId, first)
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
  const maxMinor = toleranceMaxMinor(deps.policy.check, amountMinor)
  const releaseId = newId('rel')
  const given: ReleaseFacts = {
    releaseId,
    exempts,
    amountMaxMinor: amountMinor + toleranceMinor(wanted, amountMinor, { currency: account.currency, maxMinor }),
    validUntil: endOf(wanted, now, deps.policy.check.releaseDays),
    by: caller.keyId
  }
  const { amountMaxMinor, validUntil, by } = given
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
  return answerOf(201, checkOf(after, now, audienceOf(reader, after.check.kind)), reader)
}

/** By how much the order may grow. Throws `validation-error` when the policy allows less. */
function toleranceMinor(
  { tolerance }: NewOrderDecision,
  amountMinor: number,
  { currency, maxMinor }: { readonly currency: string; readonly maxMinor: number }
): number {
  const minor = statedToleranceMinor(tolerance, amountMinor, currency)
  if (minor <= maxMinor) return minor
  const field = tolerance?.amount === undefined ? 'share' : 'amount'
  const [stated, most] = [minor, maxMinor].map((each) => `${formatAmount(each, currency)} ${currency}`)
  const detail = `The order may grow by ${most} at most, by the policy; ${stated} was stated.`
  throw fieldProblem(`/tolerance/${field}`, 'above_policy', detail)
}

function statedToleranceMinor(tolerance: NewOrderDecision['tolerance'], amountMinor: number, currency: string): number {
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
