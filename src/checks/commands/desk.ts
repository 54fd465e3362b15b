import { lockAccount } from '../../accounts/store.ts'
import type { Reader, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { minorPerMajor } from '../../engine/index.ts'
import type { CustomerId } from '../../ids.ts'
import { inTransaction, storageProblem } from '../../platform/database/transaction.ts'
import type { SentAnswer } from '../../platform/http/command.ts'
import { Problem } from '../../platform/values/problem.ts'
import { groupCommit, lateProblem } from '../../platform/work/group-commit.ts'
import type { Tally } from '../../platform/work/tally.ts'
import { sweep } from '../../reservations/postings/sweep.ts'
import { assessingFirst } from '../postings/assess-first.ts'
import { type AssessedAhead, withAssessedFile } from '../postings/changed-file.ts'
import { type CheckOutcome, type CustomerDecisions, decideCustomers, writeLocked } from '../postings/decide.ts'
import {
  type AskedCheck,
  type CustomerChecks,
  type CustomerFacts,
  loadFacts,
  loadLockedFacts,
  withOutlooks
} from '../postings/facts.ts'
import { walkQueue } from '../postings/queue.ts'
import { type Decided, writeDecisions } from '../store/decisions.ts'

/** The most checks that are decided and committed together, and the most such groups at once. */
const GROUP_MAX = 64
const CONCURRENT_GROUPS_MAX = 2

/** A second group starts beside the first only with this many checks. */
const SECOND_GROUP_MIN = 8

/**
 * Milliseconds after its arrival within which a check may still start. One attempt later still ends
 * before the request times out, so that a late check can be refused with "nothing was written".
 */
const BEGUN_WITHIN_MS = 5_000

/**
 * Returns the function that decides a credit check and, when it is approved, reserves the amount.
 *
 * Waiting checks are decided and committed together, with one read and one write for all. The
 * accounts are read without a lock, and written on condition that they have not changed since.
 * Checks of one customer are decided in the order of arrival, after the orders that wait there. A
 * customer is decided alone, under its lock, when the condition fails, when more must be read or
 * done first, as where its file is to be assessed, or for what looks ahead behind a new
 * reservation, or when a group fails: so a failure touches only its own customer. A check that
 * could not start in time is refused with `temporary-reduced-capacity`.
 *
 * An order that already has the same amount reserved gets its check again. With a new
 * Idempotency-Key the caller insists on a new decision; that is refused, because an order has one
 * reservation.
 */
export function creditChecks(deps: Deps): (asked: AskedCheck) => Promise<SentAnswer> {
  return groupCommit({
    keyOf: ({ wanted }: AskedCheck) => wanted.customerId,
    work: (asked, isLate) => decideTogether(deps, asked, isLate),
    sizeMax: GROUP_MAX,
    concurrentGroupsMax: CONCURRENT_GROUPS_MAX,
    secondGroupMin: SECOND_GROUP_MIN,
    waitMsMax: BEGUN_WITHIN_MS
  })
}

/** Whether the time of a check is up. Then no more work starts for it. */
type IsLate = (asked: AskedCheck) => boolean

async function decideTogether(
  deps: Deps,
  asked: readonly AskedCheck[],
  isLate: IsLate
): Promise<Promise<SentAnswer>[]> {
  const customers = byCustomer(asked)
  const decided = await decideOptimistically(deps, customers).catch((error: unknown) => {
    const problem = error instanceof Problem ? error : storageProblem(error)
    if (isForAll(problem)) throw error
    // A fault in reading one customer must not touch the others.
    return new Map<CustomerId, CustomerDecisions>()
  })
  const answers = new Map<AskedCheck, Promise<SentAnswer>>()
  for (const customer of customers) {
    const ahead = decided.get(customer.customerId)?.outcomes ?? []
    const behind = customer.asked.slice(ahead.length)
    const rest = behind.length === 0 ? [] : decideAlone(deps, { ...customer, asked: behind }, isLate)
    for (const [place, each] of customer.asked.entries()) {
      const outcome = ahead[place] ?? Promise.resolve(rest).then((all) => all[place - ahead.length])
      answers.set(each, Promise.resolve(outcome).then(answerIn))
    }
  }
  return asked.map((each) => answers.get(each) ?? Promise.reject(new Error('every check belongs to a customer')))
}

/**
 * Decides for all customers on one read without a lock, and writes what can be written. Returns the
 * outcomes by customer; a check that is missing must be decided alone.
 */
async function decideOptimistically(
  { db, clock, policy, tally }: Deps,
  customers: readonly CustomerChecks[]
): Promise<Map<CustomerId, CustomerDecisions>> {
  const rules = { clock, policy }
  const decided = await decideAhead(db, rules, await loadFacts(db, rules, customers))
  const written = await writeOptimistically(db, decided)
  const holds = decided.filter(({ rows: { account } }) => account === undefined || written.has(account.customerId))
  for (const { rows } of holds) count(tally, rows.decided)
  return new Map(holds.map((each) => [each.customerId, each]))
}

/** Writes the decisions of customers whose account is unchanged, and returns which those are. */
async function writeOptimistically(db: Reader, decisions: readonly CustomerDecisions[]): Promise<Set<CustomerId>> {
  const rows = decisions.map((each) => each.rows).filter(({ account }) => account !== undefined)
  if (rows.length === 0) return new Set()
  const together = {
    accounts: rows.flatMap(({ account }) => account ?? []),
    decided: rows.flatMap(({ decided }) => decided),
    entries: rows.flatMap(({ entries }) => entries),
    blocks: rows.flatMap(({ blocks }) => blocks)
  }
  return writeDecisions(db, together).catch((error: unknown) => {
    const problem = storageProblem(error, true)
    if (problem?.slug === 'outcome-unknown') throw problem
    // Any other fault undid the whole statement. Decided alone, each customer meets only its own
    // fault.
    return new Set<CustomerId>()
  })
}

/**
 * Decides for each customer. Where an order might pass on a later day, it is decided again with the
 * expected receipts, which are read for these few only.
 */
async function decideAhead(
  db: Reader,
  rules: Pick<Deps, 'clock' | 'policy'>,
  customers: readonly CustomerFacts[]
): Promise<CustomerDecisions[]> {
  const decisions = decideCustomers(rules.policy, customers)
  const wanting = customers.filter((_facts, index) => decisions[index]?.wantsOutlook)
  if (wanting.length === 0) return decisions
  const again = decideCustomers(rules.policy, await withOutlooks(db, rules, wanting))
  const ahead = new Map(again.map((each) => [each.customerId, each]))
  return decisions.map((each) => ahead.get(each.customerId) ?? each)
}

/**
 * Whether a failure ends every check that it met, without another attempt. What may have been
 * written is not decided twice: a caller with a key learns by the key what happened. And no other
 * check would reach the database either.
 */
function isForAll(reason: unknown): boolean {
  const slug = reason instanceof Problem ? reason.slug : undefined
  return slug === 'outcome-unknown' || slug === 'temporary-reduced-capacity'
}

/**
 * Decides the checks of one customer under its lock. When they fail together each is tried alone,
 * so that only the one at fault fails. A check whose time is up is not started.
 */
async function decideAlone(
  deps: Deps,
  { customerId, asked }: CustomerChecks,
  isLate: IsLate
): Promise<readonly CheckOutcome[]> {
  if (asked.some(isLate)) return eachAlone(deps, { customerId, asked }, isLate)
  try {
    const { outcomes, decided } = await assessingFirst(deps, (ahead) =>
      inTransaction(deps.db, (trx) => decideLocked(deps, trx, { customerId, asked }, ahead))
    )
    count(deps.tally, decided)
    return outcomes
  } catch (reason) {
    if (isForAll(reason) || asked.length === 1) return asked.map(() => ({ status: 'rejected', reason }))
  }
  return eachAlone(deps, { customerId, asked }, isLate)
}

async function eachAlone(
  deps: Deps,
  { customerId, asked }: CustomerChecks,
  isLate: IsLate
): Promise<readonly CheckOutcome[]> {
  const outcomes: CheckOutcome[] = []
  for (const each of asked) {
    if (isLate(each)) outcomes.push({ status: 'rejected', reason: lateProblem() })
    else outcomes.push(...(await decideAlone(deps, { customerId, asked: [each] }, isLate)))
  }
  return outcomes
}

/** The most customers whose checks are tried at once; each takes a connection. */
const TRIED_AT_ONCE = 4

/**
 * Runs checks as they would be decided now, those of one customer one after another, and rolls
 * everything back.
 */
export async function tryChecks(deps: Deps, wanted: readonly AskedCheck[]): Promise<readonly CheckOutcome[]> {
  const asked = wanted.map((each) => ({ ...each, isTrial: true }))
  const outcomes = new Map<AskedCheck, CheckOutcome | undefined>()
  const customers = byCustomer(asked)
  for (let from = 0; from < customers.length; from += TRIED_AT_ONCE) {
    const tried = customers.slice(from, from + TRIED_AT_ONCE).map(async (customer) => {
      const own = await tryCustomer(deps, customer)
      for (const [place, each] of customer.asked.entries()) outcomes.set(each, own[place])
    })
    await Promise.all(tried)
  }
  return asked.flatMap((each) => outcomes.get(each) ?? [])
}

async function tryCustomer(deps: Deps, customer: CustomerChecks): Promise<readonly CheckOutcome[]> {
  try {
    const { outcomes } = await assessingFirst(deps, (ahead) =>
      inTransaction(deps.db, (trx) => decideLocked(deps, trx, customer, ahead), { dryRun: true })
    )
    return outcomes
  } catch (reason) {
    return customer.asked.map(() => ({ status: 'rejected', reason }))
  }
}

/** The same for one check. */
export async function tryCheck(deps: Deps, asked: AskedCheck): Promise<SentAnswer> {
  const [outcome] = await tryChecks(deps, [asked])
  return answerIn(outcome)
}

/**
 * Decides the checks of one customer under its lock, on a rating that knows of the file. Room that
 * came free, also through one of these checks, belongs to the waiting orders. A waiting order that
 * is asked about again keeps its place among them, but not its old request.
 */
async function decideLocked(
  { clock, policy }: Deps,
  trx: Writer,
  { customerId, asked }: CustomerChecks,
  ahead: AssessedAhead
): Promise<{ outcomes: readonly CheckOutcome[]; decided: readonly Decided[] }> {
  const rules = { clock, policy }
  const account = await withAssessedFile(trx, rules, await lockAccount(trx, clock, customerId), ahead)
  let locked = await sweep(trx, account)
  const outcomes = new Map<AskedCheck, CheckOutcome>()
  const decided: Decided[] = []
  const unanswered = (of: readonly AskedCheck[]) => of.filter((each) => !outcomes.has(each))
  /** Decides the first of these, up to one that lets waiting orders pass. */
  const decideFirst = async (some: readonly AskedCheck[]) => {
    const [decisions] = await decideAhead(trx, rules, [await loadLockedFacts(trx, rules, locked, some)])
    if (decisions === undefined || decisions.outcomes.length === 0) throw new Error('every customer is decided')
    await writeLocked(trx, decisions.rows)
    decided.push(...decisions.rows.decided)
    for (const [place, outcome] of decisions.outcomes.entries()) {
      const check = some[place]
      if (check !== undefined) outcomes.set(check, outcome)
    }
    return decisions
  }
  let isDue = locked.account.reevaluationDueAt !== null
  for (let left = asked; left.length > 0; left = unanswered(left)) {
    if (isDue) {
      const byOrder = Map.groupBy(left, ({ wanted }) => wanted.orderId)
      for await (const orderId of walkQueue(trx, rules, locked, new Set(byOrder.keys())))
        for (let own = byOrder.get(orderId) ?? []; own.length > 0; own = unanswered(own)) await decideFirst(own)
      left = unanswered(left)
    }
    if (left.length === 0) break
    isDue = (await decideFirst(left)).letsPass
    if (isDue) locked = { ...locked, account: (await lockAccount(trx, clock, customerId)).account }
  }
  return { outcomes: asked.flatMap((each) => outcomes.get(each) ?? []), decided }
}

/** Counts decisions that are committed. */
function count(tally: Tally, decided: readonly Decided[]): void {
  for (const { check, reason, currency } of decided) {
    const { outcome, amountMinor } = check
    tally.add('credence_checks_total', { outcome, reason: reason ?? '' })
    tally.add('credence_check_amount_total', { outcome, currency }, amountMinor / minorPerMajor(currency))
  }
}

function byCustomer(asked: readonly AskedCheck[]): CustomerChecks[] {
  const groups = Map.groupBy(asked, ({ wanted }) => wanted.customerId)
  return [...groups].map(([customerId, own]) => ({ customerId, asked: own }))
}

function answerIn(outcome: CheckOutcome | undefined): SentAnswer {
  if (outcome === undefined) throw new Error('every check has an outcome')
  if (outcome.status === 'rejected') throw outcome.reason
  return outcome.value
}
