import { collector, isShare, isWhole } from '../values/faults.ts'
import { isCurrency, type Money, parseAmount } from '../values/money.ts'
import { GRADES, type Grade, isGrade } from '../values/rating.ts'
import type { Text } from '../values/text.ts'
import { type CheckPolicy, checkPolicyFaults } from './check-policy.ts'
import { moneyListFaults, type PolicyFault, policyFault } from './policy-faults.ts'
import { type RatePolicy, ratePolicyFaults } from './rate-policy.ts'

/**
 * The rules by which ratings turn into limits, terms and order decisions: versioned, and readable
 * by a credit officer. On file they carry the examples that prove them: see `PolicyDocument`.
 */
export interface Policy {
  id: string
  version: number
  name: Text
  description: Text
  rating: RatingPolicy
  limit: LimitPolicy
  terms: TermsPolicy
  authority: AuthorityPolicy
  check: CheckPolicy
  /** Absent: a rate may move by 20 %, and miss its inverse by 2 %. */
  rates?: RatePolicy
}

interface RatingPolicy {
  /** Months from the assessment after which a rating expires, 1..12. */
  validityMonths: number
}

/** How much a grade may carry. */
export interface GradeCapacity {
  /** Share 0..1 of tangible net worth. */
  equityShare: number
  /** Share 0..1 of a year's revenue. */
  revenueShare: number
  /**
   * Times the highest balance that the customer has owed and paid; used where no statement gives a
   * cap.
   */
  experienceMultiple: number
}

interface LimitPolicy {
  /** The worst grade that gets a limit. `D` never does. */
  gradeFloor: Grade
  /**
   * One row for every grade from `AAA` to the floor; a worse grade never carries more than a better
   * one.
   */
  byGrade: Partial<Record<Grade, GradeCapacity>>
  /** A statement whose period ended more days ago than this gives no cap. */
  statementMaxAgeDays: number
  need: NeedPolicy
  /**
   * Bounds by currency. A limit in a currency that is not listed has no maximum, no minimum and no
   * rounding, and never takes effect automatically.
   */
  amounts: LimitAmounts[]
}

/**
 * need = purchases × growthFactor × (termsDays of the grade + allowanceDays) / days in which they
 * were made, at most a year
 */
interface NeedPolicy {
  /** At least 1: room for growth and season. */
  growthFactor: number
  /**
   * A customer of fewer days than this is taken as one of this many, 1..365: a first week is not a
   * year's pattern.
   */
  historyDaysMin: number
  /**
   * Days that an ordinary payment may take beyond the terms, the same for everyone: a customer's
   * own lateness would earn the later payer the larger limit.
   */
  allowanceDays: number
}

/** All three in the currency beside them, as decimal strings. */
export interface LimitAmounts {
  currency: string
  /** A limit that comes out lower is not given at all. */
  minimum: string
  maximum: string
  /** Limits are rounded down to a multiple of this. */
  roundTo: string
}

interface TermsPolicy {
  /**
   * Days from invoice to due date; a grade without a row gets none, that is payment before
   * delivery.
   */
  daysByGrade: Partial<Record<Grade, number>>
  /** The largest share 0..1 of an early-payment discount. Absent: 5 %. */
  discountShareMax?: number
}

/** Usual are 1 to 3 %, such as 2/10 net 30. */
const DISCOUNT_SHARE_MAX = 0.05

/** The largest share 0..1 that an early-payment discount may have. */
export function discountShareMaxOf({ terms }: Policy): number {
  return terms.discountShareMax ?? DISCOUNT_SHARE_MAX
}

interface AuthorityPolicy {
  /**
   * The largest limit that takes effect without a person's approval, by currency. A currency that
   * is not listed always needs approval.
   */
  automaticLimitMax: Money[]
  /**
   * The most that the securities of a customer may cover without a second person's approval, by
   * currency; in one that is not listed each needs approval. Absent: none does.
   */
  collateralMax?: Money[]
}

/**
 * Everything that makes the rules of a policy unfit to be published; an empty list means that they
 * may be. The shape of the document has been checked before: this looks at what it means.
 */
export function policyRuleFaults(policy: Policy): PolicyFault[] {
  return [
    ...generalFaults(policy),
    ...capacityFaults(policy.limit),
    ...amountFaults(policy.limit.amounts),
    ...termsFaults(policy),
    ...moneyListFaults(policy.authority.automaticLimitMax, '/authority/automaticLimitMax'),
    ...moneyListFaults(policy.authority.collateralMax ?? [], '/authority/collateralMax'),
    ...checkPolicyFaults(policy.check),
    ...(policy.rates === undefined ? [] : ratePolicyFaults(policy.rates))
  ]
}

function generalFaults(policy: Policy): PolicyFault[] {
  const { faults, expect } = collector(policyFault)
  const { need, statementMaxAgeDays } = policy.limit
  expect(isWhole(policy.version, 1), '/version', 'The version is a whole number from 1.')
  const { validityMonths } = policy.rating
  expect(isWhole(validityMonths, 1, 12), '/rating/validityMonths', 'A rating is valid for 1 to 12 months.')
  expect(isWhole(statementMaxAgeDays, 1), '/limit/statementMaxAgeDays', 'An age is a whole number of days, at least 1.')
  expect(
    Number.isFinite(need.growthFactor) && need.growthFactor >= 1 && need.growthFactor <= 10,
    '/limit/need/growthFactor',
    'The growth factor is from 1 to 10.'
  )
  expect(isWhole(need.historyDaysMin, 1, 365), '/limit/need/historyDaysMin', 'The shortest history is 1 to 365 days.')
  expect(isWhole(need.allowanceDays, 0, 365), '/limit/need/allowanceDays', 'The allowance is 0 to 365 days.')
  return faults
}

/**
 * Every grade down to the floor has its row, within range, and no grade carries more than a better
 * one.
 */
function capacityFaults(limit: LimitPolicy): PolicyFault[] {
  const { faults, expect } = collector(policyFault)
  const { gradeFloor, byGrade } = limit
  expect(isGrade(gradeFloor) && gradeFloor !== 'D', '/limit/gradeFloor', 'The floor is a grade from AAA to C.')
  const served = GRADES.slice(0, GRADES.indexOf(gradeFloor) + 1)
  let better: GradeCapacity | undefined
  for (const grade of served) {
    const row = byGrade[grade]
    const at = `/limit/byGrade/${grade}`
    if (row === undefined) {
      faults.push({ pointer: at, detail: `The grade ${grade} is served but has no row.` })
      continue
    }
    expect(isShare(row.equityShare), `${at}/equityShare`, 'A share is from 0 to 1.')
    expect(isShare(row.revenueShare), `${at}/revenueShare`, 'A share is from 0 to 1.')
    const { experienceMultiple } = row
    expect(
      experienceMultiple >= 0 && experienceMultiple <= 100,
      `${at}/experienceMultiple`,
      'A multiple is from 0 to 100.'
    )
    for (const name of ['equityShare', 'revenueShare', 'experienceMultiple'] as const) {
      const fits = better === undefined || row[name] <= better[name]
      expect(fits, `${at}/${name}`, `The grade ${grade} carries more than a better one.`)
    }
    better = row
  }
  for (const grade of Object.keys(byGrade)) {
    expect((served as string[]).includes(grade), `/limit/byGrade/${grade}`, 'A grade below the floor has no row.')
  }
  return faults
}

function amountFaults(amounts: readonly LimitAmounts[]): PolicyFault[] {
  const { faults, expect } = collector(policyFault)
  amounts.forEach((row, index) => {
    const at = `/limit/amounts/${index}`
    const { currency } = row
    if (!isCurrency(currency)) {
      faults.push({ pointer: `${at}/currency`, detail: `There is no currency "${currency}".` })
      return
    }
    expect(amounts.findIndex((each) => each.currency === currency) === index, `${at}/currency`, 'Listed twice.')
    const minimumMinor = parseAmount(row.minimum, currency)
    const maximumMinor = parseAmount(row.maximum, currency)
    const roundToMinor = parseAmount(row.roundTo, currency)
    expect(minimumMinor !== undefined && minimumMinor >= 0, `${at}/minimum`, `This is no amount of ${currency} from 0.`)
    expect(
      maximumMinor !== undefined && maximumMinor >= (minimumMinor ?? 0),
      `${at}/maximum`,
      `This is no amount of ${currency} from the minimum.`
    )
    expect(roundToMinor !== undefined && roundToMinor > 0, `${at}/roundTo`, `This is no amount of ${currency} above 0.`)
  })
  return faults
}

/** A worse grade never gets longer terms. */
function termsFaults(policy: Policy): PolicyFault[] {
  const { faults, expect } = collector(policyFault)
  let better = Number.POSITIVE_INFINITY
  for (const grade of GRADES) {
    const days = policy.terms.daysByGrade[grade]
    const at = `/terms/daysByGrade/${grade}`
    expect(days === undefined || isWhole(days, 0, 365), at, 'Terms are 0 to 365 days.')
    expect((days ?? 0) <= better, at, `The grade ${grade} gets longer terms than a better one.`)
    better = days ?? 0
  }
  const { discountShareMax = DISCOUNT_SHARE_MAX } = policy.terms
  expect(isShare(discountShareMax) && discountShareMax < 1, '/terms/discountShareMax', 'A share is from 0 to below 1.')
  return faults
}
