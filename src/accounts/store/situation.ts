import { type RawBuilder, sql } from 'kysely'
import type { Reader, Situation } from '../../database.ts'
import type { CustomerId } from '../../ids.ts'
import { columnsOf } from '../../platform/database/columns.ts'

/** A customer whose situation is wanted, with what depends on the currency of its account. */
export interface AskedSituation {
  readonly customerId: CustomerId
  /** Invoices with less than this open are too small to be the oldest. */
  readonly itemMinimumMinor: number
  /** Minor units of one major unit: 100 for most currencies. */
  readonly minorPerMajor: number
}

const ASKED = columnsOf<AskedSituation>({ customerId: 'text', itemMinimumMinor: 'bigint', minorPerMajor: 'bigint' })

/**
 * The situations of some customers on one day, in one statement. A customer without an account has
 * an empty situation.
 */
export async function situationsOf(
  db: Reader,
  asked: readonly AskedSituation[],
  { today, horizonDays }: { today: string; horizonDays: number }
): Promise<Map<CustomerId, Situation>> {
  const one = {
    customerId: sql`asked.customer_id`,
    itemMinimumMinor: sql`asked.item_minimum_minor`,
    minorPerMajor: sql`asked.minor_per_major`
  }
  const { rows } = await sql<{ customerId: CustomerId; situation: Situation }>`
    select asked.customer_id, ${situationOf(one, { today: sql`${today}::date`, horizonDays })} as situation
    from ${ASKED.table(asked)} as asked`.execute(db)
  return new Map(rows.map(({ customerId, situation }) => [customerId, situation]))
}

/**
 * Selects the situation of a customer on a day. Its work grows with the days since the oldest open
 * due date and with the days of a year, never with the number of invoices. Unapplied receipts are
 * the amount by which the open invoices exceed the receivables. Reservations count until they are
 * resolved, as in the reserved amount of the account, even if their time is up.
 */
export function situationOf(
  { customerId, itemMinimumMinor, minorPerMajor }: Readonly<Record<keyof AskedSituation, RawBuilder<unknown>>>,
  { today, horizonDays }: { today: RawBuilder<unknown>; horizonDays: number }
): RawBuilder<Situation> {
  const figures = sql`'asOf', today, 'openMinor', open_minor, 'overdueMinor', greatest(overdue_minor - unapplied_minor, 0),
      'disputedMinor', disputed_minor, 'unappliedMinor', unapplied_minor, 'oldestDueOn', oldest_due_on,
      'overdueSeverity', ${inMajorUnits(sql`severity`)}, 'dunningLevel', dunning_level,
      'paymentDaysLate', payment_days_late, 'beyondHorizonMinor', orders_beyond_minor + reserved_beyond_minor,
      'security', json_build_object('coverMinor', cover_minor, 'validUntil', valid_until, 'lapsed', lapsed)`
  return sql`(
    select case when easing is null then json_build_object(${figures}) else json_build_object(${figures}, 'withoutEasing', easing) end
    from (
      select ${customerId} as customer_id, ${itemMinimumMinor} as item_minimum_minor, ${minorPerMajor} as minor_per_major,
        ${today} as today, ${today} + ${horizonDays}::integer as horizon) as one
    cross join lateral (
      select ${firstDueOn(sql`one.customer_id`)} as first_due_on, coalesce((
        select receivables_minor from credit_accounts where credit_accounts.customer_id = one.customer_id), 0) as receivables_minor,
        coalesce((
          select dunning_level from invoices where invoices.customer_id = one.customer_id and open_minor > 0 and not disputed
            and dunning_level > 0 order by dunning_level desc limit 1), 0) as dunning_level) as books
    cross join lateral (
      select coalesce(sum(open_minor), 0)::bigint as open_minor, coalesce(sum(open_disputed_minor), 0)::bigint as disputed_minor,
        (coalesce(sum(open_minor), 0) - receivables_minor)::bigint as unapplied_minor
      from ledger_days where ledger_days.customer_id = one.customer_id and day >= first_due_on) as open_invoices
    cross join lateral (${ageingOf(UNDISPUTED_DAYS)}) as ageing
    cross join lateral (
      select (
        select day from ledger_days
        cross join lateral (
          select invoices.open_minor from invoices
          where invoices.customer_id = one.customer_id and due_on = day and not disputed and invoices.open_minor > 0
          order by invoices.open_minor desc limit 1) as largest
        where ledger_days.customer_id = one.customer_id and day >= first_due_on and ledger_days.open_minor > open_disputed_minor
          and largest.open_minor >= one.item_minimum_minor
        order by day limit 1) as oldest_due_on) as oldest
    cross join lateral (
      select round(sum(received_minor_days) / nullif(sum(received_minor), 0), 1)::double precision as payment_days_late
      from ledger_days
      where ledger_days.customer_id = one.customer_id and day > (today - interval '12 months')::date and day <= today) as lateness
    cross join lateral (
      select coalesce(sum(open_minor), 0)::bigint as orders_beyond_minor from exposure_items
      where exposure_items.customer_id = one.customer_id and category = 'order' and state = 'open' and not statistical
        and ship_on > horizon) as items
    cross join lateral (
      select coalesce(sum(amount_minor - captured_minor - released_minor - expired_minor), 0)::bigint as reserved_beyond_minor
      from reservations where reservations.customer_id = one.customer_id and state = 'active' and ship_on > horizon) as held
    cross join lateral (${securityCover(sql`one.customer_id`, sql`today`)}) as secured
    left join lateral (${WITHOUT_EASING}) as without_easing on true)`
}

/** The due days that may be overdue, with what is open and not disputed of each. */
const UNDISPUTED_DAYS = sql`
  select day as due_on, open_minor - open_disputed_minor as undisputed_minor from ledger_days
  where ledger_days.customer_id = one.customer_id and day >= first_due_on and day < today`

/** Selects what is overdue on such days, and how severely after what is not applied. */
function ageingOf(dueDays: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select coalesce(sum(undisputed_minor), 0)::bigint as overdue_minor,
      coalesce(sum(greatest(least(undisputed_minor, so_far_minor - unapplied_minor), 0) * (today - due_on)), 0) as severity
    from (
      select due_on, undisputed_minor, sum(undisputed_minor) over (order by due_on) as so_far_minor
      from (${dueDays}) as due_days) as overdue`
}

/** A sum of minor units times days, in whole major units. */
function inMajorUnits(severity: RawBuilder<unknown>): RawBuilder<number> {
  return sql`least(floor(${severity} / minor_per_major), 9007199254740991)::bigint`
}

/** More invoices than these that were eased are not looked at. */
const EASED_MAX = 1_000

/**
 * Selects what the figures would be if every eased invoice counted from its first due day; no row:
 * there is none.
 */
const WITHOUT_EASING = sql`
  with eased as materialized (
    select eased_due_on, due_on, disputed, open_minor, invoices.dunning_level from invoices
    where invoices.customer_id = one.customer_id and open_minor > 0 and eased_due_on is not null
    order by eased_due_on limit ${sql.lit(EASED_MAX)})
  select json_build_object('invoices', (select count(*) from eased), 'overdueMinor', greatest(strict.overdue_minor - unapplied_minor, 0),
    'oldestDueOn', (select least(oldest_due_on, min(eased_due_on)) from eased where open_minor >= item_minimum_minor),
    'overdueSeverity', ${inMajorUnits(sql`strict.severity`)},
    'dunningLevel', (select greatest(books.dunning_level, max(eased.dunning_level)) from eased)) as easing
  from (${ageingOf(sql`
    select due_on, sum(undisputed_minor) as undisputed_minor
    from (
      ${UNDISPUTED_DAYS}
      union all select eased_due_on, open_minor from eased where eased_due_on < today
      union all select due_on, -open_minor from eased where not disputed and due_on < today) as moved
    group by due_on`)}) as strict
  where exists (select from eased)`

/** Selects the earliest due date of an open invoice; null when none is open. */
export function firstDueOn(customerId: RawBuilder<unknown>): RawBuilder<string | null> {
  return sql`(select due_on from invoices where invoices.customer_id = ${customerId} and invoices.open_minor > 0
    order by due_on, invoice_id limit 1)`
}

/** What security covers on one day, in the form of the situation. */
export type SecurityCover = Situation['security']

/**
 * Selects what the securities of a customer cover on a day. The cap is larger than any exposure.
 */
export function securityCover(customerId: RawBuilder<unknown>, day: RawBuilder<unknown>): RawBuilder<SecurityCover> {
  return sql`
    select least(coalesce(sum(floor(amount_minor * cover_share::numeric)) filter (where in_force), 0), 9007199254740991)::bigint as cover_minor,
      min(valid_until) filter (where in_force) as valid_until, min(security_id collate "C") filter (where required and not in_force) as lapsed
    from (
      select amount_minor, cover_share, valid_until, security_id, required,
        withdrawn_at is null and valid_from <= ${day} and (valid_until is null or valid_until >= ${day}) as in_force
      from securities where securities.customer_id = ${customerId}) as given`
}
