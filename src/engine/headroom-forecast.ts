import type { AccountFacts } from './check-facts.ts'
import { addDays, type BusinessDate } from './dates.ts'
import { type ExposureMinor, grantedMinor, totalExposureMinor } from './exposure.ts'
import { expectedDaysLate, expectedLots, type Outlook } from './outlook.ts'
import type { Policy } from './policy.ts'
import type { Situation } from './situation.ts'

/** How many days ahead a forecast looks at most. */
export const FORECAST_DAYS_MAX = 400

/** Why the available credit of an account changes on a day. */
export const FORECAST_CAUSES = ['invoices_paid', 'reservations_expired', 'limit_ended', 'security_ended'] as const
export type ForecastCause = (typeof FORECAST_CAUSES)[number]

export interface ForecastChange {
  readonly cause: ForecastCause
  /** By how much the available credit changes, in minor units; negative where it falls; null: there was no bound before. */
  readonly amountMinor: number | null
}

export interface ForecastPoint {
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
  /** What is owed and not expected on any day, in minor units. */
  readonly notExpected: {
    /** Later already than this customer pays. */
    readonly lateMinor: number
    readonly disputedMinor: number
    /** Delivered or held by the ERP's items, without a due date of an invoice. */
    readonly undatedMinor: number
  }
}

/** What a forecast rests on. */
export interface ForecastFacts {
  readonly account: Pick<AccountFacts, 'limitMode' | 'limitMinor' | 'limitValidUntil'> & ExposureMinor
  readonly situation: Situation
  readonly outlook: Outlook
  readonly today: BusinessDate
}

/**
 * The available credit by date, if invoices are paid as late as this customer pays, reservations expire as they stand, and nothing new
 * comes. It ends where the outlook is complete. What has no day of its own (deliveries without invoice, orders, disputes, money that should
 * have come already) is never expected: the forecast errs on the side of too little.
 */
export function headroomForecast(policy: Policy, facts: ForecastFacts, wantedUntil: BusinessDate): HeadroomForecast {
  const { account, situation, outlook, today } = facts
  const daysLate = expectedDaysLate(policy, situation)
  const lots = expectedLots(outlook.due, situation.unappliedMinor, daysLate, today)
  const latest = addDays(today, FORECAST_DAYS_MAX)
  const until = [wantedUntil, latest, outlook.completeUntil ?? latest].toSorted()[0] ?? latest
  const freed: Freed[] = [
    ...lots.flatMap(({ expectedOn, netMinor }) =>
      expectedOn === null || netMinor === 0
        ? []
        : [{ date: expectedOn, cause: 'invoices_paid' as const, amountMinor: netMinor }]
    ),
    ...outlook.expiring.map(({ freeOn, amountMinor }) => ({
      date: freeOn,
      cause: 'reservations_expired' as const,
      amountMinor
    }))
  ]
  const late = lots.filter(({ expectedOn }) => expectedOn === null)
  return {
    from: today,
    until,
    daysLate,
    daysLateBy: situation.paymentDaysLate === null ? 'policy' : 'own_payments',
    points: pointsOf(facts, freed, until),
    notExpected: {
      lateMinor: late.reduce((sum, { netMinor }) => sum + netMinor, 0),
      disputedMinor: situation.disputedMinor,
      undatedMinor: account.capturedMinor + account.ordersMinor + account.deliveriesMinor + account.specialMinor
    }
  }
}

/** Room that something gives back on a day. */
interface Freed {
  readonly date: BusinessDate
  readonly cause: 'invoices_paid' | 'reservations_expired'
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
    for (const cause of ['invoices_paid', 'reservations_expired'] as const) {
      const own = freed.filter((each) => each.date === date && each.cause === cause)
      const amountMinor = own.reduce((sum, each) => sum + each.amountMinor, 0)
      if (amountMinor > 0) changes.push({ cause, amountMinor })
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
