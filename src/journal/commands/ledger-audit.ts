import type { Reader } from '../../database.ts'
import { DAY_FIGURES, LedgerTotals } from '../../engine/index.ts'
import type { CustomerId } from '../../ids.ts'
import type { InvoicePlace } from '../store/audit.ts'
import { auditedInvoices, auditedSums } from '../store/audit.ts'
import type { Findings } from './findings.ts'

/** So many invoices are read at a time. */
const INVOICES_PAGE = 500

/** Compares what is kept of the ledgers of some customers with what their invoices add up to. */
export async function auditLedgers(db: Reader, findings: Findings, customerIds: readonly CustomerId[]): Promise<void> {
  const totals = new Map(customerIds.map((customerId) => [customerId, new LedgerTotals()]))
  let place: InvoicePlace = { customerId: '', invoiceId: '' }
  for (;;) {
    const page = await auditedInvoices(db, customerIds, place, INVOICES_PAGE)
    for (const { customerId, ...recorded } of page) totals.get(customerId)?.put(recorded)
    const last = page.at(-1)
    if (last === undefined || page.length < INVOICES_PAGE) break
    place = { customerId: last.customerId, invoiceId: last.invoice.invoiceId }
  }
  const kept = Map.groupBy(await auditedSums(db, customerIds, DAY_FIGURES), ({ customerId }) => customerId)
  for (const [customerId, ofCustomer] of totals) {
    const differing = firstDifference(expectedOf(ofCustomer), kept.get(customerId) ?? [])
    findings.expect('I11', differing === undefined, () => `${customerId}: what is kept of the ledger for ${differing}`)
  }
}

/** Figures by name, by the day or the delay that they are of. */
type Expected = Map<string, Readonly<Record<string, string>>>

function expectedOf(totals: LedgerTotals): Expected {
  const days = totals.days().map(({ day, ...figures }) => {
    const texts = Object.entries(figures).map(([name, figure]) => [name, String(figure)])
    return [day, Object.fromEntries(texts)] as const
  })
  const late = totals.late().map(({ day, daysLate, payments }) => {
    return [`${day} +${daysLate}`, { payments: String(payments) }] as const
  })
  return new Map<string, Record<string, string>>([...days, ...late])
}

function firstDifference(
  expected: Expected,
  kept: readonly { readonly of: string; readonly kept: Readonly<Record<string, string>> }[]
): string | undefined {
  const missing = new Map(expected)
  for (const { of, kept: figures } of kept) {
    const due = missing.get(of)
    if (due === undefined || Object.entries(due).some(([name, figure]) => figures[name] !== figure)) return of
    missing.delete(of)
  }
  return missing.keys().next().value
}
