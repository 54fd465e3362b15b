import { type LockedAccount, lockWithFacts, requireAccount, saveAccount } from '../../accounts/store.ts'
import type { NewEntry, Reader, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import {
  amountsInOwnCurrency,
  appliedRateOf,
  easedDueOn,
  measureOf,
  minorOf,
  originalMoneyOf,
  originalsOf,
  restated,
  statedAmount,
  statedMoney,
  toMoney
} from '../../engine/index.ts'
import type { CustomerId, InvoiceId } from '../../ids.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/command.ts'
import { etagOf, requireMatch } from '../../platform/http/etag.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../../platform/http/page.ts'
import { Problem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import { requireRate } from '../../rates/postings.ts'
import { type Excess, excessesOf } from '../../reservations/postings/coverage.ts'
import { sweep } from '../../reservations/postings/sweep.ts'
import { capturesOf, capturesOfInvoiceFact } from '../../reservations/store.ts'
import { isAmended } from '../postings/bounds.ts'
import { excessOf, takeOver } from '../postings/conversions.ts'
import { postLedger } from '../postings/ledger.ts'
import { countedMoney } from '../postings/money.ts'
import { assertPossible, invoiceFaults } from '../postings/possible.ts'
import type { Invoice, InvoiceQuery, NewInvoice } from '../schema.ts'
import { settledInvoicesFact } from '../store/ledger.ts'
import { findInvoice, listInvoices, saveInvoices } from '../store.ts'
import texts from '../texts.json' with { type: 'json' }
import { DEFAULT_SOURCE } from './exposure-items.ts'
import { assertNotStale } from './versions.ts'

const { details } = texts

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
  const { facts, ...held } = await lockWithFacts(trx, deps.clock, customerId, {
    invoices: settledInvoicesFact([invoiceId]),
    captures: capturesOfInvoiceFact(invoiceId)
  })
  const locked = await sweep(trx, held)
  const { account, today } = locked
  assertPossible(invoiceFaults(wanted, { at: '', today }))
  const [known] = facts.invoices
  const before = known?.row
  if (before !== undefined || ifMatch !== undefined) requireMatch(ifMatch, before?.version ?? 0)
  const versions = { wanted: wanted.sourceVersion, recorded: before?.sourceVersion ?? null }
  assertNotStale(said(texts.parts.invoice, { id: invoiceId }), versions)
  const row = await invoiceRow(trx, locked, invoiceId, wanted, before)
  const target = { kind: 'invoice', source: '', id: invoiceId } as const
  const document = {
    target,
    measure: measureOf(row, account.currency),
    isNew: before === undefined,
    isChanged: isAmended(before, row),
    captures: facts.captures
  }
  const taken = await takeOver(trx, locked, document, wanted.convertedFrom, DEFAULT_SOURCE)
  const same = before !== undefined && sameContent(before, row) && taken.entries.length === 0
  const excess = [...taken.excess, ...taken.newExcess]
  if (same && before.sourceVersion === row.sourceVersion) return invoiceAnswer(200, before, account.currency, excess)
  if (!same && wanted.sourceVersion !== undefined && before?.sourceVersion === wanted.sourceVersion) {
    const detail = said(details.invoiceRecorded, { version: String(wanted.sourceVersion), invoiceId })
    throw new Problem('stale-version', detail, { members: { sourceVersion: wanted.sourceVersion } })
  }
  const { amountMinor, openMinor, issuedOn, dueOn, disputed, easedDueOn: easedOn, orderId } = row
  const { dunningLevel, sourceVersion } = row
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
      ...(easedOn === null ? {} : { easedDueOn: easedOn }),
      orderId,
      dunningLevel,
      sourceVersion,
      capturedByChecks: taken.checkIds,
      ...(taken.excess.length === 0 ? {} : { excess: taken.excess })
    },
    moves: { receivablesMinor: openMinor - (before?.openMinor ?? 0), ...taken.moves }
  }
  const ledger = postLedger(locked, known === undefined ? [] : [known], [
    { row, settlements: known?.settlements ?? [] }
  ])
  await saveAccount(trx, locked, caller.actor, [...taken.entries, entry], {
    writes: [...taken.writes, ...saveInvoices([row]), ...ledger]
  })
  return invoiceAnswer(before === undefined ? 201 : 200, row, account.currency, excess)
}

export async function readInvoice(db: Reader, customerId: CustomerId, invoiceId: InvoiceId): Promise<Invoice> {
  const { currency } = await requireAccount(db, customerId)
  const row = await findInvoice(db, customerId, invoiceId)
  if (row === undefined) throw new Problem('not-found', said(details.noInvoice, { invoiceId }))
  const captures = await capturesOf(db, customerId, [{ kind: 'invoice', source: '', id: invoiceId }])
  return { ...invoiceOf(row, currency), ...excessOf(excessesOf(captures), currency) }
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
  const page = pageOfRows(rows, limit, listing, KEY.of)
  const targets = page.items.map(({ invoiceId }) => ({ kind: 'invoice', source: '', id: invoiceId }) as const)
  const captures = Map.groupBy(
    await capturesOf(db, customerId, targets, { inExcess: true }),
    ({ invoiceId }) => invoiceId
  )
  const shown = (row: (typeof rows)[number]) => {
    const excess = excessesOf(captures.get(row.invoiceId) ?? [])
    return { ...invoiceOf(row, currency), ...excessOf(excess, currency) }
  }
  return { ...page, items: page.items.map(shown) }
}

function invoiceOf(
  { rateCorrectedTo = null, ...row }: Row<'invoices'> & { readonly rateCorrectedTo?: string | null },
  currency: string
): Invoice {
  const { amountMinor, openMinor, originalCurrency, originalMinor: _minor, openOriginalMinor, ...rest } = row
  const { rate: _rate, rateOn: _on, rateBasis: _basis, easedDueOn: easedOn, ...shown } = rest
  return {
    ...shown,
    amount: toMoney(amountMinor, currency),
    open: toMoney(openMinor, currency),
    original: originalMoneyOf(row),
    openOriginal:
      originalCurrency === null || openOriginalMinor === null ? null : toMoney(openOriginalMinor, originalCurrency),
    ...(easedOn === null ? {} : { easedDueOn: easedOn }),
    ...(rateCorrectedTo === null ? {} : { rateCorrectedTo: Number(rateCorrectedTo) })
  }
}

/**
 * The invoice as issued now, converted with the rate of its day of issue. It keeps its rate while
 * currency and day stay the same, and once something of it is settled. Throws `rate-missing`,
 * `exposure-too-large` and `invoice-below-settled`.
 */
async function invoiceRow(
  trx: Writer,
  { account, now, today }: LockedAccount,
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
    const settled = statedMoney(toMoney(settledMinor, known?.currency ?? ''))
    throw new Problem(
      'invoice-below-settled',
      isSame
        ? said(details.belowSettled, { settled, invoiceId, amount: statedAmount(amount) })
        : said(details.settledElsewhere, { settled, invoiceId, amount: statedMoney(amount) })
    )
  }
  const keepsRate = isSame && (before?.issuedOn === issuedOn || settledMinor > 0)
  const rate =
    before !== undefined && keepsRate
      ? appliedRateOf(before)
      : await requireRate(trx, { from: amount.currency, to: account.currency, onDate: issuedOn })
  const money = countedMoney(amount, account.currency, rate)
  const { amountMinor, openMinor } = restated(isSame ? known : undefined, money, openOriginalMinor)
  const due = { dueOn: wanted.dueOn, disputed: wanted.disputed ?? false }
  return {
    customerId: account.customerId,
    invoiceId,
    orderId: wanted.orderId ?? null,
    amountMinor,
    openMinor,
    issuedOn,
    ...due,
    easedDueOn: easedDueOn(before, due, today),
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

function invoiceAnswer(status: 200 | 201, row: Row<'invoices'>, currency: string, excess: readonly Excess[]): Answer {
  const location = `/v1/customers/${row.customerId}/invoices/${row.invoiceId}`
  const value = { ...invoiceOf(row, currency), ...excessOf(excess, currency) }
  return { status, value, etag: etagOf(row.version), ...(status === 201 ? { location } : {}) }
}
