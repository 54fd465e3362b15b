import Type, { type Static } from 'typebox'
import {
  BusinessDate,
  ClientId,
  Currency,
  closed,
  component,
  Money,
  nullable,
  PositiveMoney,
  pageOf,
  pageQuery,
  ref,
  Timestamp
} from '../platform/schema.ts'

export { CustomerPath } from '../customers/schema.ts'

const customerId = { ...ClientId, examples: ['C-1001'] }
export const InvoicePath = Type.Object({ customerId, invoiceId: { ...ClientId, examples: ['INV-6001'] } })

export const NewInvoice = component(
  'NewInvoice',
  'An invoice as it was issued',
  closed(
    Type.Object(
      {
        amount: ref(PositiveMoney),
        issuedOn: BusinessDate,
        dueOn: BusinessDate,
        orderId: Type.Optional(ClientId),
        disputed: Type.Optional(
          Type.Boolean({ default: false, description: 'The customer contests it: it does not count as overdue' })
        )
      },
      {
        examples: [
          {
            amount: { amount: '96000.00', currency: 'CNY' },
            issuedOn: '2026-01-15',
            dueOn: '2026-02-14',
            orderId: 'SO-6001'
          }
        ]
      }
    )
  )
)
export type NewInvoice = Static<typeof NewInvoice>

export const Invoice = component(
  'Invoice',
  'A recorded invoice and what is still open of it',
  Type.Object({
    customerId: ClientId,
    invoiceId: ClientId,
    orderId: nullable(ClientId),
    amount: ref(Money),
    open: ref(Money),
    issuedOn: BusinessDate,
    dueOn: BusinessDate,
    disputed: Type.Boolean(),
    version: Type.Integer({ minimum: 1 }),
    recordedAt: Timestamp,
    updatedAt: Timestamp
  })
)
export type Invoice = Static<typeof Invoice>
export const InvoicePage = pageOf('InvoicePage', Invoice)
export const InvoiceQuery = Type.Object(
  {
    open: Type.Optional(
      Type.Boolean({
        description: 'true: only invoices with an open amount; false: only settled ones',
        examples: [true]
      })
    ),
    ...pageQuery
  },
  { additionalProperties: false }
)

export type InvoiceQuery = Static<typeof InvoiceQuery>

const NewAllocation = closed(Type.Object({ invoiceId: ClientId, amount: ref(PositiveMoney) }))
const NewAllocations = Type.Array(NewAllocation, {
  maxItems: 500,
  description: 'Which invoices it settles. Left out: the oldest due first; []: none yet'
})
export type NewAllocations = Static<typeof NewAllocations>

export const NewPayment = component(
  'NewPayment',
  'Money that was received',
  closed(
    Type.Object(
      {
        paymentId: {
          ...ClientId,
          description: 'The caller’s own number of the payment; a second payment with it is not a second payment'
        },
        receivedOn: BusinessDate,
        amount: ref(PositiveMoney),
        allocations: Type.Optional(NewAllocations)
      },
      {
        examples: [{ paymentId: 'PAY-6001', receivedOn: '2026-02-12', amount: { amount: '96000.00', currency: 'CNY' } }]
      }
    )
  )
)
export type NewPayment = Static<typeof NewPayment>

export const NewCreditNote = component(
  'NewCreditNote',
  'A credit note that was issued',
  closed(
    Type.Object(
      {
        creditNoteId: ClientId,
        issuedOn: BusinessDate,
        amount: ref(PositiveMoney),
        allocations: Type.Optional(NewAllocations)
      },
      {
        examples: [
          {
            creditNoteId: 'CN-6001',
            issuedOn: '2026-02-20',
            amount: { amount: '1200.00', currency: 'CNY' },
            allocations: []
          }
        ]
      }
    )
  )
)
export type NewCreditNote = Static<typeof NewCreditNote>

const Allocation = Type.Object({ invoiceId: ClientId, amount: ref(Money), settledOn: BusinessDate })
const credit = {
  customerId: ClientId,
  amount: ref(Money),
  unapplied: ref(Money),
  allocations: Type.Array(Allocation, { maxItems: 10_000 }),
  recordedAt: Timestamp
}
export const Payment = component(
  'Payment',
  'A recorded payment, the invoices that it settled, and what is unapplied of it',
  Type.Object({ paymentId: ClientId, receivedOn: BusinessDate, ...credit })
)
export const CreditNote = component(
  'CreditNote',
  'A recorded credit note, the invoices that it settled, and what is unapplied of it',
  Type.Object({ creditNoteId: ClientId, issuedOn: BusinessDate, ...credit })
)
export const PaymentPage = pageOf('PaymentPage', Payment)
export const CreditNotePage = pageOf('CreditNotePage', CreditNote)
export const CreditQuery = Type.Object(pageQuery, { additionalProperties: false })
export type CreditQuery = Static<typeof CreditQuery>

export const PaymentPath = Type.Object({ customerId, paymentId: { ...ClientId, examples: ['PAY-6001'] } })
export const CreditNotePath = Type.Object({ customerId, creditNoteId: { ...ClientId, examples: ['CN-6001'] } })

export const AllocationsToMake = component(
  'NewAllocations',
  'Applies what is unapplied. Without a list: to the oldest due invoices first',
  closed(Type.Object({ allocations: Type.Optional(NewAllocations) }, { examples: [{}] }))
)
export type AllocationsToMake = Static<typeof AllocationsToMake>

export const BehaviourQuery = Type.Object(
  {
    asOf: Type.Optional({
      ...BusinessDate,
      description: 'Uses only what is dated on or before this day; default: today'
    }),
    months: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 120,
        default: 12,
        description: 'Length of the window that ends on asOf',
        examples: [12]
      })
    )
  },
  { additionalProperties: false }
)

const share = nullable(Type.Number({ minimum: 0, maximum: 1 }))
export const PaymentBehaviour = component(
  'PaymentBehaviour',
  'How the customer pays, as of a day. A figure without data is null, never zero',
  Type.Object({
    customerId: ClientId,
    asOf: BusinessDate,
    months: Type.Integer(),
    currency: Currency,
    settledCount: Type.Integer({ minimum: 0, description: 'Invoices settled in full within the window' }),
    lateCount: Type.Integer({ minimum: 0, description: 'Of these, those settled after their due date' }),
    shareLate: share,
    settled: ref(Money),
    weightedDaysLate: nullable(
      Type.Number({
        minimum: 0,
        description: 'Days past due at payment, weighted by amount; early payment counts as 0'
      })
    ),
    trendDays: nullable(
      Type.Number({
        description:
          'Weighted days late of the last 3 months less that of the 12 months before: above 0 is getting slower'
      })
    ),
    invoiced: ref(Money),
    open: ref(Money),
    overdue: ref(Money),
    shareOverdue: share,
    longestOverdueDays: Type.Integer({ minimum: 0 }),
    oldestOpenDueOn: nullable(BusinessDate),
    dsoDays: nullable(Type.Number({ minimum: 0, description: 'Days sales outstanding by the count-back method' })),
    dsoExhausted: Type.Boolean({
      description: 'More is open than was ever invoiced in the history: the true DSO is longer'
    })
  })
)
export type PaymentBehaviour = Static<typeof PaymentBehaviour>
