import { type ExposureMinor, grantedMinor, totalExposureMinor } from '../ledger/exposure.ts'
import type { Situation } from '../ledger/situation.ts'
import type { Policy } from '../policy/policy.ts'
import { addDays, type BusinessDate } from '../values/dates.ts'
import type { AccountFacts } from './check-facts.ts'
import { type DueLot, expectedDaysLate, expectedLots, type Outlook } from './outlook.ts'

/** The longest forecast, in days. */
export const FORECAST_DAYS_MAX = 400

/** Why the available credit of an account changes on a day. */
export const FORECAST_CAUSES = [
  'invoices_paid',
  'items_paid',
  'reservations_expired',
  'limit_ended',
  'security_ended'
] as const
export type ForecastCause = (typeof FORECAST_CAUSES)[number]

interface ForecastChange {
  readonly cause: ForecastCause
  /**
   * By how much the available credit changes, in minor units; negative where it falls; null: there
   * was no bound before.
   */
  readonly amountMinor: number | null
}

interface ForecastPoint {
  readonly date: BusinessDate
  /** From this day on, in minor units; null: unlimited. */
  readonly availableMinor: number | null
  readonly changes: readonly ForecastChange[]
}

/** The available credit of an account by date, with what it rests on. */
export interface HeadroomForecast {
  readonly from: BusinessDate
  readonly until: BusinessDate
  /** By how many days payment is expected after the due date. */
  readonly daysLate: number
  /** Whether that is the customer's own record or what the policy allows an ordinary payment. */
  readonly daysLateBy: 'own_payments' | 'policy'
  /** The day itself first, then every day on which something changes, in order. */
  readonly points: readonly ForecastPoint[]
  /** Owed, but not expected on any day, in minor units. */
  readonly notExpected: {
    /** Already later than this customer usually pays. */
    readonly lateMinor: number
    readonly disputedMinor: number
    /** Delivered, or held as items of the ERP, without a due date. */
    readonly undatedMinor: number
  }
}

/**
 * Orders, deliveries and special items of the ledger that are open, owed and not disputed, by their
 * due date.
 */
interface DueItems {
  /** The earliest first, one for each day; in minor units, more than 0. */
  readonly due: readonly Pick<DueLot, 'dueOn' | 'openMinor'>[]
  /** The last day up to which nothing is missing; null: everything is here. */
  readonly completeUntil: BusinessDate | null
}

/** What a forecast rests on. */
export interface ForecastFacts {
  readonly account: Pick<AccountFacts, 'limitMode' | 'limitMinor' | 'limitValidUntil'> & ExposureMinor
  readonly situation: Pick<Situation, 'disputedMinor' | 'unappliedMinor' | 'paymentDaysLate' | 'security'>
  readonly outlook: Outlook
  readonly items: DueItems
  readonly today: BusinessDate
}

/**
 * The available credit by date, if invoices and items with a due date are paid as late as this
 * customer usually pays, reservations expire as they stand, and nothing new comes. It ends where
 * the outlook or the items are complete. Disputes, items without a due date and money that is
 * already late are never expected: the forecast errs on the side of too little.
 *
 * Lateness is one figure, the mean of the customer's own payments weighted by amount and rounded
 * up, not their distribution: when one half is paid at once and the other after sixty days,
 * everything is expected after thirty.
 */
export function headroomForecast(policy: Policy, facts: ForecastFacts, wantedUntil: BusinessDate): HeadroomForecast {
  const { account, situation, outlook, items, today } = facts
  const daysLate = expectedDaysLate(policy, situation)
  const lots = expectedLots(outlook.due, situation.unappliedMinor, daysLate, today)
  const latest = addDays(today, FORECAST_DAYS_MAX)
  const ends = [wantedUntil, latest, outlook.completeUntil ?? latest, items.completeUntil ?? latest]
  const until = ends.toSorted()[0] ?? latest
  const expectedItems = items.due.map(({ dueOn, openMinor }) => ({ date: addDays(dueOn, daysLate), openMinor }))
  const freed: Freed[] = [
    ...lots.flatMap(({ expectedOn, netMinor }) =>
      expectedOn === null || netMinor === 0
        ? []
        : [{ date: expectedOn, cause: 'invoices_paid' as const, amountMinor: netMinor }]
    ),
    ...expectedItems.flatMap(({ date, openMinor }) =>
      date > today ? [{ date, cause: 'items_paid' as const, amountMinor: openMinor }] : []
    ),
    ...outlook.expiring.map(({ freeOn, amountMinor }) => ({
      date: freeOn,
      cause: 'reservations_expired' as const,
      amountMinor
    }))
  ]
  const lateLots = lots.filter(({ expectedOn }) => expectedOn === null)
  const lateItems = expectedItems.filter(({ date }) => date <= today)
  const itemsMinor = account.capturedMinor + account.ordersMinor + account.deliveriesMinor + account.specialMinor
  return {
    from: today,
    until,
    daysLate,
    daysLateBy: situation.paymentDaysLate === null ? 'policy' : 'own_payments',
    points: pointsOf(facts, freed, until),
    notExpected: {
      lateMinor: lateLots.reduce((sum, { netMinor }) => sum + netMinor, 0) + openOf(lateItems),
      disputedMinor: situation.disputedMinor,
      undatedMinor: itemsMinor - openOf(items.due)
    }
  }
}

function openOf(items: readonly { readonly openMinor: number }[]): number {
  return items.reduce((sum, { openMinor }) => sum + openMinor, 0)
}

/** What gives room back on a day. */
const FREEING = ['invoices_paid', 'items_paid', 'reservations_expired'] as const satisfies readonly ForecastCause[]

/** The room that something gives back on a day. */
interface Freed {
  readonly date: BusinessDate
  readonly cause: (typeof FREEING)[number]
  readonly amountMinor: number
}

function pointsOf(facts: ForecastFacts, freed: readonly Freed[], until: BusinessDate): ForecastPoint[] {
  const { account, situation, today } = facts
  const { security } = situation
  const ends = [account.limitValidUntil, security.validUntil].flatMap((last) =>
    last === null ? [] : [addDays(last, 1)]
  )
  const dates = [...freed.map(({ date }) => date), ...ends].filter((date) => date > today && date <= until)
  let room = roomOn(facts, today, 0)
  const points: ForecastPoint[] = [{ date: today, availableMinor: room, changes: [] }]
  let freedMinor = 0
  for (const date of [...new Set(dates)].toSorted()) {
    const changes: ForecastChange[] = []
    for (const cause of FREEING) {
      const own = freed.filter((each) => each.date === date && each.cause === cause)
      const amountMinor = own.reduce((sum, each) => sum + each.amountMinor, 0)
      if (amountMinor !== 0) changes.push({ cause, amountMinor })
      freedMinor += amountMinor
    }
    if (account.limitValidUntil !== null && date === addDays(account.limitValidUntil, 1)) {
      const granted = grantedMinor(account, account.limitValidUntil)
      changes.push({ cause: 'limit_ended', amountMinor: granted === null ? null : 0 - granted })
    }
    if (security.validUntil !== null && date === addDays(security.validUntil, 1))
      changes.push({ cause: 'security_ended', amountMinor: 0 - security.coverMinor })
    room = roomOn(facts, date, freedMinor)
    points.push({ date, availableMinor: room, changes })
  }
  return points
}

function roomOn(
  { account, situation: { security } }: ForecastFacts,
  date: BusinessDate,
  freedMinor: number
): number | null {
  const granted = grantedMinor(account, date)
  const cover = security.validUntil !== null && security.validUntil < date ? 0 : security.coverMinor
  return granted === null ? null : granted + cover - totalExposureMinor(account) + freedMinor
}
