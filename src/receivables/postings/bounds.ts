import type { LockedAccount } from '../../accounts/store.ts'
import type { Moves, Posting, Row, Write, Writer } from '../../database.ts'
import { type Measure, proportionOf, Room } from '../../engine/index.ts'
import { changedItem, givenBack } from '../../exposure-items/postings.ts'
import { type ConversionTarget, conversionsTo, itemsByKey, saveConversion } from '../../exposure-items/store.ts'
import type { ItemId } from '../../ids.ts'
import { idOf } from '../../platform/values/ids.ts'
import { becameOf, type Covered, coverCaptures } from '../../reservations/postings/coverage.ts'
import { capturesOf } from '../../reservations/store.ts'

type Item = Row<'exposureItems'>

/** A document that comes to another amount than is recorded, or that was not. */
export interface Amended {
  readonly target: ConversionTarget
  readonly measure: Measure
}

/** What documents take over now, and the items that they give back to. */
interface HeldAgainst extends Pick<Covered, 'moves' | 'excesses'>, Pick<Posting, 'writes'> {
  readonly itemsBefore: readonly Item[]
  readonly itemsAfter: readonly Item[]
}

const keyOf = ({ source, itemId }: Pick<Item, 'source' | 'itemId'>) => JSON.stringify([source, itemId])

/**
 * Holds what documents take over against them anew, as `takeOver` does for one: items first, then
 * captures in their order. What is open of some items is stated beside it (`isStated`): to those
 * nothing is given back.
 */
export async function holdAgainst(
  trx: Writer,
  locked: LockedAccount,
  documents: readonly Amended[],
  isStated: (item: Pick<Item, 'source' | 'itemId'>) => boolean
): Promise<HeldAgainst> {
  const { account, now } = locked
  const { customerId } = account
  const targets = documents.map(({ target }) => target)
  const captures = await capturesOf(trx, customerId, targets)
  const links = targets.length === 0 ? [] : await conversionsTo(trx, customerId, targets)
  const ofItems = links.filter(({ fromKind }) => fromKind === 'item')
  const keys = new Map(ofItems.map((link) => [keyOf(originOf(link)), originOf(link)]))
  const itemsBefore = await itemsByKey(trx, customerId, [...keys.values()])
  const items = new Map(itemsBefore.map((item) => [keyOf(item), item]))
  const writes: Write[] = []
  const covered: Covered[] = []
  for (const { target, measure } of documents) {
    const room = new Room(measure)
    for (const link of ofItems.filter((each) => isTo(each, target))) {
      const item = items.get(keyOf(originOf(link)))
      const kept = item && keptOf(link, item, room)
      if (item === undefined || kept === undefined) continue
      writes.push(saveConversion({ ...link, ...kept, convertedAt: now, bounded: true }))
      const after = isStated(item) ? undefined : givenBack(item, link.originalMinor - kept.originalMinor)
      if (after !== undefined) items.set(keyOf(item), after)
    }
    const own = captures.filter((each) => becameOf(each, target))
    if (own.length > 0) covered.push(coverCaptures(locked, own, room))
  }
  const changed = itemsBefore.filter((item) => items.get(keyOf(item)) !== item)
  return {
    moves: sumOfMoves(...covered.map(({ moves }) => moves)),
    excesses: covered.flatMap(({ excesses }) => excesses),
    writes: [...writes, ...covered.flatMap((each) => each.writes)],
    itemsBefore: changed,
    itemsAfter: changed.map((item) => changedItem(items.get(keyOf(item)) ?? item, now))
  }
}

/** What a document keeps of an item; undefined: as much as is recorded. */
function keptOf(
  { originalMinor }: Row<'exposureConversions'>,
  { originalCurrency: currency, ...item }: Item,
  room: Room
): Pick<Measure, 'amountMinor' | 'originalMinor'> | undefined {
  const amountMinor = proportionOf(item.amountMinor, originalMinor, item.originalMinor)
  const taken = room.take({ currency, amountMinor, originalMinor })
  if (taken.originalMinor === originalMinor) return undefined
  return { amountMinor: taken.amountMinor, originalMinor: taken.originalMinor }
}

function originOf({ fromSource: source, fromId }: Row<'exposureConversions'>): Pick<Item, 'source' | 'itemId'> {
  return { source, itemId: idOf<ItemId>(fromId) }
}

function isTo({ toKind, toSource, toId }: Row<'exposureConversions'>, { kind, source, id }: ConversionTarget): boolean {
  return toKind === kind && toSource === source && toId === id
}

/** Whether a document comes to another amount than is recorded, in either currency. */
export function isAmended<Amounts extends Pick<Row<'invoices'>, 'amountMinor' | 'originalCurrency' | 'originalMinor'>>(
  before: (Amounts & { readonly statistical?: boolean }) | undefined,
  after: Amounts & { readonly statistical?: boolean }
): boolean {
  const names = ['amountMinor', 'originalCurrency', 'originalMinor', 'statistical'] as const
  return before === undefined || names.some((name) => before[name] !== after[name])
}

/** What several changes move together. */
export function sumOfMoves(...moves: readonly Moves[]): Moves {
  const sum: { -readonly [Name in keyof Moves]: number } = {}
  for (const [name, minor] of moves.flatMap((each) => Object.entries(each) as [keyof Moves, number][]))
    sum[name] = (sum[name] ?? 0) + minor
  return sum
}
