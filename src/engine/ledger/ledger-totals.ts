import type { BusinessDate } from '../values/dates.ts'
import { addInvoice, type DaySums, type LedgerSums, ledgerSums, noSums } from './ledger-sums.ts'
import { daysLate, type InvoiceFact, type SettlementFact, settledInvoice, settledInvoices } from './settled-invoices.ts'

/**
 * An invoice as it is recorded: what the record holds open of it, and all that settles it, on
 * whatever day.
 */
export interface RecordedInvoice {
  readonly invoice: InvoiceFact
  readonly openMinor: number
  readonly settlements: readonly SettlementFact[]
}

/**
 * The figures that are kept of a day. Those of `DaySums`, and what the record itself says: what
 * is open by due date, and what was received by settlement date, neither cut nor compared with
 * each other.
 */
export const DAY_FIGURES = [
  'invoices',
  'invoicedMinor',
  'disputedMinor',
  'creditedMinor',
  'paidMinor',
  'paidMinorDays',
  'closed',
  'closedMinor',
  'closedLate',
  'closedPaid',
  'closedInParts',
  'balanceMinor',
  'unsettledMinor',
  'undisputedMinor',
  'undisputed',
  'openMinor',
  'openDisputedMinor',
  'receivedMinor',
  'receivedMinorDays'
] as const satisfies (Exclude<keyof DaySums, 'day' | 'mostDaysLate'> | keyof RecordSums)[]
type DayFigure = (typeof DAY_FIGURES)[number]

interface RecordSums {
  readonly openMinor: number
  readonly openDisputedMinor: number
  readonly receivedMinor: bigint
  readonly receivedMinorDays: bigint
}

/** The figures of one day, or by how much they change; below zero where they fall. */
export type DayTotals = { readonly day: BusinessDate } & Readonly<Record<DayFigure, bigint>>

/** How many payments of a day came so many days late, or by how much that changes. */
export interface LateTotals {
  readonly day: BusinessDate
  readonly daysLate: number
  readonly payments: number
}

/**
 * Adds up recorded invoices by day. An invoice is taken out by the same rule by which it is put
 * in, so what is kept can follow every change without a look at the other invoices. Nothing that
 * is dated ahead is left out here: see `ledgerAsOf`.
 */
export class LedgerTotals {
  readonly #days = new Map<BusinessDate, Record<DayFigure, bigint>>()
  readonly #late = new Map<BusinessDate, Map<number, number>>()

  put(recorded: RecordedInvoice): void {
    this.#move(recorded, 1n)
  }

  take(recorded: RecordedInvoice): void {
    this.#move(recorded, -1n)
  }

  /** The days of which a figure is not zero, in their order. */
  days(): DayTotals[] {
    return [...this.#days]
      .filter(([, figures]) => DAY_FIGURES.some((name) => figures[name] !== 0n))
      .toSorted(byDay)
      .map(([day, figures]) => ({ day, ...figures }))
  }

  /** The delays of which the number is not zero, in the order of the days. */
  late(): LateTotals[] {
    return [...this.#late].toSorted(byDay).flatMap(([day, counts]) =>
      [...counts]
        .filter(([, payments]) => payments !== 0)
        .toSorted(([left], [right]) => left - right)
        .map(([late, payments]) => ({ day, daysLate: late, payments }))
    )
  }

  #move({ invoice, openMinor, settlements }: RecordedInvoice, sign: Sign): void {
    const settled = settledInvoice(invoice, settlements)
    const sums = noSums()
    addInvoice(sums, settled)
    for (const list of Object.values(sums)) for (const figures of list) this.#add(figures, sign)
    this.#add({ day: invoice.dueOn, openMinor, openDisputedMinor: invoice.disputed ? openMinor : 0 }, sign)
    for (const settlement of settlements)
      if (settlement.by === 'payment') this.#add(received(invoice, settlement), sign)
    for (const { settledOn, by, daysLate: late } of settled.parts)
      if (by === 'payment' && late > 0) this.#addLate(settledOn, late, sign)
  }

  #add(figures: FiguresOfDay, sign: Sign): void {
    const { day } = figures
    const known = this.#days.get(day) ?? { ...NOTHING }
    this.#days.set(day, known)
    for (const name of Object.keys(figures)) {
      if (name === 'day' || name === 'mostDaysLate') continue
      known[name as DayFigure] += sign * BigInt(figures[name as DayFigure] ?? 0)
    }
  }

  #addLate(day: BusinessDate, late: number, sign: Sign): void {
    const known = this.#late.get(day) ?? new Map<number, number>()
    this.#late.set(day, known)
    known.set(late, (known.get(late) ?? 0) + Number(sign))
  }
}

type Sign = 1n | -1n
type FiguresOfDay = { readonly day: BusinessDate } & Partial<Record<DayFigure, number | bigint>>

const NOTHING = Object.fromEntries(DAY_FIGURES.map((name) => [name, 0n])) as Record<DayFigure, bigint>

function received(invoice: InvoiceFact, { settledOn, amountMinor }: SettlementFact): FiguresOfDay {
  const receivedMinor = BigInt(amountMinor)
  return { day: settledOn, receivedMinor, receivedMinorDays: receivedMinor * BigInt(daysLate(invoice, settledOn)) }
}

function byDay([left]: [BusinessDate, unknown], [right]: [BusinessDate, unknown]): number {
  return left < right ? -1 : 1
}

/**
 * A ledger as it is at hand: what it adds up to by day with the invoices of which something may be
 * dated ahead, each due on or after its day of issue; or all of its facts.
 */
export type Ledger =
  | { readonly days: readonly DaySums[]; readonly ahead: readonly RecordedInvoice[] }
  | { readonly invoices: readonly InvoiceFact[]; readonly settlements: readonly SettlementFact[] }

/** The sums of a ledger as of a day: nothing that is dated after it counts. */
export function ledgerAsOf(ledger: Ledger, asOf: BusinessDate): LedgerSums {
  if ('days' in ledger) return sumsAsOf(ledger.days, ledger.ahead, asOf)
  return ledgerSums(settledInvoices(ledger.invoices, ledger.settlements, asOf))
}

function sumsAsOf(days: readonly DaySums[], ahead: readonly RecordedInvoice[], asOf: BusinessDate): LedgerSums {
  if (ahead.length === 0) return sumsOfDays(days)
  const totals = new LedgerTotals()
  for (const recorded of ahead) {
    totals.take(recorded)
    const settlements = recorded.settlements.filter(({ settledOn }) => settledOn <= asOf)
    if (recorded.invoice.issuedOn <= asOf) totals.put({ ...recorded, settlements })
  }
  const sums = new Map(days.map((each) => [each.day, each]))
  for (const moved of totals.days()) {
    sums.set(moved.day, plus(sums.get(moved.day) ?? { day: moved.day, ...EMPTY_DAY }, moved))
  }
  return sumsOfDays([...sums.values()])
}

function sumsOfDays(days: readonly DaySums[]): LedgerSums {
  return { issued: days, paid: days, closed: days, balance: days, unsettled: days }
}

const EMPTY_DAY: Omit<DaySums, 'day'> = {
  invoices: 0,
  invoicedMinor: 0,
  disputedMinor: 0,
  creditedMinor: 0,
  paidMinor: 0n,
  paidMinorDays: 0n,
  mostDaysLate: 0,
  closed: 0,
  closedMinor: 0,
  closedLate: 0,
  closedPaid: 0,
  closedInParts: 0,
  balanceMinor: 0,
  unsettledMinor: 0,
  undisputedMinor: 0,
  undisputed: 0
}

/**
 * A payment that does not count yet leaves the most days late alone: its day is still to come, or
 * it came before its invoice.
 */
function plus(sums: DaySums, moved: DayTotals): DaySums {
  const moves = Object.entries(sums).map(([name, figure]) => {
    if (name === 'day' || name === 'mostDaysLate') return [name, figure]
    const change = moved[name as DayFigure]
    return [name, typeof figure === 'bigint' ? figure + change : figure + Number(change)]
  })
  return Object.fromEntries(moves) as DaySums
}
