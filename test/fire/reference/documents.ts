import {
  type Account,
  type Credit,
  type CreditKind,
  convertedOf,
  currencyOfItem,
  type Invoice,
  itemLeft,
  itemOpen,
  note,
  rateOn,
  rateToday
} from './account.ts'
import type { Acts, Allocation } from './commands.ts'
import { type Currency, counted, type Open, portion, without, worth } from './money.ts'
import { holderOf } from './orders.ts'
import { named, takeOver } from './takeovers.ts'

export const DOCUMENT_ACTS: Acts<'item' | 'close' | 'invoice' | 'credit' | 'allocate'> = {
  item: (account, { item, amount: own, version, from }) => {
    const before = account.items[item]
    if (before !== undefined && version < before.version) return '409 stale-version'
    const name = `item ${item}`
    // What was captured of one that was held may or may not be in its new version.
    const isAsItWas = before?.closed === false && before.heldBy === null
    const gone = isAsItWas ? before.own - before.left : convertedOf(account, item)
    if (own < gone) return '409 exposure-item-below-converted'
    // What has not changed keeps the rate that it was converted with.
    const rate = before?.own === own ? before.rate : rateToday(account, currencyOfItem(item))
    const part = { own, amount: counted(own, rate), currency: currencyOfItem(item) }
    return tried(account, (trial) => {
      const changes = takeOver(trial, { name, part, before: before && { ...part, ...countedItem(before) } }, from)
      if (typeof changes === 'string') return changes
      const same = before?.closed === false && before.own === own && !changes
      if (same && before.version === version) return `200 ${itemLeft(account, item)}`
      const origins = from === null ? account.conversions[name] : named(from)
      if (own > gone && isHeldBeside(account, item, origins)) return '409 order-also-held'
      if (before?.version === version) return '409 stale-version'
      const state = { closed: false, heldBy: null, changedAt: account.now }
      trial.items[item] = { own, left: own - gone, rate, version, ...state }
      note(trial, before === undefined ? 'exposure_item.recorded' : 'exposure_item.changed')
      return `${before === undefined ? 201 : 200} ${itemOpen(trial, item)}`
    })
  },

  close: (account, { item, version }) => {
    const before = account.items[item]
    if (before === undefined) return '404 not-found'
    if (version < before.version) return '409 stale-version'
    if (before.closed && before.version === version) return '200 0'
    before.version = version
    close(account, item)
    note(account, 'exposure_item.closed')
    return '200 0'
  },

  invoice: (account, { invoice, amount: own, currency, day, from }) => {
    const before = account.invoices[invoice]
    const settled = before === undefined ? 0 : before.own - before.openOwn
    if (settled > 0 && (before?.currency !== currency || own < settled)) return '409 invoice-below-settled'
    return tried(account, (trial) => {
      const same = before?.own === own && before.currency === currency && before.day === day
      if (!same) recordInvoice(trial, invoice, { own, openOwn: own - settled, currency, day })
      const part = trial.invoices[invoice] as Invoice
      const changes = takeOver(trial, { name: `invoice ${invoice}`, part, before }, from)
      if (typeof changes === 'string') return changes
      if (before === undefined) note(trial, 'invoice.recorded')
      else if (!same || changes) {
        Object.assign(part, { changedAt: account.now })
        note(trial, 'invoice.changed')
      }
      return `${before === undefined ? 201 : 200} ${shownInvoice(part)}`
    })
  },

  credit: (account, { kind, credit, amount: own, currency, day, allocations }) => {
    const name = `${kind} ${credit}` as const
    const asked = askedOfCredit({ amount: own, currency, day, allocations })
    const before = account.credits[name]
    if (before !== undefined) return before.asked === asked ? `200 ${shownCredit(before)}` : '409 already-recorded'
    const rate = rateOn(account, currency, day)
    const amount = counted(own, rate)
    const whole = { unapplied: amount, unappliedOwn: own }
    const made = { own, currency, rate, amount, ...whole, day, asked, recordedAt: account.now }
    const parts = allocate(account, made, allocations)
    if (typeof parts === 'string') return parts
    account.credits[name] = made
    settle(account, name, made, parts)
    note(account, `${kind}.recorded`)
    return `201 ${shownCredit(made)}`
  },

  allocate: (account, { kind, credit, currency, allocations }) => {
    const name = `${kind} ${credit}` as const
    const known = account.credits[name]
    if (known === undefined) return '404 not-found'
    const [first] = allocations ?? []
    if (first !== undefined && known.currency !== currency) return '409 currency-not-supported'
    const parts = allocate(account, known, allocations)
    if (typeof parts === 'string') return parts
    settle(account, name, known, parts)
    if (parts.length > 0) note(account, 'credit.allocated')
    return `200 ${shownCredit(known)}`
  }
}

function countedItem({ own, rate }: { own: number; rate: number | null }): { own: number; amount: number } {
  return { own, amount: counted(own, rate) }
}

/** Does something of which nothing is done when it is refused. */
function tried(account: Account, work: (trial: Account) => string): string {
  const trial = structuredClone(account)
  const answer = work(trial)
  if (!answer.startsWith('4')) Object.assign(account, trial)
  return answer
}

export function shownInvoice(invoice: Invoice | undefined): string {
  return invoice === undefined ? '' : `${invoice.amount} ${invoice.open} ${own(invoice, invoice.openOwn)}`
}

export function shownCredit(credit: Credit): string {
  return `${credit.amount} ${credit.unapplied} ${own(credit, credit.unappliedOwn)}`
}

/** An amount in the currency of its document is shown where that is not CNY. */
function own({ currency }: { currency: Currency }, amount: number): string {
  return currency === 'CNY' ? '-' : `${amount}`
}

/** What of a request must be the same, for it to be the same credit. */
export function askedOfCredit(credit: {
  amount: number
  currency: Currency
  day: number
  allocations: Allocation[] | null
}): string {
  const { amount, currency, day, allocations } = credit
  return JSON.stringify([amount, currency, day, allocations])
}

/**
 * An invoice as it is stated; what it takes over comes afterwards. It keeps its rate as long as
 * currency and day stay, and once something of it is settled. What was settled keeps its amount in
 * CNY; only another settled part moves that.
 */
export function recordInvoice(
  account: Account,
  invoice: number,
  { own, openOwn, currency, day }: Pick<Invoice, 'own' | 'openOwn' | 'currency' | 'day'>
): void {
  const recorded = account.invoices[invoice]
  const before = recorded?.currency === currency ? recorded : undefined
  const settled = before === undefined ? 0 : before.amount - before.open
  const settledOwn = before === undefined ? 0 : before.own - before.openOwn
  const keepsRate = before !== undefined && (before.day === day || settledOwn > 0)
  const rate = keepsRate ? before.rate : rateOn(account, currency, day)
  let amount = counted(own, rate)
  const moreOwn = own - openOwn - settledOwn
  const rest = Math.max(0, amount - settled)
  const share = portion(amount, openOwn, own)
  let left = moreOwn === 0 ? rest : moreOwn > 0 ? Math.min(share, rest) : Math.max(share, rest)
  if (openOwn === 0 && moreOwn === 0 && settled > 0) {
    amount = settled
    left = 0
  }
  const settlements = recorded?.settlements ?? []
  const amounts = { own, openOwn, currency, rate, amount, open: left }
  account.invoices[invoice] = { ...amounts, day, changedAt: account.now, settlements }
}

/** What of a credit settles what of an invoice, each in its own currency. */
interface Settled {
  invoice: number
  usedOwn: number
  settledOwn: number
  left: Open
}

/** Which invoices a credit settles, or why that cannot be. Nothing is done yet. */
function allocate(account: Account, credit: Credit, wanted: Allocation[] | null): string | Settled[] {
  const unapplied = { open: credit.unapplied, openOwn: credit.unappliedOwn }
  return wanted === null
    ? oldestFirst(account, credit.currency, unapplied)
    : asWanted(account, wanted, credit, unapplied)
}

/** Those in the currency of the credit before the others, the oldest due first. */
function oldestFirst({ invoices }: Account, currency: Currency, unapplied: Open): Settled[] {
  const unpaid = Object.entries(invoices).filter(([, { open: unsettled }]) => unsettled > 0)
  const inTurn = [true, false].flatMap((same) => unpaid.filter((each) => (each[1].currency === currency) === same))
  let left = unapplied
  return inTurn.flatMap(([number, invoice]) => {
    const part = largest(left, invoice, invoice.currency === currency)
    const settled = left.openOwn > 0 && part.settledOwn > 0 ? settledWith(Number(number), invoice, left, part) : null
    if (settled === null) return []
    left = settled.left
    return [settled]
  })
}

function asWanted(account: Account, wanted: Allocation[], credit: Credit, unapplied: Open): string | Settled[] {
  const { invoices } = account
  const sum = wanted.reduce((total, { amount }) => total + amount, 0)
  if (sum > unapplied.openOwn) return '409 allocation-exceeds-credit'
  let left = unapplied
  const parts: Settled[] = []
  for (const { invoice: number, amount, settles } of wanted) {
    const invoice = invoices[number]
    if (invoice === undefined) return '409 invoice-not-found'
    if (settles !== undefined && settles.currency !== invoice.currency) return '409 currency-not-supported'
    const part = countedPart(account, credit, { invoice, left, amount, settles: settles?.amount })
    if (part?.settledOwn === 0) return '400 validation-error'
    const settled = part === undefined ? null : settledWith(number, invoice, left, part)
    if (settled === null) return '409 allocation-exceeds-invoice'
    left = settled.left
    parts.push(settled)
  }
  return parts
}

/** What a part of a credit counts for; undefined when it would settle more than is open. */
function countedPart(
  account: Account,
  credit: Credit,
  { invoice, left, amount, settles }: { invoice: Invoice; left: Open; amount: number; settles: number | undefined }
): { usedOwn: number; settledOwn: number } | undefined {
  if (invoice.currency === credit.currency) {
    const usedOwn = Math.min(amount, settles ?? amount)
    return { usedOwn, settledOwn: usedOwn }
  }
  if (settles !== undefined) return believed(account, credit, invoice, { usedOwn: amount, settledOwn: settles })
  const settledOwn = settledBy(left, invoice, amount)
  return settledOwn === undefined ? undefined : { usedOwn: amount, settledOwn }
}

/**
 * What counts of a settlement whose two sides are stated: neither is worth more than the other one
 * and a twentieth of it, at the rates of the day on which the money came.
 */
function believed(
  account: Account,
  { currency, rate, day }: Credit,
  invoice: Invoice,
  { usedOwn, settledOwn }: { usedOwn: number; settledOwn: number }
): { usedOwn: number; settledOwn: number } {
  const used = counted(usedOwn, currency === 'CNY' ? null : rate)
  const settled = counted(settledOwn, rateOn(account, invoice.currency, day))
  const cut = (own: number, value: number, other: number) => {
    const most = other + portion(other, 1, 20) + 1
    return value <= most ? own : Math.max(1, Number((BigInt(own) * BigInt(most)) / BigInt(value)))
  }
  return { usedOwn: cut(usedOwn, used, settled), settledOwn: cut(settledOwn, settled, used) }
}

/** A part that a credit settles; null when that is more than there is of it, or of the invoice. */
function settledWith(
  number: number,
  invoice: Open,
  unapplied: Open,
  part: { usedOwn: number; settledOwn: number }
): Settled | null {
  const left = without(unapplied, part.usedOwn)
  const isOpen = without(invoice, part.settledOwn) !== undefined
  return left === undefined || !isOpen ? null : { invoice: number, ...part, left }
}

/** In one currency a unit settles a unit, otherwise equal amounts in CNY settle each other. */
function largest(credit: Open, invoice: Open, isSame: boolean): { usedOwn: number; settledOwn: number } {
  const ownMost = Math.min(credit.openOwn, invoice.openOwn)
  if (isSame) return { usedOwn: ownMost, settledOwn: ownMost }
  const value = Math.min(credit.open, invoice.open)
  return { usedOwn: worth(value, credit), settledOwn: worth(value, invoice) }
}

function settledBy(credit: Open, invoice: Open, usedOwn: number): number | undefined {
  const left = without(credit, usedOwn)
  const value = left === undefined ? undefined : credit.open - left.open
  return value === undefined || value > invoice.open ? undefined : worth(value, invoice)
}

function settle(account: Account, by: string, credit: Credit, parts: Settled[]): void {
  for (const { invoice: number, settledOwn, left } of parts) {
    const invoice = account.invoices[number]
    const rest = invoice && without(invoice, settledOwn)
    if (invoice === undefined || rest === undefined) throw new Error('what is allocated is open')
    Object.assign(invoice, rest, { changedAt: account.now })
    addSettlement(invoice, { by, own: settledOwn, day: Math.max(credit.day, invoice.day) })
    Object.assign(credit, { unapplied: left.open, unappliedOwn: left.openOwn })
  }
}

/** A second part of one credit joins the first. */
export function addSettlement({ settlements }: Invoice, added: Invoice['settlements'][number]): void {
  const known = settlements.find(({ by }) => by === added.by)
  if (known === undefined) settlements.push(added)
  else known.own += added.own
  settlements.sort((left, right) => right.day - left.day || (left.by < right.by ? -1 : 1))
}

/** When a credit, or what it settles, changed last. */
export function changeOfCredit({ invoices }: Account, name: `${CreditKind} ${number}`, { recordedAt }: Credit): number {
  const settled = Object.values(invoices).filter(({ settlements }) => settlements.some(({ by }) => by === name))
  return Math.max(recordedAt, ...settled.map(({ changedAt }) => changedAt))
}

export function close(account: Account, item: string): void {
  const recorded = account.items[item]
  if (recorded === undefined) return
  Object.assign(recorded, { closed: true, left: 0, heldBy: null, changedAt: account.now })
}

/**
 * Whether an order holds a reservation of which its item took nothing over. An order counts once.
 */
export function isHeldBeside(account: Account, item: string, origins: Record<string, number> = {}): boolean {
  const holder = holderOf(account, item)
  return holder !== undefined && origins[`check ${holder}`] === undefined
}
