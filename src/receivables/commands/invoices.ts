import { lockAccount, requireAccount, saveAccount } from '../../accounts/store.ts'
import { markInvoiced, waitingCaptures } from '../../checks/store.ts'
import type { NewEntry, Reader, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { formatAmount, minorOf, toMoney } from '../../engine/index.ts'
import type { Caller } from '../../platform/auth.ts'
import type { Answer } from '../../platform/deciding.ts'
import { etagOf, requireMatch } from '../../platform/etag.ts'
import { keyOfCursor, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../../platform/page.ts'
import { fieldProblem, Problem } from '../../platform/problem.ts'
import type { Invoice, InvoiceQuery, NewInvoice } from '../schema.ts'
import { findInvoice, listInvoices, saveInvoice } from '../store.ts'
import { convert } from './conversions.ts'
import { refuseFuture } from './dates.ts'
import { DEFAULT_SOURCE } from './exposure-items.ts'
import { refuseStale } from './versions.ts'

/**
 * Records an invoice: a fact, accepted whatever the limit says. An invoice that captured reservations moves what it captured into the
 * receivables instead of adding to it. The same content again changes nothing.
 */
export async function putInvoice(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  { customerId, invoiceId }: { customerId: string; invoiceId: string },
  ifMatch: string | undefined,
  wanted: NewInvoice
): Promise<Answer> {
  const locked = await lockAccount(trx, deps.clock, customerId, wanted.amount.currency)
  const { account, now, today } = locked
  refuseFuture('/issuedOn', wanted.issuedOn, today)
  if (wanted.dueOn < wanted.issuedOn)
    throw fieldProblem('/dueOn', 'before_issue', `dueOn ${wanted.dueOn} lies before issuedOn ${wanted.issuedOn}.`)
  const before = await findInvoice(trx, customerId, invoiceId)
  if (before !== undefined || ifMatch !== undefined) requireMatch(ifMatch, before?.version ?? 0)
  refuseStale(`Invoice ${invoiceId}`, wanted.sourceVersion, before?.sourceVersion ?? null)
  const row = invoiceRow(customerId, invoiceId, wanted, before, now)
  if (row.openMinor < 0) {
    const settled = formatAmount(row.amountMinor - row.openMinor, account.currency)
    throw new Problem(
      'invoice-below-settled',
      `${settled} ${account.currency} of invoice ${invoiceId} is settled; ${wanted.amount.amount} is less.`
    )
  }
  const target = { kind: 'invoice', source: '', id: invoiceId } as const
  const conversions = await convert(trx, locked, target, wanted.convertedFrom, DEFAULT_SOURCE)
  const same = before !== undefined && sameContent(before, row) && conversions.entries.length === 0
  if (same && before.sourceVersion === row.sourceVersion) return invoiceAnswer(200, before, account.currency)
  if (!same && wanted.sourceVersion !== undefined && before?.sourceVersion === wanted.sourceVersion) {
    const detail = `Version ${wanted.sourceVersion} of invoice ${invoiceId} is recorded with other content.`
    throw new Problem('stale-version', detail, { members: { sourceVersion: wanted.sourceVersion } })
  }
  const waiting = before === undefined ? await waitingCaptures(trx, customerId, [invoiceId]) : []
  const capturedMinor = waiting.reduce((sum, capture) => sum + capture.amountMinor, 0)
  const { amountMinor, openMinor, issuedOn, dueOn, disputed, orderId, dunningLevel, sourceVersion } = row
  const entry: NewEntry = {
    type: before === undefined ? 'invoice.recorded' : 'invoice.changed',
    subject: invoiceId,
    payload: {
      amountMinor,
      openMinor,
      issuedOn,
      dueOn,
      disputed,
      orderId,
      dunningLevel,
      sourceVersion,
      capturedByChecks: waiting.map(({ checkId }) => checkId)
    },
    moves: {
      receivablesMinor: openMinor - (before?.openMinor ?? 0),
      ...(waiting.length === 0 ? {} : { capturedMinor: -capturedMinor })
    }
  }
  const marked = waiting.length === 0 ? [] : [markInvoiced(customerId, [invoiceId], now)]
  await saveAccount(trx, locked, caller.keyId, [...conversions.entries, entry], {
    writes: [...conversions.writes, saveInvoice(row), ...marked]
  })
  return invoiceAnswer(before === undefined ? 201 : 200, row, account.currency)
}

export async function readInvoice(db: Reader, customerId: string, invoiceId: string): Promise<Invoice> {
  const { currency } = await requireAccount(db, customerId)
  const row = await findInvoice(db, customerId, invoiceId)
  if (row === undefined) throw new Problem('not-found', `There is no invoice ${invoiceId} of this customer.`)
  return invoiceOf(row, currency)
}

/** The invoices of a customer, by id. */
export async function pageOfInvoices(
  db: Reader,
  customerId: string,
  { open, cursor, limit = PAGE_LIMIT_DEFAULT }: InvoiceQuery
): Promise<Page<Invoice>> {
  const { currency } = await requireAccount(db, customerId)
  const listing = { list: 'invoices', customerId, open }
  const rows = await listInvoices(db, customerId, open, keyOfCursor(cursor, listing), limit)
  const invoices = rows.map((row) => invoiceOf(row, currency))
  return pageOfRows(invoices, limit, listing, (invoice) => invoice.invoiceId)
}

function invoiceOf(row: Row<'invoices'>, currency: string): Invoice {
  const { amountMinor, openMinor, ...shown } = row
  return { ...shown, amount: toMoney(amountMinor, currency), open: toMoney(openMinor, currency) }
}

function invoiceRow(
  customerId: string,
  invoiceId: string,
  wanted: NewInvoice,
  before: Row<'invoices'> | undefined,
  now: string
): Row<'invoices'> {
  const amountMinor = minorOf(wanted.amount)
  const settledMinor = before === undefined ? 0 : before.amountMinor - before.openMinor
  return {
    customerId,
    invoiceId,
    orderId: wanted.orderId ?? null,
    amountMinor,
    openMinor: amountMinor - settledMinor,
    issuedOn: wanted.issuedOn,
    dueOn: wanted.dueOn,
    disputed: wanted.disputed ?? false,
    dunningLevel: wanted.dunningLevel ?? 0,
    sourceVersion: wanted.sourceVersion ?? before?.sourceVersion ?? null,
    version: (before?.version ?? 0) + 1,
    recordedAt: before?.recordedAt ?? now,
    updatedAt: now
  }
}

function sameContent(left: Row<'invoices'>, right: Row<'invoices'>): boolean {
  const { amountMinor, issuedOn, dueOn, disputed, orderId, dunningLevel } = left
  return (
    amountMinor === right.amountMinor &&
    issuedOn === right.issuedOn &&
    dueOn === right.dueOn &&
    disputed === right.disputed &&
    orderId === right.orderId &&
    dunningLevel === right.dunningLevel
  )
}

function invoiceAnswer(status: 200 | 201, row: Row<'invoices'>, currency: string): Answer {
  const location = `/v1/customers/${row.customerId}/invoices/${row.invoiceId}`
  return { status, value: invoiceOf(row, currency), etag: etagOf(row.version), ...(status === 201 ? { location } : {}) }
}
