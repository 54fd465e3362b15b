import type { ProblemRows } from '../platform/values/problem.ts'

/** The problems of an account that is missing, or cannot take an amount. */
export const ACCOUNTS_PROBLEMS = {
  'customer-not-found': {
    status: 404,
    title: 'No such customer',
    remedy: 'Create the customer with PUT /v1/customers/{customerId} first.'
  },
  'currency-not-supported': {
    status: 409,
    title: 'The account or the document is kept in another currency',
    remedy: 'Send the amount in the currency that the detail names.'
  },
  'exposure-too-large': {
    status: 409,
    title: 'The amount is too large for the account',
    remedy: 'Check the amount: with it the account would exceed the largest amount that is counted exactly.'
  }
} as const satisfies ProblemRows

type AccountsProblems = typeof ACCOUNTS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends AccountsProblems {}
}
