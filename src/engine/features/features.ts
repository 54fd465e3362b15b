import { sectionOf } from '../customer/isic.ts'
import type { PersonProfile } from '../customer/person.ts'
import { type AccountHistory, accountHistory } from '../ledger/account-history.ts'
import { firstIssuedOn, type LedgerSums, ledgerSums } from '../ledger/ledger-sums.ts'
import { type PaymentBehaviour, paymentBehaviourOf } from '../ledger/payment-behaviour.ts'
import { settledInvoices } from '../ledger/settled-invoices.ts'
import { RATIO_IDS, RATIOS, type RatioId } from '../statements/ratios/ratio-catalogue.ts'
import type { RatioEntry } from '../statements/ratios/ratio-entry.ts'
import { ratioValueOf } from '../statements/ratios/ratios.ts'
import { type CompletedStatement, completeStatement, priorOf, type Statement } from '../statements/statement.ts'
import { centsOf, type Term } from '../statements/statement-term.ts'
import { type BusinessDate, daysBetween } from '../values/dates.ts'
import { isKnown, isWithinDates } from '../values/known.ts'
import { roundToHundredths } from '../values/rounding.ts'
import type { CreditFile, FiledStatement } from './credit-file.ts'
import { EVIDENCE_DERIVATIONS } from './evidence-features.ts'
import type { Feature, FeatureValue } from './feature.ts'
import {
  FEATURE_IDS,
  FEATURES,
  type FeatureEntry,
  type FeatureId,
  type FinancialFeatureId
} from './feature-catalogue.ts'
import type { FeatureContext, NewestStatement } from './feature-context.ts'

const NO_DATA: Feature = { missing: 'no_data' }
const INVALID: Feature = { missing: 'invalid' }
const NOT_APPLICABLE: Feature = { missing: 'not_applicable' }
const UNRELIABLE: Feature = { missing: 'unreliable' }

/**
 * Ratios of means to obligations. A customer that owes nothing is not one whose figures are
 * missing: the ratio takes the sign of its means and a size beyond any attribute.
 */
const MEANS_TO_OBLIGATIONS: ReadonlySet<RatioId> = new Set<RatioId>([
  'currentRatio',
  'quickRatio',
  'acidTestRatio',
  'cashRatio',
  'interestCoverage',
  'ebitdaInterestCoverage',
  'operatingCashFlowInterestCoverage',
  'fundsFromOperationsToDebt',
  'earningsToCurrentMaturities',
  'operatingCashFlowToDebt',
  'operatingCashFlowToCurrentLiabilities',
  'operatingCashFlowToBorrowings',
  'freeCashFlowToBorrowings'
])
const WITHOUT_OBLIGATIONS = 1000

/** How each feature of the catalogue is derived. */
const FEATURE_DERIVATIONS: Readonly<Record<FeatureId, (context: FeatureContext) => Feature>> = {
  ...financialDerivations(),
  'statement.audited': (context) => reported(context, ({ audited }) => audited),
  'statement.auditOpinion': auditOpinion,
  'statement.consolidated': (context) => reported(context, ({ consolidated }) => consolidated),
  'behaviour.weightedDaysLate': (context) => experienced(context, ({ weightedDaysLate }) => weightedDaysLate),
  'behaviour.shareLate': (context) => experienced(context, ({ shareLate }) => shareLate),
  'behaviour.settledCount': (context) => experienced(context, ({ settledCount }) => settledCount),
  'behaviour.longestOverdueDays': (context) => owed(context, ({ longestOverdueDays }) => longestOverdueDays),
  'behaviour.shareOverdue': (context) => owed(context, ({ shareOverdue }) => shareOverdue ?? 0),
  'behaviour.trendDays': (context) => experienced(context, ({ trendDays }) => trendDays),
  'behaviour.dsoDays': (context) => experienced(context, ({ dsoDays }) => dsoDays),
  'account.monthsSinceFirstInvoice': (context) => inHistory(context, (history) => history.monthsSinceFirstInvoice),
  'account.invoices12Months': (context) => inHistory(context, (history) => history.invoices12Months),
  'account.longestDaysLate24Months': (context) => inHistory(context, (history) => history.longestDaysLate24Months),
  'account.disputedShare': (context) => inHistory(context, (history) => history.disputedShare),
  'account.creditNoteShare': (context) => inHistory(context, (history) => history.creditNoteShare),
  'account.partialPaymentShare': (context) => inHistory(context, (history) => history.partialPaymentShare),
  'account.purchaseTrend': (context) => inHistory(context, (history) => history.purchaseTrend),
  'profile.kind': (context) => stated(context, context.file.profile.kind),
  'profile.country': (context) => stated(context, context.file.profile.country),
  'profile.industrySection': (context) => stated(context, sectionOfIndustry(context.file.profile.industry)),
  'profile.ageYears': (context) => yearsSince(context.file.profile.registeredOn, context.asOf),
  'profile.cooperationYears': (context) => yearsSince(context.file.profile.cooperationSince, context.asOf),
  'profile.employees': (context) => stated(context, context.file.profile.employees),
  'person.monthlyIncome': monthlyIncome,
  'person.occupation': (context) => personal(context, ({ occupation }) => stated(context, occupation)),
  'person.employmentYears': (context) =>
    personal(context, ({ employedSince }) => yearsSince(employedSince, context.asOf)),
  'person.education': (context) => personal(context, ({ education }) => stated(context, education)),
  'person.residence': (context) => personal(context, ({ residence }) => stated(context, residence)),
  'person.residenceYears': (context) =>
    personal(context, ({ residentSince }) => yearsSince(residentSince, context.asOf)),
  'person.dependants': (context) => personal(context, ({ dependants }) => stated(context, dependants)),
  'person.ageYears': (context) => personal(context, ({ bornOn }) => yearsSince(bornOn, context.asOf)),
  'person.sex': notHeld,
  'person.maritalStatus': notHeld,
  'person.publicAssistance': notHeld,
  'person.ethnicity': notHeld,
  'person.nationality': notHeld,
  'person.religion': notHeld,
  'person.health': notHeld,
  'person.politicalOpinion': notHeld,
  'person.tradeUnionMembership': notHeld,
  ...EVIDENCE_DERIVATIONS
}

/**
 * Derives every feature of the catalogue from a credit file as of a day, and takes over what a call
 * gave for inputs that models declare beside it. Point in time: a fact counts only when its own
 * date and the day on which the seller learnt of it are both on or before `asOf`, so nothing
 * recorded later changes what is derived for an earlier day.
 *
 * Financial features come from the newest statement; growth compares it with the one about a year
 * earlier in the same currency and scope. When its auditor gave an adverse opinion or none at all,
 * they are missing rather than taken from an older statement. The receivables are the seller's own
 * ledger, so `longestOverdueDays` and `shareOverdue` are never missing: nothing open is nothing
 * overdue. What only experience can show is missing until there is an invoice. The order of the
 * lists has no influence. Never throws: a value that cannot be is missing as `invalid`, and a
 * ledger with an amount or date that cannot be is so as a whole.
 */
export function features(file: CreditFile, asOf: BusinessDate): Readonly<Record<string, Feature>> {
  const context = featureContext(file, asOf)
  const derived: Record<string, Feature> = {}
  for (const id of FEATURE_IDS) derived[id] = featureOf(context, id)
  for (const id of Object.keys(file.inputs?.values ?? {})) {
    // A name of the catalogue is the catalogue's.
    if (!Object.hasOwn(derived, id)) derived[id] = featureOf(context, id)
  }
  return derived
}

/**
 * Prepares a credit file so that single features can be derived from it. Nothing is computed before
 * a feature asks for it.
 */
export function featureContext(file: CreditFile, asOf: BusinessDate): FeatureContext {
  return { file, asOf, found: {} }
}

/** One feature, the same as `features` gives. */
export function featureOf(context: FeatureContext, id: string): Feature {
  return featureReader(id)(context)
}

/** Reads one feature from a credit file. */
export type FeatureReader = (context: FeatureContext) => Feature

/** Does what `featureOf` does, for code that reads one feature of many files. */
export function featureReader(id: string): FeatureReader {
  return READERS.get(id) ?? ((context) => givenInput(context, id))
}

/** Where the value of an input comes from that a call gave. */
const FROM_CALL = 'call'

/** What a call gave for an id outside the catalogue. It counts from the day of that call. */
function givenInput({ file: { inputs }, asOf }: FeatureContext, id: string): Feature {
  if (inputs === undefined || !isKnown(inputs.givenOn, undefined, asOf)) return NO_DATA
  const value = Object.hasOwn(inputs.values, id) ? inputs.values[id] : undefined
  if (value === undefined || value === null) return NO_DATA
  return { value, asOf: inputs.givenOn, source: FROM_CALL }
}

const TYPE_NAMES = { numeric: 'number', category: 'string', boolean: 'boolean' } as const

const READERS: ReadonlyMap<string, FeatureReader> = new Map(FEATURE_IDS.map((id) => [id, readerOf(id)]))

function readerOf(id: FeatureId): FeatureReader {
  const derive = FEATURE_DERIVATIONS[id]
  const typeName = TYPE_NAMES[(FEATURES[id] as FeatureEntry).type]
  return (context) => {
    const feature = derive(context)
    if ('missing' in feature) return feature
    const { value } = feature
    const fits = typeof value === typeName && (typeof value !== 'number' || Number.isFinite(value))
    return fits ? feature : INVALID
  }
}

/**
 * The newest statement of a file whose period has ended and that is known by a day; among several
 * of one date the audited, consolidated, longest one.
 */
export function newestStatement(statements: readonly FiledStatement[], asOf: BusinessDate): FiledStatement | undefined {
  let newest: FiledStatement | undefined
  for (const each of statements) {
    if (!isKnown(each.statement.periodEnd, each.knownOn, asOf)) continue
    if (newest === undefined || comesBefore(each, newest)) newest = each
  }
  return newest
}

function comesBefore(a: FiledStatement, b: FiledStatement): boolean {
  const difference =
    daysBetween(a.statement.periodEnd, b.statement.periodEnd) ||
    Number(b.statement.audited) - Number(a.statement.audited) ||
    Number(b.statement.consolidated) - Number(a.statement.consolidated) ||
    b.statement.months - a.statement.months
  return difference === 0 ? a.statementId < b.statementId : difference < 0
}

/** Whether the auditor let the statement stand. */
function isReliable(statement: Statement): boolean {
  return statement.auditOpinion !== 'adverse' && statement.auditOpinion !== 'disclaimer'
}

/** The newest statement, as the features see it; null when there is none. */
export function newestOf(context: FeatureContext): NewestStatement | null {
  context.found.newest ??= findNewest(context.file, context.asOf)
  return context.found.newest
}

function findNewest({ statements }: CreditFile, asOf: BusinessDate): NewestStatement | null {
  const newest = newestStatement(statements, asOf)
  if (newest === undefined) return null
  const { statementId, statement } = newest
  return {
    statementId,
    statement,
    source: `statement ${statementId}`,
    reliable: isReliable(statement),
    completed: completeStatement(statement),
    prior: statements.length < 2 ? undefined : priorOfNewest(statement, statements, asOf)
  }
}

function priorOfNewest(
  statement: Statement,
  statements: readonly FiledStatement[],
  asOf: BusinessDate
): CompletedStatement | undefined {
  const comparable = statements.filter(
    (each) => isKnown(each.statement.periodEnd, each.knownOn, asOf) && isReliable(each.statement)
  )
  const prior = priorOf(statement, comparable)
  return prior === undefined ? undefined : completeStatement(prior.statement)
}

function financialDerivations(): Record<FinancialFeatureId, (context: FeatureContext) => Feature> {
  return Object.fromEntries(
    RATIO_IDS.map((id) => {
      const ratio = RATIOS[id]
      const means = MEANS_TO_OBLIGATIONS.has(id) && ratio.kind === 'quotient' ? ratio.numerator : undefined
      return [`financial.${id}`, (context: FeatureContext) => financial(context, ratio, means)]
    })
  ) as Record<FinancialFeatureId, (context: FeatureContext) => Feature>
}

/** `means` is the numerator of a ratio of means to obligations. */
function financial(context: FeatureContext, ratio: RatioEntry, means: Term | undefined): Feature {
  const newest = newestOf(context)
  if (newest === null) return NO_DATA
  if (!newest.reliable) return UNRELIABLE
  const { completed, prior, source } = newest
  const asOf = newest.statement.periodEnd
  const value = ratioValueOf(ratio, completed, prior)
  if (typeof value === 'number') return { value, asOf, source }
  const cents = value === 'zero_denominator' && means !== undefined ? centsOf(means, completed) : Number.NaN
  if (Number.isNaN(cents)) return { missing: value }
  return { value: Math.sign(cents) * WITHOUT_OBLIGATIONS, asOf, source }
}

/** What the newest statement says of itself. */
function reported(context: FeatureContext, of: (statement: Statement) => FeatureValue | undefined): Feature {
  const newest = newestOf(context)
  if (newest === null) return NO_DATA
  const value = of(newest.statement)
  if (value === undefined) return { missing: 'missing_item' }
  return { value, asOf: newest.statement.periodEnd, source: newest.source }
}

function auditOpinion(context: FeatureContext): Feature {
  if (newestOf(context)?.statement.audited === false) return NOT_APPLICABLE
  return reported(context, (statement) => statement.auditOpinion)
}

/**
 * What the ledger adds up to; null when it holds what cannot be, so that nothing rests on a part of
 * it.
 */
function ledgerOf(context: FeatureContext): LedgerSums | null {
  const { file, found } = context
  if (found.ledger === undefined) found.ledger = file.sums ?? sumsOfFacts(context)
  return found.ledger
}

function sumsOfFacts({ file: { invoices, settlements }, asOf }: FeatureContext): LedgerSums | null {
  const isSound =
    invoices.every((each) => isWithinDates(each.dueOn) && isCountable(each.issuedOn, each.amountMinor)) &&
    settlements.every((each) => isCountable(each.settledOn, each.amountMinor))
  return isSound ? ledgerSums(settledInvoices(invoices, settlements, asOf)) : null
}

function isCountable(date: BusinessDate, amountMinor: number): boolean {
  return isWithinDates(date) && Number.isSafeInteger(amountMinor) && amountMinor >= 0
}

/** How the customer pays, as the features see it; null when the ledger holds what cannot be. */
export function behaviourIn(context: FeatureContext): PaymentBehaviour | null {
  const ledger = ledgerOf(context)
  return ledger === null ? null : behaviourOf(context, ledger)
}

/** A figure about the balance of today, which the ledger always tells. */
function owed(context: FeatureContext, of: (behaviour: PaymentBehaviour) => number | null): Feature {
  const ledger = ledgerOf(context)
  if (ledger === null) return INVALID
  return fromLedger(context, of(behaviourOf(context, ledger)))
}

function behaviourOf({ found, asOf }: FeatureContext, ledger: LedgerSums): PaymentBehaviour {
  found.behaviour ??= paymentBehaviourOf(ledger, asOf)
  return found.behaviour
}

/** A figure that only experience with the customer can show. */
function experienced(context: FeatureContext, of: (behaviour: PaymentBehaviour) => number | null): Feature {
  const ledger = ledgerOf(context)
  return ledger !== null && firstIssuedOn(ledger) === null ? NO_DATA : owed(context, of)
}

function inHistory(context: FeatureContext, of: (history: AccountHistory) => number | null): Feature {
  const ledger = ledgerOf(context)
  if (ledger === null) return INVALID
  context.found.history ??= accountHistory(ledger, context.asOf)
  return fromLedger(context, of(context.found.history))
}

function fromLedger({ asOf }: FeatureContext, value: number | null): Feature {
  return value === null ? NO_DATA : { value, asOf, source: 'receivables' }
}

function stated({ asOf }: FeatureContext, value: FeatureValue | undefined): Feature {
  return value === undefined ? NO_DATA : { value, asOf, source: 'profile' }
}

function sectionOfIndustry(industry: string | undefined): string | undefined {
  return industry === undefined ? undefined : sectionOf(industry)
}

/** What is known of a natural person; a company is none. */
function personal({ file: { profile } }: FeatureContext, of: (person: PersonProfile) => Feature): Feature {
  if (profile.kind === 'company') return NOT_APPLICABLE
  return profile.person === undefined ? NO_DATA : of(profile.person)
}

function monthlyIncome(context: FeatureContext): Feature {
  return personal(context, ({ monthlyIncome: income }) => {
    if (income !== undefined && income.currency !== context.file.currency) return NOT_APPLICABLE
    return stated(context, income === undefined ? undefined : Number(income.amount))
  })
}

/** A trait that no credit file holds. */
function notHeld(context: FeatureContext): Feature {
  return { missing: context.file.profile.kind === 'company' ? 'not_applicable' : 'no_data' }
}

const DAYS_PER_YEAR = 365.25

/** Counted in days, so that shifting all dates changes nothing. */
function yearsSince(date: BusinessDate | undefined, asOf: BusinessDate): Feature {
  if (date === undefined) return NO_DATA
  const days = daysBetween(date, asOf)
  if (!(days >= 0)) return INVALID
  return { value: roundToHundredths(days / DAYS_PER_YEAR), asOf, source: 'profile' }
}
