import { CLOCK } from '../../accounts/store.ts'
import type { Row } from '../../database.ts'
import {
  ACTOR_NAMES,
  type Audience,
  BLOCK_STATE_NAMES,
  CAPTURE_STATE_NAMES,
  openMinor,
  RESERVATION_STATE_NAMES,
  type Reader,
  resolveStep,
  toMoney
} from '../../engine/index.ts'
import type { Answer } from '../../platform/http/command.ts'
import { etagOf } from '../../platform/http/etag.ts'
import { shareOut } from '../../reservations/postings/coverage.ts'
import { namedFor, shownTo, toldCheck } from '../../wording/postings.ts'
import type { Block, Capture, CreditCheck, Reservation } from '../schema.ts'
import type { CheckRow } from '../store.ts'
import type { Decision } from './decision.ts'

/**
 * A stored check as it is answered now: the decision as it was, in the words of today, its
 * reservation as it stands.
 */
export function checkOf(
  {
    check,
    reservation,
    block
  }: {
    check: Pick<CheckRow['check'], 'document'>
    reservation?: CheckRow['reservation']
    block?: CheckRow['block']
  },
  now: string,
  audience?: Audience
): CreditCheck {
  const decision = JSON.parse(check.document) as Decision
  const shown = {
    reservation: reservation === undefined ? null : reservationOf(reservation, decision.amount.currency, now),
    block: block === undefined ? null : blockOf(block, now)
  }
  return answeredCheck(decision, shown, audience)
}

/** A decision with what became of it, as it is answered. */
export function answeredCheck(
  decision: Decision,
  shown: Pick<CreditCheck, 'reservation' | 'block'>,
  audience: Audience | undefined
): CreditCheck {
  const { reservation, block } = shown
  const named = {
    reservation: reservation && namedReservation(reservation, audience),
    block: block && namedBlock(block, audience)
  }
  return shownTo({ ...toldCheck(decision, audience), ...named }, audience?.reader)
}

/** A check with what was captured of its reservation, where that is something. */
export function withCaptures(
  check: CreditCheck,
  captures: readonly Row<'captures'>[],
  audience: Audience | undefined
): CreditCheck {
  if (captures.length === 0) return check
  const { currency } = check.amount
  return { ...check, captures: captures.map((row) => captureOf(row, currency, audience)) }
}

function captureOf(row: Row<'captures'>, currency: string, audience: Audience | undefined): Capture {
  const { captureId, invoiceId, itemId, itemSource: source, capturedAt } = row
  const { state, takenOverMinor, countsMinor } = shareOut(row)
  const shown = {
    captureId,
    invoiceId,
    itemId,
    source,
    state,
    amount: toMoney(row.amountMinor, currency),
    takenOver: toMoney(takenOverMinor, currency),
    passedOn: toMoney(row.passedMinor, currency),
    released: toMoney(row.releasedMinor, currency),
    counts: toMoney(countsMinor, currency),
    capturedAt
  }
  return namedFor(shown, { state: CAPTURE_STATE_NAMES }, audience)
}

/** A block with what people call its codes. */
export function namedBlock(block: Block, audience: Audience | undefined): Block {
  return namedFor(block, { state: BLOCK_STATE_NAMES, closedBy: ACTOR_NAMES }, audience)
}

/** A reservation with what people call its state. */
export function namedReservation(reservation: Reservation, audience: Audience | undefined): Reservation {
  return namedFor(reservation, { state: RESERVATION_STATE_NAMES }, audience)
}

/** A block whose time is up has lapsed, even if nothing has closed it yet. */
export function blockOf(row: Row<'blockedOrders'>, now: string): Block {
  const lapsed = row.state === 'open' && row.validUntil <= now
  return {
    state: lapsed ? 'lapsed' : row.state,
    automatic: row.automatic,
    openedAt: row.openedAt,
    validUntil: row.validUntil,
    closedAt: lapsed ? row.validUntil : row.closedAt,
    closedBy: lapsed ? CLOCK : row.closedBy,
    nextCheckId: row.nextCheckId,
    reasonCode: row.reasonCode,
    comment: row.comment,
    version: row.version
  }
}

export function reservationOf(row: Row<'reservations'>, currency: string, now: string): Reservation {
  const isDue = row.state === 'active' && row.expiresAt <= now
  const expired = isDue ? resolveStep(row, { kind: 'expire' }) : undefined
  const amounts = expired === undefined ? row : { ...row, ...expired, resolvedAt: row.expiresAt }
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

export function answerOf(status: 200 | 201, value: CreditCheck, reader?: Reader): Answer {
  return { status, value, location: `/v1/credit-checks/${value.checkId}`, etag: etagOf(versionOf(value), reader) }
}

/** The version that If-Match names: of the reservation, or of the block. */
export function versionOf({ reservation, block }: Pick<CreditCheck, 'reservation' | 'block'>): number {
  return reservation?.version ?? block?.version ?? 0
}
