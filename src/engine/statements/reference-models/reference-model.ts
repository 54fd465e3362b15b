import type { Text } from '../../values/text.ts'
import type { ItemId } from '../statement-items.ts'

/**
 * What a model says of its value. Most papers know `safe`, `grey` (a zone of ignorance) and
 * `distress`; Piotroski's count of good signals is `strong`, `middling` or `weak`.
 */
export const REFERENCE_ZONES = ['safe', 'grey', 'distress', 'strong', 'middling', 'weak'] as const
export type ReferenceZone = (typeof REFERENCE_ZONES)[number]

/** Where a model was published. */
export interface ReferenceSource {
  readonly author: string
  readonly year: number
  readonly title: string
  readonly publication: string
}

/**
 * A figure of the statement in hundredths of its unit, flows for twelve months. Only items that
 * were asked for may be read.
 */
export type ItemReader = (id: ItemId) => number
/** What a model computes, from this statement and from the prior one. */
export type Compute = (now: ItemReader, before: ItemReader, context: Context) => number

/** What is not in the statement's figures. */
export interface Context {
  /** What one hundredth of the statement's unit is worth, in whole units of its currency. */
  readonly worth: number
  readonly priceIndex: number
}

/** One variable of a model. */
export interface Variable {
  readonly formula: string
  readonly coefficient: number
  readonly items: readonly ItemId[]
  readonly priorItems: readonly ItemId[]
  /**
   * Counted as none where no statement that the variable reads shows them; shown in one, they are
   * needed in both.
   */
  readonly optional: readonly ItemId[]
  readonly of: Compute
  /** Without a value where one of these is zero or negative. */
  readonly denominators: readonly Compute[]
}

/** A published model: a constant plus its variables, each times its coefficient. */
export interface ReferenceModel {
  readonly name: Text
  readonly source: ReferenceSource
  readonly constant: number
  readonly variables: Readonly<Record<string, Variable>>
  readonly zone: (value: number) => ReferenceZone
  /** Of failure, where the paper defines one. */
  readonly probability?: (value: number) => number
  readonly ratingEquivalent?: (value: number) => string
}
