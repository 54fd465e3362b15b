import { type BusinessDate, daysBetween } from './dates.ts'
import type { LimitMode } from './limit.ts'
import { type Money, toMoney } from './money.ts'

/** What an account owes and may come to owe, in minor units of its currency. */
export interface ExposureMinor {
  /** Open invoices less what was received and not applied; negative when the customer has paid ahead. */
  readonly receivablesMinor: number
  /** Captured reservations whose invoice is not recorded yet, 0 or more. */
  readonly capturedMinor: number
  /** Open amounts of active reservations, 0 or more. */
  readonly reservedMinor: number
}

/** The limit of an account as it stands. */
export interface LimitInForce {
  readonly limitMode: LimitMode
  readonly limitMinor: number
  readonly limitValidUntil: BusinessDate | null
}

/** Exposure as it is answered: every part and their sum, so that nobody has to add. */
export interface Exposure {
  readonly receivables: Money
  readonly captured: Money
  readonly reserved: Money
  readonly total: Money
}

/** The whole exposure in minor units. */
export function totalExposureMinor({ receivablesMinor, capturedMinor, reservedMinor }: ExposureMinor): number {
  return receivablesMinor + capturedMinor + reservedMinor
}

/** Exposure with its parts as money. */
export function exposureOf(exposure: ExposureMinor, currency: string): Exposure {
  return {
    receivables: toMoney(exposure.receivablesMinor, currency),
    captured: toMoney(exposure.capturedMinor, currency),
    reserved: toMoney(exposure.reservedMinor, currency),
    total: toMoney(totalExposureMinor(exposure), currency)
  }
}

/** Whether the limit is in force on a day; the last day of its validity counts. */
export function isLimitValid({ limitValidUntil }: LimitInForce, today: BusinessDate): boolean {
  return limitValidUntil === null || daysBetween(today, limitValidUntil) >= 0
}

/**
 * Limit less exposure, in minor units; null when the limit is unlimited. Negative when the account is over its limit.
 * A limit that is not valid on the day grants nothing.
 */
export function availableMinor(limit: LimitInForce, exposure: ExposureMinor, today: BusinessDate): number | null {
  const valid = isLimitValid(limit, today)
  if (limit.limitMode === 'unlimited' && valid) return null
  const granted = limit.limitMode === 'limited' && valid ? limit.limitMinor : 0
  return granted - totalExposureMinor(exposure)
}
