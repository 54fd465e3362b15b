import type { Moves } from '../../database.ts'
import type {
  CheckFacts,
  CheckVerdict,
  FileChange,
  Money,
  OpenAmount,
  ReleaseFacts,
  Settlement
} from '../../engine/index.ts'
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
> & {
  /** What has come onto the file since the rating; undefined: nothing. */
  readonly fileChange?: FileChange | undefined
}

/** An account to which nothing has happened yet. */
export const NOTHING_STANDS: Standing = {
  limitMode: 'none',
  limitMinor: 0,
  limitValidUntil: null,
  limitDecisionId: null,
  termsDays: null,
  holdReason: null,
  grade: null,
  ratingValidUntil: null,
  fileChange: undefined
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
  /** Of a capture: what it takes over of earlier ones. */
  readonly passed?: readonly { readonly captureId: string; readonly amountMinor: number }[]
  /** Of a capture: what its document has no room for. */
  readonly excessMinor?: number
  /** Of an invoice or an item: the same of what it captured earlier. */
  readonly excess?: readonly { readonly captureId: string; readonly amountMinor: number }[]
  readonly alreadyInvoiced?: boolean
  readonly invoiceId?: InvoiceId
  readonly state?: string
  readonly reason?: string
  readonly result?: Pick<Standing, 'grade'>
  readonly ratingValidUntil?: string | null
  /** Of what came onto the file: how the account is marked since. */
  readonly fileChange?: FileChange
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
  /** Of an item that became another document: what is open of it. */
  readonly openMinor?: number
  /** Of a credit: what it settles. */
  readonly allocations?: readonly AllocationTold[]
  /** Of an early-payment discount: by what it was earned, in the invoice's currency. */
  readonly discount?: DiscountTold
  readonly share?: number
  /** Of a person's decision about an order that waits. */
  readonly orderId?: OrderId
  /** What the person lets pass. */
  readonly release?: ReleaseFacts
}

/** What an entry says of an early-payment discount. */
interface DiscountTold {
  readonly moneyMinor: number
  /** What of it was taken before. */
  readonly takenMinor: number
  readonly settledMinor: number
}

/** What an entry says of an allocation. */
export interface AllocationTold {
  readonly amountMinor: number
  /** In the currencies of the two documents; left out: both are in that of the account. */
  readonly settledMinor?: number
  readonly usedMinor?: number
  /** Both sides as the caller stated them. */
  readonly asked?: Settlement
  /** The same between two currencies, in the account's. */
  readonly worth?: Settlement
  /** By which share the two sides of `worth` may differ. */
  readonly shareMax?: number
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
