import type { Account, CreditKind } from './account.ts'
import type { Currency } from './money.ts'

/**
 * What can be done to the account of a customer. `check` names a credit check by the number that
 * the caller gave it; the one that the service makes by itself for an order that waited has the
 * number of the check that blocked the order, below zero. An amount is in CNY where no currency
 * stands beside it; an item is in the currency of its name.
 */
export type Command =
  | AskedCheck
  | { do: 'capture'; check: number; amount: number; currency?: Currency; invoice: number; final: boolean }
  | { do: 'release'; check: number }
  | { do: 'adjust'; check: number; amount: number }
  /**
   * What a person decides about the order that a check blocks. `tolerance`: a share of its amount;
   * `until`: an instant.
   */
  | { do: 'decide'; check: number; release: boolean; tolerance: number; until: number }
  /** What is due in the background. */
  | { do: 'reevaluate' }
  | { do: 'item'; item: string; amount: number; version: number; from: Origin | null }
  | { do: 'close'; item: string; version: number }
  /** A snapshot of an instant. What is null is not compared. */
  | {
      do: 'reconcile'
      apply: boolean
      at: number
      version: number
      invoices: OpenInvoice[] | null
      credits: OpenCredit[] | null
      items: OpenItem[] | null
    }
  | { do: 'invoice'; invoice: number; amount: number; currency: Currency; day: number; from: Origin | null }
  | {
      do: 'credit'
      kind: CreditKind
      credit: number
      amount: number
      currency: Currency
      day: number
      allocations: Allocation[] | null
    }
  /** What is unapplied of a credit is applied. */
  | { do: 'allocate'; kind: CreditKind; credit: number; currency: Currency; allocations: Allocation[] | null }
  | { do: 'limit'; amount: number }
  | { do: 'hold' }
  | { do: 'lift' }
  /** The rate of a day: CNY for one USD, in ten thousandths. */
  | { do: 'rate'; day: number; rate: number }
  | { do: 'tick'; seconds: number }
  | { do: 'exposure' }
  | { do: 'list'; of: List }
  | { do: 'reservation'; check: number }

export type List = 'invoices' | 'payments' | 'credit-notes' | 'exposure-items'

export interface AskedCheck {
  do: 'check'
  check: number
  order: string
  amount: number
  currency?: Currency
  seconds: number
  keyed: boolean
  /** Whether the order, when it is not approved, is decided again by itself. */
  waits?: boolean
  /**
   * The id that the service gave it: orders that began to wait in the same instant wait in this
   * order.
   */
  id?: string
}

/**
 * What another document is made from: an item, or a reservation of which the rest is given back if
 * that is `final`. The amount is in the currency of the item, or in `currency` of a reservation.
 */
export interface Origin {
  item?: string
  check?: number
  final: boolean
  amount: number
  currency?: Currency
}

/** What of a credit, in its currency, settles an invoice: `settles` of it, in the invoice's. */
export interface Allocation {
  invoice: number
  amount: number
  settles?: { amount: number; currency: Currency }
}

export interface OpenInvoice {
  invoice: number
  amount: number
  open: number
  currency: Currency
  day: number
}

export interface OpenCredit {
  kind: CreditKind
  credit: number
  amount: number
  unapplied: number
  currency: Currency
  day: number
}

export interface OpenItem {
  item: string
  open: number
}

/** How an account answers each of its commands, and what becomes of it. */
export type Acts<Names extends Command['do']> = {
  [Name in Names]: (account: Account, command: Extract<Command, { do: Name }>) => string
}
