import { type RawBuilder, sql } from 'kysely'
import type { ItemisedCategory, Reader } from '../../database.ts'
import type { CustomerId } from '../../ids.ts'
import type { Clock } from '../../platform/database/clock.ts'
import { firstDueOn, type SecurityCover, securityCover } from './situation.ts'

/**
 * The amount of one category, in minor units of the account's currency; below zero when it lowers
 * exposure.
 */
export interface CategorySums {
  readonly category: ItemisedCategory
  readonly grossMinor: number
  readonly statisticalMinor: number
  readonly beyondHorizonMinor: number
  readonly disputedMinor: number
}

/**
 * Whether an exposure item counts at an instant. A reservation whose time is up no longer holds it,
 * even if nothing has ended the reservation.
 */
export function countsAt(now: RawBuilder<string>): RawBuilder<boolean> {
  return sql<boolean>`(state = 'open' or (state = 'held' and held_until <= ${now}))`
}

/**
 * Open amounts by category, from the documents themselves, read beside their account; for captured
 * reservations that knows the sum. A reservation whose time is up no longer counts, and its items
 * count again. Categories without an open amount are left out.
 */
export function openCategoriesFact(clock: Clock, horizonDays: number): RawBuilder<CategorySums[]> {
  const now = sql<string>`account.read_at`
  return sql`(
    select coalesce(json_agg(json_build_object('category', category, 'grossMinor', gross_minor, 'statisticalMinor', statistical_minor,
      'beyondHorizonMinor', beyond_horizon_minor, 'disputedMinor', disputed_minor)), '[]')
    from (
      select category, coalesce(sum(open_minor), 0)::bigint as gross_minor,
        coalesce(sum(open_minor) filter (where statistical), 0)::bigint as statistical_minor,
        coalesce(sum(open_minor) filter (where not statistical and category = 'order' and ship_on > ${clock.dayOf(now)} + ${horizonDays}::integer), 0)::bigint
          as beyond_horizon_minor,
        coalesce(sum(open_minor) filter (where not statistical and disputed), 0)::bigint as disputed_minor
      from (
        select category, open_minor, statistical, ship_on, disputed from exposure_items
          where exposure_items.customer_id = account.customer_id and ${countsAt(now)}
        union all
        select 'order', amount_minor - captured_minor - released_minor - expired_minor, false, ship_on, false from reservations
          where reservations.customer_id = account.customer_id and state = 'active' and expires_at > ${now}
        union all
        select 'delivery', account.captured_minor, false, null, false
        union all
        select 'invoice', open_of_day, false, null, is_disputed from ledger_days cross join lateral (
            values (open_minor - open_disputed_minor, false), (open_disputed_minor, true)) as parts (open_of_day, is_disputed)
          where ledger_days.customer_id = account.customer_id and day >= ${firstDueOn(sql`account.customer_id`)} and open_of_day > 0
        union all
        select case kind when 'credit_note' then 'credit_note' else 'unapplied_cash' end, -unapplied_minor, false, null, false from credits
          where credits.customer_id = account.customer_id and unapplied_minor > 0
      ) as documents group by category) as sums)`
}

/** The amounts by category at the end of a day. */
export type CountedSums = Readonly<Record<ItemisedCategory, number>>

/**
 * The amounts by category that the journal had recorded by the end of a day: a document recorded
 * later counts from then on, whatever its date. It reads the whole journal of the customer up to
 * that day.
 */
export async function recordedCategories(
  db: Reader,
  clock: Clock,
  customerId: CustomerId,
  asOf: string
): Promise<CountedSums> {
  const { rows } = await sql<CountedSums>`
    with entries as (
      select type, payload, payload -> 'moves' as moves, coalesce(applied, 0) as applied,
        case type when 'credit.allocated' then payload ->> 'kind' when 'payment.recorded' then 'payment' when 'discount.recorded' then 'discount'
          else 'credit_note' end as kind
      from (select type, payload::jsonb as payload from journal
        where customer_id = ${customerId} and ${clock.dayOf(sql`at`)} <= ${asOf}::date) as entry
      left join lateral (
        select sum((part ->> 'amountMinor')::bigint) as applied from jsonb_array_elements(payload -> 'allocations') as part
      ) as allocated on type in ('payment.recorded', 'credit_note.recorded', 'discount.recorded', 'credit.allocated'))
    select
      ${moved('ordersMinor')} + ${moved('reservedMinor')} as "order",
      ${moved('deliveriesMinor')} + ${moved('capturedMinor')} as delivery,
      ${moved('specialMinor')} as special,
      ${moved('receivablesMinor', sql`type in ('invoice.recorded', 'invoice.changed')`)} + ${reconciled('invoiceMinor')}
        - coalesce(sum(applied), 0)::bigint as invoice,
      ${moved('receivablesMinor', sql`type in ('credit_note.recorded', 'credit.allocated') and kind = 'credit_note'`)} + ${reconciled('creditNoteMinor')}
        + coalesce(sum(applied) filter (where kind = 'credit_note'), 0)::bigint as credit_note,
      ${moved('receivablesMinor', sql`type in ('payment.recorded', 'credit.allocated') and kind = 'payment'`)} + ${reconciled('unappliedCashMinor')}
        + coalesce(sum(applied) filter (where kind = 'payment'), 0)::bigint as unapplied_cash
    from entries`.execute(db)
  const [sums] = rows
  if (sums === undefined) throw new Error('an aggregate without groups answers one row')
  const { order, delivery, invoice, special } = sums
  const { creditNote, unappliedCash } = sums as unknown as Record<'creditNote' | 'unappliedCash', number>
  return { order, delivery, invoice, credit_note: creditNote, unapplied_cash: unappliedCash, special }
}

function moved(amount: string, where: RawBuilder<unknown> = sql`true`): RawBuilder<number> {
  return sql`coalesce(sum((moves ->> ${sql.lit(amount)})::bigint) filter (where ${where}), 0)::bigint`
}

/** What reconciliations moved of one part of the receivables. */
function reconciled(part: string): RawBuilder<number> {
  return sql`coalesce(sum((payload -> 'receivables' ->> ${sql.lit(part)})::bigint) filter (where type = 'reconciliation.applied'), 0)::bigint`
}

/** What the securities of a customer cover today, read beside its account. */
export function coverFact(clock: Clock): RawBuilder<SecurityCover> {
  return sql`(
    select json_build_object('coverMinor', cover_minor, 'validUntil', valid_until, 'lapsed', lapsed)
    from (${securityCover(sql`account.customer_id`, clock.dayOf(sql`account.read_at`))}) as secured)`
}
