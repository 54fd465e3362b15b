import Type, { type Static } from 'typebox'
import { CustomerId } from '../ids.ts'
import { BusinessDate, Currency, component, Money, nullable, ref } from '../platform/http/schema.ts'

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

const share = (description: string) => nullable(Type.Number({ minimum: 0, maximum: 1 }), description)
export const PaymentBehaviour = component(
  'PaymentBehaviour',
  'How the customer pays, as of a day. A figure without data is null, never zero',
  Type.Object({
    customerId: CustomerId,
    asOf: BusinessDate,
    months: Type.Integer({ minimum: 1, maximum: 120, description: 'Length of the window that ends on asOf' }),
    currency: Currency,
    settledCount: Type.Integer({ minimum: 0, description: 'Invoices settled in full within the window' }),
    lateCount: Type.Integer({ minimum: 0, description: 'Of these, those settled after their due date' }),
    shareLate: share('Late settlements as a share of all, by number; null: nothing was settled'),
    settled: { ...ref(Money), description: 'Sum of the invoices settled in full within the window' },
    weightedDaysLate: nullable(
      Type.Number({ minimum: 0 }),
      'Days past due at payment, weighted by amount; early payment counts as 0; null: nothing was settled'
    ),
    trendDays: nullable(
      Type.Number(),
      'Weighted days late of the last 3 months less that of the 12 months before: above 0 is getting slower; null: one of the two is not known'
    ),
    invoiced: { ...ref(Money), description: 'Sum of the invoices issued within the window' },
    open: { ...ref(Money), description: 'What is open of all invoices' },
    overdue: { ...ref(Money), description: 'What of that is past its due date' },
    shareOverdue: share('What is overdue as a share of what is open; null: nothing is open'),
    longestOverdueDays: Type.Integer({
      minimum: 0,
      description: 'Days that the oldest overdue invoice is past its due date; 0: none is'
    }),
    oldestOpenDueOn: nullable(BusinessDate, 'The earliest due date among open invoices; null: nothing is open'),
    dsoDays: nullable(
      Type.Number({ minimum: 0 }),
      'Days sales outstanding by the count-back method; null: nothing was invoiced'
    ),
    dsoExhausted: Type.Boolean({
      description: 'More is open than was ever invoiced in the history: the true DSO is longer'
    })
  })
)
export type PaymentBehaviour = Static<typeof PaymentBehaviour>
