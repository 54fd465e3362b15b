import { outlooksOf } from '../../accounts/store/outlooks.ts'
import { type LockedAccount, lockAccount } from '../../accounts/store.ts'
import type { Reader, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { OUTLOOK_DATES_MAX, type Outlook } from '../../engine/index.ts'
import { inTransaction, storageProblem } from '../../platform/database/transaction.ts'
import type { SentAnswer } from '../../platform/http/deciding.ts'
import { Problem } from '../../platform/values/problem.ts'
import { grouped, lateProblem } from '../../platform/work/grouping.ts'
import { sweep } from '../../reservations/postings/sweep.ts'
import { type AskedCheck, decideInTurn, type LookedUp, type Turn } from '../postings/decide.ts'
import { type CustomerStanding, lookUp, type OfCustomer, standingsOf, writeTurn } from '../postings/facts.ts'
import { reevaluate } from '../postings/queue.ts'
import { type Standing, writeDecisions } from '../store/decisions.ts'

/**
 * Checks that are decided and committed together at most, and how many such groups are under way at
 * once.
 */
const GROUP_MAX = 64
const GROUPS_UNDER_WAY_MAX = 2

/** A second group starts beside the first only with so many checks. */
const FURTHER_GROUP_MIN = 8

/**
 * How long after it came a check is still begun, in milliseconds. With what one attempt takes at
 * most it is answered before the handler of the request is given up, so that a refusal can say that
 * nothing was written.
 */
const BEGUN_WITHIN_MS = 5_000

/**
 * Answers the function that decides a credit check and, when it is approved, holds the order's
 * amount.
 *
 * Checks that wait are decided and committed together, at the price of one read and one write for
 * all of them: the accounts are read without a lock, and written on condition that they have not
 * changed since. Checks of one customer are decided in the order in which they came. Where the
 * condition fails, where a reservation has to expire first, and where a group fails, each customer
 * is decided again for itself, under its lock: nobody's failure touches another. A check that could
 * not be begun in its time is refused with `temporary-reduced-capacity`.
 *
 * An order that already holds the same amount gets its check again, unless the caller insists on a
 * new decision with a new Idempotency-Key: two holds for one order cannot exist, so that is
 * refused.
 */
export function creditChecks(deps: Deps): (asked: AskedCheck) => Promise<SentAnswer> {
  return grouped({
    keyOf: ({ wanted }: AskedCheck) => wanted.customerId,
    work: (asked, isLate) => decideTogether(deps, asked, isLate),
    sizeMax: GROUP_MAX,
    underWayMax: GROUPS_UNDER_WAY_MAX,
    furtherMin: FURTHER_GROUP_MIN,
    waitMsMax: BEGUN_WITHIN_MS
  })
}

/** Whether the time of a check is up: nothing more is begun for it. */
type IsLate = (asked: AskedCheck) => boolean

async function decideTogether(
  deps: Deps,
  asked: readonly AskedCheck[],
  isLate: IsLate
): Promise<Promise<SentAnswer>[]> {
  const customers = byCustomer(asked)
  const turns = await decideOptimistically(deps, customers).catch((error: unknown) => {
    const problem = error instanceof Problem ? error : storageProblem(error)
    if (isForAll(problem)) throw error
    // What cannot be read of one customer is its own fault only.
    return []
  })
  const answers = new Map<AskedCheck, Promise<SentAnswer>>()
  for (const [index, customer] of customers.entries()) {
    const outcomes = Promise.resolve(turns[index]?.outcomes ?? decideAlone(deps, customer, isLate))
    for (const [place, each] of customer.asked.entries()) {
      answers.set(
        each,
        outcomes.then((all) => answerIn(all[place]))
      )
    }
  }
  return asked.map((each) => answers.get(each) ?? Promise.reject(new Error('every check belongs to a customer')))
}

/**
 * Decides for all customers on one read, and writes what can be written; absent: the customer has
 * to be decided again.
 */
async function decideOptimistically(deps: Deps, customers: readonly OfCustomer[]): Promise<(Turn | undefined)[]> {
  const { db } = deps
  const standings = await standingsOf(db, deps, customers)
  const turns = await takeTurns(
    deps,
    db,
    customers.map(({ asked }, index) => {
      const stands = standings[index]
      return stands === undefined || needsLock(asked, stands.standing)
        ? undefined
        : { asked, ...stands, lookedUp: NOTHING_LOOKED_UP }
    })
  )
  const accounts = turns.flatMap((turn) => turn?.account ?? [])
  if (accounts.length === 0) return turns
  const decided = turns.flatMap((turn) => (turn?.account === undefined ? [] : turn.decided))
  const blocks = turns.flatMap((turn) => (turn?.account === undefined ? [] : turn.blocks))
  const written = await writeDecisions(db, { accounts, decided, blocks }).catch((error: unknown) => {
    const problem = storageProblem(error, true)
    if (problem?.slug === 'outcome-unknown') throw problem
    // Whatever else it was, it undid the whole statement; each customer alone meets its own part of
    // it.
    return new Set<string>()
  })
  return turns.map((turn) => (turn?.account === undefined || written.has(turn.account.customerId) ? turn : undefined))
}

/**
 * Whether a failure is that of every check it met, so that none of them is tried again: what may
 * have been written is not decided a second time (whoever sent a key learns by it what became of
 * it), and nobody gets through where the database cannot be reached.
 */
function isForAll(reason: unknown): boolean {
  const slug = reason instanceof Problem ? reason.slug : undefined
  return slug === 'outcome-unknown' || slug === 'temporary-reduced-capacity'
}

/**
 * Decides the checks of one customer under its lock. When they fail together each is tried for
 * itself, so that the one at fault is the only one that fails. One whose time is up is not begun.
 */
async function decideAlone(
  deps: Deps,
  { customerId, asked }: OfCustomer,
  isLate: IsLate
): Promise<readonly PromiseSettledResult<SentAnswer>[]> {
  if (asked.some(isLate)) return eachAlone(deps, { customerId, asked }, isLate)
  try {
    return await inTransaction(deps.db, (trx) => decideLocked(deps, trx, { customerId, asked }))
  } catch (reason) {
    if (isForAll(reason) || asked.length === 1) return asked.map(() => ({ status: 'rejected', reason }))
  }
  return eachAlone(deps, { customerId, asked }, isLate)
}

async function eachAlone(
  deps: Deps,
  { customerId, asked }: OfCustomer,
  isLate: IsLate
): Promise<readonly PromiseSettledResult<SentAnswer>[]> {
  const outcomes: PromiseSettledResult<SentAnswer>[] = []
  for (const each of asked) {
    if (isLate(each)) outcomes.push({ status: 'rejected', reason: lateProblem() })
    else outcomes.push(...(await decideAlone(deps, { customerId, asked: [each] }, isLate)))
  }
  return outcomes
}

/** Customers whose checks are tried at once at most: each takes a connection. */
const TRIED_AT_ONCE = 4

/**
 * Runs checks as they would be decided now, those of one customer one after the other, and takes
 * everything back.
 */
export async function tryChecks(
  deps: Deps,
  asked: readonly AskedCheck[]
): Promise<readonly PromiseSettledResult<SentAnswer>[]> {
  const answers = new Map<AskedCheck, PromiseSettledResult<SentAnswer> | undefined>()
  const customers = byCustomer(asked)
  for (let from = 0; from < customers.length; from += TRIED_AT_ONCE) {
    const tried = customers.slice(from, from + TRIED_AT_ONCE).map(async (customer) => {
      const outcomes = await tryCustomer(deps, customer)
      for (const [place, each] of customer.asked.entries()) answers.set(each, outcomes[place])
    })
    await Promise.all(tried)
  }
  return asked.flatMap((each) => answers.get(each) ?? [])
}

async function tryCustomer(deps: Deps, customer: OfCustomer): Promise<readonly PromiseSettledResult<SentAnswer>[]> {
  try {
    return await inTransaction(deps.db, (trx) => decideLocked(deps, trx, customer), { dryRun: true })
  } catch (reason) {
    return customer.asked.map(() => ({ status: 'rejected', reason }))
  }
}

/** The same of one check. */
export async function tryCheck(deps: Deps, asked: AskedCheck): Promise<SentAnswer> {
  const [outcome] = await tryChecks(deps, [asked])
  return answerIn(outcome)
}

async function decideLocked(
  deps: Deps,
  trx: Writer,
  customer: OfCustomer
): Promise<readonly PromiseSettledResult<SentAnswer>[]> {
  const { customerId, asked } = customer
  const locked = await sweep(trx, await lockAccount(trx, deps.clock, customerId))
  if (locked.account.reevaluationDueAt === null) return decideSwept(deps, trx, locked, customer)
  // Headroom that came free belongs to the orders that wait for it. One that is asked about anew
  // keeps its place, not its old request.
  const outcomes = new Map<AskedCheck, PromiseSettledResult<SentAnswer> | undefined>()
  const decide = async (some: readonly AskedCheck[]) => {
    const decided = await decideSwept(deps, trx, locked, { customerId, asked: some })
    for (const [place, each] of some.entries()) outcomes.set(each, decided[place])
  }
  const byOrder = Map.groupBy(asked, ({ wanted }) => wanted.orderId)
  await reevaluate(deps, trx, locked, {
    orderIds: new Set(byOrder.keys()),
    decide: (orderId) => decide(byOrder.get(orderId) ?? [])
  })
  const rest = asked.filter((each) => !outcomes.has(each))
  if (rest.length > 0) await decide(rest)
  return asked.flatMap((each) => outcomes.get(each) ?? [])
}

async function decideSwept(
  deps: Deps,
  trx: Writer,
  locked: LockedAccount,
  customer: OfCustomer
): Promise<readonly PromiseSettledResult<SentAnswer>[]> {
  const [stands] = await standingsOf(trx, deps, [customer], locked)
  if (stands === undefined) throw new Error('one customer has one standing')
  const lookedUp = await lookUp(trx, locked, customer.asked, stands.standing)
  const [turn] = await takeTurns(deps, trx, [{ asked: customer.asked, ...stands, lookedUp }])
  if (turn === undefined) throw new Error('whoever stands ready has a turn')
  await writeTurn(trx, turn)
  return turn.outcomes
}

/** A customer whose checks can be decided: what stands for them, and what was looked up. */
interface ReadyCustomer extends CustomerStanding {
  readonly asked: readonly AskedCheck[]
  readonly lookedUp: LookedUp
}

/**
 * Decides for each customer that is ready. Those with an order that might pass on a later day are
 * decided again with the outlook of their account, which is read for them alone: few orders need
 * it.
 */
async function takeTurns(
  { policy, clock }: Deps,
  db: Reader,
  customers: readonly (ReadyCustomer | undefined)[]
): Promise<(Turn | undefined)[]> {
  const turnOf = ({ asked, standing, situation, lookedUp }: ReadyCustomer, outlook?: Outlook) =>
    decideInTurn(policy, asked, standing, situation, { ...lookedUp, outlook })
  const turns = customers.map((customer) => customer && turnOf(customer))
  const wanting = turns.flatMap((turn, index) => (turn?.wantsOutlook ? (customers[index]?.standing[0] ?? []) : []))
  const [first] = wanting
  if (first === undefined) return turns
  const ids = wanting.flatMap(({ account }) => account?.customerId ?? [])
  const outlooks = await outlooksOf(db, clock, ids, first.now, OUTLOOK_DATES_MAX)
  return customers.map((customer, index) => {
    const outlook = outlooks.get(customer?.standing[0]?.account?.customerId ?? '')
    return customer === undefined || outlook === undefined ? turns[index] : turnOf(customer, outlook)
  })
}

const NOTHING_LOOKED_UP: LookedUp = { held: new Map(), known: new Map(), recorded: new Map(), rates: new Map() }

/**
 * Where more has to be looked up than an account says: what is rare is not asked for every check.
 */
function needsLock(asked: readonly AskedCheck[], standing: readonly Standing[]): boolean {
  return (
    isSweepDue(standing) ||
    standing.some(({ heldBy, wasBlocked, isRecorded, account }, index) => {
      const foreign = account !== undefined && asked[index]?.wanted.amount.currency !== account.currency
      const waiting = account !== undefined && account.reevaluationDueAt !== null
      return heldBy !== null || wasBlocked || isRecorded || foreign || waiting
    })
  )
}

function byCustomer(asked: readonly AskedCheck[]): OfCustomer[] {
  const groups = Map.groupBy(asked, ({ wanted }) => wanted.customerId)
  return [...groups].map(([customerId, own]) => ({ customerId, asked: own }))
}

function answerIn(outcome: PromiseSettledResult<SentAnswer> | undefined): SentAnswer {
  if (outcome === undefined) throw new Error('every check has an outcome')
  if (outcome.status === 'rejected') throw outcome.reason
  return outcome.value
}

function isSweepDue([standing]: readonly Standing[]): boolean {
  const due = standing?.account?.reservationsDueAt ?? null
  return due !== null && standing !== undefined && due <= standing.now
}
