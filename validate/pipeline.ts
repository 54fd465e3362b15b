import {
  addDays,
  type CompiledModel,
  type CreditFile,
  features,
  type LimitProposal,
  limitFacts,
  type Policy,
  priorOf,
  proposeLimit,
  type ReferenceResult,
  ratios,
  referenceModels,
  type ScoreResult,
  type StatementFault,
  score,
  statementFaults
} from '../src/engine/index.ts'
import type { Row } from './statements.ts'

/** What the engine made of one statement. */
export interface Assessed {
  readonly row: Row
  readonly faults: readonly StatementFault[]
  /** How many of the ratios have a value. */
  readonly ratioCount: number
  readonly references: readonly ReferenceResult[]
  readonly score: ScoreResult
  /**
   * Base points and the points for statements: what the statements alone are worth, also of a
   * customer that is not rated.
   */
  readonly statementScore: number
  readonly limit: LimitProposal
}

/** Accounts are taken as known a quarter after the year they are of. */
const PUBLISHED_AFTER_DAYS = 90

/**
 * Takes a statement through all of the engine: its arithmetic, ratios, reference models, features,
 * score and limit, with the company's earlier statements on file and nothing else known of it.
 */
export function assess(row: Row, earlier: readonly Row[], model: CompiledModel, policy: Policy): Assessed {
  const statements = [...earlier, row].map(({ year, statement }) => ({ statementId: String(year), statement }))
  const prior = priorOf(row.statement, statements)?.statement
  const file: CreditFile = {
    profile: { kind: 'company' },
    statements,
    invoices: [],
    settlements: [],
    currency: row.statement.currency
  }
  const asOf = addDays(row.statement.periodEnd, PUBLISHED_AFTER_DAYS)
  const scored = score(model, features(file, asOf), asOf)
  return {
    row,
    faults: statementFaults(row.statement),
    ratioCount: ratios(row.statement, prior).filter(({ value }) => value !== null).length,
    references: referenceModels(row.statement, prior === undefined ? {} : { prior }),
    score: scored,
    statementScore: scored.contributions
      .filter(({ group }) => group === 'statements')
      .reduce((sum, { points }) => sum + points, scored.basePoints),
    limit: proposeLimit(policy, limitFacts(file, { asOf, grade: scored.grade }))
  }
}
