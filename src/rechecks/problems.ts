import type { ProblemRows } from '../platform/values/problem.ts'

/** A run over all open orders is in the way, or has ended. */
export const RECHECKS_PROBLEMS = {
  'recheck-run-active': {
    status: 409,
    title: 'A run over all open orders is under way',
    remedy: 'Read it at /v1/recheck-runs, and ask again once it has ended.'
  },
  'recheck-run-finished': {
    status: 409,
    title: 'The run over all open orders has ended',
    remedy: 'There is nothing left to cancel; what was found and approved stays.'
  }
} as const satisfies ProblemRows

type RechecksProblems = typeof RECHECKS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends RechecksProblems {}
}
