import type { Deps } from '../../deps.ts'
import {
  addDays,
  amountIn,
  emptySituation,
  FORECAST_DAYS_MAX,
  headroomForecast,
  minorPerMajor,
  nameOfCause,
  toMoney
} from '../../engine/index.ts'
import type { CustomerId } from '../../ids.ts'
import { fieldProblem } from '../../platform/values/problem.ts'
import type { Headroom, HeadroomQuery } from '../schema.ts'
import { dueItems, outlooksOf } from '../store/outlooks.ts'
import { situationsOf } from '../store/situation.ts'
import { readCurrentAccount } from '../store.ts'

/** The default length of a forecast, in days. */
const DAYS_DEFAULT = 90

/** The most due dates that a forecast reads: those of its own days, and as many overdue ones. */
const DATES_MAX = 2 * FORECAST_DAYS_MAX

/**
 * The available credit by date. Throws `customer-not-found`, and `validation-error` for a day in
 * the past or too far ahead.
 */
export async function readHeadroom(
  { db, clock, policy }: Pick<Deps, 'db' | 'clock' | 'policy'>,
  customerId: CustomerId,
  { until, reader }: HeadroomQuery
): Promise<Headroom> {
  const { account, now, today } = await readCurrentAccount(db, clock, customerId)
  const last = until ?? addDays(today, DAYS_DEFAULT)
  const latest = addDays(today, FORECAST_DAYS_MAX)
  if (last < today || last > latest)
    throw fieldProblem('/query/until', 'out_of_range', `until is a day from ${today} to ${latest}.`)
  const { currency } = account
  const itemMinimumMinor = amountIn(policy.check.oldestOverdue.minimumAmount, currency)
  const asked = [{ customerId, itemMinimumMinor, minorPerMajor: minorPerMajor(currency) }]
  const situations = await situationsOf(db, asked, { today, horizonDays: policy.check.horizonDays })
  const outlooks = await outlooksOf(db, clock, [customerId], now, DATES_MAX)
  const forecast = headroomForecast(
    policy,
    {
      account,
      situation: situations.get(customerId) ?? emptySituation(today),
      outlook: outlooks.get(customerId) ?? { due: [], expiring: [], completeUntil: null },
      items: await dueItems(db, customerId, now, DATES_MAX),
      today
    },
    last
  )
  const money = (minor: number) => toMoney(minor, currency)
  const orNull = (minor: number | null) => (minor === null ? null : money(minor))
  const { notExpected, points, ...rest } = forecast
  return {
    customerId,
    ...rest,
    points: points.map(({ date, availableMinor, changes }) => ({
      date,
      available: orNull(availableMinor),
      changes: changes.map(({ cause, amountMinor }) => ({
        cause,
        ...(reader === undefined ? {} : { name: nameOfCause(cause) }),
        amount: orNull(amountMinor)
      }))
    })),
    notExpected: {
      late: money(notExpected.lateMinor),
      disputed: money(notExpected.disputedMinor),
      undated: money(notExpected.undatedMinor)
    },
    asOf: now
  }
}
