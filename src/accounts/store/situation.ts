import { type RawBuilder, sql } from 'kysely'
import type { Reader, Situation } from '../../database.ts'

/** One customer whose situation is asked for, with what depends on the currency of its account. */
export interface AskedSituation {
  readonly customerId: string
  /** Invoices of which less than this is open are too small to be the oldest. */
  readonly itemMinimumMinor: number
  /** Minor units of one major unit: 100 for most currencies. */
  readonly minorPerMajor: number
}

/**
 * How many payments the lateness of a customer is read from at most, the last ones first: a bound
 * on the work, not a rule.
 */
const PAYMENTS_MAX = 10_000

/**
 * The situations of some customers on one day, in one statement. Its work grows with what is open
 * and with a year's payments, never with the history before. Reservations count until they are
 * resolved, like in the account's reserved amount, whether or not their time is up. A customer
 * without an account has an empty situation.
 */
export async function situationsOf(
  db: Reader,
  asked: readonly AskedSituation[],
  { today, horizonDays }: { today: string; horizonDays: number }
): Promise<Map<string, Situation>> {
  const ids = asked.map(({ customerId }) => customerId)
  const minimums = asked.map(({ itemMinimumMinor }) => itemMinimumMinor)
  const units = asked.map(({ minorPerMajor }) => minorPerMajor)
  const { rows } = await sql<SituationRow>`
    select asked.customer_id, open_minor, greatest(overdue_minor - unapplied_minor, 0) as overdue_minor, disputed_minor, unapplied_minor,
      oldest_due_on, least(floor(severity / minor_per_major), 9007199254740991)::bigint as overdue_severity, dunning_level,
      payment_days_late, orders_beyond_minor + reserved_beyond_minor as beyond_horizon_minor, cover_minor, valid_until, lapsed
    from (select ${today}::date as today, ${today}::date + ${horizonDays}::integer as horizon) as day
    cross join unnest(${ids}::text[], ${minimums}::bigint[], ${units}::bigint[]) as asked (customer_id, minimum_minor, minor_per_major)
    cross join lateral (
      select coalesce(sum(unapplied_minor), 0)::bigint as unapplied_minor from credits
      where customer_id = asked.customer_id and unapplied_minor > 0) as cash
    cross join lateral (
      select coalesce(sum(open_minor), 0)::bigint as open_minor,
        coalesce(sum(open_minor) filter (where overdue), 0)::bigint as overdue_minor,
        coalesce(sum(open_minor) filter (where disputed), 0)::bigint as disputed_minor,
        min(due_on) filter (where not disputed and open_minor >= asked.minimum_minor) as oldest_due_on,
        coalesce(max(dunning_level) filter (where not disputed), 0) as dunning_level,
        coalesce(sum(greatest(least(open_minor, overdue_so_far - unapplied_minor), 0) * (today - due_on)) filter (where overdue), 0) as severity
      from (
        select open_minor, due_on, disputed, dunning_level, not disputed and due_on < today as overdue,
          sum(open_minor) filter (where not disputed and due_on < today) over (order by due_on rows unbounded preceding) as overdue_so_far
        from invoices where customer_id = asked.customer_id and open_minor > 0) as open_invoices) as ageing
    cross join lateral (
      select round(sum(paid.amount_minor::numeric * greatest(settled_on - due_on, 0)) / nullif(sum(paid.amount_minor), 0), 1)::double precision as payment_days_late
      from (
        select customer_id, invoice_id, amount_minor, settled_on from allocations
        where customer_id = asked.customer_id and kind = 'payment' and settled_on > (today - interval '12 months')::date and settled_on <= today
        order by settled_on desc, credit_id, invoice_id limit ${sql.lit(PAYMENTS_MAX)}) as paid
      join invoices using (customer_id, invoice_id)) as lateness
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

type SituationRow = Omit<Situation, 'asOf' | 'security'> & SecurityCover & { readonly customerId: string }

/** What security covers on one day, as the situation says it. */
export type SecurityCover = Situation['security']

/**
 * Selects what the securities of a customer cover on a day. No exposure is as large as what it is
 * capped at.
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
