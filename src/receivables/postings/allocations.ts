import type { LockedAccount } from '../../accounts/store.ts'
import type { Row, Write, Writer } from '../../database.ts'
import {
  afterTaking,
  amountsInOwnCurrency,
  formatAmount,
  largestSettlement,
  minorOf,
  type OpenAmounts,
  partWorth,
  type Settlement
} from '../../engine/index.ts'
import type { InvoiceId } from '../../ids.ts'
import { fieldProblem, Problem } from '../../platform/values/problem.ts'
import type { NewAllocations } from '../schema.ts'
import { openInvoices, type SettledInvoice } from '../store/ledger.ts'
import { insertAllocations, type ShownAllocation } from '../store.ts'
import { postLedger, settledWith } from './ledger.ts'

/** The effects of allocations, and what they leave of the credit. */
interface Allocated {
  readonly rows: readonly ShownAllocation[]
  readonly unapplied: Pick<Row<'credits'>, 'unappliedMinor' | 'unappliedOriginalMinor'>
  /** What they take of the unapplied amount, in the account's currency. */
  readonly takenMinor: number
  /** Records them, reduces the invoices and updates the sums of the ledger. */
  readonly writes: readonly Write[]
}

/**
 * Decides which invoices the unapplied amount of a credit settles; `named` are those that the
 * caller's list names. Throws when the caller's list
 * does not fit what is open, and when money without instructions would settle too many.
 */
export async function allocate(
  trx: Writer,
  locked: LockedAccount,
  credit: Row<'credits'>,
  wanted: NewAllocations | undefined,
  named: readonly SettledInvoice[]
): Promise<Allocated> {
  const { account, now } = locked
  const { currency, ...unapplied } = unappliedInOwnCurrency(credit, account.currency)
  const parts =
    wanted === undefined
      ? await oldestFirst(trx, account, { currency, unapplied })
      : asWanted(account, wanted, named, { currency, unapplied })
  const made = parts.map((part) => ({ part, row: allocationOf(credit, part) }))
  const rows = made.map(({ row }) => row)
  const left = parts.at(-1)?.left ?? unapplied
  const ledger = postLedger(
    locked,
    parts.map(({ invoice }) => invoice),
    made.map(({ part: { invoice, amountMinor }, row }) => ({
      row: { ...invoice.row, openMinor: invoice.row.openMinor - amountMinor },
      settlements: settledWith(invoice.settlements, row)
    }))
  )
  return {
    rows,
    unapplied: {
      unappliedMinor: left.openMinor,
      unappliedOriginalMinor: credit.originalCurrency === null ? null : left.openOriginalMinor
    },
    takenMinor: unapplied.openMinor - left.openMinor,
    writes: [...insertAllocations(rows, now), ...ledger]
  }
}

function allocationOf(
  { customerId, kind, creditId, datedOn, originalCurrency }: Row<'credits'>,
  { invoice: { row }, amountMinor, settledMinor, usedMinor }: Part
): ShownAllocation {
  // Money that came before the invoice settles it on the day of issue, not before.
  const settledOn = datedOn < row.issuedOn ? row.issuedOn : datedOn
  const settledIn = row.originalCurrency
  const isConverted = settledIn !== null || originalCurrency !== null
  const own = isConverted ? { settledMinor, usedMinor } : { settledMinor: null, usedMinor: null }
  return { customerId, kind, creditId, invoiceId: row.invoiceId, amountMinor, settledOn, ...own, settledIn }
}

/** What is unapplied of a credit, in the account's currency and in its own. */
interface Unapplied {
  readonly currency: string
  readonly unapplied: OpenAmounts
}

interface Part extends Settlement {
  readonly invoice: SettledInvoice
  /** What it takes off the invoice, in the account's currency. */
  readonly amountMinor: number
  /** What it leaves of the credit. */
  readonly left: OpenAmounts
}

/** The most invoices that money without instructions settles: an answer shows no more. */
const ALLOCATIONS_MAX = 10_000
/** Invoices read at first: most money settles one or two. */
const FIRST_PAGE = 50
const PAGE = 1_000

/**
 * Settles the oldest due invoices: first those in the currency of the money, then the others at
 * equal amounts in the currency of the account. Reads no further than the money lasts.
 */
async function oldestFirst(
  trx: Writer,
  account: Row<'creditAccounts'>,
  { currency, unapplied }: Unapplied
): Promise<Part[]> {
  const parts: Part[] = []
  const others: SettledInvoice[] = []
  let left = unapplied
  const settle = (invoice: SettledInvoice, isSame: boolean) => {
    if (left.openOriginalMinor === 0) return
    const amounts = amountsInOwnCurrency(invoice.row, account.currency)
    const settlement = largestSettlement(left, amounts, isSame)
    // The last cents may be less than the smallest unit of the other currency; they stay unapplied.
    if (settlement.settledMinor === 0) return
    const part = partOf(invoice, amounts, left, settlement)
    if (part === undefined) throw new Error('no more is settled than is open')
    if (parts.length === ALLOCATIONS_MAX) throw tooMany()
    parts.push(part)
    left = part.left
  }
  let page: SettledInvoice[] = []
  let limit = FIRST_PAGE
  do {
    page = await openInvoices(trx, account.customerId, page.at(-1)?.row, limit)
    for (const invoice of page) {
      if ((invoice.row.originalCurrency ?? account.currency) === currency) settle(invoice, true)
      else others.push(invoice)
    }
    if (page.length < limit) break
    limit = PAGE
  } while (left.openOriginalMinor > 0)
  for (const invoice of others) settle(invoice, false)
  return parts
}

function tooMany(): Problem {
  return fieldProblem(
    '/allocations',
    'too_many',
    `It would settle more than ${ALLOCATIONS_MAX} invoices: record it in parts, each with the invoices that it settles.`
  )
}

/** Undefined when more would be taken than the credit or the invoice has. */
function partOf(
  invoice: SettledInvoice,
  amounts: OpenAmounts,
  unapplied: OpenAmounts,
  settlement: Settlement
): Part | undefined {
  const left = afterTaking(unapplied, settlement.usedMinor)
  const open = afterTaking(amounts, settlement.settledMinor)
  if (left === undefined || open === undefined) return undefined
  return { invoice, ...settlement, amountMinor: amounts.openMinor - open.openMinor, left }
}

function asWanted(
  account: Row<'creditAccounts'>,
  wanted: NewAllocations,
  named: readonly SettledInvoice[],
  { currency, unapplied }: Unapplied
): Part[] {
  assertNotRepeated(wanted)
  assertWithinOpen(wanted, unapplied, currency)
  const byId = new Map(named.map((invoice) => [invoice.row.invoiceId, invoice]))
  const parts: Part[] = []
  let left = unapplied
  for (const [index, { invoiceId, amount, settles }] of wanted.entries()) {
    const invoice = byId.get(invoiceId)
    if (invoice === undefined)
      throw new Problem('invoice-not-found', `There is no invoice ${invoiceId} of this customer.`)
    const amounts = amountsInOwnCurrency(invoice.row, account.currency)
    if (settles !== undefined && settles.currency !== amounts.currency)
      throw new Problem('currency-not-supported', `Invoice ${invoiceId} is in ${amounts.currency}.`)
    const usedMinor = minorOf(amount)
    const settledMinor =
      settles === undefined ? settledBy(usedMinor, left, amounts, amounts.currency === currency) : minorOf(settles)
    if (settledMinor === 0)
      throw fieldProblem(
        `/allocations/${index}/amount`,
        'too_small',
        `${amount.amount} ${amount.currency} settles nothing of an invoice in ${amounts.currency}.`
      )
    const part = settledMinor === undefined ? undefined : partOf(invoice, amounts, left, { usedMinor, settledMinor })
    if (part === undefined) {
      const rest = formatAmount(amounts.openOriginalMinor, amounts.currency)
      throw new Problem(
        'allocation-exceeds-invoice',
        `${(settles ?? amount).amount} would be allocated to invoice ${invoiceId}, of which ${rest} ${amounts.currency} is open.`
      )
    }
    parts.push(part)
    left = part.left
  }
  return parts
}

/**
 * The amount of the invoice that a part of the credit settles, when the caller does not say: the
 * same in one currency, otherwise the same in the currency of the account. Undefined when that is
 * more than is open.
 */
function settledBy(
  usedMinor: number,
  unapplied: OpenAmounts,
  invoice: OpenAmounts,
  isSameCurrency: boolean
): number | undefined {
  if (isSameCurrency) return usedMinor
  const left = afterTaking(unapplied, usedMinor)
  const valueMinor = left === undefined ? undefined : unapplied.openMinor - left.openMinor
  return valueMinor === undefined || valueMinor > invoice.openMinor ? undefined : partWorth(valueMinor, invoice)
}

function assertNotRepeated(wanted: NewAllocations): void {
  const seen = new Set<InvoiceId>()
  for (const [index, { invoiceId }] of wanted.entries()) {
    const pointer = `/allocations/${index}/invoiceId`
    if (seen.has(invoiceId))
      throw fieldProblem(pointer, 'repeated', `Invoice ${invoiceId} stands twice in the allocations.`)
    seen.add(invoiceId)
  }
}

function assertWithinOpen(wanted: NewAllocations, { openOriginalMinor }: OpenAmounts, currency: string): void {
  const foreign = wanted.find(({ amount }) => amount.currency !== currency)
  if (foreign !== undefined)
    throw new Problem(
      'currency-not-supported',
      `What is allocated is in ${currency}, not in ${foreign.amount.currency}; \`settles\` says what of an invoice it settles.`
    )
  const sum = wanted.reduce((total, { amount }) => total + minorOf(amount), 0)
  if (sum <= openOriginalMinor) return
  throw new Problem(
    'allocation-exceeds-credit',
    `The allocations sum to ${formatAmount(sum, currency)}; ${formatAmount(openOriginalMinor, currency)} ${currency} is unapplied.`
  )
}

/**
 * The unapplied amount of a payment or credit note, in the currency of the account and in its own,
 * which may be the same.
 */
function unappliedInOwnCurrency(
  { unappliedMinor, originalCurrency, unappliedOriginalMinor }: Row<'credits'>,
  currency: string
): OpenAmounts & { readonly currency: string } {
  const openOriginalMinor = unappliedOriginalMinor ?? unappliedMinor
  return { currency: originalCurrency ?? currency, openMinor: unappliedMinor, openOriginalMinor }
}
