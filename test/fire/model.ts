/**
 * The reference: what one customer's account does, said as simply as possible. It knows no locks, no journal and no failures; the service
 * under fire must behave like it, whatever breaks. Amounts are in minor units, time is in seconds since the account began.
 */

/** What can be done to the account. `check` names a credit check by the number that the caller gave it. */
export type Command =
  | { do: 'check'; check: number; order: string; amount: number; seconds: number; keyed: boolean }
  | { do: 'capture'; check: number; amount: number; invoice: number; final: boolean }
  | { do: 'release'; check: number }
  | { do: 'invoice'; invoice: number; amount: number }
  | { do: 'payment'; payment: number; amount: number }
  | { do: 'limit'; amount: number }
  | { do: 'hold' }
  | { do: 'lift' }
  | { do: 'tick'; seconds: number }
  | { do: 'exposure' }
  | { do: 'reservation'; check: number }

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

/** All that there is to know of an account. */
export interface Account {
  now: number
  limit: number
  held: boolean
  /** By number of the check; null: a check that holds nothing, because it was not approved. */
  reservations: Record<number, Reservation | null>
  /** By the numbers of the invoice that captured, whether or not it is recorded, and of the check. */
  captures: Record<`${number} ${number}`, { amount: number; invoiced: boolean }>
  invoices: Record<number, { amount: number; open: number }>
  payments: Record<number, { amount: number; unapplied: number }>
  /** How many entries of each type the journal has; expiries are not counted, because nobody says when they are swept. */
  journal: Record<string, number>
}

export function newAccount(limit: number): Account {
  return { now: 0, limit, held: false, reservations: {}, captures: {}, invoices: {}, payments: {}, journal: {} }
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
  check: (account, { check, order, amount, seconds, keyed }) => {
    const holder = Object.entries(account.reservations).find(
      ([, each]) => each?.state === 'active' && each.order === order
    )
    if (holder !== undefined) {
      const [number, held] = holder
      return !keyed && held?.amount === amount ? `200 ${number}` : `409 order-already-reserved ${number}`
    }
    const { total } = exposure(account)
    note(account, 'check.decided')
    const outcome = account.held ? 'declined' : exceeds(account, amount, total) ? 'referred' : 'approved'
    account.reservations[check] = outcome === 'approved' ? newReservation(order, amount, seconds, account.now) : null
    return `201 ${check} ${outcome} ${total}`
  },

  capture: (account, { check, amount, invoice, final }) => {
    const held = account.reservations[check]
    if (held === undefined) return '404 not-found'
    if (held === null) return '409 reservation-absent'
    if (account.captures[`${invoice} ${check}`] !== undefined) return '409 invoice-already-captured'
    if (held.state !== 'active') return ended(held)
    if (amount > open(held)) return '409 capture-exceeds-reservation'
    held.captured += amount
    if (final) held.released = held.amount - held.captured
    if (open(held) === 0) held.state = held.captured === held.amount ? 'captured' : 'partially_captured'
    account.captures[`${invoice} ${check}`] = { amount, invoiced: account.invoices[invoice] !== undefined }
    note(account, 'reservation.captured')
    return `201 ${shown(held)}`
  },

  release: (account, { check }) => {
    const held = account.reservations[check]
    if (held === undefined) return '404 not-found'
    if (held === null) return '409 reservation-absent'
    if (held.state !== 'active') return ended(held)
    held.released = open(held)
    held.state = held.captured > 0 ? 'partially_captured' : 'released'
    note(account, 'reservation.released')
    return `201 ${shown(held)}`
  },

  invoice: (account, { invoice, amount }) => {
    const recorded = account.invoices[invoice]
    const settled = recorded === undefined ? 0 : recorded.amount - recorded.open
    if (amount < settled) return '409 invoice-below-settled'
    account.invoices[invoice] = { amount, open: amount - settled }
    for (const [key, capture] of Object.entries(account.captures))
      if (key.startsWith(`${invoice} `)) capture.invoiced = true
    if (recorded === undefined) note(account, 'invoice.recorded')
    else if (recorded.amount !== amount) note(account, 'invoice.changed')
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
    const { receivables, captured, reserved, total } = exposure(account)
    return `200 ${receivables} ${captured} ${reserved} ${account.limit - total} ${account.held}`
  },

  reservation: (account, { check }) => {
    const held = account.reservations[check]
    return held === undefined ? '404 not-found' : held === null ? '200 null' : `200 ${shown(held)}`
  }
}

/** Ends what has run out; the last instant belongs to nobody any more. */
function expire(account: Account): void {
  for (const held of Object.values(account.reservations)) {
    if (held?.state !== 'active' || held.expiresAt > account.now) continue
    held.expired = open(held)
    held.state = 'expired'
  }
}

function exposure({ invoices, payments, captures, reservations }: Account) {
  const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0)
  const unapplied = sum(Object.values(payments).map((payment) => payment.unapplied))
  const receivables = sum(Object.values(invoices).map((invoice) => invoice.open)) - unapplied
  const captured = sum(Object.values(captures).map(({ amount, invoiced }) => (invoiced ? 0 : amount)))
  const reserved = sum(Object.values(reservations).map((held) => (held?.state === 'active' ? open(held) : 0)))
  return { receivables, captured, reserved, total: receivables + captured + reserved }
}

/** Exposure that equals the limit is within it; one order is never larger than the whole limit, whatever was paid ahead. */
function exceeds({ limit }: Account, amount: number, total: number): boolean {
  return total + amount > limit || amount > limit
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

function note(account: Account, type: string): void {
  account.journal[type] = (account.journal[type] ?? 0) + 1
}
