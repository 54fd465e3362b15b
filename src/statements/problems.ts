import type { ProblemRows } from '../platform/values/problem.ts'
import texts from './texts.json' with { type: 'json' }

const { problems } = texts

/** A set of accounts that contradicts itself. */
export const STATEMENTS_PROBLEMS = {
  'unbalanced-statement': { status: 422, ...problems['unbalanced-statement'] }
} as const satisfies ProblemRows

type StatementsProblems = typeof STATEMENTS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends StatementsProblems {}
}
