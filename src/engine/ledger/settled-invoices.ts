import { type BusinessDate, daysBetween } from '../values/dates.ts'
import { isKnown } from '../values/known.ts'

/** An issued invoice, in minor units of the account's currency. */
export interface InvoiceFact {
  readonly invoiceId: string
  readonly issuedOn: BusinessDate
  /** Day on which the seller recorded it; without it, `issuedOn`. */
  readonly knownOn?: BusinessDate
  readonly dueOn: BusinessDate
  readonly amountMinor: number
  /** The customer contests it: it is open, but not overdue. */
  readonly disputed: boolean
}

/**
 * A part of an invoice that was settled. A credit note settles, but says nothing about how the
 * customer pays.
 */
export interface SettlementFact {
  readonly invoiceId: string
  readonly settledOn: BusinessDate
  /** Day on which the seller recorded it; without it, `settledOn`. */
  readonly knownOn?: BusinessDate
  readonly amountMinor: number
  readonly by: 'payment' | 'credit_note'
}

/** A part of an invoice that a payment or a credit note settled, cut to what was open. */
export interface SettledPart {
  readonly settledOn: BusinessDate
  readonly amountMinor: number
  readonly daysLate: number
  readonly by: SettlementFact['by']
}

/** An invoice with what settled it. */
export interface SettledInvoice {
  readonly invoice: InvoiceFact
  readonly parts: readonly SettledPart[]
  readonly openMinor: number
  readonly lastOn: BusinessDate | null
  readonly lastPaidOn: BusinessDate | null
}

/**
 * The invoices that are dated and known on or before a day, each with what had settled it by
 * then.
 */
export function settledInvoices(
  invoices: readonly InvoiceFact[],
  settlements: readonly SettlementFact[],
  asOf: BusinessDate
): SettledInvoice[] {
  if (invoices.length === 0) return []
  const byInvoice = new Map<string, SettlementFact[]>()
  for (const settlement of settlements) {
    if (!isKnown(settlement.settledOn, settlement.knownOn, asOf)) continue
    const known = byInvoice.get(settlement.invoiceId)
    if (known === undefined) byInvoice.set(settlement.invoiceId, [settlement])
    else known.push(settlement)
  }
  return invoices
    .filter(({ issuedOn, knownOn }) => isKnown(issuedOn, knownOn, asOf))
    .map((invoice) => settledInvoice(invoice, byInvoice.get(invoice.invoiceId) ?? []))
}

/**
 * An invoice with all of these settlements, in order of time and each cut to what the earlier
 * ones left open.
 */
export function settledInvoice(invoice: InvoiceFact, settlements: readonly SettlementFact[]): SettledInvoice {
  let openMinor = invoice.amountMinor
  const parts: SettledPart[] = []
  for (const { settledOn, amountMinor, by } of settlements.toSorted(byDateAndKind)) {
    const part = Math.min(amountMinor, openMinor)
    if (part <= 0) continue
    openMinor -= part
    parts.push({ settledOn, amountMinor: part, daysLate: daysLate(invoice, settledOn), by })
  }
  const lastOn = parts.at(-1)?.settledOn ?? null
  const lastPaidOn = parts.findLast(({ by }) => by === 'payment')?.settledOn ?? null
  return { invoice, parts, openMinor, lastOn, lastPaidOn }
}

/**
 * Days from the due date of an invoice to its settlement; 0 when that is not late, or one of the
 * two is no date.
 */
export function daysLate({ dueOn }: Pick<InvoiceFact, 'dueOn'>, settledOn: BusinessDate): number {
  const days = daysBetween(dueOn, settledOn)
  return days > 0 ? days : 0
}

/**
 * By date, then payments first, then by amount: the same facts in any order give the same parts.
 */
function byDateAndKind(left: SettlementFact, right: SettlementFact): number {
  if (left.settledOn !== right.settledOn) return left.settledOn < right.settledOn ? -1 : 1
  if (left.by !== right.by) return left.by === 'payment' ? -1 : 1
  return left.amountMinor - right.amountMinor
}
