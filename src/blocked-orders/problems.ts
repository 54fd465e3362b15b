import type { ProblemRows } from '../platform/values/problem.ts'
import texts from './texts.json' with { type: 'json' }

const { problems } = texts

/** The problems of a decision about an order that cannot be made. */
export const BLOCKED_ORDERS_PROBLEMS = {
  'order-not-blocked': { status: 409, ...problems['order-not-blocked'] },
  'manual-hold-in-force': { status: 409, ...problems['manual-hold-in-force'] }
} as const satisfies ProblemRows

type BlockedOrdersProblems = typeof BLOCKED_ORDERS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends BlockedOrdersProblems {}
}
