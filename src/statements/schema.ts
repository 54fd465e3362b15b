import Type, { type Static, type TSchema } from 'typebox'
import {
  AUDIT_OPINIONS,
  type Statement as EngineStatement,
  RATIO_GAPS,
  RATIO_GROUPS,
  RATIO_UNITS,
  REFERENCE_ZONES,
  STATEMENT_ITEMS,
  STATEMENT_UNITS
} from '../engine/index.ts'
import { CustomerId, StatementId } from '../ids.ts'
import {
  BusinessDate,
  Currency,
  closed,
  component,
  nullable,
  oneOf,
  pageOf,
  pageQuery,
  ref,
  Text,
  Timestamp,
  Version
} from '../platform/http/schema.ts'

export const StatementPath = Type.Object({
  customerId: { ...CustomerId, examples: ['C-1001'] },
  statementId: { ...StatementId, examples: ['FY2025'] }
})

type Part = 'balanceSheet' | 'income' | 'cashFlow'

/**
 * The figures of one part: each optional, named after IFRS, with the name on the Chinese form
 * beside it and what its sign says.
 */
function figures(name: string, part: Part, description: string) {
  const items = Object.entries(STATEMENT_ITEMS).filter(([, item]) => item.part === part)
  const properties: Record<string, TSchema> = {}
  for (const [id, item] of items) {
    properties[id] = Type.Optional(
      Type.String({
        pattern: '^-?(0|[1-9][0-9]{0,12})(\\.[0-9]{1,2})?$',
        maxLength: 18,
        description: `${item.name.en} (${item.name.zh}). ${item.convention.en}`,
        examples: ['1374']
      })
    )
  }
  return component(name, description, Type.Object(properties, { additionalProperties: false }))
}

// The parts of a statement name these components by their `$ref`.
figures('BalanceSheet', 'balanceSheet', 'Balance sheet (资产负债表), in the unit of the statement')
figures('IncomeStatement', 'income', 'Income statement (利润表), in the unit of the statement')
figures('CashFlowStatement', 'cashFlow', 'Cash flow statement (现金流量表), in the unit of the statement')

const months = Type.Integer({ minimum: 1, maximum: 18, description: 'Length of the period in months' })
const consolidated = Type.Boolean({ description: 'Of the group (合并报表) or of the company alone' })
const audited = Type.Boolean({ description: 'Whether an auditor has examined it' })

const fields = {
  periodEnd: { ...BusinessDate, description: 'Last day of the period' },
  months,
  currency: Currency,
  unit: Type.Unsafe<EngineStatement['unit']>({
    type: 'integer',
    enum: [...STATEMENT_UNITS],
    description: 'What one in the figures stands for: 1, 1 000, 10 000 (万元) or 1 000 000'
  }),
  consolidated,
  audited,
  auditOpinion: Type.Optional(oneOf(AUDIT_OPINIONS, { description: 'What the auditor said; left out: not known' })),
  balanceSheet: Type.Unsafe<EngineStatement['balanceSheet']>({ $ref: 'BalanceSheet#' }),
  income: Type.Optional(Type.Unsafe<NonNullable<EngineStatement['income']>>({ $ref: 'IncomeStatement#' })),
  cashFlow: Type.Optional(Type.Unsafe<NonNullable<EngineStatement['cashFlow']>>({ $ref: 'CashFlowStatement#' }))
}

const example = {
  periodEnd: '2025-12-31',
  months: 12,
  currency: 'CNY',
  unit: 10000 as const,
  consolidated: false,
  audited: true,
  auditOpinion: 'unqualified' as const,
  balanceSheet: {
    cashAndEquivalents: '1850',
    tradeReceivables: '4200',
    inventories: '3100',
    currentAssets: '9600',
    totalAssets: '15200',
    currentLiabilities: '5400',
    totalLiabilities: '6900',
    retainedEarnings: '4100',
    equity: '8300'
  },
  income: { revenue: '32500', costOfSales: '27300', ebit: '1980', interestExpense: '210', netIncome: '1320' },
  cashFlow: { netCashFromOperatingActivities: '1460' }
}

export const NewStatement = component(
  'NewStatement',
  'One set of accounts for one period. What is not known is left out: missing is not zero',
  closed(Type.Object(fields, { examples: [example] }))
)
export type NewStatement = Static<typeof NewStatement>

const Missing = Type.Optional(
  Type.Array(Type.String({ maxLength: 64 }), {
    maxItems: 40,
    description: 'The items without which there is no value; those of the prior year as `priorRevenue` and so on'
  })
)

export const RatioValue = component(
  'RatioValue',
  'A ratio with its formula, its source and its inputs, or why it has no value',
  Type.Object({
    id: Type.String({ maxLength: 64, description: 'Id of the ratio' }),
    name: ref(Text),
    group: oneOf(RATIO_GROUPS, { description: 'What it tells of' }),
    formula: Type.String({ maxLength: 300, description: 'In the ids of items' }),
    unit: oneOf(RATIO_UNITS, { description: 'Of the value' }),
    higherIsBetter: Type.Boolean({ description: 'Whether a higher value speaks for the company' }),
    source: Type.String({ maxLength: 300, description: 'Who defines the ratio, or whose definition it follows' }),
    value: nullable(Type.Number(), 'In its unit; null: `reason` says why there is none'),
    reason: Type.Optional(oneOf(RATIO_GAPS, { description: 'Why there is no value' })),
    missing: Missing,
    inputs: Type.Unsafe<Record<string, number>>({
      type: 'object',
      additionalProperties: { type: 'number' },
      description: 'The figures that went in, in the unit of the statement'
    })
  })
)
export type RatioValue = Static<typeof RatioValue>

const DerivedItem = component(
  'DerivedItem',
  'A figure that the statement does not give, and how it follows from those that it gives',
  Type.Object({
    id: Type.String({ maxLength: 64, description: 'Id of the figure', examples: ['netDebt'] }),
    name: ref(Text),
    value: nullable(Type.Number(), 'In the unit of the statement; null: `missing` says what lacks'),
    formula: Type.String({ maxLength: 300, description: 'In the ids of items' }),
    missing: Missing
  })
)

const ComparedItem = component(
  'ComparedItem',
  'One figure of two years, both in the unit of this statement, flows for twelve months',
  Type.Object({
    id: Type.String({ maxLength: 64, description: 'Id of the figure', examples: ['revenue'] }),
    name: ref(Text),
    value: Type.Number({ description: 'Of this statement' }),
    priorValue: Type.Number({ description: 'Of the year before' }),
    change: Type.Number({ description: 'The value less the prior one' }),
    relativeChange: nullable(
      Type.Number(),
      'The change by the prior value: 0.25 is a rise by a quarter; null where that is not above 0'
    ),
    reason: Type.Optional(
      oneOf(['zero_denominator', 'negative_base'], { description: 'Why there is no relative change' })
    )
  })
)

const StatementComparison = component(
  'StatementComparison',
  'This statement beside the one of the year before: every item that both have, given or derived',
  Type.Object({
    priorStatementId: StatementId,
    priorPeriodEnd: BusinessDate,
    priorMonths: Type.Integer({ minimum: 1, maximum: 18, description: 'Flows of other than 12 months are annualised' }),
    items: Type.Array(ref(ComparedItem), {
      maxItems: 300,
      description: 'Each figure once, in the order of the statement'
    })
  })
)

const ReferenceModelResult = component(
  'ReferenceModelResult',
  'What a published model of corporate failure says of the statement, or why it says nothing. It decides nothing',
  Type.Object({
    id: Type.String({ maxLength: 64, description: 'Id of the model', examples: ['altmanZDoublePrime'] }),
    name: ref(Text),
    value: nullable(Type.Number(), 'The score of the model; null: `reason` says why there is none'),
    zone: nullable(oneOf(REFERENCE_ZONES), 'What the paper says of such a value; null: nothing'),
    probability: nullable(Type.Number({ minimum: 0, maximum: 1 }), 'Of failure; null: the paper defines none'),
    ratingEquivalent: nullable(
      Type.String({ maxLength: 8 }),
      'The US bond rating whose bonds score alike; null: only the emerging-market form has one'
    ),
    reason: Type.Optional(oneOf(RATIO_GAPS, { description: 'Why there is no value' })),
    missing: Missing,
    assumed: Type.Optional(
      oneOf(['priceIndex'] as const, {
        description: 'What had to be assumed: the value ranks companies of one currency and year, and has no zone'
      })
    ),
    constant: Type.Number({ description: 'The constant of the formula' }),
    inputs: Type.Array(
      Type.Object({
        id: Type.String({ maxLength: 64, description: 'Id of the input' }),
        formula: Type.String({ maxLength: 300, description: 'In the ids of items' }),
        coefficient: Type.Number({ description: 'What it is multiplied by' }),
        value: nullable(Type.Number(), 'Its value; null: it has none'),
        countedAsNone: Type.Optional(
          Type.Array(Type.String({ maxLength: 64, examples: ['surplusReserve'] }), {
            maxItems: 10,
            description: 'Items of the formula that the statement does not show, and that count as none'
          })
        )
      }),
      { maxItems: 20, description: 'The value is the constant plus each of these times its coefficient' }
    ),
    source: Type.Object(
      {
        author: Type.String({ maxLength: 200, description: 'Who wrote it' }),
        year: Type.Integer({ description: 'When it appeared' }),
        title: Type.String({ maxLength: 300, description: 'Title of the paper' }),
        publication: Type.String({ maxLength: 300, description: 'Where it appeared' })
      },
      { description: 'The paper that published the model' }
    )
  })
)

export const Statement = component(
  'Statement',
  'A recorded set of accounts with what follows from it',
  Type.Object({
    customerId: CustomerId,
    statementId: StatementId,
    ...fields,
    annualised: Type.Boolean({ description: 'Whether flows are taken for twelve months, since the period is another' }),
    annualisationNote: nullable(ref(Text), 'How flows were taken for twelve months; null: they were not'),
    ratios: Type.Array(ref(RatioValue), {
      maxItems: 200,
      description: 'With the prior year’s statement where one is recorded'
    }),
    derivedItems: Type.Array(ref(DerivedItem), {
      maxItems: 200,
      description: 'What was filled in, then working capital, interest-bearing debt, net debt and tangible net worth'
    }),
    priorStatementId: nullable(StatementId, 'The statement of the year before; null: none is recorded'),
    comparison: nullable(ref(StatementComparison), 'This one beside that of the year before; null: none is recorded'),
    referenceModels: Type.Array(ref(ReferenceModelResult), {
      maxItems: 50,
      description: 'What published models say; they decide nothing'
    }),
    version: Version,
    createdAt: Timestamp,
    updatedAt: Timestamp
  })
)
export type Statement = Static<typeof Statement>

export const StatementSummary = component(
  'StatementSummary',
  'A recorded set of accounts without its figures',
  Type.Object({
    customerId: CustomerId,
    statementId: StatementId,
    periodEnd: BusinessDate,
    months,
    currency: Currency,
    consolidated,
    audited,
    version: Version,
    updatedAt: Timestamp
  })
)
export type StatementSummary = Static<typeof StatementSummary>
export const StatementPage = pageOf('StatementPage', StatementSummary)
export const StatementQuery = Type.Object(pageQuery, { additionalProperties: false })
export type StatementQuery = Static<typeof StatementQuery>
