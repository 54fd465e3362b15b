import { type LockedAccount, saveAccount } from '../../accounts/store.ts'
import type { AppliedRate, NewEntry, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import {
  afterCapture,
  convertPart,
  formatAmount,
  type Money,
  minorOf,
  openMinor,
  openParts,
  originalMoneyOf,
  originalsOf,
  rateOf,
  resolveStep,
  withinOpen
} from '../../engine/index.ts'
import { captureItems, heldItems } from '../../exposure-items/store.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/deciding.ts'
import { newId } from '../../platform/values/ids.ts'
import { fieldProblem, Problem } from '../../platform/values/problem.ts'
import { requireRate } from '../../rates/store.ts'
import { invoiceExists } from '../../receivables/store.ts'
import { resolved } from '../../reservations/postings.ts'
import { capturedOriginalMinor, findCapture, insertCapture, updateReservation } from '../../reservations/store.ts'
import { answerOf, checkOf } from '../postings/answer.ts'
import type { Decision } from '../postings/decision.ts'
import type { NewCapture } from '../schema.ts'
import { lockReservation, refuseResolved } from './reservation.ts'

/**
 * Turns some or all of a reservation into an amount that an invoice will carry, or carries already. An invoice may bill several orders: it
 * captures each of their reservations, once. An amount in the currency of the order is converted with the rate of the order, so that the whole
 * of it is the whole reservation; one in any other with the rate of the day.
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
  const earlier = await findCapture(trx, account.customerId, invoiceId, checkId)
  if (earlier !== undefined) {
    throw new Problem(
      'invoice-already-captured',
      `Invoice ${invoiceId} captured check ${checkId} at ${earlier.capturedAt}.`,
      { members: { checkId } }
    )
  }
  refuseResolved(reservation, now)
  const { amountMinor, rate } = await captured(trx, locked, { check, reservation }, amount)
  const original = originalsOf(amount, rate)
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
    invoicedAt: invoiced ? now : null,
    ...original
  }
  const reservedMinor = openMinor(row) - openMinor(reservation)
  const held = await heldItems(trx, account.customerId, [checkId])
  const items = afterCapture(held, { amountMinor, originalMinor: minorOf(amount), originalCurrency: amount.currency })
  const isEnded = row.state !== 'active'
  const entry: NewEntry = {
    type: 'reservation.captured',
    subject: checkId,
    payload: {
      captureId,
      invoiceId,
      amountMinor,
      original: originalMoneyOf(original),
      final,
      state: row.state,
      alreadyInvoiced: invoiced,
      ...(held.length > 0 ? { items: isEnded ? [] : openParts(items) } : {})
    },
    moves: { reservedMinor, ...(invoiced ? {} : { capturedMinor: amountMinor }) }
  }
  const writes = [updateReservation(reservation, changes), insertCapture(taken), ...captureItems(items, isEnded, now)]
  await saveAccount(trx, locked, caller.keyId, [entry], { writes })
  return answerOf(201, checkOf({ check, reservation: row }, now))
}

/** What is captured in the account's currency. Throws `rate-missing`, and `validation-error` where nothing of it is left there. */
async function captured(
  trx: Writer,
  { account: { customerId, currency }, today }: LockedAccount,
  { check, reservation }: { check: Row<'creditChecks'>; reservation: Row<'reservations'> },
  amount: Money
): Promise<{ amountMinor: number; rate: AppliedRate | null }> {
  if (amount.currency === currency) return { amountMinor: minorOf(amount), rate: null }
  const { original } = JSON.parse(check.document) as Decision
  const isOrders = original?.currency === amount.currency
  const rate =
    original !== null && isOrders ? rateOf(original) : await requireRate(trx, amount.currency, currency, today)
  if (rate === null) throw new Error('an amount in another currency has a rate')
  const earlierMinor = isOrders ? await capturedOriginalMinor(trx, customerId, check.checkId, amount.currency) : 0
  const converted = convertPart({ partMinor: minorOf(amount), earlierMinor }, amount.currency, currency, rate)
  if (converted === undefined)
    throw new Problem('exposure-too-large', `${amount.amount} ${amount.currency} is more than can be counted exactly.`)
  const amountMinor = withinOpen(converted, openMinor(reservation))
  if (amountMinor === 0)
    throw fieldProblem('/amount/amount', 'amount', `${amount.amount} ${amount.currency} is no amount of ${currency}.`)
  return { amountMinor, rate }
}
