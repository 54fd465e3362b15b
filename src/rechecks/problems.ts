import type { ProblemRows } from '../platform/values/problem.ts'

/** A run over all open orders is in the way. */
export const RECHECKS_PROBLEMS = {
  'recheck-run-active': {
    status: 409,
    title: 'A run over all open orders is under way',
    remedy: 'Read it at /v1/recheck-runs, and ask again once it has ended.'
  }
} as const satisfies ProblemRows

type RechecksProblems = typeof RECHECKS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends RechecksProblems {}
}
