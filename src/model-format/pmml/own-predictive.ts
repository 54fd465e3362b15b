import { modelFaults, type PredictiveModel } from '../../engine/index.ts'
import { toPmml } from './cards/export.ts'
import { type Findings, fault } from './read/findings.ts'
import { numberOf, readXml, type XmlElement } from './read/xml.ts'
import { Unwritable } from './write/unwritable.ts'

/**
 * The predictive model in the Extension of a document of `toPmml`, which has the shape of one.
 * Undefined, with a fault for each place, where the document says otherwise than it does.
 */
export function ownPredictiveModel(
  findings: Findings,
  root: XmlElement,
  extension: XmlElement,
  model: PredictiveModel
): PredictiveModel | undefined {
  // What cannot be worked out is not tried: a tree may lead in circles.
  const unsound = modelFaults({ ...model, cases: [] }).filter(({ pointer }) => /^\/(predictor|scaling)/.test(pointer))
  for (const { pointer, detail } of unsound) fault(findings, `${extension.place}#${pointer}`, detail)
  const written = unsound.length > 0 ? undefined : writtenOf(findings, extension, model)
  if (written === undefined) return undefined
  const before = findings.faults.length
  compare(findings, root, written)
  return findings.faults.length > before ? undefined : model
}

function writtenOf(findings: Findings, extension: XmlElement, model: PredictiveModel): XmlElement | undefined {
  try {
    const root = readXml(toPmml(model, { withRows: false }))
    return 'fault' in root ? fault(findings, extension.place, root.fault) : root
  } catch (error) {
    if (!(error instanceof Unwritable)) throw error
    return fault(findings, extension.place, error.message)
  }
}

/** What says nothing of what comes out, or is checked by itself. */
const ASIDE: readonly string[] = ['Extension', 'Header', 'ModelVerification', 'Timestamp', 'Annotation']

function compare(findings: Findings, given: XmlElement, wanted: XmlElement): void {
  const isLeaf = given.children.length === 0 && wanted.children.length === 0
  const isSaid = isLeaf ? isSame(given.text, wanted.text) : true
  const names = new Set([...given.attributes.keys(), ...wanted.attributes.keys()])
  const isAlike = [...names].every(
    (name) => name.startsWith('xmlns') || isSame(given.attributes.get(name), wanted.attributes.get(name))
  )
  const [ours, theirs] = [given, wanted].map((each) => each.children.filter(({ name }) => !ASIDE.includes(name))) as [
    XmlElement[],
    XmlElement[]
  ]
  const isEven = ours.length === theirs.length && ours.every(({ name }, index) => name === theirs[index]?.name)
  if (isSaid && isAlike && isEven) {
    for (const [index, each] of ours.entries()) {
      const other = theirs[index]
      if (other !== undefined) compare(findings, each, other)
    }
    return
  }
  fault(
    findings,
    given.place,
    'This says otherwise than the model in the Extension. Change both alike, or remove the Extension to import the document alone.'
  )
}

/** Computed numbers may differ in their last digits: logarithms are not the same everywhere. */
const TOLERANCE = 1e-9

function isSame(one: string | undefined, other: string | undefined): boolean {
  if (one === other) return true
  const [a, b] = [numberOf(one), numberOf(other)]
  return a !== undefined && b !== undefined && Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b))
}
