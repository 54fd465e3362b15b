import type { ProblemRows } from '../platform/values/problem.ts'
import texts from './texts.json' with { type: 'json' }

const { problems } = texts

/** A run over all open orders is in the way, or has ended. */
export const RECHECKS_PROBLEMS = {
  'recheck-run-active': { status: 409, ...problems['recheck-run-active'] },
  'recheck-run-finished': { status: 409, ...problems['recheck-run-finished'] }
} as const satisfies ProblemRows

type RechecksProblems = typeof RECHECKS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends RechecksProblems {}
}
