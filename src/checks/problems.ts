import type { ProblemRows } from '../platform/values/problem.ts'

/** The problems of an order that cannot be checked as asked. */
export const CHECKS_PROBLEMS = {
  'order-already-reserved': {
    status: 409,
    title: 'The order already holds a reservation',
    remedy: 'Release the reservation that the detail names before the order is checked for another amount.'
  }
} as const satisfies ProblemRows

type ChecksProblems = typeof CHECKS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends ChecksProblems {}
}
