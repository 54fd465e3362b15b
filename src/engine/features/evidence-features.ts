import { EVIDENCE, type EvidenceFact, type EvidenceKind, evidenceInForce, type FactField } from './evidence.ts'
import type { Feature, FeatureValue } from './feature.ts'
import type { FeatureContext } from './feature-context.ts'

/** Which of several sources counts: the worst one, or the latest one. */
type Choice = 'worst' | 'newest'
/** Which of two values is the worse; of a category it is the one listed later. */
type Worse = 'higher' | 'lower'

interface EvidenceFeature {
  /** The kinds of evidence that speak of it, and the name of the fact there. */
  readonly kinds: readonly EvidenceKind[]
  readonly fact: string
  readonly worse: Worse
  readonly choice: Choice
}

const worst = (kind: EvidenceKind, fact: string, worse: Worse = 'higher'): EvidenceFeature => ({
  kinds: [kind],
  fact,
  worse,
  choice: 'worst'
})
const newest = (fact: string, ...kinds: EvidenceKind[]): EvidenceFeature => ({
  kinds,
  fact,
  worse: 'lower',
  choice: 'newest'
})

const FROM_EVIDENCE = {
  'record.openCourtCases': worst('court_record', 'openCases'),
  'record.judgementDebtor': worst('court_record', 'judgementDebtor'),
  'record.dishonestDebtor': worst('court_record', 'dishonestDebtor'),
  'record.insolvency': worst('insolvency_record', 'state'),
  'record.taxArrears': worst('tax_record', 'arrears'),
  'record.taxCreditGrade': worst('tax_record', 'creditGrade'),
  'record.loanClassification': worst('loan_record', 'classification'),
  'record.overdueLoans': worst('loan_record', 'overdueLoans'),
  'record.loanMonthsPastDue': worst('loan_record', 'monthsPastDue'),
  'standing.agencyScore': worst('agency_report', 'score', 'lower'),
  'standing.agencyRating': worst('agency_report', 'rating'),
  'standing.agencyPaymentIndex': worst('agency_report', 'paymentIndex', 'lower'),
  'standing.bankReference': worst('bank_reference', 'quality'),
  'standing.tradeExperience': worst('trade_reference', 'experience'),
  'standing.tradeDaysLate': worst('trade_reference', 'daysLate'),
  'qualitative.management': newest('management', 'qualitative', 'interview'),
  'qualitative.marketPosition': newest('marketPosition', 'qualitative'),
  'qualitative.product': newest('product', 'qualitative'),
  'qualitative.site': newest('site', 'qualitative', 'site_visit'),
  'qualitative.cooperation': newest('cooperation', 'qualitative', 'interview'),
  'qualitative.operating': newest('operating', 'site_visit')
} as const satisfies Readonly<Record<string, EvidenceFeature>>

type EvidenceFeatureId = keyof typeof FROM_EVIDENCE | 'standing.tradeReferences'

/**
 * The features that evidence speaks of, each with its derivation. What no evidence states is
 * missing, never assumed: that a register holds nothing is only known when a search of it is on
 * file. Where several sources differ, the worst counts; the seller's own judgement is that of the
 * last who gave it.
 */
export const EVIDENCE_DERIVATIONS = {
  ...Object.fromEntries(
    Object.entries(FROM_EVIDENCE).map(([id, feature]) => [id, (context: FeatureContext) => derived(context, feature)])
  ),
  'standing.tradeReferences': tradeReferences
} as Readonly<Record<EvidenceFeatureId, (context: FeatureContext) => Feature>>

/** What every feature here is for a file without evidence. */
export const NO_EVIDENCE: Feature = { missing: 'no_data' }

function derived({ file, asOf }: FeatureContext, { kinds, fact, worse, choice }: EvidenceFeature): Feature {
  // Many files have none, and are told so without further work.
  if (file.evidence === undefined || file.evidence.length === 0) return NO_EVIDENCE
  const ofKind = file.evidence.filter(({ kind }) => kinds.includes(kind))
  const inForce = evidenceInForce(ofKind, asOf, (item) => factOf(item, fact) !== undefined)
  const [first] = inForce
  if (first === undefined)
    return { missing: evidenceInForce(ofKind, asOf, () => true).length === 0 ? 'no_data' : 'missing_item' }
  const sign = worse === 'higher' ? 1 : -1
  const compared = choice === 'worst' ? inForce : inForce.filter(({ observedOn }) => observedOn === first.observedOn)
  let chosen = first
  for (const item of compared) {
    const rank = rankOf(item, fact)
    if (Number.isNaN(rank)) return { missing: 'invalid' }
    if (sign * rank > sign * rankOf(chosen, fact)) chosen = item
  }
  return evidenced(factOf(chosen, fact) as FeatureValue, chosen)
}

function tradeReferences({ file, asOf }: FeatureContext): Feature {
  const references = evidenceInForce(
    (file.evidence ?? []).filter(({ kind }) => kind === 'trade_reference'),
    asOf,
    () => true
  )
  const [first] = references
  if (first === undefined) return { missing: 'no_data' }
  return evidenced(new Set(references.map(({ source }) => source)).size, first)
}

function evidenced(value: FeatureValue, { observedOn, evidenceId }: EvidenceFact): Feature {
  return { value, asOf: observedOn, source: `evidence ${evidenceId}` }
}

function factOf({ facts }: EvidenceFact, fact: string): unknown {
  return Object.hasOwn(facts, fact) ? (facts as Readonly<Record<string, unknown>>)[fact] : undefined
}

/**
 * Larger for a number that is larger, a yes, and a category that is listed later; NaN for a value
 * that the fact cannot have.
 */
function rankOf(item: EvidenceFact, fact: string): number {
  const field = (EVIDENCE[item.kind].facts as Readonly<Record<string, FactField>>)[fact]
  const value = factOf(item, fact)
  if (field?.type === 'boolean') return typeof value === 'boolean' ? Number(value) : Number.NaN
  if (field?.type === 'number')
    return typeof value === 'number' && value >= field.min && value <= field.max ? value : Number.NaN
  const place = field?.type === 'category' ? field.values.indexOf(value as string) : -1
  return place < 0 ? Number.NaN : place
}
