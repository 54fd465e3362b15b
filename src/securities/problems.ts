import type { ProblemRows } from '../platform/values/problem.ts'
import texts from './texts.json' with { type: 'json' }

const { problems } = texts

/** A security that covers no longer. */
export const SECURITIES_PROBLEMS = {
  'security-already-withdrawn': { status: 409, ...problems['security-already-withdrawn'] }
} as const satisfies ProblemRows

type SecuritiesProblems = typeof SECURITIES_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends SecuritiesProblems {}
}
