import type { ProblemRows } from '../platform/values/problem.ts'

/** The problems of a decision about an order that cannot be made. */
export const BLOCKED_ORDERS_PROBLEMS = {
  'order-not-blocked': {
    status: 409,
    title: 'The check does not block its order',
    remedy:
      '`state` gives the state of the order. If another check blocks it now, `checkId` names that check: decide about it instead.'
  },
  'manual-hold-in-force': {
    status: 409,
    title: 'A manual hold stops every order of the customer',
    remedy: 'A release does not override a manual hold: have the hold lifted first.'
  }
} as const satisfies ProblemRows

type BlockedOrdersProblems = typeof BLOCKED_ORDERS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends BlockedOrdersProblems {}
}
