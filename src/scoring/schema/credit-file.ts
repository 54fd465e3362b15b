import Type, { type Static } from 'typebox'
import { CustomerProfile } from '../../customers/schema.ts'
import { GRADES } from '../../engine/index.ts'
import { evidenceFields, withFactsOfKind } from '../../evidence/schema.ts'
import {
  BusinessDate,
  ClientId,
  Currency,
  closed,
  component,
  oneOf,
  PositiveMoney,
  ref
} from '../../platform/http/schema.ts'
import { NewStatement } from '../../statements/schema.ts'
import { inputValues } from './fields.ts'

const { kind, country, industry, registeredOn, cooperationSince, employees, registeredCapital, person } =
  CustomerProfile.properties

export const CreditFileToAssess = component(
  'CreditFileToAssess',
  'A credit file that is given instead of stored',
  closed(
    Type.Object(
      {
        asOf: Type.Optional({
          ...BusinessDate,
          description: 'Only what is dated on or before it is used; default: today'
        }),
        currency: Type.Optional({ ...Currency, description: 'Currency of the invoices' }),
        previousGrade: Type.Optional(
          oneOf(GRADES, { description: 'The grade in force, which a model may keep for a score that hardly changed' })
        ),
        profile: closed(
          Type.Object(
            { kind, country, industry, registeredOn, cooperationSince, employees, registeredCapital, person },
            { description: 'Who the customer is' }
          )
        ),
        statements: Type.Optional(
          Type.Array(closed(Type.Object({ statementId: ClientId, statement: ref(NewStatement) })), {
            maxItems: 20,
            description: 'Its sets of accounts'
          })
        ),
        invoices: Type.Optional(
          Type.Array(
            closed(
              Type.Object({
                invoiceId: ClientId,
                amount: ref(PositiveMoney),
                issuedOn: BusinessDate,
                dueOn: BusinessDate,
                disputed: Type.Optional(Type.Boolean({ description: 'The customer contests it; left out: false' })),
                settlements: Type.Optional(
                  Type.Array(closed(Type.Object({ settledOn: BusinessDate, amount: ref(PositiveMoney) })), {
                    maxItems: 100,
                    description: 'What was paid of it, and when'
                  })
                )
              })
            ),
            { maxItems: 2_000, description: 'Its invoices, open and settled' }
          )
        ),
        evidence: Type.Optional(
          Type.Array(withFactsOfKind(closed(Type.Object({ evidenceId: ClientId, ...evidenceFields }))), {
            maxItems: 200,
            description: 'What others say of it'
          })
        ),
        inputs: Type.Optional(inputValues)
      },
      {
        examples: [
          {
            asOf: '2026-03-31',
            currency: 'CNY',
            profile: { kind: 'company', country: 'CN', industry: '46', registeredOn: '2009-05-18' },
            statements: [
              {
                statementId: 'FY2025',
                statement: {
                  periodEnd: '2025-12-31',
                  months: 12,
                  currency: 'CNY',
                  unit: 10000,
                  consolidated: false,
                  audited: true,
                  balanceSheet: {
                    cashAndEquivalents: '1850',
                    currentAssets: '9600',
                    totalAssets: '15200',
                    currentLiabilities: '5400',
                    totalLiabilities: '6900',
                    retainedEarnings: '4100',
                    equity: '8300'
                  },
                  income: { revenue: '32500', ebit: '1980', interestExpense: '210', netIncome: '1320' },
                  cashFlow: { netCashFromOperatingActivities: '1460' }
                }
              }
            ],
            evidence: [
              {
                evidenceId: 'E-1',
                kind: 'court_record',
                observedOn: '2026-03-30',
                source: '中国执行信息公开网',
                facts: { openCases: 0, judgementDebtor: false, dishonestDebtor: false }
              }
            ]
          }
        ]
      }
    )
  )
)
export type CreditFileToAssess = Static<typeof CreditFileToAssess>
