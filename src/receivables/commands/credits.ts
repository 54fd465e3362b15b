import { countable, lockAccount, lockWithFacts, requireAccount, saveAccount } from '../../accounts/store.ts'
import type { CreditKind, Moves, NewEntry, Reader, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { originalMoneyOf, originalsOf, settlesShareMaxOf, toMoney } from '../../engine/index.ts'
import type { CreditId, CustomerId } from '../../ids.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/command.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../../platform/http/page.ts'
import { canonicalJson } from '../../platform/values/canonical.ts'
import { Problem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import { requireRate } from '../../rates/postings.ts'
import { allocate } from '../postings/allocations.ts'
import { countedMoney } from '../postings/money.ts'
import { assertPossible, creditFaults } from '../postings/possible.ts'
import type { AllocationsToMake, CreditQuery, NewAllocations, NewCreditNote, NewPayment } from '../schema.ts'
import { openInvoicesMinor, settledInvoices, settledInvoicesFact } from '../store/ledger.ts'
import {
  allocationsOf,
  creditExistsFact,
  findCredit,
  insertCredit,
  listCredits,
  type ShownAllocation,
  setUnapplied
} from '../store.ts'
import texts from '../texts.json' with { type: 'json' }

const { details } = texts

/** What the list is in the order of. */
const KEY = listKey({ creditId: KeyField.clientId<'credit'>() })

/**
 * Records money received. It lowers what the customer owes at once; its allocation says which
 * invoices it settles.
 */
export async function recordPayment(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  customerId: CustomerId,
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
      dateField: 'receivedOn'
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
  customerId: CustomerId,
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
      dateField: 'issuedOn'
    },
    wanted
  )
}

/**
 * Applies the unapplied part of a payment or credit note to invoices. Exposure fell when the money
 * came, so it moves only by the exchange difference between the rates of invoice and money.
 */
export async function allocateCredit(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  { customerId, kind, creditId }: { customerId: CustomerId; kind: CreditKind; creditId: CreditId },
  { allocations }: AllocationsToMake
): Promise<Answer> {
  const locked = await lockAccount(trx, deps.clock, customerId)
  const credit = await findCredit(trx, customerId, kind, creditId)
  if (credit === undefined) throw creditNotFound(kind, creditId)
  const ids = (allocations ?? []).map(({ invoiceId }) => invoiceId)
  const named = await settledInvoices(trx, customerId, ids)
  const { rows, payload, unapplied, takenMinor, writes } = await allocate(trx, locked, credit, {
    wanted: allocations,
    named,
    shareMax: settlesShareMaxOf(deps.policy)
  })
  const after = { ...credit, ...unapplied }
  if (rows.length > 0) {
    const entry: NewEntry = {
      type: 'credit.allocated',
      subject: creditId,
      payload: { kind, allocations: payload },
      moves: movedBeside(takenMinor, rows)
    }
    await saveAccount(trx, locked, caller.actor, [entry], { writes: [setUnapplied(credit, unapplied), ...writes] })
  }
  return creditAnswer(200, after, await allocationsOf(trx, customerId, kind, [creditId]), locked.account.currency)
}

/** How a payment or a credit note is answered. */
type Shown<Credit> = (credit: Row<'credits'>, allocations: readonly ShownAllocation[], currency: string) => Credit

export async function readCredit<Credit>(
  db: Reader,
  customerId: CustomerId,
  kind: CreditKind,
  creditId: CreditId,
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
  customerId: CustomerId,
  kind: CreditKind,
  { cursor, limit = PAGE_LIMIT_DEFAULT }: CreditQuery,
  shown: Shown<Credit>
): Promise<Page<Credit>> {
  const { currency } = await requireAccount(db, customerId)
  const listing = { list: 'credits', customerId, kind }
  const rows = await listCredits(db, customerId, kind, keyOfCursor(cursor, listing, KEY)?.creditId, limit)
  const page = pageOfRows(rows, limit, listing, KEY.of)
  const ids = page.items.map((row) => row.creditId)
  const byCredit = Map.groupBy(await allocationsOf(db, customerId, kind, ids), KEY.of)
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
  const shown = allocations.map((allocation) =>
    allocationOf(allocation, { currency, creditIn: originalCurrency ?? currency })
  )
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

function allocationOf(
  allocation: ShownAllocation,
  { currency, creditIn }: { readonly currency: string; readonly creditIn: string }
) {
  const { invoiceId, amountMinor, settledOn, settledMinor, usedMinor, settledIn } = allocation
  const { askedUsedMinor, askedSettledMinor } = allocation
  const isCut =
    askedUsedMinor !== null &&
    (askedUsedMinor !== (usedMinor ?? amountMinor) || askedSettledMinor !== (settledMinor ?? amountMinor))
  const asked = {
    amount: toMoney(askedUsedMinor ?? 0, creditIn),
    settles: toMoney(askedSettledMinor ?? 0, settledIn ?? currency)
  }
  return {
    invoiceId,
    amount: toMoney(amountMinor, currency),
    settled: settledMinor === null ? null : toMoney(settledMinor, settledIn ?? currency),
    used: usedMinor === null ? null : toMoney(usedMinor, creditIn),
    settledOn,
    ...(isCut ? { asked } : {})
  }
}

function creditNotFound(kind: CreditKind, creditId: CreditId): Problem {
  return new Problem(
    'not-found',
    kind === 'payment' ? said(details.noPayment, { creditId }) : said(details.noCreditNote, { creditId })
  )
}

/** A payment or credit note on its way in. */
interface NewCredit {
  readonly customerId: CustomerId
  readonly kind: CreditKind
  readonly creditId: CreditId
  readonly datedOn: string
  readonly amount: { amount: string; currency: string }
  readonly allocations: NewAllocations | undefined
  /** What the request calls the date. */
  readonly dateField: string
}

async function recordCredit(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  wanted: NewCredit,
  request: object
): Promise<Answer> {
  const { customerId, kind, creditId, datedOn, amount, allocations } = wanted
  const locked = await lockWithFacts(trx, deps.clock, customerId, {
    isRecorded: creditExistsFact(kind, creditId),
    invoices: settledInvoicesFact((allocations ?? []).map(({ invoiceId }) => invoiceId))
  })
  const { account, now, today, facts } = locked
  const asked = canonicalJson(request)
  const before = facts.isRecorded ? await findCredit(trx, customerId, kind, creditId) : undefined
  if (before !== undefined) {
    if (before.request !== asked)
      throw new Problem('already-recorded', said(details.creditRecorded, { creditId, recordedAt: before.recordedAt }))
    return creditAnswer(200, before, await allocationsOf(trx, customerId, kind, [creditId]), account.currency)
  }
  assertPossible(creditFaults(wanted, { at: '', today, dateField: wanted.dateField }))
  const rate = await requireRate(trx, { from: amount.currency, to: account.currency, onDate: datedOn })
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
  const { rows, payload, unapplied, takenMinor, writes } = await allocate(trx, locked, whole, {
    wanted: allocations,
    named: facts.invoices,
    shareMax: settlesShareMaxOf(deps.policy)
  })
  const credit = { ...whole, ...unapplied }
  // The receivables are net of unapplied money, so this bounds the sum of all open invoices.
  if (credit.unappliedMinor > 0) {
    const unappliedMinor = (await openInvoicesMinor(trx, customerId)) - account.receivablesMinor
    countable(unappliedMinor + credit.unappliedMinor)
  }
  const { receivablesMinor = 0 } = movedBeside(takenMinor, rows)
  const entry: NewEntry = {
    type: kind === 'payment' ? 'payment.recorded' : 'credit_note.recorded',
    subject: creditId,
    payload: { amountMinor, original: originalMoneyOf(whole), datedOn, allocations: payload },
    moves: { receivablesMinor: receivablesMinor - amountMinor }
  }
  await saveAccount(trx, locked, caller.actor, [entry], { writes: [insertCredit(credit), ...writes] })
  return creditAnswer(201, credit, rows, account.currency)
}

/**
 * What applying a credit moves of the receivables: the invoices fall by their converted amount, the
 * unapplied money by its own. The two differ by the exchange difference.
 */
function movedBeside(takenMinor: number, rows: readonly ShownAllocation[]): Moves {
  const settledMinor = rows.reduce((sum, { amountMinor }) => sum + amountMinor, 0)
  return takenMinor === settledMinor ? {} : { receivablesMinor: takenMinor - settledMinor }
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
