import type { CardModel, FeatureValue, PredictiveModel, ScoringModel, Step } from '../../../engine/index.ts'
import { node, type XmlNode } from '../read/xml.ts'
import { evaluator, type Values } from './evaluation.ts'

/** So many rows go with a document, at most. */
const ROWS_MAX = 40
/** So many of them lack one value each. */
const MISSING_MAX = 16

/** What a model answers, under the names that its document gives it. */
interface VerifiedOutputs {
  readonly answer: string
  /** Whether the answer is a probability where the model is a card. */
  readonly isProbability: boolean
  /** The output of the heaviest reason; left out where the document gives none. */
  readonly reason?: string | undefined
}

/**
 * Rows with what the model makes of them, so that another reader can see that it reads the document
 * right: every attribute or bound is met, and every value is missing once. Undefined where no row
 * has a result.
 */
export function verificationOf(
  model: ScoringModel,
  { answer, isProbability, reason }: VerifiedOutputs
): XmlNode | undefined {
  const evaluate = evaluator(model, isProbability)
  const candidates = model.kind === 'predictive' ? predictiveValues(model) : cardValues(model)
  const inputs = [...candidates.keys()]
  const rows = sampleRows(candidates).flatMap((values) => {
    if (model.kind !== 'predictive' && isReweighted(model, values)) return []
    const found = evaluate(values)
    return found.answer === undefined || !Number.isFinite(found.answer)
      ? []
      : [{ values, ...found, answer: found.answer }]
  })
  if (rows.length === 0) return undefined
  const hasReasons = reason !== undefined && rows.some(({ reasons }) => isClear(reasons))
  const columns = new Map(inputs.map((input, index) => [input, `input${index + 1}`]))
  const fields = [
    ...[...columns].map(([field, column]) => node('VerificationField', { field, column })),
    node('VerificationField', { field: answer, column: 'answer', precision: 1e-9, zeroThreshold: 1e-12 }),
    ...(hasReasons ? [node('VerificationField', { field: reason, column: 'reason' })] : [])
  ]
  const chosen = rows.slice(0, ROWS_MAX)
  return node('ModelVerification', { recordCount: chosen.length, fieldCount: fields.length }, [
    node('VerificationFields', {}, fields),
    node(
      'InlineTable',
      {},
      chosen.map(({ values, answer: found, reasons }) =>
        node('row', {}, [
          ...[...columns].flatMap(([input, column]) => cell(column, values[input])),
          ...cell('answer', found),
          ...(hasReasons && isClear(reasons) ? cell('reason', reasons[0]?.code) : [])
        ])
      )
    )
  ])
}

function cell(column: string, value: FeatureValue | undefined): XmlNode[] {
  return value === undefined ? [] : [node(column, {}, String(value))]
}

/** Whether one reason is the heaviest for every reader. */
function isClear([first, second]: readonly { readonly points: number }[]): boolean {
  return first !== undefined && first.points > 1e-6 && first.points - (second?.points ?? 0) > 1e-6
}

/** A missing value that shares the points of the others earns other points in the document. */
function isReweighted({ characteristics }: CardModel, values: Values): boolean {
  return characteristics.some(
    ({ missing, feature, enabled }) => enabled !== false && missing.rule === 'reweight' && values[feature] === undefined
  )
}

type Candidates = ReadonlyMap<string, readonly FeatureValue[]>

function sampleRows(candidates: Candidates): Values[] {
  const inputs = [...candidates]
  const most = Math.max(...inputs.map(([, values]) => values.length), 1)
  const row = (turn: number): Record<string, FeatureValue | undefined> =>
    Object.fromEntries(inputs.map(([input, values], index) => [input, values[(turn + index) % values.length]]))
  const complete = Array.from({ length: Math.min(most, ROWS_MAX - MISSING_MAX - 1) }, (_, turn) => row(turn))
  const lacking = inputs.slice(0, MISSING_MAX).map(([input], index) => ({ ...row(index), [input]: undefined }))
  return [...complete, {}, ...lacking]
}

/** Texts that every reader of XML takes for what they are. */
function isPlain(value: FeatureValue): boolean {
  return typeof value !== 'string' || (value.trim() === value && /^[^\p{Cc}\p{Cs}\ufffe\uffff]+$/u.test(value))
}

const NUMBERS: readonly FeatureValue[] = [0, 1, -1]

function withDefault(found: readonly FeatureValue[], type: string): FeatureValue[] {
  const plain = [...new Set(found)].filter(isPlain)
  if (type === 'numeric') {
    const numbers = plain.filter((value) => typeof value === 'number')
    return numbers.length > 0 ? spread(numbers) : [...NUMBERS]
  }
  if (type === 'boolean') return [true, false]
  const words = plain.filter((value) => typeof value === 'string')
  return [...spread(words), 'none of these']
}

/** No more than a dozen, from all over a list. */
function spread<Value>(values: readonly Value[]): Value[] {
  const step = Math.max(1, Math.ceil(values.length / 12))
  return values.filter((_, index) => index % step === 0)
}

/** Numbers of an input that takes whole ones alone. */
function whole(values: readonly FeatureValue[], isWhole: boolean): readonly FeatureValue[] {
  return isWhole ? values.map((each) => (typeof each === 'number' ? Math.ceil(each) : each)) : values
}

function cardValues({ characteristics, inputs = [] }: CardModel): Candidates {
  const found = new Map<string, { type: string; values: FeatureValue[] }>()
  for (const each of characteristics) {
    if (each.enabled === false) continue
    const own = found.get(each.feature) ?? { type: each.type, values: [] }
    if (each.type === 'numeric') {
      for (const { from, to } of each.attributes) own.values.push(numberIn(from, to))
    } else own.values.push(...each.attributes.flatMap(({ values }) => values))
    found.set(each.feature, own)
  }
  const isWhole = (feature: string) => inputs.some((each) => each.id === feature && each.whole === true)
  return new Map(
    [...found].map(([feature, { type, values }]) => [feature, withDefault(whole(values, isWhole(feature)), type)])
  )
}

function numberIn(from: number | undefined, to: number | undefined): number {
  if (from !== undefined) return from
  return to === undefined ? 0 : Math.max(to - Math.max(1, Math.abs(to)), -Number.MAX_VALUE)
}

function predictiveValues({ predictor: { steps } }: PredictiveModel): Candidates {
  const found = new Map<string, FeatureValue[]>()
  for (const step of steps) if (step.do === 'read') found.set(step.id, valuesOfRead(step))
  for (const step of steps) for (const [id, value] of namedIn(step)) found.get(id)?.push(value)
  return new Map(
    steps.flatMap((step) =>
      step.do === 'read'
        ? [[step.input, withDefault(whole(found.get(step.id) ?? [], step.whole === true), step.type)]]
        : []
    )
  )
}

function valuesOfRead({ valid, notValid = [], none = [], limits }: Extract<Step, { do: 'read' }>): FeatureValue[] {
  return [
    ...(valid?.values ?? []),
    ...(valid?.ranges ?? []).map(({ from, to }) => numberIn(from, to)),
    ...notValid,
    ...none,
    ...(limits === undefined ? [] : [limits.low - 1, limits.high + 1])
  ]
}

/** The values that a step compares others with. */
function namedIn(step: Step): (readonly [id: string, value: FeatureValue])[] {
  switch (step.do) {
    case 'apply': {
      const [first, ...others] = step.to
      if (typeof first !== 'string') return []
      return others.flatMap((each): [string, FeatureValue][] =>
        typeof each === 'string' ? [] : [[first, typeof each === 'object' ? each.text : each]]
      )
    }
    case 'bins':
      return step.bins.map(({ from, to }) => [step.of, numberIn(from, to)] as const)
    case 'map':
      return step.rows.flatMap((row) => step.of.flatMap((id, index) => known(id, row[index])))
    case 'curve':
      return step.points.map(([x]) => [step.of, x] as const)
    case 'indicator':
      return [[step.of, step.value]]
    case 'trees':
      return step.trees.flatMap(({ field, below }) =>
        field.flatMap((place, index) => {
          const bound = below[index] ?? 0
          return [...known(step.fields[place], bound), ...known(step.fields[place], bound - 1)]
        })
      )
    default:
      return []
  }
}

function known(id: string | undefined, value: FeatureValue | undefined): (readonly [string, FeatureValue])[] {
  return id === undefined || value === undefined ? [] : [[id, value]]
}
