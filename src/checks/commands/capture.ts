import { type LockedAccount, saveAccount } from '../../accounts/store.ts'
import type { AppliedRate, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import {
  convertPart,
  type Money,
  minorOf,
  openMinor,
  originalsOf,
  type Reader,
  rateOf,
  withinOpen
} from '../../engine/index.ts'
import type { CheckId } from '../../ids.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/command.ts'
import { requireRate } from '../../rates/store.ts'
import { nothingLeft, tooLarge } from '../../receivables/postings/money.ts'
import { assertActive, assertNotCaptured, capture, orderMoneyOf } from '../../reservations/postings/steps.ts'
import { capturedOriginalMinor, type Reserved } from '../../reservations/store.ts'
import { audienceOf } from '../../wording/postings.ts'
import { answerOf, checkOf } from '../postings/answer.ts'
import type { NewCapture } from '../schema.ts'
import { lockReservation } from './reservation.ts'

/**
 * Turns some or all of a reservation into an amount that an invoice carries or will carry. An
 * invoice may bill several orders: it captures each of their reservations, once. An amount in the
 * currency of the order is converted with the rate of the order, so that the whole order is the
 * whole reservation. Any other currency is converted with the rate of the day.
 */
export async function captureReservation(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  checkId: CheckId,
  { amount, invoiceId, final }: NewCapture,
  reader?: Reader
): Promise<Answer> {
  const { locked, isInvoiced, kind, ...reserved } = await lockReservation(deps, trx, checkId, invoiceId)
  assertNotCaptured(reserved, invoiceId)
  assertActive(reserved.reservation, locked.now)
  const { amountMinor, rate } = await countedIn(trx, locked, reserved, amount)
  const { entries, writes, reservation } = await capture(trx, locked, reserved, {
    captured: { amountMinor, originalMinor: minorOf(amount), originalCurrency: amount.currency },
    originals: originalsOf(amount, rate),
    target: { kind: 'invoice', source: '', id: invoiceId },
    awaitsInvoice: !isInvoiced,
    final
  })
  await saveAccount(trx, locked, caller.keyId, entries, { writes })
  return answerOf(201, checkOf({ check: reserved, reservation }, locked.now, audienceOf(reader, kind)), reader)
}

/**
 * An amount in the currency of the account. Throws `rate-missing`, and `validation-error` when
 * nothing is left of it there.
 */
async function countedIn(
  trx: Writer,
  { account: { customerId, currency }, today }: LockedAccount,
  reserved: Reserved,
  amount: Money
): Promise<{ amountMinor: number; rate: AppliedRate | null }> {
  if (amount.currency === currency) return { amountMinor: minorOf(amount), rate: null }
  const { reservation } = reserved
  const original = orderMoneyOf(reserved)
  const isOrders = original?.currency === amount.currency
  const rate =
    original !== null && isOrders
      ? rateOf(original)
      : await requireRate(trx, { from: amount.currency, to: currency, onDate: today })
  if (rate === null) throw new Error('an amount in another currency has a rate')
  const { checkId } = reservation
  const earlierMinor = isOrders ? await capturedOriginalMinor(trx, customerId, checkId, amount.currency) : 0
  const converted = convertPart(
    { partMinor: minorOf(amount), earlierMinor },
    { from: amount.currency, to: currency },
    rate
  )
  if (converted === undefined) throw tooLarge(amount)
  const amountMinor = withinOpen(converted, openMinor(reservation))
  if (amountMinor === 0) throw nothingLeft(amount, { currency })
  return { amountMinor, rate }
}
