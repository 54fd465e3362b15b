import type { ProblemRows } from '../platform/values/problem.ts'
import texts from './texts.json' with { type: 'json' }

const { problems } = texts

/** The problems of an order that cannot be checked as asked. */
export const CHECKS_PROBLEMS = {
  'order-already-reserved': { status: 409, ...problems['order-already-reserved'] }
} as const satisfies ProblemRows

type ChecksProblems = typeof CHECKS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends ChecksProblems {}
}
