import Type, { type TProperties, type TSchema } from 'typebox'
import {
  BEYOND_TREATMENTS,
  CASTS,
  COMBINATIONS,
  CURVE_ENDS,
  FEATURE_TYPES,
  INVALID_TREATMENTS,
  LINKS,
  PREDICTIONS,
  type Predictor,
  STEP_FUNCTIONS,
  TREE_SUMS
} from '../engine/index.ts'
import { oneOf } from '../platform/http/schema.ts'
import { closed, either, list, whereIs } from './schema-parts.ts'

/*
 * The shape of a predictor: the steps of a predictive model. What they mean together,
 * `modelFaults` checks.
 */

/**
 * How many of each a predictor may hold: what a model of 100,000 nodes asks for, and small enough
 * to be read at once.
 */
export const PREDICTOR_COUNTS_MAX = {
  steps: 5_000,
  operands: 500,
  bins: 1_000,
  rows: 10_000,
  terms: 1_000,
  trees: 5_000,
  nodes: 20_000,
  parts: 5_000,
  characteristics: 200,
  attributes: 1_000
} as const

const WHOLE = '^[^\\uD800-\\uDFFF]*$'
const optional = (schema: TSchema) => Type.Optional(schema)

const StepId = Type.String({ minLength: 1, maxLength: 200, pattern: WHOLE, description: 'The name of a step' })
const Value = Type.Unsafe({
  type: ['number', 'string', 'boolean'],
  maxLength: 200,
  pattern: WHOLE,
  description: 'A number, a text or true or false'
})
const Operand = Type.Unsafe({
  type: ['number', 'string', 'boolean', 'object'],
  maxLength: 200,
  properties: { text: { type: 'string', maxLength: 200, pattern: WHOLE } },
  required: ['text'],
  additionalProperties: false,
  description: 'A step by its name, a number, true or false, or {"text": …}'
})
const number = (description: string) => Type.Number({ description })
const range = { from: optional(number('From here, included')), to: optional(number('To here, excluded')) }
const missing = optional({ ...Value, description: 'What it gives where a value is missing' })
const otherwise = optional({ ...Value, description: 'What it gives where it would give nothing' })
const precision = optional(Type.Literal('single', { description: 'In 32 bits' }))

const way = Type.Integer({ minimum: -PREDICTOR_COUNTS_MAX.nodes, maximum: PREDICTOR_COUNTS_MAX.nodes })
const nodes = (item: TSchema, description: string) => list(item, PREDICTOR_COUNTS_MAX.nodes, description)
const Tree = closed({
  field: nodes(Type.Integer({ minimum: 0 }), 'For each inner node: the place of its field among `fields`'),
  below: nodes(Type.Number(), 'Whether the field is less than this; a condition counts as 1 or 0'),
  yes: nodes(way, 'Where that leads: an inner node, or a leaf as -1 - place'),
  no: nodes(way, 'Where the opposite leads'),
  missing: nodes(
    Type.Unsafe({ type: ['integer', 'null'] }),
    'Where a missing value leads; null: both ways, each by the share of its cases'
  ),
  leaves: nodes(Type.Unsafe({ type: ['number', 'null'] }), 'What each leaf gives; null: nothing'),
  cases: optional(nodes(Type.Number({ minimum: 0 }), 'How many cases, or how much weight, each leaf had in training'))
})

const Attribute = closed({
  when: optional({ ...StepId, description: 'A condition; left out: it always holds' }),
  points: Type.Unsafe({
    type: ['number', 'string'],
    maxLength: 200,
    description: 'Points, or the step that says them'
  }),
  reasonCode: optional(Type.String({ minLength: 1, maxLength: 64, pattern: WHOLE }))
})

/** The shape of each step, beside its id. */
const STEPS: Readonly<Record<string, TProperties>> = {
  read: {
    input: Type.String({ minLength: 1, maxLength: 100, pattern: WHOLE, description: 'A feature or a declared input' }),
    type: oneOf(FEATURE_TYPES),
    precision,
    whole: optional(Type.Literal(true, { description: 'Only whole numbers are valid' })),
    none: optional(list(Value, PREDICTOR_COUNTS_MAX.rows, 'Values that mean that there is none')),
    valid: optional(
      closed({
        values: optional(list(Value, PREDICTOR_COUNTS_MAX.rows, 'Valid values')),
        ranges: optional(list(closed(range), PREDICTOR_COUNTS_MAX.bins, 'Valid ranges'))
      })
    ),
    notValid: optional(list(Value, PREDICTOR_COUNTS_MAX.rows, 'Values that are not valid')),
    invalid: oneOf(INVALID_TREATMENTS, { description: 'What becomes of a value that is not valid' }),
    replacement: optional(Value),
    limits: optional(closed({ low: Type.Number(), high: Type.Number(), beyond: oneOf(BEYOND_TREATMENTS) })),
    missing: optional(
      Type.Unsafe({
        type: ['number', 'string', 'boolean', 'null'],
        maxLength: 200,
        pattern: WHOLE,
        description: 'What stands for a missing value; null: without a value there is no result'
      })
    )
  },
  apply: {
    function: oneOf(STEP_FUNCTIONS, { description: 'A function of PMML' }),
    to: list(Operand, PREDICTOR_COUNTS_MAX.operands, 'Its operands', 1),
    missing,
    otherwise,
    invalid: optional(Type.Literal('missing', { description: 'A result that is no finite number counts as missing' })),
    precision
  },
  bins: {
    of: StepId,
    bins: list(closed({ ...range, value: Value }), PREDICTOR_COUNTS_MAX.bins, 'The first that holds the number counts'),
    missing,
    otherwise
  },
  map: {
    of: list(StepId, 20, 'The steps whose values are looked up', 1),
    rows: list(list(Value, 21, 'Values, and the one that they give'), PREDICTOR_COUNTS_MAX.rows, 'The table'),
    missing,
    otherwise
  },
  curve: {
    of: StepId,
    points: list(
      Type.Array(Type.Number(), { minItems: 2, maxItems: 2 }),
      PREDICTOR_COUNTS_MAX.bins,
      'Points in rising order',
      2
    ),
    beyond: optional(oneOf(CURVE_ENDS, { description: 'Left out: extend' })),
    missing
  },
  indicator: { of: StepId, value: Value, missing: optional(Type.Number()) },
  linear: {
    intercept: number('What it begins with'),
    terms: list(
      closed({ of: StepId, coefficient: Type.Number(), exponent: optional(Type.Number()) }),
      PREDICTOR_COUNTS_MAX.terms,
      'coefficient × value ^ exponent'
    )
  },
  link: { link: oneOf(LINKS, { description: 'The inverse of this link function' }), of: StepId },
  trees: {
    combine: oneOf(TREE_SUMS),
    fields: list(StepId, 2_000, 'The steps that the trees look at'),
    trees: list(Tree, PREDICTOR_COUNTS_MAX.trees, 'The trees', 1)
  },
  combine: {
    how: oneOf(COMBINATIONS),
    of: list(
      closed({ step: StepId, weight: optional(Type.Number()), when: optional(StepId) }),
      PREDICTOR_COUNTS_MAX.parts,
      'The parts; those whose condition does not hold do not count',
      1
    ),
    missing: optional(Type.Literal('skip', { description: 'Parts without a result do not count' }))
  },
  card: {
    initial: number('Points that it begins with'),
    characteristics: list(
      closed({
        id: Type.String({ minLength: 1, maxLength: 64, description: 'Of the characteristic that explains it' }),
        attributes: list(Attribute, PREDICTOR_COUNTS_MAX.attributes, 'The first whose condition holds counts', 1)
      }),
      PREDICTOR_COUNTS_MAX.characteristics,
      'Points for each characteristic',
      1
    )
  },
  rescale: {
    of: StepId,
    min: optional(number('No less than this')),
    max: optional(number('No more than this')),
    factor: optional(number('Then times this')),
    constant: optional(number('Then plus this')),
    cast: optional(oneOf(CASTS, { description: 'Then as a whole number' })),
    otherwise: optional(number('What stands for a missing result'))
  }
}

/**
 * One shape after the other, by the word of `do`, so that a fault is told of the shape that was
 * meant.
 */
const Step = Object.entries(STEPS).reduceRight<TSchema>(
  (others, [word, properties]) =>
    either(whereIs('do', word), closed({ id: StepId, do: Type.Literal(word), ...properties }), others),
  closed({ id: StepId, do: oneOf(Object.keys(STEPS) as [string, ...string[]], { description: 'What the step does' }) })
)

export const PredictorDocument = Type.Unsafe<Predictor>(
  Type.Object(
    {
      steps: list(Step, PREDICTOR_COUNTS_MAX.steps, 'In the order in which they are worked out', 1),
      result: { ...StepId, description: 'The step that is the result' },
      predicts: oneOf(PREDICTIONS, {
        description:
          'points: the score; riskPoints: its negative; probability: of bad; logOdds: ln of the odds bad:good'
      })
    },
    { additionalProperties: false, description: 'How the model is worked out, step by step' }
  )
)
