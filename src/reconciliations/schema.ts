import Type, { type Static } from 'typebox'
import { DIFFERENCE_KINDS, ITEM_CATEGORIES, SNAPSHOT_DOCUMENTS } from '../engine/index.ts'
import { CheckId, CreditId, CustomerId, InvoiceId, ItemId, ReconciliationId } from '../ids.ts'
import {
  ActingKey,
  BusinessDate,
  ClientId,
  closed,
  component,
  Money,
  nullable,
  oneOf,
  PositiveMoney,
  pageOf,
  pageQuery,
  ref,
  Timestamp
} from '../platform/http/schema.ts'

export const ReconciliationPath = Type.Object({
  customerId: { ...CustomerId, examples: ['C-1001'] },
  reconciliationId: ReconciliationId
})

/** The most documents of one snapshot. */
const SNAPSHOT_MAX = 5_000

const sourceVersion = Type.Integer({
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'The version of the document in the caller’s system'
})

const disputed = Type.Optional(
  Type.Boolean({ description: 'The customer contests it; left out: as recorded, or false' })
)

const OpenInvoice = closed(
  Type.Object({
    invoiceId: InvoiceId,
    amount: ref(PositiveMoney),
    open: ref(PositiveMoney),
    issuedOn: BusinessDate,
    dueOn: BusinessDate,
    disputed,
    dunningLevel: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 9,
        description: 'The last reminder that was sent of it; left out: as recorded, or 0'
      })
    ),
    sourceVersion: Type.Optional(sourceVersion)
  })
)
const OpenCredit = closed(
  Type.Object({
    kind: oneOf(['payment', 'credit_note'], { description: 'Which of the two it is' }),
    creditId: { ...CreditId, description: 'The number of the payment or credit note' },
    amount: ref(PositiveMoney),
    unapplied: ref(PositiveMoney),
    datedOn: BusinessDate
  })
)
const OpenItem = closed(
  Type.Object({
    itemId: ItemId,
    category: oneOf(ITEM_CATEGORIES, { description: 'special: what is neither order nor delivery' }),
    open: { ...ref(Money), description: 'What of it is neither delivered nor invoiced yet' },
    dueOn: Type.Optional(BusinessDate),
    shipOn: Type.Optional(BusinessDate),
    disputed,
    statistical: Type.Optional(
      Type.Boolean({ description: 'Shown, but not counted against the limit; left out: as recorded, or false' })
    ),
    sourceVersion
  })
)

export const NewReconciliation = component(
  'NewReconciliation',
  'All that is open of a customer in the caller’s system, as of one instant. A list that is left out is not compared; an empty one says that nothing of it is open. Together at most 5,000 documents',
  closed(
    Type.Object(
      {
        snapshotAt: { ...Timestamp, description: 'When the snapshot was taken' },
        source: Type.Optional({
          ...ClientId,
          default: 'erp',
          description: 'The system that it was taken from: its exposure items are compared'
        }),
        apply: Type.Boolean({
          description: 'true: what is recorded becomes what the snapshot says, in one transaction; false: only compare'
        }),
        control: closed(
          Type.Object(
            {
              count: Type.Integer({ minimum: 0, maximum: SNAPSHOT_MAX, description: 'How many documents there are' }),
              totals: Type.Array(ref(Money), {
                maxItems: 20,
                description:
                  'For each currency the open amounts of invoices and items less the unapplied ones of credits; a currency that sums to zero may be left out'
              })
            },
            {
              description:
                'A snapshot that does not add up to its control figures is refused whole: half of it is missing'
            }
          )
        ),
        invoices: Type.Optional(
          Type.Array(OpenInvoice, {
            maxItems: SNAPSHOT_MAX,
            description: 'All open invoices; left out: they are not compared'
          })
        ),
        credits: Type.Optional(
          Type.Array(OpenCredit, {
            maxItems: SNAPSHOT_MAX,
            description: 'All unapplied payments and credit notes; left out: they are not compared'
          })
        ),
        items: Type.Optional(
          Type.Array(OpenItem, {
            maxItems: SNAPSHOT_MAX,
            description: 'All open exposure items; left out: they are not compared'
          })
        )
      },
      {
        examples: [
          {
            snapshotAt: '2026-03-31T06:00:00.000Z',
            apply: true,
            control: { count: 1, totals: [{ amount: '5200.00', currency: 'CNY' }] },
            items: [
              {
                itemId: 'SO-6102',
                category: 'order',
                open: { amount: '5200.00', currency: 'CNY' },
                shipOn: '2026-04-20',
                sourceVersion: 1
              }
            ]
          }
        ]
      }
    )
  )
)
export type NewReconciliation = Static<typeof NewReconciliation>

const Difference = Type.Object({
  kind: oneOf(DIFFERENCE_KINDS, {
    description:
      'missing: not recorded here; extra: open here, not in the snapshot; different: the snapshot says otherwise; older: the record is newer than the snapshot and stays, and so does an order of which something was captured since; also_held: an order that holds a reservation which does not hold its item, so it is not recorded beside it, and closed where it is'
  }),
  document: oneOf(SNAPSHOT_DOCUMENTS, { description: 'What kind of document it is' }),
  id: { ...ClientId, description: 'The caller’s own number of it' },
  fields: Type.Array(Type.String({ maxLength: 40 }), { maxItems: 12, description: 'What differs' }),
  recorded: nullable(ref(Money), 'What is open of it here; null: it is not recorded'),
  stated: nullable(ref(Money), 'What is open of it in the snapshot; null: it is not there'),
  checkId: nullable(
    CheckId,
    'The check whose reservation the order holds as well, or of which something was captured since; null: none'
  )
})

/** The most differences that are listed; the counts include all. */
const DIFFERENCES_MAX = 10_000

const count = (description: string) => Type.Integer({ minimum: 0, description })

const summary = {
  reconciliationId: ReconciliationId,
  customerId: CustomerId,
  source: ClientId,
  snapshotAt: Timestamp,
  applied: Type.Boolean({
    description: 'Whether what is recorded became what the snapshot says; otherwise it was only compared'
  }),
  compared: Type.Integer({ minimum: 0, description: 'Documents of the snapshot' }),
  counts: Type.Object(
    {
      missing: count('Not recorded here'),
      extra: count('Open here, not in the snapshot'),
      different: count('The snapshot says otherwise'),
      older: count('The record is newer than the snapshot'),
      alsoHeld: count('Orders that hold a reservation beside their item')
    },
    { description: 'How many documents differ, by how' }
  ),
  exposureBefore: { ...ref(Money), description: 'Before it' },
  exposureAfter: { ...ref(Money), description: 'Once it is applied' },
  madeBy: ActingKey,
  madeAt: Timestamp
}
export const ReconciliationSummary = component(
  'ReconciliationSummary',
  'How a snapshot differed from what was recorded',
  Type.Object(summary)
)
export const Reconciliation = component(
  'Reconciliation',
  'How a snapshot of the caller’s system differs from what is recorded, document by document',
  Type.Object({
    ...summary,
    differences: Type.Array(Difference, {
      maxItems: DIFFERENCES_MAX,
      description: 'The first differences; the counts are of all'
    })
  })
)
export type Reconciliation = Static<typeof Reconciliation>
export type ReconciliationSummary = Static<typeof ReconciliationSummary>
export const ReconciliationPage = pageOf('ReconciliationPage', ReconciliationSummary)
export const ReconciliationQuery = Type.Object(
  {
    applied: Type.Optional(
      Type.Boolean({ description: 'true: only those that were applied; false: only comparisons', examples: [true] })
    ),
    ...pageQuery
  },
  { additionalProperties: false }
)
export type ReconciliationQuery = Static<typeof ReconciliationQuery>
