import type { ProblemRows } from '../platform/values/problem.ts'

/** The problems of a limit that may not be granted, or no longer. */
export const LIMITS_PROBLEMS = {
  'authority-exceeded': {
    status: 403,
    title: 'The limit exceeds what anyone may grant',
    remedy: 'Grant at most the amount in the detail; more needs a policy with a higher maximum.'
  },
  'limit-decision-closed': {
    status: 409,
    title: 'The limit decision is already decided',
    remedy:
      'Propose a new one with POST /v1/customers/{customerId}/limit-decisions; with `"refer": true` it waits for a person.'
  },
  'stale-approval': {
    status: 409,
    title: 'The account changed since the proposal',
    remedy: 'Propose a new limit decision on the present facts.'
  }
} as const satisfies ProblemRows

type LimitsProblems = typeof LIMITS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends LimitsProblems {}
}
