import { type QueryExecutorProvider, type RawBuilder, sql } from 'kysely'
import type { RecordedInvoice, Row } from '../../database.ts'
import type { CheckId, CustomerId, InvoiceId, LimitDecisionId, OrderId } from '../../ids.ts'
import { textArray } from '../../platform/database/text-array.ts'

/**
 * What the auditor reads. Numbers come as texts where somebody could have written one that no
 * amount can be: that is a finding, and reading it must not fail. Customers are read in the order
 * of their ids, page by page, all of one page in one snapshot.
 */

/** An entry of any customer. */
export type AuditedEntry = Omit<Row<'journal'>, 'type'> & { readonly type: string }

/**
 * The customers of one page with their accounts, and what their books add up to; amounts in minor
 * units.
 */
export interface AuditedAccount {
  readonly customerId: CustomerId
  readonly hasAccount: boolean
  readonly currency: string
  readonly limitMode: Row<'creditAccounts'>['limitMode']
  readonly limitMinor: string
  readonly limitValidUntil: string | null
  readonly limitDecisionId: LimitDecisionId | null
  readonly termsDays: number | null
  readonly holdReason: string | null
  readonly grade: Row<'creditAccounts'>['grade']
  readonly ratingValidUntil: string | null
  readonly fileChange: Row<'creditAccounts'>['fileChange']
  readonly receivablesMinor: string
  readonly capturedMinor: string
  readonly reservedMinor: string
  readonly ordersMinor: string
  readonly deliveriesMinor: string
  readonly specialMinor: string
  readonly journalSeq: string
  readonly journalHash: string
  readonly openInvoicesMinor: string
  readonly unappliedMinor: string
  readonly waitingCapturesMinor: string
  readonly givenUpMinor: string
  readonly openReservationsMinor: string
  readonly openOrdersMinor: string
  readonly openDeliveriesMinor: string
  readonly openSpecialMinor: string
  readonly blockedOrders: string
  readonly openBlocks: string
  readonly checks: string
  readonly reservations: string
  readonly captures: string
  /** An invoice that is recorded and whose capture still counts beside it. */
  readonly countedTwice: string | null
  /** An item that is held by a reservation that has ended. */
  readonly countedNowhere: string | null
}

const sumOf = (amount: string, source: string) => sql.raw(`(select coalesce(sum(${amount}), 0)::text from ${source})`)
/** What of a capture counts as captured: see `countedMinor` of the captures. */
const COUNTED = 'case when invoiced_at is null then amount_minor - passed_minor - released_minor else excess_minor end'
const countOf = (table: string) =>
  sql.raw(`(select count(*)::text from ${table} where ${table}.customer_id = customers.customer_id)`)
const itemsOf = (category: string) =>
  sumOf(
    'open_minor',
    `exposure_items as i where i.customer_id = customers.customer_id and category = '${category}' and state = 'open' and not statistical`
  )

/** Customers after an id, in the order of their ids. */
export async function auditedAccounts(
  db: QueryExecutorProvider,
  afterId: CustomerId | '',
  limit: number
): Promise<AuditedAccount[]> {
  const own = 'customer_id = customers.customer_id'
  const { rows } = await sql<AuditedAccount>`
    select customers.customer_id, account.customer_id is not null as has_account, currency, limit_mode, limit_minor::text,
      limit_valid_until, limit_decision_id, terms_days, hold_reason, grade, rating_valid_until, file_change,
      receivables_minor::text, captured_minor::text, reserved_minor::text, orders_minor::text, deliveries_minor::text, special_minor::text,
      journal_seq::text, journal_hash,
      ${sumOf('open_minor', `invoices as i where i.${own} and open_minor <> 0`)} as open_invoices_minor,
      ${sumOf('unapplied_minor', `credits as c where c.${own} and unapplied_minor <> 0`)} as unapplied_minor,
      ${sumOf(COUNTED, `captures as c where c.${own} and (invoiced_at is null or excess_minor > 0)`)} as waiting_captures_minor,
      ${sumOf('passed_minor + released_minor', `captures as c where c.${own} and (passed_minor > 0 or released_minor > 0)`)} as given_up_minor,
      ${sumOf('amount_minor - captured_minor - released_minor - expired_minor', `reservations as r where r.${own} and state = 'active'`)}
        as open_reservations_minor,
      ${itemsOf('order')} as open_orders_minor, ${itemsOf('delivery')} as open_deliveries_minor, ${itemsOf('special')} as open_special_minor,
      blocked_orders::text, (select count(*)::text from blocked_orders as b where b.${sql.raw(own)} and state = 'open') as open_blocks,
      ${countOf('credit_checks')} as checks, ${countOf('reservations')} as reservations, ${countOf('captures')} as captures,
      (select min(i.invoice_id) from captures as c join invoices as i using (customer_id, invoice_id)
        where c.customer_id = customers.customer_id and invoiced_at is null) as counted_twice,
      (select min(i.item_id) from exposure_items as i left join reservations as r on r.customer_id = i.customer_id and r.check_id = i.held_by
        where i.customer_id = customers.customer_id and i.state = 'held' and r.state is distinct from 'active') as counted_nowhere
    from customers left join credit_accounts as account using (customer_id)
    where customers.customer_id > ${afterId} order by customers.customer_id limit ${limit}`.execute(db)
  return rows
}

/** An entry among all, by customer and in the order of its chain; no customer: before all. */
export interface EntryPlace {
  readonly customerId: CustomerId | ''
  readonly seq: number
}

/**
 * Entries after a place, by customer and in the order of each chain; up to a customer, or to the
 * end.
 */
export async function auditedEntries(
  db: QueryExecutorProvider,
  after: EntryPlace,
  lastId: CustomerId | undefined,
  limit: number
): Promise<AuditedEntry[]> {
  const until = lastId === undefined ? sql`` : sql`and customer_id <= ${lastId}`
  const { rows } = await sql<Record<'seq' | 'feedPosition', string> & Omit<AuditedEntry, 'seq' | 'feedPosition'>>`
    select customer_id, seq::text, at, type, actor, subject, payload, previous_hash, hash, feed_position::text
    from journal where (customer_id, seq) > (${after.customerId}, ${after.seq}::bigint) ${until}
    order by customer_id, journal.seq limit ${limit}`.execute(db)
  return rows.map((row) => ({ ...row, seq: Number(row.seq), feedPosition: Number(row.feedPosition) }))
}

/** An invoice of any customer with what settles it, as the engine adds it up. */
type AuditedInvoice = RecordedInvoice & {
  readonly customerId: CustomerId
  readonly invoice: { readonly invoiceId: InvoiceId }
}

/** An invoice among all, by customer and id; no customer: before all. */
export interface InvoicePlace {
  readonly customerId: CustomerId | ''
  readonly invoiceId: InvoiceId | ''
}

/** Invoices of some customers after a place, in the order of customers and ids. */
export async function auditedInvoices(
  db: QueryExecutorProvider,
  customerIds: readonly CustomerId[],
  after: InvoicePlace,
  limit: number
): Promise<AuditedInvoice[]> {
  const { rows } = await sql<AuditedInvoice>`
    select customer_id, open_minor, json_build_object('invoiceId', invoice_id, 'issuedOn', issued_on, 'dueOn', due_on,
      'amountMinor', amount_minor, 'disputed', disputed) as invoice, (
        select coalesce(json_agg(json_build_object('invoiceId', invoice_id, 'settledOn', settled_on,
          'amountMinor', amount_minor, 'by', case kind when 'payment' then kind else 'credit_note' end)), '[]')
        from allocations
        where allocations.customer_id = invoices.customer_id and allocations.invoice_id = invoices.invoice_id
      ) as settlements
    from invoices
    where customer_id = any(${textArray(customerIds)}::text[])
      and (customer_id, invoice_id) > (${after.customerId}, ${after.invoiceId})
    order by customer_id, invoice_id limit ${limit}`.execute(db)
  return rows
}

/**
 * What is kept of a day, or of the payments of a day that came so many days late: figures by
 * name.
 */
interface AuditedSums {
  readonly customerId: CustomerId
  readonly of: string
  readonly kept: Readonly<Record<string, string>>
}

/** The sums that are kept of the ledgers of some customers; those that are zero are left out. */
export async function auditedSums(
  db: QueryExecutorProvider,
  customerIds: readonly CustomerId[],
  figures: readonly string[]
): Promise<AuditedSums[]> {
  const ids = sql`${textArray(customerIds)}::text[]`
  const named = (names: readonly string[]) =>
    sql`json_build_object(${sql.join(names.map((name) => sql`${sql.lit(name)}, ${sql.ref(name)}::text`))})`
  const { rows } = await sql<AuditedSums>`
    select customer_id, day::text as of, ${named(figures)} as kept from ledger_days
    where customer_id = any(${ids}) and (${sql.join(
      figures.map((name) => sql`${sql.ref(name)} <> 0`),
      sql` or `
    )})
    union all
    select customer_id, settled_on || ' +' || days_late, ${named(['payments'])} from late_payments
    where customer_id = any(${ids}) and payments <> 0`.execute(db)
  return rows
}

/** The documents of a customer that took others over, and those that took more than they have. */
interface AuditedTakeovers {
  readonly customerId: CustomerId
  readonly documents: number
  /** The first that did so under the rule; null: none did. */
  readonly exceeded: string | null
  /** Those of which something was taken over before there was the rule, and the first of them. */
  readonly earlier: number
  readonly firstEarlier: string | null
}

/**
 * Compares what documents of some customers took over with what they have: in the currency of the
 * document where the part is in that, otherwise in that of the account, where each part may be off
 * by the unit to which it was rounded.
 */
export async function auditedTakeovers(
  db: QueryExecutorProvider,
  customerIds: readonly CustomerId[]
): Promise<AuditedTakeovers[]> {
  const ids = sql`${textArray(customerIds)}::text[]`
  const { rows } = await sql<AuditedTakeovers>`
    with parts as (
      select captures.customer_id, case when invoice_id is null then 'item' else 'invoice' end as kind, coalesce(item_source, '') as source,
        coalesce(invoice_id, item_id) as id, coalesce(original_currency, currency) as currency, covered as amount_minor,
        coalesce(round(original_minor::numeric * covered / amount_minor), covered) as original_minor, excess_minor is not null as bounded
      from captures join credit_accounts using (customer_id)
        cross join lateral (select amount_minor - passed_minor - released_minor - coalesce(excess_minor, 0) as covered) as taken
      where captures.customer_id = any(${ids}) and invoiced_at is not null and covered <> 0
      union all
      select made.customer_id, to_kind, to_source, to_id, coalesce(original_currency, currency), made.amount_minor, made.original_minor, bounded
      from exposure_conversions as made join credit_accounts using (customer_id) left join exposure_items as items
        on from_kind = 'item' and items.customer_id = made.customer_id and items.source = from_source and items.item_id = from_id
      where made.customer_id = any(${ids}) and (from_kind = 'item' or (to_kind = 'item' and not bounded))
    ), documents as (
      select customer_id, 'invoice' as kind, '' as source, invoice_id as id, coalesce(original_currency, currency) as currency,
        amount_minor, coalesce(original_minor, amount_minor) as original_minor
      from invoices join credit_accounts using (customer_id) where customer_id = any(${ids})
      union all
      select customer_id, 'item', source, item_id, original_currency, case when statistical then 0 else greatest(amount_minor, 0) end,
        case when statistical then 0 else greatest(original_minor, 0) end
      from exposure_items where customer_id = any(${ids})
    ), taken as (
      select customer_id, kind, source, id, bool_and(bounded) as bounded,
        coalesce(sum(parts.original_minor) filter (where parts.currency = documents.currency), 0) as own_minor,
        coalesce(sum(parts.amount_minor) filter (where parts.currency is distinct from documents.currency), 0) as value_minor,
        count(*) filter (where parts.currency is distinct from documents.currency) as values,
        coalesce(max(documents.amount_minor), 0) as amount_minor, coalesce(max(documents.original_minor), 0) as original_minor
      from parts left join documents using (customer_id, kind, source, id) group by customer_id, kind, source, id
    ), judged as (
      select *, case when value_minor = 0 then own_minor > original_minor
        else coalesce(round(amount_minor * own_minor / nullif(original_minor, 0)), own_minor) + value_minor > amount_minor + values end as exceeds
      from taken)
    select customer_id, count(*)::integer as documents, min(concat_ws(' ', kind, source, id)) filter (where exceeds and bounded) as exceeded,
      count(*) filter (where exceeds and not bounded)::integer as earlier,
      min(concat_ws(' ', kind, source, id)) filter (where exceeds and not bounded) as first_earlier
    from judged group by customer_id`.execute(db)
  return rows
}

/** What a document was before it was converted. */
type Originals = Pick<Row<'credits'>, 'originalCurrency' | 'originalMinor' | 'rate' | 'rateOn' | 'rateBasis'>

/** A settlement between two currencies with its documents. */
interface AuditedSettlement {
  readonly settlement: { readonly usedMinor: number; readonly settledMinor: number }
  readonly invoice: Originals & Pick<Row<'invoices'>, 'customerId' | 'invoiceId'>
  readonly credit: Originals & Pick<Row<'credits'>, 'kind' | 'creditId' | 'datedOn'>
  readonly accountCurrency: string
}

/** So many of one reading are looked at: they are of a time that is over. */
const EARLIER_MAX = 1_000

/**
 * Settlements between two currencies from before both sides were kept as stated, where the two came
 * to other amounts in the account's currency: what was not stated came to the same.
 */
export async function auditedSettlements(
  db: QueryExecutorProvider,
  customerIds: readonly CustomerId[]
): Promise<AuditedSettlement[]> {
  const originals = (table: 'invoices' | 'credits') => {
    const column = (name: string) => sql.ref(`${table}.${name}`)
    return sql`'originalCurrency', ${column('original_currency')}, 'originalMinor', ${column('original_minor')},
      'rate', ${column('rate')}::text, 'rateOn', ${column('rate_on')}, 'rateBasis', ${column('rate_basis')}`
  }
  const { rows } = await sql<AuditedSettlement>`
    select json_build_object('usedMinor', used_minor, 'settledMinor', settled_minor) as settlement, currency as account_currency,
      json_build_object('customerId', customer_id, 'invoiceId', invoice_id, ${originals('invoices')}) as invoice,
      json_build_object('kind', kind, 'creditId', credit_id, 'datedOn', dated_on, ${originals('credits')}) as credit
    from allocations join invoices using (customer_id, invoice_id) join credits using (customer_id, kind, credit_id)
      join credit_accounts using (customer_id)
    where allocations.customer_id = any(${textArray(customerIds)}::text[]) and asked_used_minor is null and kind <> 'adjustment'
      and invoices.original_currency is distinct from credits.original_currency
      and abs(allocations.amount_minor - coalesce(credits.amount_minor * used_minor::numeric / nullif(credits.original_minor, 0), used_minor))
        > 1 + allocations.amount_minor * 0.01
    order by customer_id, kind, credit_id, invoice_id limit ${EARLIER_MAX}`.execute(db)
  return rows
}

/** Names a row of one customer. */
export interface OwnKey {
  readonly customerId: CustomerId
  readonly id: string
}

interface AuditedCheck {
  readonly customerId: CustomerId
  readonly id: string
  readonly outcome: string
  readonly amountMinor: string
  readonly document: string
}

/** The credit checks of these ids. */
export async function auditedChecks(db: QueryExecutorProvider, keys: readonly OwnKey[]): Promise<AuditedCheck[]> {
  return each(
    db,
    keys,
    sql`select outcome, amount_minor::text, document from credit_checks
    where credit_checks.customer_id = asked.customer_id and check_id = asked.id`
  )
}

interface AuditedReservation {
  readonly customerId: CustomerId
  readonly id: string
  readonly state: string
  readonly amountMinor: string
  readonly capturedMinor: string
  readonly releasedMinor: string
  readonly expiredMinor: string
  readonly expiresAt: string
}

/** The reservations of these checks. */
export async function auditedReservations(
  db: QueryExecutorProvider,
  keys: readonly OwnKey[]
): Promise<AuditedReservation[]> {
  return each(
    db,
    keys,
    sql`select state, amount_minor::text, captured_minor::text, released_minor::text, expired_minor::text, expires_at
    from reservations where reservations.customer_id = asked.customer_id and check_id = asked.id`
  )
}

interface AuditedCapture {
  readonly customerId: CustomerId
  readonly id: string
  readonly invoiceId: InvoiceId | null
  readonly checkId: CheckId
  readonly amountMinor: string
}

/** The captures with these ids. */
export async function auditedCaptures(db: QueryExecutorProvider, keys: readonly OwnKey[]): Promise<AuditedCapture[]> {
  return each(
    db,
    keys,
    sql`select invoice_id, check_id, amount_minor::text from captures
    where captures.customer_id = asked.customer_id and capture_id = asked.id`
  )
}

/** What was passed on and released of these captures. */
export async function auditedParts(
  db: QueryExecutorProvider,
  keys: readonly OwnKey[]
): Promise<(OwnKey & { readonly passedMinor: string; readonly releasedMinor: string })[]> {
  return each(
    db,
    keys,
    sql`select passed_minor::text, released_minor::text from captures
    where captures.customer_id = asked.customer_id and capture_id = asked.id`
  )
}

async function each<Found>(
  db: QueryExecutorProvider,
  keys: readonly OwnKey[],
  look: RawBuilder<unknown>
): Promise<Found[]> {
  if (keys.length === 0) return []
  const customerIds = textArray(keys.map(({ customerId }) => customerId))
  const ids = textArray(keys.map(({ id }) => id))
  const { rows } = await sql<Found>`select asked.customer_id, asked.id, found.*
    from unnest(${customerIds}::text[], ${ids}::text[]) as asked (customer_id, id)
    join lateral (${look} limit 1) as found on true`.execute(db)
  return rows
}

/** An Idempotency-Key with its answer. */
export interface AuditedKey {
  readonly callerId: string
  readonly idempotencyKey: string
  readonly request: string
  readonly status: number | null
  /** The whole answer, or what follows the document of its check; then it begins with a comma. */
  readonly body: string | null
  /** The check that it answered with; null where the key does not name it. */
  readonly checkId: CheckId | null
  /** What that check is about; null where it is not on file. */
  readonly customerId: CustomerId | null
  readonly orderId: OrderId | null
}

/** Keys after a place, in the order of callers and keys. */
export async function auditedKeys(
  db: QueryExecutorProvider,
  after: Pick<AuditedKey, 'callerId' | 'idempotencyKey'>,
  limit: number
): Promise<AuditedKey[]> {
  const { rows } = await sql<AuditedKey>`
    select caller_id, idempotency_key, request, status, body, check_id, customer_id, order_id
    from idempotency_keys left join credit_checks using (check_id)
    where (caller_id, idempotency_key) > (${after.callerId}, ${after.idempotencyKey})
    order by caller_id, idempotency_key limit ${limit}`.execute(db)
  return rows
}

/** Every version of a policy that is on file. */
export async function auditedPolicies(
  db: QueryExecutorProvider
): Promise<Pick<Row<'policies'>, 'policyId' | 'version' | 'document' | 'sha256'>[]> {
  const { rows } = await sql<Row<'policies'>>`
    select policy_id, version, document, sha256 from policies order by policy_id, version`.execute(db)
  return rows
}
