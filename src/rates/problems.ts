import type { ProblemRows } from '../platform/values/problem.ts'

/** An amount in another currency that cannot be converted. */
export const RATES_PROBLEMS = {
  'rate-missing': {
    status: 409,
    title: 'No exchange rate is recorded for these currencies',
    remedy:
      'Record one with PUT /v1/exchange-rates/{base}/{quote}/{date}, or send the amount in the currency of the account.'
  }
} as const satisfies ProblemRows

type RatesProblems = typeof RATES_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends RatesProblems {}
}
