import type { ProblemRows } from '../platform/values/problem.ts'
import texts from './texts.json' with { type: 'json' }

const { problems } = texts

/** The problems of a snapshot that cannot be compared. */
export const RECONCILIATIONS_PROBLEMS = {
  'stale-import': { status: 409, ...problems['stale-import'] },
  'incomplete-import': { status: 409, ...problems['incomplete-import'] }
} as const satisfies ProblemRows

type ReconciliationsProblems = typeof RECONCILIATIONS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends ReconciliationsProblems {}
}
