import type { FeatureValue } from '../features/feature.ts'
import { WHOLE_FEATURES } from '../features/feature-catalogue.ts'
import { nameOfFeature } from '../features/feature-names.ts'
import { nameOfValue } from '../features/value-names.ts'
import type { CompiledModel } from '../scorecards/compiled-model.ts'
import type { ContributionState } from '../scorecards/score-result.ts'
import type { BusinessDate } from '../values/dates.ts'
import { spokenBeside, spokenDate, spokenFigure } from '../values/spoken.ts'
import type { Text } from '../values/text.ts'
import { type Audience, filled, oneOf, SALES, type Values, type Wording, worded } from '../values/wording.ts'
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

/** A change as a request, such as "Raise the equity ratio from 12% to at least 30%." */
export function changeText(compiled: CompiledModel, change: ChangeInWords, audience: Audience = SALES): Text {
  const { wording, values } = requestOf(compiled, change)
  return worded(wording, audience, values)
}

interface Request {
  readonly wording: Wording
  readonly values: Values
}

function requestOf(compiled: CompiledModel, change: ChangeInWords): Request {
  const { requests } = texts
  const { feature, state, value, asOf, target } = change
  const name = nameOf(compiled, feature)
  const aim = aimOf(target, (each) => wordOf(compiled, feature, each), isCounted(compiled, feature))
  const values = { name, asOf: asOf === null ? '' : spokenDate(asOf), ...(aim === null ? {} : { aim }) }
  if (state === 'missing' || value === null)
    return { wording: aim === null ? requests.provide : requests.provideEnough, values }
  if (state === 'stale') return { wording: aim === null ? requests.update : requests.updateEnough, values }
  return improvementOf(compiled, { ...change, value }, name, aim)
}

/** What has to become of a value that is there and counts. */
function improvementOf(
  compiled: CompiledModel,
  { feature, value, to }: ChangeInWords & { readonly value: FeatureValue },
  name: Text,
  aim: Text | null
): Request {
  const { requests } = texts
  const switched = typeof to === 'boolean' ? switchOf(feature, to) : undefined
  if (switched !== undefined) return { wording: switched, values: {} }
  const reach = aim ?? wordOf(compiled, feature, to)
  if (typeof value === 'number' && typeof to === 'number') {
    const from = spokenBeside(value, describedFeature(compiled.model, feature)?.unit ?? '', reach)
    return { wording: to > value ? requests.raise : requests.lower, values: { name, from, reach } }
  }
  const isRanked = typeof to === 'string' && nameOfValue(feature, to) !== undefined
  const from = wordOf(compiled, feature, value)
  return { wording: isRanked ? requests.improve : requests.change, values: { name, from, reach } }
}

type Switches = Readonly<Record<string, Readonly<Partial<Record<'true' | 'false', Text>>>>>
const SWITCHES: Switches = texts.switches

/** What a customer does to change a yes or no of the catalogue, such as to settle taxes. */
function switchOf(feature: string, to: boolean): Text | undefined {
  return Object.hasOwn(SWITCHES, feature) ? SWITCHES[feature]?.[to ? 'true' : 'false'] : undefined
}

/**
 * The name of the characteristic that uses the feature, else that of the feature: of a ratio as it
 * is, of any other in quotation marks.
 */
function nameOf({ model, characteristics }: CompiledModel, feature: string): Text {
  const { names } = texts
  const used = characteristics.find(({ source }) => source.feature === feature)?.source.name
  const name = used ?? nameOfFeature(feature, model.inputs) ?? { en: feature, zh: feature }
  if (used === undefined && !feature.startsWith('financial.')) return filled(names.feature, { name })
  return filled(names.characteristic, { name: { en: lowered(name.en), zh: name.zh } })
}

/** Without its capital, unless that belongs to an abbreviation. */
function lowered(name: string): string {
  return /^[A-Z][a-z]/.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name
}

/** Null where any value will do. `isWhole`: it counts something, so that below 1 is 0. */
function aimOf(
  { atLeast, below, values }: Target,
  sayValue: (value: FeatureValue) => Text,
  isWhole: boolean
): Text | null {
  const { aims } = texts
  if (values !== undefined) return oneOf(values.map(sayValue))
  if (isWhole) return wholeAimOf(atLeast, below, sayValue)
  const from = atLeast === undefined ? undefined : sayValue(atLeast)
  const to = below === undefined ? undefined : sayValue(below)
  if (from !== undefined && to !== undefined) return filled(aims.between, { from, to })
  if (from !== undefined) return filled(aims.atLeast, { from })
  if (to === undefined || below === undefined) return null
  return filled(below > 0 ? aims.below : aims.belowNothing, { to })
}

/** The bounds of what is counted, both included: nobody says “below 1” of invoices or days. */
function wholeAimOf(
  atLeast: number | undefined,
  below: number | undefined,
  sayValue: (value: FeatureValue) => Text
): Text | null {
  const { aims } = texts
  const least = atLeast === undefined ? undefined : Math.ceil(atLeast)
  const most = below === undefined ? undefined : Math.ceil(below) - 1
  if (most === undefined) return least === undefined ? null : filled(aims.wholeAtLeast, { from: sayValue(least) })
  if (most === 0 || most === least) return sayValue(most)
  if (least === undefined) return filled(aims.wholeAtMost, { to: sayValue(most) })
  return filled(aims.wholeBetween, { from: sayValue(least), to: sayValue(most) })
}

/** Whether a feature has whole values alone: how many there are, or full days and months. */
function isCounted({ model }: CompiledModel, feature: string): boolean {
  const { unit, whole } = describedFeature(model, feature) ?? {}
  return whole === true || unit === 'count' || unit === 'mark' || WHOLE_FEATURES.has(feature)
}

/** A number in its unit; a category by its name, or a yes or no, in quotation marks. */
function wordOf({ model }: CompiledModel, feature: string, value: FeatureValue): Text {
  if (typeof value === 'number') return spokenFigure(value, describedFeature(model, feature)?.unit ?? '')
  if (typeof value === 'boolean') return filled(texts.quoted, { value: value ? texts.yes : texts.no })
  return filled(texts.quoted, { value: nameOfValue(feature, value) ?? value })
}
