import type { ProblemRows } from '../platform/values/problem.ts'
import texts from './texts.json' with { type: 'json' }

const { problems } = texts

/** The problems of a limit that may not be granted, or no longer. */
export const LIMITS_PROBLEMS = {
  'authority-exceeded': { status: 403, ...problems['authority-exceeded'] },
  'limit-decision-closed': { status: 409, ...problems['limit-decision-closed'] },
  'stale-approval': { status: 409, ...problems['stale-approval'] }
} as const satisfies ProblemRows

type LimitsProblems = typeof LIMITS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends LimitsProblems {}
}
