/**
 * The reference: what one customer's account does, said as simply as possible. It knows no locks,
 * no journal and no failures; the service under fire must behave like it, whatever breaks. Amounts
 * are in minor units, time is in seconds since the account began.
 */

/**
 * What can be done to the account. `check` names a credit check by the number that the caller gave
 * it; the one that the service makes by itself for an order that waited has the number of the check
 * that blocked the order, below zero.
 */
export type Command =
  | AskedCheck
  | { do: 'capture'; check: number; amount: number; invoice: number; final: boolean }
  | { do: 'release'; check: number }
  | { do: 'adjust'; check: number; amount: number }
  /**
   * What a person decides about the order that a check blocks. `tolerance`: a share of its amount;
   * `until`: an instant.
   */
  | { do: 'decide'; check: number; release: boolean; tolerance: number; until: number }
  /** What is due in the background. */
  | { do: 'reevaluate' }
  | { do: 'item'; item: string; amount: number; version: number; from: Origin | null }
  | { do: 'close'; item: string; version: number }
  | { do: 'reconcile'; apply: boolean; at: number; version: number; invoices: OpenInvoice[]; items: OpenItem[] }
  | { do: 'invoice'; invoice: number; amount: number; from?: Origin | null }
  | { do: 'payment'; payment: number; amount: number }
  | { do: 'limit'; amount: number }
  | { do: 'hold' }
  | { do: 'lift' }
  | { do: 'tick'; seconds: number }
  | { do: 'exposure' }
  | { do: 'reservation'; check: number }

export interface AskedCheck {
  do: 'check'
  check: number
  order: string
  amount: number
  seconds: number
  keyed: boolean
  /** Whether the order, when it is not approved, is decided again by itself. */
  waits?: boolean
  /**
   * The id that the service gave it: orders that began to wait in the same instant wait in this
   * order.
   */
  id?: string
}

/**
 * What another document is made from: an item, or a reservation of which the rest is given back if
 * that is `final`.
 */
export interface Origin {
  item?: string
  check?: number
  final: boolean
  amount: number
}

export interface OpenInvoice {
  invoice: number
  amount: number
  open: number
}

export interface OpenItem {
  item: string
  open: number
}

interface Reservation {
  order: string
  amount: number
  seconds: number
  captured: number
  released: number
  expired: number
  state: 'active' | 'captured' | 'partially_captured' | 'released' | 'expired'
  expiresAt: number
}

/** An order that was not approved, by its last check. */
interface Block {
  check: number
  amount: number
  seconds: number
  waits: boolean
  state: 'open' | 'approved' | 'released' | 'rejected'
  /** Its place among those that wait. */
  since: number
  first: string
  release: Release | null
}

/** What a person let pass: these obstacles, up to an amount and an instant. */
interface Release {
  obstacles: Obstacle[]
  amount: number
  at: number
  until: number
}

type Obstacle = 'hold' | 'headroom' | 'size'

interface Item {
  amount: number
  version: number
  closed: boolean
  /** The check whose reservation holds it: nothing of it counts beside that. */
  heldBy: number | null
  /** What was captured of it while it was held. */
  captured: number
}

/** All that there is to know of an account. */
export interface Account {
  now: number
  limit: number
  held: boolean
  /** By number of the check; null: a check that holds nothing, because it was not approved. */
  reservations: Record<number, Reservation | null>
  /**
   * By the numbers of the invoice that captured, whether or not it is recorded, and of the check.
   */
  captures: Record<`${number} ${number}`, { amount: number; invoiced: boolean }>
  invoices: Record<number, { amount: number; open: number }>
  payments: Record<number, { amount: number; unapplied: number }>
  /** By order, the last block that it had. */
  blocks: Record<string, Block>
  /** Something may have made room for an order that waits. */
  due: boolean
  items: Record<string, Item>
  /** What documents were made from: by the name of the document and that of the origin. */
  conversions: Record<string, Record<string, number>>
  /**
   * How many entries of each type the journal has; expiries are not counted, because nobody says
   * when they are swept.
   */
  journal: Record<string, number>
}

export function newAccount(limit: number): Account {
  const documents = { captures: {}, invoices: {}, payments: {}, items: {}, conversions: {} }
  return { now: 0, limit, held: false, reservations: {}, blocks: {}, due: false, ...documents, journal: {} }
}

/** What a command does to an account, and what it answers. */
export function act(before: Account, command: Command): { account: Account; result: string } {
  const account = structuredClone(before)
  expire(account)
  const result = ACTS[command.do](account, command as never)
  return { account, result }
}

type Acts = { [Name in Command['do']]: (account: Account, command: Extract<Command, { do: Name }>) => string }

const ACTS: Acts = {
  check: (account, asked) => {
    let result: string | undefined
    const decide = () => {
      result = decideOrder(account, asked)
    }
    if (account.due) reevaluate(account, { order: asked.order, decide })
    if (result === undefined) decide()
    return result ?? ''
  },

  capture: (account, { check, amount, invoice, final }) => {
    const held = account.reservations[check]
    if (held === undefined) return '404 not-found'
    if (held === null) return '409 reservation-absent'
    if (account.captures[`${invoice} ${check}`] !== undefined) return '409 invoice-already-captured'
    if (held.state !== 'active') return ended(held)
    if (amount > open(held)) return '409 capture-exceeds-reservation'
    take(account, check, held, amount, final)
    account.captures[`${invoice} ${check}`] = { amount, invoiced: account.invoices[invoice] !== undefined }
    return `201 ${shown(held)}`
  },

  release: (account, { check }) => {
    const held = account.reservations[check]
    if (held === undefined) return '404 not-found'
    if (held === null) return '409 reservation-absent'
    if (held.state !== 'active') return ended(held)
    held.released = open(held)
    held.state = held.captured > 0 ? 'partially_captured' : 'released'
    giveBack(account, check)
    note(account, 'reservation.released')
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
    const obstacles = obstaclesOf(account, order, block.amount)
    const amount = block.amount + Math.floor(block.amount * tolerance)
    block.release = { obstacles, amount, at: account.now, until }
    note(account, 'order.released')
    return `201 ${-check} ${shown(pass(account, order, block, 'released'))}`
  },

  reevaluate: (account) => {
    if (account.due) reevaluate(account)
    return '200'
  },

  item: (account, { item, amount, version, from }) => {
    const before = account.items[item]
    if (before !== undefined && version < before.version) return '409 stale-version'
    const name = `item ${item}`
    const conversion = convert(account, name, from)
    if (typeof conversion === 'string') return conversion
    const kept = before === undefined || before.closed || before.heldBy !== null ? 0 : before.captured
    const gone = convertedOf(account, item) + kept
    if (amount < gone) return '409 exposure-item-below-converted'
    const same = before?.closed === false && before.amount === amount && !conversion.changes
    if (same && before.version === version) return `200 ${itemLeft(account, item)}`
    const origins = from === null ? account.conversions[name] : named(from)
    if (amount > gone && isHeldBeside(account, item, origins)) return '409 order-also-held'
    if (before?.version === version) return '409 stale-version'
    conversion.apply()
    account.items[item] = { amount, version, closed: false, heldBy: null, captured: kept }
    note(account, before === undefined ? 'exposure_item.recorded' : 'exposure_item.changed')
    return `${before === undefined ? 201 : 200} ${itemOpen(account, item)}`
  },

  close: (account, { item, version }) => {
    const before = account.items[item]
    if (before === undefined) return '404 not-found'
    if (version < before.version) return '409 stale-version'
    if (before.closed && before.version === version) return '200 0'
    account.items[item] = { ...before, version }
    close(account, item)
    note(account, 'exposure_item.closed')
    return '200 0'
  },

  reconcile: (account, { apply, version, invoices, items }) => {
    const record = apply ? account : structuredClone(account)
    const counts = { missing: 0, extra: 0, different: 0, older: 0, alsoHeld: 0 }
    for (const kind of [...invoiceDifferences(record, invoices), ...itemDifferences(record, items, version)])
      counts[kind] += 1
    if (apply) note(account, 'reconciliation.applied')
    return `201 ${Object.values(counts).join(' ')}`
  },

  invoice: (account, { invoice, amount, from = null }) => {
    const recorded = account.invoices[invoice]
    const settled = recorded === undefined ? 0 : recorded.amount - recorded.open
    if (amount < settled) return '409 invoice-below-settled'
    const conversion = convert(account, `invoice ${invoice}`, from)
    if (typeof conversion === 'string') return conversion
    conversion.apply()
    recordInvoice(account, invoice, amount, amount - settled)
    if (recorded === undefined) note(account, 'invoice.recorded')
    else if (recorded.amount !== amount || conversion.changes) note(account, 'invoice.changed')
    return `${recorded === undefined ? 201 : 200} ${amount - settled}`
  },

  payment: (account, { payment, amount }) => {
    const recorded = account.payments[payment]
    if (recorded !== undefined) return recorded.amount === amount ? `200 ${recorded.unapplied}` : '409 already-recorded'
    let unapplied = amount
    for (const invoice of Object.values(account.invoices)) {
      const applied = Math.min(unapplied, invoice.open)
      invoice.open -= applied
      unapplied -= applied
    }
    account.payments[payment] = { amount, unapplied }
    note(account, 'payment.recorded')
    return `201 ${unapplied}`
  },

  limit: (account, { amount }) => {
    account.limit = amount
    note(account, 'limit.applied')
    return `201 ${amount}`
  },

  hold: (account) => {
    if (!account.held) note(account, 'hold.set')
    account.held = true
    return '200 true'
  },

  lift: (account) => {
    if (account.held) note(account, 'hold.lifted')
    account.held = false
    return '200 false'
  },

  tick: (account, { seconds }) => {
    account.now += seconds
    expire(account)
    return '200'
  },

  exposure: (account) => {
    const { receivables, captured, reserved, orders, deliveries, total } = exposure(account)
    return `200 ${receivables} ${captured} ${reserved} ${orders} ${deliveries} ${account.limit - total} ${account.held}`
  },

  reservation: (account, { check }) => {
    const held = account.reservations[check]
    if (held === undefined) return '404 not-found'
    if (held !== null) return `200 ${shown(held)}`
    return `200 ${Object.values(account.blocks).find((block) => block.check === check)?.state ?? 'null'}`
  }
}

/**
 * Decides an order that is asked about. One that is not approved is blocked; if it waits already it
 * keeps its place.
 */
function decideOrder(
  account: Account,
  { check, order, amount, seconds, keyed, waits = false, id = '' }: AskedCheck
): string {
  const holder = holderOf(account, order)
  if (holder !== undefined) {
    const same = account.reservations[holder]?.amount === amount
    return !keyed && same ? `200 ${holder}` : `409 order-already-reserved ${holder}`
  }
  const total = exposure(account).total - itemOpen(account, order)
  const obstacles = obstaclesOf(account, order, amount)
  const before = account.blocks[order]
  account.reservations[check] = null
  if (obstacles.length === 0) {
    account.reservations[check] = newReservation(order, amount, seconds, account.now)
    if (before?.state === 'open') {
      before.state = 'approved'
      mayMakeRoom(account)
    }
    takeOver(account, order, check)
  } else {
    const place = before?.state === 'open' ? before : { since: account.now, first: id }
    const { since, first } = place
    const release = before?.release ?? null
    account.blocks[order] = { check, amount, seconds, waits, state: 'open', since, first, release }
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
  const open = Object.entries(account.blocks).filter(([, { state, waits }]) => state === 'open' && waits)
  const byPlace = ([, left]: [string, Block], [, right]: [string, Block]) =>
    left.since - right.since || (left.first < right.first ? -1 : 1)
  for (const [order] of open.sort(byPlace)) {
    if (order === anew?.order) anew.decide()
    const block = account.blocks[order]
    if (block?.state !== 'open' || !block.waits) continue
    const obstacles = obstaclesOf(account, order, block.amount)
    if (obstacles.length === 0) pass(account, order, block, 'approved')
    else if (obstacles.every((each) => each === 'headroom')) return
  }
}

/** An order that was blocked passes: a new check holds its amount. */
function pass(account: Account, order: string, block: Block, state: 'approved' | 'released'): Reservation {
  const held = newReservation(order, block.amount, block.seconds, account.now)
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
  item.heldBy = check
  mayMakeRoom(account)
}

/** What is open of an item counts again when its reservation ends without it. */
function giveBack(account: Account, check: number): void {
  for (const item of heldItems(account, check)) item.heldBy = null
}

function closeHeld(account: Account, check: number): void {
  for (const item of heldItems(account, check)) Object.assign(item, { closed: true, heldBy: null, captured: 0 })
}

function heldItems({ items }: Account, check: number): Item[] {
  return Object.values(items).filter(({ heldBy }) => heldBy === check)
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
  return whole + used > release.amount ? found : found.filter((each) => !release.obstacles.includes(each))
}

function outcomeOf(obstacles: Obstacle[]): string {
  return obstacles.length === 0 ? 'approved' : obstacles.includes('hold') ? 'declined' : 'referred'
}

/** The check whose reservation an order holds. */
function holderOf(account: Account, order: string): number | undefined {
  const held = Object.entries(account.reservations).find(([, each]) => each?.state === 'active' && each.order === order)
  return held && Number(held[0])
}

/**
 * Captures some of a reservation, and of the item that it holds: that became another document.
 * `into` is an item that it becomes.
 */
function take(account: Account, check: number, held: Reservation, amount: number, final: boolean, into?: string): void {
  held.captured += amount
  if (final) held.released = held.amount - held.captured
  if (open(held) === 0) {
    held.state = held.captured === held.amount ? 'captured' : 'partially_captured'
    closeHeld(account, check)
  }
  for (const [name, item] of Object.entries(account.items))
    if (item.heldBy === check && name !== into) item.captured += Math.min(amount, itemLeft(account, name))
  note(account, 'reservation.captured')
}

/** An invoice takes the place of the captures that wait for it. */
function recordInvoice(account: Account, invoice: number, amount: number, open: number): void {
  for (const [key, capture] of Object.entries(account.captures))
    if (key.startsWith(`${invoice} `)) capture.invoiced = true
  account.invoices[invoice] = { amount, open }
}

type Difference = 'missing' | 'extra' | 'different' | 'older' | 'alsoHeld'

/**
 * Makes the invoices those of a snapshot, and says how they differed. One that is not in it is
 * settled.
 */
function invoiceDifferences(account: Account, stated: OpenInvoice[]): Difference[] {
  const gone = Object.entries(account.invoices).filter(
    ([invoice, { open }]) => open > 0 && !stated.some((each) => `${each.invoice}` === invoice)
  )
  for (const [, recorded] of gone) recorded.open = 0
  const others = stated.flatMap(({ invoice, amount, open }): Difference[] => {
    const recorded = account.invoices[invoice]
    if (recorded?.amount === amount && recorded.open === open) return []
    recordInvoice(account, invoice, amount, open)
    return [recorded === undefined ? 'missing' : 'different']
  })
  return [...gone.map(() => 'extra' as const), ...others]
}

/**
 * The same of items. One that is newer than the snapshot stays, and one that its order's
 * reservation counts already ends.
 */
function itemDifferences(account: Account, stated: OpenItem[], version: number): Difference[] {
  const gone = Object.keys(account.items).filter(
    (item) => itemLeft(account, item) > 0 && !stated.some((each) => each.item === item)
  )
  for (const item of gone) close(account, item)
  const others = stated.flatMap(({ item, open }): Difference[] => {
    const recorded = account.items[item]
    const holder = recorded?.heldBy ?? null
    if (holder === null && isHeldBeside(account, item, account.conversions[`item ${item}`])) {
      if (itemOpen(account, item) > 0) close(account, item)
      return ['alsoHeld']
    }
    if (itemLeft(account, item) === open) return []
    if (recorded !== undefined && recorded.version > version) return ['older']
    const amount = open + convertedOf(account, item)
    account.items[item] = { amount, version, closed: false, heldBy: holder, captured: 0 }
    return [recorded === undefined ? 'missing' : 'different']
  })
  return [...gone.map(() => 'extra' as const), ...others]
}

function close(account: Account, item: string): void {
  const recorded = account.items[item]
  if (recorded !== undefined) Object.assign(recorded, { closed: true, heldBy: null, captured: 0 })
}

/**
 * Whether an order holds a reservation of which its item took nothing over. An order counts once.
 */
function isHeldBeside(account: Account, item: string, origins: Record<string, number> = {}): boolean {
  const holder = holderOf(account, item)
  return holder !== undefined && origins[`check ${holder}`] === undefined
}

/**
 * Takes off the origin what a document is made from: what it names is the whole truth, so that what
 * it names no longer is given back. Answers a refusal, or what is to be done; nothing is done
 * before that.
 */
function convert(
  account: Account,
  name: string,
  from: Origin | null
): string | { changes: boolean; apply: () => void } {
  const before = account.conversions[name] ?? {}
  const after = from === null ? before : named(from)
  const parts: (() => void)[] = []
  for (const origin of Object.keys({ ...after, ...before })) {
    const taken = (after[origin] ?? 0) - (before[origin] ?? 0)
    const [kind, id = ''] = origin.split(' ')
    const final = after[origin] !== undefined && from?.final === true
    const part = kind === 'item' ? fromItem(account, id, taken) : fromCheck(account, Number(id), name, taken, final)
    if (typeof part === 'string') return part
    if (taken !== 0) parts.push(part)
  }
  const apply = () => {
    account.conversions[name] = after
    for (const part of parts) part()
  }
  return { changes: parts.length > 0, apply }
}

function named({ item, check, amount }: Origin): Record<string, number> {
  return { [item === undefined ? `check ${check}` : `item ${item}`]: amount }
}

function fromItem(account: Account, item: string, taken: number): string | (() => void) {
  const origin = account.items[item]
  if (origin === undefined) return '409 conversion-origin-missing'
  if (taken !== 0 && origin.closed) return '409 exposure-item-closed'
  if (taken !== 0 && origin.heldBy !== null) return '409 exposure-item-held'
  if (taken > itemOpen(account, item)) return '409 conversion-exceeds-open'
  return () => note(account, 'exposure_item.converted')
}

function fromCheck(
  account: Account,
  check: number,
  name: string,
  taken: number,
  final: boolean
): string | (() => void) {
  const held = account.reservations[check]
  const [kind, invoice] = name.split(' ')
  if (held === undefined) return '409 conversion-origin-missing'
  if (held === null) return '409 reservation-absent'
  if (taken < 0) return '409 conversion-irreversible'
  if (taken > 0 && held.state !== 'active') return ended(held)
  if (taken > open(held)) return '409 capture-exceeds-reservation'
  const capture = `${Number(invoice)} ${check}` as const
  if (kind === 'invoice' && taken > 0 && account.captures[capture] !== undefined) return '409 invoice-already-captured'
  return () => {
    take(account, check, held, taken, final, kind === 'item' ? invoice : undefined)
    if (kind === 'invoice') account.captures[capture] = { amount: taken, invoiced: true }
  }
}

/** How much of an item became other documents. */
function convertedOf({ conversions }: Account, item: string): number {
  return Object.values(conversions).reduce((sum, origins) => sum + (origins[`item ${item}`] ?? 0), 0)
}

/** What of an item counts. */
function itemOpen(account: Account, item: string): number {
  return account.items[item]?.heldBy === null ? itemLeft(account, item) : 0
}

/** What is open of an item, whether or not a reservation counts in its place. */
function itemLeft(account: Account, item: string): number {
  const { amount = 0, closed = true, captured = 0 } = account.items[item] ?? {}
  return closed ? 0 : amount - convertedOf(account, item) - captured
}

/** Ends what has run out; the last instant belongs to nobody any more. */
function expire(account: Account): void {
  for (const [check, held] of Object.entries(account.reservations)) {
    if (held?.state !== 'active' || held.expiresAt > account.now) continue
    held.expired = open(held)
    held.state = 'expired'
    giveBack(account, Number(check))
    mayMakeRoom(account)
  }
}

/** Items of orders are named like the orders. */
export function isOrder(item: string): boolean {
  return item.startsWith('SO-')
}

function exposure(account: Account) {
  const { invoices, payments, captures, reservations, items } = account
  const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0)
  const unapplied = sum(Object.values(payments).map((payment) => payment.unapplied))
  const receivables = sum(Object.values(invoices).map((invoice) => invoice.open)) - unapplied
  const captured = sum(Object.values(captures).map(({ amount, invoiced }) => (invoiced ? 0 : amount)))
  const reserved = sum(Object.values(reservations).map((held) => (held?.state === 'active' ? open(held) : 0)))
  const itemised = (order: boolean) =>
    sum(Object.keys(items).map((item) => (isOrder(item) === order ? itemOpen(account, item) : 0)))
  const [orders, deliveries] = [itemised(true), itemised(false)]
  const total = receivables + captured + reserved + orders + deliveries
  return { receivables, captured, reserved, orders, deliveries, total }
}

function newReservation(order: string, amount: number, seconds: number, now: number): Reservation {
  const none = { captured: 0, released: 0, expired: 0 }
  return { order, amount, seconds, ...none, state: 'active', expiresAt: now + seconds }
}

function open({ amount, captured, released, expired }: Reservation): number {
  return amount - captured - released - expired
}

function shown(held: Reservation): string {
  return `${held.state} ${held.captured} ${held.released} ${held.expired} ${open(held)}`
}

function ended({ state }: Reservation): string {
  return `409 reservation-already-${state === 'partially_captured' ? 'captured' : state}`
}

/**
 * What takes something, or only refuses it. An order that waits no more held up those that came
 * after it.
 */
const MAKES_NO_ROOM = ['check.decided', 'adjustment.refused', 'hold.set']

function note(account: Account, type: string): void {
  account.journal[type] = (account.journal[type] ?? 0) + 1
  if (!MAKES_NO_ROOM.includes(type)) mayMakeRoom(account)
}

function mayMakeRoom(account: Account): void {
  if (Object.values(account.blocks).some(({ state }) => state === 'open')) account.due = true
}
