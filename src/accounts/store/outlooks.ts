import { type QueryExecutorProvider, type RawBuilder, sql } from 'kysely'
import type { CheckId, CustomerId } from '../../ids.ts'
import type { Clock } from '../../platform/database/clock.ts'
import { textArray, textTable } from '../../platform/database/text-array.ts'
import { firstDueOn } from './situation.ts'

/** What is expected to lower the exposure of an account, by date: see `Outlook` of the engine. */
export interface OutlookRows {
  readonly due: DueRow[]
  readonly expiring: ExpiryRow[]
  readonly completeUntil: string | null
}

export interface DueRow {
  readonly dueOn: string
  readonly openMinor: number
  readonly largestMinor: number
}

interface ExpiryRow {
  readonly freeOn: string
  readonly amountMinor: number
}

/** Due dates and days of expiry as they were selected: one more of each than was asked for. */
export type OutlookRead = Pick<OutlookRows, 'due' | 'expiring'>

/**
 * The outlooks of some accounts, one for each customer asked for. The reservations of the checks in
 * `without` are left out of them.
 */
export async function outlooksOf(
  db: QueryExecutorProvider,
  clock: Clock,
  customerIds: readonly CustomerId[],
  { now, datesMax, without }: { now: string; datesMax: number; without: readonly CheckId[] }
): Promise<ReadonlyMap<CustomerId, OutlookRows>> {
  const moment = { now: sql<string>`${now}::timestamptz`, datesMax, without }
  const { rows } = await sql<{ customerId: CustomerId; outlook: OutlookRead }>`
    select asked.customer_id, ${outlookOf(clock, sql`asked.customer_id`, moment)} as outlook
    from ${textTable(customerIds)} as asked (customer_id)`.execute(db)
  return new Map(rows.map(({ customerId, outlook }) => [customerId, outlookRows(outlook, datesMax)]))
}

/**
 * Selects the outlook of an account: the first `datesMax` due dates of undisputed open invoices,
 * and as many days with the active reservations that have expired by then, less the items that
 * count again.
 */
export function outlookOf(
  clock: Clock,
  customerId: RawBuilder<unknown>,
  { now, datesMax, without = [] }: { now: RawBuilder<string>; datesMax: number; without?: readonly CheckId[] }
): RawBuilder<OutlookRead> {
  const left = without.length === 0 ? sql`` : sql` and check_id <> all(${textArray(without)}::text[])`
  return sql`json_build_object('due', (
      select coalesce(json_agg(json_build_object('dueOn', due_on, 'openMinor', open_minor::bigint, 'largestMinor', largest_minor)
        order by due_on), '[]')
      from (
        select day as due_on, open_minor - open_disputed_minor as open_minor, largest_minor
        from (select ${firstDueOn(customerId)} as first_due_on) as books
        join ledger_days on ledger_days.customer_id = ${customerId} and day >= first_due_on and open_minor > open_disputed_minor
        cross join lateral (
          select invoices.open_minor as largest_minor from invoices
          where invoices.customer_id = ${customerId} and invoices.due_on = day and invoices.open_minor > 0 and not disputed
          order by invoices.open_minor desc limit 1
        ) as largest
        order by day limit ${datesMax + 1}
      ) as lots), 'expiring', (
      select coalesce(json_agg(json_build_object('freeOn', free_on, 'amountMinor', amount_minor::bigint) order by free_on), '[]')
      from (
        select (${clock.dayOf(sql`expires_at`)} + 1)::date as free_on,
          sum(amount_minor - captured_minor - released_minor - expired_minor - coalesce(held_minor, 0)) as amount_minor
        from reservations
        left join (select held_by as check_id, sum(open_minor) as held_minor from exposure_items
          where exposure_items.customer_id = ${customerId} and state = 'held' group by held_by) as held using (check_id)
        where reservations.customer_id = ${customerId} and state = 'active' and expires_at > ${now}${left}
        group by free_on order by free_on limit ${datesMax + 1}
      ) as lots))`
}

/** An outlook as it was selected, up to the day to which both of its lists are complete. */
export function outlookRows({ due, expiring }: OutlookRead, datesMax: number): OutlookRows {
  const ends = [
    due.length > datesMax ? due[datesMax - 1]?.dueOn : undefined,
    expiring.length > datesMax ? expiring[datesMax - 1]?.freeOn : undefined
  ].flatMap((end) => (end === undefined ? [] : [end]))
  return {
    due: due.slice(0, datesMax),
    expiring: expiring.slice(0, datesMax),
    completeUntil: ends.toSorted()[0] ?? null
  }
}
