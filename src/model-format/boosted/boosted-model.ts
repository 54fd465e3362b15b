import {
  FEATURES,
  type FeatureType,
  type ModelFormat,
  type ModelInput,
  type Prediction,
  type PredictiveCharacteristic,
  type PredictiveModel,
  type Step,
  TREE_DEPTH_MAX,
  type Tree
} from '../../engine/index.ts'
import { bothOf, groupOfFeature, headOf, type ImportChoices } from '../pmml/cards/foreign.ts'
import { nextUp } from '../pmml/read/cells.ts'
import { type Findings, fault, note, shown } from '../pmml/read/findings.ts'
import { importedRules } from '../pmml/read/imported-rules.ts'
import { idOf, inputNames, uniqueNames } from '../pmml/read/names.ts'
import { originOf } from '../pmml/read/origin.ts'
import type { StepBody } from '../pmml/read/step-list.ts'

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
  /** The step that is made of a field in this way; its name is the wanted one, or nearly so. */
  readonly derive: (body: StepBody, wanted: string, field: BoostedField) => string
}

/** The steps that every such model ends with. */
const LAST = { trees: 'trees', margin: 'margin', probability: 'probability' } as const
const STEP_NAME_MAX = 180

interface Known {
  readonly input: string
  readonly field: BoostedField
  readonly steps: string[]
}

/** The inputs of boosted trees, as they are asked for. */
export function boostedInputs(): BoostedInputs & { readonly known: ReadonlyMap<string, Known> } {
  const unique = inputNames()
  // A column may be called like one of the steps that come after.
  const stepName = uniqueNames(Object.values(LAST))
  const known = new Map<string, Known>()
  const derived = new Map<string, string>()
  const steps: Step[] = []
  const fields: string[] = []
  const read = (field: BoostedField): string => {
    const { name, type } = field
    const before = known.get(name)?.steps[0]
    if (before !== undefined) return before
    const isFeature = Object.hasOwn(FEATURES, name) && FEATURES[name]?.type === type
    const input = isFeature ? name : unique(idOf(name, 'input', 100))
    const id = stepName(name.slice(0, STEP_NAME_MAX) || 'input')
    const precision = field.isSingle ? { precision: 'single' as const } : {}
    steps.push({ id, do: 'read', input, type, ...precision, invalid: 'keep' })
    known.set(name, { input, field, steps: [id] })
    return id
  }
  const derive = (body: StepBody, wanted: string, field: BoostedField): string => {
    read(field)
    // By what it does: long names of different sets of categories may begin alike.
    const key = JSON.stringify(body)
    const before = derived.get(key)
    if (before !== undefined) return before
    const id = stepName(wanted.slice(0, STEP_NAME_MAX))
    derived.set(key, id)
    steps.push({ id, ...body } as Step)
    known.get(field.name)?.steps.push(id)
    return id
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
  for (const { input, field } of inputs.known.values())
    if (input !== field.name) note(findings, '', `The field ${shown(field.name)} is the input ${shown(input)} here.`)
  const sign = isLogistic && bad === '0' ? -1 : 1
  const unique = uniqueNames()
  const characteristics = [...inputs.known.values()].map((each) => characteristicOf(each, unique))
  const margin: Step = {
    id: LAST.margin,
    do: 'linear',
    intercept: sign * factor * base + 0,
    terms: [{ of: LAST.trees, coefficient: sign * factor }]
  }
  const link: Step = { id: LAST.probability, do: 'link', link: 'logit', of: LAST.margin }
  const last: Step[] = isLogistic ? [margin, link] : [margin]
  const ofTrees: Step = {
    id: LAST.trees,
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
      result: isLogistic ? LAST.probability : LAST.margin,
      predicts: isLogistic ? 'probability' : (predicts ?? 'logOdds')
    },
    characteristics,
    ...importedRules(characteristics[0]?.group),
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

function characteristicOf(
  { input, field, steps }: Known,
  unique: (wanted: string) => string
): PredictiveCharacteristic {
  const id = unique(idOf(input, 'input', 64))
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

/** A tree that leads nowhere, or too far. */
export class BrokenTree extends Error {}

/** Throws a `BrokenTree` below the deepest node that can be explained; nothing is read below it. */
export function assertShallow(depth: number): void {
  if (depth > TREE_DEPTH_MAX) throw new BrokenTree(`The tree is deeper than ${TREE_DEPTH_MAX} nodes: make it flatter.`)
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

/**
 * Whether a number is the code of one of these categories. What stands behind its point does not
 * count; `isOpen`: so that a number just below 0 is the code 0 too.
 */
export function codeBins(of: string, codes: readonly number[], isOpen: boolean): StepBody {
  const bins: { from: number; to: number; value: number }[] = []
  for (const code of [...new Set(codes)].sort((a, b) => a - b)) {
    const last = bins.at(-1)
    if (last?.to === code) last.to = code + 1
    else bins.push({ from: code === 0 && isOpen ? nextUp(-1) : code, to: code + 1, value: 1 })
  }
  return { do: 'bins', of, bins, otherwise: 0 }
}
