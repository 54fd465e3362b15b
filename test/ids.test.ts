import type { Kysely } from 'kysely'
import t from 'tap'
import Value from 'typebox/value'
import { findCheck } from '../src/checks/store.ts'
import type { Database, NewRow, Reader, Row } from '../src/database.ts'
import { AssessmentId, CheckId, type CustomerId, type InvoiceId, type OrderId } from '../src/ids.ts'
import { type Id, idOf, newId } from '../src/platform/values/ids.ts'
import { findInvoice } from '../src/receivables/store.ts'

const customerId = idOf<CustomerId>('C-1')
const orderId = idOf<OrderId>('SO-1')
const invoiceId = idOf<InvoiceId>('INV-1')
const checkId = newId('chk')

/**
 * What must not compile, each line on its own: the type check fails as soon as one of them does.
 * None of these functions is called.
 */
const SWAPPED = {
  arguments: (db: Reader) => [
    findCheck(db, customerId, checkId),
    // @ts-expect-error: a check stands where the customer belongs
    findCheck(db, checkId, checkId),
    // @ts-expect-error: a customer stands where the check belongs
    findCheck(db, customerId, customerId),
    findInvoice(db, customerId, invoiceId),
    // @ts-expect-error: an order is no invoice
    findInvoice(db, customerId, orderId),
    // @ts-expect-error: a text is no id until somebody says of what
    findInvoice(db, customerId, 'INV-1')
  ],

  conditions: (db: Kysely<Database>) => [
    db.selectFrom('invoices').where('customerId', '=', customerId).where('invoiceId', 'in', [invoiceId]),
    // @ts-expect-error: an order is no customer
    db.selectFrom('invoices').where('customerId', '=', orderId),
    // @ts-expect-error: a customer is no invoice
    db.selectFrom('invoices').where('invoiceId', 'in', [customerId]),
    // @ts-expect-error: an invoice is no order
    db.selectFrom('blockedOrders').where(({ eb }) => eb('orderId', '=', invoiceId)),
    // @ts-expect-error: an order is no check
    db.updateTable('reservations').set({ version: 2 }).where('checkId', '=', orderId)
  ],

  rows: (invoice: Row<'invoices'>, reservation: NewRow<'reservations'>): object[] => [
    { ...invoice, customerId, invoiceId, orderId } satisfies Row<'invoices'>,
    // @ts-expect-error: the order and the invoice are swapped
    { ...invoice, invoiceId: orderId, orderId: invoiceId } satisfies Row<'invoices'>,
    { ...reservation, customerId, checkId, orderId } satisfies NewRow<'reservations'>,
    // @ts-expect-error: the check and the customer are swapped
    { ...reservation, customerId: checkId, checkId: customerId } satisfies NewRow<'reservations'>
  ],

  kinds: (): Id<string>[] => {
    const check: CheckId = newId('chk')
    // @ts-expect-error: the prefix of assessments makes no check
    const assessment: CheckId = newId('asm')
    // @ts-expect-error: the door wants to be told of what the id is
    const guessed: CustomerId = idOf('C-1')
    return [check, assessment, guessed]
  }
}

t.test('the id of another thing does not compile', (t) => {
  t.ok(Object.keys(SWAPPED).length > 0, 'the type check is the proof')
  t.end()
})

t.test('an id that the service makes is of the form that its schema describes', (t) => {
  t.ok(Value.Check(CheckId, newId('chk')))
  t.ok(Value.Check(AssessmentId, newId('asm')))
  t.notOk(Value.Check(CheckId, newId('asm')))
  t.end()
})
