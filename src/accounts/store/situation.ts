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
 * The situations of some customers on one day, in one statement. Its work grows with the days since
 * the oldest open due date and with the days of a year, never with the number of invoices.
 * Unapplied receipts are the amount by which the open invoices exceed the receivables. Reservations
 * count until they are resolved, as in the reserved amount of the account, even if their time is
 * up. A customer without an account has an empty situation.
 */
export async function situationsOf(
  db: Reader,
  asked: readonly AskedSituation[],
  { today, horizonDays }: { today: string; horizonDays: number }
): Promise<Map<CustomerId, Situation>> {
  const { rows } = await sql<SituationRow>`
    select asked.customer_id, open_minor, greatest(overdue_minor - unapplied_minor, 0) as overdue_minor, disputed_minor, unapplied_minor,
      oldest_due_on, least(floor(severity / minor_per_major), 9007199254740991)::bigint as overdue_severity, dunning_level,
      payment_days_late, orders_beyond_minor + reserved_beyond_minor as beyond_horizon_minor, cover_minor, valid_until, lapsed
    from (select ${today}::date as today, ${today}::date + ${horizonDays}::integer as horizon) as day
    cross join ${ASKED.table(asked)} as asked
    cross join lateral (
      select ${firstDueOn(sql`asked.customer_id`)} as first_due_on, coalesce((
        select receivables_minor from credit_accounts where credit_accounts.customer_id = asked.customer_id), 0) as receivables_minor,
        coalesce((
          select dunning_level from invoices where invoices.customer_id = asked.customer_id and open_minor > 0 and not disputed
            and dunning_level > 0 order by dunning_level desc limit 1), 0) as dunning_level) as books
    cross join lateral (
      select coalesce(sum(open_minor), 0)::bigint as open_minor, coalesce(sum(open_disputed_minor), 0)::bigint as disputed_minor,
        (coalesce(sum(open_minor), 0) - receivables_minor)::bigint as unapplied_minor
      from ledger_days where customer_id = asked.customer_id and day >= first_due_on) as open_invoices
    cross join lateral (
      select coalesce(sum(undisputed_minor), 0)::bigint as overdue_minor,
        coalesce(sum(greatest(least(undisputed_minor, so_far_minor - unapplied_minor), 0) * (today - due_on)), 0) as severity
      from (
        select day as due_on, open_minor - open_disputed_minor as undisputed_minor,
          sum(open_minor - open_disputed_minor) over (order by day) as so_far_minor
        from ledger_days where customer_id = asked.customer_id and day >= first_due_on and day < today) as overdue) as ageing
    cross join lateral (
      select (
        select day from ledger_days
        cross join lateral (
          select invoices.open_minor from invoices where customer_id = asked.customer_id and due_on = day and not disputed and invoices.open_minor > 0
          order by invoices.open_minor desc limit 1) as largest
        where customer_id = asked.customer_id and day >= first_due_on and ledger_days.open_minor > open_disputed_minor
          and largest.open_minor >= asked.item_minimum_minor
        order by day limit 1) as oldest_due_on) as oldest
    cross join lateral (
      select round(sum(received_minor_days) / nullif(sum(received_minor), 0), 1)::double precision as payment_days_late
      from ledger_days
      where customer_id = asked.customer_id and day > (today - interval '12 months')::date and day <= today) as lateness
    cross join lateral (
      select coalesce(sum(open_minor), 0)::bigint as orders_beyond_minor from exposure_items
      where customer_id = asked.customer_id and category = 'order' and state = 'open' and not statistical and ship_on > horizon) as items
    cross join lateral (
      select coalesce(sum(amount_minor - captured_minor - released_minor - expired_minor), 0)::bigint as reserved_beyond_minor
      from reservations where customer_id = asked.customer_id and state = 'active' and ship_on > horizon) as held
    cross join lateral (${securityCover(sql`asked.customer_id`, sql`today`)}) as secured`.execute(db)
  return new Map(
    rows.map(({ customerId, coverMinor, validUntil, lapsed, ...items }) => {
      const security = { coverMinor, validUntil, lapsed }
      return [customerId, { asOf: today, ...items, security }]
    })
  )
}

type SituationRow = Omit<Situation, 'asOf' | 'security'> & SecurityCover & { readonly customerId: CustomerId }

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
      from securities where customer_id = ${customerId}) as given`
}
