import type { Names } from '../values/naming.ts'
import type { Wording } from '../values/wording.ts'
import texts from './texts.json' with { type: 'json' }

/** What an entry of the journal records. A type never changes its meaning. */
export const ENTRY_TYPES = [
  'customer.opened',
  'customer.changed',
  'hold.set',
  'hold.lifted',
  'statement.recorded',
  'evidence.recorded',
  'evidence.withdrawn',
  'invoice.recorded',
  'invoice.changed',
  'payment.recorded',
  'credit_note.recorded',
  'discount.recorded',
  'credit.allocated',
  'assessment.made',
  'exposure_item.recorded',
  'exposure_item.changed',
  'exposure_item.converted',
  'exposure_item.closed',
  'security.recorded',
  'security.changed',
  'security.withdrawn',
  'reconciliation.applied',
  'limit.proposed',
  'limit.applied',
  'limit.rejected',
  'check.decided',
  'reservation.captured',
  'reservation.released',
  'reservation.expired',
  'reservation.adjusted',
  'capture.passed_on',
  'capture.released',
  'adjustment.refused',
  'order.released',
  'order.rejected',
  'order.withdrawn',
  'order.lapsed',
  'order.at_risk',
  'order.at_risk_ended'
] as const
export type EntryType = (typeof ENTRY_TYPES)[number]

/** What people call an entry of the journal, such as 订单放行 for `order.released`. */
export const ENTRY_NAMES: Readonly<Record<EntryType, Wording>> = texts.entries

/** What people call the state of a reservation. */
export const RESERVATION_STATE_NAMES: Names = texts.reservationStates

/** What people call what became of a capture. */
export const CAPTURE_STATE_NAMES: Names = texts.captureStates
