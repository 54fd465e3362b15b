import type { ProblemRows } from '../platform/values/problem.ts'

/** A change of a customer that its account or its group rules out. */
export const CUSTOMERS_PROBLEMS = {
  'account-currency-fixed': {
    status: 409,
    title: 'The account currency can no longer change',
    remedy: 'The account has a history in its currency; open another customer id for another currency.'
  },
  'customer-cycle': {
    status: 409,
    title: 'A customer cannot be its own parent',
    remedy: 'Name a parent outside the customer’s own subsidiaries.'
  }
} as const satisfies ProblemRows

type CustomersProblems = typeof CUSTOMERS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends CustomersProblems {}
}
