import type { AnswerBody, Answered, Asked } from './client.ts'
import type { Command } from './model.ts'

/** The customer of one run, with the numbers that the service gave to the checks that the reference knows by numbers of its own. */
export interface Books {
  readonly customerId: string
  readonly checkIds: Map<number, string>
}

const CURRENCY = 'CNY'
/** Long before and long after whatever day the clock comes to: nothing here is overdue. */
const ISSUED_ON = '2026-01-15'
const DUE_YEAR = 2060

const money = (minor: number) => ({ amount: (minor / 100).toFixed(2), currency: CURRENCY })
const minorOf = (value: unknown) => Math.round(Number((value as { amount?: string } | null)?.amount) * 100)

/** The request that asks the service for a command. */
export function askedOf({ customerId, checkIds }: Books, command: Command, key?: string): Asked {
  const customer = `/v1/customers/${customerId}`
  const post = (path: string, body: object): Asked => ({
    method: 'POST',
    path,
    body,
    ...(key === undefined ? {} : { key })
  })
  const checkPath = (check: number) => `/v1/credit-checks/${checkIds.get(check) ?? ABSENT}`
  switch (command.do) {
    case 'check': {
      const { order, amount, seconds } = command
      // The reference knows no orders that wait.
      const asked = { customerId, orderId: order, amount: money(amount), reserveSeconds: seconds, reevaluate: false }
      return post('/v1/credit-checks', asked)
    }
    case 'capture': {
      const { check, amount, invoice, final } = command
      return post(`${checkPath(check)}/captures`, { amount: money(amount), invoiceId: `I-${invoice}`, final })
    }
    case 'release':
      return post(`${checkPath(command.check)}/releases`, {})
    case 'invoice': {
      const { invoice, amount } = command
      const dates = { issuedOn: ISSUED_ON, dueOn: `${DUE_YEAR + invoice}-01-01` }
      return { method: 'PUT', path: `${customer}/invoices/I-${invoice}`, body: { amount: money(amount), ...dates } }
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
      throw new Error('the clock is no resource of the service')
  }
}

/** No check has this id. */
const ABSENT = 'chk_00000000000000000000000000'

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
    case 'exposure': {
      const { exposure, available, hold } = body as { exposure: AnswerBody; available: unknown; hold: unknown }
      const parts = [exposure.receivables, exposure.captured, exposure.reserved, available].map(minorOf)
      return `${status} ${parts.join(' ')} ${hold !== null}`
    }
    case 'tick':
      return `${status}`
  }
}

function reservationResult({ reservation }: AnswerBody): string {
  if (reservation === null) return 'null'
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
