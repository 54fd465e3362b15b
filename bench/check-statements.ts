import type { BenchPostgres } from './postgres.ts'

/** Customers C-1 to C-n, each with a rating and a limit that the run does not use up. */
export function seedStatements(customers: number): string[] {
  return [
    `insert into customers (customer_id, kind, name, profile, version, created_at, updated_at)
    select 'C-' || n, 'company', 'Customer ' || n, '{}', 1, now(), now() from generate_series(1, ${customers}) as n`,
    `insert into credit_accounts (customer_id, currency, limit_mode, limit_minor, limit_valid_until, limit_decision_id, terms_days,
      receivables_minor, captured_minor, reserved_minor, grade, rating_assessment_id, rating_valid_until, rated_at, rating_advice,
      version, journal_seq, journal_hash, updated_at)
    select 'C-' || n, 'CNY', 'limited', 100000000000000, current_date + 365, 'lim_bench', 60, 0, 0, 0, 'A', 'asm_bench',
      current_date + 365, now(), 'none', 1, 0, repeat('0', 64), now() from generate_series(1, ${customers}) as n`
  ]
}

/**
 * What years leave behind: so many journal rows, and a hundredth as many open invoices, spread over
 * all customers.
 */
export function historyStatements(entries: number, customers: number): string[] {
  if (entries === 0) return []
  const each = Math.ceil(entries / customers)
  const open = Math.ceil(entries / 100 / customers)
  return [
    `insert into journal (customer_id, seq, at, type, actor, subject, payload, previous_hash, hash)
    select 'C-' || n, seq, now() - interval '1 year', 'invoice.recorded', 'key_bench', 'INV-' || seq, repeat('x', 200), repeat('0', 64), repeat('0', 64)
    from generate_series(1, ${customers}) as n, generate_series(1, ${each}) as seq`,
    `insert into invoices (customer_id, invoice_id, amount_minor, open_minor, issued_on, due_on, disputed, version, recorded_at, updated_at)
    select 'C-' || n, 'INV-' || seq, 100, 100, current_date - 10, current_date + 20, false, 1, now(), now()
    from generate_series(1, ${customers}) as n, generate_series(1, ${open}) as seq`,
    `update credit_accounts set journal_seq = ${each}, receivables_minor = ${open * 100}`,
    'select rebuild_ledger(customer_id) from credit_accounts'
  ]
}

/** What the service has written of its last check. */
interface Sample {
  readonly document: string
  readonly payload: string
  readonly actor: string
  readonly request: string
  readonly headers: string
  readonly body: string
  readonly situation: string
}

export function sampleOf(postgres: BenchPostgres): Sample {
  return JSON.parse(
    postgres.run('psql', [
      '-Atc',
      `select json_build_object('document', document, 'payload', payload, 'actor', actor, 'request', request, 'headers', headers, 'body', body, 'situation', situation)
      from credit_checks join journal on journal.customer_id = credit_checks.customer_id and subject = check_id
      join credit_accounts on credit_accounts.customer_id = journal.customer_id join idempotency_keys on idempotency_key = substr(order_id, 4) order by credit_checks.check_id desc limit 1`
    ])
  )
}

/**
 * The pgbench script: a credit check as one statement, with the bytes of one that the service has
 * decided.
 */
export function checkStatement(sample: Sample, customers: number): string {
  return `\\set customer random(1, ${customers})
with new as materialized (
  select 'C-' || :customer as customer_id, 'chk_' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 26) as check_id,
    gen_random_uuid()::text as order_id, date_trunc('milliseconds', clock_timestamp()) as now
), account as materialized (
  select a.customer_id, a.journal_seq, a.journal_hash from credit_accounts as a join new using (customer_id)
  where a.limit_minor - a.receivables_minor - a.captured_minor - a.reserved_minor >= 10000 and a.hold_reason is null
    and a.rating_valid_until >= current_date and a.limit_valid_until >= current_date
    and not exists (select from reservations as r where r.customer_id = new.customer_id and r.order_id = 'SO-' || new.order_id and r.state = 'active')
  for no key update of a
), decided as materialized (
  select * from new join account using (customer_id)
), keys as (
  insert into idempotency_keys (caller_id, idempotency_key, request, status, headers, body, created_at, check_id)
  select ${text(sample.actor)}, order_id, ${text(sample.request)}, 201, ${text(sample.headers)}, ${text(sample.body)}, now, check_id from decided
), checks as (
  insert into credit_checks (customer_id, check_id, order_id, outcome, amount_minor, decided_at, document)
  select customer_id, check_id, 'SO-' || order_id, 'approved', 10000, now, ${text(sample.document)} from decided
), holds as (
  insert into reservations (customer_id, check_id, order_id, state, amount_minor, captured_minor, released_minor, expired_minor,
    expires_at, created_at, version)
  select customer_id, check_id, 'SO-' || order_id, 'active', 10000, 0, 0, 0, now + interval '7 days', now, 1 from decided
), entries as (
  insert into journal (customer_id, seq, at, type, actor, subject, payload, previous_hash, hash)
  select customer_id, journal_seq + 1, now, 'check.decided', ${text(sample.actor)}, check_id, ${text(sample.payload)}, journal_hash, repeat('a', 64)
  from decided
)
update credit_accounts set reserved_minor = reserved_minor + 10000, version = version + 1, journal_seq = decided.journal_seq + 1,
  journal_hash = repeat('a', 64), updated_at = now, reservations_due_at = coalesce(reservations_due_at, now + interval '7 days'),
  situation = ${text(sample.situation)}, situation_on = current_date
from decided where credit_accounts.customer_id = decided.customer_id;
`
}

/** A literal in which pgbench finds no variable of its own: a colon is written by its code. */
function text(value: string): string {
  return `E'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll(':', '\\x3a')}'`
}
