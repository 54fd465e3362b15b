import { collector, isShare, isWhole } from '../values/faults.ts'
import { isCurrency, type Money, parseAmount } from '../values/money.ts'
import { type Grade, isGrade } from '../values/rating.ts'
import { moneyListFaults, type PolicyFault, policyFault } from './policy-faults.ts'

/**
 * What an order-check step does when it is not passed: `refer` the order to a person, or `fail` it
 * (the order is declined).
 */
export const CHECK_EFFECTS = ['refer', 'fail'] as const
type CheckEffect = (typeof CHECK_EFFECTS)[number]

/**
 * What a step does that has no data, where that is no fault of anybody: it may also only `warn`,
 * and never passes silently.
 */
export const MISSING_EFFECTS = ['warn', ...CHECK_EFFECTS] as const
type MissingEffect = (typeof MISSING_EFFECTS)[number]

/**
 * What is done about a file that is newer than its rating: a check has the customer assessed at
 * once and decides on the new rating, or it refers the order. It refers also where the assessment
 * cannot be made.
 */
const FILE_EFFECTS = ['assess', 'refer'] as const
export type FileEffect = (typeof FILE_EFFECTS)[number]

/**
 * How exposure is counted when it is compared with the limit. `static`: all of it. `horizon`:
 * orders that ship after the horizon do not count yet. The step of the other way is answered too,
 * and warns at most.
 */
export const HEADROOM_BASES = ['static', 'horizon'] as const
export type HeadroomBasis = (typeof HEADROOM_BASES)[number]

/** Dunning levels run from 0, not dunned, to this. */
const DUNNING_LEVEL_MAX = 9

/** The rules of the order check. Every step is evaluated, whatever the others say. */
export interface CheckPolicy {
  /** The worst grade that may buy on account without question. */
  gradeFloor: Grade
  /** What a rating in force that is worse than the floor does. */
  gradeBelowFloor: CheckEffect
  /** What a customer without any rating does. */
  ratingMissing: CheckEffect
  /** What a rating that is past its validity does. */
  ratingExpired: CheckEffect
  /**
   * What a customer for whom no limit was ever decided does. A limit of mode `none` or `cash_only`
   * is a decision, not a missing one.
   */
  limitMissing: CheckEffect
  /** What a limit that is past its validity does. */
  limitExpired: CheckEffect
  /** Which way of counting exposure decides. */
  headroomBasis: HeadroomBasis
  /** Orders that ship more days than this after today are beyond the horizon, 0..730. */
  horizonDays: number
  /** What an order that the available credit does not cover does. */
  headroomExceeded: CheckEffect
  /** The largest single order as a share of the limit, more than 0; 1 is the whole limit. */
  largestOrderShareOfLimit: number
  /** What an order above that share does. */
  largestOrderExceeded: CheckEffect
  oldestOverdue: OldestOverdueRule
  shareOverdue: ShareOverdueRule
  /** By currency; in one that is not listed, any overdue balance is for a person to look at. */
  overdueSeverity: OverdueSeverityRule[]
  paymentIndex: PaymentIndexRule
  dunningLevel: DunningLevelRule
  /** What payment terms longer than the limit's do. */
  termsExceeded: CheckEffect
  sources: SourcesRule
  /** Absent: what comes onto the file is not looked at, as before version 4 of the standard. */
  fileChanged?: FileChangedRule
  /** What a security that the limit requires and that is not in force does. */
  securityLapsed: CheckEffect
  /**
   * Share 0..1 of the limit in use after this order from which the answer carries a warning; it
   * changes no outcome.
   */
  utilisationWarnShare: number
  /**
   * How long an approved order holds its reservation when the caller states no time, in hours,
   * 1..8760.
   */
  reservationTtlHours: number
  /** How long an order that was not approved waits for a better decision, in days, 1..365. */
  blockedOrderDays: number
  /** How long a person's release holds when the person states no time, in days, 1..365. */
  releaseDays: number
  /**
   * The largest tolerance that a person may give a release, as a share 0..1 of the order. Absent: a
   * tenth; there was no bound before.
   */
  releaseToleranceShareMax?: number
}

/** By the age of the oldest overdue invoice that is not disputed, in days past its due date. */
interface OldestOverdueRule {
  /** More days than this refer the order. */
  referAfterDays: number
  /** More days than this fail it; never fewer than `referAfterDays`. */
  failAfterDays: number
  /**
   * An invoice of which less than this is open never counts, by currency. A currency that is not
   * listed has no such minimum.
   */
  minimumAmount: Money[]
}

/** By the share of the open balance that is past due. */
interface ShareOverdueRule {
  /** A share 0..1 of this or more refers the order. */
  referFromShare: number
  /** A share of this or more fails it; never less than `referFromShare`. */
  failFromShare: number
  /**
   * An overdue balance below this never counts, by currency. A currency that is not listed has no
   * such minimum.
   */
  minimumAmount: Money[]
}

/**
 * By what is overdue and for how long: the sum of open amount, in major units of the currency,
 * times days past due. It tells a small sum of sixteen days from a large one of forty-five.
 */
interface OverdueSeverityRule {
  currency: string
  /** A severity of this or more refers the order; a whole number from 1. */
  referFrom: number
  /** A severity of this or more fails it; never less than `referFrom`. */
  failFrom: number
}

/** By the days late of what was paid in the last twelve months, weighted by amount. */
interface PaymentIndexRule {
  /** More days than this refer the order. */
  referAfterDays: number
  /** More days than this fail it; never fewer than `referAfterDays`. */
  failAfterDays: number
  /** What a customer that has not paid anything yet does. */
  missing: MissingEffect
}

/**
 * By the highest dunning level of an open invoice that is not disputed. A level above 9 is never
 * reached.
 */
interface DunningLevelRule {
  /** This level or a higher one refers the order, 1..10. */
  referFrom: number
  /** This level or a higher one fails it, up to 10; never lower than `referFrom`. */
  failFrom: number
}

/** By what has come onto the credit file since the rating was made, receivables left out. */
interface FileChangedRule {
  /** Evidence that alone rules credit out (`isKnockout`), or its withdrawal. */
  knockout: FileEffect
  /** Other evidence, statements, the profile. */
  other: FileEffect
}

/**
 * By the age of the ERP's last snapshot of open items, once there has been one, and of the exchange
 * rate of an order in another currency.
 */
export interface SourcesRule {
  /** An older snapshot is stale; hours, 1..8760. */
  maxAgeHours: number
  /** What a stale snapshot does. */
  stale: CheckEffect
  /** Absent: a rate of any age counts, as it did before version 3 of the standard policy. */
  exchangeRate?: ExchangeRateRule
}

/** By the age of the exchange rate that made the order one in the currency of the account. */
interface ExchangeRateRule {
  /** A rate of a day longer ago is stale; days, 0..365. */
  maxAgeDays: number
  /** What a stale rate does. */
  stale: CheckEffect
}

/**
 * The amount that a list of amounts states for a currency, in minor units; 0 when it states none.
 */
export function amountIn(amounts: readonly Money[], currency: string): number {
  const stated = amounts.find((money) => money.currency === currency)
  return stated === undefined ? 0 : (parseAmount(stated.amount, currency) ?? 0)
}

/** The most by which an order of this amount may grow without a new release. */
export function toleranceMaxMinor({ releaseToleranceShareMax = 0.1 }: CheckPolicy, amountMinor: number): number {
  return Math.floor(amountMinor * releaseToleranceShareMax)
}

/** Everything that makes the rules of the order check unfit to be published. */
export function checkPolicyFaults(check: CheckPolicy): PolicyFault[] {
  return [
    ...generalFaults(check),
    ...effectFaults(check),
    ...overdueFaults(check),
    ...severityFaults(check.overdueSeverity),
    ...moneyListFaults(check.oldestOverdue.minimumAmount, '/check/oldestOverdue/minimumAmount'),
    ...moneyListFaults(check.shareOverdue.minimumAmount, '/check/shareOverdue/minimumAmount')
  ]
}

function generalFaults(check: CheckPolicy): PolicyFault[] {
  const { faults, expect } = collector(policyFault)
  const { gradeFloor, largestOrderShareOfLimit, headroomBasis, horizonDays, sources, reservationTtlHours } = check
  const { blockedOrderDays, releaseDays } = check
  expect(isGrade(gradeFloor) && gradeFloor !== 'D', '/check/gradeFloor', 'The floor is a grade from AAA to C.')
  expect(
    largestOrderShareOfLimit > 0 && largestOrderShareOfLimit <= 1,
    '/check/largestOrderShareOfLimit',
    'The share is more than 0 and at most 1.'
  )
  expect(HEADROOM_BASES.includes(headroomBasis), '/check/headroomBasis', 'The basis is static or horizon.')
  expect(isWhole(horizonDays, 0, 730), '/check/horizonDays', 'The horizon is 0 to 730 days.')
  expect(isWhole(sources.maxAgeHours, 1, 8760), '/check/sources/maxAgeHours', 'An age is 1 to 8760 hours.')
  const rateDays = sources.exchangeRate?.maxAgeDays ?? 0
  expect(isWhole(rateDays, 0, 365), '/check/sources/exchangeRate/maxAgeDays', 'An age is 0 to 365 days.')
  expect(isShare(check.utilisationWarnShare), '/check/utilisationWarnShare', 'A share is from 0 to 1.')
  expect(isWhole(reservationTtlHours, 1, 8760), '/check/reservationTtlHours', 'A reservation holds 1 to 8760 hours.')
  expect(isWhole(blockedOrderDays, 1, 365), '/check/blockedOrderDays', 'A blocked order waits 1 to 365 days.')
  expect(isWhole(releaseDays, 1, 365), '/check/releaseDays', 'A release holds 1 to 365 days.')
  const toleranceShare = check.releaseToleranceShareMax ?? 0
  expect(isShare(toleranceShare), '/check/releaseToleranceShareMax', 'A share is from 0 to 1.')
  return faults
}

/** Every effect is one that the step can have. */
function effectFaults(check: CheckPolicy): PolicyFault[] {
  const { faults, expect } = collector(policyFault)
  const effects = [
    'gradeBelowFloor',
    'ratingMissing',
    'ratingExpired',
    'limitMissing',
    'limitExpired',
    'headroomExceeded',
    'largestOrderExceeded',
    'termsExceeded',
    'securityLapsed'
  ] as const
  const detail = 'The effect is refer or fail.'
  for (const name of effects) expect(CHECK_EFFECTS.includes(check[name]), `/check/${name}`, detail)
  expect(CHECK_EFFECTS.includes(check.sources.stale), '/check/sources/stale', detail)
  const rateEffect = check.sources.exchangeRate?.stale ?? 'refer'
  expect(CHECK_EFFECTS.includes(rateEffect), '/check/sources/exchangeRate/stale', detail)
  for (const name of ['knockout', 'other'] as const) {
    const effect = check.fileChanged?.[name] ?? 'refer'
    expect(FILE_EFFECTS.includes(effect), `/check/fileChanged/${name}`, 'The effect is assess or refer.')
  }
  const { missing } = check.paymentIndex
  expect(MISSING_EFFECTS.includes(missing), '/check/paymentIndex/missing', 'The effect is warn, refer or fail.')
  return faults
}

/** Thresholds are within range, and nothing fails before it refers. */
function overdueFaults({ oldestOverdue, shareOverdue, paymentIndex, dunningLevel }: CheckPolicy): PolicyFault[] {
  const { faults, expect } = collector(policyFault)
  const inOrder = 'An order does not fail before it is referred.'
  for (const [name, rule] of Object.entries({ oldestOverdue, paymentIndex })) {
    const { referAfterDays, failAfterDays } = rule
    expect(isWhole(referAfterDays, 0), `/check/${name}/referAfterDays`, 'Days are a whole number from 0.')
    expect(isWhole(failAfterDays, referAfterDays), `/check/${name}/failAfterDays`, inOrder)
  }
  const { referFromShare, failFromShare } = shareOverdue
  expect(isShare(referFromShare), '/check/shareOverdue/referFromShare', 'A share is from 0 to 1.')
  expect(
    isShare(failFromShare) && failFromShare >= referFromShare,
    '/check/shareOverdue/failFromShare',
    `A share from 0 to 1. ${inOrder}`
  )
  const { referFrom, failFrom } = dunningLevel
  const levels = `A level is 1 to ${DUNNING_LEVEL_MAX}; ${DUNNING_LEVEL_MAX + 1} is never reached.`
  expect(isWhole(referFrom, 1, DUNNING_LEVEL_MAX + 1), '/check/dunningLevel/referFrom', levels)
  expect(isWhole(failFrom, referFrom, DUNNING_LEVEL_MAX + 1), '/check/dunningLevel/failFrom', `${levels} ${inOrder}`)
  return faults
}

function severityFaults(rules: readonly OverdueSeverityRule[]): PolicyFault[] {
  const { faults, expect } = collector(policyFault)
  rules.forEach(({ currency, referFrom, failFrom }, index) => {
    const at = `/check/overdueSeverity/${index}`
    expect(isCurrency(currency), `${at}/currency`, `There is no currency "${currency}".`)
    expect(rules.findIndex((each) => each.currency === currency) === index, `${at}/currency`, 'Listed twice.')
    expect(isWhole(referFrom, 1), `${at}/referFrom`, 'A severity is a whole number from 1.')
    expect(isWhole(failFrom, referFrom), `${at}/failFrom`, 'An order does not fail before it is referred.')
  })
  return faults
}
