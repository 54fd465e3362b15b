import { CLOCK } from '../../accounts/store.ts'
import type { Row } from '../../database.ts'
import { type Audience, openMinor, type Reader, resolveStep, toMoney } from '../../engine/index.ts'
import type { Answer } from '../../platform/http/command.ts'
import { etagOf } from '../../platform/http/etag.ts'
import { toldCheck } from '../../wording/postings.ts'
import type { Block, CreditCheck, Reservation } from '../schema.ts'
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
  return {
    ...toldCheck(decision, audience),
    reservation: reservation === undefined ? null : reservationOf(reservation, decision.amount.currency, now),
    block: block === undefined ? null : blockOf(block, now)
  }
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
