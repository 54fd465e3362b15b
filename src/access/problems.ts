import type { ProblemRows } from '../platform/values/problem.ts'

/** Refusals that rest on whose API key it is. */
export const ACCESS_PROBLEMS = {
  'four-eyes': {
    status: 403,
    title: 'The one who asked cannot approve',
    remedy: 'Another key with the scope of this operation must decide.'
  },
  'api-key-in-use': {
    status: 409,
    title: 'This is the last admin key',
    remedy: 'Create another admin key before you revoke this one.'
  }
} as const satisfies ProblemRows

type AccessProblems = typeof ACCESS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends AccessProblems {}
}
