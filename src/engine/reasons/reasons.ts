import type { Text } from '../values/text.ts'
import { type Audience, type Wording, worded } from '../values/wording.ts'
import texts from './texts.json' with { type: 'json' }

/** Whether a reason speaks against the customer, for it, or only explains. */
export const REASON_KINDS = ['adverse', 'favourable', 'neutral'] as const

const adverse = { kind: 'adverse' } as const
const favourable = { kind: 'favourable' } as const
const neutral = { kind: 'neutral' } as const

/**
 * Every reason that a score, a limit or an order check can give; `texts.json` says each to every
 * reader. A code never changes its meaning and is never removed: stored decisions refer to it.
 */
export const REASONS = {
  // Records
  COURT_RECORD_ADVERSE: adverse,
  TAX_RECORD_ADVERSE: adverse,
  LOAN_RECORD_ADVERSE: adverse,
  INSOLVENCY_OPEN: adverse,
  DISHONEST_DEBTOR: adverse,
  LOAN_NOT_PERFORMING: adverse,
  RECORDS_CLEAN: favourable,
  RECORDS_MISSING: adverse,
  // Standing
  STANDING_WEAK: adverse,
  STANDING_STRONG: favourable,
  STANDING_UNKNOWN: adverse,
  // Qualitative
  QUALITATIVE_WEAK: adverse,
  QUALITATIVE_STRONG: favourable,
  ASSESSMENT_BY_PERSON_MISSING: adverse,
  // Persons
  INCOME_LOW: adverse,
  INCOME_SUFFICIENT: favourable,
  EMPLOYMENT_UNSTABLE: adverse,
  EMPLOYMENT_STABLE: favourable,
  RESIDENCE_UNSTABLE: adverse,
  RESIDENCE_STABLE: favourable,
  EDUCATION_SHORT: adverse,
  EDUCATION_LONG: favourable,
  FAMILY_BURDEN_HIGH: adverse,
  FAMILY_BURDEN_LOW: favourable,
  // Any input
  CHARACTERISTIC_WEAK: adverse,
  CHARACTERISTIC_STRONG: favourable,
  MODEL_WITHOUT_RESULT: adverse,
  GRADE_NOTCHED_DOWN: adverse,
  GRADE_NOTCHED_UP: favourable,
  HALF_BALANCE_OVERDUE: adverse,
  GRADE_LIMITED_BY_RECORDS: adverse,
  GRADE_LIMITED_BY_STANDING: adverse,
  GRADE_LIMITED_BY_INCOME: adverse,
  // What the rating advises, in an order check
  RATING_ADVISES_REFERRAL: adverse,
  RATING_ADVISES_DECLINE: adverse,
  // Scoring: statements
  EQUITY_LOW: adverse,
  LIQUIDITY_LOW: adverse,
  INTEREST_COVER_LOW: adverse,
  PROFITABILITY_LOW: adverse,
  CASH_FLOW_LOW: adverse,
  RETAINED_EARNINGS_LOW: adverse,
  EQUITY_STRONG: favourable,
  LIQUIDITY_STRONG: favourable,
  INTEREST_COVER_STRONG: favourable,
  PROFITABILITY_STRONG: favourable,
  CASH_FLOW_STRONG: favourable,
  RETAINED_EARNINGS_STRONG: favourable,
  // Scoring: payment behaviour
  PAYS_LATE: adverse,
  OVERDUE_SHARE_HIGH: adverse,
  OVERDUE_OLD: adverse,
  PAYMENT_WORSENING: adverse,
  EXPERIENCE_SHORT: adverse,
  PAYS_ON_TIME: favourable,
  OVERDUE_NONE: favourable,
  PAYMENT_STEADY: favourable,
  EXPERIENCE_LONG: favourable,
  // Scoring: profile
  COMPANY_YOUNG: adverse,
  COOPERATION_SHORT: adverse,
  COMPANY_SMALL: adverse,
  COMPANY_ESTABLISHED: favourable,
  COOPERATION_LONG: favourable,
  COMPANY_LARGE: favourable,
  // Scoring: what is missing
  STATEMENTS_MISSING: adverse,
  STATEMENTS_STALE: adverse,
  STATEMENT_ITEMS_MISSING: adverse,
  PAYMENT_HISTORY_MISSING: adverse,
  PROFILE_INCOMPLETE: adverse,
  INPUT_STALE: adverse,
  COVERAGE_TOO_LOW: adverse,
  EVIDENCE_INSUFFICIENT: adverse,
  REQUIRED_INPUT_MISSING: adverse,
  // Scoring: ceilings and knock-outs
  GRADE_LIMITED_BY_STATEMENTS: adverse,
  GRADE_LIMITED_BY_PAYMENT_RECORD: adverse,
  OVERDUE_SERIOUS: adverse,
  CUSTOMER_IN_DEFAULT: adverse,
  // Limit
  RATING_MISSING: adverse,
  RATING_BELOW_FLOOR: adverse,
  LIMIT_BASIS_MISSING: adverse,
  NET_WORTH_NEGATIVE: adverse,
  LIMIT_BELOW_MINIMUM: adverse,
  LIMIT_NEEDS_APPROVAL: neutral,
  LIMIT_BOUND_BY_EQUITY: neutral,
  LIMIT_BOUND_BY_REVENUE: neutral,
  LIMIT_BOUND_BY_EXPERIENCE: neutral,
  LIMIT_BOUND_BY_NEED: neutral,
  LIMIT_BOUND_BY_REQUEST: neutral,
  LIMIT_BOUND_BY_POLICY_MAXIMUM: neutral,
  // Order check
  MANUAL_HOLD: adverse,
  RATING_EXPIRED: adverse,
  FILE_NOT_ASSESSED: neutral,
  FILE_TO_BE_REVIEWED: neutral,
  LIMIT_MISSING: adverse,
  NO_LIMIT_GRANTED: adverse,
  CASH_ONLY: adverse,
  LIMIT_EXPIRED: adverse,
  LIMIT_EXCEEDED: adverse,
  LIMIT_EXCEEDED_WITHIN_HORIZON: adverse,
  ORDER_TOO_LARGE: adverse,
  OVERDUE_TOO_OLD: adverse,
  OVERDUE_BALANCE_HIGH: adverse,
  OVERDUE_SEVERE: adverse,
  CURRENCY_WITHOUT_THRESHOLD: neutral,
  PAYS_TOO_LATE: adverse,
  NOTHING_PAID_YET: neutral,
  DUNNED: adverse,
  TERMS_TOO_LONG: adverse,
  SOURCES_STALE: neutral,
  EXCHANGE_RATE_STALE: neutral,
  SECURITY_LAPSED: adverse,
  UTILISATION_HIGH: adverse
} as const satisfies Record<string, { readonly kind: (typeof REASON_KINDS)[number] }>

export type ReasonCode = keyof typeof REASONS

/** Every code, in the order of the catalogue. */
export const REASON_CODES = Object.keys(REASONS) as ReasonCode[]

/** Whether a text is a code of the catalogue. */
export function isReasonCode(text: string): text is ReasonCode {
  return Object.hasOwn(REASONS, text)
}

const TEXTS: Readonly<Record<ReasonCode, Wording>> = texts

/** What auditors read where nobody says which characteristic a reason is about. */
export const UNNAMED: Text = { en: 'the characteristic named here', zh: '所列评分项' }

/** A reason in words. To auditors it names the characteristic that it is about. */
export function reasonText(code: ReasonCode, audience: Audience, characteristic: Text = UNNAMED): Text {
  return worded(TEXTS[code], audience, { characteristic })
}
