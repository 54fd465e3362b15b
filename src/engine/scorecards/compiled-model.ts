import type { MissingReason } from '../features/feature.ts'
import type { CompiledPredicted } from '../predictive/predicted.ts'
import type { ReasonCode } from '../reasons/reasons.ts'
import type { CeilingResult, Contribution, KnockoutResult, KnockoutState } from './score-result.ts'
import type { AnyCharacteristic, ScoringModel } from './scoring-model.ts'

/** A scoring model made ready for scoring. It never changes. */
export interface CompiledModel {
  readonly model: ScoringModel
  /** Those that are enabled, in the order of the model. */
  readonly characteristics: readonly CompiledCharacteristic[]
  /**
   * Every feature that the model looks at, once. The fields below refer to its place in this list.
   */
  readonly features: readonly CompiledFeature[]
  readonly basePoints: number
  readonly weightTotal: number
  /** The lowest and highest score that is possible. */
  readonly scoreLowest: number
  readonly scoreHighest: number
  /**
   * Sums over the characteristics whose points depend on no other: of their fewest points, and of
   * the spans to their most.
   */
  readonly independentMin: number
  readonly independentSpan: number
  readonly evidence: readonly (readonly CompiledRequirement[])[]
  readonly ceilings: readonly CompiledCeiling[]
  readonly knockouts: readonly CompiledKnockout[]
  readonly notches: readonly (readonly CompiledCondition[])[]
  /**
   * Every reason that a characteristic can give; a characteristic refers to them by their place
   * here.
   */
  readonly reasons: readonly CompiledReason[]
  /** For each reason the places of the characteristics that can give it. */
  readonly reasonGivers: readonly (readonly number[])[]
  /** No points for any of them, to begin with. */
  readonly reasonPoints: readonly number[]
  /** One -1 for each characteristic: at first none gives a reason. */
  readonly noPlaces: readonly number[]
  /** What each characteristic of a card brings without a value, and what all bring without any. */
  readonly absent: readonly Absent[]
  readonly unknown: readonly Contribution[]
  /** Of a predictive model; undefined of a card. */
  readonly predictive: CompiledPredictive | undefined
}

/** By the reason why a value is missing. */
export type Absent = Readonly<Record<MissingReason, Contribution>>

export interface CompiledPredictive {
  readonly predicted: CompiledPredicted
  /**
   * The inputs of the predictor: the place of the feature, and from which age on it counts as
   * missing.
   */
  readonly inputs: readonly { readonly feature: number; readonly maxAgeDays: number }[]
}

export interface CompiledReason {
  readonly code: ReasonCode
  readonly direction: 'adverse' | 'favourable'
  /** The code of the model's own catalogue; undefined where it has none. */
  readonly own: string | undefined
}

/** The places of the reasons that a characteristic can give. */
export interface CompiledReasons {
  readonly strong: number
  readonly weak: number
  /** By attribute, the reason that holds there. Empty where no attribute has one of its own. */
  readonly weakByAttribute: readonly number[]
  readonly stale: number
  /** Nothing is known, or what is known is not enough to work the value out. */
  readonly missing: number
  readonly incomplete: number
}

interface CompiledFeature {
  readonly id: string
  /** Whether plain objects have something by this name that is no feature. */
  readonly inherited: boolean
}

export interface CompiledCharacteristic {
  readonly source: AnyCharacteristic
  readonly feature: number
  /** Infinity where a value never grows stale. */
  readonly maxAgeDays: number
  /** Share of the scorecard in percent. */
  readonly weight: number
  /** By attribute. */
  readonly points: readonly number[]
  readonly pointsMin: number
  readonly pointsMax: number
  /** What speaks neither for nor against the customer, and where the reasons begin. */
  readonly pointsNeutral: number
  readonly pointsBaseline: number
  /**
   * From these points on it speaks for the customer. How much it does is counted from
   * `pointsGainFrom`.
   */
  readonly pointsStrong: number
  readonly pointsGainFrom: number
  readonly reasons: CompiledReasons
  /**
   * What a stale value earns, and so does a category in no attribute. Undefined where that counts
   * as missing. Never more than `pointsMin`.
   */
  readonly pointsStale: number
  readonly pointsUnseen: number | undefined
  /**
   * What a missing value earns; undefined where it takes the share of points that the others
   * earned.
   */
  readonly pointsMissing: number | undefined
  /** What a missing value earns as far as anything is proved. */
  readonly pointsUnproved: number
  /** Whether there is no score when the value is missing, and when it is stale. */
  readonly missingUnrated: boolean
  readonly staleUnrated: boolean
  readonly numeric: boolean
  /** Numbers that are not whole are no values. */
  readonly whole: boolean
  /**
   * Lower bounds of the numeric attributes from the second on, rising. Empty for the other types.
   */
  readonly bounds: readonly number[]
  /** Attribute index by value, for categories and booleans. */
  readonly indexByValue: ReadonlyMap<string | boolean, number>
}

/**
 * A requirement with the places of what it looks at. `share` is at least `atLeast`, or the value of
 * the feature is.
 */
export type CompiledRequirement =
  | { readonly kind: 'feature'; readonly feature: number; readonly maxAgeDays: number; readonly atLeast: number }
  | {
      readonly kind: 'coverage'
      readonly members: readonly number[]
      readonly weight: number
      readonly atLeast: number
    }
  | {
      readonly kind: 'points'
      /** The same for requirements that look at the same share. */
      readonly share: number
      readonly members: readonly number[]
      readonly pointsMin: number
      readonly span: number
      readonly atLeast: number
    }

/** A ceiling with all that can be said of it: results share that. */
export interface CompiledCeiling {
  readonly requires: readonly CompiledRequirement[]
  /** Of its grade, from the best. */
  readonly place: number
  readonly met: CeilingResult
  readonly applied: CeilingResult
  readonly unmet: CeilingResult
}

/** A knock-out with all that can be said of it: results share that. */
export interface CompiledKnockout {
  readonly when: readonly CompiledCondition[]
  /** Of its grade, from the best; 0 where it lowers none. */
  readonly place: number
  readonly advises: boolean
  /** Whether one that cannot be evaluated counts as clear. */
  readonly clearWhenMissing: boolean
  readonly applied: Readonly<Record<KnockoutState, KnockoutResult>>
  readonly idle: Readonly<Record<KnockoutState, KnockoutResult>>
}

export interface CompiledCondition {
  readonly feature: number
  readonly equals: string | boolean | undefined
  readonly atLeast: number
  readonly below: number
}

/** What depends on how a model works out its score. */
export type CompiledParts = Pick<
  CompiledModel,
  | 'characteristics'
  | 'basePoints'
  | 'scoreLowest'
  | 'scoreHighest'
  | 'independentMin'
  | 'independentSpan'
  | 'absent'
  | 'unknown'
  | 'predictive'
>
