import type { ProblemRows } from '../platform/values/problem.ts'
import texts from './texts.json' with { type: 'json' }

const { problems } = texts

/** A policy that decided and is not on file. */
export const POLICIES_PROBLEMS = {
  'policy-not-loaded': { status: 409, ...problems['policy-not-loaded'] }
} as const satisfies ProblemRows

type PoliciesProblems = typeof POLICIES_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends PoliciesProblems {}
}
