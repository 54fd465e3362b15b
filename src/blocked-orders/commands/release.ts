import { fourEyes } from '../../access/postings.ts'
import { saveAccount } from '../../accounts/store.ts'
import { askForChange, withdrawChanges } from '../../change-requests/postings.ts'
import { answerOf, checkOf } from '../../checks/postings/answer.ts'
import { obstructedOrder, retryBlocked, writeLocked } from '../../checks/postings/decide.ts'
import { askedOfBlock, loadLockedFacts } from '../../checks/postings/facts.ts'
import { checkNotFound, findCheck } from '../../checks/store.ts'
import type { NewEntry, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import {
  AMOUNT_MINOR_MAX,
  minorOf,
  type Reader,
  type ReleaseFacts,
  statedMoney,
  toleranceMaxMinor,
  toMoney
} from '../../engine/index.ts'
import { entryAbout } from '../../journal/store.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/command.ts'
import { newId } from '../../platform/values/ids.ts'
import { addSeconds } from '../../platform/values/instants.ts'
import { fieldProblem, Problem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import { audienceOf } from '../../wording/postings.ts'
import type { NewOrderDecision } from '../schema.ts'
import { insertRelease, whoAsked } from '../store.ts'
import texts from '../texts.json' with { type: 'json' }
import type { Blocked } from './blocked-order.ts'

const { details, parts } = texts

/** How a release is given. */
interface Given {
  readonly reader?: Reader | undefined
  /** What another person asked for, who may not approve it. */
  readonly asked?: Row<'changeRequests'>
}

/**
 * Releases a waiting order: it is decided again at once, without the steps that stop it now. Where
 * it is to grow by more than the policy lets one person allow, that is a request first, until
 * another one has approved it. Throws `four-eyes`, `key-unconfirmed`, `manual-hold-in-force` and
 * `validation-error`.
 */
export async function release(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  { locked, block }: Pick<Blocked, 'locked' | 'block'>,
  wanted: NewOrderDecision,
  { reader, asked }: Given = {}
): Promise<Answer> {
  const first = { type: 'check.decided', subject: block.firstCheckId, at: block.openedAt } as const
  const { seq } = await entryAbout(trx, block.customerId, first)
  const proposers = [...(await whoAsked(trx, block, seq)), ...(asked === undefined ? [] : [asked.madeBy])]
  const eyes = { proposers, approver: caller, isOnePerson: deps.onePerson }
  const alone = await fourEyes(trx, eyes, said(parts.order, { orderId: block.orderId }))
  const { account, now } = locked
  const { customerId, orderId, checkId } = block
  const facts = await loadLockedFacts(trx, deps, locked, [askedOfBlock(block)])
  const { amountMinor, obstacles } = obstructedOrder(deps.policy, facts, block)
  const exempts = [...obstacles]
  if (exempts.includes('manual_hold')) {
    throw new Problem('manual-hold-in-force', said(details.onHold, { customerId, holdSince: account.holdSince ?? '' }))
  }
  const growMinor = toleranceMinor(wanted, amountMinor, account.currency)
  const validUntil = endOf(wanted, now, deps.policy.check.releaseDays)
  if (asked === undefined && growMinor > toleranceMaxMinor(deps.policy.check, amountMinor)) {
    const payload = { orderId, checkId, blockVersion: block.version, decision: wanted }
    const change = { kind: 'release_tolerance', subject: checkId, customerId, payload } as const
    return askForChange(trx, { ...change, madeBy: caller.actor, madeAt: now })
  }
  const releaseId = newId('rel')
  const given: ReleaseFacts = {
    releaseId,
    exempts,
    amountMaxMinor: amountMinor + growMinor,
    validUntil,
    by: caller.actor
  }
  const { amountMaxMinor } = given
  const { reasonCode, comment } = wanted
  const row = { customerId, releaseId, orderId, checkId, exempts, amountMaxMinor, validUntil, reasonCode, comment }
  const entry: NewEntry = {
    type: 'order.released',
    subject: checkId,
    payload: {
      ...{ orderId, release: given, reasonCode, comment, ...alone },
      ...(asked && { askedBy: asked.madeBy, changeRequestId: asked.changeRequestId })
    }
  }
  const saved = await saveAccount(trx, locked, caller.actor, [entry], {
    writes: [insertRelease({ ...row, decidedBy: caller.actor, decidedAt: now })],
    keepsSituation: true
  })
  if (asked === undefined) await withdrawChanges(trx, 'release_tolerance', checkId, now)
  const documented = { ...block, releaseId, reasonCode, comment }
  const blocked = new Map([[orderId, { block: documented, release: given }]])
  const released = { ...facts, account: saved, extra: { ...facts.extra, blocked } }
  const retrial = { actor: caller.actor, closesAs: 'released' } as const
  const { rows } = retryBlocked(deps.policy, released, [documented], retrial)
  await writeLocked(trx, rows)
  const [decided] = rows.decided
  if (decided === undefined) throw new Error('what a release exempts does not stop the order')
  const after = await findCheck(trx, customerId, decided.check.checkId)
  if (after === undefined) throw checkNotFound(decided.check.checkId)
  return answerOf(201, checkOf(after, now, audienceOf(reader, after.check.kind)), reader)
}

/**
 * By how much the order is to grow. Throws `validation-error` when the two could not be counted
 * together.
 */
function toleranceMinor(wanted: NewOrderDecision, amountMinor: number, currency: string): number {
  const minor = statedToleranceMinor(wanted, amountMinor, currency)
  if (amountMinor + minor <= AMOUNT_MINOR_MAX) return minor
  const most = statedMoney(toMoney(AMOUNT_MINOR_MAX - amountMinor, currency))
  throw fieldProblem('/tolerance/amount', 'too_large', said(details.growth, { most }))
}

function statedToleranceMinor({ tolerance }: NewOrderDecision, amountMinor: number, currency: string): number {
  if (tolerance?.share !== undefined && tolerance.amount !== undefined)
    throw fieldProblem('/tolerance', 'one_of', details.shareOrAmount)
  if (tolerance?.amount !== undefined) {
    if (tolerance.amount.currency !== currency)
      throw fieldProblem('/tolerance/amount/currency', 'other_currency', said(details.currency, { currency }))
    return minorOf(tolerance.amount)
  }
  return Math.floor(amountMinor * (tolerance?.share ?? 0))
}

function endOf({ validDays, validUntil }: NewOrderDecision, now: string, releaseDays: number): string {
  if (validUntil === undefined) return addSeconds(now, (validDays ?? releaseDays) * 86_400)
  if (validDays !== undefined) throw fieldProblem('/validUntil', 'one_of', details.daysOrEnd)
  const end = addSeconds(validUntil, 0)
  if (end <= now) throw fieldProblem('/validUntil', 'past', said(details.past, { validUntil, now }))
  if (end > addSeconds(now, 365 * 86_400)) throw fieldProblem('/validUntil', 'too_far', details.tooFar)
  return end
}
