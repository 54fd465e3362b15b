import { type LockedAccount, lockOwnerWithFacts } from '../../accounts/store.ts'
import { kindOf } from '../../customers/store.ts'
import type { Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import type { CheckId, InvoiceId } from '../../ids.ts'
import { type InvoicedFact, invoicedFact } from '../../receivables/store.ts'
import { capturesOfInvoiceFact, findReserved, type Reserved, reservedFact } from '../../reservations/store.ts'
import { checkNotFound, ownerOfCheck } from '../store.ts'

interface LockedReservation extends Reserved {
  readonly locked: LockedAccount
  /** The invoice that was asked for, with what it took over; null: none is recorded. */
  readonly invoice: InvoicedFact | null
  /** What the customer is in law. */
  readonly kind: Row<'customers'>['kind']
}

/**
 * Locks the account of a check and finds what the check holds; with an invoice, also whether that
 * has captured it already. Throws `not-found` and `reservation-absent`.
 */
export async function lockReservation(
  { clock }: Pick<Deps, 'clock'>,
  trx: Writer,
  checkId: CheckId,
  invoiceId?: InvoiceId
): Promise<LockedReservation> {
  const found = await lockOwnerWithFacts(trx, clock, ownerOfCheck(checkId), {
    reserved: reservedFact(checkId, invoiceId),
    invoice: invoicedFact(invoiceId, capturesOfInvoiceFact(invoiceId)),
    kind: kindOf('account.customerId')
  })
  if (found === undefined) throw checkNotFound(checkId)
  const { facts, ...locked } = found
  const { customerId } = locked.account
  const reserved = facts.reserved ?? (await findReserved(trx, { customerId, checkId }, invoiceId))
  if (reserved === undefined) throw checkNotFound(checkId)
  return { locked, invoice: facts.invoice, kind: facts.kind, ...reserved }
}
