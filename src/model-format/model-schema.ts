import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import Type, { type Static, type TProperties, type TSchema } from 'typebox'
import {
  ADVERSE_REASONS_MAX,
  ADVICES,
  CHARACTERISTIC_GROUPS,
  DIRECTIONS,
  FAVOURABLE_REASONS_MAX,
  FEATURE_HOLDERS,
  FEATURE_INFLUENCES,
  FEATURE_TYPES,
  type FeatureValue,
  GRADES,
  INPUT_ORIGINS,
  KNOCKOUT_MISSING,
  MODEL_FORMATS,
  type ModelFault,
  NOTCH_GRADES_MAX,
  PD_FLOOR,
  REASON_BASELINES,
  REASON_CODES,
  REASON_RANKINGS,
  ROUNDINGS,
  SEGMENTS
} from '../engine/index.ts'
import { fieldFaults } from '../platform/http/body/field-faults.ts'
import { oneOf } from '../platform/http/schema.ts'
import { PredictorDocument } from './predictor-schema.ts'
import { closed, either, list, whereGiven, whereIs } from './schema-parts.ts'

/*
 * The shape of a scoring model: every field, its bounds and its meaning. It refers to no other
 * component, so that it can be published as a file. `modelFaults` checks what the fields mean
 * together.
 */

/**
 * Points, and the bounds of other figures: far beyond any scorecard, and small enough that no sum
 * of them overflows.
 */
const POINTS_MAX = 1_000_000
const COEFFICIENT_MAX = 1_000
const WOE_MAX = 100

/** The elements of PMML that a model can become. */
export const PMML_FORMS = ['scorecard', 'regression'] as const
export type PmmlForm = (typeof PMML_FORMS)[number]

/** How many of each a document may hold. */
export const MODEL_COUNTS_MAX = {
  characteristics: 100,
  attributes: 100,
  values: 500,
  inputs: 200,
  rules: 50,
  cases: 200,
  caseFeatures: 300
} as const

/**
 * No control character, no half of a character, and nothing else that XML or PostgreSQL cannot
 * carry.
 */
const PLAIN = '^[^\\u0000-\\u001F\\u007F-\\u009F\\uD800-\\uDFFF\\uFFFE\\uFFFF]*$'

/** No half of a character: such a text has no form in UTF-8. */
const WHOLE = '^[^\\uD800-\\uDFFF]*$'

const number = (minimum: number, maximum: number, description: string) => Type.Number({ minimum, maximum, description })
const above0 = (maximum: number, description: string) => Type.Number({ exclusiveMinimum: 0, maximum, description })
const share = (description: string) => number(0, 1, description)
const Id = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$',
  maxLength: 64,
  description: 'A letter or digit, then up to 63 of letters, digits and . _ ~ -'
})
const FeatureId = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: PLAIN,
  description: 'An id of the feature catalogue, or of an input that the model declares'
})
const text = (maxLength: number, description: string) =>
  closed(
    {
      en: Type.String({ minLength: 1, maxLength, pattern: WHOLE }),
      zh: Type.String({ minLength: 1, maxLength, pattern: WHOLE })
    },
    `${description}, in English and in Chinese`
  )
const Value = Type.Unsafe<FeatureValue>({
  type: ['number', 'string', 'boolean'],
  maxLength: 200,
  pattern: WHOLE,
  description: 'A number, a category or true or false'
})
const Category = Type.Unsafe<string | boolean>({
  type: ['string', 'boolean'],
  maxLength: 200,
  pattern: PLAIN,
  description: 'A category, or true or false'
})
const OwnCode = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: PLAIN,
  description: 'The reason code of the catalogue of the model itself'
})
const reason = (description: string) => oneOf(REASON_CODES, { description })
const grade = (description: string) => oneOf(GRADES, { description })
const bound = (description: string) => Type.Optional(Type.Number({ description }))

const RulePoints = number(-POINTS_MAX, POINTS_MAX, 'What it earns; no more than the worst attribute')
const ruleOf = <const Words extends readonly string[]>(words: Words, description: string) => ({
  ...either(
    whereIs('rule', 'points'),
    closed({ rule: Type.Literal('points'), points: RulePoints }),
    closed({ rule: oneOf(words) })
  ),
  description
})
const Missing = ruleOf(
  ['worst', 'neutral', 'reweight', 'unrated'],
  'What a missing value earns: worst, points, or unrated for no score; neutral or reweight where only the seller can know it'
)
const Substitute = (of: string) =>
  Type.Optional(ruleOf(['worst', 'unrated', 'missing'], `What ${of} earns; left out, what a missing value does`))

const base = {
  id: Id,
  enabled: Type.Optional(Type.Boolean({ description: 'false: kept in the document, not scored' })),
  name: text(200, 'Name of the characteristic'),
  group: oneOf(CHARACTERISTIC_GROUPS, { description: 'Where its evidence comes from' }),
  feature: FeatureId,
  missing: Missing,
  maxAgeDays: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 36_500, description: 'A value older than this is stale; left out: never' })
  ),
  stale: Substitute('a stale value'),
  baseline: Type.Optional(
    number(-POINTS_MAX, POINTS_MAX, 'Points that speak neither for nor against; used where reasons.baseline is stated')
  ),
  reason: reason('The reason when points are lost here'),
  strength: reason('The reason when it speaks for the customer'),
  reasonCode: Type.Optional(OwnCode)
}
const points = Type.Integer({ minimum: -POINTS_MAX, maximum: POINTS_MAX, description: 'Whole points' })
const woe = number(-WOE_MAX, WOE_MAX, 'Weight of evidence: ln(share of the good / share of the bad)')
const pointsOwn = { weight: above0(100, 'Share of the scorecard in percent; all add up to 100') }
const woeOwn = {
  coefficient: number(-COEFFICIENT_MAX, COEFFICIENT_MAX, 'Of the weight of evidence in the regression of bad; below 0')
}

const range = {
  from: bound('Lower bound, included; left out: open below'),
  to: bound('Upper bound, excluded; left out: open above')
}
const values = { values: list(Category, MODEL_COUNTS_MAX.values, 'The values that it holds', 1) }

function characteristicOf<Own extends TProperties, Worth extends TProperties>(own: Own, worth: Worth) {
  const attributes = <Attribute extends TSchema>(attribute: Attribute, description: string) => ({
    attributes: list(attribute, MODEL_COUNTS_MAX.attributes, description, 1)
  })
  const numeric = closed({
    ...base,
    ...own,
    type: Type.Literal('numeric'),
    monotone: Type.Optional(oneOf(DIRECTIONS, { description: 'The direction that the points keep' })),
    ...attributes(closed({ ...range, ...worth }), 'Ranges in rising order; they join and cover every number')
  })
  const valued = closed({
    ...base,
    ...own,
    type: oneOf(['category', 'boolean']),
    unseen: Substitute('a category in no attribute'),
    ...attributes(closed({ ...values, ...worth }), 'Sets of values; no value stands in two')
  })
  return either(whereIs('type', 'numeric'), numeric, valued)
}

const Requirement = either(
  whereGiven('feature'),
  closed({ feature: FeatureId, atLeast: Type.Number({ description: 'The value is known and at least this' }) }),
  either(
    whereGiven('coverageAtLeast'),
    closed({
      group: oneOf(CHARACTERISTIC_GROUPS),
      coverageAtLeast: share('At least this share of the weight of the group is known and fresh')
    }),
    closed({
      group: oneOf(CHARACTERISTIC_GROUPS),
      pointsShareAtLeast: share('At least this share of the points of the group was earned')
    })
  )
)
const requires = list(Requirement, MODEL_COUNTS_MAX.rules, 'All of these must hold; a missing value proves nothing', 1)
const Condition = closed({
  feature: FeatureId,
  atLeast: bound('The value is at least this'),
  below: bound('The value is below this'),
  equals: Type.Optional(Category)
})
const when = list(Condition, MODEL_COUNTS_MAX.rules, 'It fires when all of these hold', 1)
const rules = <Item extends TSchema>(item: Item, description: string) => list(item, MODEL_COUNTS_MAX.rules, description)

const Case = closed({
  name: Type.String({ minLength: 1, maxLength: 200, pattern: WHOLE, description: 'What the case shows' }),
  features: Type.Unsafe<Record<string, FeatureValue>>({
    type: 'object',
    maxProperties: MODEL_COUNTS_MAX.caseFeatures,
    propertyNames: { maxLength: 100, pattern: WHOLE },
    additionalProperties: Value,
    description: 'Values by feature; every other feature is missing'
  }),
  expect: closed(
    {
      status: oneOf(['rated', 'unrated']),
      grade: Type.Optional(grade('The grade')),
      score: Type.Optional(Type.Number({ description: 'The score' })),
      advice: Type.Optional(oneOf(ADVICES)),
      reasons: Type.Optional(list(reason('A code'), 10, 'Codes that must be among the reasons'))
    },
    'How it comes out; a model whose cases come out differently is not published'
  )
})

const head = {
  id: Id,
  version: Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'A published version never changes' }),
  name: text(200, 'Name of the model'),
  description: text(2_000, 'What it is for and what it rests on'),
  segment: oneOf(SEGMENTS, { description: 'Whom it is made for' }),
  inputs: Type.Optional(
    list(
      closed({
        id: FeatureId,
        type: oneOf(FEATURE_TYPES),
        whole: Type.Optional(Type.Literal(true, { description: 'Of a number: whole; a call with another is refused' })),
        heldBy: Type.Optional(oneOf(FEATURE_HOLDERS, { description: 'Who could withhold it; left out: the customer' })),
        influence: Type.Optional(oneOf(FEATURE_INFLUENCES, { description: 'What changes it; left out: none' })),
        from: Type.Optional(
          oneOf(INPUT_ORIGINS, { description: 'call: it is given with the assessment; left out: it cannot be had' })
        ),
        description: text(2_000, 'What it is')
      }),
      MODEL_COUNTS_MAX.inputs,
      'Inputs beside those of the feature catalogue'
    )
  ),
  scaling: closed(
    {
      points: number(-POINTS_MAX, POINTS_MAX, 'At these points …'),
      odds: above0(1e9, '… the odds good:bad are these, …'),
      pointsToDoubleOdds: above0(POINTS_MAX, '… and so many more points double them')
    },
    'What points say of the odds'
  ),
  calibration: Type.Optional(
    list(
      closed({
        ...range,
        pd: Type.Number({ minimum: PD_FLOOR, exclusiveMaximum: 1, description: 'Probability of default within a year' })
      }),
      MODEL_COUNTS_MAX.attributes,
      'Bands of scores in rising order, from which the PD is read instead of the scaling',
      1
    )
  ),
  minimumCoverage: share('Share of the weight that must be known and fresh; below it there is no rating')
}
const tail = {
  evidence: list(
    closed({ id: Id, name: text(200, 'Name of the evidence'), requires }),
    MODEL_COUNTS_MAX.rules,
    'Bodies of evidence; one of them must be complete for a rating',
    1
  ),
  ceilings: rules(
    closed({
      id: Id,
      bestGrade: grade('The best grade without the evidence'),
      requires,
      reason: reason('The reason when it lowers the grade')
    }),
    'What a better grade rests on'
  ),
  knockouts: rules(
    closed({
      id: Id,
      name: text(200, 'Name of the knock-out'),
      when,
      capGrade: Type.Optional(grade('The best grade that is still possible')),
      advice: Type.Optional(oneOf(['refer', 'decline'], { description: 'What is advised' })),
      missing: oneOf(KNOCKOUT_MISSING, { description: 'What happens when a feature of it is missing' }),
      reason: reason('The reason when it fires')
    }),
    'Facts that limit the grade or what is advised, whatever the score'
  ),
  notches: Type.Optional(
    rules(
      closed({
        id: Id,
        name: text(200, 'Name of the notch'),
        when,
        grades: Type.Integer({
          minimum: -NOTCH_GRADES_MAX,
          maximum: NOTCH_GRADES_MAX,
          description: 'Whole grades, above 0 for a better one'
        }),
        reason: reason('The reason when it moves the grade')
      }),
      'Facts that move the grade by whole grades'
    )
  ),
  hysteresis: Type.Optional(
    closed({
      points: number(0, POINTS_MAX, 'The last grade stays while the score left its band by no more than these')
    })
  ),
  reasons: Type.Optional(
    closed(
      {
        baseline: Type.Optional(oneOf(REASON_BASELINES, { description: 'What reasons are measured against' })),
        ranking: Type.Optional(
          oneOf(REASON_RANKINGS, {
            description: 'Of a model with reason codes of its own: points below or above the baseline, added up by code'
          })
        ),
        adverseMax: Type.Optional(
          Type.Integer({ minimum: 1, maximum: ADVERSE_REASONS_MAX, description: 'Adverse reasons at most' })
        ),
        favourableMax: Type.Optional(
          Type.Integer({ minimum: 0, maximum: FAVOURABLE_REASONS_MAX, description: 'Favourable reasons at most' })
        )
      },
      'How many reasons are given, and against what'
    )
  ),
  restricted: Type.Optional(
    list(
      closed({
        feature: FeatureId,
        justification: Type.String({
          minLength: 1,
          maxLength: 2_000,
          pattern: WHOLE,
          description: 'Why it may be used all the same'
        })
      }),
      MODEL_COUNTS_MAX.inputs,
      'Features that the law restricts and the model uses'
    )
  ),
  cases: list(Case, MODEL_COUNTS_MAX.cases, 'Examples that must come out as stated'),
  origin: Type.Optional(
    closed(
      { format: oneOf(MODEL_FORMATS), importer: Type.Integer({ minimum: 1, description: 'Version of the importer' }) },
      'What it was imported from'
    )
  )
}

function documentOf<Kind extends TProperties, Each extends TSchema>(kind: Kind, characteristic: Each, title: string) {
  const characteristics = list(
    characteristic,
    MODEL_COUNTS_MAX.characteristics,
    'What is scored, in the order of the card',
    1
  )
  return closed({ ...head, ...kind, characteristics, ...tail }, title)
}

/** A points-based scorecard. */
const PointsModelDocument = documentOf(
  {
    kind: Type.Optional(Type.Literal('points', { description: 'Points by expert judgement' })),
    basePoints: Type.Integer({ minimum: -POINTS_MAX, maximum: POINTS_MAX, description: 'What everyone starts with' })
  },
  characteristicOf(pointsOwn, { points, reasonCode: Type.Optional(OwnCode) }),
  'A points-based scorecard'
)

/** A statistical scorecard. */
const WoeModelDocument = documentOf(
  {
    kind: Type.Literal('woe', { description: 'Weights of evidence and the coefficients of a logistic regression' }),
    intercept: number(-COEFFICIENT_MAX, COEFFICIENT_MAX, 'Constant of the regression of bad'),
    rounding: oneOf(ROUNDINGS, { description: 'Whether points become whole numbers' })
  },
  characteristicOf(woeOwn, { woe }),
  'A statistical scorecard'
)

const ExplainedField = closed({
  step: Type.String({ minLength: 1, maxLength: 200, description: 'A step in which it speaks' }),
  mean: Type.Optional(Type.Number({ description: 'What the step is on average; left out: 0' }))
})

/** A predictive model: a regression, trees or a card from elsewhere. */
const PredictiveModelDocument = documentOf(
  {
    kind: Type.Literal('predictive', { description: 'A regression, trees or a card that is worked out step by step' }),
    predictor: PredictorDocument
  },
  closed({
    id: Id,
    name: base.name,
    group: base.group,
    feature: base.feature,
    type: oneOf(FEATURE_TYPES),
    features: Type.Optional(list(FeatureId, 20, 'Inputs that it looks at beside `feature`')),
    fields: Type.Optional(list(ExplainedField, 2_000, 'The steps in which it speaks')),
    weight: Type.Optional(above0(100, 'Share of the whole model in percent; left out: the same for all')),
    maxAgeDays: base.maxAgeDays,
    baseline: base.baseline,
    reason: base.reason,
    strength: base.strength,
    reasonCode: base.reasonCode
  }),
  'A predictive model'
)

/** A whole scoring model as a document, of any kind. Closed: an unknown field is a fault. */
export const ScoringModelDocument = {
  ...either(
    whereIs('kind', 'predictive'),
    PredictiveModelDocument,
    either(whereIs('kind', 'woe'), WoeModelDocument, PointsModelDocument)
  ),
  description: 'A scoring model as data: what it asks for, and what each answer earns'
}
export type ScoringModelDocument = Static<typeof ScoringModelDocument>

/**
 * The format as a JSON Schema of its own, for editors and for whoever checks a model before sending
 * it.
 */
export const SCORING_MODEL_JSON_SCHEMA: Readonly<Record<string, unknown>> = JSON.parse(
  JSON.stringify({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:credence:scoring-model',
    title: 'Credence scoring model',
    ...ScoringModelDocument
  })
)

/** More faults than these help nobody. */
const FAULTS_MAX = 100

/**
 * Of a document of more values than this only the first fault is told: to list those of a hostile
 * one could fill the memory.
 */
const VALUES_MAX = 20_000

/**
 * Whether a document has the shape of a scoring model, told by its faults, each with a JSON
 * pointer; an empty list means that it may be given to `modelFaults`. Any JSON value may be given.
 */
export function documentFaults(document: unknown): ModelFault[] {
  const hasShape = validator({ allErrors: false })
  if (hasShape(document)) return []
  const check = valuesIn(document, VALUES_MAX) > VALUES_MAX ? hasShape : validator({ allErrors: true })
  check(document)
  const faults = fieldFaults(check.errors ?? [], 'body').slice(0, FAULTS_MAX)
  return faults.map(({ pointer, detail, zh }) => ({ pointer, code: 'invalid', detail, zh }))
}

const validators = new Map<boolean, ValidateFunction>()

/**
 * Made when it is first asked for: a start that needs none is spared a third of a second. A service
 * asks before its callers do.
 */
function validator({ allErrors }: { allErrors: boolean }): ValidateFunction {
  const options = { verbose: true, strict: false, allErrors, code: { optimize: false } } as const
  const made = validators.get(allErrors) ?? new Ajv2020(options).compile(SCORING_MODEL_JSON_SCHEMA)
  validators.set(allErrors, made)
  return made
}

/** Makes what `documentFaults` needs, so that no request waits for it. */
export function prepareDocumentFaults(): void {
  for (const allErrors of [false, true]) validator({ allErrors })
}

/**
 * How many values a document holds; counting ends after `max`. A loop, so that deep nesting does no
 * harm.
 */
function valuesIn(document: unknown, max: number): number {
  const waiting = [document]
  for (let count = 0; count <= max; count += 1) {
    if (waiting.length === 0) return count
    const value = waiting.pop()
    if (Array.isArray(value) && value.length > max) break
    if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) waiting.push(each)
  }
  return max + 1
}
