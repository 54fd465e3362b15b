import { enabledCharacteristics, type PredictiveModel, type ScoringModel } from '../../../engine/index.ts'
import { documentFaults } from '../../model-schema.ts'
import { ownPredictiveModel } from '../own-predictive.ts'
import type { Cell, Cells } from '../read/cells.ts'
import { fieldsOf } from '../read/fields.ts'
import { type Findings, fault, noFindings } from '../read/findings.ts'
import { BAD } from '../read/names.ts'
import { childrenOf, readXml, type XmlElement } from '../read/xml.ts'
import { toPmml } from './export.ts'
import { type RegressionReading, readRegression } from './regression.ts'
import { type CharacteristicReading, type Earned, readScorecard, type ScorecardReading } from './scorecard.ts'

/**
 * The model of a document of `toPmml`: what the Extension holds, completed with what stands in
 * PMML's own words. Undefined, with faults, where the two contradict each other.
 */
export function ownModelOf(
  findings: Findings,
  root: XmlElement,
  element: XmlElement,
  extension: XmlElement
): ScoringModel | undefined {
  const rest = parsed(extension.text)
  if (rest === undefined) return fault(findings, extension.place, 'The Extension holds no JSON of a model.')
  if (rest.kind === 'predictive') return predictiveIn(findings, root, extension, rest)
  if (element.name !== 'Scorecard' && element.name !== 'RegressionModel')
    return fault(findings, element.place, 'The model in the Extension is a scorecard: it is written as no other model.')
  const own = readingOf(findings, root, element)
  if (own === undefined) return undefined
  const model = 'characteristics' in own ? completed(findings, rest, own) : rest
  const shape = documentFaults(model)
  for (const { pointer, detail } of shape) fault(findings, `${extension.place}#${pointer}`, detail)
  if (shape.length > 0) return undefined
  // The shape has just been checked.
  return agrees(findings, element, own, model as unknown as ScoringModel)
}

function predictiveIn(
  findings: Findings,
  root: XmlElement,
  extension: XmlElement,
  rest: Rest
): PredictiveModel | undefined {
  const shape = documentFaults(rest)
  for (const { pointer, detail } of shape) fault(findings, `${extension.place}#${pointer}`, detail)
  // The shape has just been checked.
  return shape.length > 0
    ? undefined
    : ownPredictiveModel(findings, root, extension, rest as unknown as PredictiveModel)
}

type Rest = Readonly<Record<string, unknown>>

function parsed(text: string): Rest | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Rest) : undefined
  } catch {
    return undefined
  }
}

type Reading = ScorecardReading | RegressionReading

function readingOf(findings: Findings, root: XmlElement, element: XmlElement): Reading | undefined {
  const look = fieldsOf(findings, root, element)
  if (element.name === 'Scorecard') return readScorecard(findings, element, look)
  return readRegression(findings, element, look, BAD)
}

/**
 * Adds to a points-based model what the Scorecard says: its points. A statistical one stands whole
 * in the Extension.
 */
function completed(findings: Findings, rest: Rest, card: ScorecardReading): Rest {
  if (rest.kind === 'woe') return rest
  const { characteristics } = rest
  if (!Array.isArray(characteristics)) return { ...rest, basePoints: card.initialScore }
  const read = [...card.characteristics]
  const whole = characteristics.map((each: unknown): unknown => {
    if (typeof each !== 'object' || each === null || ('enabled' in each && each.enabled === false)) return each
    const next = read.shift()
    if (next === undefined) return each
    if (!('id' in each) || each.id !== next.name) strange(findings, next)
    return { ...each, attributes: withCodes(attributesOf(next), 'attributes' in each ? each.attributes : undefined) }
  })
  for (const each of read) strange(findings, each)
  return { ...rest, basePoints: card.initialScore, characteristics: whole }
}

/** Attributes with the reason codes of their own that the Extension keeps. */
function withCodes(attributes: readonly object[], kept: unknown): object[] {
  const codes: readonly unknown[] = Array.isArray(kept) ? kept : []
  return attributes.map((each, index) => {
    const own = codes[index]
    const has = typeof own === 'object' && own !== null && 'reasonCode' in own
    return has ? { ...each, reasonCode: own.reasonCode } : each
  })
}

function strange(findings: Findings, { place }: CharacteristicReading): void {
  fault(findings, place, 'The Extension has no such characteristic here. Remove it to import the card alone.')
}

function attributesOf({ field, earned }: CharacteristicReading): object[] {
  return earned.cells.flatMap(({ held, outcome }) => {
    if (outcome === undefined) return []
    const { points } = outcome
    if (!('values' in held)) return [{ ...held, points }]
    const isBoolean = field?.source.type === 'boolean'
    return [{ values: isBoolean ? held.values.map((value) => value === 'true') : held.values, points }]
  })
}

/**
 * The model, where writing it gives a document that earns the same; else undefined, with a fault
 * for each difference.
 */
function agrees(
  findings: Findings,
  element: XmlElement,
  given: Reading,
  model: ScoringModel
): ScoringModel | undefined {
  const as = element.name === 'Scorecard' ? 'scorecard' : 'regression'
  if (as === 'regression' && model.kind !== 'woe')
    return fault(findings, element.place, 'The model in the Extension is points-based: it is no regression.')
  if (model.kind === 'predictive')
    return fault(findings, element.place, 'A predictive model is written in another form.')
  if (enabledCharacteristics(model).length === 0)
    return fault(findings, element.place, 'The model in the Extension scores nothing.')
  const root = readXml(toPmml(model, { as, withRows: false }))
  const [written] = 'fault' in root ? [] : childrenOf(root, element.name)
  const wanted = written === undefined || 'fault' in root ? undefined : readingOf(noFindings(), root, written)
  if (wanted === undefined)
    return fault(findings, element.place, 'The model in the Extension cannot be written as PMML.')
  const before = findings.faults.length
  compare(findings, element.place, partsOf(given), partsOf(wanted))
  return findings.faults.length > before ? undefined : model
}

/** What a document says, by the place where it says it, in a form that can be compared. */
interface Part {
  readonly place: string
  readonly says: readonly (string | number | undefined)[]
}

function partsOf(reading: Reading): Part[] {
  if ('terms' in reading) {
    const terms = reading.terms.map(({ place, field, coefficient, weights }) => ({
      place,
      says: [field.source.name, field.source.type, coefficient, ...saidBy(weights, (weight) => [weight])]
    }))
    return [{ place: '', says: [reading.intercept] }, ...terms]
  }
  const characteristics = reading.characteristics.map(({ place, name, field, reasonCode, baseline, earned }) => ({
    place,
    says: [
      name,
      field?.source.name,
      field?.source.type,
      reasonCode,
      baseline,
      ...saidBy(earned, ({ points, reasonCode: code }: Earned) => [points, code])
    ]
  }))
  return [{ place: '', says: [reading.initialScore, String(reading.ranksAbove)] }, ...characteristics]
}

type Said = readonly (string | number | undefined)[]

function saidBy<Outcome>({ cells, missing, other }: Cells<Outcome>, say: (outcome: Outcome) => Said): Said {
  const outcome = (each: Outcome | undefined): Said => (each === undefined ? ['nothing'] : say(each))
  const held = ({ held: each }: Cell<Outcome>): Said =>
    'values' in each ? each.values : [each.from ?? 'open', each.to ?? 'open']
  return [
    ...outcome(missing),
    ...outcome(other),
    ...cells.flatMap((cell) => ['holds', ...held(cell), 'earns', ...outcome(cell.outcome)])
  ]
}

/** Computed points may differ in their last digits: logarithms are not the same everywhere. */
const TOLERANCE = 1e-9

function compare(findings: Findings, whole: string, given: readonly Part[], wanted: readonly Part[]): void {
  if (given.length !== wanted.length) {
    fault(
      findings,
      whole,
      `The document has ${given.length - 1} inputs and the model in the Extension ${wanted.length - 1}.`
    )
    return
  }
  given.forEach(({ place, says }, index) => {
    const others = wanted[index]?.says ?? []
    const same = says.length === others.length && says.every((each, position) => isSame(each, others[position]))
    if (same) return
    fault(
      findings,
      place || whole,
      'This says otherwise than the model in the Extension, by which points, rules and reasons follow from each other. Change both alike, or remove the Extension to import the document alone.'
    )
  })
}

function isSame(a: string | number | undefined, b: string | number | undefined): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b
  return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b))
}
