import type { ProblemRows } from '../platform/values/problem.ts'
import texts from './texts.json' with { type: 'json' }

const { problems } = texts

/** The problems of a reservation that is absent, resolved, or too small. */
export const RESERVATIONS_PROBLEMS = {
  'adjustment-below-captured': { status: 409, ...problems['adjustment-below-captured'] },
  'currency-mismatch': { status: 409, ...problems['currency-mismatch'] },
  'capture-exceeds-reservation': { status: 409, ...problems['capture-exceeds-reservation'] },
  'capture-exceeds-invoice': { status: 409, ...problems['capture-exceeds-invoice'] },
  'release-exceeds-capture': { status: 409, ...problems['release-exceeds-capture'] },
  'reservation-already-captured': { status: 409, ...problems['reservation-already-captured'] },
  'reservation-already-released': { status: 409, ...problems['reservation-already-released'] },
  'reservation-already-expired': { status: 409, ...problems['reservation-already-expired'] },
  'reservation-absent': { status: 409, ...problems['reservation-absent'] },
  'invoice-already-captured': { status: 409, ...problems['invoice-already-captured'] }
} as const satisfies ProblemRows

type ReservationsProblems = typeof RESERVATIONS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends ReservationsProblems {}
}
