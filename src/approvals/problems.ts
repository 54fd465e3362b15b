import type { ProblemRows } from '../platform/values/problem.ts'
import texts from './texts.json' with { type: 'json' }

const { problems } = texts

/** A request about which nothing is to be decided any more. */
export const APPROVALS_PROBLEMS = {
  'change-request-closed': { status: 409, ...problems['change-request-closed'] }
} as const satisfies ProblemRows

type ApprovalsProblems = typeof APPROVALS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends ApprovalsProblems {}
}
