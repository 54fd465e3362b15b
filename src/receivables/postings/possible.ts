import { addDays, type Money, minorOf } from '../../engine/index.ts'
import { type FieldError, Problem } from '../../platform/values/problem.ts'

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
  const detail = `dueOn ${dueOn} lies before issuedOn ${issuedOn}.`
  return [
    ...futureFaults(`${at}/issuedOn`, issuedOn, today),
    ...(dueOn < issuedOn ? [{ pointer: `${at}/dueOn`, code: 'before_issue', detail }] : []),
    ...restFaults(`${at}/open`, { whole: amount, rest: open }, 'No more is open than was invoiced.')
  ]
}

/** The same of a payment or credit note, whose date has another name on each way in. */
export function creditFaults(
  { datedOn, amount, unapplied }: { datedOn: string; amount: Money; unapplied?: Money },
  { at, today, dateField }: Arrival & { readonly dateField: string }
): FieldError[] {
  return [
    ...futureFaults(`${at}/${dateField}`, datedOn, today),
    ...restFaults(`${at}/unapplied`, { whole: amount, rest: unapplied }, 'No more is unapplied than was received.')
  ]
}

/** The same of an exposure item: only a down payment may be below zero. */
export function itemFaults(category: string, { amount }: Money, pointer: string): FieldError[] {
  if (category === 'special' || !amount.startsWith('-')) return []
  const detail = `Only a special item may be below zero, not one of ${category}.`
  return [{ pointer: `${pointer}/amount`, code: 'below_zero', detail }]
}

/** Refuses what has a fault. */
export function assertPossible(faults: readonly FieldError[]): void {
  const [first] = faults
  if (first !== undefined) throw new Problem('validation-error', first.detail, { errors: faults.slice(0, FAULTS_MAX) })
}

/** A business date may be a day ahead of the service's: the caller may sit further east. */
export function futureFaults(pointer: string, date: string, today: string): FieldError[] {
  if (date <= addDays(today, 1)) return []
  return [{ pointer, code: 'future_date', detail: `The date ${date} lies after today, ${today}.` }]
}

function restFaults(
  pointer: string,
  { whole, rest }: { readonly whole: Money; readonly rest: Money | undefined },
  detail: string
): FieldError[] {
  return rest === undefined || minorOf(rest) <= minorOf(whole) ? [] : [{ pointer, code: 'more_than_amount', detail }]
}
