import type { ProblemRows } from '../platform/values/problem.ts'

/** An amount that cannot be converted, and a rate that is hard to believe. */
export const RATES_PROBLEMS = {
  'rate-missing': {
    status: 409,
    title: 'No exchange rate is recorded for these currencies',
    remedy:
      'Record one with PUT /v1/exchange-rates/{base}/{quote}/{date}, or send the amount in the currency of the account.'
  },
  'rate-unconfirmed': {
    status: 409,
    title: 'The exchange rate lies far off what is on file',
    remedy:
      'Look for swapped currencies or a slipped decimal point. A rate that is right is sent again with `"confirm": true`.'
  }
} as const satisfies ProblemRows

type RatesProblems = typeof RATES_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends RatesProblems {}
}
