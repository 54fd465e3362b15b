/** The states of a reservation. `active` holds its open amount; the others are final. */
export const RESERVATION_STATES = ['active', 'captured', 'partially_captured', 'released', 'expired'] as const
export type ReservationState = (typeof RESERVATION_STATES)[number]

/**
 * What became of a capture: it waits for its document, counts on beyond that, or counts no more.
 */
export const CAPTURE_STATES = ['waiting', 'exceeding', 'settled'] as const

/** The amounts of a reservation, in minor units: amount = captured + released + expired + open. */
export interface ReservationAmounts {
  readonly amountMinor: number
  readonly capturedMinor: number
  readonly releasedMinor: number
  readonly expiredMinor: number
}

/**
 * What happens to a reservation. A `final` capture releases what it leaves over; an adjustment
 * states the new amount as a whole.
 */
export type ReservationStep =
  | { readonly kind: 'capture'; readonly amountMinor: number; readonly final: boolean }
  | { readonly kind: 'release' }
  | { readonly kind: 'expire' }
  | { readonly kind: 'adjust'; readonly amountMinor: number }

/** The part that is still held, in minor units. */
export function openMinor({ amountMinor, capturedMinor, releasedMinor, expiredMinor }: ReservationAmounts): number {
  return amountMinor - capturedMinor - releasedMinor - expiredMinor
}

/**
 * The reservation after a step; undefined when the step cannot be: nothing is open any more, what
 * would be captured is not more than 0 or more than is open, or the new amount is not more than 0
 * or less than is captured. Amounts only move from open to one of the others, so a reservation is
 * resolved once. Once nothing is open the state says how it ended: all captured, some captured and
 * the rest given back, or nothing captured.
 */
export function resolveStep(
  before: ReservationAmounts,
  step: ReservationStep
): (ReservationAmounts & { state: ReservationState }) | undefined {
  const open = openMinor(before)
  if (open <= 0) return undefined
  if (step.kind === 'expire') return ended({ ...before, expiredMinor: before.expiredMinor + open }, 'expired')
  if (step.kind === 'release') return ended({ ...before, releasedMinor: before.releasedMinor + open }, 'released')
  if (step.kind === 'adjust') {
    if (!(step.amountMinor > 0 && step.amountMinor >= before.capturedMinor)) return undefined
    const after = { ...before, amountMinor: step.amountMinor }
    return openMinor(after) > 0 ? { ...after, state: 'active' } : ended(after, 'captured')
  }
  if (!(step.amountMinor > 0 && step.amountMinor <= open)) return undefined
  const capturedMinor = before.capturedMinor + step.amountMinor
  const restMinor = open - step.amountMinor
  if (restMinor > 0 && !step.final) return { ...before, capturedMinor, state: 'active' }
  return ended({ ...before, capturedMinor, releasedMinor: before.releasedMinor + restMinor }, 'captured')
}

function ended(
  after: ReservationAmounts,
  how: 'captured' | 'released' | 'expired'
): ReservationAmounts & { state: ReservationState } {
  if (after.capturedMinor === after.amountMinor) return { ...after, state: 'captured' }
  if (after.capturedMinor > 0 && how !== 'expired') return { ...after, state: 'partially_captured' }
  return { ...after, state: how }
}
