import { type Account, itemLeftOwn, note } from './account.ts'
import type { Origin } from './commands.ts'
import type { Currency } from './money.ts'
import { capturable, ended, excessesOf, isCapturedBy, partOf, take } from './orders.ts'
import { cover, fill, fillWithCaptures, fitted, newRoom, type Part, partOfItem, type Room } from './rooms.ts'

/** A document that is made from others: what it comes to, and what is recorded of it. */
interface Taking {
  name: string
  part: Part
  before: Part | undefined
}

/**
 * Takes off the origin what a document is made from, as far as that has room: what it names is the
 * whole truth, so that what it names no longer is given back. A document that comes to another
 * amount takes all of it over anew: the item first, then what it captured, in its order. Answers a
 * refusal, or whether anything changed.
 */
export function takeOver(account: Account, { name, part, before }: Taking, from: Origin | null): string | boolean {
  const isChanged = !isSame(part, before)
  const known = account.conversions[name] ?? {}
  const wanted = from === null ? known : named(from)
  const links = { ...known }
  const work: Work = { account, name, from, room: newRoom(part), wanted, known, links }
  const items = takeItems(work, isChanged)
  if (typeof items === 'string') return items
  if (isChanged) cover(account, name, work.room)
  const checks = from === null ? false : takeChecks(work, from)
  if (typeof checks === 'string') return checks
  account.conversions[name] = Object.fromEntries(Object.entries(links).filter(([, own]) => own > 0))
  return items || checks
}

interface Work {
  account: Account
  name: string
  from: Origin | null
  room: Room
  /** What it shall be made from, and what it is made from, by origin. */
  wanted: Record<string, number>
  known: Record<string, number>
  /** The same when all is done. */
  links: Record<string, number>
}

function originsOf({ wanted, known }: Work, kind: 'item' | 'check'): string[] {
  return Object.keys({ ...wanted, ...known }).filter((origin) => origin.startsWith(`${kind} `))
}

function takeItems(work: Work, isChanged: boolean): string | boolean {
  const { account, name, room, wanted, known } = work
  const items = originsOf(work, 'item')
  if (items.some((origin) => account.items[idOf(origin)] === undefined)) return '409 conversion-origin-missing'
  const keptOf = (origin: string) => (isChanged ? 0 : Math.min(wanted[origin] ?? 0, known[origin] ?? 0))
  for (const origin of items) fill(room, partOfItem(account, idOf(origin), keptOf(origin)))
  if (!isChanged) fillWithCaptures(account, name, room)
  let changes = false
  for (const origin of items) {
    const done = takeItem(work, origin, keptOf(origin))
    if (typeof done === 'string') return done
    changes ||= done
  }
  return changes
}

function takeItem({ account, from, room, wanted, known, links }: Work, origin: string, kept: number): string | boolean {
  const item = idOf(origin)
  const [own, most] = [known[origin] ?? 0, wanted[origin] ?? 0]
  const fits = kept + fitted(room, partOfItem(account, item, most - kept)).own
  links[origin] = fits
  if (fits === own) return false
  const isForced = most >= own && fits < own && !isHeldByOrigin(account, item, from)
  return isForced ? forceBack(account, item, own - fits) : convertItem(account, item, fits - own)
}

function takeChecks(work: Work, from: Origin): string | boolean {
  const { account, name, room, wanted, known, links } = work
  let changes = false
  for (const origin of originsOf(work, 'check')) {
    const [before, after] = [known[origin] ?? 0, wanted[origin] ?? 0]
    const asked = { taken: after - before, currency: from.currency ?? 'CNY', final: after > 0 && from.final }
    const done = fromCheck(account, Number(idOf(origin)), name, room, asked)
    if (typeof done === 'string') return done
    changes ||= done
    links[origin] = after
  }
  return changes
}

export function isSame(part: Part, before: Part | undefined): boolean {
  return before?.own === part.own && before.amount === part.amount && before.currency === part.currency
}

/** The origins that a document names, each with what of it in its own currency. */
export function named({ item, check, amount }: Origin): Record<string, number> {
  return { [item === undefined ? `check ${check}` : `item ${item}`]: amount }
}

/**
 * What a snapshot's documents have no room for any more. What is open of items it says itself, if
 * it states any.
 */
export function holdAgainst(account: Account, name: string, part: Part, statesItems: boolean): void {
  const room = newRoom(part)
  const links = account.conversions[name] ?? {}
  for (const [origin, own] of Object.entries(links)) {
    if (!origin.startsWith('item ')) continue
    const fits = fitted(room, partOfItem(account, idOf(origin), own)).own
    if (fits < own && !statesItems) putBack(account, idOf(origin), own - fits)
    links[origin] = fits
  }
  cover(account, name, room)
}

function idOf(origin: string): string {
  return origin.slice(origin.indexOf(' ') + 1)
}

function isHeldByOrigin({ items }: Account, item: string, from: Origin | null): boolean {
  const heldBy = items[item]?.heldBy ?? null
  return heldBy !== null && from?.check === heldBy
}

function convertItem(account: Account, item: string, taken: number): string | boolean {
  const origin = account.items[item]
  if (origin === undefined) return '409 conversion-origin-missing'
  if (origin.closed) return '409 exposure-item-closed'
  if (origin.heldBy !== null) return '409 exposure-item-held'
  if (taken > itemLeftOwn(account, item)) return '409 conversion-exceeds-open'
  Object.assign(origin, { left: origin.left - taken, changedAt: account.now })
  note(account, 'exposure_item.converted')
  return true
}

/** Of an item that is closed nothing counts again. */
function forceBack(account: Account, item: string, own: number): boolean {
  if (!putBack(account, item, own)) return false
  note(account, 'exposure_item.converted')
  return true
}

function putBack({ items, now }: Account, item: string, own: number): boolean {
  const origin = items[item]
  if (origin === undefined || origin.closed || origin.left + own > origin.own) return false
  Object.assign(origin, { left: origin.left + own, changedAt: now })
  return true
}

function fromCheck(
  account: Account,
  check: number,
  into: string,
  room: Room,
  { taken, currency, final }: { taken: number; currency: Currency; final: boolean }
): string | boolean {
  const held = account.reservations[check]
  if (held === undefined) return '409 conversion-origin-missing'
  if (held === null) return '409 reservation-absent'
  if (taken < 0) return '409 conversion-irreversible'
  if (taken === 0) return false
  if (held.state !== 'active' && excessesOf(account, check, into).length === 0) return ended(held)
  const part = partOf(account, check, held, taken, currency)
  if (part.amount > capturable(account, check, held, into)) return '409 capture-exceeds-reservation'
  if (isCapturedBy(account, check, into)) return '409 invoice-already-captured'
  take(account, check, held, part, { final, into, room })
  return true
}
