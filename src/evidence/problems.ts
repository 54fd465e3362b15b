import type { ProblemRows } from '../platform/values/problem.ts'

/** Evidence that counts no longer. */
export const EVIDENCE_PROBLEMS = {
  'evidence-already-withdrawn': {
    status: 409,
    title: 'The evidence is already withdrawn',
    remedy: 'An item is withdrawn once. To count it again, record a new one.'
  }
} as const satisfies ProblemRows

type EvidenceProblems = typeof EVIDENCE_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends EvidenceProblems {}
}
