import type { FeatureValue } from '../features/feature.ts'
import type { CompiledModel } from '../scorecards/compiled-model.ts'
import type { ContributionState } from '../scorecards/score-result.ts'
import type { BusinessDate } from '../values/dates.ts'
import type { Text } from '../values/text.ts'
import { describedFeature } from './feature-cells.ts'

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
export function changeText(compiled: CompiledModel, change: ChangeInWords): Text {
  const { en, zh } = requestOf(compiled, change)
  return { en: `${en}.`, zh: `${zh}。`.replace(/ +(?=[。：])/g, '') }
}

function requestOf(compiled: CompiledModel, { feature, state, value, asOf, target, to }: ChangeInWords): Text {
  const name = nameOf(compiled, feature)
  const unit = UNIT_WORDS[describedFeature(compiled.model, feature)?.unit ?? ''] ?? NO_UNIT
  const aim = aimOf(target, unit)
  if (state === 'missing' || value === null) return needed({ en: `Provide ${name.en}`, zh: `提供${name.zh}` }, aim)
  if (state === 'stale')
    return needed({ en: `Bring ${name.en} of ${asOf} up to date`, zh: `更新${name.zh}（现有数据日期 ${asOf}）` }, aim)
  const from = wordOf(value, unit)
  const reach = aim ?? wordOf(to, unit)
  const isNumber = typeof value === 'number' && typeof to === 'number'
  const [en, zh] = isNumber ? (to > value ? ['Raise', '提高到'] : ['Lower', '降低到']) : ['Bring', '改善']
  return { en: `${en} ${name.en} from ${from.en} to ${reach.en}`, zh: `将${name.zh}由${from.zh}${zh}${reach.zh}` }
}

function needed(what: Text, aim: Text | null): Text {
  return aim === null ? what : { en: `${what.en}: ${aim.en} is enough`, zh: `${what.zh}：${aim.zh}即可` }
}

const NO_UNIT: Text = { en: '', zh: '' }
const UNIT_WORDS: Readonly<Record<string, Text>> = {
  days: { en: ' days', zh: ' 天' },
  months: { en: ' months', zh: ' 个月' },
  years: { en: ' years', zh: ' 年' }
}

/**
 * The name of the characteristic that uses the feature, else what the catalogue says of it, in
 * quotation marks.
 */
function nameOf({ model, characteristics }: CompiledModel, feature: string): Text {
  const named = characteristics.find(({ source }) => source.feature === feature)?.source.name
  if (named !== undefined) return { en: `the ${lowered(named.en)}`, zh: named.zh }
  const { en, zh } = describedFeature(model, feature)?.description ?? { en: feature, zh: feature }
  return { en: `“${en.replace(/\.$/, '')}”`, zh: `“${zh.replace(/。$/, '')}”` }
}

/** Without its capital, unless that belongs to an abbreviation. */
function lowered(name: string): string {
  return /^[A-Z][a-z]/.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name
}

/** Null where any value will do. */
function aimOf({ atLeast, below, values }: Target, unit: Text): Text | null {
  if (values !== undefined) {
    const words = values.map((each) => wordOf(each, NO_UNIT))
    return { en: either(words.map(({ en }) => en)), zh: `为${words.map(({ zh }) => zh).join('或')}` }
  }
  const from = atLeast === undefined ? undefined : wordOf(atLeast, unit)
  const to = below === undefined ? undefined : wordOf(below, unit)
  if (from !== undefined && to !== undefined)
    return { en: `at least ${from.en} and below ${to.en}`, zh: `不低于${from.zh}且低于${to.zh}` }
  if (from !== undefined) return { en: `at least ${from.en}`, zh: `不低于${from.zh}` }
  return to === undefined ? null : { en: `below ${to.en}`, zh: `低于${to.zh}` }
}

function either(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

function wordOf(value: FeatureValue, unit: Text): Text {
  if (typeof value === 'boolean') return value ? { en: 'yes', zh: '是' } : { en: 'no', zh: '否' }
  if (typeof value === 'string') return { en: value, zh: ` ${value} ` }
  const digits = Number(value.toPrecision(6))
  return { en: `${digits}${unit.en}`, zh: ` ${digits}${unit.zh === '' ? ' ' : unit.zh}` }
}
