import type { CustomerKind } from './customer.ts'
import { type BusinessDate, daysBetween } from './dates.ts'
import { sectionOf } from './isic.ts'
import type { Money } from './money.ts'
import { type InvoiceFact, paymentBehaviour, type SettlementFact } from './payment-behaviour.ts'
import { RATIO_IDS, RATIOS, type RatioValue, ratios } from './ratios.ts'
import { priorOf, type Statement } from './statement.ts'
import type { Text } from './text.ts'

/** What a model can take in: a number, a category or a yes or no. */
export type FeatureValue = number | string | boolean

/**
 * Why a feature has no value. `unreliable`: the auditor disowned the statement. `invalid`: the value given is not of the
 * feature's type, or not a finite number, or dated after the assessment.
 */
export const MISSING_REASONS = [
  'no_data',
  'zero_denominator',
  'missing_item',
  'negative_base',
  'not_applicable',
  'unreliable',
  'invalid'
] as const
export type MissingReason = (typeof MISSING_REASONS)[number]

/** One input of a model: its value with its date and source, or why it has none. */
export type Feature = { value: FeatureValue; asOf: BusinessDate; source: string } | { missing: MissingReason }

/** Who the customer is. Everything but the kind may be unknown. */
export interface CustomerProfile {
  kind: CustomerKind
  /** ISO 3166-1 alpha-2. */
  country?: string
  /** ISIC Rev. 4 section or division. */
  industry?: string
  registeredOn?: BusinessDate
  cooperationSince?: BusinessDate
  employees?: number
  registeredCapital?: Money
}

/** A statement with the caller's id for it. */
export interface FiledStatement {
  statementId: string
  statement: Statement
}

/** All that a score is derived from. The receivables are the seller's own and complete; amounts are in `currency`. */
export interface CreditFile {
  profile: CustomerProfile
  statements: FiledStatement[]
  invoices: InvoiceFact[]
  settlements: SettlementFact[]
  currency: string
}

export const FEATURE_TYPES = ['numeric', 'category', 'boolean'] as const
export type FeatureType = (typeof FEATURE_TYPES)[number]

/** One row of the feature catalogue. */
export interface FeatureEntry {
  type: FeatureType
  /** Of a number: `days`, `years`, `count`, or the unit of the ratio. Empty for the others. */
  unit: string
  description: Text
}

/** Every feature that a model may name. */
export const FEATURES: Readonly<Record<string, FeatureEntry>> = {
  ...financialEntries(),
  'behaviour.weightedDaysLate': numeric(
    'days',
    'Average days late of the payments of the last 12 months, weighted by amount; early counts as 0.',
    '近 12 个月付款按金额加权的平均逾期天数，提前付款按 0 计。'
  ),
  'behaviour.shareLate': numeric(
    'ratio',
    'Share of the invoices settled in the last 12 months that were settled after their due date.',
    '近 12 个月结清的发票中逾期结清的比例。'
  ),
  'behaviour.settledCount': numeric(
    'count',
    'Number of invoices settled in the last 12 months.',
    '近 12 个月结清的发票数量。'
  ),
  'behaviour.longestOverdueDays': numeric(
    'days',
    'Days past due of the oldest overdue invoice; 0 when nothing is overdue.',
    '最早逾期发票的逾期天数，无逾期为 0。'
  ),
  'behaviour.shareOverdue': numeric(
    'ratio',
    'Share of the open balance that is past due; 0 when nothing is open.',
    '未结余额中逾期部分的比例，无未结余额为 0。'
  ),
  'behaviour.trendDays': numeric(
    'days',
    'Average days late of the last 3 months less that of the 12 months before.',
    '近 3 个月平均逾期天数与此前 12 个月之差。'
  ),
  'behaviour.dsoDays': numeric(
    'days',
    'Days sales outstanding by the count-back method.',
    '按倒推法计算的应收账款周转天数。'
  ),
  'profile.kind': category('Company, sole trader or individual.', '客户类型：企业、个体工商户或个人。'),
  'profile.country': category('Country, ISO 3166-1 alpha-2.', '国家或地区（ISO 3166-1 二位代码）。'),
  'profile.industrySection': category('Section A to U of ISIC Rev. 4.', '国际标准行业分类（ISIC 第 4 版）门类。'),
  'profile.ageYears': numeric('years', 'Years since registration.', '成立年限。'),
  'profile.cooperationYears': numeric('years', 'Years of doing business with the seller.', '合作年限。'),
  'profile.employees': numeric('count', 'Number of employees.', '员工人数。')
}

/**
 * Derives every feature of the catalogue from a credit file as of a day. Only facts dated on or before `asOf` count.
 *
 * Financial features come from the newest statement; growth compares it with the one about a year earlier in the same currency and
 * scope. When its auditor gave an adverse opinion or none at all, they are missing rather than taken from an older statement.
 * The receivables are the seller's own ledger, so `longestOverdueDays` and `shareOverdue` are never missing: nothing open is
 * nothing overdue. What only experience can show is missing until there is an invoice. The order of the lists has no influence.
 */
export function features(file: CreditFile, asOf: BusinessDate): Readonly<Record<string, Feature>> {
  return {
    ...financialFeatures(file.statements, asOf),
    ...behaviourFeatures(file, asOf),
    ...profileFeatures(file.profile, asOf)
  }
}

/** The newest statement of a file whose period has ended by a day; among several of one date the audited, consolidated, longest one. */
export function newestStatement(statements: readonly FiledStatement[], asOf: BusinessDate): FiledStatement | undefined {
  return statements
    .filter((each) => daysBetween(each.statement.periodEnd, asOf) >= 0)
    .toSorted(
      (a, b) =>
        daysBetween(a.statement.periodEnd, b.statement.periodEnd) ||
        Number(b.statement.audited) - Number(a.statement.audited) ||
        Number(b.statement.consolidated) - Number(a.statement.consolidated) ||
        b.statement.months - a.statement.months ||
        (a.statementId < b.statementId ? -1 : 1)
    )[0]
}

/** Whether the auditor let the statement stand. */
export function isReliable(statement: Statement): boolean {
  return statement.auditOpinion !== 'adverse' && statement.auditOpinion !== 'disclaimer'
}

function financialFeatures(statements: readonly FiledStatement[], asOf: BusinessDate): Record<string, Feature> {
  const newest = newestStatement(statements, asOf)
  if (newest === undefined) return allFinancial({ missing: 'no_data' })
  if (!isReliable(newest.statement)) return allFinancial({ missing: 'unreliable' })
  const found = allFinancial({ missing: 'missing_item' })
  const source = `statement ${newest.statementId}`
  const reliable = statements.filter((each) => isReliable(each.statement))
  for (const ratio of ratios(newest.statement, priorOf(newest.statement, reliable)?.statement)) {
    found[`financial.${ratio.id}`] = financialFeature(ratio, newest.statement.periodEnd, source)
  }
  return found
}

function allFinancial(feature: Feature): Record<string, Feature> {
  return Object.fromEntries(RATIO_IDS.map((id) => [`financial.${id}`, feature]))
}

/**
 * Ratios of means to obligations, with the item that stands for the means. A customer that owes nothing is not one
 * whose figures are missing: the ratio takes the sign of its means and a size beyond any attribute.
 */
const MEANS_TO_OBLIGATIONS: Readonly<Record<string, string>> = {
  currentRatio: 'currentAssets',
  cashRatio: 'cashAndEquivalents',
  interestCoverage: 'ebit',
  operatingCashFlowToDebt: 'netCashFromOperatingActivities',
  operatingCashFlowToCurrentLiabilities: 'netCashFromOperatingActivities'
}
const WITHOUT_OBLIGATIONS = 1000

function financialFeature(ratio: RatioValue, asOf: BusinessDate, source: string): Feature {
  if (ratio.value !== null) return { value: ratio.value, asOf, source }
  const item = MEANS_TO_OBLIGATIONS[ratio.id]
  const means = item === undefined ? undefined : ratio.inputs[item]
  if (ratio.reason === 'zero_denominator' && means !== undefined) {
    return { value: Math.sign(means) * WITHOUT_OBLIGATIONS, asOf, source }
  }
  return { missing: ratio.reason ?? 'missing_item' }
}

function behaviourFeatures(file: CreditFile, asOf: BusinessDate): Record<string, Feature> {
  const behaviour = paymentBehaviour(file.invoices, file.settlements, asOf)
  const known = file.invoices.some((each) => daysBetween(each.issuedOn, asOf) >= 0)
  const observed = (value: number | null): Feature =>
    value === null || !known ? { missing: 'no_data' } : { value, asOf, source: 'receivables' }
  const ledger = (value: number): Feature => ({ value, asOf, source: 'receivables' })
  return {
    'behaviour.weightedDaysLate': observed(behaviour.weightedDaysLate),
    'behaviour.shareLate': observed(behaviour.shareLate),
    'behaviour.settledCount': observed(behaviour.settledCount),
    'behaviour.longestOverdueDays': ledger(behaviour.longestOverdueDays),
    'behaviour.shareOverdue': ledger(behaviour.shareOverdue ?? 0),
    'behaviour.trendDays': observed(behaviour.trendDays),
    'behaviour.dsoDays': observed(behaviour.dsoDays)
  }
}

function profileFeatures(profile: CustomerProfile, asOf: BusinessDate): Record<string, Feature> {
  const stated = (value: FeatureValue | undefined): Feature =>
    value === undefined ? { missing: 'no_data' } : { value, asOf, source: 'profile' }
  return {
    'profile.kind': stated(profile.kind),
    'profile.country': stated(profile.country),
    'profile.industrySection': stated(profile.industry === undefined ? undefined : sectionOf(profile.industry)),
    'profile.ageYears': yearsSince(profile.registeredOn, asOf),
    'profile.cooperationYears': yearsSince(profile.cooperationSince, asOf),
    'profile.employees': stated(profile.employees)
  }
}

const DAYS_PER_YEAR = 365.25

/** Counted in days, so that shifting all dates changes nothing. */
function yearsSince(date: BusinessDate | undefined, asOf: BusinessDate): Feature {
  if (date === undefined) return { missing: 'no_data' }
  const days = daysBetween(date, asOf)
  if (!(days >= 0)) return { missing: 'invalid' }
  return { value: Math.round((days / DAYS_PER_YEAR) * 100) / 100, asOf, source: 'profile' }
}

function numeric(unit: string, en: string, zh: string): FeatureEntry {
  return { type: 'numeric', unit, description: { en, zh } }
}

/** One feature for each ratio of the catalogue. */
function financialEntries(): Record<string, FeatureEntry> {
  return Object.fromEntries(
    RATIO_IDS.map((id) => {
      const { unit, name, formula } = RATIOS[id]
      return [`financial.${id}`, numeric(unit, `${name.en}: ${formula}.`, `${name.zh}：${formula}。`)]
    })
  )
}

function category(en: string, zh: string): FeatureEntry {
  return { type: 'category', unit: '', description: { en, zh } }
}
