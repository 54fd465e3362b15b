import { CNY_PER_USD, type DrawnAllocation, type DrawnCommand, ORDERS, THOUSAND } from './drawn.ts'
import {
  type Account,
  type Credit,
  type CreditKind,
  currencyOfItem,
  itemLeftOwn,
  open,
  type Reservation
} from './reference/account.ts'
import type { Allocation, Command, OpenCredit, OpenInvoice, OpenItem, Origin } from './reference/commands.ts'
import type { Currency } from './reference/money.ts'
import { capturedOwn } from './reference/orders.ts'

/** What a drawn command may mean by its numbers. */
interface Known {
  readonly account: Account
  /** The checks of the customer, and those of others. */
  readonly checks: readonly number[]
  readonly foreignChecks: readonly number[]
  /** The next version of a document in the caller's system. */
  readonly version: number
}

type Single = Exclude<DrawnCommand, { do: 'batch' | 'repeat' | 'reuse' }>

/** One in so many means any check there is, and one in so many more that of another customer. */
const SOME_OF = 6
const FOREIGN_OF = 8

/**
 * What a drawn command comes to where there is nothing yet for it to be about: mostly what it could
 * be about next time, so that a history is not full of what is not found.
 */
export function possible(command: DrawnCommand, account: Account): DrawnCommand {
  const isActive = (held: Reservation | null) => held?.state === 'active'
  const isHolding = Object.values(account.reservations).some(isActive)
  const isBlocking = Object.values(account.blocks).some(({ state }) => state === 'open')
  switch (command.do) {
    case 'adjust':
    case 'capture':
    case 'release':
      return isHolding || command.check % SOME_OF === 0 ? command : orderOf(command.check, 1 + (command.check % 8))
    case 'decide':
      return isBlocking || command.check % SOME_OF === 0 ? command : orderOf(command.check, 10 + (command.check % 6))
    case 'allocate': {
      const { kind, credit, currency, allocations } = command
      const hasAny = Object.keys(account.credits).some((name) => name.startsWith(kind))
      if (!hasAny) return { do: 'credit', kind, credit, ...someMoney(credit + 2, currency), day: 0, allocations: [] }
      return allocations === null ? command : ofInvoices(command, currency, account)
    }
    case 'credit':
      return ofInvoices(command, command.currency, account)
    default:
      return command
  }
}

/** What settles something, or an invoice where there is none. */
function ofInvoices(
  command: Extract<DrawnCommand, { do: 'credit' | 'allocate' }>,
  currency: Currency,
  { invoices }: Account
): DrawnCommand {
  const [first] = command.allocations ?? []
  if (first === undefined || Object.keys(invoices).length > 0) return command
  return { do: 'invoice', invoice: first.invoice, ...someMoney(first.invoice + 2, currency), day: 0, from: null }
}

function orderOf(check: number, thousands: number): DrawnCommand {
  const terms = { seconds: 900, keyed: true, waits: check % 3 > 0 }
  const money = someMoney(thousands, check % 3 === 1 ? 'USD' : 'CNY')
  return { do: 'check', check, order: `SO-${check % ORDERS}`, ...money, ...terms }
}

function someMoney(thousands: number, currency: Currency): { amount: number; currency: Currency } {
  return { amount: inCurrency(thousands * THOUSAND, currency), currency }
}

/** The command with the numbers of what there is. */
export function numbered(command: Single, known: Known): Command {
  const { account, checks, version } = known
  const { now } = account
  const holding = checks.filter((check) => account.reservations[check]?.state === 'active')
  const oneOf = (some: readonly number[], nth: number) =>
    // Mostly one with which something can be done.
    nthOf(nth % SOME_OF === 0 || some.length === 0 ? checks : some, nth)
  switch (command.do) {
    case 'adjust': {
      const { times, ...rest } = command
      const passed = holding.filter((check) => check < 0)
      const check = oneOf(command.check % 3 > 0 && passed.length > 0 ? passed : holding, command.check)
      const held = account.reservations[check]
      const amount = times === null || !held ? command.amount : Math.max(1, Math.floor(held.amount * times))
      return { ...rest, check, amount }
    }
    case 'capture': {
      const { share, ...rest } = command
      // Parts in another currency are rounded, and several of them add up.
      const foreign = holding.filter((check) => account.reservations[check]?.currency === 'USD')
      const check = oneOf(command.check % 3 > 0 && foreign.length > 0 ? foreign : holding, command.check)
      const held = account.reservations[check]
      return share === null || !held ? { ...rest, check } : { ...rest, check, ...shareOf(account, check, held, share) }
    }
    case 'release':
    case 'reservation':
      return { ...command, check: oneOf(holding, command.check) }
    case 'decide': {
      const blocking = Object.values(account.blocks).filter(({ state }) => state === 'open')
      const check = oneOf(
        blocking.map((block) => block.check),
        command.check
      )
      return { ...command, check, until: now + command.until }
    }
    case 'close': {
      const items = Object.keys(account.items)
      return { ...command, item: items.find((item) => item === command.item) ?? items[0] ?? command.item, version }
    }
    case 'item':
      return {
        ...command,
        amount: inCurrency(command.amount, currencyOfItem(command.item)),
        version,
        from: originOf(known, command.from, holding, command.item)
      }
    case 'invoice':
      return { ...command, from: originOf(known, command.from, holding) }
    case 'credit':
      return { ...command, allocations: allocationsOf(account, command, command.allocations) }
    case 'allocate': {
      const { kind } = command
      const credits = Object.keys(account.credits) as `${CreditKind} ${number}`[]
      const some = credits.filter((name) => name.startsWith(`${kind} `)).map((name) => Number(name.split(' ')[1]))
      const credit = some.length === 0 ? command.credit : nthOf(some, command.credit)
      const recorded: Credit | undefined = account.credits[`${kind} ${credit}`]
      const currency = recorded?.currency ?? command.currency
      const whole = { amount: recorded?.unappliedOwn ?? 1, currency }
      return { ...command, credit, currency, allocations: allocationsOf(account, whole, command.allocations) }
    }
    case 'reconcile': {
      const { like, ...rest } = command
      const at = now - command.at
      const { invoices, credits } = like ? openIn(account, command) : command
      return { ...rest, at, version, invoices, credits, items: itemsOf(account, command, at) }
    }
    default:
      return command
  }
}

function nthOf(numbers: readonly number[], nth: number): number {
  return numbers[nth % numbers.length] ?? 0
}

/** A share of what is left of an order in its own currency: all of it when it is 1. */
function shareOf(
  account: Account,
  check: number,
  held: Reservation,
  share: number
): { amount: number; currency: Currency } {
  const { currency } = held
  const left = currency === 'CNY' ? open(held) : held.own - capturedOwn(account, check, held)
  return { amount: Math.max(1, Math.floor(left * share)), currency }
}

/** A document that there is, for another to be made from. */
function originOf(
  { account, foreignChecks }: Known,
  from: Origin | null,
  holding: readonly number[],
  itself = ''
): Origin | null {
  if (from === null) return null
  if (from.check !== undefined) {
    const isForeign = from.check % FOREIGN_OF === 0 && foreignChecks.length > 0
    if (!isForeign && holding.length === 0) return null
    const check = nthOf(isForeign ? foreignChecks : holding, from.check)
    const currency = account.reservations[check]?.currency ?? 'CNY'
    return { ...from, check, currency, amount: inCurrency(from.amount, currency) }
  }
  const items = Object.keys(account.items).filter((item) => item !== itself)
  const item = items.find((each) => each === from.item) ?? items[0]
  if (item === undefined) return null
  return { ...from, item, amount: inCurrency(from.amount, currencyOfItem(item)) }
}

function inCurrency(amount: number, currency: Currency): number {
  return currency === 'CNY' ? amount : Math.ceil(amount / CNY_PER_USD)
}

function allocationsOf(
  account: Account,
  credit: { amount: number; currency: Currency },
  drawn: DrawnAllocation[] | null
): Allocation[] | null {
  if (drawn === null) return null
  const numbers = Object.keys(account.invoices).map(Number)
  const parts = drawn.map(({ invoice: nth, share, fits, says }): Allocation => {
    const invoice = numbers.length === 0 ? nth : nthOf(numbers, nth)
    const recorded = account.invoices[invoice]
    const most = Math.max(1, Math.floor(credit.amount * share))
    const isSame = recorded?.currency === credit.currency
    const amount = fits && recorded !== undefined && isSame ? Math.max(1, Math.min(most, recorded.openOwn)) : most
    if (recorded === undefined || isSame || !says) return { invoice, amount }
    const { currency, openOwn } = recorded
    return { invoice, amount, settles: { amount: Math.max(1, Math.floor(openOwn * share)), currency } }
  })
  return parts.filter(({ invoice }, index) => parts.findIndex((each) => each.invoice === invoice) === index)
}

/** A snapshot of all that is recorded as open, but for the first of what was drawn. */
function openIn(
  account: Account,
  { invoices, credits }: { invoices: OpenInvoice[] | null; credits: OpenCredit[] | null }
): { invoices: OpenInvoice[] | null; credits: OpenCredit[] | null } {
  const numbers = Object.keys(account.invoices).map(Number)
  const stated = invoices?.map((each) => ({ ...each, invoice: numbers[each.invoice] ?? each.invoice })) ?? null
  const recordedInvoices = Object.entries(account.invoices).map(([number, each]): OpenInvoice => {
    return { invoice: Number(number), amount: each.own, open: each.openOwn, currency: each.currency, day: each.day }
  })
  const recordedCredits = Object.entries(account.credits).map(([name, each]): OpenCredit => {
    const [kind = '', number] = name.split(' ')
    const { own: amount, unappliedOwn: unapplied, currency, day } = each
    return { kind: kind as CreditKind, credit: Number(number), amount, unapplied, currency, day }
  })
  return {
    invoices:
      stated &&
      but(
        recordedInvoices.filter((each) => each.open > 0),
        stated,
        ({ invoice }) => `${invoice}`
      ),
    credits:
      credits &&
      but(
        recordedCredits.filter((each) => each.unapplied > 0),
        credits,
        ({ kind, credit }) => `${kind} ${credit}`
      )
  }
}

function but<Each>(recorded: readonly Each[], drawn: readonly Each[], nameOf: (each: Each) => string): Each[] {
  const [first] = drawn
  if (first === undefined) return [...recorded]
  return [...recorded.filter((each) => nameOf(each) !== nameOf(first)), first]
}

/**
 * The items of a snapshot. When a reservation has expired nobody says at which instant its items
 * changed, so a snapshot of an earlier one leaves them out.
 */
function itemsOf(
  account: Account,
  { items, like }: { items: OpenItem[] | null; like: boolean },
  at: number
): OpenItem[] | null {
  const hasExpired = Object.values(account.reservations).some((held) => held?.state === 'expired')
  if (items === null || (at < account.now && hasExpired)) return null
  const stated = items.map(({ item, open: amount }) => ({ item, open: inCurrency(amount, currencyOfItem(item)) }))
  if (!like) return stated
  const recorded = Object.keys(account.items).map((item) => ({ item, open: itemLeftOwn(account, item) }))
  return but(
    recorded.filter((each) => each.open > 0),
    stated,
    ({ item }) => item
  )
}
