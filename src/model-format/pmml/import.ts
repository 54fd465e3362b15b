import {
  type CardModel,
  FEATURES,
  type ModelFault,
  type Prediction,
  type Scaling,
  type ScoringModel,
  type Segment
} from '../../engine/index.ts'
import { documentFaults } from '../model-schema.ts'
import { type ImportChoices, type Inputs, inputsOf, pointsModelOf, woeModelOf } from './cards/foreign.ts'
import { ownModelOf } from './cards/own.ts'
import { readRegression } from './cards/regression.ts'
import { readScorecard } from './cards/scorecard.ts'
import { type FieldLookup, fieldsOf, isWhole } from './read/fields.ts'
import { type Findings, fault, noFindings, note, type PmmlNote, shown } from './read/findings.ts'
import { isInteger, saysNo } from './read/literals.ts'
import { BAD, EXTENDER, idOf, MODEL_EXTENSION } from './read/names.ts'
import { childOf, childrenOf, type XmlElement, xmlSteps } from './read/xml.ts'
import { withCase } from './sample-case.ts'
import { MODEL_ELEMENTS, type Reading, type Translation } from './steps/models.ts'
import { type AnswerChoices, badCategory, noteUnserved, predictiveModelOf, translationOf } from './steps/predictive.ts'
import { verify } from './verification/verify.ts'

/**
 * What the importer may say of a document that did not come from here. Of one that did, the
 * Extension says it.
 */
export interface PmmlImport {
  /** Default: the name of the model in the document. */
  readonly id?: string | undefined
  /** Default: 1. */
  readonly version?: number | undefined
  /** Default: `company`. */
  readonly segment?: Segment | undefined
  /**
   * What the points say of the odds; a Scorecard does not tell. Default: 600 points are odds of
   * 50:1, and 20 more double them.
   */
  readonly scaling?: Scaling | undefined
  /** The target category that means default, where its name does not tell. */
  readonly bad?: string | undefined
  /** What a number means that a model predicts; of a Scorecard, points without it. */
  readonly predicts?: Prediction | undefined
  /** The output that is served in place of the answer of the model itself. */
  readonly output?: string | undefined
}

type PmmlImported = { readonly model: ScoringModel; readonly notes: readonly PmmlNote[] }

/** What a Scorecard's points are taken to mean when nobody says. */
export const DEFAULT_SCALING: Scaling = { points: 600, odds: 50, pointsToDoubleOdds: 20 }

/** The versions of PMML that are read. */
const VERSIONS = /^4\.[0-4](\.\d+)?$/

/**
 * The scoring model of a PMML document, 4.0 to 4.4: a Scorecard, RegressionModel, TreeModel or
 * MiningModel.
 *
 * A document of `toPmml` gives back an equal model. What the card says in PMML's own words is taken
 * from there, so that points and bounds may be edited in a PMML tool; where the rest, in the
 * Extension, then contradicts them, it is a fault. A foreign document becomes a model that gives
 * what the document gives, for every row: a scorecard of ours where one does, else a predictive
 * model, which is worked out step by step. What it takes for granted or leaves out is a note; where
 * no model of ours would do the same, there is a fault. The model has the shape of one;
 * `modelFaults` says whether it is fit.
 *
 * Never throws, whatever the text. The pointer of a fault or note is an XPath into the document,
 * for the model in the Extension followed by `#` and a JSON pointer.
 */
export function fromPmml(xml: string, choices: PmmlImport = {}): PmmlResult {
  const steps = pmmlSteps(xml, choices)
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value
}

type PmmlResult = PmmlImported | { readonly faults: readonly ModelFault[] }

/** The same, pausing between the parts of the document. */
export function* pmmlSteps(xml: string, choices: PmmlImport = {}): Reading<PmmlResult> {
  const findings = noFindings()
  const root = yield* xmlSteps(xml)
  const model = 'fault' in root ? fault(findings, '', root.fault) : yield* modelIn(findings, root, choices)
  if (model === undefined || findings.faults.length > 0) return { faults: findings.faults }
  return { model, notes: findings.notes }
}

function* modelIn(findings: Findings, root: XmlElement, choices: PmmlImport): Reading<ScoringModel | undefined> {
  if (root.name !== 'PMML') return fault(findings, root.place, `The root is <${root.name.slice(0, 80)}>, not <PMML>.`)
  const version = root.attributes.get('version')
  if (!VERSIONS.test(version ?? ''))
    return fault(findings, root.place, `PMML ${shown(version)} is not read here: only 4.0 to 4.4 are.`)
  assertNotRepeated(findings, root)
  yield
  const models = childrenOf(root, ...MODEL_ELEMENTS)
  const [element] = models
  if (element === undefined)
    return fault(findings, root.place, 'There is no <Scorecard>, <RegressionModel>, <TreeModel> or <MiningModel>.')
  if (models.length > 1) return fault(findings, models[1]?.place ?? '', 'There is more than one model: which is meant?')
  if (findings.faults.length > 0) return undefined
  const extension = childrenOf(element, 'Extension').find(
    ({ attributes }) => attributes.get('extender') === EXTENDER && attributes.get('name') === MODEL_EXTENSION
  )
  const own = extension === undefined ? undefined : ownModelOf(findings, root, element, extension)
  if (extension !== undefined && own === undefined) return undefined
  const made =
    own === undefined
      ? yield* foreignModel(findings, root, element, choices)
      : { model: own, inputOf: (field: string) => field }
  if (made === undefined) return undefined
  const { model, inputOf } = made
  const shape = own === undefined ? documentFaults(model) : []
  for (const { pointer, detail } of shape) fault(findings, `${element.place}#${pointer}`, detail)
  if (findings.faults.length > 0) return undefined
  const bad = own === undefined ? badCategory(noFindings(), root, element, choices.bad) : BAD
  yield* verify(findings, { root, element, model, inputOf, bad, output: choices.output })
  return model
}

/** A model that was made of a document, and the input that stands for a field of it. */
interface Made {
  readonly model: ScoringModel
  readonly inputOf: (field: string) => string | undefined
}

/** Elements that are fields by their names. */
const FIELDS: readonly string[] = ['DataField', 'DerivedField', 'MiningField']

/** A name stands for one field. */
function assertNotRepeated(findings: Findings, parent: XmlElement): void {
  const seen = new Set<string>()
  for (const child of parent.children) {
    if (!FIELDS.includes(child.name)) {
      assertNotRepeated(findings, child)
      continue
    }
    const own = child.attributes.get('name') ?? ''
    const key = `${child.name} ${own}`
    if (own === '') fault(findings, child.place, `A <${child.name}> has a name.`)
    else if (seen.has(key)) fault(findings, child.place, `There are two fields of the name ${shown(own)}.`)
    seen.add(key)
  }
}

function* foreignModel(
  findings: Findings,
  root: XmlElement,
  element: XmlElement,
  { id, version = 1, segment = 'company', scaling, ...answers }: PmmlImport
): Reading<Made | undefined> {
  const name = element.attributes.get('modelName') ?? ''
  const choices: ImportChoices = {
    id: id ?? idOf(name, 'imported', 64),
    version,
    name: name || 'Imported model',
    description: childOf(root, 'Header')?.attributes.get('description') || `Imported from PMML: ${name || 'unnamed'}.`,
    segment,
    scaling: scaling ?? DEFAULT_SCALING
  }
  if (scaling === undefined) {
    const { points, odds, pointsToDoubleOdds } = DEFAULT_SCALING
    note(
      findings,
      element.place,
      `The document does not say what points mean: ${points} points are taken for odds of ${odds}:1, and ${pointsToDoubleOdds} more to double them.`
    )
  }
  const made = simpleModel(findings, root, element, choices, answers)
  if (made !== undefined) {
    noteUnserved(findings, element, answers)
    return made
  }
  const translation = translationOf(findings, root)
  const model = yield* predictiveModelOf(translation, element, choices, answers)
  if (model === undefined) return undefined
  noteUnserved(findings, element, answers)
  yield
  return { model: withCase(model), inputOf: inputNames(translation) }
}

/** The inputs of a document by the names of its fields. */
function inputNames({ inputs }: Translation): Made['inputOf'] {
  const ids = new Map([...inputs.used].map(([id, { attributes }]) => [attributes.get('name') ?? '', id]))
  return (field) => ids.get(field)
}

/**
 * A scorecard of ours that does all that the document does; undefined where none can, which is told
 * by no fault.
 */
function simpleModel(
  findings: Findings,
  root: XmlElement,
  element: XmlElement,
  choices: ImportChoices,
  answers: AnswerChoices
): Made | undefined {
  if (answers.output !== undefined || answers.predicts !== undefined || !isSimple(root, element)) return undefined
  const trial: Findings = { ...noFindings(), notes: [...findings.notes] }
  const inputs = inputsOf(trial)
  const look = fieldsOf(trial, root, element)
  const model =
    element.name === 'Scorecard'
      ? cardIn(trial, element, look, choices, inputs)
      : regressionIn(trial, root, element, look, choices, inputs, answers)
  if (model === undefined || trial.faults.length > 0 || trial.deviations > 0) return undefined
  // A scorecard of ours tells customers apart by attributes, not only by what is missing or unseen.
  if (model.characteristics.every(({ attributes }) => attributes.length < 2)) return undefined
  findings.notes.splice(0, findings.notes.length, ...trial.notes)
  return { model, inputOf: inputs.known }
}

function cardIn(
  trial: Findings,
  element: XmlElement,
  look: FieldLookup,
  choices: ImportChoices,
  inputs: Inputs
): CardModel | undefined {
  const reading = readScorecard(trial, element, look)
  return reading === undefined ? undefined : pointsModelOf(trial, element.place, reading, choices, inputs)
}

function regressionIn(
  trial: Findings,
  root: XmlElement,
  element: XmlElement,
  look: FieldLookup,
  choices: ImportChoices,
  inputs: Inputs,
  { bad }: AnswerChoices
): CardModel | undefined {
  const category = element.name === 'RegressionModel' ? badCategory(trial, root, element, bad) : undefined
  if (category === undefined) return undefined
  const reading = readRegression(trial, element, look, category)
  return reading === undefined ? undefined : woeModelOf(trial, element.place, reading, choices, inputs)
}

/**
 * Whether a document treats its values in no way that a scorecard of ours could not: it may replace
 * missing values and clamp outliers, and has neither bounds of what is valid, nor numbers in 32
 * bits (given or derived) or as categories, nor targets.
 */
function isSimple(root: XmlElement, element: XmlElement): boolean {
  if (saysNo(element.attributes.get('isScorable')) || childOf(element, 'Targets') !== undefined) return false
  const schema = childOf(element, 'MiningSchema')
  const mining = new Map(
    (schema === undefined ? [] : childrenOf(schema, 'MiningField')).map((field) => [
      field.attributes.get('name'),
      field
    ])
  )
  const derived = [childOf(root, 'TransformationDictionary'), childOf(element, 'LocalTransformations')]
  if (derived.some((parent) => parent?.children.some((each) => each.attributes.get('dataType') === 'float')))
    return false
  const dictionary = childOf(root, 'DataDictionary')
  return (dictionary === undefined ? [] : childrenOf(dictionary, 'DataField')).every((data) => {
    const { attributes } = data
    const field = mining.get(attributes.get('name'))?.attributes
    const isNumber = /^(integer|float|double)$/.test(attributes.get('dataType') ?? '')
    if (isNumber && (attributes.get('dataType') === 'float' || attributes.get('optype') === 'categorical')) return false
    if (isInteger(data) && !isSimpleInteger(data, mining.get(attributes.get('name')))) return false
    if (field?.get('missingValueTreatment') === 'returnInvalid') return false
    if (!/^(asIs|asMissingValues|asExtremeValues)$/.test(field?.get('outliers') ?? 'asIs')) return false
    if (field?.get('invalidValueTreatment') === 'asValue') return false
    const bounds = data.children.filter(
      (child) => child.name === 'Interval' || (child.name === 'Value' && child.attributes.get('property') !== 'missing')
    )
    return bounds.length === 0 || field?.get('invalidValueTreatment') === 'asIs'
  })
}

/**
 * Whether a scorecard of ours does with a number that is not whole what the document does: it takes
 * it as it is, or a call that gives it is refused, which is for inputs that the model declares.
 */
function isSimpleInteger(data: XmlElement, mining: XmlElement | undefined): boolean {
  const name = data.attributes.get('name') ?? ''
  if (isWhole(data, mining)) return !(Object.hasOwn(FEATURES, name) && FEATURES[name]?.type === 'numeric')
  return mining === undefined || mining.attributes.get('invalidValueTreatment') === 'asIs'
}
