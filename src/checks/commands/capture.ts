import { type LockedAccount, saveAccount } from '../../accounts/store.ts'
import type { AppliedRate, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import {
  convertPart,
  type Money,
  measureOf,
  minorOf,
  originalsOf,
  type Reader,
  Room,
  rateOf,
  toMoney,
  withinOpen
} from '../../engine/index.ts'
import type { CheckId } from '../../ids.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/command.ts'
import { requireRate } from '../../rates/postings.ts'
import { nothingLeft, tooLarge } from '../../receivables/postings/money.ts'
import type { InvoicedFact } from '../../receivables/store.ts'
import { takenOver } from '../../reservations/postings/coverage.ts'
import {
  assertActive,
  assertNotCaptured,
  capturableMinor,
  capture,
  exceedsInvoice,
  orderMoneyOf
} from '../../reservations/postings/steps.ts'
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
  const { locked, invoice, kind, ...reserved } = await lockReservation(deps, trx, checkId, invoiceId)
  assertNotCaptured(reserved, invoiceId)
  if (reserved.excesses.length === 0) assertActive(reserved.reservation, locked.now)
  const { amountMinor, rate } = await countedIn(trx, locked, reserved, amount)
  const target = { kind: 'invoice', source: '', id: invoiceId } as const
  const captured = { amountMinor, originalMinor: minorOf(amount), originalCurrency: amount.currency }
  const taking = { captured, originals: originalsOf(amount, rate), target, final }
  const room = invoice === null ? undefined : roomOf(invoice, locked.account.currency)
  const { leftMinor = 0 } = room ?? {}
  const { entries, writes, reservation, excess } = await capture(trx, locked, reserved, { ...taking, room })
  if (invoice !== null && excess.length > 0) {
    const { currency } = measureOf(invoice, locked.account.currency)
    throw exceedsInvoice(amount, invoiceId, toMoney(leftMinor, currency))
  }
  await saveAccount(trx, locked, caller.actor, entries, { writes })
  return answerOf(201, checkOf({ check: reserved, reservation }, locked.now, audienceOf(reader, kind)), reader)
}

/** What a recorded invoice has left to take over. */
function roomOf({ captures, items, ...invoice }: InvoicedFact, currency: string): Room {
  const room = new Room(measureOf(invoice, currency))
  for (const each of items) room.fill(each)
  for (const each of captures) room.fill(takenOver(each, currency))
  return room
}

/**
 * An amount in the currency of the account. Throws `rate-missing`, and `validation-error` when
 * nothing is left of it there.
 */
async function countedIn(
  trx: Writer,
  { account: { customerId, currency }, now, today }: LockedAccount,
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
  const amountMinor = withinOpen(converted, capturableMinor(reserved, now))
  if (amountMinor === 0) throw nothingLeft(amount, { currency })
  return { amountMinor, rate }
}
