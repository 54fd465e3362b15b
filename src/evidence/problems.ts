import type { ProblemRows } from '../platform/values/problem.ts'
import texts from './texts.json' with { type: 'json' }

const { problems } = texts

/** Evidence that counts no longer. */
export const EVIDENCE_PROBLEMS = {
  'evidence-already-withdrawn': { status: 409, ...problems['evidence-already-withdrawn'] }
} as const satisfies ProblemRows

type EvidenceProblems = typeof EVIDENCE_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends EvidenceProblems {}
}
