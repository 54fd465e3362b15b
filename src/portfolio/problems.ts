import type { ProblemRows } from '../platform/values/problem.ts'

/** The problems of a run over the portfolio that is in the way, or has ended. */
export const PORTFOLIO_PROBLEMS = {
  'rescoring-run-active': {
    status: 409,
    title: 'A run over the portfolio is under way',
    remedy: 'Wait until the run that the detail names has ended, or cancel it.'
  },
  'rescoring-run-finished': {
    status: 409,
    title: 'The run has ended',
    remedy: 'There is nothing left to cancel; what was written stays.'
  }
} as const satisfies ProblemRows

type PortfolioProblems = typeof PORTFOLIO_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends PortfolioProblems {}
}
