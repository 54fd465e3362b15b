import type { ModelFault, Scaling, ScoringModel, Segment } from '../../engine/index.ts'
import { documentFaults } from '../model-schema.ts'
import { fieldsOf } from './fields.ts'
import { type Findings, fault, noFindings, note, type PmmlNote, shown } from './findings.ts'
import { type ImportChoices, pointsModelOf, woeModelOf } from './foreign.ts'
import { EXTENDER, idOf, MODEL_EXTENSION } from './names.ts'
import { ownModelOf } from './own.ts'
import { readRegression } from './regression.ts'
import { readScorecard } from './scorecard.ts'
import { childOf, childrenOf, readXml, type XmlElement } from './xml.ts'

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
  /** Of a regression: the target category that is the failure, where its name does not tell. */
  readonly bad?: string | undefined
}

type PmmlImported = { readonly model: ScoringModel; readonly notes: readonly PmmlNote[] }

/** What a Scorecard's points are taken to mean when nobody says. */
export const DEFAULT_SCALING: Scaling = { points: 600, odds: 50, pointsToDoubleOdds: 20 }

/** The versions of PMML that are read. */
const VERSIONS = /^4\.[234](\.\d+)?$/

/**
 * The scoring model of a PMML document, 4.2 to 4.4: a Scorecard, or a logistic RegressionModel on
 * binned inputs.
 *
 * A document of `toPmml` gives back an equal model. What the card says in PMML's own words is taken
 * from there, so that points and bounds may be edited in a PMML tool; where the rest, in the
 * Extension, then contradicts them, it is a fault. A foreign document becomes a model with declared
 * inputs that gives the same score wherever it can; each way in which it cannot is a note, and
 * where no model of ours would do the same, a fault. The model has the shape of one; `modelFaults`
 * says whether it is fit.
 *
 * Never throws, whatever the text. The pointer of a fault or note is an XPath into the document,
 * for the model in the Extension followed by `#` and a JSON pointer.
 */
export function fromPmml(
  xml: string,
  choices: PmmlImport = {}
): PmmlImported | { readonly faults: readonly ModelFault[] } {
  const findings = noFindings()
  const root = readXml(xml)
  const model = 'fault' in root ? fault(findings, '', root.fault) : modelIn(findings, root, choices)
  if (model === undefined || findings.faults.length > 0) return { faults: findings.faults }
  return { model, notes: findings.notes }
}

function modelIn(findings: Findings, root: XmlElement, choices: PmmlImport): ScoringModel | undefined {
  if (root.name !== 'PMML') return fault(findings, root.place, `The root is <${root.name.slice(0, 80)}>, not <PMML>.`)
  const version = root.attributes.get('version')
  if (!VERSIONS.test(version ?? ''))
    return fault(findings, root.place, `PMML ${shown(version)} is not read here: only 4.2, 4.3 and 4.4 are.`)
  for (const list of ['DataField', 'DerivedField', 'MiningField']) refuseRepeated(findings, root, list)
  const models = childrenOf(root, 'Scorecard', 'RegressionModel')
  const [element] = models
  if (element === undefined) return fault(findings, root.place, 'There is no <Scorecard> and no <RegressionModel>.')
  if (models.length > 1) return fault(findings, models[1]?.place ?? '', 'There is more than one model: which is meant?')
  if (findings.faults.length > 0) return undefined
  const extension = childrenOf(element, 'Extension').find(
    ({ attributes }) => attributes.get('extender') === EXTENDER && attributes.get('name') === MODEL_EXTENSION
  )
  if (extension !== undefined) return ownModelOf(findings, root, element, extension)
  const model = foreignModel(findings, root, element, choices)
  if (model === undefined) return undefined
  const shape = documentFaults(model)
  for (const { pointer, detail } of shape) fault(findings, `${element.place}#${pointer}`, detail)
  return shape.length > 0 ? undefined : model
}

/** A name stands for one field. */
function refuseRepeated(findings: Findings, parent: XmlElement, name: string): void {
  const seen = new Set<string>()
  for (const child of parent.children) {
    if (child.name !== name) {
      refuseRepeated(findings, child, name)
      continue
    }
    const own = child.attributes.get('name') ?? ''
    if (own === '') fault(findings, child.place, `A <${name}> has a name.`)
    else if (seen.has(own)) fault(findings, child.place, `There are two fields of the name ${shown(own)}.`)
    seen.add(own)
  }
}

function foreignModel(
  findings: Findings,
  root: XmlElement,
  element: XmlElement,
  { id, version = 1, segment = 'company', scaling, bad }: PmmlImport
): ScoringModel | undefined {
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
  const look = fieldsOf(findings, root, element)
  if (element.name === 'Scorecard') {
    const reading = readScorecard(findings, element, look)
    return reading === undefined ? undefined : pointsModelOf(findings, element.place, reading, choices)
  }
  const reading = readRegression(findings, element, look, bad)
  return reading === undefined ? undefined : woeModelOf(findings, element.place, reading, choices)
}
