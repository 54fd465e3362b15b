/** Money of the ledgers that are filled here, in minor units: every invoice, and every payment. */
export const INVOICE_MINOR = 1_000

/** How a ledger is filled: invoices spread evenly over the days before today, the newest open. */
export interface Filling {
  readonly customerId: string
  readonly invoices: number
  readonly days: number
  /** Entries of the journal. */
  readonly entries: number
}

/** Days from the issue of an invoice to its due date; what is younger than that is open. */
const TERMS_DAYS = 30

/**
 * The statements that give a customer a rating, a limit that a bench does not use up, and a ledger
 * with its sums. A payment comes up to ten days early or late.
 */
export function ledgerStatements({ customerId, invoices, days, entries }: Filling): string[] {
  const day = `(current_date - ${days} + (n::bigint * ${days} / ${Math.max(1, invoices)})::integer)`
  const paid = `(${day} + ${TERMS_DAYS} - 10 + n % 21)`
  const numbers = `generate_series(0, ${invoices - 1}) as n`
  return [
    'set session_replication_role = replica',
    `update credit_accounts set limit_mode = 'limited', limit_minor = 100000000000000, limit_valid_until = current_date + 365,
      limit_decision_id = 'lim_bench', terms_days = 60 where customer_id = '${customerId}'`,
    `insert into invoices (customer_id, invoice_id, amount_minor, open_minor, issued_on, due_on, disputed, version, recorded_at, updated_at)
    select '${customerId}', 'H-' || n, ${INVOICE_MINOR}, case when ${paid} < current_date then 0 else ${INVOICE_MINOR} end, ${day},
      ${day} + ${TERMS_DAYS}, false, 1, now(), now() from ${numbers}`,
    `insert into credits (customer_id, kind, credit_id, dated_on, amount_minor, unapplied_minor, request, recorded_at)
    select '${customerId}', 'payment', 'H-' || n, ${paid}, ${INVOICE_MINOR}, 0, '', now() from ${numbers} where ${paid} < current_date`,
    `insert into allocations (customer_id, kind, credit_id, invoice_id, amount_minor, settled_on)
    select '${customerId}', 'payment', 'H-' || n, 'H-' || n, ${INVOICE_MINOR}, ${paid} from ${numbers} where ${paid} < current_date`,
    `insert into journal (customer_id, seq, at, type, actor, subject, payload, previous_hash, hash)
    select '${customerId}', journal_seq + seq, now() - interval '1 day', 'invoice.recorded', 'key_bench', 'H-' || seq, repeat('x', 200),
      repeat('0', 64), repeat('0', 64)
    from credit_accounts, generate_series(1, ${entries}) as seq where customer_id = '${customerId}'`,
    `update credit_accounts set journal_seq = journal_seq + ${entries}, receivables_minor = (
      select coalesce(sum(open_minor), 0) from invoices where customer_id = '${customerId}') where customer_id = '${customerId}'`,
    `select rebuild_ledger('${customerId}')`
  ]
}
