import type { Moves } from '../../database.ts'
import type { CheckFacts, CheckVerdict, Money, OpenAmount, ReleaseFacts } from '../../engine/index.ts'
import type { CheckId, InvoiceId, LimitDecisionId, OrderId } from '../../ids.ts'
import type { AuditedEntry } from '../store/audit.ts'

/** What an account holds besides its amounts. */
export type Standing = Pick<
  CheckFacts['account'],
  | 'limitMode'
  | 'limitMinor'
  | 'limitValidUntil'
  | 'limitDecisionId'
  | 'termsDays'
  | 'holdReason'
  | 'grade'
  | 'ratingValidUntil'
>

/** An account to which nothing has happened yet. */
export const NOTHING_STANDS: Standing = {
  limitMode: 'none',
  limitMinor: 0,
  limitValidUntil: null,
  limitDecisionId: null,
  termsDays: null,
  holdReason: null,
  grade: null,
  ratingValidUntil: null
}

/** Each amount of an account, moved by nothing but entries. */
export const NO_AMOUNTS: Readonly<Required<Moves>> = {
  receivablesMinor: 0,
  capturedMinor: 0,
  reservedMinor: 0,
  ordersMinor: 0,
  deliveriesMinor: 0,
  specialMinor: 0
}

/** The part of an entry that the auditor reads. An entry of an unknown type only moves amounts. */
export interface Payload {
  readonly moves: Moves
  readonly decision?: StoredDecision
  readonly facts?: CheckFacts
  /** Of what was decided on facts: by which rules; left out: by the first. */
  readonly edition?: number
  readonly expiresAt?: string | null
  /** Of a capture. */
  readonly amountMinor?: number
  readonly captureId?: string
  readonly invoiceId?: InvoiceId
  readonly state?: string
  readonly reason?: string
  readonly result?: Pick<Standing, 'grade'>
  readonly ratingValidUntil?: string | null
  /**
   * Of an approval: the items that its reservation holds. Of a reconciliation: the items whose held
   * amount changed, with the new one.
   */
  readonly held?: readonly OpenAmount[]
  /**
   * Of a capture: what the reservation still holds of its items. Of an end without one: what counts
   * again of them.
   */
  readonly items?: readonly OpenAmount[]
  /** Of an item: the system that knows it. */
  readonly source?: string
  /** Of a person's decision about an order that waits. */
  readonly orderId?: OrderId
  /** What the person lets pass. */
  readonly release?: ReleaseFacts
}

/** A decision of an order check, or of a limit. */
export interface StoredDecision {
  readonly checkId: CheckId
  readonly outcome: CheckVerdict['outcome']
  readonly policy: { readonly id: string; readonly version: number }
  readonly reasons: readonly string[]
  /** Of the text of the decision that is on file. */
  readonly documentSha256: string
  readonly limitDecisionId?: LimitDecisionId
  readonly decision?: {
    readonly mode: Standing['limitMode']
    readonly amount: Money
    readonly termsDays: number
    readonly validUntil: string
  }
}

/** Throws when the payload is not what an entry holds. */
export function payloadOf({ payload }: AuditedEntry): Payload {
  const parsed = JSON.parse(payload) as Payload
  if (typeof parsed.moves !== 'object' || parsed.moves === null) throw new TypeError('an entry says what it moves')
  return parsed
}
