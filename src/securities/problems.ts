import type { ProblemRows } from '../platform/values/problem.ts'

/** A security that covers no longer. */
export const SECURITIES_PROBLEMS = {
  'security-already-withdrawn': {
    status: 409,
    title: 'The security is already withdrawn',
    remedy: 'There is nothing left to withdraw. To cover again, put the security again.'
  }
} as const satisfies ProblemRows

type SecuritiesProblems = typeof SECURITIES_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends SecuritiesProblems {}
}
