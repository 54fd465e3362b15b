import {
  type Account,
  type Block,
  type Capture,
  currencyOfItem,
  exposure,
  heldItems,
  itemOpen,
  mayMakeRoom,
  note,
  type Obstacle,
  open,
  type Reservation,
  rateToday
} from './account.ts'
import type { Acts, AskedCheck } from './commands.ts'
import { type Currency, counted, portion } from './money.ts'
import { fitted, type Part, type Room, roomOf } from './rooms.ts'

export const ORDER_ACTS: Acts<'check' | 'capture' | 'release' | 'adjust' | 'decide' | 'reevaluate'> = {
  check: (account, asked) => {
    let result: string | undefined
    const decide = () => {
      result = decideOrder(account, asked)
    }
    if (account.due) reevaluate(account, { order: asked.order, decide })
    if (result === undefined) decide()
    return result ?? ''
  },

  capture: (account, { check, amount, currency = 'CNY', invoice, final }) => {
    const held = account.reservations[check]
    const into = `invoice ${invoice}`
    if (held === undefined) return '404 not-found'
    if (held === null) return '409 reservation-absent'
    if (isCapturedBy(account, check, into)) return '409 invoice-already-captured'
    if (held.state !== 'active' && excessesOf(account, check).length === 0) return ended(held)
    const part = partOf(account, check, held, amount, currency)
    if (part.amount > capturable(account, check, held)) return '409 capture-exceeds-reservation'
    const recorded = account.invoices[invoice]
    const room = recorded === undefined ? null : roomOf(account, into, recorded)
    if (room !== null && fitted(structuredClone(room), part).amount < part.amount) return '409 capture-exceeds-invoice'
    take(account, check, held, part, { final, into, room })
    return `201 ${shown(held)}`
  },

  release: (account, { check }) => {
    const held = account.reservations[check]
    if (held === undefined) return '404 not-found'
    if (held === null) return '409 reservation-absent'
    if (held.state !== 'active') return ended(held, 'released')
    release(account, check, held)
    return `201 ${shown(held)}`
  },

  adjust: (account, { check, amount }) => {
    const held = account.reservations[check]
    if (held === undefined) return '404 not-found'
    if (held === null) return '409 reservation-absent'
    if (held.state !== 'active') return ended(held)
    if (amount < held.captured) return '409 adjustment-below-captured'
    const more = amount - held.amount
    if (more === 0) return `200 approved ${shown(held)}`
    if (more > 0 && account.due) reevaluate(account)
    const obstacles = more > 0 ? obstaclesOf(account, held.order, more, held) : []
    if (obstacles.length > 0) {
      note(account, 'adjustment.refused')
      return `201 ${outcomeOf(obstacles)} ${shown(held)}`
    }
    held.amount = amount
    if (open(held) === 0) {
      held.state = 'captured'
      closeHeld(account, check)
    }
    note(account, 'reservation.adjusted')
    return `201 approved ${shown(held)}`
  },

  decide: (account, { check, release, tolerance, until }) => {
    if (account.reservations[check] === undefined) return '404 not-found'
    const [order, block] = Object.entries(account.blocks).find(([, each]) => each.check === check) ?? []
    if (order === undefined || block?.state !== 'open') return '409 order-not-blocked'
    if (!release) {
      block.state = 'rejected'
      block.release = null
      note(account, 'order.rejected')
      return `201 ${check} rejected`
    }
    if (account.held) return '409 manual-hold-in-force'
    if (until <= account.now) return '400 validation-error'
    block.release = null
    const amount = amountToday(account, block)
    const obstacles = obstaclesOf(account, order, amount)
    block.release = { obstacles, amount, tolerance: Math.floor(amount * tolerance), at: account.now, until }
    note(account, 'order.released')
    return `201 ${-check} ${shown(pass(account, order, block, 'released'))}`
  },

  reevaluate: (account) => {
    if (account.due) reevaluate(account)
    return '200'
  }
}

/** What an order comes to: it moves with the rate of the day as long as nothing is reserved. */
function amountToday(account: Account, { own, currency }: { own: number; currency: Currency }): number {
  return counted(own, rateToday(account, currency))
}

/**
 * Decides an order that is asked about. One that is not approved is blocked; if it waits already it
 * keeps its place.
 */
function decideOrder(
  account: Account,
  { check, order, amount: own, currency = 'CNY', seconds, keyed, waits = false, id = '' }: AskedCheck
): string {
  const amount = amountToday(account, { own, currency })
  const holder = holderOf(account, order)
  if (holder !== undefined) {
    const held = account.reservations[holder]
    const asked = held?.currency === currency ? counted(own, held.rate) : amount
    return !keyed && held?.amount === asked ? `200 ${holder}` : `409 order-already-reserved ${holder}`
  }
  const total = exposure(account).total - itemOpen(account, order)
  const obstacles = obstaclesOf(account, order, amount)
  const before = account.blocks[order]
  account.reservations[check] = null
  if (obstacles.length === 0) {
    account.reservations[check] = newReservation(account, order, { own, currency, seconds })
    if (before?.state === 'open') {
      before.state = 'approved'
      mayMakeRoom(account)
    }
    takeOver(account, order, check)
  } else {
    const place = before?.state === 'open' ? before : { since: account.now, first: id }
    const { since, first } = place
    const release = before?.release ?? null
    account.blocks[order] = { check, own, currency, seconds, waits, state: 'open', since, first, release }
    // One that waits for a person alone holds up nobody.
    if (before !== undefined && !waits) mayMakeRoom(account)
  }
  note(account, 'check.decided')
  return `201 ${check} ${outcomeOf(obstacles)} ${total}`
}

/**
 * Decides the orders that wait again: first come, first served, up to the first that lacks nothing
 * but headroom. The one that is asked about anew is decided in its place.
 */
function reevaluate(account: Account, anew?: { order: string; decide: () => void }): void {
  if (!account.held) decideThoseThatWait(account, anew)
  account.due = false
}

function decideThoseThatWait(account: Account, anew?: { order: string; decide: () => void }): void {
  const waiting = Object.entries(account.blocks).filter(([, { state, waits }]) => state === 'open' && waits)
  const byPlace = ([, left]: [string, Block], [, right]: [string, Block]) =>
    left.since - right.since || (left.first < right.first ? -1 : 1)
  for (const [order] of waiting.sort(byPlace)) {
    if (order === anew?.order) anew.decide()
    const block = account.blocks[order]
    if (block?.state !== 'open' || !block.waits) continue
    const obstacles = obstaclesOf(account, order, amountToday(account, block))
    if (obstacles.length === 0) pass(account, order, block, 'approved')
    else if (obstacles.every((each) => each === 'headroom')) return
  }
}

/** An order that was blocked passes: a new check holds its amount. */
function pass(account: Account, order: string, block: Block, state: 'approved' | 'released'): Reservation {
  const held = newReservation(account, order, block)
  account.reservations[-block.check] = held
  block.state = state
  takeOver(account, order, -block.check)
  note(account, 'check.decided')
  return held
}

/** What an item counted for an order is held by its reservation now, which may be less. */
function takeOver(account: Account, order: string, check: number): void {
  const item = account.items[order]
  if (item === undefined || itemOpen(account, order) === 0) return
  Object.assign(item, { heldBy: check, changedAt: account.now })
  mayMakeRoom(account)
}

/** What is open of an item counts again when its reservation ends without it. */
function giveBack(account: Account, check: number): void {
  for (const item of heldItems(account, check)) Object.assign(item, { heldBy: null, changedAt: account.now })
}

function closeHeld(account: Account, check: number): void {
  for (const item of heldItems(account, check))
    Object.assign(item, { closed: true, left: 0, heldBy: null, changedAt: account.now })
}

/**
 * What stops an order, or a reservation that is to hold so much more. Exposure that equals the
 * limit is within it; one order is never larger than the whole limit, whatever was paid ahead. What
 * a release names does not stop the order as long as it holds.
 */
function obstaclesOf(account: Account, order: string, amount: number, held?: Reservation): Obstacle[] {
  const whole = amount + (held?.amount ?? 0)
  const found: Obstacle[] = []
  if (account.held) found.push('hold')
  const recorded = held === undefined ? itemOpen(account, order) : 0
  if (exposure(account).total - recorded + amount > account.limit) found.push('headroom')
  if (whole > account.limit) found.push('size')
  const release = account.blocks[order]?.release ?? null
  if (release === null || account.now > release.until) return found
  const others = Object.values(account.reservations).filter((each) => each?.order === order && each !== held)
  const since = others.filter((each) => each !== null && each.expiresAt - each.seconds >= release.at)
  const used = since.reduce((sum, each) => sum + (each?.captured ?? 0), 0)
  const most = release.amount + release.tolerance
  return whole + used > most ? found : found.filter((each) => !release.obstacles.includes(each))
}

function outcomeOf(obstacles: Obstacle[]): string {
  return obstacles.length === 0 ? 'approved' : obstacles.includes('hold') ? 'declined' : 'referred'
}

/** The check whose reservation an order holds. */
export function holderOf(account: Account, order: string): number | undefined {
  const held = Object.entries(account.reservations).find(([, each]) => each?.state === 'active' && each.order === order)
  return held && Number(held[0])
}

/**
 * A part of a reservation. In the currency of the order it is converted with the order's rate, and
 * together with the parts before it to the unit; in any other with the rate of the day. One unit
 * beyond what can be captured is rounding.
 */
export function partOf(account: Account, check: number, held: Reservation, own: number, currency: Currency): Part {
  if (currency === 'CNY') return { amount: own, own, currency }
  const before = capturedOwn(account, check, held)
  const whole =
    held.currency === currency
      ? counted(before + own, held.rate) - counted(before, held.rate)
      : counted(own, rateToday(account, currency))
  const most = capturable(account, check, held)
  return { amount: whole === most + 1 ? most : whole, own, currency }
}

/**
 * What invoices captured of an order in its own currency. What another document took over is that
 * document's.
 */
export function capturedOwn({ captures }: Account, check: number, { currency }: Reservation): number {
  const own = captures.filter((each) => each.check === check && each.currency === currency && isInvoice(each.into))
  return own.reduce((sum, each) => sum + each.own - portion(each.own, each.passed, each.amount), 0)
}

function isInvoice(name: string): boolean {
  return name.startsWith('invoice ')
}

export function isCapturedBy({ captures }: Account, check: number, into: string): boolean {
  return isInvoice(into) && captures.some((each) => each.check === check && each.into === into)
}

/** What of a check counts beyond the documents that captured it. */
export function excessesOf({ captures }: Account, check: number, into = ''): Capture[] {
  return captures.filter((each) => each.check === check && each.excess > 0 && each.into !== into)
}

/** What can be captured of a check: what is held, and what earlier captures have too much. */
export function capturable(account: Account, check: number, held: Reservation, into = ''): number {
  const excess = excessesOf(account, check, into).reduce((sum, each) => sum + each.excess, 0)
  return excess + (held.state === 'active' ? open(held) : 0)
}

/**
 * Captures some of a reservation for a document, and of the item that it holds: that became another
 * document. What earlier captures have beyond their documents comes first. What the document has no
 * room for counts on; a document that is not recorded yet has no room to speak of.
 */
export function take(
  account: Account,
  check: number,
  held: Reservation,
  { amount, own, currency }: Part,
  { final, into, room }: { final: boolean; into: string; room: Room | null }
): void {
  let left = amount
  for (const each of excessesOf(account, check, into)) {
    const passed = Math.min(left, each.excess)
    each.excess -= passed
    each.passed += passed
    left -= passed
  }
  const excess = room === null ? 0 : amount - fitted(room, { amount, own, currency }).amount
  account.captures.push({ check, into, amount, own, currency, waits: room === null, excess, passed: 0 })
  if (into !== `item ${held.order}`) account.capturedAt[held.order] = account.now
  if (left === 0) {
    note(account, 'capture.passed_on')
    if (final && held.state === 'active') release(account, check, held)
    return
  }
  takeOff(account, check, held, { amount: left, own: portion(own, left, amount), currency }, { final, into })
  note(account, 'reservation.captured')
}

function takeOff(
  account: Account,
  check: number,
  held: Reservation,
  { amount, own, currency }: Part,
  { final, into }: { final: boolean; into: string }
): void {
  held.captured += amount
  if (final) held.released = held.amount - held.captured
  if (open(held) === 0) {
    held.state = held.captured === held.amount ? 'captured' : 'partially_captured'
    closeHeld(account, check)
  }
  for (const [name, item] of Object.entries(account.items)) {
    if (item.heldBy !== check || `item ${name}` === into) continue
    const wanted = currencyOfItem(name) === currency ? own : portion(item.own, amount, counted(item.own, item.rate))
    item.left -= Math.min(wanted, item.left)
    item.changedAt = account.now
  }
}

/** Gives back what is still held. */
function release(account: Account, check: number, held: Reservation): void {
  held.released = open(held)
  held.state = held.captured > 0 ? 'partially_captured' : 'released'
  giveBack(account, check)
  note(account, 'reservation.released')
}

function newReservation(
  account: Account,
  order: string,
  { own, currency, seconds }: { own: number; currency: Currency; seconds: number }
): Reservation {
  const rate = rateToday(account, currency)
  const none = { captured: 0, released: 0, expired: 0 }
  const amounts = { own, currency, rate, amount: counted(own, rate), ...none }
  return { order, ...amounts, seconds, state: 'active', expiresAt: account.now + seconds }
}

export function shown(held: Reservation): string {
  return `${held.state} ${held.captured} ${held.released} ${held.expired} ${open(held)}`
}

export function ended({ state }: Reservation, partly: 'captured' | 'released' = 'captured'): string {
  return `409 reservation-already-${state === 'partially_captured' ? partly : state}`
}
