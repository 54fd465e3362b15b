import type { Erp } from './erp.ts'
import type { Order } from './orders.ts'
import { abreast } from './replay.ts'

/** Figures about a set of invoices. */
export interface Totals {
  readonly invoices: number
  /** In cents. */
  readonly invoicedMinor: number
  readonly lateShare: number
  /** Days late weighted by amount; early payment counts as 0. */
  readonly weightedDaysLate: number
}

export interface Books {
  /** What the service says, over all its customers. */
  readonly totals: Totals
  /** What is still owed, held or captured anywhere, in cents. */
  readonly openMinor: number
  readonly activeReservations: number
  readonly grades: ReadonlyMap<string, number>
  readonly audit: {
    valid: boolean
    entries: number
    findings: { invariant: string; statement: string; checked: number; valid: boolean; firstBad: string | null }[]
  }
}

const MONTHS_OF_HISTORY = 120

/** Asks the service for everything that shows whether the books close. */
export async function readBooks(erp: Erp, customerIds: readonly string[]): Promise<Books> {
  const sums = { invoices: 0, invoicedMinor: 0, late: 0, settledMinor: 0, lateMinorDays: 0, openMinor: 0 }
  const grades = new Map<string, number>()
  await abreast(customerIds, async (customerId) => {
    const behaviour = await erp.get<Behaviour>(
      `/v1/customers/${customerId}/payment-behaviour?months=${MONTHS_OF_HISTORY}`
    )
    const account = await erp.get<Account>(`/v1/customers/${customerId}/exposure`)
    const rating = await erp.get<{ grade: string | null }>(`/v1/customers/${customerId}/rating`)
    const settledMinor = cents(behaviour.settled.amount)
    sums.invoices += behaviour.settledCount
    sums.late += behaviour.lateCount
    sums.invoicedMinor += cents(behaviour.invoiced.amount)
    sums.settledMinor += settledMinor
    sums.lateMinorDays += settledMinor * (behaviour.weightedDaysLate ?? 0)
    const { receivables, captured, reserved } = account.exposure
    sums.openMinor += Math.abs(cents(receivables.amount)) + cents(captured.amount) + cents(reserved.amount)
    const grade = rating.grade ?? 'unrated'
    grades.set(grade, (grades.get(grade) ?? 0) + 1)
  })
  let activeReservations = 0
  for await (const _check of erp.all('/v1/credit-checks?reservation=active')) activeReservations += 1
  return {
    totals: {
      invoices: sums.invoices,
      invoicedMinor: sums.invoicedMinor,
      lateShare: sums.late / sums.invoices,
      weightedDaysLate: sums.lateMinorDays / sums.settledMinor
    },
    openMinor: sums.openMinor,
    activeReservations,
    grades,
    audit: await erp.get('/v1/audit/self-check')
  }
}

/** The same figures from the file itself, for comparison. */
export function totalsOf(orders: readonly Order[]): Totals {
  const late = orders.filter((order) => daysLate(order) > 0).length
  const invoicedMinor = orders.reduce((sum, order) => sum + cents(order.amount), 0)
  const lateMinorDays = orders.reduce((sum, order) => sum + cents(order.amount) * daysLate(order), 0)
  return {
    invoices: orders.length,
    invoicedMinor,
    lateShare: late / orders.length,
    weightedDaysLate: lateMinorDays / invoicedMinor
  }
}

export function daysLate({ dueOn, settledOn }: Order): number {
  return Math.max(0, Math.round((Date.parse(settledOn) - Date.parse(dueOn)) / 86_400_000))
}

export function cents(amount: string): number {
  return Math.round(Number(amount) * 100)
}

interface Behaviour {
  readonly settledCount: number
  readonly lateCount: number
  readonly weightedDaysLate: number | null
  readonly settled: { readonly amount: string }
  readonly invoiced: { readonly amount: string }
}

interface Account {
  readonly exposure: Record<'receivables' | 'captured' | 'reserved', { readonly amount: string }>
}
