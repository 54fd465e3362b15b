import { type LockedAccount, lockWithFacts, requireAccount, saveAccount } from '../../accounts/store.ts'
import type { NewEntry, Reader, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import {
  amountsInOwnCurrency,
  appliedRateOf,
  formatAmount,
  minorOf,
  originalMoneyOf,
  originalsOf,
  restated,
  toMoney
} from '../../engine/index.ts'
import type { CustomerId, InvoiceId } from '../../ids.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/command.ts'
import { etagOf, requireMatch } from '../../platform/http/etag.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../../platform/http/page.ts'
import { Problem } from '../../platform/values/problem.ts'
import { requireRate } from '../../rates/store.ts'
import { invoiceCaptures } from '../../reservations/postings/steps.ts'
import { waitingCapturesFact } from '../../reservations/store.ts'
import { convert } from '../postings/conversions.ts'
import { postLedger } from '../postings/ledger.ts'
import { countedMoney } from '../postings/money.ts'
import { assertPossible, invoiceFaults } from '../postings/possible.ts'
import type { Invoice, InvoiceQuery, NewInvoice } from '../schema.ts'
import { settledInvoicesFact } from '../store/ledger.ts'
import { findInvoice, listInvoices, saveInvoices } from '../store.ts'
import { DEFAULT_SOURCE } from './exposure-items.ts'
import { assertNotStale } from './versions.ts'

/** What the list is in the order of. */
const KEY = listKey({ invoiceId: KeyField.clientId<'invoice'>() })

/**
 * Records an invoice. It is a fact, accepted whatever the limit says. An invoice that captured
 * reservations moves the captured amounts into the receivables instead of adding to them, even when
 * the two have different rates. The same content again changes nothing.
 */
export async function putInvoice(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  { customerId, invoiceId }: { customerId: CustomerId; invoiceId: InvoiceId },
  ifMatch: string | undefined,
  wanted: NewInvoice
): Promise<Answer> {
  const locked = await lockWithFacts(trx, deps.clock, customerId, {
    invoices: settledInvoicesFact([invoiceId]),
    waiting: waitingCapturesFact(invoiceId)
  })
  const { account, today, facts } = locked
  assertPossible(invoiceFaults(wanted, { at: '', today }))
  const [known] = facts.invoices
  const before = known?.row
  if (before !== undefined || ifMatch !== undefined) requireMatch(ifMatch, before?.version ?? 0)
  const versions = { wanted: wanted.sourceVersion, recorded: before?.sourceVersion ?? null }
  assertNotStale(`Invoice ${invoiceId}`, versions)
  const row = await invoiceRow(trx, locked, invoiceId, wanted, before)
  const target = { kind: 'invoice', source: '', id: invoiceId } as const
  const conversions = await convert(trx, locked, target, wanted.convertedFrom, DEFAULT_SOURCE)
  const same = before !== undefined && sameContent(before, row) && conversions.entries.length === 0
  if (same && before.sourceVersion === row.sourceVersion) return invoiceAnswer(200, before, account.currency)
  if (!same && wanted.sourceVersion !== undefined && before?.sourceVersion === wanted.sourceVersion) {
    const detail = `Version ${wanted.sourceVersion} of invoice ${invoiceId} is recorded with other content.`
    throw new Problem('stale-version', detail, { members: { sourceVersion: wanted.sourceVersion } })
  }
  const captured = invoiceCaptures(locked, [invoiceId], before === undefined ? facts.waiting : [])
  const { amountMinor, openMinor, issuedOn, dueOn, disputed, orderId, dunningLevel, sourceVersion } = row
  const original = originalMoneyOf(row)
  const entry: NewEntry = {
    type: before === undefined ? 'invoice.recorded' : 'invoice.changed',
    subject: invoiceId,
    payload: {
      amountMinor,
      openMinor,
      original,
      issuedOn,
      dueOn,
      disputed,
      orderId,
      dunningLevel,
      sourceVersion,
      capturedByChecks: captured.checkIds
    },
    moves: { receivablesMinor: openMinor - (before?.openMinor ?? 0), ...captured.moves }
  }
  const ledger = postLedger(locked, known === undefined ? [] : [known], [
    { row, settlements: known?.settlements ?? [] }
  ])
  await saveAccount(trx, locked, caller.keyId, [...conversions.entries, entry], {
    writes: [...conversions.writes, ...saveInvoices([row]), ...captured.writes, ...ledger]
  })
  return invoiceAnswer(before === undefined ? 201 : 200, row, account.currency)
}

export async function readInvoice(db: Reader, customerId: CustomerId, invoiceId: InvoiceId): Promise<Invoice> {
  const { currency } = await requireAccount(db, customerId)
  const row = await findInvoice(db, customerId, invoiceId)
  if (row === undefined) throw new Problem('not-found', `There is no invoice ${invoiceId} of this customer.`)
  return invoiceOf(row, currency)
}

/** The invoices of a customer, by id. */
export async function pageOfInvoices(
  db: Reader,
  customerId: CustomerId,
  { open, cursor, limit = PAGE_LIMIT_DEFAULT }: InvoiceQuery
): Promise<Page<Invoice>> {
  const { currency } = await requireAccount(db, customerId)
  const listing = { list: 'invoices', customerId, open }
  const rows = await listInvoices(db, customerId, open, keyOfCursor(cursor, listing, KEY)?.invoiceId, limit)
  const invoices = rows.map((row) => invoiceOf(row, currency))
  return pageOfRows(invoices, limit, listing, KEY.of)
}

function invoiceOf(row: Row<'invoices'>, currency: string): Invoice {
  const { amountMinor, openMinor, originalCurrency, originalMinor: _minor, openOriginalMinor, ...rest } = row
  const { rate: _rate, rateOn: _on, rateBasis: _basis, ...shown } = rest
  return {
    ...shown,
    amount: toMoney(amountMinor, currency),
    open: toMoney(openMinor, currency),
    original: originalMoneyOf(row),
    openOriginal:
      originalCurrency === null || openOriginalMinor === null ? null : toMoney(openOriginalMinor, originalCurrency)
  }
}

/**
 * The invoice as issued now, converted with the rate of its day of issue. It keeps its rate while
 * currency and day stay the same, and once something of it is settled. Throws `rate-missing`,
 * `exposure-too-large` and `invoice-below-settled`.
 */
async function invoiceRow(
  trx: Writer,
  { account, now }: LockedAccount,
  invoiceId: InvoiceId,
  wanted: NewInvoice,
  before: Row<'invoices'> | undefined
): Promise<Row<'invoices'>> {
  const { amount, issuedOn } = wanted
  const known = before && amountsInOwnCurrency(before, account.currency)
  const settledMinor = known === undefined ? 0 : known.originalMinor - known.openOriginalMinor
  const isSame = known?.currency === amount.currency
  const openOriginalMinor = minorOf(amount) - settledMinor
  if (settledMinor > 0 && (!isSame || openOriginalMinor < 0)) {
    const settled = `${formatAmount(settledMinor, known?.currency ?? '')} ${known?.currency}`
    const stated = isSame ? `${amount.amount} is less` : `it cannot become one of ${amount.amount} ${amount.currency}`
    throw new Problem('invoice-below-settled', `${settled} of invoice ${invoiceId} is settled; ${stated}.`)
  }
  const keepsRate = isSame && (before?.issuedOn === issuedOn || settledMinor > 0)
  const rate =
    before !== undefined && keepsRate
      ? appliedRateOf(before)
      : await requireRate(trx, { from: amount.currency, to: account.currency, onDate: issuedOn })
  const money = countedMoney(amount, account.currency, rate)
  const { amountMinor, openMinor } = restated(isSame ? known : undefined, money, openOriginalMinor)
  return {
    customerId: account.customerId,
    invoiceId,
    orderId: wanted.orderId ?? null,
    amountMinor,
    openMinor,
    issuedOn,
    dueOn: wanted.dueOn,
    disputed: wanted.disputed ?? false,
    dunningLevel: wanted.dunningLevel ?? 0,
    sourceVersion: wanted.sourceVersion ?? before?.sourceVersion ?? null,
    version: (before?.version ?? 0) + 1,
    recordedAt: before?.recordedAt ?? now,
    updatedAt: now,
    ...originalsOf(amount, rate),
    openOriginalMinor: rate === null ? null : openOriginalMinor
  }
}

function sameContent(left: Row<'invoices'>, right: Row<'invoices'>): boolean {
  const { originalCurrency, issuedOn, dueOn, disputed, orderId, dunningLevel } = left
  return (
    originalCurrency === right.originalCurrency &&
    (left.originalMinor ?? left.amountMinor) === (right.originalMinor ?? right.amountMinor) &&
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
