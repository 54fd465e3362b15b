import { type Account, type Capture, countedOf, currencyOfItem } from './account.ts'
import { type Currency, counted, portion } from './money.ts'

/** What is taken of something: in CNY, and as the document that takes it says. */
export interface Part {
  amount: number
  own: number
  currency: Currency
}

/** What a document is, and what of it is taken up: in its own currency, and otherwise in CNY. */
export interface Room extends Part {
  usedOwn: number
  usedOther: number
}

export function newRoom({ amount, own, currency }: Part): Room {
  return { amount, own, currency, usedOwn: 0, usedOther: 0 }
}

/** Takes as much of a part as there is room for. */
export function fitted(room: Room, part: Part): Part {
  const { amount, own, usedOwn, usedOther } = room
  const { currency } = part
  if (currency === room.currency) {
    const most = usedOther === 0 ? own : floored(own, amount - usedOther, amount)
    const taken = Math.min(Math.max(0, most - usedOwn), part.own)
    room.usedOwn += taken
    return { amount: taken === part.own ? part.amount : floored(part.amount, taken, part.own), own: taken, currency }
  }
  const most = amount - portion(amount, usedOwn, own) - usedOther
  const taken = Math.min(Math.max(0, most), part.amount)
  room.usedOther += taken
  return { amount: taken, own: taken === part.amount ? part.own : floored(part.own, taken, part.amount), currency }
}

/** Takes up a part that the document has already. */
export function fill(room: Room, part: Part): void {
  if (part.currency === room.currency) room.usedOwn += part.own
  else room.usedOther += part.amount
}

/** The part of an item that has this amount in its own currency. */
export function partOfItem({ items }: Account, item: string, own: number): Part {
  const { own: whole = 0, rate = null } = items[item] ?? {}
  return { own, amount: portion(counted(whole, rate), own, whole), currency: currencyOfItem(item) }
}

/** The part of a capture that has this amount in CNY. */
function partOfCapture(capture: Capture, amount: number): Part {
  return { amount, own: portion(capture.own, amount, capture.amount), currency: capture.currency }
}

/** What a recorded document has left, with all that it took over. */
export function roomOf(account: Account, name: string, document: Part): Room {
  const room = newRoom(document)
  for (const [origin, own] of Object.entries(account.conversions[name] ?? {}))
    if (origin.startsWith('item ')) fill(room, partOfItem(account, origin.slice('item '.length), own))
  fillWithCaptures(account, name, room)
  return room
}

export function fillWithCaptures({ captures }: Account, name: string, room: Room): void {
  for (const each of captures)
    if (each.into === name) fill(room, partOfCapture(each, each.amount - each.passed - countedOf(each)))
}

/** A document that is recorded or amended takes over its captures anew, in their order. */
export function cover({ captures }: Account, name: string, room: Room): void {
  for (const each of captures) {
    if (each.into !== name) continue
    const whole = each.amount - each.passed
    each.excess = whole - fitted(room, partOfCapture(each, whole)).amount
    each.waits = false
  }
}

function floored(amount: number, part: number, whole: number): number {
  return whole <= 0 || part <= 0 ? 0 : Number((BigInt(amount) * BigInt(part)) / BigInt(whole))
}
