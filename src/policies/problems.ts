import type { ProblemRows } from '../platform/values/problem.ts'

/** A policy that decided and is not on file. */
export const POLICIES_PROBLEMS = {
  'policy-not-loaded': {
    status: 409,
    title: 'What decided is not here',
    remedy:
      'A policy: start the service once with that version, which is put on file. An edition of the rules: use the version of the service that knows it.'
  }
} as const satisfies ProblemRows

type PoliciesProblems = typeof POLICIES_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends PoliciesProblems {}
}
