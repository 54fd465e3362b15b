import type { ExposureMinor, LimitInForce } from '../ledger/exposure.ts'
import type { Situation } from '../ledger/situation.ts'
import type { BusinessDate } from '../values/dates.ts'
import type { OriginalMoney } from '../values/exchange-rate.ts'
import type { Advice, Grade } from '../values/rating.ts'
import type { FileChange } from './file-change.ts'
import type { Outlook } from './outlook.ts'
import type { CheckStepCode } from './steps/check-step.ts'

/** The account as one decision reads it under its lock. */
export interface AccountFacts extends LimitInForce, ExposureMinor {
  readonly customerId: string
  readonly currency: string
  /** Null: no limit was ever decided. */
  readonly limitDecisionId: string | null
  readonly termsDays: number | null
  readonly holdReason: string | null
  readonly holdSince: string | null
  readonly grade: Grade | null
  readonly ratingValidUntil: BusinessDate | null
  /** The advice of the assessment behind the rating, besides its grade. */
  readonly ratingAdvice: Advice
  readonly ratedAt: string | null
  /**
   * The instant of the ERP's last snapshot of open items that was applied; null: the ERP never sent
   * one.
   */
  readonly reconciledAt: string | null
  /** What has come onto the file since the rating, at its gravest; left out: nothing. */
  readonly fileChange?: FileChange
  /** The instant of that change; left out with it. */
  readonly fileChangedAt?: string
}

export const ORDER_KINDS = ['order', 'credit_note'] as const
type OrderKind = (typeof ORDER_KINDS)[number]

/** The order in the account's currency. */
export interface OrderFacts {
  readonly orderId: string
  /** A credit note lowers what is owed, so it is never refused for want of credit. */
  readonly kind: OrderKind
  /** More than 0. */
  readonly amountMinor: number
  /** The part that is paid before delivery, 0..`amountMinor`: it needs no credit. */
  readonly prepaidMinor: number
  /**
   * What the order already holds or has captured, when it asks for more: counted in the account,
   * and not part of `amountMinor`. 0 for an order decided as a whole.
   */
  readonly heldMinor: number
  /**
   * The amount of ledger items that already count for this order. It is left out of the orders of
   * the account and of the situation here, and moved into the reservation on approval. Absent when
   * there is none.
   */
  readonly recordedMinor?: number
  /** Payment terms that the order asks for; null: those of the limit. */
  readonly termsDays: number | null
  /** The day on which the goods leave; null when unknown, which counts as within any horizon. */
  readonly shipOn: BusinessDate | null
  /** Null when the order is in the account's currency. */
  readonly original: OriginalMoney | null
}

/** What an order comes to at an account above, in minor units of that account's currency. */
export interface OrderAmounts extends Pick<OrderFacts, 'amountMinor' | 'prepaidMinor' | 'recordedMinor'> {}

/**
 * An account above the customer's own that an order counts against as well: its total, or a group.
 * In minor units of its own currency.
 */
export interface AccountAbove extends LimitInForce, ExposureMinor {
  readonly currency: string
  /** Null: no limit was decided for it, so its amounts stop nothing. */
  readonly limitDecisionId: string | null
  /** Null: no manual hold. One stops every order below. */
  readonly holdReason: string | null
  readonly holdSince: string | null
  /** What security covers there on the day, 0 or more. */
  readonly coverMinor: number
  /** Orders there that ship later than the policy's horizon, 0 or more. */
  readonly beyondHorizonMinor: number
}

/** The same with what the order asks of it. */
interface LevelFacts extends AccountAbove {
  readonly order: OrderAmounts
}

/** A person's documented decision that an order may pass in spite of certain steps. */
export interface ReleaseFacts {
  readonly releaseId: string
  /** The steps that it exempts; `manual_hold` among them has no effect. */
  readonly exempts: readonly CheckStepCode[]
  /** It holds for an order of at most this amount. */
  readonly amountMaxMinor: number
  /** The last instant at which it holds. */
  readonly validUntil: string
  /** Who decided it. */
  readonly by: string
}

/** Everything that one decision rests on. It is stored with the decision for replay. */
export interface CheckFacts {
  readonly account: AccountFacts
  readonly situation: Situation
  readonly order: OrderFacts
  /** The accounts above, the nearest first. Left out: nothing stands above. */
  readonly above?: readonly LevelFacts[]
  /** The release that the order brings; null: none. */
  readonly release: ReleaseFacts | null
  /**
   * What is expected to make room, for the alternatives; null when not asked for. It does not
   * influence the decision.
   */
  readonly outlook: Outlook | null
  readonly now: string
  readonly today: BusinessDate
}

/**
 * What the order asks of the limit, in minor units: its amount less what is prepaid; nothing for a
 * credit note.
 */
export function creditMinor({ kind, amountMinor, prepaidMinor }: OrderFacts): number {
  return kind === 'credit_note' ? 0 : Math.max(0, amountMinor - prepaidMinor)
}
