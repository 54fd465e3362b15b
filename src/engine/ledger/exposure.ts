import { type BusinessDate, daysBetween } from '../values/dates.ts'
import { type Money, toMoney } from '../values/money.ts'

/** What an account owes and may come to owe, by category, in minor units of its currency. */
export interface ExposureMinor {
  /**
   * Open invoices less what was received and not applied; negative when the customer has paid
   * ahead.
   */
  readonly receivablesMinor: number
  /**
   * Captured reservations whose invoice is not recorded yet, 0 or more: deliveries that this
   * service knows by their check.
   */
  readonly capturedMinor: number
  /** Open amounts of active reservations, 0 or more. */
  readonly reservedMinor: number
  /** Open orders that the ERP keeps as items of the ledger, without a reservation, 0 or more. */
  readonly ordersMinor: number
  /** Deliveries not invoiced yet that the ERP keeps as items of the ledger, 0 or more. */
  readonly deliveriesMinor: number
  /** Special items such as down payments and provisions; negative ones lower what is owed. */
  readonly specialMinor: number
}

/** The categories of an exposure, in the order in which they are answered. */
const EXPOSURE_CATEGORIES = [
  'receivables',
  'captured',
  'reserved',
  'orders',
  'deliveries',
  'special'
] as const satisfies readonly CategoryOf<keyof ExposureMinor>[]
type CategoryOf<Name> = Name extends `${infer Category}Minor` ? Category : never
type ExposureCategory = (typeof EXPOSURE_CATEGORIES)[number]

/**
 * What a limit means. `none`: no credit, and none was decided. `cash_only`: payment before delivery
 * only.
 */
export const LIMIT_MODES = ['none', 'limited', 'unlimited', 'cash_only'] as const
export type LimitMode = (typeof LIMIT_MODES)[number]

/** The limit of an account as it stands. */
export interface LimitInForce {
  readonly limitMode: LimitMode
  readonly limitMinor: number
  readonly limitValidUntil: BusinessDate | null
}

/** Exposure as it is answered: every category and their sum, so that nobody has to add. */
export interface Exposure extends Readonly<Record<ExposureCategory, Money>> {
  readonly total: Money
}

/**
 * The whole exposure in minor units. Each category is within AMOUNT_MINOR_MAX, so the sum is exact.
 */
export function totalExposureMinor({
  receivablesMinor,
  capturedMinor,
  reservedMinor,
  ordersMinor,
  deliveriesMinor,
  specialMinor
}: ExposureMinor): number {
  return receivablesMinor + capturedMinor + reservedMinor + ordersMinor + deliveriesMinor + specialMinor
}

/** Exposure with its categories as money. */
export function exposureOf(exposure: ExposureMinor, currency: string): Exposure {
  return {
    receivables: toMoney(exposure.receivablesMinor, currency),
    captured: toMoney(exposure.capturedMinor, currency),
    reserved: toMoney(exposure.reservedMinor, currency),
    orders: toMoney(exposure.ordersMinor, currency),
    deliveries: toMoney(exposure.deliveriesMinor, currency),
    special: toMoney(exposure.specialMinor, currency),
    total: toMoney(totalExposureMinor(exposure), currency)
  }
}

/**
 * The part of an exposure that counts against the limit, in minor units: without what security
 * covers, and security never turns a debt into a credit. `coverMinor` is 0 or more.
 */
export function countedMinor(totalMinor: number, coverMinor: number): number {
  return totalMinor - Math.min(Math.max(totalMinor, 0), coverMinor)
}

/** Whether the limit is in force on a day; the last day of its validity counts. */
export function isLimitValid({ limitValidUntil }: LimitInForce, today: BusinessDate): boolean {
  return limitValidUntil === null || daysBetween(today, limitValidUntil) >= 0
}

/**
 * What the limit grants on a day, in minor units: null without bound, 0 when it is not in force or
 * there is none.
 */
export function grantedMinor(limit: LimitInForce, today: BusinessDate): number | null {
  if (!isLimitValid(limit, today)) return 0
  if (limit.limitMode === 'unlimited') return null
  return limit.limitMode === 'limited' ? limit.limitMinor : 0
}

/**
 * The largest amount by which the exposure may still grow, in minor units: an exposure that comes
 * to `exposure + available` counts for exactly what the limit grants. That is limit + cover −
 * exposure. Null when the limit is unlimited; negative when the account is over its limit. A limit
 * that is not valid on the day grants nothing.
 */
export function availableMinor(
  limit: LimitInForce,
  exposure: ExposureMinor,
  today: BusinessDate,
  coverMinor = 0
): number | null {
  const granted = grantedMinor(limit, today)
  return granted === null ? null : granted + coverMinor - totalExposureMinor(exposure)
}
