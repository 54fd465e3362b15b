import { lockWithFacts, requireAccount, saveAccount } from '../../accounts/store.ts'
import type { NewEntry, Reader, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import {
  afterTaking,
  amountsInOwnCurrency,
  discountShareMaxOf,
  type EarnedDiscount,
  earnedDiscount,
  minorOf,
  spokenShare,
  statedAmount,
  statedDate,
  statedMoney,
  toMoney
} from '../../engine/index.ts'
import type { CreditId, CustomerId } from '../../ids.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/command.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../../platform/http/page.ts'
import { canonicalJson } from '../../platform/values/canonical.ts'
import { fieldProblem, Problem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import { postLedger, settledWith } from '../postings/ledger.ts'
import { nothingLeft } from '../postings/money.ts'
import type { CreditQuery, Discount, NewDiscount } from '../schema.ts'
import { type SettledInvoice, settledInvoicesFact } from '../store/ledger.ts'
import {
  allocationsOf,
  creditExistsFact,
  findCredit,
  insertAllocations,
  insertCredit,
  listCredits,
  type ShownAllocation
} from '../store.ts'
import texts from '../texts.json' with { type: 'json' }

const { details } = texts

/** What the list is in the order of. */
const KEY = listKey({ creditId: KeyField.clientId<'credit'>() })

/**
 * Records an early-payment discount that a customer took of an invoice. It settles what the money
 * that came in time has earned, and no more: a share of what is paid and taken together.
 */
export async function recordDiscount(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  customerId: CustomerId,
  wanted: NewDiscount
): Promise<Answer> {
  const { discountId, invoiceId } = wanted
  const locked = await lockWithFacts(trx, deps.clock, customerId, {
    isRecorded: creditExistsFact('discount', discountId),
    invoices: settledInvoicesFact([invoiceId])
  })
  const { account, now, facts } = locked
  const { currency } = account
  const request = canonicalJson(wanted)
  const before = facts.isRecorded ? await findCredit(trx, customerId, 'discount', discountId) : undefined
  if (before !== undefined) {
    if (before.request !== request)
      throw new Problem(
        'already-recorded',
        said(details.creditRecorded, { creditId: discountId, recordedAt: before.recordedAt })
      )
    return answerOf(200, before, await allocationsOf(trx, customerId, 'discount', [discountId]), currency)
  }
  const shareMax = discountShareMaxOf(deps.policy)
  if (wanted.share > shareMax)
    throw fieldProblem('/share', 'above_policy', said(details.discountShare, { most: spokenShare(shareMax) }))
  const [invoice] = facts.invoices
  if (invoice === undefined) throw new Problem('invoice-not-found', said(details.noInvoice, { invoiceId }))
  const amounts = amountsInOwnCurrency(invoice.row, currency)
  if (wanted.amount.currency !== amounts.currency)
    throw new Problem(
      'currency-not-supported',
      said(details.invoiceCurrency, { invoiceId, currency: amounts.currency })
    )
  const earned = earnedDiscount(settledOf(invoice), wanted)
  const settledOn = assertEarned(wanted, earned, amounts.currency)
  const settledMinor = minorOf(wanted.amount)
  const left = afterTaking(amounts, settledMinor)
  if (left === undefined) {
    const rest = statedMoney(toMoney(amounts.openOriginalMinor, amounts.currency))
    throw new Problem(
      'allocation-exceeds-invoice',
      said(details.exceedsInvoice, { amount: statedAmount(wanted.amount), invoiceId, rest })
    )
  }
  const amountMinor = amounts.openMinor - left.openMinor
  if (amountMinor === 0) throw nothingLeft(wanted.amount, { currency })
  const credit = creditOf(wanted, { customerId, settledOn, amountMinor, request, now })
  const row = allocationOf(credit, invoice, settledMinor)
  const entry: NewEntry = {
    type: 'discount.recorded',
    subject: discountId,
    payload: {
      ...{ invoiceId, amountMinor, share: wanted.share, earnedUntil: wanted.earnedUntil, evidence: wanted.evidence },
      discount: { ...wordOf(earned), settledMinor },
      allocations: [{ invoiceId, amountMinor, settledOn, ...(row.settledIn === null ? {} : { settledMinor }) }]
    },
    moves: { receivablesMinor: -amountMinor }
  }
  const settled = {
    row: { ...invoice.row, openMinor: left.openMinor },
    settlements: settledWith(invoice.settlements, row)
  }
  await saveAccount(trx, locked, caller.actor, [entry], {
    writes: [insertCredit(credit), ...insertAllocations([row], now), ...postLedger(locked, [invoice], [settled])]
  })
  return answerOf(201, credit, [row], currency)
}

/** What has settled an invoice, in its own currency. */
function settledOf({ settlements }: SettledInvoice): Parameters<typeof earnedDiscount>[0] {
  return settlements.map(({ kind, settledOn, settledMinor, amountMinor }) => ({
    by: kind === 'payment' || kind === 'discount' ? kind : 'other',
    settledOn,
    minor: settledMinor ?? amountMinor
  }))
}

/** What the entry says of it, for the auditor. */
function wordOf({ moneyMinor, takenMinor }: EarnedDiscount) {
  return { moneyMinor, takenMinor }
}

/** The day on which the discount settles: that of the last money in time. */
function assertEarned(
  { amount, earnedUntil, share, invoiceId }: NewDiscount,
  earned: EarnedDiscount,
  currency: string
) {
  const { mostMinor, moneyMinor, earnedOn } = earned
  if (earnedOn !== undefined && minorOf(amount) <= mostMinor) return earnedOn
  const most = toMoney(mostMinor, currency)
  throw new Problem(
    'discount-not-earned',
    said(details.notEarned, {
      invoiceId,
      earnedUntil: statedDate(earnedUntil),
      share: spokenShare(share),
      money: statedMoney(toMoney(moneyMinor, currency)),
      most: statedMoney(most),
      amount: statedAmount(amount)
    }),
    { members: { most: most.amount } }
  )
}

function creditOf(
  { discountId }: NewDiscount,
  {
    now,
    settledOn,
    ...more
  }: Pick<Row<'credits'>, 'customerId' | 'amountMinor' | 'request'> & {
    readonly now: string
    readonly settledOn: string
  }
): Row<'credits'> {
  return {
    ...{ kind: 'discount', creditId: discountId, datedOn: settledOn, unappliedMinor: 0, recordedAt: now, ...more },
    ...{ originalCurrency: null, originalMinor: null, unappliedOriginalMinor: null },
    ...{ rate: null, rateOn: null, rateBasis: null }
  }
}

function allocationOf(credit: Row<'credits'>, { row }: SettledInvoice, settledMinor: number): ShownAllocation {
  const { customerId, kind, creditId, amountMinor, datedOn: settledOn } = credit
  const settledIn = row.originalCurrency
  const own = settledIn === null ? { settledMinor: null, usedMinor: null } : { settledMinor, usedMinor: amountMinor }
  const notAsked = { askedUsedMinor: null, askedSettledMinor: null }
  return {
    customerId,
    kind,
    creditId,
    invoiceId: row.invoiceId,
    amountMinor,
    settledOn,
    ...own,
    ...notAsked,
    settledIn
  }
}

/** A discount as it is answered. */
export async function readDiscount(db: Reader, customerId: CustomerId, discountId: CreditId): Promise<Discount> {
  const { currency } = await requireAccount(db, customerId)
  const credit = await findCredit(db, customerId, 'discount', discountId)
  if (credit === undefined) throw new Problem('not-found', said(details.noDiscount, { discountId }))
  return discountOf(credit, await allocationsOf(db, customerId, 'discount', [discountId]), currency)
}

/** The discounts of a customer, by id. */
export async function pageOfDiscounts(
  db: Reader,
  customerId: CustomerId,
  { cursor, limit = PAGE_LIMIT_DEFAULT }: CreditQuery
): Promise<Page<Discount>> {
  const { currency } = await requireAccount(db, customerId)
  const listing = { list: 'credits', customerId, kind: 'discount' }
  const rows = await listCredits(db, customerId, 'discount', keyOfCursor(cursor, listing, KEY)?.creditId, limit)
  const page = pageOfRows(rows, limit, listing, KEY.of)
  const ids = page.items.map(({ creditId }) => creditId)
  const byCredit = Map.groupBy(await allocationsOf(db, customerId, 'discount', ids), KEY.of)
  return { ...page, items: page.items.map((row) => discountOf(row, byCredit.get(row.creditId) ?? [], currency)) }
}

function discountOf(
  { customerId, creditId, amountMinor, request, recordedAt }: Row<'credits'>,
  allocations: readonly ShownAllocation[],
  currency: string
): Discount {
  // What was agreed is part of what was asked for, which is kept as it came.
  const { invoiceId, amount, share, earnedUntil, evidence } = JSON.parse(request) as NewDiscount
  const settledOn = allocations[0]?.settledOn ?? null
  return {
    ...{ customerId, discountId: creditId, invoiceId, amount: toMoney(amountMinor, currency) },
    original: amount.currency === currency ? null : amount,
    ...{ share, earnedUntil, evidence, settledOn, recordedAt }
  }
}

function answerOf(
  status: 200 | 201,
  credit: Row<'credits'>,
  allocations: readonly ShownAllocation[],
  currency: string
): Answer {
  const location = `/v1/customers/${credit.customerId}/discounts/${credit.creditId}`
  return { status, value: discountOf(credit, allocations, currency), ...(status === 201 ? { location } : {}) }
}
