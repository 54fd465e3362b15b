import Type, { type Static } from 'typebox'
import { ITEM_CATEGORIES, ITEM_STATES } from '../engine/index.ts'
import { CaptureId, CheckId, CreditId, CustomerId, InvoiceId, ItemId, OrderId } from '../ids.ts'
import {
  BusinessDate,
  ClientId,
  closed,
  component,
  DryRun,
  Money,
  nullable,
  oneOf,
  PositiveMoney,
  pageOf,
  pageQuery,
  ref,
  Timestamp,
  Version
} from '../platform/http/schema.ts'
import { OriginalMoney, rateCorrectedTo } from '../rates/schema.ts'

const customerId = { ...CustomerId, examples: ['C-1001'] }
export const InvoicePath = Type.Object({ customerId, invoiceId: { ...InvoiceId, examples: ['INV-6001'] } })

/** The version of a document in the system of the caller; it only rises. */
const SourceVersion = Type.Integer({
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'The version of the document in the caller’s system: a lower one than is recorded is refused',
  examples: [1]
})
const Source = {
  ...ClientId,
  default: 'erp',
  description: 'Which of the caller’s systems numbers the document',
  examples: ['erp']
}

const ConvertedFrom = Type.Array(
  closed(
    Type.Object({
      itemId: Type.Optional({ ...ItemId, description: 'An exposure item: an order that became a delivery, say' }),
      source: Type.Optional({
        ...ClientId,
        description: 'The system that numbers the item; left out: that of this document, and `erp` for an invoice'
      }),
      checkId: Type.Optional({ ...CheckId, description: 'A reservation, instead of an item' }),
      amount: ref(PositiveMoney),
      final: Type.Optional(
        Type.Boolean({ description: 'Of a reservation, and needed there: whether its rest is given back' })
      )
    })
  ),
  {
    maxItems: 100,
    description:
      'What this document was made from, all of it: these amounts are taken off there in the same transaction. Left out: as recorded'
  }
)
export type ConvertedFrom = Static<typeof ConvertedFrom>

const ConvertedFromShown = Type.Array(
  Type.Object({
    itemId: Type.Optional(ItemId),
    source: Type.Optional(ClientId),
    checkId: Type.Optional(CheckId),
    amount: ref(Money)
  }),
  { maxItems: 1_000, description: 'What it was made from, in the account’s currency' }
)
export type ConvertedFromShown = Static<typeof ConvertedFromShown>

const ShownExcess = Type.Array(
  Type.Object({
    captureId: CaptureId,
    checkId: CheckId,
    amount: { ...ref(Money), description: 'What counts on as captured, in the account’s currency' }
  }),
  {
    maxItems: 10_000,
    description:
      'What was captured for this document beyond its amount: it counts on as captured until the document is amended, another names the check, or the capture is released. Left out where there is nothing'
  }
)
export type ShownExcess = Static<typeof ShownExcess>

const itemId = { ...ItemId, examples: ['SO-6101'] }
export const ExposureItemPath = Type.Object({ customerId, itemId })
export const ExposureItemSource = Type.Object({ source: Type.Optional(Source) }, { additionalProperties: false })
export const ExposureItemWrite = Type.Object(
  { source: Type.Optional(Source), ...DryRun.properties },
  { additionalProperties: false }
)
export const ExposureItemClosing = Type.Object(
  { source: Type.Optional(Source), sourceVersion: SourceVersion, ...DryRun.properties },
  { additionalProperties: false }
)
const category = oneOf(ITEM_CATEGORIES, {
  description: 'special: what is neither, such as a down payment (below zero) or a provision',
  examples: ['order']
})
const statistical = 'Shown, but not counted against the limit'
const shipOn = { ...BusinessDate, description: 'When the goods leave: what lies beyond a horizon may be left out' }

export const NewExposureItem = component(
  'NewExposureItem',
  'A document that the customer owes or may come to owe for, and that is not an invoice yet',
  closed(
    Type.Object(
      {
        category,
        amount: ref(Money),
        dueOn: Type.Optional(BusinessDate),
        shipOn: Type.Optional(shipOn),
        disputed: Type.Optional(Type.Boolean({ default: false, description: 'The customer contests it' })),
        statistical: Type.Optional(Type.Boolean({ default: false, description: statistical })),
        convertedFrom: Type.Optional(ConvertedFrom),
        sourceVersion: SourceVersion
      },
      {
        examples: [
          {
            category: 'order',
            amount: { amount: '48000.00', currency: 'CNY' },
            shipOn: '2026-04-15',
            sourceVersion: 1
          }
        ]
      }
    )
  )
)
export type NewExposureItem = Static<typeof NewExposureItem>

export const ExposureItem = component(
  'ExposureItem',
  'A document that counts as exposure, and what of it is still open',
  Type.Object({
    customerId: CustomerId,
    source: ClientId,
    itemId: ItemId,
    category,
    state: oneOf(ITEM_STATES, {
      description:
        'open: what is open of it counts; held: the reservation of `heldBy` counts in its place; converted: all of it became another document; closed: it was ended'
    }),
    amount: ref(Money),
    open: {
      ...ref(Money),
      description:
        'What of it became no other document; while it is held that does not count, and counts again when the reservation expires or is released'
    },
    heldBy: nullable(CheckId, 'The check whose reservation holds it; null: none does'),
    original: nullable(ref(OriginalMoney), 'The amount in the currency of the document; null: that is the account’s'),
    rateCorrectedTo,
    dueOn: nullable(BusinessDate, 'When it is to be paid; null: not known'),
    shipOn: nullable(shipOn, 'When the goods leave; null: not known'),
    disputed: Type.Boolean({ description: 'The customer contests it' }),
    statistical: Type.Boolean({ description: statistical }),
    convertedFrom: ConvertedFromShown,
    excess: Type.Optional(ShownExcess),
    sourceVersion: SourceVersion,
    version: Version,
    recordedAt: Timestamp,
    updatedAt: Timestamp
  })
)
export type ExposureItem = Static<typeof ExposureItem>
export const ExposureItemPage = pageOf('ExposureItemPage', ExposureItem)
export const ExposureItemQuery = Type.Object(
  {
    category: Type.Optional(category),
    state: Type.Optional(oneOf(ITEM_STATES, { description: 'Only items in this state', examples: ['open'] })),
    source: Type.Optional({ ...ClientId, description: 'Only those of this system', examples: ['erp'] }),
    ...pageQuery
  },
  { additionalProperties: false }
)
export type ExposureItemQuery = Static<typeof ExposureItemQuery>

export const NewInvoice = component(
  'NewInvoice',
  'An invoice as it was issued',
  closed(
    Type.Object(
      {
        amount: ref(PositiveMoney),
        issuedOn: BusinessDate,
        dueOn: BusinessDate,
        orderId: Type.Optional(OrderId),
        disputed: Type.Optional(
          Type.Boolean({ default: false, description: 'The customer contests it: it does not count as overdue' })
        ),
        dunningLevel: Type.Optional(
          Type.Integer({ minimum: 0, maximum: 9, default: 0, description: 'The last reminder that was sent of it' })
        ),
        sourceVersion: Type.Optional(SourceVersion),
        convertedFrom: Type.Optional(ConvertedFrom)
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
    customerId: CustomerId,
    invoiceId: InvoiceId,
    orderId: nullable(OrderId, 'The caller’s own order number; null: none was given'),
    amount: ref(Money),
    open: ref(Money),
    original: nullable(
      ref(OriginalMoney),
      'What it is in its own currency, with the rate; null: it is in that of the account'
    ),
    openOriginal: nullable(ref(Money), 'What is open, in that currency; null as `original`'),
    rateCorrectedTo,
    issuedOn: BusinessDate,
    dueOn: BusinessDate,
    disputed: Type.Boolean({ description: 'The customer contests it: it does not count as overdue' }),
    easedDueOn: Type.Optional({
      ...BusinessDate,
      description:
        'When it was due before it was disputed or put off while overdue. Checks say what they would have found without that. Left out: it was not'
    }),
    dunningLevel: Type.Integer({
      minimum: 0,
      maximum: 9,
      description: 'The last reminder that was sent of it; 0: none'
    }),
    sourceVersion: nullable(SourceVersion, 'The version of the document in the caller’s system; null: none was given'),
    excess: Type.Optional(ShownExcess),
    version: Version,
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

const NewAllocation = closed(
  Type.Object({
    invoiceId: InvoiceId,
    amount: { ...ref(PositiveMoney), description: 'What of the money is used, in its own currency' },
    settles: Type.Optional({
      ...ref(PositiveMoney),
      description:
        'What of the invoice that settles, in its currency. In the currency of the money a unit settles a unit: the smaller of the two amounts counts. Between two currencies neither side counts for more than the other is worth at the rates of the money’s day and a share that the policy sets (5 %, unless it says otherwise). The rest of the money stays unapplied and that of the invoice open: `asked` names it. Left out: in the same currency as much, otherwise what has the same amount in the account’s currency'
    })
  })
)
const NewAllocations = Type.Array(NewAllocation, {
  maxItems: 500,
  description:
    'Which invoices it settles. Left out: the oldest due first, those in the currency of the money before the others; []: none yet'
})
export type NewAllocations = Static<typeof NewAllocations>

export const NewPayment = component(
  'NewPayment',
  'Money that was received',
  closed(
    Type.Object(
      {
        paymentId: {
          ...CreditId,
          description: 'The caller’s own number of the payment; a second payment with it is not a second payment'
        },
        receivedOn: BusinessDate,
        amount: ref(PositiveMoney),
        allocations: Type.Optional(NewAllocations)
      },
      {
        examples: [{ paymentId: 'PAY-6001', receivedOn: '2026-01-25', amount: { amount: '94080.00', currency: 'CNY' } }]
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
        creditNoteId: CreditId,
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

const discountShare = {
  exclusiveMinimum: 0,
  exclusiveMaximum: 1,
  description: 'The agreed share, 0 to 1, of what is paid and taken together: 0.02 of an invoice of which 98 % are paid'
}
const evidence = {
  minLength: 1,
  maxLength: 200,
  description: 'Where the agreement stands: a contract, the terms printed on the invoice'
}
const earnedUntil = { ...BusinessDate, description: 'The last day on which money earns it' }

export const NewDiscount = component(
  'NewDiscount',
  'An early-payment discount that the customer took of an invoice',
  closed(
    Type.Object(
      {
        discountId: {
          ...CreditId,
          description: 'The caller’s own number of it; a second discount with it is not a second discount'
        },
        invoiceId: InvoiceId,
        amount: { ...ref(PositiveMoney), description: 'What was taken, in the currency of the invoice' },
        earnedUntil,
        share: Type.Number(discountShare),
        evidence: Type.String(evidence)
      },
      {
        examples: [
          {
            ...{ discountId: 'DISC-6001', invoiceId: 'INV-6001', amount: { amount: '1920.00', currency: 'CNY' } },
            ...{ earnedUntil: '2026-01-25', share: 0.02, evidence: 'Contract 2026-17, 2/10 net 30' }
          }
        ]
      }
    )
  )
)
export type NewDiscount = Static<typeof NewDiscount>

export const Discount = component(
  'Discount',
  'An early-payment discount, and what it settles of its invoice',
  Type.Object({
    customerId: CustomerId,
    discountId: CreditId,
    invoiceId: InvoiceId,
    amount: { ...ref(Money), description: 'What it takes off the invoice, in the account’s currency' },
    original: nullable(ref(Money), 'The same in the currency of the invoice; null: that is the account’s'),
    earnedUntil,
    share: Type.Number({ minimum: 0, maximum: 1, description: discountShare.description }),
    evidence: Type.String(evidence),
    settledOn: nullable(
      BusinessDate,
      'The day of the last money that earned it; null: a snapshot has stated the invoice otherwise since'
    ),
    recordedAt: Timestamp
  })
)
export type Discount = Static<typeof Discount>
export const DiscountPage = pageOf('DiscountPage', Discount)
export const DiscountPath = Type.Object({ customerId, discountId: { ...CreditId, examples: ['DISC-6001'] } })

const Allocation = Type.Object({
  invoiceId: InvoiceId,
  amount: { ...ref(Money), description: 'What it takes off the invoice, in the account’s currency' },
  settled: nullable(ref(Money)),
  used: nullable(ref(Money)),
  settledOn: BusinessDate,
  asked: Type.Optional(
    Type.Object(
      { amount: ref(Money), settles: ref(Money) },
      {
        description:
          'What the request stated, where not all of it counts: the rest of `amount` stays unapplied, that of `settles` open'
      }
    )
  )
})
const credit = {
  customerId: CustomerId,
  amount: ref(Money),
  unapplied: { ...ref(Money), description: 'What settles no invoice yet' },
  original: nullable(
    ref(OriginalMoney),
    'What it is in its own currency, with the rate; null: it is in that of the account'
  ),
  unappliedOriginal: nullable(ref(Money), 'What settles no invoice yet, in that currency; null as `original`'),
  allocations: Type.Array(Allocation, {
    maxItems: 10_000,
    description: 'The invoices that it settled, with how much and when'
  }),
  recordedAt: Timestamp
}
export const Payment = component(
  'Payment',
  'A recorded payment, the invoices that it settled, and what is unapplied of it',
  Type.Object({ paymentId: CreditId, receivedOn: BusinessDate, ...credit })
)
export const CreditNote = component(
  'CreditNote',
  'A recorded credit note, the invoices that it settled, and what is unapplied of it',
  Type.Object({ creditNoteId: CreditId, issuedOn: BusinessDate, ...credit })
)
export const PaymentPage = pageOf('PaymentPage', Payment)
export const CreditNotePage = pageOf('CreditNotePage', CreditNote)
export const CreditQuery = Type.Object(pageQuery, { additionalProperties: false })
export type CreditQuery = Static<typeof CreditQuery>

export const PaymentPath = Type.Object({ customerId, paymentId: { ...CreditId, examples: ['PAY-6001'] } })
export const CreditNotePath = Type.Object({ customerId, creditNoteId: { ...CreditId, examples: ['CN-6001'] } })

export const AllocationsToMake = component(
  'NewAllocations',
  'Applies what is unapplied. Without a list: to the oldest due invoices first',
  closed(Type.Object({ allocations: Type.Optional(NewAllocations) }, { examples: [{}] }))
)
export type AllocationsToMake = Static<typeof AllocationsToMake>
