import { liesAhead, type Money, minorOf, statedDate } from '../../engine/index.ts'
import { type FieldError, fieldError, Problem } from '../../platform/values/problem.ts'
import { type Said, said } from '../../platform/values/said.ts'
import texts from '../texts.json' with { type: 'json' }

const { details } = texts

/** Where a document stands in what was sent, and the day on which it arrives. */
interface Arrival {
  readonly at: string
  readonly today: string
}

/** The most faults of one answer. */
const FAULTS_MAX = 200

/** What is impossible in an invoice, whichever way it comes in. */
export function invoiceFaults(
  { issuedOn, dueOn, amount, open }: { issuedOn: string; dueOn: string; amount: Money; open?: Money },
  { at, today }: Arrival
): FieldError[] {
  const order = said(details.dueFirst, { dueOn: statedDate(dueOn), issuedOn: statedDate(issuedOn) })
  return [
    ...futureFaults(`${at}/issuedOn`, issuedOn, today),
    ...(dueOn < issuedOn ? [fieldError(`${at}/dueOn`, 'before_issue', order)] : []),
    ...restFaults(`${at}/open`, { whole: amount, rest: open }, details.openMost)
  ]
}

/** The same of a payment or credit note, whose date has another name on each way in. */
export function creditFaults(
  { datedOn, amount, unapplied }: { datedOn: string; amount: Money; unapplied?: Money },
  { at, today, dateField }: Arrival & { readonly dateField: string }
): FieldError[] {
  return [
    ...futureFaults(`${at}/${dateField}`, datedOn, today),
    ...restFaults(`${at}/unapplied`, { whole: amount, rest: unapplied }, details.unappliedMost)
  ]
}

/** The same of an exposure item: only a down payment may be below zero. */
export function itemFaults(category: string, { amount }: Money, pointer: string): FieldError[] {
  if (category === 'special' || !amount.startsWith('-')) return []
  return [fieldError(`${pointer}/amount`, 'below_zero', said(details.belowZero, { category }))]
}

/** Refuses what has a fault. */
export function assertPossible(faults: readonly FieldError[]): void {
  const [first] = faults
  if (first === undefined) return
  const { detail: en, zh } = first
  throw new Problem('validation-error', { en, zh }, { errors: faults.slice(0, FAULTS_MAX) })
}

export function futureFaults(pointer: string, date: string, today: string): FieldError[] {
  if (!liesAhead(date, today)) return []
  return [
    fieldError(pointer, 'future_date', said(details.future, { date: statedDate(date), today: statedDate(today) }))
  ]
}

function restFaults(
  pointer: string,
  { whole, rest }: { readonly whole: Money; readonly rest: Money | undefined },
  detail: Said
): FieldError[] {
  return rest === undefined || minorOf(rest) <= minorOf(whole) ? [] : [fieldError(pointer, 'more_than_amount', detail)]
}
