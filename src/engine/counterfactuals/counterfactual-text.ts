import type { FeatureValue } from '../features/feature.ts'
import type { CompiledModel } from '../scorecards/compiled-model.ts'
import type { ContributionState } from '../scorecards/score-result.ts'
import type { BusinessDate } from '../values/dates.ts'
import type { Text } from '../values/text.ts'
import { type Audience, filled, SALES, type Values, type Wording, worded } from '../values/wording.ts'
import { describedFeature } from './feature-cells.ts'
import texts from './texts.json' with { type: 'json' }

/**
 * What a value has to come to: for a number at least one bound or none, for a category or a yes or
 * no its values.
 */
export interface Target {
  /** Included. */
  atLeast?: number
  /** Excluded. */
  below?: number
  values?: (string | boolean)[]
}

/** A change of one feature as it is to be put in words. */
interface ChangeInWords {
  readonly feature: string
  readonly state: ContributionState
  readonly value: FeatureValue | null
  readonly asOf: BusinessDate | null
  readonly target: Target
  /** The value that was tried. */
  readonly to: FeatureValue
}

/** A change as a request, such as "Raise the equity ratio from 0.12 to at least 0.3." */
export function changeText(compiled: CompiledModel, change: ChangeInWords, audience: Audience = SALES): Text {
  const { wording, values } = requestOf(compiled, change)
  const { en, zh } = worded(wording, audience, values)
  return { en, zh: zh.replace(/ +(?=[。：])/g, '') }
}

interface Request {
  readonly wording: Wording
  readonly values: Values
}

function requestOf(compiled: CompiledModel, { feature, state, value, asOf, target, to }: ChangeInWords): Request {
  const { requests } = texts
  const name = nameOf(compiled, feature)
  const unit = describedFeature(compiled.model, feature)?.unit ?? ''
  const aim = aimOf(target, unit)
  const values = { name, asOf: asOf ?? '', ...(aim === null ? {} : { aim }) }
  if (state === 'missing' || value === null)
    return { wording: aim === null ? requests.provide : requests.provideEnough, values }
  if (state === 'stale') return { wording: aim === null ? requests.update : requests.updateEnough, values }
  const isNumber = typeof value === 'number' && typeof to === 'number'
  const wording = isNumber ? (to > value ? requests.raise : requests.lower) : requests.bring
  return { wording, values: { name, from: wordOf(value, unit), reach: aim ?? wordOf(to, unit) } }
}

/**
 * The name of the characteristic that uses the feature, else what the catalogue says of it, in
 * quotation marks.
 */
function nameOf({ model, characteristics }: CompiledModel, feature: string): Text {
  const { names } = texts
  const named = characteristics.find(({ source }) => source.feature === feature)?.source.name
  if (named !== undefined) return filled(names.characteristic, { name: { en: lowered(named.en), zh: named.zh } })
  const { en, zh } = describedFeature(model, feature)?.description ?? { en: feature, zh: feature }
  return filled(names.feature, { name: { en: en.replace(/\.$/, ''), zh: zh.replace(/。$/, '') } })
}

/** Without its capital, unless that belongs to an abbreviation. */
function lowered(name: string): string {
  return /^[A-Z][a-z]/.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name
}

/** Null where any value will do. */
function aimOf({ atLeast, below, values }: Target, unit: string): Text | null {
  const { aims } = texts
  if (values !== undefined) {
    const words = values.map((each) => wordOf(each, ''))
    const listed = { en: either(words.map(({ en }) => en)), zh: words.map(({ zh }) => zh).join('或') }
    return filled(aims.oneOf, { values: listed })
  }
  const from = atLeast === undefined ? undefined : wordOf(atLeast, unit)
  const to = below === undefined ? undefined : wordOf(below, unit)
  if (from !== undefined && to !== undefined) return filled(aims.between, { from, to })
  if (from !== undefined) return filled(aims.atLeast, { from })
  return to === undefined ? null : filled(aims.below, { to })
}

function either(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

const UNITS: Readonly<Record<string, Text>> = texts.units

/** A value, with spaces where Chinese sets it off from its own characters. */
function wordOf(value: FeatureValue, unit: string): Text {
  if (typeof value === 'boolean') return value ? texts.yes : texts.no
  const number = typeof value === 'string' ? value : String(Number(value.toPrecision(6)))
  const inUnit = typeof value === 'string' ? undefined : UNITS[unit]
  if (inUnit === undefined) return { en: number, zh: ` ${number} ` }
  const { en, zh } = filled(inUnit, { number })
  return { en, zh: ` ${zh}` }
}
