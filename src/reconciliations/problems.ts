import type { ProblemRows } from '../platform/values/problem.ts'

/** The problems of a snapshot that cannot be compared. */
export const RECONCILIATIONS_PROBLEMS = {
  'stale-import': {
    status: 409,
    title: 'A newer snapshot is applied',
    remedy: 'If the snapshot only came late, do nothing. To compare again, take a new one.'
  },
  'incomplete-import': {
    status: 409,
    title: 'The snapshot does not add up to its control figures',
    remedy: 'Send the whole snapshot with the count and the totals of what it holds.'
  }
} as const satisfies ProblemRows

type ReconciliationsProblems = typeof RECONCILIATIONS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends ReconciliationsProblems {}
}
