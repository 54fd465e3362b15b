import Type, { type Static } from 'typebox'
import { CustomerProfile } from '../customers/schema.ts'
import {
  CHARACTERISTIC_GROUPS,
  type Characteristic,
  CONTRIBUTION_STATES,
  GRADES,
  KNOCKOUT_STATES,
  MISSING_REASONS,
  REASON_CODES,
  SCORE_STATUSES,
  type ScoringModel,
  SEGMENTS
} from '../engine/index.ts'
import {
  BusinessDate,
  ClientId,
  Currency,
  closed,
  component,
  idField,
  nullable,
  oneOf,
  PositiveMoney,
  pageOf,
  pageQuery,
  ref,
  Text,
  Timestamp
} from '../platform/schema.ts'
import { NewStatement } from '../statements/schema.ts'

export { CustomerPath } from '../customers/schema.ts'

export const AssessmentId = idField('asm')
export const AssessmentPath = Type.Object({
  customerId: { ...ClientId, examples: ['C-1001'] },
  assessmentId: AssessmentId
})

const Reason = oneOf(REASON_CODES)
const Grade = oneOf(GRADES)
const share = Type.Number({ minimum: 0, maximum: 1 })
const FeatureValue = Type.Union([Type.Number(), Type.String({ maxLength: 200 }), Type.Boolean()])

export const Contribution = component(
  'Contribution',
  'What one characteristic brought to the score',
  Type.Object({
    id: Type.String({ maxLength: 64 }),
    name: ref(Text),
    group: oneOf(CHARACTERISTIC_GROUPS),
    feature: Type.String({ maxLength: 100 }),
    value: nullable(FeatureValue),
    state: oneOf(CONTRIBUTION_STATES),
    missing: nullable(oneOf(MISSING_REASONS, { description: 'Why there is no value' })),
    asOf: nullable(BusinessDate),
    source: nullable(Type.String({ maxLength: 200 })),
    attribute: nullable(
      Type.Integer({ description: 'Index of the attribute (bin) in the model; null: the missing rule gave the points' })
    ),
    points: Type.Number(),
    pointsMax: Type.Number(),
    pointsLost: Type.Number(),
    weight: Type.Number(),
    reason: Reason
  })
)
export type Contribution = Static<typeof Contribution>

const Ceiling = Type.Object({
  id: Type.String({ maxLength: 64 }),
  bestGrade: Grade,
  met: Type.Boolean(),
  applied: Type.Boolean(),
  reason: Reason
})
const Knockout = Type.Object({
  id: Type.String({ maxLength: 64 }),
  capGrade: Grade,
  state: oneOf(KNOCKOUT_STATES),
  applied: Type.Boolean(),
  reason: Reason
})

export const ScoreReason = component(
  'ScoreReason',
  'A reason for the score, the gravest first',
  Type.Object({
    code: Reason,
    direction: oneOf(['adverse', 'favourable']),
    points: Type.Number({ description: 'Points lost, or earned above the worst' }),
    from: Type.Array(Type.String({ maxLength: 64 }), {
      maxItems: 50,
      description: 'Ids of the characteristics, of the ceiling or of the knock-out'
    }),
    text: ref(Text)
  })
)

const result = {
  model: Type.Object({ id: Type.String({ maxLength: 64 }), version: Type.Integer({ minimum: 1 }) }),
  asOf: BusinessDate,
  status: oneOf(SCORE_STATUSES, {
    description: 'unrated: too little is known; the contributions and the range say what is missing'
  }),
  score: nullable(Type.Number()),
  pd: nullable(Type.Number({ minimum: 0, maximum: 1, description: 'Probability of default within a year' })),
  grade: nullable(Grade),
  gradeBeforeKnockouts: nullable(Grade),
  coverage: share,
  basePoints: Type.Number(),
  range: Type.Object(
    { scoreMin: Type.Number(), scoreMax: Type.Number(), gradeMin: Grade, gradeMax: Grade },
    {
      description:
        'From what the known inputs alone prove to what it would be if every missing input came in at its best'
    }
  ),
  contributions: Type.Array(ref(Contribution), { maxItems: 200 }),
  ceilings: Type.Array(Ceiling, { maxItems: 50 }),
  knockouts: Type.Array(Knockout, { maxItems: 50 }),
  reasons: Type.Array(ref(ScoreReason), {
    maxItems: 6,
    description: 'At most four adverse, then at most two favourable'
  })
}

export const SimulatedAssessment = component(
  'SimulatedAssessment',
  'What the model says of the file that was sent',
  Type.Object(result)
)
export type SimulatedAssessment = Static<typeof SimulatedAssessment>

export const Assessment = component(
  'Assessment',
  'One immutable run of a model over a credit file',
  Type.Object({ assessmentId: AssessmentId, customerId: ClientId, madeAt: Timestamp, ...result })
)
export type Assessment = Static<typeof Assessment>
export const AssessmentPage = pageOf('AssessmentPage', Assessment)
export const AssessmentQuery = Type.Object(pageQuery, { additionalProperties: false })
export type AssessmentQuery = Static<typeof AssessmentQuery>

export const NewAssessment = component(
  'NewAssessment',
  'Nothing: the file as it is today is assessed',
  closed(Type.Object({}, { examples: [{}] }))
)

const { kind, country, industry, registeredOn, cooperationSince, employees, registeredCapital } =
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
        profile: closed(
          Type.Object({ kind, country, industry, registeredOn, cooperationSince, employees, registeredCapital })
        ),
        statements: Type.Optional(
          Type.Array(closed(Type.Object({ statementId: ClientId, statement: ref(NewStatement) })), { maxItems: 20 })
        ),
        invoices: Type.Optional(
          Type.Array(
            closed(
              Type.Object({
                invoiceId: ClientId,
                amount: ref(PositiveMoney),
                issuedOn: BusinessDate,
                dueOn: BusinessDate,
                disputed: Type.Optional(Type.Boolean()),
                settlements: Type.Optional(
                  Type.Array(closed(Type.Object({ settledOn: BusinessDate, amount: ref(PositiveMoney) })), {
                    maxItems: 100
                  })
                )
              })
            ),
            { maxItems: 2_000 }
          )
        )
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
            ]
          }
        ]
      }
    )
  )
)
export type CreditFileToAssess = Static<typeof CreditFileToAssess>

export const RATING_STATES = ['in_force', 'expired', 'unrated'] as const

export const Rating = component(
  'Rating',
  'The grade in force',
  Type.Object({
    customerId: ClientId,
    state: oneOf(RATING_STATES),
    grade: nullable(Grade),
    validUntil: nullable(BusinessDate),
    assessmentId: nullable(Type.String({ maxLength: 64 })),
    ratedAt: nullable(Timestamp)
  })
)
export type Rating = Static<typeof Rating>
export const RatingPage = pageOf('RatingPage', Rating)
export const RatingQuery = Type.Object(
  {
    updatedSince: Type.Optional({
      ...Timestamp,
      description: 'Only ratings that were set or withdrawn at or after this instant'
    }),
    ...pageQuery
  },
  { additionalProperties: false }
)
export type RatingQuery = Static<typeof RatingQuery>

export const Model = component(
  'ScoringModel',
  'A scoring model as data: what it asks for, and what each answer earns',
  Type.Object(
    {
      id: Type.String({ maxLength: 64 }),
      version: Type.Integer({ minimum: 1 }),
      name: ref(Text),
      description: ref(Text),
      segment: oneOf(SEGMENTS),
      scaling: Type.Object({ points: Type.Number(), odds: Type.Number(), pointsToDoubleOdds: Type.Number() }),
      basePoints: Type.Optional(Type.Number({ description: 'Of a points model: what everyone starts with' })),
      minimumCoverage: share,
      characteristics: Type.Unsafe<Characteristic[]>({
        type: 'array',
        items: { type: 'object', additionalProperties: true },
        maxItems: 200
      })
    },
    { additionalProperties: true }
  )
)
export const Models = component(
  'ScoringModels',
  'The scoring models in force, one for each kind of customer that can be assessed',
  Type.Object({
    items: Type.Unsafe<ScoringModel[]>({ type: 'array', items: { $ref: 'ScoringModel#' }, maxItems: 100 })
  })
)
