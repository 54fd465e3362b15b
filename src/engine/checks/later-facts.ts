import type { Situation } from '../ledger/situation.ts'
import { amountIn } from '../policy/check-policy.ts'
import type { Policy } from '../policy/policy.ts'
import { addDays, type BusinessDate, daysBetween } from '../values/dates.ts'
import { minorPerMajor, sumOf } from '../values/money.ts'
import type { CheckFacts } from './check-facts.ts'
import { type ExpectedLot, expectedDaysLate, expectedLots, type Outlook } from './outlook.ts'

/** The days after today on which something is expected to make room, the earliest first. */
export function eventDates(policy: Policy, facts: CheckFacts, outlook: Outlook): BusinessDate[] {
  const lots = lotsOf(policy, facts, outlook)
  const dates = [...lots.map(({ expectedOn }) => expectedOn), ...outlook.expiring.map(({ freeOn }) => freeOn)]
  const { completeUntil } = outlook
  const told = dates.flatMap((date) => (date === null ? [] : [date]))
  const within = told.filter((date) => date > facts.today && (completeUntil === null || date <= completeUntil))
  return [...new Set(within)].toSorted()
}

/**
 * The facts as they will stand on a later day if everything comes as the outlook expects: invoices
 * are paid as late as this customer pays, reservations expire, and what was not expected to be paid
 * goes on ageing. Limit, rating and security end when they end; the hour, the dunning level and the
 * age of the sources stay as they are. Every order counts as within the horizon.
 */
export function factsOn(policy: Policy, facts: CheckFacts, outlook: Outlook, date: BusinessDate): CheckFacts {
  const { account, order, now, today } = facts
  const lots = lotsOf(policy, facts, outlook)
  const paid = lots.filter(({ expectedOn }) => expectedOn !== null && expectedOn <= date)
  const freed = outlook.expiring.filter(({ freeOn }) => freeOn <= date)
  const left = lots.filter((lot) => !paid.includes(lot))
  const later = (instant: string) => `${addDays(instant.slice(0, 10), daysBetween(today, date))}${instant.slice(10)}`
  return {
    ...facts,
    account: {
      ...account,
      receivablesMinor: account.receivablesMinor - sumOf(paid, ({ netMinor }) => netMinor),
      reservedMinor: Math.max(0, account.reservedMinor - sumOf(freed, ({ amountMinor }) => amountMinor)),
      reconciledAt: account.reconciledAt === null ? null : later(account.reconciledAt)
    },
    situation: situationOn(policy, facts, left, paid, date),
    order: { ...order, shipOn: order.shipOn !== null && order.shipOn < date ? date : order.shipOn },
    now: later(now),
    today: date
  }
}

function lotsOf(policy: Policy, { situation, today }: CheckFacts, { due }: Outlook): ExpectedLot[] {
  return expectedLots(due, situation.unappliedMinor, expectedDaysLate(policy, situation), today)
}

function situationOn(
  policy: Policy,
  { account, situation: { withoutEasing: _today, ...situation } }: CheckFacts,
  left: readonly ExpectedLot[],
  paid: readonly ExpectedLot[],
  date: BusinessDate
): Situation {
  const { currency } = account
  const minimum = amountIn(policy.check.oldestOverdue.minimumAmount, currency)
  const overdue = left.filter(({ dueOn }) => dueOn < date)
  let severity = 0n
  for (const { dueOn, netMinor } of overdue) severity += BigInt(netMinor) * BigInt(daysBetween(dueOn, date))
  return {
    ...situation,
    asOf: date,
    openMinor: Math.max(0, situation.openMinor - sumOf(paid, ({ openMinor }) => openMinor)),
    overdueMinor: sumOf(overdue, ({ netMinor }) => netMinor),
    oldestDueOn: left.find(({ largestMinor }) => largestMinor >= minimum)?.dueOn ?? null,
    overdueSeverity: Math.min(Number.MAX_SAFE_INTEGER, Number(severity / BigInt(minorPerMajor(currency)))),
    beyondHorizonMinor: 0
  }
}
