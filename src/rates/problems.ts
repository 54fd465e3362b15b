import type { ProblemRows } from '../platform/values/problem.ts'
import texts from './texts.json' with { type: 'json' }

const { problems } = texts

/** An amount that cannot be converted, and a rate that is hard to believe. */
export const RATES_PROBLEMS = {
  'rate-missing': { status: 409, ...problems['rate-missing'] },
  'rate-unconfirmed': { status: 409, ...problems['rate-unconfirmed'] }
} as const satisfies ProblemRows

type RatesProblems = typeof RATES_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends RatesProblems {}
}
