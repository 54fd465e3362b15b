import { outlookRows, outlooksOf } from '../../accounts/store/outlooks.ts'
import { type AskedSituation, situationsOf } from '../../accounts/store/situation.ts'
import { keptSituation, type LockedAccount, requireAccount, situationBeginning } from '../../accounts/store.ts'
import type { AppliedRate, Reader, ReleaseFacts, Row } from '../../database.ts'
import {
  amountIn,
  type CreditLine,
  type CustomerKind,
  emptySituation,
  type Money,
  minorOf,
  minorPerMajor,
  OUTLOOK_DATES_MAX,
  type Outlook,
  type Policy,
  type Reader as ReasonReader,
  type Situation
} from '../../engine/index.ts'
import { itemsOfOrders, orderOfItem } from '../../exposure-items/store.ts'
import type { CheckId, CustomerId, OrderId } from '../../ids.ts'
import type { Clock } from '../../platform/database/clock.ts'
import type { KeyedRequest } from '../../platform/http/command.ts'
import type { ActorText } from '../../platform/values/actors.ts'
import { rateFor } from '../../rates/store.ts'
import type { NewCreditCheck } from '../schema.ts'
import { findBlocks, liveReleases, type WaitingBlocks } from '../store/blocks.ts'
import { type Asked, type AskedFacts, type Look, readFacts } from '../store/facts.ts'
import { findCheck } from '../store.ts'
import { isToBeAssessed } from './changed-file.ts'

/** The clock and the policy of a decision. */
export interface Rules {
  readonly clock: Clock
  readonly policy: Policy
}

/** One order to decide, and who asks. */
export interface AskedCheck {
  /** Who is recorded to have asked. */
  readonly actor: ActorText
  /** The key that sent it: an Idempotency-Key belongs to that. */
  readonly callerId: string
  readonly wanted: NewCreditCheck
  /** Absent without an Idempotency-Key. */
  readonly keyed: KeyedRequest | undefined
  /** Only to learn what would be decided now; nothing is kept. */
  readonly isTrial?: boolean
  /** For whom the answer is; absent: nobody was named. */
  readonly reader?: ReasonReader | undefined
}

/** A blocked order as it was asked about. */
export function askedOfBlock({ askedBy, request }: Row<'blockedOrders'>): AskedCheck {
  return { actor: askedBy, callerId: askedBy, wanted: JSON.parse(request) as NewCreditCheck, keyed: undefined }
}

/** The checks of one customer, in the order of arrival. */
export interface CustomerChecks {
  readonly customerId: CustomerId
  readonly asked: readonly AskedCheck[]
}

/** The facts behind the checks of one customer, all read in one moment. */
export interface CustomerFacts extends CustomerChecks {
  /** Null when there is no such customer. */
  readonly account: Row<'creditAccounts'> | null
  /** What it is in law; null where no answer addresses it. */
  readonly kind: CustomerKind | null
  readonly now: string
  readonly today: string
  readonly situation: Situation
  /** What is known of each check, in their order. */
  readonly each: readonly AskedFacts[]
  /** The orders that are to be decided before these; null where none are, or it was done. */
  readonly queue: Queue | null
  readonly extra: ExtraFacts
}

/** The waiting orders of a customer, few enough to be decided with a check. */
export interface Queue {
  /** Those whose time is up. */
  readonly overdue: readonly Row<'blockedOrders'>[]
  /** Those that are decided again, longest wait first. */
  readonly waiting: readonly Row<'blockedOrders'>[]
}

/**
 * What some checks need besides. Most of it is read only under the lock, so that other checks do
 * not pay for it.
 */
interface ExtraFacts {
  /** The existing reservations of orders, each with the check that made it. */
  readonly reserved: ReadonlyMap<CheckId, ReservedOrder>
  /** Orders that were blocked before, by their number. */
  readonly blocked: ReadonlyMap<OrderId, BlockedBefore>
  /** The items of the ledger that count for an order itself, by its number. */
  readonly recorded: ReadonlyMap<OrderId, readonly Row<'exposureItems'>[]>
  /** The rates of the day by currency of an order; undefined when there is none. */
  readonly rates: ReadonlyMap<string, AppliedRate | undefined>
  /** What is expected to make room; null when it was not read. */
  readonly outlook: Outlook | null
}

/** The active reservation of an order with the decision that made it. */
export interface ReservedOrder {
  readonly reservation: Row<'reservations'>
  readonly document: string
}

/** An order that was blocked before. */
interface BlockedBefore {
  readonly block: Row<'blockedOrders'>
  /** The release that a person gave and that still holds, less what was captured on it. */
  readonly release: ReleaseFacts | null
}

const NO_EXTRA_FACTS: ExtraFacts = {
  reserved: new Map(),
  blocked: new Map(),
  recorded: new Map(),
  rates: new Map(),
  outlook: null
}

/** The most orders that are decided again with a check; a longer queue is walked under the lock. */
const QUEUE_MAX = 20

/**
 * The facts of customers whose checks need no more than is read without a lock. A decision that
 * rests on them is written on condition that the account has not changed since.
 */
export async function loadFacts(
  db: Reader,
  rules: Rules,
  customers: readonly CustomerChecks[]
): Promise<CustomerFacts[]> {
  const { policy, clock } = rules
  const look = { ...lookOf(policy), ahead: { waitingMax: QUEUE_MAX + 1, datesMax: OUTLOOK_DATES_MAX } }
  const asked = customers.flatMap((customer) => questionsOf(policy, customer))
  const read = readOfCustomers(customers, await readFacts(db, clock, asked, look))
  const ready = read.filter((customer) => !needsExtraFacts(policy, customer)).map(withQueue)
  return withSituations(db, rules, ready)
}

function lookOf({ id, version, check }: Policy): Look {
  return { situationBeginning: situationBeginning({ id, version }), horizonDays: check.horizonDays }
}

function questionsOf(policy: Policy, { customerId, asked }: CustomerChecks): Asked[] {
  return asked.map(({ callerId, wanted: { orderId, amount }, keyed, reader }, index) => ({
    ...askedSituation(policy, { customerId, currency: amount.currency }),
    orderId,
    callerId,
    key: keyed?.key ?? null,
    currency: amount.currency,
    amountMinor: minorOf(amount),
    leads: index === 0,
    addresses: reader === 'customer'
  }))
}

/** What was read of a customer, before its open items are looked at. */
type ReadCustomer = Omit<CustomerFacts, 'situation'>

function readOfCustomers(customers: readonly CustomerChecks[], read: readonly AskedFacts[]): ReadCustomer[] {
  let from = 0
  return customers.map(({ customerId, asked }) => {
    const each = read.slice(from, from + asked.length)
    from += asked.length
    const [first] = each
    if (first === undefined) throw new Error('a customer is read for a check of its own')
    const { account = null, kind, now, today } = first
    const outlook = first.outlook && outlookRows(first.outlook, OUTLOOK_DATES_MAX)
    return { customerId, asked, account, kind, now, today, each, queue: null, extra: { ...NO_EXTRA_FACTS, outlook } }
  })
}

async function withSituations(
  db: Reader,
  { policy }: Rules,
  customers: readonly ReadCustomer[]
): Promise<CustomerFacts[]> {
  const accounts = customers.flatMap(({ account, today, each }) =>
    account === null ? [] : [{ account, today, situation: each[0]?.situation ?? null }]
  )
  const situations = await situationsToday(db, policy, accounts)
  return customers.map((customer) => {
    const situation = situations.get(customer.customerId) ?? emptySituation(customer.today)
    return { ...customer, situation }
  })
}

/** Whether checks need more facts than were read without a lock, or must wait their turn. */
function needsExtraFacts(policy: Policy, { asked, account, now, each }: ReadCustomer): boolean {
  if (account === null) return false
  if (isToBeAssessed(policy, account)) return true
  const { currency, reevaluationDueAt, reevaluationPlace } = account
  const { nextExpiry = null, waiting = null } = each[0] ?? {}
  const hasExpired = isSweepDue(account, now) && nextExpiry !== null && nextExpiry <= now
  if (hasExpired || reevaluationPlace !== null) return true
  if (reevaluationDueAt !== null && (waiting === null || !isSimple(waiting, currency))) return true
  return each.some(
    ({ reservedBy, wasBlocked, isRecorded }, index) =>
      reservedBy !== null || wasBlocked || isRecorded || asked[index]?.wanted.amount.currency !== currency
  )
}

function isSweepDue({ reservationsDueAt }: Row<'creditAccounts'>, now: string): boolean {
  return reservationsDueAt !== null && reservationsDueAt <= now
}

/** Whether all waiting orders were read, with everything that another decision about them needs. */
function isSimple({ overdue, queued }: WaitingBlocks, currency: string): boolean {
  if (overdue.length > QUEUE_MAX || queued.length > QUEUE_MAX) return false
  return queued.every(
    ({ block, counts }) =>
      !counts && block.releaseId === null && askedOfBlock(block).wanted.amount.currency === currency
  )
}

/** The same with the orders that are decided first. Where a sweep was due, nothing had expired. */
function withQueue({ account, each, extra, ...customer }: ReadCustomer): ReadCustomer {
  const { nextExpiry = null, waiting = null } = each[0] ?? {}
  const swept =
    account !== null && isSweepDue(account, customer.now) ? { ...account, reservationsDueAt: nextExpiry } : account
  if (waiting === null) return { ...customer, account: swept, each, extra }
  const queue = { overdue: waiting.overdue, waiting: waiting.queued.map(({ block }) => block) }
  const blocked = new Map(queue.waiting.map((block) => [block.orderId, { block, release: null }]))
  return { ...customer, account: swept, each, queue, extra: { ...extra, blocked } }
}

/** The facts of an existing customer. */
export type KnownCustomerFacts = CustomerFacts & { readonly account: Row<'creditAccounts'> }

/**
 * All facts of some checks of a customer whose account is locked. Their moment is when the lock was
 * taken: what was due then has been swept, and nothing falls due in between.
 */
export async function loadLockedFacts(
  trx: Reader,
  rules: Rules,
  { account: { customerId }, now, today }: LockedAccount,
  asked: readonly AskedCheck[]
): Promise<KnownCustomerFacts> {
  const customer = { customerId, asked }
  const read = await readFacts(trx, rules.clock, questionsOf(rules.policy, customer), lookOf(rules.policy))
  const ofMoment = read.map((each) => ({ ...each, now, today }))
  const [facts] = await withSituations(trx, rules, readOfCustomers([customer], ofMoment))
  if (facts === undefined || facts.account === null) throw new Error('an account that is locked is there')
  const known = { ...facts, account: facts.account }
  return { ...known, extra: await loadExtraFacts(trx, known) }
}

async function loadExtraFacts(
  trx: Reader,
  { account, now, today, asked, each }: KnownCustomerFacts
): Promise<ExtraFacts> {
  const { customerId, currency } = account
  const reserved = new Map<CheckId, ReservedOrder>()
  for (const checkId of new Set(each.flatMap(({ reservedBy }) => reservedBy ?? []))) {
    const found = await findCheck(trx, customerId, checkId)
    if (found?.reservation === undefined) throw new Error(`the reservation of ${checkId} has no check`)
    reserved.set(checkId, { reservation: found.reservation, document: found.check.document })
  }
  const rates = new Map<string, AppliedRate | undefined>()
  for (const { wanted } of asked) {
    const from = wanted.amount.currency
    if (from !== currency && !rates.has(from))
      rates.set(from, await rateFor(trx, { from, to: currency, onDate: today }))
  }
  const ordersThat = (are: (facts: AskedFacts) => boolean) =>
    asked.flatMap(({ wanted: { orderId } }, index) => (each[index] !== undefined && are(each[index]) ? [orderId] : []))
  const blocked = await blockedBefore(
    trx,
    customerId,
    ordersThat(({ wasBlocked }) => wasBlocked),
    { now, reservedBy: [...reserved.keys()] }
  )
  const recorded = await recordedItems(
    trx,
    customerId,
    ordersThat(({ isRecorded }) => isRecorded)
  )
  return { reserved, blocked, recorded, rates, outlook: null }
}

/** The items that count for some orders, by order. */
async function recordedItems(
  trx: Reader,
  customerId: CustomerId,
  orderIds: readonly OrderId[]
): Promise<ExtraFacts['recorded']> {
  if (orderIds.length === 0) return new Map()
  return Map.groupBy(await itemsOfOrders(trx, customerId, orderIds), ({ itemId }) => orderOfItem(itemId))
}

const NO_RELEASES: ReadonlyMap<string, ReleaseFacts> = new Map()

/**
 * Which of these orders were blocked before, each with the release that still holds. What is
 * captured of a reservation that still stands is a part of its order, and counts there.
 */
async function blockedBefore(
  trx: Reader,
  customerId: CustomerId,
  orderIds: readonly OrderId[],
  { now, reservedBy }: { readonly now: string; readonly reservedBy: readonly CheckId[] }
): Promise<ExtraFacts['blocked']> {
  if (orderIds.length === 0) return new Map()
  const blocks = await findBlocks(trx, customerId, orderIds)
  const released = blocks.flatMap(({ orderId, releaseId }) => (releaseId === null ? [] : [orderId]))
  const releases = released.length === 0 ? NO_RELEASES : await liveReleases(trx, customerId, released, now, reservedBy)
  return new Map(blocks.map((block) => [block.orderId, { block, release: releases.get(block.orderId) ?? null }]))
}

/**
 * What a release leaves for an order with a reservation. A release is for the whole order, and the
 * prepaid part of an order is not reserved.
 */
export function releaseOfReserved(given: ReleaseFacts | undefined, prepaid: Money): ReleaseFacts | null {
  return given === undefined ? null : { ...given, amountMaxMinor: given.amountMaxMinor - minorOf(prepaid) }
}

/** The line on which the orders of a customer are decided. */
export function lineOf({
  account,
  situation,
  now,
  today
}: Pick<KnownCustomerFacts, 'account' | 'situation' | 'now' | 'today'>): CreditLine {
  return { account: accountFacts(account), situation, now, today }
}

/** What the decision reads of the account, and no more: exactly this is stored for replay. */
function accountFacts(account: Row<'creditAccounts'>): CreditLine['account'] {
  const { customerId, currency, limitMode, limitMinor, limitValidUntil, limitDecisionId, termsDays } = account
  const { receivablesMinor, capturedMinor, reservedMinor, ordersMinor, deliveriesMinor, specialMinor } = account
  const { reconciledAt, holdReason, holdSince, grade } = account
  const { ratingValidUntil, ratedAt, ratingAdvice, fileChange, fileChangedAt } = account
  return {
    customerId,
    currency,
    limitMode,
    limitMinor,
    limitValidUntil,
    limitDecisionId,
    termsDays,
    receivablesMinor,
    capturedMinor,
    reservedMinor,
    ordersMinor,
    deliveriesMinor,
    specialMinor,
    reconciledAt,
    holdReason,
    holdSince,
    grade,
    ratingValidUntil,
    ratedAt,
    ratingAdvice,
    ...(fileChange === null || fileChangedAt === null ? {} : { fileChange, fileChangedAt })
  }
}

/**
 * The same facts, with the expected receipts of the customer by date. An order that is tried again
 * is decided without its reservation, so the end of that makes no room for it.
 */
export async function withOutlooks(
  db: Reader,
  { clock }: Rules,
  customers: readonly CustomerFacts[]
): Promise<CustomerFacts[]> {
  const [first] = customers
  if (first === undefined) return []
  const ids = customers.map(({ customerId }) => customerId)
  const without = customers.flatMap(({ asked, each }) =>
    asked.flatMap(({ isTrial = false }, place) => (isTrial ? (each[place]?.reservedBy ?? []) : []))
  )
  const outlooks = await outlooksOf(db, clock, ids, { now: first.now, datesMax: OUTLOOK_DATES_MAX, without })
  return customers.map((facts) => ({
    ...facts,
    extra: { ...facts.extra, outlook: outlooks.get(facts.customerId) ?? null }
  }))
}

/** A locked account with the line on which its orders are decided. */
export interface LockedLine extends LockedAccount {
  readonly line: CreditLine
}

/**
 * A locked account after everything before it in the same transaction, for a question about an
 * order that it has approved already.
 */
export async function loadLine(
  trx: Reader,
  { policy }: Rules,
  { account: { customerId }, now, today }: LockedAccount
): Promise<LockedLine> {
  const account = await requireAccount(trx, customerId)
  const situations = await situationsToday(trx, policy, [{ account, today, situation: null }])
  const situation = situations.get(customerId) ?? emptySituation(today)
  return { account, now, today, line: lineOf({ account, situation, now, today }) }
}

/**
 * The situation of each customer today: the one that was read with the account, the one kept beside
 * it, or a new one when that is of another day or was made invalid.
 */
async function situationsToday(
  db: Reader,
  policy: Policy,
  accounts: readonly Pick<AskedFacts, 'account' | 'today' | 'situation'>[]
): Promise<Map<CustomerId, Situation>> {
  const situations = new Map<CustomerId, Situation>()
  const asked: (AskedSituation & { readonly today: string })[] = []
  for (const { account, today, situation } of accounts) {
    if (account === undefined || situations.has(account.customerId)) continue
    const known = situation?.asOf === today ? situation : keptSituation(account, today, policy)
    if (known !== undefined) situations.set(account.customerId, known)
    else asked.push({ ...askedSituation(policy, account), today })
  }
  const { horizonDays } = policy.check
  // They are of one day, but for accounts that are ahead of a clock that ran back.
  for (const [today, ofDay] of Map.groupBy(asked, ({ today }) => today)) {
    const found = await situationsOf(db, ofDay, { today, horizonDays })
    for (const [customerId, situation] of found) situations.set(customerId, situation)
  }
  return situations
}

function askedSituation(
  { check }: Policy,
  { customerId, currency }: Pick<Row<'creditAccounts'>, 'customerId' | 'currency'>
): AskedSituation {
  return {
    customerId,
    itemMinimumMinor: amountIn(check.oldestOverdue.minimumAmount, currency),
    minorPerMajor: minorPerMajor(currency)
  }
}
