import type { ProblemRows } from '../platform/values/problem.ts'

/** An order is not in a state for what was asked. */
export const CHECKS_PROBLEMS = {
  'order-not-blocked': {
    status: 409,
    title: 'The check does not block its order',
    remedy:
      '`state` says what became of the order. Where another check blocks it now, `checkId` names that one: decide about it.'
  },
  'recheck-run-active': {
    status: 409,
    title: 'A run over all open orders is under way',
    remedy: 'Read it at /v1/recheck-runs, and ask again once it has ended.'
  },
  'manual-hold-in-force': {
    status: 409,
    title: 'A manual hold stops every order of the customer',
    remedy: 'No release goes past a manual hold: have it lifted first.'
  },
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
