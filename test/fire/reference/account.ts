import { type Currency, counted, portion } from './money.ts'

export interface Reservation {
  order: string
  /** The order in its own currency, and the rate that it was reserved at. */
  own: number
  currency: Currency
  rate: number | null
  amount: number
  seconds: number
  captured: number
  released: number
  expired: number
  state: 'active' | 'captured' | 'partially_captured' | 'released' | 'expired'
  expiresAt: number
}

/** An order that was not approved, by its last check. */
export interface Block {
  check: number
  own: number
  currency: Currency
  seconds: number
  waits: boolean
  state: 'open' | 'approved' | 'released' | 'rejected'
  /** Its place among those that wait. */
  since: number
  first: string
  release: Release | null
}

/** What a person let pass: these obstacles, up to an amount and so much more, and an instant. */
interface Release {
  obstacles: Obstacle[]
  amount: number
  tolerance: number
  at: number
  until: number
}

export type Obstacle = 'hold' | 'headroom' | 'size'

interface Item {
  /** In its own currency, and the rate that it was converted with. */
  own: number
  rate: number | null
  version: number
  /** What became no other document, in its own currency; nothing of one that is closed. */
  left: number
  closed: boolean
  /** The check whose reservation holds it: nothing of it counts beside that. */
  heldBy: number | null
  changedAt: number
}

export interface Invoice {
  own: number
  openOwn: number
  currency: Currency
  rate: number | null
  amount: number
  open: number
  /** The day of issue. */
  day: number
  changedAt: number
  /** The last one first. */
  settlements: Settlement[]
}

/** What settles an invoice: a credit by its name, or what a snapshot said. */
interface Settlement {
  by: string
  /** In the currency of the invoice. */
  own: number
  day: number
}

/** A payment or a credit note. */
export interface Credit {
  own: number
  unappliedOwn: number
  currency: Currency
  rate: number | null
  amount: number
  unapplied: number
  day: number
  /** What was asked for: the same again is no second credit. */
  asked: string
  recordedAt: number
}

export type CreditKind = 'payment' | 'credit_note'

/** What was captured of a reservation, under the name of the document that it becomes. */
export interface Capture {
  check: number
  into: string
  /** In CNY, and as it was captured. */
  amount: number
  own: number
  currency: Currency
  /** The document is not recorded yet: all of it counts. */
  waits: boolean
  /** What of it counts beyond its document. */
  excess: number
  /** What of that another document took over. */
  passed: number
}

/** All that there is to know of an account. */
export interface Account {
  now: number
  /** The second of its day at which it began. */
  readonly began: number
  /** The rates that are recorded, by day: CNY for one USD. The first day is 0. */
  rates: Record<number, number>
  limit: number
  held: boolean
  /** By number of the check; null: a check that holds nothing, because it was not approved. */
  reservations: Record<number, Reservation | null>
  /** In the order in which they came. */
  captures: Capture[]
  /** When something of an order was captured last. */
  capturedAt: Record<string, number>
  invoices: Record<number, Invoice>
  /** By kind and number. */
  credits: Record<`${CreditKind} ${number}`, Credit>
  /** By order, the last block that it had. */
  blocks: Record<string, Block>
  /** Something may have made room for an order that waits. */
  due: boolean
  items: Record<string, Item>
  /** What documents were made from: by the name of the document and that of the origin. */
  conversions: Record<string, Record<string, number>>
  /** Of when the last snapshot is that was applied. */
  snapshotAt: number | null
  /**
   * How many entries of each type the journal has; expiries are not counted, because nobody says
   * when they are swept.
   */
  journal: Record<string, number>
}

/** An account with nothing but a limit. `began`: the second of the day. */
export function newAccount(limit: number, began = 0, rates: Record<number, number> = {}): Account {
  const documents = { captures: [], capturedAt: {}, invoices: {}, credits: {}, items: {}, conversions: {} }
  const orders = { reservations: {}, blocks: {}, due: false }
  return { now: 0, began, rates, limit, held: false, ...orders, ...documents, snapshotAt: null, journal: {} }
}

const DAY = 86_400

/** The day of an instant. */
export function dayOf({ began }: Account, instant: number): number {
  return Math.floor((began + instant) / DAY)
}

/** The rate that holds on a day: the last that is recorded for it or for a day before. */
export function rateOn({ rates }: Account, currency: Currency, day: number): number | null {
  if (currency === 'CNY') return null
  const known = Object.keys(rates)
    .map(Number)
    .filter((each) => each <= day)
  const rate = rates[Math.max(...known)]
  if (rate === undefined) throw new Error(`no rate is known for day ${day}`)
  return rate
}

export function rateToday(account: Account, currency: Currency): number | null {
  return rateOn(account, currency, dayOf(account, account.now))
}

/** Items of orders are named like the orders. */
export function isOrder(item: string): boolean {
  return item.startsWith('SO-')
}

/** An item is in the currency that its name says. */
export function currencyOfItem(item: string): Currency {
  return item.endsWith('-1') ? 'USD' : 'CNY'
}

/** How much of an item documents say that they took over, in its own currency. */
export function convertedOf({ conversions }: Account, item: string): number {
  return Object.values(conversions).reduce((sum, origins) => sum + (origins[`item ${item}`] ?? 0), 0)
}

/** What of an item counts, in CNY. */
export function itemOpen(account: Account, item: string): number {
  return account.items[item]?.heldBy === null ? itemLeft(account, item) : 0
}

/** What is open of an item in CNY, whether or not a reservation counts in its place. */
export function itemLeft(account: Account, item: string): number {
  const recorded = account.items[item]
  if (recorded === undefined) return 0
  return portion(counted(recorded.own, recorded.rate), itemLeftOwn(account, item), recorded.own)
}

/** The same in its own currency. */
export function itemLeftOwn(account: Account, item: string): number {
  return account.items[item]?.left ?? 0
}

/** What is still held of a reservation. */
export function open({ amount, captured, released, expired }: Reservation): number {
  return amount - captured - released - expired
}

/** What of a capture counts as captured. */
export function countedOf({ amount, waits, excess }: Capture): number {
  return waits ? amount : excess
}

export function exposure(account: Account) {
  const { invoices, credits, captures, reservations, items } = account
  const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0)
  const unapplied = sum(Object.values(credits).map((credit) => credit.unapplied))
  const receivables = sum(Object.values(invoices).map((invoice) => invoice.open)) - unapplied
  const captured = sum(captures.map(countedOf))
  const reserved = sum(Object.values(reservations).map((held) => (held?.state === 'active' ? open(held) : 0)))
  const itemised = (order: boolean) =>
    sum(Object.keys(items).map((item) => (isOrder(item) === order ? itemOpen(account, item) : 0)))
  const [orders, deliveries] = [itemised(true), itemised(false)]
  const total = receivables + captured + reserved + orders + deliveries
  return { receivables, captured, reserved, orders, deliveries, total }
}

/** Ends what has run out; the last instant belongs to nobody any more. */
export function expire(account: Account): void {
  for (const [check, held] of Object.entries(account.reservations)) {
    if (held?.state !== 'active' || held.expiresAt > account.now) continue
    held.expired = open(held)
    held.state = 'expired'
    for (const item of heldItems(account, Number(check))) item.heldBy = null
    mayMakeRoom(account)
  }
}

/** The items whose place a check's reservation has. */
export function heldItems({ items }: Account, check: number): Item[] {
  return Object.values(items).filter(({ heldBy }) => heldBy === check)
}

/**
 * What takes something, or only refuses it. An order that waits no more held up those that came
 * after it.
 */
const MAKES_NO_ROOM = ['check.decided', 'adjustment.refused', 'hold.set']

export function note(account: Account, type: string): void {
  account.journal[type] = (account.journal[type] ?? 0) + 1
  if (!MAKES_NO_ROOM.includes(type)) mayMakeRoom(account)
}

export function mayMakeRoom(account: Account): void {
  if (Object.values(account.blocks).some(({ state }) => state === 'open')) account.due = true
}
