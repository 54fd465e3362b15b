import type { ProblemRows } from '../platform/values/problem.ts'
import texts from './texts.json' with { type: 'json' }

const { problems } = texts

/** The problems of an account that is missing, or cannot take an amount. */
export const ACCOUNTS_PROBLEMS = {
  'customer-not-found': { status: 404, ...problems['customer-not-found'] },
  'currency-not-supported': { status: 409, ...problems['currency-not-supported'] },
  'exposure-too-large': { status: 409, ...problems['exposure-too-large'] }
} as const satisfies ProblemRows

type AccountsProblems = typeof ACCOUNTS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends AccountsProblems {}
}
