import type { ProblemRows } from '../platform/values/problem.ts'

/** A policy that decided and is not on file. */
export const POLICIES_PROBLEMS = {
  'policy-not-loaded': {
    status: 409,
    title: 'The policy or the rules of the decision are not available',
    remedy:
      'For a policy, start the service once with that version, which puts it on file. For an edition of the rules, use a version of the service that knows it.'
  }
} as const satisfies ProblemRows

type PoliciesProblems = typeof POLICIES_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends PoliciesProblems {}
}
