import { sql } from 'kysely'
import type { Reader, Row } from '../database.ts'

/** A customer's entries after a sequence number, oldest first. */
export async function listEntries(
  db: Reader,
  customerId: string,
  afterSeq: number,
  limit: number
): Promise<Row<'journal'>[]> {
  return db
    .selectFrom('journal')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('seq', '>', afterSeq)
    .orderBy('seq')
    .limit(limit)
    .execute()
}

/** Customer ids in order, for the auditor. */
export async function auditedCustomers(db: Reader, afterId: string | undefined, limit: number): Promise<string[]> {
  let select = db.selectFrom('creditAccounts').select('customerId').orderBy('customerId').limit(limit)
  if (afterId !== undefined) select = select.where('customerId', '>', afterId)
  return (await select.execute()).map((row) => row.customerId)
}

/** What the account row holds beside what the books of one customer sum to, in minor units. */
export interface BookTotals {
  readonly accountReceivablesMinor: number
  readonly accountCapturedMinor: number
  readonly accountReservedMinor: number
  readonly journalSeq: number
  readonly journalHash: string
  readonly openInvoicesMinor: number
  readonly unappliedMinor: number
  readonly waitingCapturesMinor: number
  readonly activeReservationsMinor: number
}

export async function bookTotals(db: Reader, customerId: string): Promise<BookTotals> {
  const { rows } = await sql<BookTotals>`
    select receivables_minor as account_receivables_minor, captured_minor as account_captured_minor, reserved_minor as account_reserved_minor,
      journal_seq, journal_hash,
      (select coalesce(sum(open_minor), 0)::bigint from invoices where customer_id = ${customerId}) as open_invoices_minor,
      (select coalesce(sum(unapplied_minor), 0)::bigint from credits where customer_id = ${customerId}) as unapplied_minor,
      (select coalesce(sum(amount_minor), 0)::bigint from captures where customer_id = ${customerId} and invoiced_at is null) as waiting_captures_minor,
      (select coalesce(sum(amount_minor - captured_minor - released_minor - expired_minor), 0)::bigint
        from reservations where customer_id = ${customerId} and state = 'active') as active_reservations_minor
    from credit_accounts where customer_id = ${customerId}`.execute(db)
  const totals = rows[0]
  if (totals === undefined) throw new Error(`customer ${customerId} has no credit account`)
  return totals
}

/** All reservations of a customer, for the auditor. */
export async function reservationRows(db: Reader, customerId: string): Promise<Row<'reservations'>[]> {
  return db.selectFrom('reservations').selectAll().where('customerId', '=', customerId).orderBy('checkId').execute()
}
