import { countable, type LockedAccount, lockAccount, requireAccount, saveAccount } from '../../accounts/store.ts'
import type { Moves, NewEntry, Reader, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { compareSnapshot, type Difference, keyOf, toMoney, totalExposureMinor } from '../../engine/index.ts'
import { comparedItems, orderOfItem } from '../../exposure-items/store.ts'
import type { CheckId, CustomerId, InvoiceId, ItemId, ReconciliationId } from '../../ids.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/command.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../../platform/http/page.ts'
import { idOf, newId } from '../../platform/values/ids.ts'
import { addSeconds } from '../../platform/values/instants.ts'
import { fieldProblem, Problem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import { heldBeside } from '../../reservations/postings/steps.ts'
import { sweep } from '../../reservations/postings/sweep.ts'
import type { NewReconciliation, Reconciliation, ReconciliationQuery, ReconciliationSummary } from '../schema.ts'
import {
  addReconciliation,
  capturedSince,
  comparedCredits,
  comparedInvoices,
  findReconciliation,
  insertReconciliation,
  lastApplied,
  listReconciliations
} from '../store.ts'
import texts from '../texts.json' with { type: 'json' }
import { type Repair, repairOf } from './repair.ts'
import {
  assertDocumentsPossible,
  assertSound,
  type Recorded,
  recordedDocuments,
  recordedOf,
  statedDocuments
} from './stated.ts'

const { details } = texts

/** What the list is in the order of. */
const KEY = listKey({ reconciliationId: KeyField.madeId('rec') })

const DEFAULT_SOURCE = 'erp'
const DIFFERENCES_SHOWN = 10_000
/** The most differences in one journal entry. */
const ENTRY_DIFFERENCES = 1_000
/** How far the clock of the caller's system may be ahead. */
const CLOCK_SKEW_SECONDS = 300

/**
 * Compares the snapshot of the caller with the record and, when it is to be applied, changes the
 * record to match it, in one transaction. What changed after the snapshot was taken stays. A
 * snapshot older than the last applied one is refused, and so is an incomplete one.
 */
export async function reconcile(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  customerId: CustomerId,
  wanted: NewReconciliation
): Promise<Answer> {
  assertSound(wanted)
  const locked = await sweep(trx, await lockAccount(trx, deps.clock, customerId))
  const { account, now, today } = locked
  assertDocumentsPossible(wanted, today)
  const source = wanted.source ?? DEFAULT_SOURCE
  const snapshotAt = addSeconds(wanted.snapshotAt, 0)
  await assertTimely(trx, { customerId, source, snapshotAt }, now)
  const recorded = await recordedBeside(trx, customerId, source, wanted)
  const orders = countedOrders(wanted, recorded)
  const held = await ordersHeldBeside(trx, locked, source, orders, recorded)
  const captured =
    orders.length === 0
      ? undefined
      : await capturedSince(trx, { customerId, source, since: snapshotAt }, orders.map(orderOfItem))
  const differences = compareSnapshot(
    statedDocuments(wanted),
    recordedDocuments(recorded, account.currency),
    snapshotAt,
    held,
    captured
  )
  const reconciliationId = newId('rec')
  const repair = await repairOf({
    trx,
    locked,
    reconciliationId,
    source,
    snapshotOn: snapshotAt.slice(0, 10) < today ? snapshotAt.slice(0, 10) : today,
    wanted,
    recorded,
    differences: differences.filter(({ kind }) => kind !== 'older')
  })
  const reconciliation = reconciliationOf(wanted, differences, recorded, {
    ...{ reconciliationId, customerId, source, snapshotAt, applied: wanted.apply, madeBy: caller.actor, madeAt: now },
    ...exposures(account, repair.moves)
  })
  const { applied, madeAt } = reconciliation
  const document = JSON.stringify(reconciliation)
  const row = { customerId, reconciliationId, source, snapshotAt, applied, madeBy: caller.actor, madeAt, document }
  if (wanted.apply) await apply(trx, locked, caller, { reconciliation, repair, row })
  else await addReconciliation(trx, row)
  return { status: 201, value: reconciliation, location: locationOf(reconciliation) }
}

async function assertTimely(
  trx: Writer,
  { customerId, source, snapshotAt }: Pick<Row<'reconciliations'>, 'customerId' | 'source' | 'snapshotAt'>,
  now: string
): Promise<void> {
  if (snapshotAt > addSeconds(now, CLOCK_SKEW_SECONDS))
    throw fieldProblem('/snapshotAt', 'future_instant', said(details.ahead, { snapshotAt, now }))
  const last = await lastApplied(trx, customerId, source)
  if (last !== undefined && snapshotAt < last)
    throw new Problem('stale-import', said(details.older, { last, snapshotAt }), {
      members: { snapshotAt: last }
    })
}

/** What is recorded of the kinds of documents that the snapshot states. */
async function recordedBeside(
  trx: Writer,
  customerId: CustomerId,
  source: string,
  { invoices, credits, items }: NewReconciliation
): Promise<Recorded> {
  const ids = invoices?.map(({ invoiceId }) => invoiceId)
  const creditIds = credits?.map(({ creditId }) => creditId)
  const itemIds = items?.map(({ itemId }) => itemId)
  const named = new Set(credits?.map(({ kind, creditId }) => `${kind} ${creditId}`))
  const found = creditIds === undefined ? [] : await comparedCredits(trx, customerId, creditIds)
  return recordedOf(
    ids === undefined ? [] : await comparedInvoices(trx, customerId, ids),
    found.filter((row) => row.unappliedMinor > 0 || named.has(`${row.kind} ${row.creditId}`)),
    itemIds === undefined ? [] : await comparedItems(trx, customerId, source, itemIds)
  )
}

/** The orders of a snapshot that would count against the limit. */
function countedOrders({ items = [] }: NewReconciliation, recorded: Recorded): ItemId[] {
  const counted = items.filter(({ itemId, category, statistical = recorded.items.get(itemId)?.statistical }) => {
    return category === 'order' && statistical !== true
  })
  return counted.map(({ itemId }) => itemId)
}

/**
 * Which of these orders have a reservation beside their item. An item held by that very reservation
 * is not beside it.
 */
async function ordersHeldBeside(
  trx: Writer,
  locked: LockedAccount,
  source: string,
  itemIds: readonly ItemId[],
  recorded: Recorded
): Promise<ReadonlyMap<ItemId, CheckId>> {
  if (itemIds.length === 0) return new Map()
  const beside = await heldBeside(trx, locked, source, itemIds)
  for (const [id, checkId] of beside) if (recorded.items.get(id)?.heldBy === checkId) beside.delete(id)
  return beside
}

function exposures(account: Row<'creditAccounts'>, moves: Moves) {
  const beforeMinor = totalExposureMinor(account)
  const moved = Object.entries(moves) as [keyof Moves, number][]
  for (const [amount, minor] of moved) countable(account[amount] + minor)
  const movedMinor = moved.reduce((sum, [, minor]) => sum + minor, 0)
  return {
    exposureBefore: toMoney(beforeMinor, account.currency),
    exposureAfter: toMoney(beforeMinor + movedMinor, account.currency)
  }
}

function reconciliationOf(
  wanted: NewReconciliation,
  differences: readonly Difference[],
  recorded: Recorded,
  head: Omit<Reconciliation, 'compared' | 'counts' | 'differences'>
): Reconciliation {
  const counts = { missing: 0, extra: 0, different: 0, older: 0, alsoHeld: 0 }
  for (const { kind } of differences) counts[kind === 'also_held' ? 'alsoHeld' : kind] += 1
  const { currency } = head.exposureBefore
  const stated = statedCurrencies(wanted)
  const shown = differences.slice(0, DIFFERENCES_SHOWN).map(({ kind, document, id, fields, checkId, ...amounts }) => {
    const recordedIn = recordedCurrency(recorded, { document, id }) ?? currency
    const statedIn = stated.get(keyOf({ document, id })) ?? currency
    return {
      kind,
      document,
      id,
      fields: [...fields],
      recorded: amounts.recordedMinor === null ? null : toMoney(amounts.recordedMinor, recordedIn),
      stated: amounts.statedMinor === null ? null : toMoney(amounts.statedMinor, statedIn),
      checkId: checkId === null ? null : idOf<CheckId>(checkId)
    }
  })
  const compared = (wanted.invoices?.length ?? 0) + (wanted.credits?.length ?? 0) + (wanted.items?.length ?? 0)
  return { ...head, compared, counts, differences: shown }
}

/** The currency in which the snapshot states each document. */
function statedCurrencies({ invoices = [], credits = [], items = [] }: NewReconciliation): Map<string, string> {
  return new Map([
    ...invoices.map(({ invoiceId: id, open }) => [keyOf({ document: 'invoice', id }), open.currency] as const),
    ...credits.map(({ kind, creditId: id, unapplied }) => [keyOf({ document: kind, id }), unapplied.currency] as const),
    ...items.map(({ itemId: id, open }) => [keyOf({ document: 'item', id }), open.currency] as const)
  ])
}

/**
 * The currency of a converted document; undefined or null when it is that of the account or the
 * document is not recorded.
 */
function recordedCurrency(
  { invoices, credits, items }: Recorded,
  { document, id }: Pick<Difference, 'document' | 'id'>
): string | null | undefined {
  if (document === 'invoice') return invoices.get(idOf<InvoiceId>(id))?.originalCurrency
  return (document === 'item' ? items.get(idOf<ItemId>(id)) : credits.get(keyOf({ document, id })))?.originalCurrency
}

/**
 * Repairs the record. The first entry moves the amounts; later entries hold the differences that do
 * not fit into it.
 */
async function apply(
  trx: Writer,
  locked: LockedAccount,
  caller: Caller,
  { reconciliation, repair, row }: { reconciliation: Reconciliation; repair: Repair; row: Row<'reconciliations'> }
): Promise<void> {
  const { account } = locked
  const { reconciliationId, source, snapshotAt, counts, differences } = reconciliation
  const besides = {
    ...(repair.held.length > 0 ? { held: repair.held } : {}),
    ...(repair.excess.length > 0 ? { excess: repair.excess } : {})
  }
  const entries: NewEntry[] = []
  for (let from = 0; from === 0 || from < differences.length; from += ENTRY_DIFFERENCES) {
    const part = differences.slice(from, from + ENTRY_DIFFERENCES)
    const first = from === 0
    entries.push({
      type: 'reconciliation.applied',
      subject: reconciliationId,
      payload: {
        source,
        snapshotAt,
        differences: part,
        ...(first ? { counts, receivables: repair.receivables, ...besides } : {})
      },
      moves: first ? repair.moves : {}
    })
  }
  const reconciledAt =
    account.reconciledAt !== null && account.reconciledAt > snapshotAt ? account.reconciledAt : snapshotAt
  await saveAccount(trx, locked, caller.actor, entries, {
    changes: { reconciledAt },
    writes: [...repair.writes, insertReconciliation(row)]
  })
}

export async function readReconciliation(
  db: Reader,
  customerId: CustomerId,
  reconciliationId: ReconciliationId
): Promise<Reconciliation> {
  await requireAccount(db, customerId)
  const row = await findReconciliation(db, customerId, reconciliationId)
  if (row === undefined) throw new Problem('not-found', said(details.noReconciliation, { reconciliationId }))
  return JSON.parse(row.document) as Reconciliation
}

/** The reconciliations of a customer without their differences, the last one first. */
export async function pageOfReconciliations(
  db: Reader,
  customerId: CustomerId,
  { cursor, limit = PAGE_LIMIT_DEFAULT, ...filters }: ReconciliationQuery
): Promise<Page<ReconciliationSummary>> {
  await requireAccount(db, customerId)
  const listing = { list: 'reconciliations', customerId, ...filters }
  const rows = await listReconciliations(
    db,
    customerId,
    filters,
    keyOfCursor(cursor, listing, KEY)?.reconciliationId,
    limit
  )
  const page = pageOfRows(rows, limit, listing, KEY.of)
  return { ...page, items: page.items.map(({ summary }) => JSON.parse(summary) as ReconciliationSummary) }
}

function locationOf({ customerId, reconciliationId }: Reconciliation): string {
  return `/v1/customers/${customerId}/reconciliations/${reconciliationId}`
}
