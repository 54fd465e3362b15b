import type { ProblemRows } from '../platform/values/problem.ts'

/** The problems of a document that contradicts the record. */
export const RECEIVABLES_PROBLEMS = {
  'invoice-not-found': {
    status: 409,
    title: 'An allocation names an invoice that is not recorded',
    remedy: 'Record the invoice first, or leave the amount unallocated.'
  },
  'allocation-exceeds-invoice': {
    status: 409,
    title: 'More would be allocated than is open',
    remedy: 'Allocate at most the open amount that the detail names.'
  },
  'allocation-exceeds-credit': {
    status: 409,
    title: 'More would be allocated than was received',
    remedy: 'The allocations may sum to the unapplied amount at most.'
  },
  'invoice-below-settled': {
    status: 409,
    title: 'The invoice cannot be smaller than what was settled on it',
    remedy: 'Record a credit note instead.'
  },
  'stale-version': {
    status: 409,
    title: 'This version of the document, or a newer one, is recorded',
    remedy: 'If the message only came late, do nothing. A changed document needs a higher `sourceVersion`.'
  },
  'conversion-origin-missing': {
    status: 409,
    title: 'The document was made from one that is not recorded',
    remedy: 'Record the document that the detail names first, or leave it out of `convertedFrom`.'
  },
  'conversion-exceeds-open': {
    status: 409,
    title: 'More would be converted than is open',
    remedy: 'Convert at most the open amount that the detail names.'
  },
  'conversion-irreversible': {
    status: 409,
    title: 'A captured amount cannot be reserved again',
    remedy: 'Name at least the captured amount; to reserve it again, send a new credit check.'
  }
} as const satisfies ProblemRows

type ReceivablesProblems = typeof RECEIVABLES_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends ReceivablesProblems {}
}
