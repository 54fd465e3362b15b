import type { FeatureValue } from '../features/feature.ts'
import type { FeatureType } from '../features/feature-catalogue.ts'

/*
 * A predictive model is computed step by step. Each step has a name, looks at inputs and at steps
 * before it, and gives one value: a number, a text, true or false, or nothing. Nothing stands for
 * what is missing, and for a condition that is left open by it.
 */

/** A step by its name; or a number, true or false, or a text in an object of its own. */
export type Operand = string | number | boolean | { text: string }

/**
 * The numbers from `from`, included, to `to`, excluded; without one of them it is open on that
 * side.
 */
export interface NumberRange {
  from?: number
  to?: number
}

/**
 * What becomes of a value that is not valid: no result at all, no value, the value as it is, or
 * `replacement`.
 */
export const INVALID_TREATMENTS = ['refuse', 'missing', 'keep', 'replace'] as const
type InvalidTreatment = (typeof INVALID_TREATMENTS)[number]

/** What becomes of a number beyond its limits: nothing, or the limit. */
export const BEYOND_TREATMENTS = ['missing', 'limit'] as const
type BeyondTreatment = (typeof BEYOND_TREATMENTS)[number]

/** An input as the model sees it. */
export interface ReadStep {
  id: string
  do: 'read'
  /** An id of the feature catalogue, or of an input that the model declares. */
  input: string
  type: FeatureType
  /** Numbers are taken in 32 bits, as the model was trained on them. */
  precision?: 'single'
  /** Only whole numbers are valid. */
  whole?: true
  /** Values that mean that there is none. */
  none?: FeatureValue[]
  /** Values and ranges that are valid; without both, all of the type are. */
  valid?: { values?: FeatureValue[]; ranges?: NumberRange[] }
  /** Values that are not valid in any case. */
  notValid?: FeatureValue[]
  /**
   * What becomes of a value that is not valid. One that is not of the type either is missing, with
   * `keep`.
   */
  invalid: InvalidTreatment
  /** For `replace`. */
  replacement?: FeatureValue
  limits?: { low: number; high: number; beyond: BeyondTreatment }
  /**
   * What stands for a missing value; `null`: without a value there is no result. Left out: it stays
   * missing.
   */
  missing?: FeatureValue | null
}

/** The functions of PMML that a step may apply, and three of its compound predicates. */
export const STEP_FUNCTIONS = [
  'same',
  '+',
  '-',
  '*',
  '/',
  'min',
  'max',
  'sum',
  'avg',
  'median',
  'product',
  'log10',
  'ln',
  'sqrt',
  'abs',
  'exp',
  'pow',
  'threshold',
  'floor',
  'ceil',
  'round',
  'modulo',
  'expm1',
  'ln1p',
  'hypot',
  'rint',
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  'atan',
  'sinh',
  'cosh',
  'tanh',
  'erf',
  'stdNormalCDF',
  'isMissing',
  'isNotMissing',
  'equal',
  'notEqual',
  'lessThan',
  'lessOrEqual',
  'greaterThan',
  'greaterOrEqual',
  'isIn',
  'isNotIn',
  'and',
  'or',
  'xor',
  'firstKnown',
  'not',
  'if',
  'uppercase',
  'lowercase',
  'substring',
  'trimBlanks',
  'concat',
  'stringLength'
] as const
export type StepFunction = (typeof STEP_FUNCTIONS)[number]

/** A function of operands. */
export interface ApplyStep {
  id: string
  do: 'apply'
  function: StepFunction
  to: Operand[]
  /** What it gives where an operand is missing. */
  missing?: FeatureValue
  /** What it gives where it would give nothing. */
  otherwise?: FeatureValue
  /** What becomes of a result that is no finite number. Left out: there is no result at all. */
  invalid?: 'missing'
  /** The result in 32 bits. */
  precision?: 'single'
}

/** A value for each range of numbers; the first range that holds the number counts. */
export interface BinsStep {
  id: string
  do: 'bins'
  of: string
  bins: (NumberRange & { value: FeatureValue })[]
  missing?: FeatureValue
  otherwise?: FeatureValue
}

/**
 * A value for each combination of values; the first row that fits counts, and its last entry is
 * what it gives.
 */
export interface MapStep {
  id: string
  do: 'map'
  of: string[]
  rows: FeatureValue[][]
  missing?: FeatureValue
  otherwise?: FeatureValue
}

/** What a curve does beyond its ends: it goes on straight, it stays, or there is no value. */
export const CURVE_ENDS = ['extend', 'limit', 'missing'] as const
type CurveEnd = (typeof CURVE_ENDS)[number]

/** A number read off straight lines between points in rising order. */
export interface CurveStep {
  id: string
  do: 'curve'
  of: string
  points: [number, number][]
  beyond?: CurveEnd
  missing?: FeatureValue
}

/** 1 where a step has a value, 0 where it has another. */
export interface IndicatorStep {
  id: string
  do: 'indicator'
  of: string
  value: FeatureValue
  missing?: number
}

/**
 * An intercept and the sum of its terms: coefficient × value ^ exponent. Without a value in one of
 * them there is none.
 */
export interface LinearStep {
  id: string
  do: 'linear'
  intercept: number
  terms: { of: string; coefficient: number; exponent?: number }[]
}

/** The functions that turn the sum of a regression into its result. */
export const LINKS = ['logit', 'probit', 'cloglog', 'loglog', 'cauchit', 'exp'] as const
export type Link = (typeof LINKS)[number]

/** The inverse of a link function, of one number. */
interface LinkStep {
  id: string
  do: 'link'
  link: Link
  of: string
}

/**
 * A binary tree. An inner node asks whether `fields[field]` is less than `below`, a condition
 * counting as 1 where it holds and as 0 where it does not. What it leads to is an inner node (0 or
 * more, larger than its own place) or a leaf (`-1 - place`).
 */
export interface Tree {
  field: number[]
  below: number[]
  yes: number[]
  no: number[]
  /** Where a missing value leads to; null: both ways, each by the share of its cases. */
  missing: (number | null)[]
  /** What each leaf gives; null: nothing. A tree of one leaf has no inner node. */
  leaves: (number | null)[]
  /**
   * How many cases, or how much weight, each leaf had in training. Left out: each way is as likely
   * as the other.
   */
  cases?: number[]
}

export const TREE_SUMS = ['sum', 'average'] as const
type TreeSum = (typeof TREE_SUMS)[number]

/** The sum or average of what trees give. Where one gives nothing, there is nothing. */
export interface TreesStep {
  id: string
  do: 'trees'
  combine: TreeSum
  /** The steps that the trees look at. */
  fields: string[]
  trees: Tree[]
}

/** `only`: of the one that is chosen; nothing where several are. */
export const COMBINATIONS = ['sum', 'average', 'max', 'median', 'first', 'only'] as const
export type Combination = (typeof COMBINATIONS)[number]

/** Several results made into one; those whose condition does not hold do not count. */
export interface CombineStep {
  id: string
  do: 'combine'
  how: Combination
  of: { step: string; weight?: number; when?: string }[]
  /** `skip`: those without a result do not count. Left out: without one of them there is none. */
  missing?: 'skip'
}

/**
 * Points for each characteristic: those of its first attribute whose condition holds. Where none
 * holds, there is no result.
 */
export interface CardStep {
  id: string
  do: 'card'
  initial: number
  characteristics: {
    /** The id of the characteristic that explains it. */
    id: string
    attributes: {
      /** A condition; left out: it always holds. */
      when?: string
      /** Points, or the step that works them out. */
      points: number | string
      /** The reason code of the document, where it differs from that of the characteristic. */
      reasonCode?: string
    }[]
  }[]
}

/** The whole numbers that a result is turned into. */
export const CASTS = ['round', 'ceiling', 'floor'] as const
export type Cast = (typeof CASTS)[number]

/** A result within limits, then times a factor, then plus a constant, then as a whole number. */
export interface RescaleStep {
  id: string
  do: 'rescale'
  of: string
  min?: number
  max?: number
  factor?: number
  constant?: number
  cast?: Cast
  /** What stands for a missing result. */
  otherwise?: number
}

export type Step =
  | ReadStep
  | ApplyStep
  | BinsStep
  | MapStep
  | CurveStep
  | IndicatorStep
  | LinearStep
  | LinkStep
  | TreesStep
  | CombineStep
  | CardStep
  | RescaleStep

/**
 * What the result is. `points`: the score. `riskPoints`: points that mean more risk, so that the
 * score is their negative. `probability`: of bad, 0 to 1. `logOdds`: the natural logarithm of the
 * odds bad:good.
 */
export const PREDICTIONS = ['points', 'riskPoints', 'probability', 'logOdds'] as const
export type Prediction = (typeof PREDICTIONS)[number]

/** The steps in the order in which they are worked out, and which of them is the result. */
export interface Predictor {
  steps: Step[]
  result: string
  predicts: Prediction
}
