import { countable, type LockedAccount } from '../../accounts/store.ts'
import type { AppliedRate, Moves, NewRow, Row, Write, Writer } from '../../database.ts'
import {
  amountsInOwnCurrency,
  appliedRateOf,
  type Difference,
  easedDueOn,
  freeState,
  type ItemAmounts,
  keyOf,
  measureOf,
  minorOf,
  type OpenAmount,
  originalsOf,
  proportionOf,
  restated,
  toMoney
} from '../../engine/index.ts'
import { closedItem, measureOfItem, type Restated, restateItems } from '../../exposure-items/postings.ts'
import { convertedMinor, type ItemKey } from '../../exposure-items/store.ts'
import type { CreditId, InvoiceId, ItemId, ReconciliationId } from '../../ids.ts'
import { canonicalJson } from '../../platform/values/canonical.ts'
import { idOf } from '../../platform/values/ids.ts'
import { requireRate } from '../../rates/postings.ts'
import { type Amended, holdAgainst, isAmended, sumOfMoves } from '../../receivables/postings/bounds.ts'
import { postLedger } from '../../receivables/postings/ledger.ts'
import { convertedMoney, countedMoney } from '../../receivables/postings/money.ts'
import { type SettledInvoice, settledInvoices } from '../../receivables/store/ledger.ts'
import { addSettlements, changeSettlements, replaceCredits, saveInvoices } from '../../receivables/store.ts'
import type { Excess } from '../../reservations/postings/coverage.ts'
import type { NewReconciliation } from '../schema.ts'
import type { ComparedCredit } from '../store.ts'
import type { Recorded, StatedCredit, StatedInvoice, StatedItem } from './stated.ts'

/** The changes that make the record match the snapshot. */
export interface Repair {
  readonly writes: readonly Write[]
  readonly moves: Moves
  /** What is now held of the items that reservations held. */
  readonly held: readonly OpenAmount[]
  /** What documents of the snapshot captured earlier and have no room for. */
  readonly excess: readonly Excess[]
  /** How the change of the receivables divides into categories. */
  readonly receivables: { invoiceMinor: number; creditNoteMinor: number; unappliedCashMinor: number }
}

/** Everything that a repair rests on. */
interface Repairing {
  readonly trx: Writer
  readonly locked: LockedAccount
  readonly reconciliationId: ReconciliationId
  readonly source: string
  readonly snapshotOn: string
  readonly wanted: NewReconciliation
  readonly recorded: Recorded
  /** Without documents older than the record. */
  readonly differences: readonly Difference[]
}

/** The entry of a repair names all amounts that it may move, even those that move by 0. */
const UNMOVED: Moves = { capturedMinor: 0, ordersMinor: 0, deliveriesMinor: 0, specialMinor: 0 }

/**
 * Computes the repair. An invoice that captured a reservation is moved out of the captured amount,
 * never added to it. Throws `exposure-too-large` when a sum could no longer be exact.
 */
export async function repairOf(repairing: Repairing): Promise<Repair> {
  const invoices = await invoiceRepair(repairing)
  const credits = await creditRepair(repairing)
  const items = await itemRepair(repairing)
  const bounds = await boundsOf(repairing, [...invoices.amended, ...items.amended])
  const receivables = { invoiceMinor: invoices.openMinor, ...credits.sums }
  const { invoiceMinor, creditNoteMinor, unappliedCashMinor } = receivables
  return {
    writes: [...invoices.writes, ...credits.writes, ...items.writes, ...bounds.writes],
    moves: {
      ...UNMOVED,
      receivablesMinor: invoiceMinor + creditNoteMinor + unappliedCashMinor,
      ...bounds.captured,
      ...sumOfMoves(items.moves, bounds.items.moves)
    },
    held: [...items.held, ...bounds.items.held],
    excess: bounds.excess,
    receivables
  }
}

/**
 * Holds what documents take over against what the snapshot states of them. What is open of the
 * items of its system the snapshot states itself.
 */
async function boundsOf({ trx, locked, source, wanted }: Repairing, amended: readonly Amended[]) {
  const isStated = (item: Pick<ItemKey, 'source'>) => wanted.items !== undefined && item.source === source
  const bounds = await holdAgainst(trx, locked, amended, isStated)
  const items = await restateItems(trx, bounds.itemsBefore, bounds.itemsAfter)
  return { captured: bounds.moves, items, excess: bounds.excesses, writes: [...bounds.writes, ...items.writes] }
}

async function invoiceRepair({ trx, locked, wanted, recorded, differences, ...rest }: Repairing) {
  const { account, now, today } = locked
  const stated = new Map((wanted.invoices ?? []).map((invoice) => [invoice.invoiceId, invoice]))
  const ids = differences.filter(({ document }) => document === 'invoice').map(({ id }) => idOf<InvoiceId>(id))
  const rates = ratesOf(trx, account.currency)
  const settled: Settled[] = []
  for (const id of ids)
    settled.push(await invoiceRow(rates, account, id, stated.get(id), recorded.invoices.get(id), { now, today }))
  const rows = settled.map(({ row }) => row)
  const known = ids.filter((id) => recorded.invoices.has(id))
  const amended = rows
    .filter((row) => isAmended(recorded.invoices.get(row.invoiceId), row))
    .map((row): Amended => {
      const target = { kind: 'invoice', source: '', id: row.invoiceId } as const
      return { target, measure: measureOf(row, account.currency) }
    })
  const openMinor = rows.reduce(
    (sum, row) => sum + row.openMinor - (recorded.invoices.get(row.invoiceId)?.openMinor ?? 0),
    0
  )
  const { reconciliationId, snapshotOn } = rest
  // An adjustment has the number of the reconciliation that makes it.
  const creditId = idOf<CreditId>(reconciliationId)
  const key = { customerId: account.customerId, creditId, datedOn: snapshotOn, recordedAt: now }
  const added = adjustmentOf(key, settled)
  const before = await settledInvoices(trx, account.customerId, known)
  const undone = undoneSettlements(before, settled)
  const after = settledAfter(rows, before, [...undone, ...added.parts])
  return {
    openMinor,
    amended,
    writes: [...saveInvoices(rows), ...added.writes, ...changeSettlements(undone), ...postLedger(locked, before, after)]
  }
}

/** An invoice after the repair, and how its settled amount differs from the record. */
interface Settled {
  readonly row: Row<'invoices'>
  /**
   * The amount settled beyond the record, 0 or more, in the currency of the account and in that of
   * the invoice.
   */
  readonly moreMinor: number
  readonly moreOriginalMinor: number
  /** The recorded settlement to take back, 0 or more, in the currency in which it settled. */
  readonly lessOriginalMinor: number
}

/**
 * The invoice as the snapshot states it; one that the snapshot does not name is settled. It keeps
 * its rate while currency and day of issue stay the same, and once something of it is settled. A
 * settlement in another currency than that of the snapshot is made anew.
 */
async function invoiceRow(
  rates: Rates,
  account: Row<'creditAccounts'>,
  invoiceId: InvoiceId,
  stated: StatedInvoice | undefined,
  before: Row<'invoices'> | undefined,
  { now, today }: Pick<LockedAccount, 'now' | 'today'>
): Promise<Settled> {
  if (stated === undefined) return settledWhole(account, before, now)
  const known = before && amountsInOwnCurrency(before, account.currency)
  const { amount, open, issuedOn, dueOn, disputed, dunningLevel, sourceVersion } = stated
  const settledMinor = known === undefined ? 0 : known.originalMinor - known.openOriginalMinor
  const same = known?.currency === amount.currency ? known : undefined
  const anew = same === undefined
  const keepsRate = !anew && (before?.issuedOn === issuedOn || settledMinor > 0)
  const rate = before !== undefined && keepsRate ? appliedRateOf(before) : await rates(amount.currency, issuedOn)
  const amounts = restated(same, countedMoney(amount, account.currency, rate, '/invoices'), minorOf(open))
  const changeMinor = amounts.originalMinor - amounts.openOriginalMinor - (anew ? 0 : settledMinor)
  const changeCounted = amounts.amountMinor - amounts.openMinor - (anew ? 0 : same.amountMinor - same.openMinor)
  const kept = {
    orderId: null,
    disputed: false,
    dunningLevel: 0,
    sourceVersion: null,
    recordedAt: now,
    version: 0,
    ...before
  }
  const due = { dueOn, disputed: disputed ?? kept.disputed }
  return {
    row: {
      ...kept,
      customerId: account.customerId,
      invoiceId,
      amountMinor: amounts.amountMinor,
      openMinor: amounts.openMinor,
      issuedOn,
      ...due,
      easedDueOn: easedDueOn(before, due, today),
      dunningLevel: dunningLevel ?? kept.dunningLevel,
      sourceVersion: sourceVersion ?? kept.sourceVersion,
      version: kept.version + 1,
      updatedAt: now,
      ...originalsOf(amount, rate),
      openOriginalMinor: rate === null ? null : amounts.openOriginalMinor
    },
    moreMinor: changeMinor > 0 ? changeCounted : 0,
    moreOriginalMinor: Math.max(0, changeMinor),
    lessOriginalMinor: anew ? settledMinor : Math.max(0, -changeMinor)
  }
}

/** The invoice with nothing open. */
function settledWhole({ currency }: Row<'creditAccounts'>, before: Row<'invoices'> | undefined, now: string): Settled {
  if (before === undefined) throw new Error('an invoice is neither stated nor recorded')
  const { openMinor: moreMinor, openOriginalMinor: moreOriginalMinor } = amountsInOwnCurrency(before, currency)
  const openOriginalMinor = before.originalCurrency === null ? null : 0
  const row = { ...before, openMinor: 0, openOriginalMinor, version: before.version + 1, updatedAt: now }
  return { row, moreMinor, moreOriginalMinor, lessOriginalMinor: 0 }
}

/**
 * What the snapshot has settled beyond the record, as one adjustment, because how it was paid is
 * not known.
 */
function adjustmentOf(
  {
    customerId,
    creditId,
    datedOn,
    recordedAt
  }: Pick<Row<'credits'>, 'customerId' | 'creditId' | 'datedOn' | 'recordedAt'>,
  settled: readonly Settled[]
): { parts: Row<'allocations'>[]; writes: Write[] } {
  const more = settled.filter(({ moreOriginalMinor }) => moreOriginalMinor > 0)
  const amountMinor = more.reduce((sum, { moreMinor }) => sum + moreMinor, 0)
  if (amountMinor === 0) return { parts: [], writes: [] }
  const key = { customerId, kind: 'adjustment' as const, creditId }
  const credit = { ...key, datedOn, amountMinor, unappliedMinor: 0, request: '', recordedAt }
  const parts = more.map(({ row: { invoiceId, issuedOn, originalCurrency }, moreMinor, moreOriginalMinor }) => {
    const settledOn = datedOn < issuedOn ? issuedOn : datedOn
    const own =
      originalCurrency === null
        ? { settledMinor: null, usedMinor: null }
        : { settledMinor: moreOriginalMinor, usedMinor: moreMinor }
    return { ...key, invoiceId, amountMinor: moreMinor, settledOn, ...own, ...NOT_ASKED }
  })
  return { parts, writes: [...replaceCredits([credit]), ...addSettlements(parts)] }
}

/** What a snapshot changes is no longer what a caller stated. */
const NOT_ASKED = { askedUsedMinor: null, askedSettledMinor: null }

/**
 * What the record has settled beyond the snapshot, taken back from the last settlements first: the
 * changed settlements, some of zero.
 */
function undoneSettlements(before: readonly SettledInvoice[], settled: readonly Settled[]): Row<'allocations'>[] {
  const less = new Map(settled.map(({ row, lessOriginalMinor }) => [row.invoiceId, lessOriginalMinor]))
  const changed: Row<'allocations'>[] = []
  for (const part of before.flatMap(({ settlements }) => settlements)) {
    const rest = less.get(part.invoiceId) ?? 0
    if (rest === 0) continue
    const wholeMinor = part.settledMinor ?? part.amountMinor
    const taken = Math.min(rest, wholeMinor)
    less.set(part.invoiceId, rest - taken)
    const left = (minor: number) => proportionOf(minor, wholeMinor - taken, wholeMinor)
    const own =
      part.settledMinor === null || part.usedMinor === null
        ? {}
        : { settledMinor: left(part.settledMinor), usedMinor: left(part.usedMinor) }
    changed.push({ ...part, amountMinor: left(part.amountMinor), ...own, ...NOT_ASKED })
  }
  return changed
}

/** The changed and new invoices, each with its settlements, to replace the others. */
function settledAfter(
  rows: readonly Row<'invoices'>[],
  before: readonly SettledInvoice[],
  changed: readonly Row<'allocations'>[]
): SettledInvoice[] {
  const creditOf = ({ kind, creditId }: Row<'allocations'>) => `${kind} ${creditId}`
  const known = Map.groupBy(
    before.flatMap(({ settlements }) => settlements),
    ({ invoiceId }) => invoiceId
  )
  const become = Map.groupBy(changed, ({ invoiceId }) => invoiceId)
  return rows.map((row) => {
    const all = [...(known.get(row.invoiceId) ?? []), ...(become.get(row.invoiceId) ?? [])]
    return { row, settlements: [...new Map(all.map((settlement) => [creditOf(settlement), settlement])).values()] }
  })
}

async function creditRepair({ trx, locked, wanted, recorded, differences }: Repairing) {
  const { account, now } = locked
  const rates = ratesOf(trx, account.currency)
  const stated = new Map(
    (wanted.credits ?? []).map((credit) => [keyOf({ document: credit.kind, id: credit.creditId }), credit])
  )
  const sums = { creditNoteMinor: 0, unappliedCashMinor: 0 }
  const rows: NewRow<'credits'>[] = []
  for (const difference of differences) {
    if (difference.document !== 'payment' && difference.document !== 'credit_note') continue
    const key = keyOf(difference)
    const before = recorded.credits.get(key)
    const row = await creditRow(rates, account, stated.get(key), before, now)
    const moved = (before?.unappliedMinor ?? 0) - row.unappliedMinor
    if (row.kind === 'payment') sums.unappliedCashMinor += moved
    else sums.creditNoteMinor += moved
    rows.push(row)
  }
  const recordedMinor = [...recorded.credits.values()].reduce((sum, { unappliedMinor }) => sum + unappliedMinor, 0)
  if (rows.length > 0) countable(recordedMinor - sums.creditNoteMinor - sums.unappliedCashMinor)
  return { sums, writes: replaceCredits(rows) }
}

/**
 * The credit as the snapshot states it; one that the snapshot does not name is applied. It keeps
 * its rate while currency and day stay the same.
 */
async function creditRow(
  rates: Rates,
  { customerId, currency }: Row<'creditAccounts'>,
  stated: StatedCredit | undefined,
  before: ComparedCredit | undefined,
  now: string
): Promise<NewRow<'credits'>> {
  if (stated === undefined) {
    if (before === undefined) throw new Error('a credit is either stated or recorded')
    return {
      ...creditColumns(before),
      unappliedMinor: 0,
      ...(before.rate === null ? {} : { unappliedOriginalMinor: 0 })
    }
  }
  const { kind, creditId, amount, unapplied, datedOn } = stated
  const keepsRate =
    before !== undefined && before.datedOn === datedOn && (before.originalCurrency ?? currency) === amount.currency
  const rate = keepsRate ? appliedRateOf(before) : await rates(amount.currency, datedOn)
  const whole = countedMoney(amount, currency, rate, '/credits')
  const unappliedOriginalMinor = minorOf(unapplied)
  // A late message of the same payment or credit note finds it recorded.
  const request = canonicalJson(
    kind === 'payment'
      ? { paymentId: creditId, receivedOn: datedOn, amount }
      : { creditNoteId: creditId, issuedOn: datedOn, amount }
  )
  return {
    customerId,
    kind,
    creditId,
    datedOn,
    amountMinor: whole.amountMinor,
    unappliedMinor: proportionOf(whole.amountMinor, unappliedOriginalMinor, whole.originalMinor),
    request: before?.request ?? request,
    recordedAt: before?.recordedAt ?? now,
    ...originalsOf(amount, rate),
    unappliedOriginalMinor: rate === null ? null : unappliedOriginalMinor
  }
}

/** Without what was only read beside it. */
function creditColumns({ changedAt: _changed, ...row }: ComparedCredit): Row<'credits'> {
  return row
}

/** The rate of each currency on each day, asked for once. Throws `rate-missing`. */
type Rates = (currency: string, onDate: string) => Promise<AppliedRate | null>

function ratesOf(trx: Writer, accountCurrency: string): Rates {
  const known = new Map<string, AppliedRate | null>()
  return async (currency, onDate) => {
    const key = `${currency} ${onDate}`
    const rate = known.get(key) ?? (await requireRate(trx, { from: currency, to: accountCurrency, onDate }))
    known.set(key, rate)
    return rate
  }
}

async function itemRepair({
  trx,
  locked,
  source,
  wanted,
  recorded,
  differences
}: Repairing): Promise<Restated & { readonly amended: readonly Amended[] }> {
  const { account, now, today } = locked
  const stated = new Map((wanted.items ?? []).map((item) => [item.itemId, item]))
  const changed = differences.filter(({ document }) => document === 'item')
  // What the order holds by its reservation counts; an item beside it does not.
  for (const { kind, id } of changed) if (kind === 'also_held') stated.delete(idOf<ItemId>(id))
  const ids = changed
    .filter(({ kind, recordedMinor }) => kind !== 'also_held' || (recordedMinor ?? 0) !== 0)
    .map(({ id }) => idOf<ItemId>(id))
  const converted = await convertedMinor(trx, account.customerId, source, ids)
  const rates = ratesOf(trx, account.currency)
  const rows: Row<'exposureItems'>[] = []
  for (const id of ids) {
    const before = recorded.items.get(id)
    const item = stated.get(id)
    if (item === undefined) {
      if (before === undefined) throw new Error('an item is neither stated nor recorded')
      rows.push(closedItem(before, now))
      continue
    }
    const { currency } = item.open
    const kept = before?.originalCurrency === currency ? appliedRateOf(before) : null
    const rate = kept ?? (await rates(currency, today))
    const key = { customerId: account.customerId, source, itemId: id }
    const amounts = statedAmounts(item, converted.get(id) ?? 0, account.currency, rate)
    rows.push(itemRow({ ...key, ...amounts }, item, before, rate, now))
  }
  const before = ids.flatMap((id) => recorded.items.get(id) ?? [])
  const amended = rows
    .filter((row) => isAmended(recorded.items.get(row.itemId), row))
    .map((row): Amended => {
      const target = { kind: 'item', source, id: row.itemId } as const
      return { target, measure: measureOfItem(row) }
    })
  return { ...(await restateItems(trx, before, rows)), amended }
}

/**
 * The amounts of an item of which the snapshot states the open part. The whole is converted and the
 * open part is its share; the other way round, the rounding of a small rest would grow with the
 * whole. Throws `exposure-too-large`.
 */
function statedAmounts(
  { open }: StatedItem,
  convertedOriginalMinor: number,
  currency: string,
  rate: AppliedRate | null
): ItemAmounts {
  const openOriginalMinor = minorOf(open)
  const originalMinor = openOriginalMinor + convertedOriginalMinor
  const { amountMinor } = convertedMoney(toMoney(originalMinor, open.currency), currency, rate)
  const openMinor = proportionOf(amountMinor, openOriginalMinor, originalMinor)
  return { amountMinor, openMinor, originalMinor, openOriginalMinor }
}

function itemRow(
  amounts: ItemKey & ItemAmounts,
  item: StatedItem,
  before: Row<'exposureItems'> | undefined,
  rate: AppliedRate | null,
  now: string
): Row<'exposureItems'> {
  const statistical = item.statistical ?? before?.statistical ?? false
  // An order that is no longer open is not covered by a reservation.
  const isHeld =
    before?.state === 'held' && item.category === 'order' && !statistical && amounts.openOriginalMinor !== 0
  return {
    ...amounts,
    category: item.category,
    state: isHeld ? 'held' : freeState(amounts),
    originalCurrency: item.open.currency,
    rate: rate?.rate ?? null,
    rateOn: rate?.rateOn ?? null,
    rateBasis: rate?.basis ?? null,
    dueOn: item.dueOn ?? before?.dueOn ?? null,
    shipOn: item.shipOn ?? before?.shipOn ?? null,
    disputed: item.disputed ?? before?.disputed ?? false,
    statistical,
    sourceVersion: Math.max(item.sourceVersion, before?.sourceVersion ?? 0),
    version: (before?.version ?? 0) + 1,
    recordedAt: before?.recordedAt ?? now,
    updatedAt: now,
    heldBy: isHeld ? before.heldBy : null,
    heldUntil: isHeld ? before.heldUntil : null
  }
}
