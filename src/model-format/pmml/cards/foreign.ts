import {
  type Characteristic,
  type CharacteristicGroup,
  FEATURES,
  type FeatureType,
  type FeatureValue,
  isReasonCode,
  type MissingRule,
  type ModelInput,
  type PointsModel,
  REASONS,
  type ReasonCode,
  type Scaling,
  type Segment,
  type SubstituteRule,
  type Text,
  type WoeCharacteristic,
  type WoeModel
} from '../../../engine/index.ts'
import type { Cell, Cells, Span } from '../read/cells.ts'
import type { PmmlSource } from '../read/fields.ts'
import { type Findings, fault, note, shown } from '../read/findings.ts'
import { BEST_OF_EVERYTHING, importedRules, ratedCase } from '../read/imported-rules.ts'
import { idOf, inputNames, plainText, uniqueNames } from '../read/names.ts'
import { originOf } from '../read/origin.ts'
import type { RegressionReading, TermReading } from './regression.ts'
import type { CharacteristicReading, Earned, ScorecardReading } from './scorecard.ts'

/** What a foreign document does not say, and its importer has to. */
export interface ImportChoices {
  readonly id: string
  readonly version: number
  readonly name: string
  readonly description: string
  readonly segment: Segment
  readonly scaling: Scaling
}

/**
 * A scorecard of points as a points-based model. Undefined, with faults, where it cannot be one.
 */
export function pointsModelOf(
  findings: Findings,
  place: string,
  reading: ScorecardReading,
  choices: ImportChoices,
  inputs: Inputs
): PointsModel | undefined {
  const before = findings.faults.length
  const fraction = fractionIn(reading)
  if (fraction !== undefined) return fault(findings, fraction.place || place, WHOLE_POINTS)
  const characterId = uniqueNames()
  const found = reading.characteristics.map((each) => pointsCharacteristic(findings, each, inputs, characterId))
  if (findings.faults.length > before) return undefined
  const characteristics = withWeights(found.filter((each) => typeof each === 'object'))
  if (characteristics.length === 0) return fault(findings, place, 'The card earns everyone the same.')
  // What tells apart only whether a value is known has no weight among the attributes.
  if (found.every((each) => typeof each !== 'object' || each.weight === 0)) findings.deviations += 1
  const constants = found.filter((each) => typeof each === 'number')
  const basePoints = constants.reduce((sum, each) => sum + each, reading.initialScore)
  const isStated = characteristics.every(({ baseline }) => baseline !== undefined)
  const declared = inputs.declared()
  const { features, sum } = bestOf<Characteristic['attributes'][number]>(
    characteristics,
    declared,
    ({ points }) => points
  )
  return {
    ...headOf(findings, place, choices, declared),
    basePoints,
    characteristics,
    ...cardRules(characteristics, features, sum === undefined ? undefined : basePoints + sum),
    ...(isStated
      ? {
          reasons: {
            baseline: 'stated' as const,
            ranking: reading.ranksAbove ? ('above' as const) : ('below' as const)
          }
        }
      : {}),
    origin: originOf('pmml')
  }
}

const WHOLE_POINTS = 'The points of a points-based card are whole numbers.'

/** The first points that are no whole number; those of a missing value too, which may be kept. */
function fractionIn({ initialScore, characteristics }: ScorecardReading): Pick<Earned, 'place'> | undefined {
  if (!Number.isSafeInteger(initialScore)) return { place: '' }
  return characteristics
    .flatMap(({ earned: { cells, missing, other } }) => [...cells.map(({ outcome }) => outcome), missing, other])
    .find((each) => each !== undefined && !Number.isSafeInteger(each.points))
}

/**
 * A characteristic, its weight still in points; or the points of one that tells nobody apart, which
 * belong to the base.
 */
function pointsCharacteristic(
  findings: Findings,
  reading: CharacteristicReading,
  inputs: Inputs,
  unique: (wanted: string) => string
): Characteristic | number | undefined {
  const { place, name, field, earned } = reading
  const all = outcomesOf(findings, place, earned)
  if (all === undefined) return undefined
  const points = all.map((each) => each.points)
  const [first = 0] = points
  const others = [earned.missing, ...(field?.source.type === 'category' ? [earned.other] : [])]
  const isConstant = points.every((each) => each === first) && others.every((each) => each?.points === first)
  if (field === undefined || isConstant) {
    const { baseline } = reading
    if (baseline === undefined || baseline === first) return first
    // A part of the base gives no reason; what looks at nothing gives none in any model of ours.
    if (field === undefined) note(findings, place, reasonlessOf(name))
    else findings.deviations += 1
    return first
  }
  const base = {
    id: unique(idOf(name, 'characteristic', 64)),
    name: bothOf(name, 200),
    group: groupOf(field.source),
    feature: inputs.use(field.source, place),
    ...rulesOf(findings, reading.place, Math.min(...points), earned.missing?.points, otherOf(field.source, earned)),
    ...(reading.baseline === undefined ? {} : { baseline: reading.baseline }),
    ...reasonOf(findings, reading),
    strength: 'CHARACTERISTIC_STRONG' as const,
    weight: Math.max(...points) - Math.min(...points)
  }
  const worth = ({ points: earns, reasonCode }: Earned) => ({
    points: earns,
    ...(reasonCode === undefined ? {} : { reasonCode: reasonCode.slice(0, 64) })
  })
  return withAttributes(base, field.source, earned, worth) as Characteristic
}

/** Of a characteristic that no value of a customer speaks in. */
export function reasonlessOf(name: string): string {
  return `The characteristic ${shown(name)} earns everyone the same, whatever is known: it is never a reason here.`
}

/** What each stretch of values earns; a fault for one that earns nothing. */
function outcomesOf<Outcome>(
  findings: Findings,
  place: string,
  { cells, other }: Cells<Outcome>
): Outcome[] | undefined {
  const outcomes: Outcome[] = []
  for (const { held, outcome } of cells) {
    if (outcome !== undefined) outcomes.push(outcome)
    else fault(findings, place, `${heldIn(held)}: the document gives it no score. Widen an attribute, or add one.`)
  }
  if (outcomes.length < cells.length) return undefined
  if (outcomes.length === 0 && other !== undefined) return [other]
  return outcomes.length > 0 ? outcomes : fault(findings, place, 'No attribute names a value.')
}

function heldIn(held: Cell<unknown>['held']): string {
  if ('values' in held) return `No attribute holds ${held.values.slice(0, 5).map(shown).join(', ')}`
  const { from, to } = held
  if (from === undefined && to === undefined) return 'No attribute holds any number'
  if (from === undefined) return `No attribute holds the numbers below ${to}`
  return to === undefined
    ? `No attribute holds the numbers from ${from}`
    : `No attribute holds the numbers from ${from} to ${to}`
}

/** Adds type and attributes. Outcomes are defined: `outcomesOf` has seen to it. */
function withAttributes<Base extends object, Outcome, Worth extends object>(
  base: Base,
  { type }: PmmlSource,
  { cells, other }: Cells<Outcome>,
  worth: (outcome: Outcome) => Worth
): object {
  const attributes = cells.flatMap(({ held, outcome }) => {
    if (outcome === undefined) return []
    if (!('values' in held)) return [{ ...held, ...worth(outcome) }]
    const values = type === 'boolean' ? held.values.map((value) => value === 'true') : held.values
    return [{ values, ...worth(outcome) }]
  })
  // A category without a named value has one attribute for what no document can name.
  const some = attributes.length > 0 || other === undefined ? attributes : [{ values: [''], ...worth(other) }]
  return { ...base, type, attributes: some }
}

/** What a category in no attribute earns; false where there is no such thing. */
function otherOf({ type }: PmmlSource, { other }: Cells<Earned>): number | undefined | false {
  return type === 'category' ? other?.points : false
}

/**
 * The rules for a value that is missing or in no attribute. Here neither may ever earn more than
 * the worst attribute does; where the document gives more, the rule is `worst`, and a note says so.
 */
function rulesOf(
  findings: Findings,
  place: string,
  worst: number,
  missing: number | undefined,
  other: number | undefined | false
): { missing: MissingRule; unseen?: SubstituteRule } {
  const rule = (what: string, points: number): { rule: 'worst' } | { rule: 'points'; points: number } => {
    if (points < worst) return { rule: 'points', points }
    if (points > worst)
      note(
        findings,
        place,
        `${what} value earns ${points} points in the document, more than the worst attribute: here it earns ${worst}, so that withholding never pays.`
      )
    if (points > worst) findings.deviations += 1
    return { rule: 'worst' }
  }
  const forMissing: MissingRule = missing === undefined ? { rule: 'unrated' } : rule('A missing', missing)
  if (other === false) return { missing: forMissing }
  if (other === undefined) {
    if (missing !== undefined) {
      findings.deviations += 1
      note(findings, place, 'A category in no attribute has no score in the document: here it counts as missing.')
    }
    return { missing: forMissing }
  }
  const unseen = rule('An unknown', other)
  if (unseen.rule === 'points' && missing !== undefined && unseen.points < missing) {
    findings.deviations += 1
    note(
      findings,
      place,
      'A category in no attribute earns less in the document than a missing one: here it counts as missing.'
    )
    return { missing: forMissing }
  }
  return { missing: forMissing, unseen }
}

/** The reason of our catalogue, or the code of the document beside the one that stands for any. */
function reasonOf(
  findings: Findings,
  { place, reasonCode, earned, name }: CharacteristicReading
): { reason: ReasonCode; reasonCode?: string } {
  const code = reasonCode ?? earned.cells.find(({ outcome }) => outcome?.reasonCode !== undefined)?.outcome?.reasonCode
  if (code === undefined) return { reason: 'CHARACTERISTIC_WEAK', reasonCode: idOf(name, 'characteristic', 64) }
  if (isReasonCode(code) && REASONS[code].kind === 'adverse') return { reason: code }
  note(
    findings,
    place,
    `${shown(code)} is no reason of the catalogue: CHARACTERISTIC_WEAK is given, with this code and the name of the characteristic.`
  )
  return { reason: 'CHARACTERISTIC_WEAK', reasonCode: code.slice(0, 64) }
}

/**
 * The share of each in the span between the worst and the best card, in percent; they add up to
 * 100.
 */
function withWeights(drafts: readonly Characteristic[]): Characteristic[] {
  const total = drafts.reduce((sum, { weight }) => sum + weight, 0)
  // A characteristic that tells nobody apart still has a weight: the smallest that is shown.
  const shares = drafts.map(({ weight }) => Math.max(Math.round((weight / (total || 1)) * 1e6) / 1e4, 1e-4))
  const largest = shares.indexOf(Math.max(...shares))
  const others = shares.reduce((sum, share, index) => (index === largest ? sum : sum + share), 0)
  return drafts.map((each, index): Characteristic => {
    const weight = index === largest ? Math.round((100 - others) * 1e4) / 1e4 : (shares[index] ?? 0)
    return { ...each, weight }
  })
}

/**
 * A logistic regression on binned inputs as a statistical model. Undefined, with faults, where it
 * cannot be one.
 */
export function woeModelOf(
  findings: Findings,
  place: string,
  { intercept, terms }: RegressionReading,
  choices: ImportChoices,
  inputs: Inputs
): WoeModel | undefined {
  const before = findings.faults.length
  const { points, odds, pointsToDoubleOdds } = choices.scaling
  const factor = pointsToDoubleOdds / Math.LN2
  const offset = points - factor * Math.log(odds)
  const unique = uniqueNames()
  const used = terms.filter((term) => !isIdle(term))
  const share = offset / used.length - (factor * intercept) / used.length
  const found = used.map((term) => woeCharacteristic(findings, term, { factor, share }, inputs, unique))
  if (used.length === 0) fault(findings, place, 'No predictor has a coefficient other than 0.')
  if (findings.faults.length > before) return undefined
  const characteristics = found.filter((each) => each !== undefined)
  const declared = inputs.declared()
  const { features, sum } = bestOf<WoeCharacteristic['attributes'][number]>(
    characteristics,
    declared,
    ({ woe }, index) => -(characteristics[index]?.coefficient ?? 0) * woe
  )
  return {
    ...headOf(findings, place, choices, declared),
    kind: 'woe',
    intercept,
    rounding: 'none',
    characteristics,
    ...cardRules(characteristics, features, sum === undefined ? undefined : offset + factor * (sum - intercept)),
    origin: originOf('pmml')
  }
}

/** Whether it adds nothing, whatever is known. */
function isIdle({ coefficient, weights: { cells, missing, other } }: TermReading): boolean {
  const weights = [...cells.map(({ outcome }) => outcome), missing, other]
  return coefficient === 0 || weights.every((weight) => weight === 0)
}

function woeCharacteristic(
  findings: Findings,
  { place, name, field, coefficient, weights }: TermReading,
  { factor, share }: { readonly factor: number; readonly share: number },
  inputs: Inputs,
  unique: (wanted: string) => string
): WoeCharacteristic | undefined {
  const { source } = field
  const all = outcomesOf(findings, place, weights)
  if (all === undefined) return undefined
  const pointsOf = (weight: number): number => share - coefficient * weight * factor
  const maybe = (weight: number | undefined) => (weight === undefined ? undefined : pointsOf(weight))
  const other = source.type === 'category' ? maybe(weights.other) : false
  const base = {
    id: unique(idOf(source.name, idOf(name, 'characteristic', 64), 64)),
    name: bothOf(source.displayName || source.name, 200),
    group: groupOf(source),
    feature: inputs.use(source, place),
    ...rulesOf(findings, place, Math.min(...all.map(pointsOf)), maybe(weights.missing), other),
    reason: 'CHARACTERISTIC_WEAK' as const,
    strength: 'CHARACTERISTIC_STRONG' as const,
    reasonCode: idOf(source.name, idOf(name, 'characteristic', 64), 64),
    coefficient: -Math.abs(coefficient)
  }
  // A weight of evidence speaks for the customer and its coefficient is below 0: both are turned
  // where the document has it otherwise.
  const turn = coefficient > 0 ? -1 : 1
  const worth = (weight: number) => ({ woe: turn * weight + 0 })
  return withAttributes(base, source, weights, worth) as WoeCharacteristic
}

export interface Inputs {
  /** The feature that stands for a field. */
  readonly use: (source: PmmlSource, place: string) => string
  /** The same by name, as far as it was asked for. */
  readonly known: (name: string) => string | undefined
  readonly declared: () => ModelInput[]
}

/**
 * Fields that are named like a feature of the catalogue are that feature; every other is declared
 * as an input of the model.
 */
export function inputsOf(findings: Findings): Inputs {
  const unique = inputNames()
  const ids = new Map<string, string>()
  const inputs: ModelInput[] = []
  const use = (source: PmmlSource, place: string): string => {
    const known = ids.get(source.name)
    if (known !== undefined) return known
    const isFeature = Object.hasOwn(FEATURES, source.name) && FEATURES[source.name]?.type === source.type
    const id = isFeature ? source.name : unique(idOf(source.name, 'input', 100))
    ids.set(source.name, id)
    if (isFeature) return id
    if (id !== source.name) note(findings, place, `The field ${shown(source.name)} is the input ${shown(id)} here.`)
    const whole = source.isWhole ? { whole: true as const } : {}
    const description = bothOf(source.displayName || source.name, 2_000)
    inputs.push({ id, type: source.type, ...whole, from: 'call', description })
    return id
  }
  return { use, known: (name) => ids.get(name), declared: () => inputs }
}

function groupOf({ name, type }: PmmlSource): CharacteristicGroup {
  return groupOfFeature(name, type)
}

/** Where the evidence of a feature comes from; of an input that a model declares, the profile. */
export function groupOfFeature(id: string, type: FeatureType): CharacteristicGroup {
  const feature = Object.hasOwn(FEATURES, id) ? FEATURES[id] : undefined
  if (feature?.type !== type) return 'profile'
  if (feature.source === 'statements' || feature.source === 'payment_behaviour') return feature.source
  return feature.source === 'evidence' ? 'records' : 'profile'
}

/** A text that the document has in one language stands for both. */
export function bothOf(text: string, lengthMax: number): Text {
  const plain = plainText(text, lengthMax) || '-'
  return { en: plain, zh: plain }
}

/** What every imported model begins with. */
export function headOf(findings: Findings, place: string, choices: ImportChoices, inputs: ModelInput[]) {
  note(
    findings,
    place,
    'The document says neither which evidence a rating needs nor when a value is stale: every customer is rated until rules are added.'
  )
  const { id, version, segment, scaling } = choices
  return {
    id,
    version,
    name: bothOf(choices.name, 200),
    description: bothOf(choices.description, 2_000),
    segment,
    ...(inputs.length > 0 ? { inputs } : {}),
    scaling,
    minimumCoverage: 0
  }
}

function cardRules(
  [first]: readonly (Characteristic | WoeCharacteristic)[],
  features: Record<string, FeatureValue>,
  score: number | undefined
) {
  return importedRules(first?.group, [ratedCase(BEST_OF_EVERYTHING, features, score)])
}

/**
 * For each feature a value that is worth the most in the first characteristic that looks at it, and
 * what all characteristics make of these together; undefined where one has no attribute for its
 * value.
 */
function bestOf<Attribute extends Held>(
  characteristics: readonly { feature: string; attributes: readonly Attribute[] }[],
  declared: readonly ModelInput[],
  worthOf: (attribute: Attribute, index: number) => number
): { features: Record<string, FeatureValue>; sum: number | undefined } {
  const values = new Map<string, FeatureValue>()
  characteristics.forEach(({ feature, attributes }, index) => {
    const isWhole = declared.some(({ id, whole }) => id === feature && whole === true)
    const [first, ...others] = attributes.filter((each) => holds(each, valueIn(each, isWhole)))
    if (values.has(feature) || first === undefined) return
    const best = others.reduce((most, each) => (worthOf(each, index) > worthOf(most, index) ? each : most), first)
    values.set(feature, valueIn(best, isWhole))
  })
  const worths = characteristics.map(({ feature, attributes }, index) => {
    const value = values.get(feature)
    const holding = attributes.find((each) => value !== undefined && holds(each, value))
    return holding === undefined ? Number.NaN : worthOf(holding, index)
  })
  const sum = worths.reduce((total, each) => total + each, 0)
  return { features: Object.fromEntries(values), sum: Number.isFinite(sum) ? sum : undefined }
}

type Held = Span | { readonly values: readonly (string | boolean)[] }

/** A value that is held, unless there is none: not every range holds a whole number. */
function valueIn(held: Held, isWhole: boolean): FeatureValue {
  if ('values' in held) return held.values[0] ?? ''
  const { from, to } = held
  if (from !== undefined) return isWhole ? Math.ceil(from) : from
  if (to === undefined || to > 0) return 0
  const less = Math.max(2 * to - 1, -Number.MAX_VALUE)
  return isWhole ? Math.floor(less) : less
}

function holds(held: Held, value: FeatureValue): boolean {
  if ('values' in held) return typeof value !== 'number' && held.values.includes(value)
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = held
  return typeof value === 'number' && value >= from && value < to
}
