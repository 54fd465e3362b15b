import { type LockedAccount, lockAccount, readCurrentAccount, saveAccount } from '../../accounts/store.ts'
import type { AppliedRate, NewEntry, Reader, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import {
  afterChange,
  appliedRateOf,
  freeState,
  type Money,
  minorOf,
  originalMoneyOf,
  statedAmount,
  statedMoney,
  toMoney
} from '../../engine/index.ts'
import { closedItem, measureOfItem, restateItems } from '../../exposure-items/postings.ts'
import {
  type ConversionTarget,
  conversionsTo,
  convertedMinor,
  findItem,
  findItemAt,
  type ItemKey,
  listItems,
  orderOfItem,
  type ShownItem
} from '../../exposure-items/store.ts'
import type { CheckId, CustomerId, ItemId } from '../../ids.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/command.ts'
import { etagOf } from '../../platform/http/etag.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../../platform/http/page.ts'
import { idOf } from '../../platform/values/ids.ts'
import { Problem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import { requireRate } from '../../rates/postings.ts'
import { excessesOf } from '../../reservations/postings/coverage.ts'
import { heldBeside } from '../../reservations/postings/steps.ts'
import { sweep } from '../../reservations/postings/sweep.ts'
import { capturesOf, holdersOf } from '../../reservations/store.ts'
import { isAmended } from '../postings/bounds.ts'
import { excessOf, takeOver } from '../postings/conversions.ts'
import { convertedMoney } from '../postings/money.ts'
import { assertPossible, itemFaults } from '../postings/possible.ts'
import type { ConvertedFromShown, ExposureItem, ExposureItemQuery, NewExposureItem } from '../schema.ts'
import texts from '../texts.json' with { type: 'json' }
import { assertNotStale } from './versions.ts'

const { details } = texts

/** What the list is in the order of. */
const KEY = listKey({ source: KeyField.name, itemId: KeyField.clientId<'item'>() }, '/')

/** The system of a caller that names none. */
export const DEFAULT_SOURCE = 'erp'

/**
 * Records a document that counts as exposure, or its new version. A lower version, or the same with
 * other content, is stale. What was converted stays converted. The documents that it is made from
 * are reduced in the same transaction. An order with a reservation must say that it takes over from
 * it.
 */
export async function putExposureItem(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  key: ItemKey,
  wanted: NewExposureItem
): Promise<Answer> {
  const locked = await sweep(trx, await lockAccount(trx, deps.clock, key.customerId))
  const { account, now } = locked
  const before = await findItem(trx, key)
  assertPossible(itemFaults(wanted.category, wanted.amount, '/amount'))
  const versions = { wanted: wanted.sourceVersion, recorded: before?.sourceVersion ?? null }
  assertNotStale(said(texts.parts.item, { id: key.itemId }), versions)
  const target = targetOf(key)
  const row = await itemRow(trx, locked, key, wanted, before)
  const document = {
    target,
    measure: measureOfItem(row),
    isNew: before === undefined,
    isChanged: isAmended(before, row),
    captures: before === undefined ? [] : await capturesOf(trx, key.customerId, [target])
  }
  const taken = await takeOver(trx, locked, document, wanted.convertedFrom, key.source)
  const same = before !== undefined && sameContent(before, row) && taken.entries.length === 0
  if (same && before.sourceVersion === row.sourceVersion) return answerOf(trx, 200, key, account.currency, now)
  await assertNotHeld(trx, locked, row, wanted.convertedFrom)
  if (!same && before?.sourceVersion === row.sourceVersion)
    throw new Problem(
      'stale-version',
      said(details.itemRecorded, { version: String(row.sourceVersion), itemId: key.itemId }),
      { members: { sourceVersion: before.sourceVersion } }
    )
  const restated = await restateItems(trx, before === undefined ? [] : [before], [row])
  const { customerId: _customer, itemId: _item, version: _version, recordedAt: _at, updatedAt: _by, ...content } = row
  const payload = taken.excess.length === 0 ? content : { ...content, excess: taken.excess }
  const entry: NewEntry = {
    type: before === undefined ? 'exposure_item.recorded' : 'exposure_item.changed',
    subject: key.itemId,
    payload,
    moves: { ...restated.moves, ...taken.moves }
  }
  await saveAccount(trx, locked, caller.actor, [...taken.entries, entry], {
    writes: [...taken.writes, ...restated.writes]
  })
  return answerOf(trx, before === undefined ? 201 : 200, key, account.currency, now)
}

/**
 * Ends an item: nothing of it counts any more. Only a higher version of the document reopens it.
 */
export async function closeExposureItem(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  key: ItemKey,
  sourceVersion: number
): Promise<Answer> {
  const locked = await sweep(trx, await lockAccount(trx, deps.clock, key.customerId))
  const { account, now } = locked
  const before = await findItem(trx, key)
  if (before === undefined) throw itemNotFound(key)
  assertNotStale(said(texts.parts.item, { id: key.itemId }), { wanted: sourceVersion, recorded: before.sourceVersion })
  if (before.state === 'closed' && before.sourceVersion === sourceVersion)
    return answerOf(trx, 200, key, account.currency, now)
  const row = closedItem({ ...before, sourceVersion }, now)
  const restated = await restateItems(trx, [before], [row])
  const entry: NewEntry = {
    type: 'exposure_item.closed',
    subject: key.itemId,
    payload: { source: key.source, category: row.category, openMinor: before.openMinor, sourceVersion },
    moves: restated.moves
  }
  await saveAccount(trx, locked, caller.actor, [entry], { writes: restated.writes })
  return answerOf(trx, 200, key, account.currency, now)
}

export async function readExposureItem({ db, clock }: Pick<Deps, 'db' | 'clock'>, key: ItemKey): Promise<ExposureItem> {
  const { account, now } = await readCurrentAccount(db, clock, key.customerId)
  const { currency } = account
  const row = await findItemAt(db, key, now)
  if (row === undefined) throw itemNotFound(key)
  return shownItem(db, row, currency)
}

/** One item with what it was made from, and what it has no room for. */
async function shownItem(db: Reader, row: ShownItem, currency: string): Promise<ExposureItem> {
  const targets = [targetOf(row)]
  const excess = excessesOf(await capturesOf(db, row.customerId, targets))
  const item = itemOf(row, await conversionsTo(db, row.customerId, targets), currency)
  return { ...item, ...excessOf(excess, currency) }
}

/** The items of a customer, by source and id. */
export async function pageOfItems(
  { clock }: Pick<Deps, 'clock'>,
  db: Reader,
  customerId: CustomerId,
  { cursor, limit = PAGE_LIMIT_DEFAULT, ...filters }: ExposureItemQuery
): Promise<Page<ExposureItem>> {
  const { account, now } = await readCurrentAccount(db, clock, customerId)
  const { currency } = account
  const listing = { list: 'exposure-items', customerId, ...filters }
  const rows = await listItems(db, customerId, filters, keyOfCursor(cursor, listing, KEY), limit, now)
  const page = pageOfRows(rows, limit, listing, KEY.of)
  const targets = page.items.map(targetOf)
  const links = await conversionsTo(db, customerId, targets)
  const captures = await capturesOf(db, customerId, targets, { inExcess: true })
  const byItem = Map.groupBy(links, ({ toSource, toId }) => `${toSource}/${toId}`)
  const excesses = Map.groupBy(captures, ({ itemSource, itemId }) => `${itemSource}/${itemId}`)
  const items = page.items.map((row) => {
    const key = `${row.source}/${row.itemId}`
    return {
      ...itemOf(row, byItem.get(key) ?? [], currency),
      ...excessOf(excessesOf(excesses.get(key) ?? []), currency)
    }
  })
  return { ...page, items }
}

/** What a document was made from, as it is answered: amounts in the account's currency. */
function convertedFromOf(links: readonly Row<'exposureConversions'>[], currency: string): ConvertedFromShown {
  return links.map(({ fromKind, fromSource, fromId, amountMinor }) => {
    const amount = toMoney(amountMinor, currency)
    return fromKind === 'check'
      ? { checkId: idOf<CheckId>(fromId), amount }
      : { itemId: idOf<ItemId>(fromId), source: fromSource, amount }
  })
}

function targetOf({ source, itemId }: Pick<ItemKey, 'source' | 'itemId'>): ConversionTarget {
  return { kind: 'item', source, id: itemId }
}

/** Refuses an order that would count beside its own reservation, unless it takes over from it. */
async function assertNotHeld(
  trx: Writer,
  locked: LockedAccount,
  { category, statistical, openMinor, source, itemId }: Row<'exposureItems'>,
  convertedFrom: NewExposureItem['convertedFrom']
): Promise<void> {
  if (category !== 'order' || statistical || openMinor === 0) return
  const orderId = orderOfItem(itemId)
  const checkId =
    convertedFrom === undefined
      ? (await heldBeside(trx, locked, source, [itemId])).get(itemId)
      : (await holdersOf(trx, locked.account.customerId, [orderId], locked.now)).get(orderId)
  if (checkId === undefined || convertedFrom?.some((part) => part.checkId === checkId)) return
  throw new Problem('order-also-held', said(details.alsoHeld, { itemId, checkId }), { members: { checkId } })
}

async function itemRow(
  trx: Writer,
  { account, now, today }: LockedAccount,
  key: ItemKey,
  wanted: NewExposureItem,
  before: Row<'exposureItems'> | undefined
): Promise<Row<'exposureItems'>> {
  const { amount, category, dueOn = null, shipOn = null, disputed = false, statistical = false, sourceVersion } = wanted
  const exchange = { from: amount.currency, to: account.currency, onDate: today }
  const rate = rateOfSame(before, amount) ?? (await requireRate(trx, exchange))
  const money = convertedMoney(amount, account.currency, rate)
  const amounts = afterChange(await openAmounts(trx, before), money)
  if (amounts === undefined) {
    const convertedMinor = (before?.originalMinor ?? 0) - (before?.openOriginalMinor ?? 0)
    const converted = statedMoney(toMoney(convertedMinor, amount.currency))
    throw new Problem(
      'exposure-item-below-converted',
      said(details.belowConverted, { converted, itemId: key.itemId, amount: statedAmount(amount) })
    )
  }
  return {
    ...key,
    category,
    state: freeState(amounts),
    ...amounts,
    originalCurrency: amount.currency,
    rate: rate?.rate ?? null,
    rateOn: rate?.rateOn ?? null,
    rateBasis: rate?.basis ?? null,
    dueOn,
    shipOn,
    disputed,
    statistical,
    sourceVersion,
    version: (before?.version ?? 0) + 1,
    recordedAt: before?.recordedAt ?? now,
    updatedAt: now,
    heldBy: null,
    heldUntil: null
  }
}

/** An unchanged amount keeps the rate of its conversion. */
function rateOfSame(before: Row<'exposureItems'> | undefined, amount: Money): AppliedRate | null {
  const isSame = before?.originalCurrency === amount.currency && before.originalMinor === minorOf(amount)
  return isSame ? appliedRateOf(before) : null
}

/**
 * The amounts that an item would have if it had never been closed. This includes an item held by
 * its reservation: the new version may or may not contain what was captured, so nothing is left
 * out.
 */
async function openAmounts(trx: Writer, before: Row<'exposureItems'> | undefined) {
  if (before?.state !== 'closed' && before?.state !== 'held') return before
  const { customerId, source, itemId, originalMinor } = before
  const converted = await convertedMinor(trx, customerId, source, [itemId])
  return { ...before, openOriginalMinor: originalMinor - (converted.get(itemId) ?? 0) }
}

function sameContent(before: Row<'exposureItems'>, row: Row<'exposureItems'>): boolean {
  const names = ['category', 'originalMinor', 'originalCurrency', 'dueOn', 'shipOn', 'disputed', 'statistical'] as const
  return before.state !== 'closed' && names.every((name) => before[name] === row[name])
}

function itemNotFound({ itemId, source }: ItemKey): Problem {
  return new Problem('not-found', said(details.noItem, { itemId, source }))
}

function itemOf(
  { rateCorrectedTo, ...row }: ShownItem,
  links: readonly Row<'exposureConversions'>[],
  currency: string
): ExposureItem {
  const { amountMinor, openMinor, originalMinor: _minor, openOriginalMinor: _open, heldUntil: _until, ...rest } = row
  const { originalCurrency: _currency, rate: _rate, rateOn: _on, rateBasis: _basis, ...shown } = rest
  return {
    ...shown,
    amount: toMoney(amountMinor, currency),
    open: toMoney(openMinor, currency),
    original: originalMoneyOf(row),
    ...(rateCorrectedTo === null ? {} : { rateCorrectedTo: Number(rateCorrectedTo) }),
    convertedFrom: convertedFromOf(links, currency)
  }
}

async function answerOf(trx: Writer, status: 200 | 201, key: ItemKey, currency: string, now: string): Promise<Answer> {
  const { customerId, source, itemId } = key
  const row = await findItemAt(trx, key, now)
  if (row === undefined) throw itemNotFound(key)
  const location = `/v1/customers/${customerId}/exposure-items/${itemId}${source === DEFAULT_SOURCE ? '' : `?source=${source}`}`
  const value = await shownItem(trx, row, currency)
  return { status, value, etag: etagOf(row.version), ...(status === 201 ? { location } : {}) }
}
