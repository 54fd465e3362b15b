import { countable, type LockedAccount, lockAccount, requireAccount, saveAccount } from '../../accounts/store.ts'
import type { CreditKind, NewEntry, Reader, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { formatAmount, minorOf, toMoney } from '../../engine/index.ts'
import type { Caller } from '../../platform/auth.ts'
import { canonicalJson } from '../../platform/canonical.ts'
import type { Answer } from '../../platform/deciding.ts'
import { keyOfCursor, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../../platform/page.ts'
import { fieldProblem, Problem } from '../../platform/problem.ts'
import type { AllocationsToMake, CreditQuery, NewAllocations, NewCreditNote, NewPayment } from '../schema.ts'
import {
  allocationsOf,
  findCredit,
  findInvoice,
  insertAllocations,
  insertCredit,
  listCredits,
  openInvoices,
  setUnapplied,
  unappliedMinor
} from '../store.ts'
import { refuseFuture } from './dates.ts'

/** Records money received. It lowers what the customer owes at once; its allocation says which invoices it settles. */
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

/** Records a credit note. It settles invoices like a payment, but tells nothing about how the customer pays. */
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

/** Applies the unapplied part of a payment or credit note to invoices. Exposure does not move: it was lowered when the money came. */
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
  const rows = await allocate(trx, locked, credit, allocations)
  const after = { ...credit, unappliedMinor: credit.unappliedMinor - sumOf(rows) }
  if (rows.length > 0) {
    const entry: NewEntry = {
      type: 'credit.allocated',
      subject: creditId,
      payload: { kind, allocations: rows.map(allocationPayload) }
    }
    const writes = [setUnapplied(credit, after.unappliedMinor), ...insertAllocations(rows, locked.now)]
    await saveAccount(trx, locked, caller.keyId, [entry], { writes })
  }
  return creditAnswer(200, after, await allocationsOf(trx, customerId, kind, [creditId]), locked.account.currency)
}

/** How a payment or a credit note is answered. */
type Shown<Credit> = (credit: Row<'credits'>, allocations: readonly Row<'allocations'>[], currency: string) => Credit

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

export function paymentOf(credit: Row<'credits'>, allocations: readonly Row<'allocations'>[], currency: string) {
  return { paymentId: credit.creditId, receivedOn: credit.datedOn, ...creditFields(credit, allocations, currency) }
}

export function creditNoteOf(credit: Row<'credits'>, allocations: readonly Row<'allocations'>[], currency: string) {
  return { creditNoteId: credit.creditId, issuedOn: credit.datedOn, ...creditFields(credit, allocations, currency) }
}

/** What a payment and a credit note have in common. */
function creditFields(
  { customerId, amountMinor, unappliedMinor, recordedAt }: Row<'credits'>,
  allocations: readonly Row<'allocations'>[],
  currency: string
) {
  const shown = allocations.map(({ invoiceId, amountMinor: minor, settledOn }) => ({
    invoiceId,
    amount: toMoney(minor, currency),
    settledOn
  }))
  return {
    customerId,
    amount: toMoney(amountMinor, currency),
    unapplied: toMoney(unappliedMinor, currency),
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
  const locked = await lockAccount(trx, deps.clock, customerId, amount.currency)
  const { account, now, today } = locked
  const asked = canonicalJson(request)
  const before = await findCredit(trx, customerId, kind, creditId)
  if (before !== undefined) {
    if (before.request !== asked)
      throw new Problem('already-recorded', `${creditId} was recorded at ${before.recordedAt} with other content.`)
    return creditAnswer(200, before, await allocationsOf(trx, customerId, kind, [creditId]), account.currency)
  }
  refuseFuture(wanted.pointer, datedOn, today)
  const amountMinor = minorOf(amount)
  const whole = {
    customerId,
    kind,
    creditId,
    datedOn,
    amountMinor,
    unappliedMinor: amountMinor,
    request: asked,
    recordedAt: now
  }
  const rows = await allocate(trx, locked, whole, allocations)
  const credit = { ...whole, unappliedMinor: amountMinor - sumOf(rows) }
  // With the receivables, which are net of it, this bounds what all open invoices sum up to.
  if (credit.unappliedMinor > 0) countable((await unappliedMinor(trx, customerId)) + credit.unappliedMinor)
  const entry: NewEntry = {
    type: kind === 'payment' ? 'payment.recorded' : 'credit_note.recorded',
    subject: creditId,
    payload: { amountMinor, datedOn, allocations: rows.map(allocationPayload) },
    moves: { receivablesMinor: -amountMinor }
  }
  const writes = [insertCredit(credit), ...insertAllocations(rows, now)]
  await saveAccount(trx, locked, caller.keyId, [entry], { writes })
  return creditAnswer(201, credit, rows, account.currency)
}

/** Decides which invoices an unapplied amount settles; throws when the caller's list does not fit what is open. */
async function allocate(
  trx: Writer,
  { account }: LockedAccount,
  credit: Row<'credits'>,
  wanted: NewAllocations | undefined
): Promise<Row<'allocations'>[]> {
  if (wanted?.length === 0) return []
  const open = await openInvoices(trx, account.customerId)
  const parts =
    wanted === undefined ? oldestFirst(open, credit.unappliedMinor) : await asWanted(trx, account, open, wanted)
  const sum = parts.reduce((total, part) => total + part.amountMinor, 0)
  if (sum > credit.unappliedMinor) {
    const rest = formatAmount(credit.unappliedMinor, account.currency)
    throw new Problem(
      'allocation-exceeds-credit',
      `The allocations sum to ${formatAmount(sum, account.currency)}; ${rest} ${account.currency} is unapplied.`
    )
  }
  const { customerId, kind, creditId, datedOn } = credit
  return parts.map(({ invoice, amountMinor }) => {
    // Money that came before the invoice settles it on the day of issue, not before.
    const settledOn = datedOn < invoice.issuedOn ? invoice.issuedOn : datedOn
    return { customerId, kind, creditId, invoiceId: invoice.invoiceId, amountMinor, settledOn }
  })
}

interface Part {
  readonly invoice: Row<'invoices'>
  readonly amountMinor: number
}

function oldestFirst(open: readonly Row<'invoices'>[], unappliedMinor: number): Part[] {
  const parts: Part[] = []
  let rest = unappliedMinor
  for (const invoice of open) {
    if (rest === 0) break
    const amountMinor = Math.min(rest, invoice.openMinor)
    parts.push({ invoice, amountMinor })
    rest -= amountMinor
  }
  return parts
}

async function asWanted(
  trx: Writer,
  account: Row<'creditAccounts'>,
  open: readonly Row<'invoices'>[],
  wanted: NewAllocations
): Promise<Part[]> {
  const byId = new Map(open.map((invoice) => [invoice.invoiceId, invoice]))
  const seen = new Set<string>()
  const parts: Part[] = []
  for (const [index, { invoiceId, amount }] of wanted.entries()) {
    const pointer = `/allocations/${index}`
    if (seen.has(invoiceId))
      throw fieldProblem(`${pointer}/invoiceId`, 'repeated', `Invoice ${invoiceId} stands twice in the allocations.`)
    seen.add(invoiceId)
    if (amount.currency !== account.currency)
      throw new Problem(
        'currency-not-supported',
        `The account of ${account.customerId} is kept in ${account.currency}.`
      )
    const invoice = byId.get(invoiceId) ?? (await findInvoice(trx, account.customerId, invoiceId))
    if (invoice === undefined)
      throw new Problem('invoice-not-found', `There is no invoice ${invoiceId} of this customer.`)
    const amountMinor = minorOf(amount)
    if (amountMinor > invoice.openMinor) {
      const left = formatAmount(invoice.openMinor, account.currency)
      throw new Problem(
        'allocation-exceeds-invoice',
        `${amount.amount} would be allocated to invoice ${invoiceId}, of which ${left} ${account.currency} is open.`
      )
    }
    parts.push({ invoice, amountMinor })
  }
  return parts
}

function creditAnswer(
  status: 200 | 201,
  credit: Row<'credits'>,
  allocations: readonly Row<'allocations'>[],
  currency: string
): Answer {
  const path = credit.kind === 'payment' ? 'payments' : 'credit-notes'
  const location = `/v1/customers/${credit.customerId}/${path}/${credit.creditId}`
  const shown = credit.kind === 'payment' ? paymentOf : creditNoteOf
  return { status, value: shown(credit, allocations, currency), ...(status === 201 ? { location } : {}) }
}

function sumOf(rows: readonly Row<'allocations'>[]): number {
  return rows.reduce((sum, row) => sum + row.amountMinor, 0)
}

function allocationPayload({ invoiceId, amountMinor, settledOn }: Row<'allocations'>) {
  return { invoiceId, amountMinor, settledOn }
}
