import { countable, type LockedAccount } from '../accounts/store.ts'
import type { Moves, NewEntry, Posting, Row, Writer } from '../database.ts'
import {
  afterConversion,
  freeState,
  type Measure,
  type OpenAmount,
  openAmountsOf,
  proportionOf,
  statedAmount,
  statedMoney,
  toMoney
} from '../engine/index.ts'
import { Problem } from '../platform/values/problem.ts'
import { said } from '../platform/values/said.ts'
import { type ConversionTarget, saveItems, unboundedMinor } from './store.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

type Item = Row<'exposureItems'>

/** The next version of an item. */
export function changedItem(item: Item, now: string): Item {
  return { ...item, version: item.version + 1, updatedAt: now }
}

/** An item of which nothing counts any more. */
export function closedItem(item: Item, now: string): Item {
  const nothing = { state: 'closed', openMinor: 0, openOriginalMinor: 0, heldBy: null, heldUntil: null } as const
  return changedItem({ ...item, ...nothing }, now)
}

/** What an item can take others over with: nothing, if it is only shown. */
export function measureOfItem({ originalCurrency: currency, statistical, ...item }: Item): Measure {
  const { amountMinor, originalMinor } = statistical ? { amountMinor: 0, originalMinor: 0 } : item
  return { currency, amountMinor, originalMinor }
}

/** An item of which a part became another document. */
interface Converted extends Posting {
  /** What was taken, in the account's currency; below 0: given back. */
  readonly amountMinor: number
}

/**
 * A part of an item, in its own currency, becomes another document; below 0: it is given back.
 * Throws `exposure-item-closed`, `exposure-item-held` and `conversion-exceeds-open`.
 */
export function convertItem(
  { now }: LockedAccount,
  item: Item,
  takenOriginalMinor: number,
  to: ConversionTarget
): Converted {
  const { itemId, originalCurrency, heldBy } = item
  if (item.state === 'closed')
    throw new Problem('exposure-item-closed', said(details.closed, { itemId, closedAt: item.updatedAt }))
  if (item.state === 'held')
    throw new Problem('exposure-item-held', said(details.held, { heldBy: String(heldBy), itemId }), {
      members: { checkId: heldBy }
    })
  const after = afterConversion(item, takenOriginalMinor)
  if (after === undefined) {
    const open = toMoney(item.openOriginalMinor, originalCurrency)
    const taken = statedAmount(toMoney(takenOriginalMinor, originalCurrency))
    throw new Problem(
      'conversion-exceeds-open',
      said(details.exceedsOpen, { taken, itemId, open: statedMoney(open) }),
      {
        members: { open: open.amount }
      }
    )
  }
  return convertedItem(now, item, { ...after, state: freeState(after) }, { takenOriginalMinor, to })
}

function convertedItem(
  now: string,
  item: Item,
  { openMinor, openOriginalMinor, state }: Pick<Item, 'openMinor' | 'openOriginalMinor' | 'state'>,
  { takenOriginalMinor, to }: { readonly takenOriginalMinor: number; readonly to: ConversionTarget }
): Converted {
  const { source, itemId } = item
  const changes = { openMinor, openOriginalMinor, state }
  const row = changedItem({ ...item, ...changes }, now)
  const amountMinor = item.openMinor - openMinor
  const entry: NewEntry = {
    type: 'exposure_item.converted',
    subject: itemId,
    payload: { source, to, amountMinor, originalMinor: takenOriginalMinor, ...changes },
    moves: itemMoves([item], [row])
  }
  return { entries: [entry], writes: saveItems([row]), amountMinor }
}

/** What a document gives back to an item when it can no longer take it over: in its currency. */
export function givenBack(item: Item, originalMinor: number): Item | undefined {
  const after = item.state === 'closed' ? undefined : afterConversion(item, -originalMinor)
  return after && { ...item, ...after, state: item.state === 'held' ? 'held' : freeState(after) }
}

/**
 * Gives a part of an item back that a document has no room for any more. Of an item that is closed
 * nothing counts again; one that is held stays so.
 */
export function giveItemBack(
  { now }: LockedAccount,
  item: Item,
  originalMinor: number,
  to: ConversionTarget
): Converted {
  const after = givenBack(item, originalMinor)
  if (after !== undefined) return convertedItem(now, item, after, { takenOriginalMinor: -originalMinor, to })
  const amountMinor = -proportionOf(item.amountMinor, originalMinor, item.originalMinor)
  return { entries: [], writes: [], amountMinor }
}

/** Items that replace others, with what their entry must name. */
export interface Restated extends Pick<Posting, 'writes'> {
  readonly moves: Moves
  /** What is now held of the items that reservations held. */
  readonly held: readonly OpenAmount[]
}

/** Replaces items of one system by others. Throws `exposure-too-large`. */
export async function restateItems(trx: Writer, before: readonly Item[], after: readonly Item[]): Promise<Restated> {
  await assertCountable(trx, after)
  const heldIds = new Set(before.filter(({ state }) => state === 'held').map(({ itemId }) => itemId))
  const held = after
    .filter(({ itemId }) => heldIds.has(itemId))
    .map((item) => (item.state === 'held' ? item : { ...item, openMinor: 0 }))
  return { writes: saveItems(after), moves: itemMoves(before, after), held: openAmountsOf(held) }
}

/**
 * Bounds the items that the amounts of the account do not bound: those only shown, and those that
 * others may offset. Throws `exposure-too-large` when their sum could not be exact.
 */
async function assertCountable(trx: Writer, rows: readonly Item[]): Promise<void> {
  const unbounded = rows.filter(({ category, statistical, openMinor }) => {
    return (statistical || category === 'special') && openMinor !== 0
  })
  const [first] = unbounded
  if (first === undefined) return
  const ids = rows.map(({ itemId }) => itemId)
  const othersMinor = await unboundedMinor(trx, first.customerId, first.source, ids)
  countable(unbounded.reduce((sum, { openMinor }) => sum + Math.abs(openMinor), othersMinor))
}

const SUM_OF = { order: 'ordersMinor', delivery: 'deliveriesMinor', special: 'specialMinor' } as const

/** What moves when items replace others. Only open items count, and not those only shown. */
function itemMoves(before: readonly Item[], after: readonly Item[]): Moves {
  const moves = { ordersMinor: 0, deliveriesMinor: 0, specialMinor: 0 }
  const counted = (items: readonly Item[]) => items.filter(({ state, statistical }) => state === 'open' && !statistical)
  for (const { category, openMinor } of counted(before)) moves[SUM_OF[category]] -= openMinor
  for (const { category, openMinor } of counted(after)) moves[SUM_OF[category]] += openMinor
  return Object.fromEntries(Object.entries(moves).filter(([, moved]) => moved !== 0))
}
