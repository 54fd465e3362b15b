import { saveAccount } from '../../accounts/store.ts'
import type { NewEntry, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { formatAmount, minorOf, openMinor, resolveStep } from '../../engine/index.ts'
import type { Caller } from '../../platform/auth.ts'
import type { Answer } from '../../platform/deciding.ts'
import { newId } from '../../platform/ids.ts'
import { Problem } from '../../platform/problem.ts'
import { invoiceExists } from '../../receivables/store.ts'
import type { NewCapture } from '../schema.ts'
import { findCapture, insertCapture, updateReservation } from '../store.ts'
import { answerOf, checkOf } from './answer.ts'
import { lockReservation, refuseResolved, resolved } from './reservation.ts'

/**
 * Turns some or all of a reservation into an amount that an invoice will carry, or carries already. An invoice may bill several orders: it
 * captures each of their reservations, once.
 */
export async function capture(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  checkId: string,
  { amount, invoiceId, final }: NewCapture
): Promise<Answer> {
  const { locked, check, reservation } = await lockReservation(deps, trx, checkId)
  const { account, now } = locked
  if (amount.currency !== account.currency)
    throw new Problem('currency-mismatch', `The reservation is in ${account.currency}.`)
  const earlier = await findCapture(trx, account.customerId, invoiceId, checkId)
  if (earlier !== undefined) {
    throw new Problem(
      'invoice-already-captured',
      `Invoice ${invoiceId} captured check ${checkId} at ${earlier.capturedAt}.`,
      { members: { checkId } }
    )
  }
  refuseResolved(reservation, now)
  const amountMinor = minorOf(amount)
  const after = resolveStep(reservation, { kind: 'capture', amountMinor, final })
  if (after === undefined) {
    const open = formatAmount(openMinor(reservation), account.currency)
    throw new Problem(
      'capture-exceeds-reservation',
      `${amount.amount} would be captured, ${open} ${account.currency} is open.`,
      { members: { open } }
    )
  }
  const invoiced = await invoiceExists(trx, account.customerId, invoiceId)
  const changes = resolved(reservation, { kind: 'capture', amountMinor, final }, now)
  const row = { ...reservation, ...changes }
  const captureId = newId('cap')
  const taken = {
    customerId: account.customerId,
    invoiceId,
    captureId,
    checkId,
    amountMinor,
    capturedAt: now,
    invoicedAt: invoiced ? now : null
  }
  const reservedMinor = openMinor(row) - openMinor(reservation)
  const entry: NewEntry = {
    type: 'reservation.captured',
    subject: checkId,
    payload: { captureId, invoiceId, amountMinor, final, state: row.state, alreadyInvoiced: invoiced },
    moves: { reservedMinor, ...(invoiced ? {} : { capturedMinor: amountMinor }) }
  }
  const writes = [updateReservation(reservation, changes), insertCapture(taken)]
  await saveAccount(trx, locked, caller.keyId, [entry], { writes })
  return answerOf(201, checkOf({ check, reservation: row }, now))
}
