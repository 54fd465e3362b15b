import type { ProblemRows } from '../platform/values/problem.ts'

/** A policy that decided and is not on file. */
export const POLICIES_PROBLEMS = {
  'policy-not-loaded': {
    status: 409,
    title: 'The policy that decided is not on file',
    remedy:
      'Start the service once with that version of the policy: it is put on file, and the decision can be replayed.'
  }
} as const satisfies ProblemRows

type PoliciesProblems = typeof POLICIES_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends PoliciesProblems {}
}
