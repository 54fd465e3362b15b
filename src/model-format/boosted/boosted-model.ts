import {
  FEATURES,
  type FeatureType,
  type ModelFormat,
  type ModelInput,
  type Prediction,
  type PredictiveCharacteristic,
  type PredictiveModel,
  type Step,
  type Tree
} from '../../engine/index.ts'
import { bothOf, groupOfFeature, headOf, type ImportChoices } from '../pmml/cards/foreign.ts'
import { type Findings, fault, note } from '../pmml/read/findings.ts'
import { idOf, uniqueNames } from '../pmml/read/names.ts'
import { originOf } from '../pmml/read/origin.ts'
import { predictiveTail } from '../pmml/steps/predictive.ts'

/** A field of boosted trees: an input as it is, or what is made of it. */
export interface BoostedField {
  readonly name: string
  readonly type: FeatureType
  /** Numbers are compared in 32 bits. */
  readonly isSingle: boolean
}

/** Trees whose sum is a margin. */
interface Boosted {
  readonly format: ModelFormat
  readonly trees: readonly Tree[]
  readonly isAverage: boolean
  /** What is added to the sum, and what the whole is multiplied by. */
  readonly base: number
  readonly factor: number
  /** Whether the margin is the logarithm of the odds of the label 1. */
  readonly isLogistic: boolean
}

/** What the importer says of the label 1, or of the number that is predicted. */
export interface BoostedChoices {
  /** The label that means default. */
  readonly bad?: string | undefined
  readonly predicts?: Prediction | undefined
}

/** The steps that trees look at, and the inputs that these are made of. */
interface BoostedInputs {
  readonly steps: Step[]
  /** The place of a step among the fields of the trees. */
  readonly place: (id: string) => number
  readonly fields: string[]
  /** The step that reads a field. */
  readonly read: (field: BoostedField) => string
  /** Adds a step that is made of a field. */
  readonly derive: (step: Step, field: BoostedField) => string
}

interface Known {
  readonly input: string
  readonly field: BoostedField
  readonly steps: string[]
}

/** The inputs of boosted trees, as they are asked for. */
export function boostedInputs(): BoostedInputs & { readonly known: ReadonlyMap<string, Known> } {
  const unique = uniqueNames(Object.keys(FEATURES))
  const known = new Map<string, Known>()
  const steps: Step[] = []
  const fields: string[] = []
  const read = (field: BoostedField): string => {
    const id = field.name
    if (known.has(id)) return id
    const isFeature = Object.hasOwn(FEATURES, id) && FEATURES[id]?.type === field.type
    const input = isFeature ? id : unique(idOf(id, 'input', 100))
    const precision = field.isSingle ? { precision: 'single' as const } : {}
    steps.push({ id, do: 'read', input, type: field.type, ...precision, invalid: 'keep' })
    known.set(id, { input, field, steps: [id] })
    return id
  }
  const derive = (step: Step, field: BoostedField): string => {
    read(field)
    if (!steps.some(({ id }) => id === step.id)) {
      steps.push(step)
      known.get(field.name)?.steps.push(step.id)
    }
    return step.id
  }
  const place = (id: string): number => {
    const at = fields.indexOf(id)
    return at >= 0 ? at : fields.push(id) - 1
  }
  return { steps, fields, known, read, derive, place }
}

/**
 * Boosted trees as a predictive model. Undefined, with faults, where nobody says what they predict.
 */
export function boostedModelOf(
  findings: Findings,
  { format, trees, isAverage, base, factor, isLogistic }: Boosted,
  inputs: ReturnType<typeof boostedInputs>,
  choices: ImportChoices,
  { bad, predicts }: BoostedChoices
): PredictiveModel | undefined {
  if (isLogistic && bad !== '0' && bad !== '1')
    return fault(findings, '', 'Say which label means default, in "bad": "1" or "0". The model does not.')
  if (!isLogistic && predicts === undefined)
    return fault(
      findings,
      '',
      'The model does not say what the number means that it predicts: say whether it is points, riskPoints (more is worse), probability (of default) or logOdds (of default).'
    )
  if (inputs.known.size === 0)
    return fault(findings, '', 'The trees ask for nothing: the model gives everyone the same.')
  note(
    findings,
    '',
    'A missing value counts as the trees say: where it leads to a better leaf than a poor one, withholding it pays.'
  )
  const sign = isLogistic && bad === '0' ? -1 : 1
  const characteristics = [...inputs.known.values()].map((each) => characteristicOf(each))
  const margin: Step = {
    id: 'margin',
    do: 'linear',
    intercept: sign * factor * base + 0,
    terms: [{ of: 'trees', coefficient: sign * factor }]
  }
  const last: Step[] = isLogistic ? [margin, { id: 'probability', do: 'link', link: 'logit', of: 'margin' }] : [margin]
  const ofTrees: Step = {
    id: 'trees',
    do: 'trees',
    combine: isAverage ? 'average' : 'sum',
    fields: inputs.fields,
    trees: [...trees]
  }
  return {
    ...headOf(findings, '', choices, declared(inputs.known)),
    kind: 'predictive',
    predictor: {
      steps: [...inputs.steps, ofTrees, ...last],
      result: isLogistic ? 'probability' : 'margin',
      predicts: isLogistic ? 'probability' : (predicts ?? 'logOdds')
    },
    characteristics,
    ...predictiveTail(characteristics),
    origin: originOf(format)
  }
}

function declared(known: ReadonlyMap<string, Known>): ModelInput[] {
  return [...known.values()].flatMap(({ input, field }): ModelInput[] =>
    Object.hasOwn(FEATURES, input)
      ? []
      : [{ id: input, type: field.type, from: 'call', description: bothOf(field.name, 2_000) }]
  )
}

function characteristicOf({ input, field, steps }: Known): PredictiveCharacteristic {
  const id = idOf(input, 'input', 64)
  return {
    id,
    name: bothOf(field.name, 200),
    group: groupOfFeature(input, field.type),
    feature: input,
    type: field.type,
    fields: steps.map((step) => ({ step })),
    reason: 'CHARACTERISTIC_WEAK',
    strength: 'CHARACTERISTIC_STRONG',
    reasonCode: id
  }
}

/**
 * A tree that is being made: inner nodes are numbered in the order in which they are reached from
 * above.
 */
export interface TreeMaker {
  readonly tree: Required<Tree>
  readonly inner: (field: number, below: number) => number
  readonly leaf: (value: number, cases: number) => number
}

export function treeMaker(): TreeMaker {
  const tree: Required<Tree> = { field: [], below: [], yes: [], no: [], missing: [], leaves: [], cases: [] }
  return {
    tree,
    inner(field, below) {
      for (const ways of [tree.yes, tree.no, tree.missing]) ways.push(-1)
      tree.below.push(below)
      return tree.field.push(field) - 1
    },
    leaf(value, cases) {
      tree.cases.push(Math.max(cases, 0))
      return -tree.leaves.push(value)
    }
  }
}
