import { type LockedAccount, lockAccount, saveAccount } from '../accounts/store.ts'
import type { NewEntry, Row, Writer } from '../database.ts'
import type { Deps } from '../deps.ts'
import {
  type CheckFacts,
  checkOrder,
  formatAmount,
  minorOf,
  openMinor,
  REASONS,
  type ReservationStep,
  resolveStep,
  toMoney
} from '../engine/index.ts'
import type { Caller } from '../platform/auth.ts'
import type { Answer } from '../platform/deciding.ts'
import { newId } from '../platform/ids.ts'
import { addSeconds } from '../platform/instants.ts'
import { Problem } from '../platform/problem.ts'
import { invoiceExists } from '../receivables/store.ts'
import type { CreditCheck, NewCapture, NewCreditCheck, NewRelease, Reservation } from './schema.ts'
import {
  type CheckRow,
  customerOfCheck,
  expireReservations,
  findCapture,
  findCheck,
  insertCapture,
  insertCheck,
  insertReservation,
  situationOf,
  updateReservation
} from './store.ts'

/** What is stored of a decision: the answer without the reservation, which goes on changing. */
type Decision = Omit<CreditCheck, 'reservation'>

/**
 * Decides one order and, when it is approved, holds its amount.
 *
 * Reservations whose time is up are swept first, in the same transaction, so that none of them causes a decline.
 * An order that already holds the same amount gets its check again, unless the caller insists on a new decision with a new Idempotency-Key:
 * two holds for one order cannot exist, so that is refused.
 */
export async function checkCredit(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  wanted: NewCreditCheck,
  hasKey: boolean
): Promise<Answer> {
  const locked = await lockAccount(trx, deps.clock, wanted.customerId, wanted.amount.currency)
  const { now, today } = locked
  const { reservations, ageing } = await situationOf(trx, wanted.customerId, wanted.orderId, locked)
  const due = reservations.filter((row) => row.expiresAt <= now)
  const held = reservations.find((row) => row.expiresAt > now)
  const amountMinor = minorOf(wanted.amount)
  if (held !== undefined) return heldAnswer(trx, held, wanted, hasKey, now)

  const swept = await sweep(trx, locked, due, caller.keyId)
  const { account } = swept
  const order = { orderId: wanted.orderId, amountMinor, termsDays: wanted.termsDays ?? null }
  const facts: CheckFacts = { account: accountFacts(account), ageing, order, now, today }
  const verdict = checkOrder(deps.policy, facts)

  const checkId = newId('chk')
  const { outcome, reasons, ...working } = verdict
  const decision: Decision = {
    checkId,
    customerId: account.customerId,
    orderId: wanted.orderId,
    amount: toMoney(amountMinor, account.currency),
    outcome,
    reasons: reasons.map((code) => ({ code, text: REASONS[code].text.sales })),
    ...working,
    steps: [...working.steps],
    decidedAt: now
  }
  const ttlSeconds = wanted.reserveSeconds ?? deps.policy.check.reservationTtlHours * 3_600
  const reservation = outcome === 'approved' ? newReservation(decision, amountMinor, ttlSeconds) : undefined
  const moves = reservation === undefined ? {} : { reservedMinor: amountMinor }
  const decided: NewEntry = {
    type: 'check.decided',
    subject: checkId,
    payload: { decision, facts, expiresAt: reservation?.expiresAt ?? null },
    moves
  }
  const writes = [
    insertCheck(checkRow(decision, amountMinor)),
    ...(reservation === undefined ? [] : [insertReservation(reservation)])
  ]
  await saveAccount(trx, swept, caller.keyId, [decided], { writes })
  return answerOf(201, {
    ...decision,
    reservation: reservation === undefined ? null : reservationOf(reservation, account.currency, now)
  })
}

/** Turns some or all of a reservation into an amount that an invoice will carry, or carries already. */
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
  const earlier = await findCapture(trx, account.customerId, invoiceId)
  if (earlier !== undefined) {
    throw new Problem(
      'invoice-already-captured',
      `Invoice ${invoiceId} captured check ${earlier.checkId} at ${earlier.capturedAt}.`,
      { members: { checkId: earlier.checkId } }
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

/** Gives back what is still held. */
export async function release(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  checkId: string,
  { reason }: NewRelease
): Promise<Answer> {
  const { locked, check, reservation } = await lockReservation(deps, trx, checkId)
  refuseResolved(reservation, locked.now)
  const changes = resolved(reservation, { kind: 'release' }, locked.now)
  const row = { ...reservation, ...changes }
  const reservedMinor = -openMinor(reservation)
  const entry: NewEntry = {
    type: 'reservation.released',
    subject: checkId,
    payload: { reason: reason ?? null, state: row.state },
    moves: { reservedMinor }
  }
  await saveAccount(trx, locked, caller.keyId, [entry], { writes: [updateReservation(reservation, changes)] })
  return answerOf(201, checkOf({ check, reservation: row }, locked.now))
}

/** A stored check as it is answered now: the decision as it was, the reservation as it stands. */
export function checkOf({ check, reservation }: CheckRow, now: string): CreditCheck {
  const decision = JSON.parse(check.document) as Decision
  return {
    ...decision,
    reservation: reservation === undefined ? null : reservationOf(reservation, decision.amount.currency, now)
  }
}

export function checkNotFound(checkId: string): Problem {
  return new Problem('not-found', `There is no credit check ${checkId}.`)
}

/** The check that holds the order's reservation, for a caller who asks the same again: the same amount on the same terms. */
async function heldAnswer(
  trx: Writer,
  held: Row<'reservations'>,
  wanted: NewCreditCheck,
  hasKey: boolean,
  now: string
): Promise<Answer> {
  const row = await findCheck(trx, held.customerId, held.checkId)
  if (row === undefined) throw checkNotFound(held.checkId)
  const check = checkOf(row, now)
  const terms = check.steps.find(({ code }) => code === 'terms')?.observed ?? null
  const same = held.amountMinor === minorOf(wanted.amount) && terms === (wanted.termsDays ?? null)
  if (hasKey || !same) {
    const open = formatAmount(openMinor(held), wanted.amount.currency)
    const detail = `Order ${held.orderId} holds ${open} ${wanted.amount.currency} until ${held.expiresAt} by check ${held.checkId}.`
    throw new Problem('order-already-reserved', detail, { members: { checkId: held.checkId } })
  }
  return answerOf(200, check)
}

async function lockReservation(deps: Deps, trx: Writer, checkId: string) {
  const customerId = await customerOfCheck(trx, checkId)
  if (customerId === undefined) throw checkNotFound(checkId)
  const locked = await lockAccount(trx, deps.clock, customerId)
  const found = await findCheck(trx, customerId, checkId)
  if (found === undefined) throw checkNotFound(checkId)
  if (found.reservation === undefined) {
    throw new Problem('reservation-absent', `The check ${checkId} was ${found.check.outcome}: it holds no reservation.`)
  }
  return { locked, check: found.check, reservation: found.reservation }
}

/** A reservation is resolved once; one whose time is up is expired even if nothing has swept it yet. */
function refuseResolved({ checkId, state, expiresAt, resolvedAt }: Row<'reservations'>, now: string): void {
  if (state === 'active' && expiresAt > now) return
  const ended = state === 'active' ? 'expired' : state
  const slug =
    ended === 'expired'
      ? 'reservation-already-expired'
      : ended === 'released'
        ? 'reservation-already-released'
        : 'reservation-already-captured'
  throw new Problem(slug, `The reservation of ${checkId} is ${ended} since ${resolvedAt ?? expiresAt}.`, {
    members: { state: ended }
  })
}

function resolved(before: Row<'reservations'>, step: ReservationStep, now: string) {
  const after = resolveStep(before, step)
  if (after === undefined) throw new Error('the amount was compared with what is open before')
  const { capturedMinor, releasedMinor, expiredMinor, state } = after
  return {
    capturedMinor,
    releasedMinor,
    expiredMinor,
    state,
    resolvedAt: state === 'active' ? null : now,
    version: before.version + 1
  }
}

/** How many reservations one statement ends: its parameters are counted in 16 bits. */
const SWEPT_MAX = 1_000

/**
 * Ends the reservations whose time is up, and answers the account without them. Not in the statement of the decision: what one statement
 * writes has no order, and an order whose reservation has expired may get a new one only after the old one has ended.
 */
async function sweep(
  trx: Writer,
  locked: LockedAccount,
  due: readonly Row<'reservations'>[],
  actor: string
): Promise<LockedAccount> {
  let { account } = locked
  for (let from = 0; from < due.length; from += SWEPT_MAX) {
    const rows = due.slice(from, from + SWEPT_MAX)
    const entries = rows.map((row): NewEntry => {
      const moves = { reservedMinor: -openMinor(row) }
      return { type: 'reservation.expired', subject: row.checkId, payload: { expiresAt: row.expiresAt }, moves }
    })
    const writes = [expireReservations(account.customerId, rows)]
    account = await saveAccount(trx, { ...locked, account }, actor, entries, { writes })
  }
  return { ...locked, account }
}

function newReservation(
  { checkId, customerId, orderId, decidedAt }: Decision,
  amountMinor: number,
  ttlSeconds: number
): Row<'reservations'> {
  const expiresAt = addSeconds(decidedAt, ttlSeconds)
  const amounts = { amountMinor, capturedMinor: 0, releasedMinor: 0, expiredMinor: 0 }
  return {
    customerId,
    checkId,
    orderId,
    state: 'active',
    ...amounts,
    expiresAt,
    createdAt: decidedAt,
    resolvedAt: null,
    version: 1
  }
}

function checkRow(decision: Decision, amountMinor: number): Row<'creditChecks'> {
  const { customerId, checkId, orderId, outcome, decidedAt } = decision
  return { customerId, checkId, orderId, outcome, amountMinor, decidedAt, document: JSON.stringify(decision) }
}

function reservationOf(row: Row<'reservations'>, currency: string, now: string): Reservation {
  const due = row.state === 'active' && row.expiresAt <= now
  const amounts = due ? { ...row, ...resolved(row, { kind: 'expire' }, row.expiresAt) } : row
  const money = (minor: number) => toMoney(minor, currency)
  return {
    state: amounts.state,
    amount: money(row.amountMinor),
    captured: money(amounts.capturedMinor),
    released: money(amounts.releasedMinor),
    expired: money(amounts.expiredMinor),
    open: money(openMinor(amounts)),
    expiresAt: row.expiresAt,
    resolvedAt: amounts.resolvedAt,
    version: row.version
  }
}

/** What the decision reads of the account, and no more: exactly this is stored for replay. */
function accountFacts(account: LockedAccount['account']): CheckFacts['account'] {
  const { customerId, currency, limitMode, limitMinor, limitValidUntil, limitDecisionId, termsDays } = account
  const { receivablesMinor, capturedMinor, reservedMinor, holdReason, holdSince, grade, ratingValidUntil, ratedAt } =
    account
  return {
    customerId,
    currency,
    limitMode,
    limitMinor,
    limitValidUntil,
    limitDecisionId,
    termsDays,
    receivablesMinor,
    capturedMinor,
    reservedMinor,
    holdReason,
    holdSince,
    grade,
    ratingValidUntil,
    ratedAt
  }
}

function answerOf(status: 200 | 201, value: CreditCheck): Answer {
  return { status, value, location: `/v1/credit-checks/${value.checkId}`, etag: `"${value.reservation?.version ?? 0}"` }
}
