import { countable, type LockedAccount, lockAccount, requireAccount, saveAccount } from '../../accounts/store.ts'
import type { CreditKind, Moves, NewEntry, Reader, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import {
  afterTaking,
  amountsInOwnCurrency,
  formatAmount,
  largestSettlement,
  minorOf,
  type OpenAmounts,
  originalMoneyOf,
  originalsOf,
  partWorth,
  type Settlement,
  toMoney
} from '../../engine/index.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/deciding.ts'
import { keyOfCursor, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../../platform/http/page.ts'
import { canonicalJson } from '../../platform/values/canonical.ts'
import { fieldProblem, Problem } from '../../platform/values/problem.ts'
import { requireRate } from '../../rates/store.ts'
import { countedMoney } from '../postings/money.ts'
import type { AllocationsToMake, CreditQuery, NewAllocations, NewCreditNote, NewPayment } from '../schema.ts'
import {
  allocationsOf,
  findCredit,
  findInvoice,
  insertAllocations,
  insertCredit,
  listCredits,
  openInvoices,
  type ShownAllocation,
  setUnapplied,
  unappliedMinor
} from '../store.ts'
import { refuseFuture } from './dates.ts'

/**
 * Records money received. It lowers what the customer owes at once; its allocation says which
 * invoices it settles.
 */
export async function recordPayment(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  customerId: string,
  wanted: NewPayment
): Promise<Answer> {
  const { paymentId, receivedOn, amount, allocations } = wanted
  return recordCredit(
    deps,
    trx,
    caller,
    {
      customerId,
      kind: 'payment',
      creditId: paymentId,
      datedOn: receivedOn,
      amount,
      allocations,
      pointer: '/receivedOn'
    },
    wanted
  )
}

/**
 * Records a credit note. It settles invoices like a payment, but tells nothing about how the
 * customer pays.
 */
export async function recordCreditNote(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  customerId: string,
  wanted: NewCreditNote
): Promise<Answer> {
  const { creditNoteId, issuedOn, amount, allocations } = wanted
  return recordCredit(
    deps,
    trx,
    caller,
    {
      customerId,
      kind: 'credit_note',
      creditId: creditNoteId,
      datedOn: issuedOn,
      amount,
      allocations,
      pointer: '/issuedOn'
    },
    wanted
  )
}

/**
 * Applies the unapplied part of a payment or credit note to invoices. Exposure does not move, for
 * it was lowered when the money came, but for the exchange difference between the rate of the
 * invoice and that of the money.
 */
export async function allocateCredit(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  { customerId, kind, creditId }: { customerId: string; kind: CreditKind; creditId: string },
  { allocations }: AllocationsToMake
): Promise<Answer> {
  const locked = await lockAccount(trx, deps.clock, customerId)
  const credit = await findCredit(trx, customerId, kind, creditId)
  if (credit === undefined) throw creditNotFound(kind, creditId)
  const { rows, unapplied, takenMinor } = await allocate(trx, locked, credit, allocations)
  const after = { ...credit, ...unapplied }
  if (rows.length > 0) {
    const entry: NewEntry = {
      type: 'credit.allocated',
      subject: creditId,
      payload: { kind, allocations: rows.map(allocationPayload) },
      moves: movedBeside(takenMinor, rows)
    }
    const writes = [setUnapplied(credit, unapplied), ...insertAllocations(rows, locked.now)]
    await saveAccount(trx, locked, caller.keyId, [entry], { writes })
  }
  return creditAnswer(200, after, await allocationsOf(trx, customerId, kind, [creditId]), locked.account.currency)
}

/** How a payment or a credit note is answered. */
type Shown<Credit> = (credit: Row<'credits'>, allocations: readonly ShownAllocation[], currency: string) => Credit

export async function readCredit<Credit>(
  db: Reader,
  customerId: string,
  kind: CreditKind,
  creditId: string,
  shown: Shown<Credit>
): Promise<Credit> {
  const { currency } = await requireAccount(db, customerId)
  const credit = await findCredit(db, customerId, kind, creditId)
  if (credit === undefined) throw creditNotFound(kind, creditId)
  return shown(credit, await allocationsOf(db, customerId, kind, [creditId]), currency)
}

/** The payments or the credit notes of a customer, by id. */
export async function pageOfCredits<Credit>(
  db: Reader,
  customerId: string,
  kind: CreditKind,
  { cursor, limit = PAGE_LIMIT_DEFAULT }: CreditQuery,
  shown: Shown<Credit>
): Promise<Page<Credit>> {
  const { currency } = await requireAccount(db, customerId)
  const listing = { list: 'credits', customerId, kind }
  const rows = await listCredits(db, customerId, kind, keyOfCursor(cursor, listing), limit)
  const page = pageOfRows(rows, limit, listing, (row) => row.creditId)
  const ids = page.items.map((row) => row.creditId)
  const byCredit = Map.groupBy(await allocationsOf(db, customerId, kind, ids), (allocation) => allocation.creditId)
  return { ...page, items: page.items.map((row) => shown(row, byCredit.get(row.creditId) ?? [], currency)) }
}

export function paymentOf(credit: Row<'credits'>, allocations: readonly ShownAllocation[], currency: string) {
  return { paymentId: credit.creditId, receivedOn: credit.datedOn, ...creditFields(credit, allocations, currency) }
}

export function creditNoteOf(credit: Row<'credits'>, allocations: readonly ShownAllocation[], currency: string) {
  return { creditNoteId: credit.creditId, issuedOn: credit.datedOn, ...creditFields(credit, allocations, currency) }
}

/** What a payment and a credit note have in common. */
function creditFields(credit: Row<'credits'>, allocations: readonly ShownAllocation[], currency: string) {
  const { customerId, amountMinor, unappliedMinor, originalCurrency, unappliedOriginalMinor, recordedAt } = credit
  const shown = allocations.map(({ invoiceId, amountMinor: minor, settledOn, settledMinor, usedMinor, settledIn }) => ({
    invoiceId,
    amount: toMoney(minor, currency),
    settled: settledMinor === null ? null : toMoney(settledMinor, settledIn ?? currency),
    used: usedMinor === null ? null : toMoney(usedMinor, originalCurrency ?? currency),
    settledOn
  }))
  return {
    customerId,
    amount: toMoney(amountMinor, currency),
    unapplied: toMoney(unappliedMinor, currency),
    original: originalMoneyOf(credit),
    unappliedOriginal:
      originalCurrency === null || unappliedOriginalMinor === null
        ? null
        : toMoney(unappliedOriginalMinor, originalCurrency),
    allocations: shown,
    recordedAt
  }
}

function creditNotFound(kind: CreditKind, creditId: string): Problem {
  return new Problem(
    'not-found',
    `There is no ${kind === 'payment' ? 'payment' : 'credit note'} ${creditId} of this customer.`
  )
}

/** A payment or credit note on its way in. */
interface NewCredit {
  readonly customerId: string
  readonly kind: CreditKind
  readonly creditId: string
  readonly datedOn: string
  readonly amount: { amount: string; currency: string }
  readonly allocations: NewAllocations | undefined
  /** Where the date stands in the request. */
  readonly pointer: string
}

async function recordCredit(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  wanted: NewCredit,
  request: object
): Promise<Answer> {
  const { customerId, kind, creditId, datedOn, amount, allocations } = wanted
  const locked = await lockAccount(trx, deps.clock, customerId)
  const { account, now, today } = locked
  const asked = canonicalJson(request)
  const before = await findCredit(trx, customerId, kind, creditId)
  if (before !== undefined) {
    if (before.request !== asked)
      throw new Problem('already-recorded', `${creditId} was recorded at ${before.recordedAt} with other content.`)
    return creditAnswer(200, before, await allocationsOf(trx, customerId, kind, [creditId]), account.currency)
  }
  refuseFuture(wanted.pointer, datedOn, today)
  const rate = await requireRate(trx, amount.currency, account.currency, datedOn)
  const { amountMinor, originalMinor } = countedMoney(amount, account.currency, rate)
  const whole: Row<'credits'> = {
    customerId,
    kind,
    creditId,
    datedOn,
    amountMinor,
    unappliedMinor: amountMinor,
    request: asked,
    recordedAt: now,
    ...originalsOf(amount, rate),
    unappliedOriginalMinor: rate === null ? null : originalMinor
  }
  const { rows, unapplied, takenMinor } = await allocate(trx, locked, whole, allocations)
  const credit = { ...whole, ...unapplied }
  // With the receivables, which are net of it, this bounds what all open invoices sum up to.
  if (credit.unappliedMinor > 0) countable((await unappliedMinor(trx, customerId)) + credit.unappliedMinor)
  const { receivablesMinor = 0 } = movedBeside(takenMinor, rows)
  const entry: NewEntry = {
    type: kind === 'payment' ? 'payment.recorded' : 'credit_note.recorded',
    subject: creditId,
    payload: { amountMinor, original: originalMoneyOf(whole), datedOn, allocations: rows.map(allocationPayload) },
    moves: { receivablesMinor: receivablesMinor - amountMinor }
  }
  const writes = [insertCredit(credit), ...insertAllocations(rows, now)]
  await saveAccount(trx, locked, caller.keyId, [entry], { writes })
  return creditAnswer(201, credit, rows, account.currency)
}

/** What allocations do, and what they leave of the credit. */
interface Allocated {
  readonly rows: readonly ShownAllocation[]
  readonly unapplied: Pick<Row<'credits'>, 'unappliedMinor' | 'unappliedOriginalMinor'>
  /** What they take of the unapplied amount, in the account's currency. */
  readonly takenMinor: number
}

/**
 * What moves of the receivables when a credit is applied: the invoices fall by what they were
 * converted to, the unapplied amount by what that was. The two differ by the exchange difference.
 */
function movedBeside(takenMinor: number, rows: readonly ShownAllocation[]): Moves {
  const settledMinor = rows.reduce((sum, { amountMinor }) => sum + amountMinor, 0)
  return takenMinor === settledMinor ? {} : { receivablesMinor: takenMinor - settledMinor }
}

/**
 * Decides which invoices an unapplied amount settles; throws when the caller's list does not fit
 * what is open.
 */
async function allocate(
  trx: Writer,
  { account }: LockedAccount,
  credit: Row<'credits'>,
  wanted: NewAllocations | undefined
): Promise<Allocated> {
  const { currency, ...unapplied } = unappliedInOwnCurrency(credit, account.currency)
  const open = wanted?.length === 0 ? [] : await openInvoices(trx, account.customerId)
  const parts =
    wanted === undefined
      ? oldestFirst(account, open, { currency, unapplied })
      : await asWanted(trx, account, open, wanted, { currency, unapplied })
  const { customerId, kind, creditId, datedOn } = credit
  const rows = parts.map(({ invoice, amountMinor, settledMinor, usedMinor }): ShownAllocation => {
    // Money that came before the invoice settles it on the day of issue, not before.
    const settledOn = datedOn < invoice.issuedOn ? invoice.issuedOn : datedOn
    const settledIn = invoice.originalCurrency
    const isConverted = settledIn !== null || credit.originalCurrency !== null
    const own = isConverted ? { settledMinor, usedMinor } : { settledMinor: null, usedMinor: null }
    return { customerId, kind, creditId, invoiceId: invoice.invoiceId, amountMinor, settledOn, ...own, settledIn }
  })
  const left = parts.at(-1)?.left ?? unapplied
  return {
    rows,
    unapplied: {
      unappliedMinor: left.openMinor,
      unappliedOriginalMinor: credit.originalCurrency === null ? null : left.openOriginalMinor
    },
    takenMinor: unapplied.openMinor - left.openMinor
  }
}

/** What is unapplied of a credit, in the account's currency and in its own. */
interface Unapplied {
  readonly currency: string
  readonly unapplied: OpenAmounts
}

interface Part extends Settlement {
  readonly invoice: Row<'invoices'>
  /** What it takes off the invoice, in the account's currency. */
  readonly amountMinor: number
  /** What it leaves of the credit. */
  readonly left: OpenAmounts
}

/**
 * Settles the oldest due invoices, first those in the currency of the money, then the others at
 * equal amounts in the account's currency.
 */
function oldestFirst(
  account: Row<'creditAccounts'>,
  open: readonly Row<'invoices'>[],
  { currency, unapplied }: Unapplied
): Part[] {
  const parts: Part[] = []
  const isSame = (invoice: Row<'invoices'>) => (invoice.originalCurrency ?? account.currency) === currency
  let left = unapplied
  for (const invoice of [...open.filter(isSame), ...open.filter((each) => !isSame(each))]) {
    if (left.openOriginalMinor === 0) break
    const amounts = amountsInOwnCurrency(invoice, account.currency)
    const settlement = largestSettlement(left, amounts, isSame(invoice))
    // The last few fen may be less than the smallest unit of another currency: they stay unapplied.
    if (settlement.settledMinor === 0) continue
    const part = partOf(invoice, amounts, left, settlement)
    if (part === undefined) throw new Error('no more is settled than is open')
    parts.push(part)
    left = part.left
  }
  return parts
}

/** Undefined when more would be taken of the credit or of the invoice than there is. */
function partOf(
  invoice: Row<'invoices'>,
  amounts: OpenAmounts,
  unapplied: OpenAmounts,
  settlement: Settlement
): Part | undefined {
  const left = afterTaking(unapplied, settlement.usedMinor)
  const open = afterTaking(amounts, settlement.settledMinor)
  if (left === undefined || open === undefined) return undefined
  return { invoice, ...settlement, amountMinor: amounts.openMinor - open.openMinor, left }
}

async function asWanted(
  trx: Writer,
  account: Row<'creditAccounts'>,
  open: readonly Row<'invoices'>[],
  wanted: NewAllocations,
  { currency, unapplied }: Unapplied
): Promise<Part[]> {
  refuseRepeated(wanted)
  refuseExcess(wanted, unapplied, currency)
  const byId = new Map(open.map((invoice) => [invoice.invoiceId, invoice]))
  const parts: Part[] = []
  let left = unapplied
  for (const [index, { invoiceId, amount, settles }] of wanted.entries()) {
    const invoice = byId.get(invoiceId) ?? (await findInvoice(trx, account.customerId, invoiceId))
    if (invoice === undefined)
      throw new Problem('invoice-not-found', `There is no invoice ${invoiceId} of this customer.`)
    const amounts = amountsInOwnCurrency(invoice, account.currency)
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
 * What a part of the credit settles where the caller does not say: in one currency the same,
 * otherwise what has the same amount in the account's currency. Undefined when that is more than is
 * open.
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

function refuseRepeated(wanted: NewAllocations): void {
  const seen = new Set<string>()
  for (const [index, { invoiceId }] of wanted.entries()) {
    const pointer = `/allocations/${index}/invoiceId`
    if (seen.has(invoiceId))
      throw fieldProblem(pointer, 'repeated', `Invoice ${invoiceId} stands twice in the allocations.`)
    seen.add(invoiceId)
  }
}

function refuseExcess(wanted: NewAllocations, { openOriginalMinor }: OpenAmounts, currency: string): void {
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

function creditAnswer(
  status: 200 | 201,
  credit: Row<'credits'>,
  allocations: readonly ShownAllocation[],
  currency: string
): Answer {
  const path = credit.kind === 'payment' ? 'payments' : 'credit-notes'
  const location = `/v1/customers/${credit.customerId}/${path}/${credit.creditId}`
  const shown = credit.kind === 'payment' ? paymentOf : creditNoteOf
  return { status, value: shown(credit, allocations, currency), ...(status === 201 ? { location } : {}) }
}

function allocationPayload({ invoiceId, amountMinor, settledOn, settledMinor, usedMinor }: ShownAllocation) {
  const own = settledMinor === null ? {} : { settledMinor, usedMinor }
  return { invoiceId, amountMinor, settledOn, ...own }
}

/**
 * What is unapplied of a payment or credit note, in the account's currency and in its own, which
 * may be the same.
 */
function unappliedInOwnCurrency(
  { unappliedMinor, originalCurrency, unappliedOriginalMinor }: Row<'credits'>,
  currency: string
): OpenAmounts & { readonly currency: string } {
  const openOriginalMinor = unappliedOriginalMinor ?? unappliedMinor
  return { currency: originalCurrency ?? currency, openMinor: unappliedMinor, openOriginalMinor }
}
