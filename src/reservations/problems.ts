import type { ProblemRows } from '../platform/values/problem.ts'

/** The problems of a reservation that is absent, resolved, or too small. */
export const RESERVATIONS_PROBLEMS = {
  'adjustment-below-captured': {
    status: 409,
    title: 'The reservation cannot be smaller than what is captured of it',
    remedy: 'Name at least the captured amount that the detail gives, or release what is open.'
  },
  'currency-mismatch': {
    status: 409,
    title: 'The amount is in another currency than the reservation',
    remedy:
      'Send the amount in the currency that the detail names; reservations are kept in the currency of the account.'
  },
  'capture-exceeds-reservation': {
    status: 409,
    title: 'More would be captured than is reserved',
    remedy: 'Capture at most the open amount that the detail names.'
  },
  'reservation-already-captured': {
    status: 409,
    title: 'The reservation is already captured',
    remedy: 'A reservation is resolved once: for more, send a new credit check.'
  },
  'reservation-already-released': {
    status: 409,
    title: 'The reservation is already released',
    remedy: 'A reservation is resolved once: to hold the amount again, send a new credit check.'
  },
  'reservation-already-expired': {
    status: 409,
    title: 'The reservation has expired',
    remedy: 'Send a new credit check for the order.'
  },
  'reservation-absent': {
    status: 409,
    title: 'The check holds no reservation',
    remedy: 'Only an approved check can be captured, adjusted or released.'
  },
  'invoice-already-captured': {
    status: 409,
    title: 'The invoice already captured this reservation',
    remedy: 'An invoice captures a reservation once: capture the rest under the number of another invoice.'
  }
} as const satisfies ProblemRows

type ReservationsProblems = typeof RESERVATIONS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends ReservationsProblems {}
}
