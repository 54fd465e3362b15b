import type { Deps } from '../../deps.ts'
import {
  addDays,
  DAYS_LATE_BY_NAMES,
  FORECAST_DAYS_MAX,
  headroomForecast,
  nameOfCause,
  statedDate,
  toMoney
} from '../../engine/index.ts'
import type { CustomerId } from '../../ids.ts'
import { fieldProblem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import { audienceOf, namedFor } from '../../wording/postings.ts'
import type { Headroom, HeadroomQuery } from '../schema.ts'
import { headroomFacts, headroomRows } from '../store/headroom.ts'
import { readWithFacts } from '../store.ts'
import texts from '../texts.json' with { type: 'json' }

const { details } = texts

/** The default length of a forecast, in days. */
const DAYS_DEFAULT = 90

/** The most due dates that a forecast reads: those of its own days, and as many overdue ones. */
const DATES_MAX = 2 * FORECAST_DAYS_MAX

/**
 * The available credit by date, all of one moment. Throws `customer-not-found`, and
 * `validation-error` for a day in the past or too far ahead.
 */
export async function readHeadroom(
  { db, clock, policy }: Pick<Deps, 'db' | 'clock' | 'policy'>,
  customerId: CustomerId,
  { until, reader }: HeadroomQuery
): Promise<Headroom> {
  const { account, now, today, facts } = await readWithFacts(db, clock, customerId, headroomFacts(clock, DATES_MAX))
  const last = until ?? addDays(today, DAYS_DEFAULT)
  const latest = addDays(today, FORECAST_DAYS_MAX)
  if (last < today || last > latest)
    throw fieldProblem(
      '/query/until',
      'out_of_range',
      said(details.outOfRange, { today: statedDate(today), latest: statedDate(latest) })
    )
  const { currency } = account
  const forecast = headroomForecast(policy, { account, today, ...headroomRows(facts, DATES_MAX) }, last)
  const money = (minor: number) => toMoney(minor, currency)
  const orNull = (minor: number | null) => (minor === null ? null : money(minor))
  const { notExpected, points, ...rest } = forecast
  const audience = audienceOf(reader)
  return {
    customerId,
    ...namedFor(rest, { daysLateBy: DAYS_LATE_BY_NAMES }, audience),
    points: points.map(({ date, availableMinor, changes }) => ({
      date,
      available: orNull(availableMinor),
      changes: changes.map(({ cause, amountMinor }) => ({
        cause,
        ...(audience === undefined ? {} : { name: nameOfCause(cause, audience) }),
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
