import type { LockedAccount } from '../../accounts/store.ts'
import type { Row, Write, Writer } from '../../database.ts'
import {
  afterTaking,
  amountsInOwnCurrency,
  believedSettlement,
  largestSettlement,
  minorOf,
  type OpenAmounts,
  partWorth,
  type Settlement,
  settlementWorth,
  statedAmount,
  statedMoney,
  toMoney
} from '../../engine/index.ts'
import type { InvoiceId } from '../../ids.ts'
import { fieldProblem, Problem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import { type RatesOfDay, ratesOfDay } from '../../rates/store.ts'
import type { NewAllocations } from '../schema.ts'
import { openInvoices, type SettledInvoice } from '../store/ledger.ts'
import { insertAllocations, type ShownAllocation } from '../store.ts'
import texts from '../texts.json' with { type: 'json' }
import { postLedger, settledWith } from './ledger.ts'

const { details } = texts

/** The effects of allocations, and what they leave of the credit. */
interface Allocated {
  readonly rows: readonly ShownAllocation[]
  readonly unapplied: Pick<Row<'credits'>, 'unappliedMinor' | 'unappliedOriginalMinor'>
  /** How the entry tells of each. */
  readonly payload: readonly object[]
  /** What they take of the unapplied amount, in the account's currency. */
  readonly takenMinor: number
  /** Records them, reduces the invoices and updates the sums of the ledger. */
  readonly writes: readonly Write[]
}

/** What a caller's list says; without one the oldest due are settled first. */
interface Instructed {
  readonly wanted: NewAllocations | undefined
  /** The invoices that the list names. */
  readonly named: readonly SettledInvoice[]
  /** By which share the two sides of a settlement between currencies may differ. */
  readonly shareMax: number
}

/**
 * Decides which invoices the unapplied amount of a credit settles. Throws when the caller's list
 * does not fit what is open, and when money without instructions would settle too many.
 */
export async function allocate(
  trx: Writer,
  locked: LockedAccount,
  credit: Row<'credits'>,
  { wanted, named, shareMax }: Instructed
): Promise<Allocated> {
  const { account, now } = locked
  const { currency, ...unapplied } = unappliedInOwnCurrency(credit, account.currency)
  const parts =
    wanted === undefined
      ? await oldestFirst(trx, account, { currency, unapplied })
      : asWanted(account, wanted, {
          ...{ named, credit, currency, unapplied, shareMax },
          rates: await ratesOfDay(trx, statedCurrencies(wanted, named, credit), {
            to: account.currency,
            onDate: credit.datedOn
          })
        })
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
    payload: made.map(({ part, row }) => payloadOf(row, part, shareMax)),
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
  { invoice: { row }, amountMinor, settledMinor, usedMinor, asked }: Part
): ShownAllocation {
  // Money that came before the invoice settles it on the day of issue, not before.
  const settledOn = datedOn < row.issuedOn ? row.issuedOn : datedOn
  const settledIn = row.originalCurrency
  const isConverted = settledIn !== null || originalCurrency !== null
  const own = isConverted ? { settledMinor, usedMinor } : { settledMinor: null, usedMinor: null }
  const stated = { askedUsedMinor: asked?.usedMinor ?? null, askedSettledMinor: asked?.settledMinor ?? null }
  const key = { customerId, kind, creditId, invoiceId: row.invoiceId }
  return { ...key, amountMinor, settledOn, ...own, ...stated, settledIn }
}

/** What the entry says of an allocation: with what was stated, and what both sides are worth. */
function payloadOf(
  { invoiceId, amountMinor, settledOn, settledMinor, usedMinor }: ShownAllocation,
  { asked, worth }: Part,
  shareMax: number
): object {
  const own = settledMinor === null ? {} : { settledMinor, usedMinor }
  const stated = asked === undefined ? {} : { asked }
  return { invoiceId, amountMinor, settledOn, ...own, ...stated, ...(worth === undefined ? {} : { worth, shareMax }) }
}

/** What is unapplied of a credit, in the account's currency and in its own. */
interface Unapplied {
  readonly currency: string
  readonly unapplied: OpenAmounts
}

interface Part extends Settlement {
  readonly invoice: SettledInvoice
  /** Both sides as the caller stated them; left out: one was left to the service. */
  readonly asked?: Settlement
  /** The same between two currencies, in the account's, at the rates of the money's day. */
  readonly worth?: Settlement
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
  return fieldProblem('/allocations', 'too_many', said(details.tooManyInvoices, { invoicesMax: ALLOCATIONS_MAX }))
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

/** What a caller's list is held against. */
interface Known extends Unapplied, Pick<Instructed, 'named' | 'shareMax'> {
  readonly credit: Row<'credits'>
  readonly rates: RatesOfDay
}

function asWanted(account: Row<'creditAccounts'>, wanted: NewAllocations, known: Known): Part[] {
  const { named, currency, unapplied } = known
  assertNotRepeated(wanted)
  assertWithinOpen(wanted, unapplied, currency)
  const byId = new Map(named.map((invoice) => [invoice.row.invoiceId, invoice]))
  const parts: Part[] = []
  let left = unapplied
  for (const [index, { invoiceId, amount, settles }] of wanted.entries()) {
    const invoice = byId.get(invoiceId)
    if (invoice === undefined) throw new Problem('invoice-not-found', said(details.noInvoice, { invoiceId }))
    const amounts = amountsInOwnCurrency(invoice.row, account.currency)
    if (settles !== undefined && settles.currency !== amounts.currency)
      throw new Problem(
        'currency-not-supported',
        said(details.invoiceCurrency, { invoiceId, currency: amounts.currency })
      )
    const counted =
      settles === undefined
        ? { settlement: settledBy(minorOf(amount), left, amounts, amounts.currency === currency) }
        : countedOf({ usedMinor: minorOf(amount), settledMinor: minorOf(settles) }, invoice, account, known)
    if (counted.settlement?.settledMinor === 0)
      throw fieldProblem(
        `/allocations/${index}/amount`,
        'too_small',
        said(details.settlesNothing, { amount: statedMoney(amount), currency: amounts.currency })
      )
    const part = counted.settlement && partOf(invoice, amounts, left, counted.settlement)
    if (part === undefined) {
      const rest = statedMoney(toMoney(amounts.openOriginalMinor, amounts.currency))
      throw new Problem(
        'allocation-exceeds-invoice',
        said(details.exceedsInvoice, { amount: statedAmount(settles ?? amount), invoiceId, rest })
      )
    }
    const { settlement: _counted, ...stated } = counted
    parts.push({ ...part, ...stated })
    left = part.left
  }
  return parts
}

/** The currencies of the invoices of which a caller states what money in another one settles. */
function statedCurrencies(
  wanted: NewAllocations,
  named: readonly SettledInvoice[],
  credit: Row<'credits'>
): (string | null)[] {
  const stated = new Set(wanted.filter(({ settles }) => settles !== undefined).map(({ invoiceId }) => invoiceId))
  return named
    .filter(({ row: { invoiceId } }) => stated.has(invoiceId))
    .map(({ row: { originalCurrency } }) => (originalCurrency === credit.originalCurrency ? null : originalCurrency))
}

/**
 * What counts of a settlement whose two sides are stated. In one currency a unit settles a unit:
 * the smaller amount counts on both sides.
 */
function countedOf(
  asked: Settlement,
  { row }: SettledInvoice,
  { currency: accountCurrency }: Row<'creditAccounts'>,
  { credit, currency, rates, shareMax }: Known
): { readonly settlement: Settlement; readonly asked: Settlement; readonly worth?: Settlement } {
  if ((row.originalCurrency ?? accountCurrency) === currency) {
    const minor = Math.min(asked.usedMinor, asked.settledMinor)
    return { asked, settlement: { usedMinor: minor, settledMinor: minor } }
  }
  const worth = settlementWorth(asked, { invoice: row, credit, accountCurrency }, rates)
  return { asked, worth, settlement: believedSettlement(asked, worth, shareMax) }
}

/**
 * What a part of the credit settles when the caller does not say: the same in one currency,
 * otherwise the same in the currency of the account. Undefined when that is more than is open.
 */
function settledBy(
  usedMinor: number,
  unapplied: OpenAmounts,
  invoice: OpenAmounts,
  isSameCurrency: boolean
): Settlement | undefined {
  if (isSameCurrency) return { usedMinor, settledMinor: usedMinor }
  const left = afterTaking(unapplied, usedMinor)
  const valueMinor = left === undefined ? undefined : unapplied.openMinor - left.openMinor
  if (valueMinor === undefined || valueMinor > invoice.openMinor) return undefined
  return { usedMinor, settledMinor: partWorth(valueMinor, invoice) }
}

function assertNotRepeated(wanted: NewAllocations): void {
  const seen = new Set<InvoiceId>()
  for (const [index, { invoiceId }] of wanted.entries()) {
    const pointer = `/allocations/${index}/invoiceId`
    if (seen.has(invoiceId)) throw fieldProblem(pointer, 'repeated', said(details.invoiceTwice, { invoiceId }))
    seen.add(invoiceId)
  }
}

function assertWithinOpen(wanted: NewAllocations, { openOriginalMinor }: OpenAmounts, currency: string): void {
  const foreign = wanted.find(({ amount }) => amount.currency !== currency)
  if (foreign !== undefined)
    throw new Problem(
      'currency-not-supported',
      said(details.otherCurrency, { currency, given: foreign.amount.currency })
    )
  const sum = wanted.reduce((total, { amount }) => total + minorOf(amount), 0)
  if (sum <= openOriginalMinor) return
  throw new Problem(
    'allocation-exceeds-credit',
    said(details.exceedsCredit, {
      sum: statedAmount(toMoney(sum, currency)),
      open: statedMoney(toMoney(openOriginalMinor, currency))
    })
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
