import type { ProblemRows } from '../platform/values/problem.ts'

/** A set of accounts that contradicts itself. */
export const STATEMENTS_PROBLEMS = {
  'unbalanced-statement': {
    status: 422,
    title: 'The statement does not add up',
    remedy: 'Each entry of `errors` states the difference.'
  }
} as const satisfies ProblemRows

type StatementsProblems = typeof STATEMENTS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends StatementsProblems {}
}
