import type { Row } from '../../database.ts'
import {
  amountsInOwnCurrency,
  keyOf,
  minorOf,
  type RecordedDocument,
  type StatedDocument,
  statedMoney,
  toMoney
} from '../../engine/index.ts'
import type { InvoiceId, ItemId } from '../../ids.ts'
import { fieldProblem, Problem } from '../../platform/values/problem.ts'
import { type Said, said } from '../../platform/values/said.ts'
import { assertPossible, creditFaults, invoiceFaults, itemFaults } from '../../receivables/postings/possible.ts'
import type { NewReconciliation } from '../schema.ts'
import type { ComparedCredit } from '../store.ts'
import texts from '../texts.json' with { type: 'json' }

const { details } = texts

export type StatedInvoice = NonNullable<NewReconciliation['invoices']>[number]
export type StatedCredit = NonNullable<NewReconciliation['credits']>[number]
export type StatedItem = NonNullable<NewReconciliation['items']>[number]

const DOCUMENTS_MAX = 5_000

/**
 * Refuses a snapshot that is too large, names a document twice or does not add up to its control
 * figures.
 */
export function assertSound({ control, invoices = [], credits = [], items = [] }: NewReconciliation): void {
  const count = invoices.length + credits.length + items.length
  if (count > DOCUMENTS_MAX)
    throw fieldProblem('', 'too_many', said(details.tooMany, { count, documentsMax: DOCUMENTS_MAX }))
  assertNotRepeated(
    '/invoices',
    invoices.map(({ invoiceId }) => invoiceId)
  )
  assertNotRepeated(
    '/credits',
    credits.map(({ kind, creditId }) => `${kind} ${creditId}`)
  )
  assertNotRepeated(
    '/items',
    items.map(({ itemId }) => itemId)
  )
  if (control.count !== count)
    throw new Problem('incomplete-import', said(details.otherCount, { control: control.count, count }))
  const sums = new Map<string, bigint>()
  const add = (currency: string, minor: number) => sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(minor))
  for (const { open } of [...invoices, ...items]) add(open.currency, minorOf(open))
  for (const { unapplied } of credits) add(unapplied.currency, -minorOf(unapplied))
  for (const total of control.totals) add(total.currency, -minorOf(total))
  for (const [currency, minor] of sums) {
    if (minor === 0n) continue
    const offMinor = Math.abs(Number(minor))
    if (!Number.isSafeInteger(offMinor)) throw new Problem('exposure-too-large', said(details.tooLarge, { currency }))
    const off = statedMoney(toMoney(offMinor, currency))
    throw new Problem('incomplete-import', minor > 0n ? said(details.more, { off }) : said(details.less, { off }))
  }
}

function assertNotRepeated(pointer: string, ids: readonly string[]): void {
  const seen = new Set<string>()
  for (const [index, id] of ids.entries()) {
    if (seen.has(id)) throw fieldProblem(`${pointer}/${index}`, 'repeated', said(details.twice, { id }))
    seen.add(id)
  }
}

/** Refuses a snapshot of which one document would be refused alone. */
export function assertDocumentsPossible(
  { invoices = [], credits = [], items = [] }: NewReconciliation,
  today: string
): void {
  for (const { invoiceId: id, amount, open } of invoices)
    if (amount.currency !== open.currency)
      throw otherRest(said(details.invoiceCurrency, { id, whole: amount.currency, rest: open.currency }))
  for (const { creditId: id, amount, unapplied } of credits)
    if (amount.currency !== unapplied.currency)
      throw otherRest(said(details.creditCurrency, { id, whole: amount.currency, rest: unapplied.currency }))
  assertPossible([
    ...invoices.flatMap((invoice, index) => invoiceFaults(invoice, { at: `/invoices/${index}`, today })),
    ...credits.flatMap((credit, index) =>
      creditFaults(credit, { at: `/credits/${index}`, today, dateField: 'datedOn' })
    ),
    ...items.flatMap(({ category, open }, index) => itemFaults(category, open, `/items/${index}/open`))
  ])
}

function otherRest(detail: Said): Problem {
  return new Problem('currency-not-supported', detail)
}

/** The documents of a snapshot as they are compared. */
export function statedDocuments({ invoices = [], credits = [], items = [] }: NewReconciliation): StatedDocument[] {
  return [
    ...invoices.map((invoice): StatedDocument => {
      const { invoiceId, amount, open, issuedOn, dueOn, disputed, dunningLevel, sourceVersion = null } = invoice
      const stated = {
        currency: amount.currency,
        amount: minorOf(amount),
        issuedOn,
        dueOn,
        ...given({ disputed, dunningLevel })
      }
      return { document: 'invoice', id: invoiceId, openMinor: minorOf(open), content: stated, sourceVersion }
    }),
    ...credits.map(({ kind, creditId, amount, unapplied, datedOn }): StatedDocument => {
      const content = { currency: amount.currency, amount: minorOf(amount), datedOn }
      return { document: kind, id: creditId, openMinor: minorOf(unapplied), content, sourceVersion: null }
    }),
    ...items.map(({ itemId, category, open, sourceVersion, dueOn, shipOn, disputed, statistical }): StatedDocument => {
      const content = { category, currency: open.currency, ...given({ dueOn, shipOn, disputed, statistical }) }
      return { document: 'item', id: itemId, openMinor: minorOf(open), content, sourceVersion }
    })
  ]
}

/** Without the fields that are not given. */
function given<Fields extends Record<string, string | number | boolean | undefined>>(fields: Fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Record<
    string,
    string | number | boolean
  >
}

/** What is recorded of the kinds of documents that a snapshot states. */
export interface Recorded {
  readonly invoices: ReadonlyMap<InvoiceId, Row<'invoices'>>
  readonly credits: ReadonlyMap<string, ComparedCredit>
  readonly items: ReadonlyMap<ItemId, Row<'exposureItems'>>
}

export function recordedOf(
  invoices: readonly Row<'invoices'>[],
  credits: readonly ComparedCredit[],
  items: readonly Row<'exposureItems'>[]
): Recorded {
  return {
    invoices: new Map(invoices.map((row) => [row.invoiceId, row])),
    credits: new Map(credits.map((row) => [keyOf({ document: documentOf(row), id: row.creditId }), row])),
    items: new Map(items.map((row) => [row.itemId, row]))
  }
}

/**
 * The recorded documents as they are compared: each in its own currency, which may be that of the
 * account.
 */
export function recordedDocuments({ invoices, credits, items }: Recorded, accountCurrency: string): RecordedDocument[] {
  return [
    ...[...invoices.values()].map((row): RecordedDocument => {
      const { invoiceId, issuedOn, dueOn, disputed, dunningLevel, sourceVersion } = row
      const {
        currency,
        originalMinor: amount,
        openOriginalMinor: openMinor
      } = amountsInOwnCurrency(row, accountCurrency)
      const content = { currency, amount, issuedOn, dueOn, disputed, dunningLevel }
      return { document: 'invoice', id: invoiceId, openMinor, content, sourceVersion, changedAt: row.updatedAt }
    }),
    ...[...credits.values()].map((row): RecordedDocument => {
      const currency = row.originalCurrency ?? accountCurrency
      const content = { currency, amount: row.originalMinor ?? row.amountMinor, datedOn: row.datedOn }
      const openMinor = row.unappliedOriginalMinor ?? row.unappliedMinor
      return {
        document: documentOf(row),
        id: row.creditId,
        openMinor,
        content,
        sourceVersion: null,
        changedAt: row.changedAt
      }
    }),
    ...[...items.values()].map((row): RecordedDocument => {
      const { itemId, category, originalCurrency: currency, dueOn, shipOn, disputed, statistical } = row
      const content = { category, currency, dueOn, shipOn, disputed, statistical }
      const { openOriginalMinor: openMinor, sourceVersion, updatedAt: changedAt } = row
      return { document: 'item', id: itemId, openMinor, content, sourceVersion, changedAt }
    })
  ]
}

function documentOf({ kind }: Row<'credits'>): 'payment' | 'credit_note' {
  return kind === 'payment' ? 'payment' : 'credit_note'
}
