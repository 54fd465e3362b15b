import Type, { type Static, type TSchema } from 'typebox'
import {
  AUDIT_OPINIONS,
  type Statement as EngineStatement,
  RATIO_GAPS,
  RATIO_UNITS,
  STATEMENT_ITEMS,
  STATEMENT_UNITS
} from '../engine/index.ts'
import {
  BusinessDate,
  ClientId,
  Currency,
  closed,
  component,
  nullable,
  oneOf,
  pageOf,
  pageQuery,
  ref,
  Text,
  Timestamp
} from '../platform/schema.ts'

export { CustomerPath } from '../customers/schema.ts'

export const StatementPath = Type.Object({
  customerId: { ...ClientId, examples: ['C-1001'] },
  statementId: { ...ClientId, examples: ['FY2025'] }
})

type Part = 'balanceSheet' | 'income' | 'cashFlow'

/** The figures of one part: each optional, named after IFRS, with the name on the Chinese form beside it. */
function figures(name: string, part: Part, description: string) {
  const items = Object.entries(STATEMENT_ITEMS).filter(([, item]) => item.part === part)
  const properties: Record<string, TSchema> = {}
  for (const [id, item] of items) {
    properties[id] = Type.Optional(
      Type.String({
        pattern: '^-?(0|[1-9][0-9]{0,12})(\\.[0-9]{1,2})?$',
        maxLength: 18,
        description: `${item.name.en} (${item.name.zh})`,
        examples: ['1374']
      })
    )
  }
  return component(name, description, Type.Object(properties, { additionalProperties: false }))
}

export const BalanceSheet = figures(
  'BalanceSheet',
  'balanceSheet',
  'Balance sheet (资产负债表), in the unit of the statement'
)
export const Income = figures('IncomeStatement', 'income', 'Income statement (利润表), in the unit of the statement')
export const CashFlow = figures(
  'CashFlowStatement',
  'cashFlow',
  'Cash flow statement (现金流量表), in the unit of the statement'
)

const fields = {
  periodEnd: { ...BusinessDate, description: 'Last day of the period' },
  months: Type.Integer({ minimum: 1, maximum: 18, description: 'Length of the period' }),
  currency: Currency,
  unit: Type.Unsafe<EngineStatement['unit']>({
    type: 'integer',
    enum: [...STATEMENT_UNITS],
    description: 'What one in the figures stands for: 1, 1 000, 10 000 (万元) or 1 000 000'
  }),
  consolidated: Type.Boolean({ description: 'Of the group (合并报表) or of the company alone' }),
  audited: Type.Boolean(),
  auditOpinion: Type.Optional(oneOf(AUDIT_OPINIONS)),
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

export const RatioValue = component(
  'RatioValue',
  'A ratio with its formula and its inputs, or why it has no value',
  Type.Object({
    id: Type.String({ maxLength: 64 }),
    name: ref(Text),
    formula: Type.String({ maxLength: 300 }),
    unit: oneOf(RATIO_UNITS),
    higherIsBetter: Type.Boolean(),
    value: nullable(Type.Number()),
    reason: Type.Optional(oneOf(RATIO_GAPS, { description: 'Why there is no value' })),
    missing: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 20 })),
    inputs: Type.Unsafe<Record<string, number>>({
      type: 'object',
      additionalProperties: { type: 'number' },
      description: 'The figures that went in, in the unit of the statement'
    })
  })
)
export type RatioValue = Static<typeof RatioValue>

export const Statement = component(
  'Statement',
  'A recorded set of accounts with its ratios',
  Type.Object({
    customerId: ClientId,
    statementId: ClientId,
    ...fields,
    ratios: Type.Array(ref(RatioValue), {
      maxItems: 200,
      description: 'With the prior year’s statement where one is recorded'
    }),
    priorStatementId: nullable(ClientId),
    version: Type.Integer({ minimum: 1 }),
    createdAt: Timestamp,
    updatedAt: Timestamp
  })
)
export type Statement = Static<typeof Statement>

export const StatementSummary = component(
  'StatementSummary',
  'A recorded set of accounts without its figures',
  Type.Object({
    customerId: ClientId,
    statementId: ClientId,
    periodEnd: BusinessDate,
    months: Type.Integer({ minimum: 1, maximum: 18 }),
    currency: Currency,
    consolidated: Type.Boolean(),
    audited: Type.Boolean(),
    version: Type.Integer({ minimum: 1 }),
    updatedAt: Timestamp
  })
)
export type StatementSummary = Static<typeof StatementSummary>
export const StatementPage = pageOf('StatementPage', StatementSummary)
export const StatementQuery = Type.Object(pageQuery, { additionalProperties: false })
export type StatementQuery = Static<typeof StatementQuery>
