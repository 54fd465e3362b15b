import type { ProblemRows } from '../platform/values/problem.ts'
import texts from './texts.json' with { type: 'json' }

const { problems } = texts

/** A change of a customer that its account or its group rules out. */
export const CUSTOMERS_PROBLEMS = {
  'account-currency-fixed': { status: 409, ...problems['account-currency-fixed'] },
  'customer-cycle': { status: 409, ...problems['customer-cycle'] }
} as const satisfies ProblemRows

type CustomersProblems = typeof CUSTOMERS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends CustomersProblems {}
}
