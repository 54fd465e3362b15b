import type { ProblemRows } from '../platform/values/problem.ts'
import texts from './texts.json' with { type: 'json' }

const { problems } = texts

/** Refusals that rest on whose API key it is. */
export const ACCESS_PROBLEMS = {
  'four-eyes': { status: 403, ...problems['four-eyes'] },
  'key-unconfirmed': { status: 403, ...problems['key-unconfirmed'] },
  'api-key-ended': { status: 409, ...problems['api-key-ended'] },
  'api-key-in-use': { status: 409, ...problems['api-key-in-use'] }
} as const satisfies ProblemRows

type AccessProblems = typeof ACCESS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends AccessProblems {}
}
