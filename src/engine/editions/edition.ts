import { decisionOf } from '../checks/decision.ts'
import { checkOrder } from '../checks/order-check.ts'
import type { FeatureSet } from '../features/feature.ts'
import { type LimitFacts, proposeLimit } from '../limits/limit.ts'
import { type LimitDocument, limitDocument } from '../limits/limit-document.ts'
import type { Policy } from '../policy/policy.ts'
import { type AssessmentDocument, assessmentDocument, assessmentOfRecord } from '../scorecards/assessment-document.ts'
import type { CompiledModel } from '../scorecards/compiled-model.ts'
import { score } from '../scorecards/scorecard.ts'
import type { BusinessDate } from '../values/dates.ts'
import type { Grade } from '../values/rating.ts'
import { decisionOf as firstDecisionOf } from './1/decision.ts'
import { limitDocument as firstLimitDocument } from './1/limit-document.ts'
import { explainProposal } from './1/limit-explanation.ts'

/** The edition of the rules under which this version decides. README.md says when to raise it. */
export const EDITION = 2

/** An entry that names no edition was decided under the first. */
const FIRST_EDITION = 1

/** How an edition decides: from facts that are on file to the whole document that is stored. */
export interface Rules {
  /** What an order comes to. */
  readonly checkOrder: typeof checkOrder
  /** The document of a check, and of an increase of a reservation. */
  readonly decisionOf: typeof decisionOf
  /** The document of a proposed limit. */
  readonly proposedLimit: (policy: Policy, facts: LimitFacts) => LimitDocument
  /** The document of an assessment, from the features that the model looked at. */
  readonly assessment: (
    compiled: CompiledModel,
    features: FeatureSet,
    asOf: BusinessDate,
    previousGrade: Grade | null
  ) => AssessmentDocument
  /** The same from a record of these features; null where it does not come to what is recorded. */
  readonly assessmentOfRecord: typeof assessmentOfRecord
}

/** Rules by the number of their edition. */
export type Editions = ReadonlyMap<number, Rules>

const PRESENT: Rules = {
  checkOrder,
  decisionOf,
  proposedLimit: (policy, facts) => limitDocument(proposeLimit(policy, facts)),
  assessment: (compiled, features, asOf, previousGrade) =>
    assessmentDocument(compiled, features, score(compiled, features, asOf, { previousGrade }), previousGrade),
  assessmentOfRecord
}

/** Documents hold their sentences for the seller's people. */
const FIRST: Rules = {
  ...PRESENT,
  decisionOf: firstDecisionOf,
  proposedLimit: (policy, facts) => firstLimitDocument(explainProposal(proposeLimit(policy, facts)))
}

/** Every edition that this version can decide by. */
export const EDITIONS: Editions = new Map([
  [FIRST_EDITION, FIRST],
  [EDITION, PRESENT]
])

/**
 * The rules under which something was decided. Whatever is decided anew on facts that are on file
 * is decided by these. Undefined of an edition that this version does not know, such as one of a
 * later version.
 */
export function rulesOf(edition: number = FIRST_EDITION, editions: Editions = EDITIONS): Rules | undefined {
  return editions.get(edition)
}
