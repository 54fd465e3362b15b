import Type, { type Static } from 'typebox'
import { CustomerProfile } from '../customers/schema.ts'
import {
  ADVICES,
  CHANGE_KINDS,
  CHARACTERISTIC_GROUPS,
  CONTRIBUTION_STATES,
  COUNTERFACTUAL_GOALS,
  FEATURE_HOLDERS,
  FEATURE_INFLUENCES,
  FEATURE_SOURCES,
  FEATURE_TYPES,
  GRADES,
  JURISDICTIONS,
  KNOCKOUT_STATES,
  LEGAL_CLASSES,
  MISSING_REASONS,
  READERS,
  REASON_CODES,
  SCORE_STATUSES,
  SHADOW_STATUSES
} from '../engine/index.ts'
import { evidenceFields, withFactsOfKind } from '../evidence/schema.ts'
import {
  BusinessDate,
  ClientId,
  Currency,
  closed,
  component,
  DryRun,
  idField,
  nullable,
  oneOf,
  PositiveMoney,
  pageOf,
  pageQuery,
  ref,
  Text,
  Timestamp
} from '../platform/http/schema.ts'
import { NewStatement } from '../statements/schema.ts'

const AssessmentId = idField('asm')
export const AssessmentPath = Type.Object({
  customerId: { ...ClientId, examples: ['C-1001'] },
  assessmentId: AssessmentId
})

const Reason = oneOf(REASON_CODES, { description: 'A code of the catalogue of reasons; it never gets another meaning' })
const Grade = oneOf(GRADES, { description: 'From AAA, the best, to D, in default' })
const points = (description: string) => Type.Number({ description })
const RuleId = Type.String({ maxLength: 64, description: 'Id of the rule in the model' })
const RuleState = oneOf(KNOCKOUT_STATES, {
  description: 'fired: its condition is met; clear: it is not; not_evaluable: what it asks for is missing'
})
const applied = Type.Boolean({ description: 'Whether it changed the outcome' })
const FeatureId = Type.String({ maxLength: 100, description: 'Id of the feature in the catalogue' })
const asOf = nullable(BusinessDate, 'The day of the value; null: there is none')
const source = nullable(Type.String({ maxLength: 200 }), 'Where the value comes from; null: there is none')
const missing = nullable(oneOf(MISSING_REASONS), 'Why there is no value; null: there is one')
const FeatureValue = Type.Union([Type.Number(), Type.String({ maxLength: 200 }), Type.Boolean()])

const Contribution = component(
  'Contribution',
  'What one characteristic brought to the score',
  Type.Object({
    id: Type.String({ maxLength: 64, description: 'Id of the characteristic in the model' }),
    name: ref(Text),
    group: oneOf(CHARACTERISTIC_GROUPS, { description: 'What it tells of' }),
    feature: FeatureId,
    value: nullable(FeatureValue, 'What was looked at; null: `missing` says why there is no value'),
    state: oneOf(CONTRIBUTION_STATES, { description: 'Whether the value was there and young enough' }),
    missing,
    asOf,
    source,
    attribute: nullable(
      Type.Integer(),
      'Index of the attribute (bin) in the model; null: the missing rule gave the points'
    ),
    points: points('Points that it earned'),
    pointsMax: points('Points that it could earn'),
    pointsLost: points('Points less than it could earn'),
    weight: points('Its weight in the model'),
    reason: Reason
  })
)

const Ceiling = Type.Object({
  id: RuleId,
  bestGrade: { ...Grade, description: 'The best grade while it is not met' },
  met: Type.Boolean({ description: 'Whether its requirements are proved' }),
  applied,
  reason: Reason
})
const Notch = Type.Object({
  id: RuleId,
  grades: Type.Integer({ description: 'Above 0 for a better grade, below 0 for a worse one' }),
  state: RuleState,
  applied,
  reason: Reason
})
const AdviceField = oneOf(ADVICES, {
  description: 'refer: a person has to look at the case; decline: credit is out of the question'
})
const Knockout = Type.Object({
  id: RuleId,
  capGrade: nullable(Grade, 'The best grade once it has fired; null: it caps none'),
  advice: AdviceField,
  state: RuleState,
  applied,
  reason: Reason
})

const message = Type.String({ maxLength: 1_000, description: 'The text in the language of `Accept-Language`' })

const ScoreReason = component(
  'ScoreReason',
  'A reason for the score, the gravest first',
  Type.Object({
    code: Reason,
    direction: oneOf(['adverse', 'favourable'], { description: 'Whether it speaks against or for the customer' }),
    points: Type.Number({ description: 'Points lost, or earned above the worst' }),
    from: Type.Array(Type.String({ maxLength: 64 }), {
      maxItems: 50,
      description: 'Ids of the characteristics, of the ceiling or of the knock-out'
    }),
    text: ref(Text),
    message
  })
)

const result = {
  model: Type.Object(
    {
      id: Type.String({ maxLength: 64, description: 'Id of the model' }),
      version: Type.Integer({ minimum: 1, description: 'Version of the model' })
    },
    { description: 'The model that was run' }
  ),
  asOf: { ...BusinessDate, description: 'The day of which the file was looked at' },
  status: oneOf(SCORE_STATUSES, {
    description: 'unrated: too little is known; the contributions and the range say what is missing'
  }),
  score: nullable(Type.Number(), 'On the scale of the model; null: unrated'),
  healthScore: nullable(
    Type.Number({ minimum: 0, maximum: 100 }),
    'Where the score lies between the lowest and the highest possible, 0 to 100; null: unrated'
  ),
  pd: nullable(Type.Number({ minimum: 0, maximum: 1 }), 'Probability of default within a year; null: unrated'),
  grade: nullable(Grade, 'From AAA, the best, to D, in default; null: unrated'),
  gradeBeforeKnockouts: nullable(
    Grade,
    'The grade of the score, before notches, ceilings and knock-outs; null: unrated'
  ),
  gradeKept: nullable(
    Grade,
    'The grade of the last rating, where the score has not left its band by enough to change it; null: none was kept'
  ),
  advice: AdviceField,
  coverage: Type.Number({
    minimum: 0,
    maximum: 1,
    description: 'The share of the weight that is known and young enough'
  }),
  basePoints: points('Points that every customer begins with'),
  range: Type.Object(
    {
      scoreMin: points('What the known inputs alone prove'),
      scoreMax: points('With every missing input at its best'),
      gradeMin: { ...Grade, description: 'The grade of scoreMin' },
      gradeMax: { ...Grade, description: 'The grade of scoreMax' },
      worthMost: nullable(
        Type.Object({
          id: Type.String({ maxLength: 64, description: 'Id of the characteristic' }),
          feature: FeatureId,
          points: points('Points that it could add at most')
        }),
        'The missing or stale characteristic that could still add the most points; null: nothing is missing'
      )
    },
    {
      description:
        'From what the known inputs alone prove to what it would be if every missing input came in at its best'
    }
  ),
  contributions: Type.Array(ref(Contribution), { maxItems: 200, description: 'Every characteristic of the model' }),
  notches: Type.Array(Notch, { maxItems: 50, description: 'Rules that move the grade by some steps' }),
  ceilings: Type.Array(Ceiling, { maxItems: 50, description: 'Rules that a good grade must prove' }),
  knockouts: Type.Array(Knockout, { maxItems: 50, description: 'Rules that cap the grade or advise against credit' }),
  reasons: Type.Array(ref(ScoreReason), {
    maxItems: 6,
    description: 'At most four adverse, then at most two favourable'
  }),
  previousGrade: nullable(
    Grade,
    'The grade in force before, which a model may keep for a score that hardly changed; null: there was none'
  ),
  otherInputs: Type.Array(
    Type.Object({
      feature: FeatureId,
      value: nullable(FeatureValue, 'What was looked at; null: `missing` says why there is no value'),
      missing,
      asOf,
      source
    }),
    {
      maxItems: 500,
      description: 'What the model looked at beside the contributions: features of conditions and requirements alone'
    }
  )
}

const Change = Type.Object({
  kind: oneOf(CHANGE_KINDS, {
    description: 'improve: the value has to change; renew: it is too old; provide: it is missing'
  }),
  feature: FeatureId,
  characteristics: Type.Array(Type.String({ maxLength: 64 }), {
    maxItems: 200,
    description: 'Ids of the characteristics that use the feature; empty where only conditions or requirements do'
  }),
  from: nullable(FeatureValue, 'The present value; null: there is none'),
  asOf,
  to: Type.Union([Type.Number(), Type.String({ maxLength: 200 }), Type.Boolean()], {
    description: 'The value that was tried: the nearest to the present one that is enough'
  }),
  target: Type.Object(
    {
      atLeast: Type.Optional(Type.Number({ description: 'From this value on' })),
      below: Type.Optional(Type.Number({ description: 'Up to this value, without it' })),
      values: Type.Optional(
        Type.Array(Type.Union([Type.String({ maxLength: 200 }), Type.Boolean()]), {
          maxItems: 500,
          description: 'One of these'
        })
      )
    },
    { description: 'Every value that is enough: a range or a list; empty where any value is' }
  ),
  points: Type.Number({ description: 'Points that its characteristics then earn more' }),
  text: ref(Text),
  message
})

export const Counterfactuals = component(
  'Counterfactuals',
  'The smallest sets of changes that the customer can influence and that reach what is next, each tried by scoring',
  Type.Object({
    goal: nullable(
      oneOf(COUNTERFACTUAL_GOALS),
      'rating: any rating; advice: that the case is no longer referred or declined; grade: a better grade; null: there is nothing better'
    ),
    grade: nullable(Grade, 'The grade that is at least reached; null: the goal is another'),
    complete: Type.Boolean({
      description: 'Whether it is certain that no set changes fewer features. Where false, the search was cut short'
    }),
    sets: Type.Array(
      Type.Object({
        changes: Type.Array(Change, { maxItems: 8, description: 'All of them are needed' }),
        score: points('The score that they reach'),
        pd: Type.Number({ minimum: 0, maximum: 1, description: 'Probability of default within a year, with them' }),
        grade: { ...Grade, description: 'The grade that they reach' },
        advice: AdviceField,
        points: Type.Number({ description: 'Points more than now' }),
        clears: Type.Array(Type.String({ maxLength: 64 }), {
          maxItems: 150,
          description: 'Ids of the notches, ceilings and knock-outs that then no longer lower the grade or the advice'
        })
      }),
      {
        maxItems: 3,
        description: 'One set for each combination of features, the smallest first. All of a set is needed'
      }
    )
  })
)
export type Counterfactuals = Static<typeof Counterfactuals>

export const SimulatedAssessment = component(
  'SimulatedAssessment',
  'What the model says of the file that was sent',
  Type.Object({ ...result, counterfactuals: Type.Optional(ref(Counterfactuals)) })
)
export type SimulatedAssessment = Static<typeof SimulatedAssessment>

const WORKINGS = ['stored', 'recomputed', 'unavailable'] as const
const working = oneOf(WORKINGS, {
  description:
    'Where contributions and reasons come from. stored: as they were recorded; recomputed: made in a run over the portfolio, and worked out ' +
    'from the recorded inputs by the same version of the model, with the recorded outcome; unavailable: that version is not here or gives ' +
    'another outcome now, so that only the recorded outcome is shown'
})

export const Assessment = component(
  'Assessment',
  'One immutable run of a model over a credit file',
  Type.Object({ assessmentId: AssessmentId, customerId: ClientId, madeAt: Timestamp, working, ...result })
)
export type Assessment = Static<typeof Assessment>
export const ShadowAssessments = component(
  'ShadowAssessments',
  'What the models in shadow said of the facts of an assessment; they decided nothing',
  Type.Object({
    items: Type.Array(
      Type.Object({
        model: result.model,
        status: oneOf(SHADOW_STATUSES, { description: 'failed: the model broke off' }),
        grade: result.grade,
        score: result.score,
        pd: result.pd,
        assessment: nullable(ref(SimulatedAssessment), 'All that it said; null: it broke off')
      }),
      { maxItems: 200, description: 'Each model in shadow once' }
    )
  })
)
export type ShadowAssessments = Static<typeof ShadowAssessments>
export const AssessmentPage = pageOf('AssessmentPage', Assessment)

const reader = Type.Optional(
  oneOf(READERS, {
    default: 'sales',
    examples: ['sales'],
    description:
      'For whom the reasons are worded: who talks to the customer, the customer itself, or who checks the decision'
  })
)
export const ReaderQuery = Type.Object({ reader }, { additionalProperties: false })
export const SimulateQuery = Type.Object(
  {
    reader,
    counterfactuals: Type.Optional(
      Type.Boolean({
        default: false,
        examples: [true],
        description: 'Also answer which smallest changes would reach the next grade'
      })
    )
  },
  { additionalProperties: false }
)
export type SimulateQuery = Static<typeof SimulateQuery>
export const AssessQuery = Type.Object({ ...DryRun.properties, reader }, { additionalProperties: false })
export const AssessmentQuery = Type.Object({ ...pageQuery, reader }, { additionalProperties: false })
export type AssessmentQuery = Static<typeof AssessmentQuery>

export const NewAssessment = component(
  'NewAssessment',
  'Nothing: the file as it is today is assessed',
  closed(Type.Object({}, { examples: [{}] }))
)

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

const RATING_STATES = ['in_force', 'expired', 'unrated'] as const

export const Rating = component(
  'Rating',
  'The grade in force',
  Type.Object({
    customerId: ClientId,
    state: oneOf(RATING_STATES, { description: 'unrated: there is no rating, or the last assessment withdrew it' }),
    grade: nullable(Grade, 'From AAA, the best, to D, in default; null: unrated'),
    validUntil: nullable(BusinessDate, 'Last day of the rating; null: unrated'),
    assessmentId: nullable(
      Type.String({ maxLength: 64 }),
      'The assessment that set or withdrew it; null: there was none'
    ),
    ratedAt: nullable(Timestamp, 'When that was; null: never')
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

const jurisdiction = oneOf(JURISDICTIONS, {
  description:
    'Whose law decides what a person may be judged by: of China, of the European Union, of the United States; GENERIC is the strictest of them; left out: the law under which the service runs',
  examples: ['GENERIC']
})
const featureGroup = oneOf(FEATURE_SOURCES, {
  description: 'The part of the credit file that it comes from',
  examples: ['evidence']
})

export const FeatureQuery = Type.Object(
  { group: Type.Optional(featureGroup), jurisdiction: Type.Optional(jurisdiction) },
  { additionalProperties: false }
)
export type FeatureQuery = Static<typeof FeatureQuery>

const Feature = component(
  'Feature',
  'An input that a scoring model may name',
  Type.Object({
    id: { ...FeatureId, examples: ['record.openCourtCases'] },
    group: featureGroup,
    type: oneOf(FEATURE_TYPES, { description: 'What its values are' }),
    unit: nullable(
      Type.String({ maxLength: 20 }),
      'Of a number: days, months, years, count, ratio, percent, times, index (0 to 100), mark (1 to 5) or amount (in the currency of the account); null: it is no number'
    ),
    values: Type.Optional(
      Type.Array(Type.String({ maxLength: 64 }), {
        maxItems: 100,
        description: 'Every value of a category; left out where the list is open'
      })
    ),
    heldBy: oneOf(FEATURE_HOLDERS, { description: 'Who could withhold it' }),
    influence: oneOf(FEATURE_INFLUENCES, {
      description: 'What changes it: the customer by what it does or hands in, time alone, or neither'
    }),
    description: ref(Text),
    legalClass: oneOf(LEGAL_CLASSES, {
      description:
        'restricted: only with a written justification and where the law’s conditions are met; prohibited: a model that names it is refused'
    }),
    legalReason: nullable(ref(Text), 'Why it is restricted or prohibited; null: it is not'),
    legalBasis: nullable(
      Type.String({ maxLength: 300 }),
      'The law that says so; null: it is neither restricted nor prohibited'
    )
  })
)

export const Features = component(
  'Features',
  'The feature catalogue: every input that a scoring model may name, and what the law of a jurisdiction says of it',
  Type.Object({
    jurisdiction,
    items: Type.Array(ref(Feature), { maxItems: 500, description: 'Every feature, by its id' })
  })
)
export type Features = Static<typeof Features>
