import type { LimitMode } from '../ledger/exposure.ts'
import type { GradeCapacity, LimitAmounts, Policy } from '../policy/policy.ts'
import type { ReasonCode } from '../reasons/reasons.ts'
import type { BusinessDate } from '../values/dates.ts'
import { AMOUNT_MINOR_MAX, parseAmount, shareOf } from '../values/money.ts'
import { type Advice, compareGrades, type Grade } from '../values/rating.ts'

export const LIMIT_STATUSES = ['proposed', 'none'] as const
export type LimitStatus = (typeof LIMIT_STATUSES)[number]

/**
 * The amounts that a proposal weighs: what the customer can carry, has carried, needs and asks for,
 * and the most the policy gives.
 */
export const LIMIT_COMPONENTS = [
  'equity_cap',
  'revenue_cap',
  'experience_cap',
  'need',
  'request',
  'policy_maximum'
] as const
export type LimitComponentId = (typeof LIMIT_COMPONENTS)[number]
export type BindingConstraint = LimitComponentId

/** Why a component has no amount. */
export const COMPONENT_GAPS = [
  'no_statement',
  'statement_stale',
  'statement_unreliable',
  'currency_without_rate',
  'missing_item',
  'no_settled_invoice',
  'no_purchases',
  'not_requested',
  'currency_not_in_policy',
  'no_credit_for_grade'
] as const
export type ComponentGap = (typeof COMPONENT_GAPS)[number]

/** The figures that components rest on. */
export const LIMIT_INPUTS = [
  'statementId',
  'periodEnd',
  'currency',
  'share',
  'tangibleNetWorthMinor',
  'annualRevenueMinor',
  'highestSettledBalanceMinor',
  'multiple',
  'purchasesMinor',
  'purchaseDays',
  'historyDaysMin',
  'growthFactor',
  'termsDays',
  'allowanceDays',
  'requestedMinor',
  'maximumMinor'
] as const
export type LimitInput = (typeof LIMIT_INPUTS)[number]

export interface LimitComponent {
  id: LimitComponentId
  /** Never negative; null when it could not be computed, and then `gap` says why. */
  amountMinor: number | null
  gap: ComponentGap | null
  /** Whether it took part in the minimum. */
  applied: boolean
  /** The figures that went in, by name, for an auditor to compute it again. */
  inputs: Record<string, number | string | null>
}

/** The figures of the newest statement, in its own currency. */
export interface LimitStatementFacts {
  statementId: string
  periodEnd: BusinessDate
  ageDays: number
  /** False when the auditor disowned it: then it carries nothing. */
  reliable: boolean
  currency: string
  /** Null when the statement lacks an item that it needs; may be negative. */
  tangibleNetWorthMinor: number | null
  /** For twelve months; null when the statement does not say. */
  annualRevenueMinor: number | null
}

/** The figures of the receivables, in the account's currency. */
interface LimitTradeFacts {
  /** Invoiced in the last twelve months. */
  purchasesMinor: number
  /** Days in which that was invoiced: since the first invoice, at most 365; 0 without any. */
  purchaseDays: number
  /** The highest balance that was owed and then paid; null when nothing has been settled. */
  highestSettledBalanceMinor: number | null
}

/**
 * The facts of a limit proposal. `limitFacts` in limit-facts.ts gathers them from a credit file.
 */
export interface LimitFacts {
  asOf: BusinessDate
  /** The currency of the account and of the limit. */
  currency: string
  /** Null: no rating. */
  grade: Grade | null
  /** What the assessment behind the rating advises; left out, nothing. */
  advice?: Advice
  /** Null: no statement. */
  statement: LimitStatementFacts | null
  trade: LimitTradeFacts
  /** The amount asked for, more than 0; left out when nobody asked for one. */
  requestedMinor?: number
}

/**
 * A proposed limit with its whole working. It holds its facts, so that an auditor needs nothing
 * else to compute it again.
 */
export interface LimitProposal {
  policy: { id: string; version: number }
  asOf: BusinessDate
  status: LimitStatus
  mode: LimitMode
  /** 0 when the status is `none`. */
  amountMinor: number
  currency: string
  grade: Grade | null
  /** The applied component that set the amount; null when the grade or missing data did. */
  bindingConstraint: BindingConstraint | null
  /** Always all of them, in the same order. */
  components: LimitComponent[]
  /** Days from invoice to due date; 0 is payment before delivery. */
  termsDays: number
  /**
   * Whether the proposal may take effect without a person: a limit within the policy's authority,
   * or the end of credit because of the grade. An answer that rests on missing data never does.
   */
  automatic: boolean
  reasons: ReasonCode[]
  facts: LimitFacts
}

/**
 * Proposes a limit: the least of what the customer can carry, of what it asks for or else needs,
 * and of the policy's maximum, rounded down.
 *
 * What the customer can carry is a share of tangible net worth and of revenue, by grade. Where no
 * statement gives such a cap, it is a multiple of the highest balance that the customer has owed
 * and paid. Without either there is no limit. A component that cannot be computed is listed with
 * its reason and never counts as zero; negative net worth does. The amount never exceeds the
 * request.
 */
export function proposeLimit(policy: Policy, facts: LimitFacts): LimitProposal {
  const refusal = refusalOf(policy, facts)
  const capacity = refusal === undefined && facts.grade !== null ? policy.limit.byGrade[facts.grade] : undefined
  const termsDays = capacity === undefined ? 0 : termsOf(policy, facts.grade)
  const components = listComponents(policy, facts, capacity, termsDays)
  if (refusal !== undefined) return withoutLimit(policy, facts, components, refusal)
  const bases = components.filter((each) => each.applied && CAPACITY_COMPONENTS.has(each.id))
  if (bases.length === 0) {
    return withoutLimit(policy, facts, components, { mode: 'none', reason: 'LIMIT_BASIS_MISSING', automatic: false })
  }
  return boundedLimit(policy, facts, components, termsDays)
}

const CAPACITY_COMPONENTS: ReadonlySet<LimitComponentId> = new Set(['equity_cap', 'revenue_cap', 'experience_cap'])

interface Refusal {
  mode: 'none' | 'cash_only'
  reason: ReasonCode
  automatic: boolean
}

function refusalOf(policy: Policy, { grade, advice }: LimitFacts): Refusal | undefined {
  if (grade === null) return { mode: 'none', reason: 'RATING_MISSING', automatic: false }
  if (grade === 'D') return { mode: 'cash_only', reason: 'CUSTOMER_IN_DEFAULT', automatic: true }
  if (advice === 'decline') return { mode: 'none', reason: 'RATING_ADVISES_DECLINE', automatic: true }
  if (compareGrades(grade, policy.limit.gradeFloor) > 0 || policy.limit.byGrade[grade] === undefined) {
    return { mode: 'none', reason: 'RATING_BELOW_FLOOR', automatic: true }
  }
  return undefined
}

function termsOf(policy: Policy, grade: Grade | null): number {
  return grade === null ? 0 : (policy.terms.daysByGrade[grade] ?? 0)
}

function withoutLimit(
  policy: Policy,
  facts: LimitFacts,
  components: LimitComponent[],
  refusal: Refusal
): LimitProposal {
  return {
    policy: { id: policy.id, version: policy.version },
    asOf: facts.asOf,
    status: 'none',
    mode: refusal.mode,
    amountMinor: 0,
    currency: facts.currency,
    grade: facts.grade,
    bindingConstraint: null,
    components: components.map((each) => ({ ...each, applied: false })),
    termsDays: 0,
    automatic: refusal.automatic,
    reasons: [refusal.reason],
    facts
  }
}

const BINDING_REASON: Readonly<Record<LimitComponentId, ReasonCode>> = {
  equity_cap: 'LIMIT_BOUND_BY_EQUITY',
  revenue_cap: 'LIMIT_BOUND_BY_REVENUE',
  experience_cap: 'LIMIT_BOUND_BY_EXPERIENCE',
  need: 'LIMIT_BOUND_BY_NEED',
  request: 'LIMIT_BOUND_BY_REQUEST',
  policy_maximum: 'LIMIT_BOUND_BY_POLICY_MAXIMUM'
}

function boundedLimit(
  policy: Policy,
  facts: LimitFacts,
  components: LimitComponent[],
  termsDays: number
): LimitProposal {
  const { id: bindingConstraint, amountMinor: boundMinor } = leastOf(components)
  const bounds = boundsOf(policy, facts.currency)
  const roundedMinor = bounds === undefined ? boundMinor : boundMinor - (boundMinor % bounds.roundToMinor)
  const given = roundedMinor > 0 && (bounds === undefined || roundedMinor >= bounds.minimumMinor)
  const amountMinor = given ? roundedMinor : 0
  const referred = facts.advice === 'refer'
  const automatic = given && !referred && amountMinor <= (bounds?.automaticMinor ?? -1)
  const reasons: ReasonCode[] = [BINDING_REASON[bindingConstraint]]
  if (bindingConstraint === 'equity_cap' && (facts.statement?.tangibleNetWorthMinor ?? 0) < 0) {
    reasons.unshift('NET_WORTH_NEGATIVE')
  }
  if (!given) reasons.unshift('LIMIT_BELOW_MINIMUM')
  if (given && referred) reasons.push('RATING_ADVISES_REFERRAL')
  if (given && !automatic) reasons.push('LIMIT_NEEDS_APPROVAL')
  return {
    policy: { id: policy.id, version: policy.version },
    asOf: facts.asOf,
    status: given ? 'proposed' : 'none',
    mode: given ? 'limited' : 'none',
    amountMinor,
    currency: facts.currency,
    grade: facts.grade,
    bindingConstraint,
    components,
    termsDays: given ? termsDays : 0,
    automatic,
    reasons,
    facts
  }
}

/**
 * The smallest applied component; of equal ones the first listed. The caller has made sure that one
 * is applied.
 */
function leastOf(components: LimitComponent[]): { id: LimitComponentId; amountMinor: number } {
  let least: { id: LimitComponentId; amountMinor: number } = { id: 'policy_maximum', amountMinor: AMOUNT_MINOR_MAX }
  let found = false
  for (const { id, applied, amountMinor } of components) {
    if (!applied || amountMinor === null) continue
    if (!found || amountMinor < least.amountMinor) least = { id, amountMinor }
    found = true
  }
  return least
}

function listComponents(
  policy: Policy,
  facts: LimitFacts,
  capacity: GradeCapacity | undefined,
  termsDays: number
): LimitComponent[] {
  const equity = statementCap(policy, facts, capacity, 'equity_cap')
  const revenue = statementCap(policy, facts, capacity, 'revenue_cap')
  const experience = experienceCap(facts, capacity, equity.applied || revenue.applied)
  return [
    equity,
    revenue,
    experience,
    needOf(policy, facts, capacity, termsDays),
    requestOf(facts),
    policyMaximum(policy, facts)
  ]
}

/**
 * Shares are exact to a millionth, and the result is rounded down: a limit is never larger than its
 * formula.
 */
const SHARE_PRECISION = 1_000_000

function timesDown(amountMinor: number, factor: number): number {
  return bounded(shareOf(bounded(amountMinor), Math.round(factor * SHARE_PRECISION), SHARE_PRECISION))
}

/** Into the range of amounts; a negative amount becomes 0. */
function bounded(amountMinor: number): number {
  return Math.min(Math.max(amountMinor, 0), AMOUNT_MINOR_MAX)
}

function statementCap(
  policy: Policy,
  facts: LimitFacts,
  capacity: GradeCapacity | undefined,
  id: 'equity_cap' | 'revenue_cap'
): LimitComponent {
  const { statement, currency } = facts
  const baseMinor = id === 'equity_cap' ? statement?.tangibleNetWorthMinor : statement?.annualRevenueMinor
  const share = id === 'equity_cap' ? capacity?.equityShare : capacity?.revenueShare
  const origin = {
    statementId: statement?.statementId ?? null,
    periodEnd: statement?.periodEnd ?? null,
    currency: statement?.currency ?? null,
    share: share ?? null
  }
  const inputs: Inputs =
    id === 'equity_cap'
      ? { ...origin, tangibleNetWorthMinor: baseMinor ?? null }
      : { ...origin, annualRevenueMinor: baseMinor ?? null }
  if (statement === null) return absent(id, 'no_statement', inputs)
  if (statement.ageDays > policy.limit.statementMaxAgeDays) return absent(id, 'statement_stale', inputs)
  if (!statement.reliable) return absent(id, 'statement_unreliable', inputs)
  if (statement.currency !== currency) return absent(id, 'currency_without_rate', inputs)
  if (baseMinor === undefined || baseMinor === null) return absent(id, 'missing_item', inputs)
  if (share === undefined) return absent(id, 'no_credit_for_grade', inputs)
  return present(id, timesDown(baseMinor, share), inputs)
}

function experienceCap(
  facts: LimitFacts,
  capacity: GradeCapacity | undefined,
  statementsCarry: boolean
): LimitComponent {
  const baseMinor = facts.trade.highestSettledBalanceMinor
  const multiple = capacity?.experienceMultiple
  const inputs = { highestSettledBalanceMinor: baseMinor, multiple: multiple ?? null }
  if (baseMinor === null) return absent('experience_cap', 'no_settled_invoice', inputs)
  if (multiple === undefined) return absent('experience_cap', 'no_credit_for_grade', inputs)
  return { ...present('experience_cap', timesDown(baseMinor, multiple), inputs), applied: !statementsCarry }
}

function needOf(
  policy: Policy,
  facts: LimitFacts,
  capacity: GradeCapacity | undefined,
  termsDays: number
): LimitComponent {
  const { growthFactor, historyDaysMin, allowanceDays } = policy.limit.need
  const { purchasesMinor, purchaseDays } = facts.trade
  const inputs = { purchasesMinor, purchaseDays, historyDaysMin, growthFactor, termsDays, allowanceDays }
  if (purchasesMinor <= 0) return absent('need', 'no_purchases', inputs)
  if (capacity === undefined) return absent('need', 'no_credit_for_grade', inputs)
  const days = termsDays + allowanceDays
  const ofDays = Math.max(purchaseDays, historyDaysMin)
  const amountMinor = bounded(shareOf(timesDown(purchasesMinor, growthFactor), days, ofDays))
  // Past purchases say nothing about a customer that asks for credit only now.
  return { ...present('need', amountMinor, inputs), applied: facts.requestedMinor === undefined }
}

function requestOf(facts: LimitFacts): LimitComponent {
  const { requestedMinor } = facts
  if (requestedMinor === undefined) return absent('request', 'not_requested', {})
  return present('request', bounded(requestedMinor), { requestedMinor })
}

function policyMaximum(policy: Policy, facts: LimitFacts): LimitComponent {
  const bounds = boundsOf(policy, facts.currency)
  if (bounds === undefined) return absent('policy_maximum', 'currency_not_in_policy', { currency: facts.currency })
  return present('policy_maximum', bounds.maximumMinor, { maximumMinor: bounds.maximumMinor })
}

function present(id: LimitComponentId, amountMinor: number, inputs: Inputs): LimitComponent {
  return { id, amountMinor, gap: null, applied: true, inputs }
}

type Inputs = Partial<Record<LimitInput, number | string | null>>

function absent(id: LimitComponentId, gap: ComponentGap, inputs: Inputs): LimitComponent {
  return { id, amountMinor: null, gap, applied: false, inputs }
}

interface Bounds {
  minimumMinor: number
  maximumMinor: number
  roundToMinor: number
  /**
   * The most that may take effect without a person; undefined when a person must decide in any
   * case.
   */
  automaticMinor: number | undefined
}

/**
 * The amounts of a policy by currency, read once for each policy: a portfolio asks for them again
 * and again.
 */
const BOUNDS = new WeakMap<Policy, Map<string, Bounds | undefined>>()

function boundsOf(policy: Policy, currency: string): Bounds | undefined {
  let known = BOUNDS.get(policy)
  if (known === undefined) {
    known = new Map(policy.limit.amounts.map((row) => [row.currency, readBounds(row, policy)]))
    BOUNDS.set(policy, known)
  }
  return known.get(currency)
}

function readBounds({ currency, ...row }: LimitAmounts, policy: Policy): Bounds | undefined {
  const minimumMinor = parseAmount(row.minimum, currency)
  const maximumMinor = parseAmount(row.maximum, currency)
  const roundToMinor = parseAmount(row.roundTo, currency)
  if (minimumMinor === undefined || maximumMinor === undefined || roundToMinor === undefined || roundToMinor <= 0) {
    return undefined
  }
  const automatic = policy.authority.automaticLimitMax.find((each) => each.currency === currency)
  const automaticMinor = automatic === undefined ? undefined : parseAmount(automatic.amount, currency)
  return { minimumMinor, maximumMinor, roundToMinor, automaticMinor }
}
