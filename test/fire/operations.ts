import type { AnswerBody, Answered, Asked } from './client.ts'
import { type AskedCheck, type Command, isOrder, type Origin } from './model.ts'

/**
 * The customer of one run, with the numbers that the service gave to the checks that the reference
 * knows by numbers of its own.
 */
export interface Books {
  readonly customerId: string
  readonly checkIds: Map<number, string>
  /** The version of what blocks an order, by the check that a person looks at. */
  readonly versions: Map<number, number>
  /** The instant at which the account of the reference began, in milliseconds. */
  readonly began: number
}

export function newBooks(customerId: string, began: number): Books {
  return { customerId, checkIds: new Map(), versions: new Map(), began }
}

/** A command, or orders that are sent together and decided each for itself. */
export type Request = Command | { readonly do: 'batch'; readonly checks: readonly AskedCheck[] }

const CURRENCY = 'CNY'
/** Long before and long after whatever day the clock comes to: nothing here is overdue. */
const ISSUED_ON = '2026-01-15'
const DUE_YEAR = 2060

const money = (minor: number) => ({ amount: (minor / 100).toFixed(2), currency: CURRENCY })
const minorOf = (value: unknown) => Math.round(Number((value as { amount?: string } | null)?.amount) * 100)

/** The request that asks the service for something. */
export function askedOf({ customerId, checkIds, versions, began }: Books, command: Request, key?: string): Asked {
  const customer = `/v1/customers/${customerId}`
  const post = (path: string, body: object): Asked => ({
    method: 'POST',
    path,
    body,
    ...(key === undefined ? {} : { key })
  })
  const idOf = (check: number | undefined) => checkIds.get(check ?? 0) ?? ABSENT
  const checkPath = (check: number) => `/v1/credit-checks/${idOf(check)}`
  const itemPath = (item: string) => `${customer}/exposure-items/${item}`
  const instant = (seconds: number) => new Date(began + seconds * 1_000).toISOString()
  const orderOf = ({ order, amount, seconds, waits = false }: AskedCheck) => ({
    customerId,
    orderId: order,
    amount: money(amount),
    reserveSeconds: seconds,
    reevaluate: waits
  })
  const madeFrom = (from: Origin | null | undefined) => {
    if (from === null || from === undefined) return {}
    const { item, check, final, amount } = from
    const origin = item === undefined ? { checkId: idOf(check), final } : { itemId: item }
    return { convertedFrom: [{ ...origin, amount: money(amount) }] }
  }
  switch (command.do) {
    case 'check':
      return post('/v1/credit-checks', orderOf(command))
    case 'batch':
      return post('/v1/credit-check-batches', { checks: command.checks.map(orderOf) })
    case 'capture': {
      const { check, amount, invoice, final } = command
      return post(`${checkPath(check)}/captures`, { amount: money(amount), invoiceId: `I-${invoice}`, final })
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
      const body = { category: categoryOf(item), amount: money(amount), sourceVersion: version, ...madeFrom(from) }
      return { method: 'PUT', path: itemPath(item), body }
    }
    case 'close':
      return { method: 'DELETE', path: `${itemPath(command.item)}?sourceVersion=${command.version}` }
    case 'reconcile': {
      const invoices = command.invoices.map(({ invoice, amount, open }) => {
        return { invoiceId: `I-${invoice}`, amount: money(amount), open: money(open), ...datesOf(invoice) }
      })
      const items = command.items.map(({ item, open }) => {
        return { itemId: item, category: categoryOf(item), open: money(open), sourceVersion: command.version }
      })
      const total = [...command.invoices, ...command.items].reduce((sum, { open }) => sum + open, 0)
      const control = { count: invoices.length + items.length, totals: [money(total)] }
      const { apply, at } = command
      return post(`${customer}/reconciliations`, { snapshotAt: instant(at), apply, control, invoices, items })
    }
    case 'invoice': {
      const { invoice, amount, from } = command
      const body = { amount: money(amount), ...datesOf(invoice), ...madeFrom(from) }
      return { method: 'PUT', path: `${customer}/invoices/I-${invoice}`, body }
    }
    case 'payment': {
      const { payment, amount } = command
      return post(`${customer}/payments`, { paymentId: `P-${payment}`, receivedOn: ISSUED_ON, amount: money(amount) })
    }
    case 'limit':
      return post(`${customer}/limit-decisions`, { requested: money(command.amount) })
    case 'hold':
      return { method: 'PUT', path: `${customer}/hold`, body: { reason: 'under fire' } }
    case 'lift':
      return { method: 'DELETE', path: `${customer}/hold` }
    case 'exposure':
      return { method: 'GET', path: `${customer}/exposure` }
    case 'reservation':
      return { method: 'GET', path: checkPath(command.check) }
    case 'tick':
    case 'reevaluate':
      throw new Error(`nobody asks the service for ${command.do}`)
  }
}

function datesOf(invoice: number) {
  return { issuedOn: ISSUED_ON, dueOn: `${DUE_YEAR + invoice}-01-01` }
}

function categoryOf(item: string): string {
  return isOrder(item) ? 'order' : 'delivery'
}

/** No check has this id. */
const ABSENT = 'chk_00000000000000000000000000'

/** The answers to the commands of a request, each as if it had been sent alone. */
export function partsOf({ do: kind }: Request, answer: Answered): Answered[] {
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
    case 'invoice':
      return `${status} ${minorOf(body.open)}`
    case 'payment':
      return `${status} ${minorOf(body.unapplied)}`
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
    case 'tick':
    case 'reevaluate':
      return `${status}`
  }
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
