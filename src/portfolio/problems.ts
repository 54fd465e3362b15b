import type { ProblemRows } from '../platform/values/problem.ts'
import texts from './texts.json' with { type: 'json' }

const { problems } = texts

/** The problems of a run over the portfolio that is in the way, or has ended. */
export const PORTFOLIO_PROBLEMS = {
  'rescoring-run-active': { status: 409, ...problems['rescoring-run-active'] },
  'rescoring-run-finished': { status: 409, ...problems['rescoring-run-finished'] }
} as const satisfies ProblemRows

type PortfolioProblems = typeof PORTFOLIO_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends PortfolioProblems {}
}
