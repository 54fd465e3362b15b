import type { AnswerBody, Answered, Asked } from './client.ts'
import { currencyOfItem, isOrder } from './reference/account.ts'
import type { Allocation, AskedCheck, Command, List, Origin } from './reference/commands.ts'
import type { Currency } from './reference/money.ts'

/**
 * A customer of one run, with the numbers that the service gave to the checks that the reference
 * knows by numbers of its own.
 */
export interface Books {
  readonly customerId: string
  readonly checkIds: Map<number, string>
  /** The same of all customers of the run, whose numbers are different ones. */
  readonly allCheckIds: Map<number, string>
  /** The version of what blocks an order, by the check that a person looks at. */
  readonly versions: Map<number, number>
  /** The instant at which the account of the reference began, in milliseconds. */
  readonly began: number
}

export function newBooks(customerId: string, began: number, allCheckIds = new Map<number, string>()): Books {
  return { customerId, checkIds: new Map(), allCheckIds, versions: new Map(), began }
}

/** Writes down what the service calls a check. */
export function nameCheck({ checkIds, allCheckIds }: Books, check: number, checkId: string): void {
  checkIds.set(check, checkId)
  allCheckIds.set(check, checkId)
}

/** A command to the account of one of the customers, by number. */
export type Addressed = Command & { readonly who: number }

/** A command, or orders that are sent together and decided each for itself. */
export type Request = Addressed | { readonly do: 'batch'; readonly checks: readonly (AskedCheck & { who: number })[] }

/** Long before and long after whatever day the clock comes to: nothing here is overdue. */
const DUE_YEAR = 2060
const DAY_MS = 86_400_000

const money = (minor: number, currency: Currency = 'CNY') => ({ amount: (minor / 100).toFixed(2), currency })
const minorOf = (value: unknown) => Math.round(Number((value as { amount?: string } | null)?.amount) * 100)

/** A day of the reference, of which the first is 0. */
export function dateOf({ began }: Books, day: number): string {
  return new Date(began + day * DAY_MS).toISOString().slice(0, 10)
}

/** The request that asks the service for something. */
export function askedOf(books: Books, command: Command, key?: string): Asked {
  const { customerId, allCheckIds, versions, began } = books
  const customer = `/v1/customers/${customerId}`
  const post = (path: string, body: object): Asked => ({
    method: 'POST',
    path,
    body,
    ...(key === undefined ? {} : { key })
  })
  const idOf = (check: number | undefined) => allCheckIds.get(check ?? 0) ?? ABSENT
  const checkPath = (check: number) => `/v1/credit-checks/${idOf(check)}`
  const itemPath = (item: string) => `${customer}/exposure-items/${item}`
  const instant = (seconds: number) => new Date(began + seconds * 1_000).toISOString()
  const madeFrom = (from: Origin | null | undefined) => {
    if (from === null || from === undefined) return {}
    const { item, check, final, amount, currency = item === undefined ? 'CNY' : currencyOfItem(item) } = from
    const origin = item === undefined ? { checkId: idOf(check), final } : { itemId: item }
    return { convertedFrom: [{ ...origin, amount: money(amount, currency) }] }
  }
  const allocated = (allocations: Allocation[] | null, currency: Currency) => {
    if (allocations === null) return {}
    const parts = allocations.map(({ invoice, amount, settles }) => ({
      invoiceId: `I-${invoice}`,
      amount: money(amount, currency),
      ...(settles === undefined ? {} : { settles: money(settles.amount, settles.currency) })
    }))
    return { allocations: parts }
  }
  const datesOf = (invoice: number, day: number) => {
    return { issuedOn: dateOf(books, day), dueOn: `${DUE_YEAR + invoice}-01-01` }
  }
  switch (command.do) {
    case 'check':
      return post('/v1/credit-checks', orderOf(customerId, command))
    case 'capture': {
      const { check, amount, currency, invoice, final } = command
      return post(`${checkPath(check)}/captures`, { amount: money(amount, currency), invoiceId: `I-${invoice}`, final })
    }
    case 'release':
      return post(`${checkPath(command.check)}/releases`, {})
    case 'adjust':
      return post(`${checkPath(command.check)}/adjustments`, { amount: money(command.amount) })
    case 'decide': {
      const { check, release, tolerance, until } = command
      const terms = release ? { tolerance: { share: tolerance }, validUntil: instant(until) } : {}
      const body = { decision: release ? 'release' : 'reject', reasonCode: 'UNDER-FIRE', comment: 'Seen.', ...terms }
      return { ...post(`${checkPath(check)}/decisions`, body), by: 'person', seen: versions.get(check) ?? 1 }
    }
    case 'item': {
      const { item, amount, version, from } = command
      const body = {
        category: categoryOf(item),
        amount: money(amount, currencyOfItem(item)),
        sourceVersion: version,
        ...madeFrom(from)
      }
      return { method: 'PUT', path: itemPath(item), body }
    }
    case 'close':
      return { method: 'DELETE', path: `${itemPath(command.item)}?sourceVersion=${command.version}` }
    case 'reconcile': {
      const { apply, at } = command
      const invoices = command.invoices?.map(({ invoice, amount, open, currency, day }) => {
        const amounts = { amount: money(amount, currency), open: money(open, currency) }
        return { invoiceId: `I-${invoice}`, ...amounts, ...datesOf(invoice, day) }
      })
      const credits = command.credits?.map(({ kind, credit, amount, unapplied, currency, day }) => {
        const amounts = { amount: money(amount, currency), unapplied: money(unapplied, currency) }
        return { kind, creditId: creditOf(kind, credit), ...amounts, datedOn: dateOf(books, day) }
      })
      const items = command.items?.map(({ item, open }) => {
        const category = categoryOf(item)
        return { itemId: item, category, open: money(open, currencyOfItem(item)), sourceVersion: command.version }
      })
      const count = [invoices, credits, items].reduce((sum, list) => sum + (list?.length ?? 0), 0)
      const control = { count, totals: totalsOf(command) }
      return post(`${customer}/reconciliations`, { snapshotAt: instant(at), apply, control, invoices, credits, items })
    }
    case 'invoice': {
      const { invoice, amount, currency, day, from } = command
      const body = { amount: money(amount, currency), ...datesOf(invoice, day), ...madeFrom(from) }
      return { method: 'PUT', path: `${customer}/invoices/I-${invoice}`, body }
    }
    case 'credit': {
      const { kind, credit, amount, currency, day, allocations } = command
      const number = { [kind === 'payment' ? 'paymentId' : 'creditNoteId']: creditOf(kind, credit) }
      const dated = { [kind === 'payment' ? 'receivedOn' : 'issuedOn']: dateOf(books, day) }
      const body = { ...number, ...dated, amount: money(amount, currency), ...allocated(allocations, currency) }
      return post(`${customer}/${listOf(kind)}`, body)
    }
    case 'allocate': {
      const { kind, credit, currency, allocations } = command
      return post(`${customer}/${listOf(kind)}/${creditOf(kind, credit)}/allocations`, allocated(allocations, currency))
    }
    case 'limit':
      return post(`${customer}/limit-decisions`, { requested: money(command.amount) })
    case 'hold':
      return { method: 'PUT', path: `${customer}/hold`, body: { reason: 'under fire' } }
    case 'lift':
      return { method: 'DELETE', path: `${customer}/hold` }
    case 'exposure':
      return { method: 'GET', path: `${customer}/exposure` }
    case 'list':
      return { method: 'GET', path: `${customer}/${command.of}?limit=200` }
    case 'reservation':
      return { method: 'GET', path: checkPath(command.check) }
    case 'rate':
    case 'tick':
    case 'reevaluate':
      throw new Error(`nobody asks the service for ${command.do}`)
  }
}

/** Orders of any customers as one request. */
export function batchOf(orders: readonly { books: Books; check: AskedCheck }[], key?: string): Asked {
  const checks = orders.map(({ books, check }) => orderOf(books.customerId, check))
  return { method: 'POST', path: '/v1/credit-check-batches', body: { checks }, ...(key === undefined ? {} : { key }) }
}

function orderOf(customerId: string, { order, amount, currency, seconds, waits = false }: AskedCheck) {
  const asked = { orderId: order, amount: money(amount, currency), reserveSeconds: seconds, reevaluate: waits }
  return { customerId, ...asked }
}

/** What a snapshot adds up to, by currency. */
function totalsOf({ invoices, credits, items }: Extract<Command, { do: 'reconcile' }>) {
  const sums = { CNY: 0, USD: 0 }
  for (const { open, currency } of invoices ?? []) sums[currency] += open
  for (const { unapplied, currency } of credits ?? []) sums[currency] -= unapplied
  for (const { item, open } of items ?? []) sums[currencyOfItem(item)] += open
  return [money(sums.CNY, 'CNY'), money(sums.USD, 'USD')]
}

function creditOf(kind: 'payment' | 'credit_note', number: number): string {
  return `${kind === 'payment' ? 'P' : 'N'}-${number}`
}

function listOf(kind: 'payment' | 'credit_note'): List {
  return kind === 'payment' ? 'payments' : 'credit-notes'
}

function categoryOf(item: string): string {
  return isOrder(item) ? 'order' : 'delivery'
}

/** No check has this id. */
const ABSENT = 'chk_00000000000000000000000000'

/** The answers to the commands of a request, each as if it had been sent alone. */
export function partsOf({ do: kind }: { readonly do: string }, answer: Answered): Answered[] {
  if (kind !== 'batch' || answer.status !== 200) return [answer]
  const results = answer.body.results as { status: number; check?: AnswerBody; problem?: AnswerBody }[]
  return results.map(({ status, check, problem }) => ({ ...answer, status, body: check ?? problem ?? {} }))
}

/** The result of a command in the words of the reference. */
export function resultOf(books: Books, command: Command, { status, body }: Answered): string {
  if (status >= 400) return problemResult(books, status, body)
  switch (command.do) {
    case 'check': {
      const number = numberOf(books, body.checkId)
      const { total } = body.exposureBefore as { total: unknown }
      return status === 200 ? `200 ${number}` : `${status} ${number} ${body.outcome} ${minorOf(total)}`
    }
    case 'capture':
    case 'release':
    case 'reservation':
      return `${status} ${reservationResult(body)}`
    case 'adjust':
      return `${status} ${body.outcome} ${reservationResult(body)}`
    case 'decide':
      return `${status} ${numberOf(books, body.checkId)} ${reservationResult(body)}`
    case 'item':
    case 'close':
      return `${status} ${minorOf(body.open)}`
    case 'invoice':
      return `${status} ${invoiceResult(body)}`
    case 'credit':
    case 'allocate':
      return `${status} ${creditResult(body)}`
    case 'list':
      return `${status} ${listResult(command.of, body)}`
    case 'limit': {
      const { state, decision } = body as { state?: string; decision?: { amount: unknown } }
      return state === 'applied' ? `${status} ${minorOf(decision?.amount)}` : `${status} ${state}`
    }
    case 'hold':
    case 'lift':
      return `${status} ${body.hold !== null}`
    case 'reconcile': {
      const { missing, extra, different, older, alsoHeld } = body.counts as AnswerBody
      return `${status} ${missing} ${extra} ${different} ${older} ${alsoHeld}`
    }
    case 'exposure': {
      const { exposure, available, hold } = body as { exposure: AnswerBody; available: unknown; hold: unknown }
      const { receivables, captured, reserved, orders, deliveries } = exposure
      const parts = [receivables, captured, reserved, orders, deliveries, available].map(minorOf)
      return `${status} ${parts.join(' ')} ${hold !== null}`
    }
    case 'rate':
    case 'tick':
    case 'reevaluate':
      return `${status}`
  }
}

function invoiceResult({ amount, open, openOriginal }: AnswerBody): string {
  return `${minorOf(amount)} ${minorOf(open)} ${openOriginal === null ? '-' : minorOf(openOriginal)}`
}

function creditResult({ amount, unapplied, unappliedOriginal }: AnswerBody): string {
  return `${minorOf(amount)} ${minorOf(unapplied)} ${unappliedOriginal === null ? '-' : minorOf(unappliedOriginal)}`
}

function listResult(of: List, body: AnswerBody): string {
  const lines: { [Name in List]: (item: AnswerBody) => string } = {
    invoices: (item) => `${item.invoiceId} ${invoiceResult(item)}`,
    payments: (item) => `${item.paymentId} ${creditResult(item)}`,
    'credit-notes': (item) => `${item.creditNoteId} ${creditResult(item)}`,
    'exposure-items': (item) => `${item.itemId} ${minorOf(item.open)}`
  }
  return (body.items as AnswerBody[]).map(lines[of]).sort().join(', ')
}

function reservationResult({ reservation, block }: AnswerBody): string {
  if (reservation === null) return String((block as AnswerBody | null)?.state ?? null)
  const { state, captured, released, expired, open } = reservation as AnswerBody
  return `${state} ${[captured, released, expired, open].map(minorOf).join(' ')}`
}

function problemResult(books: Books, status: number, { type, checkId }: AnswerBody): string {
  const slug = String(type).replace('/problems/', '')
  return slug === 'order-already-reserved' ? `${status} ${slug} ${numberOf(books, checkId)}` : `${status} ${slug}`
}

function numberOf({ checkIds }: Books, checkId: unknown): number | string {
  for (const [number, known] of checkIds) if (known === checkId) return number
  return String(checkId)
}
