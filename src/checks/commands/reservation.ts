import { type LockedAccount, lockAccount } from '../../accounts/store.ts'
import type { Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import type { CheckId, InvoiceId } from '../../ids.ts'
import { findReserved, type Reserved } from '../../reservations/store.ts'
import { checkNotFound, customerOfCheck } from '../store.ts'

/**
 * Locks the account of a check and finds what the check holds; with an invoice, also whether that
 * has captured it already. Throws `not-found` and `reservation-absent`.
 */
export async function lockReservation(
  { clock }: Pick<Deps, 'clock'>,
  trx: Writer,
  checkId: CheckId,
  invoiceId?: InvoiceId
): Promise<Reserved & { readonly locked: LockedAccount }> {
  const customerId = await customerOfCheck(trx, checkId)
  if (customerId === undefined) throw checkNotFound(checkId)
  const locked = await lockAccount(trx, clock, customerId)
  const reserved = await findReserved(trx, { customerId, checkId }, invoiceId)
  if (reserved === undefined) throw checkNotFound(checkId)
  return { locked, ...reserved }
}
