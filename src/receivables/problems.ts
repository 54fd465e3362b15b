import type { ProblemRows } from '../platform/values/problem.ts'
import texts from './texts.json' with { type: 'json' }

const { problems } = texts

/** The problems of a document that contradicts the record. */
export const RECEIVABLES_PROBLEMS = {
  'invoice-not-found': { status: 409, ...problems['invoice-not-found'] },
  'allocation-exceeds-invoice': { status: 409, ...problems['allocation-exceeds-invoice'] },
  'allocation-exceeds-credit': { status: 409, ...problems['allocation-exceeds-credit'] },
  'discount-not-earned': { status: 409, ...problems['discount-not-earned'] },
  'invoice-below-settled': { status: 409, ...problems['invoice-below-settled'] },
  'stale-version': { status: 409, ...problems['stale-version'] },
  'conversion-origin-missing': { status: 409, ...problems['conversion-origin-missing'] },
  'conversion-exceeds-open': { status: 409, ...problems['conversion-exceeds-open'] },
  'conversion-irreversible': { status: 409, ...problems['conversion-irreversible'] }
} as const satisfies ProblemRows

type ReceivablesProblems = typeof RECEIVABLES_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends ReceivablesProblems {}
}
