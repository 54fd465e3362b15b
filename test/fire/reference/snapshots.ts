import {
  type Account,
  type CreditKind,
  convertedOf,
  currencyOfItem,
  dayOf,
  type Invoice,
  isOrder,
  itemLeftOwn,
  itemOpen,
  note,
  rateOn,
  rateToday
} from './account.ts'
import type { Acts, Command, OpenCredit, OpenInvoice, OpenItem } from './commands.ts'
import { addSettlement, askedOfCredit, changeOfCredit, close, isHeldBeside, recordInvoice } from './documents.ts'
import { counted, portion } from './money.ts'
import { holdAgainst, isSame } from './takeovers.ts'

type Snapshot = Extract<Command, { do: 'reconcile' }>

/** So many seconds the clock of the caller's system may be ahead. */
const AHEAD_MAX = 300

export const SNAPSHOT_ACTS: Acts<'reconcile'> = {
  reconcile: (account, snapshot) => {
    const { apply, at, invoices, credits, items } = snapshot
    if (at > account.now + AHEAD_MAX) return '400 validation-error'
    if (account.snapshotAt !== null && at < account.snapshotAt) return '409 stale-import'
    const record = apply ? account : structuredClone(account)
    const counts = { missing: 0, extra: 0, different: 0, older: 0, alsoHeld: 0 }
    // A credit is as old as what it settles, which the snapshot's invoices are about to change.
    const repairs = [
      ...(credits === null ? [] : creditDifferences(record, credits, at)),
      ...(invoices === null ? [] : invoiceDifferences(record, invoices, at)),
      ...(items === null ? [] : itemDifferences(record, items, snapshot))
    ]
    const before = { invoices: structuredClone(record.invoices), items: structuredClone(record.items) }
    for (const { kind, repair } of repairs) {
      counts[kind] += 1
      repair()
    }
    holdAmended(record, before, items !== null)
    if (apply) {
      account.snapshotAt = at
      note(account, 'reconciliation.applied')
    }
    return `201 ${Object.values(counts).join(' ')}`
  }
}

/** What has come to another amount takes no more over than it is now. */
function holdAmended(account: Account, before: Pick<Account, 'invoices' | 'items'>, statesItems: boolean): void {
  for (const [number, invoice] of Object.entries(account.invoices))
    if (!isSame(invoice, before.invoices[Number(number)]))
      holdAgainst(account, `invoice ${number}`, invoice, statesItems)
  for (const [item, { own, rate }] of Object.entries(account.items)) {
    const known = before.items[item]
    const currency = currencyOfItem(item)
    const part = { own, amount: counted(own, rate), currency }
    const was = known && { own: known.own, amount: counted(known.own, known.rate), currency }
    if (!isSame(part, was)) holdAgainst(account, `item ${item}`, part, statesItems)
  }
}

type Kind = 'missing' | 'extra' | 'different' | 'older' | 'alsoHeld'

/** How a document differs, and what makes it what the snapshot says. */
interface Difference {
  kind: Kind
  repair: () => void
}

const STAYS = () => undefined

/** What changed after the snapshot was taken is newer than it, and stays. */
function differs(kind: Kind, changedAt: number, at: number, repair: () => void): Difference {
  return changedAt > at ? { kind: 'older', repair: STAYS } : { kind, repair }
}

/** An open invoice that is not in the snapshot is settled. */
function invoiceDifferences(account: Account, stated: OpenInvoice[], at: number): Difference[] {
  const day = Math.min(dayOf(account, at), dayOf(account, account.now))
  const gone = Object.entries(account.invoices).filter(
    ([number, { open }]) => open > 0 && !stated.some(({ invoice }) => `${invoice}` === number)
  )
  const extra = gone.map(([, invoice]) =>
    differs('extra', invoice.changedAt, at, () => {
      addAdjustment(invoice, invoice.openOwn, day)
      Object.assign(invoice, { open: 0, openOwn: 0, changedAt: account.now })
    })
  )
  const others = stated.flatMap(({ invoice: number, amount: own, open: openOwn, currency, day: issued }) => {
    const before = account.invoices[number]
    const same = before?.own === own && before.openOwn === openOwn
    if (same && before.currency === currency && before.day === issued) return []
    const repair = () => {
      const settled = before === undefined ? 0 : before.own - before.openOwn
      recordInvoice(account, number, { own, openOwn, currency, day: issued })
      const invoice = account.invoices[number] as Invoice
      const isOther = before !== undefined && before.currency !== currency
      const change = own - openOwn - (isOther ? 0 : settled)
      takeBack(invoice, isOther ? settled : Math.max(0, -change))
      if (change > 0) addAdjustment(invoice, change, day)
    }
    if (before === undefined) return [{ kind: 'missing', repair } as const]
    return [differs('different', before.changedAt, at, repair)]
  })
  return [...extra, ...others]
}

/** How it was paid nobody said. */
function addAdjustment(invoice: Invoice, own: number, on: number): void {
  const day = Math.max(on, invoice.day)
  addSettlement(invoice, { by: `adjustment ${day}`, own, day })
}

/** What is settled less is taken back from the last settlements first. */
function takeBack(invoice: Invoice, less: number): void {
  let left = less
  for (const settlement of invoice.settlements) {
    const taken = Math.min(left, settlement.own)
    settlement.own -= taken
    left -= taken
  }
  invoice.settlements = invoice.settlements.filter(({ own }) => own > 0)
}

/** A credit of which something is unapplied and that is not in the snapshot is applied. */
function creditDifferences(account: Account, stated: OpenCredit[], at: number): Difference[] {
  const nameOf = ({ kind, credit }: OpenCredit) => `${kind} ${credit}` as const
  const names = Object.keys(account.credits) as `${CreditKind} ${number}`[]
  const gone = names.filter(
    (name) => (account.credits[name]?.unapplied ?? 0) > 0 && !stated.some((each) => nameOf(each) === name)
  )
  const extra = gone.flatMap((name) => {
    const credit = account.credits[name]
    if (credit === undefined || credit.unappliedOwn === 0) return []
    const repair = () => Object.assign(credit, { unapplied: 0, unappliedOwn: 0 })
    return [differs('extra', changeOfCredit(account, name, credit), at, repair)]
  })
  const others = stated.flatMap((each) => {
    const { amount: own, unapplied: unappliedOwn, currency, day } = each
    const name = nameOf(each)
    const before = account.credits[name]
    const same = before?.own === own && before.unappliedOwn === unappliedOwn
    if (same && before.currency === currency && before.day === day) return []
    const repair = () => {
      const keepsRate = before?.day === day && before.currency === currency
      const rate = keepsRate ? before.rate : rateOn(account, currency, day)
      const amount = counted(own, rate)
      const unapplied = portion(amount, unappliedOwn, own)
      const asked = before?.asked ?? askedOfCredit({ amount: own, currency, day, allocations: null })
      const recordedAt = before?.recordedAt ?? account.now
      account.credits[name] = { own, unappliedOwn, currency, rate, amount, unapplied, day, asked, recordedAt }
    }
    if (before === undefined) return [{ kind: 'missing', repair } as const]
    return [differs('different', changeOfCredit(account, name, before), at, repair)]
  })
  return [...extra, ...others]
}

/**
 * The same of items, where the version decides first. An order of which something was captured
 * since stays as it is, and one that its order's reservation counts already ends.
 */
function itemDifferences(account: Account, stated: OpenItem[], { at, version }: Snapshot): Difference[] {
  const gone = Object.entries(account.items).filter(
    ([item]) => itemLeftOwn(account, item) > 0 && !stated.some((each) => each.item === item)
  )
  const extra = gone.map(([item, { changedAt }]) => differs('extra', changedAt, at, () => close(account, item)))
  const others = stated.flatMap(({ item, open }): Difference[] => {
    const before = account.items[item]
    const heldBy = before?.heldBy ?? null
    if (heldBy === null && isHeldBeside(account, item, account.conversions[`item ${item}`])) {
      const repair = () => {
        if (itemOpen(account, item) > 0) close(account, item)
      }
      return [{ kind: 'alsoHeld', repair }]
    }
    if (itemLeftOwn(account, item) === open) return []
    const isOlder = before !== undefined && before.version > version
    const isCaptured = isOrder(item) && (account.capturedAt[item] ?? Number.NEGATIVE_INFINITY) > at
    if (isOlder || isCaptured) return [{ kind: 'older', repair: STAYS }]
    const repair = () => {
      const own = open + convertedOf(account, item)
      const rate = before === undefined ? rateToday(account, currencyOfItem(item)) : before.rate
      account.items[item] = { own, left: open, rate, version, closed: false, heldBy, changedAt: account.now }
    }
    return [{ kind: before === undefined ? 'missing' : 'different', repair }]
  })
  return [...extra, ...others]
}
