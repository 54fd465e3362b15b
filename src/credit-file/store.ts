import { sql } from 'kysely'
import type { Reader } from '../database.ts'
import type { Clock } from '../platform/database/clock.ts'
import { Problem } from '../platform/values/problem.ts'

/**
 * Everything that an assessment or a limit proposal looks at, as the engine takes it. An adjustment
 * settles like a credit note.
 */
interface CreditFileRows {
  readonly profile: object
  readonly statements: { statementId: string; statement: object; knownOn: string }[]
  readonly invoices: { invoiceId: string; issuedOn: string; dueOn: string; amountMinor: number; disputed: boolean }[]
  readonly settlements: { invoiceId: string; settledOn: string; amountMinor: number; by: 'payment' | 'credit_note' }[]
  readonly evidence: { evidenceId: string; kind: string; observedOn: string; knownOn: string; facts: object }[]
}

/**
 * Reads a whole credit file in one statement, so it is of one moment. A statement and an item of
 * evidence carry the day on which they were recorded as they are now; a field that is not known is
 * left out. Throws `customer-not-found`.
 */
export async function creditFileRows(db: Reader, clock: Clock, customerId: string): Promise<CreditFileRows> {
  const { rows } = await sql<CreditFileRows>`
    select profile,
      (select coalesce(json_agg(json_build_object('statementId', statement_id, 'statement', document,
          'knownOn', ${clock.dayOf(sql`updated_at`)}) order by period_end, statement_id), '[]')
        from statements where customer_id = ${customerId}) as statements,
      (select coalesce(json_agg(json_strip_nulls(json_build_object('evidenceId', evidence_id, 'kind', kind, 'observedOn', observed_on,
          'knownOn', ${clock.dayOf(sql`recorded_at`)}, 'validUntil', valid_until, 'source', source,
          'withdrawnOn', ${clock.dayOf(sql`withdrawn_at`)}, 'facts', facts)) order by observed_on, evidence_id), '[]')
        from evidence where customer_id = ${customerId}) as evidence,
      (select coalesce(json_agg(json_build_object('invoiceId', invoice_id, 'issuedOn', issued_on, 'dueOn', due_on,
          'amountMinor', amount_minor, 'disputed', disputed) order by issued_on, invoice_id), '[]')
        from invoices where customer_id = ${customerId}) as invoices,
      (select coalesce(json_agg(json_build_object('invoiceId', invoice_id, 'settledOn', settled_on, 'amountMinor', amount_minor,
          'by', case kind when 'payment' then kind else 'credit_note' end) order by settled_on, invoice_id, credit_id), '[]')
        from allocations where customer_id = ${customerId}) as settlements
    from customers where customer_id = ${customerId}`.execute(db)
  const file = rows[0]
  if (file === undefined) throw new Problem('customer-not-found', `There is no customer ${customerId}.`)
  return file
}
