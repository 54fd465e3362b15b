import { FEATURES } from '../../../engine/index.ts'
import type { FieldScope } from '../read/conditions.ts'
import { derivedField } from '../read/expressions.ts'
import { fault, shown } from '../read/findings.ts'
import { declaredType } from '../read/literals.ts'
import { idOf, inputNames } from '../read/names.ts'
import type { StepList, StepRef } from '../read/step-list.ts'
import { missingTreatment, readField } from '../read/treatments.ts'
import { childOf, childrenOf, type XmlElement } from '../read/xml.ts'

/**
 * The inputs of a document: its fields that are named like a feature are that feature, every other
 * is declared.
 */
interface DocumentInputs {
  /** The input that stands for a field. */
  readonly use: (data: XmlElement) => string
  /** Those that were used, by their id here. */
  readonly used: ReadonlyMap<string, XmlElement>
}

export function documentInputs(): DocumentInputs {
  const unique = inputNames()
  const ids = new Map<XmlElement, string>()
  const used = new Map<string, XmlElement>()
  return {
    used,
    use(data) {
      const known = ids.get(data)
      if (known !== undefined) return known
      const name = data.attributes.get('name') ?? ''
      const isFeature = Object.hasOwn(FEATURES, name) && FEATURES[name]?.type === declaredType(data)?.type
      const id = isFeature ? name : unique(idOf(name, 'input', 100))
      ids.set(data, id)
      used.set(id, data)
      return id
    }
  }
}

/** The fields of the whole document. */
export interface PmmlDocument {
  readonly root: XmlElement
  readonly list: StepList
  readonly inputs: DocumentInputs
}

function named(parent: XmlElement | undefined, name: string): ReadonlyMap<string, XmlElement> {
  const elements = parent === undefined ? [] : childrenOf(parent, name)
  return new Map(elements.map((element) => [element.attributes.get('name') ?? '', element]))
}

/**
 * The fields that a model sees: those of its MiningSchema, treated as it says, and what is derived
 * from them. An inner model sees those of the model around it, `outer`; there only what stands for
 * a missing value acts anew.
 */
export function modelScope({ root, list, inputs }: PmmlDocument, model: XmlElement, outer?: FieldScope): FieldScope {
  const { findings } = list
  const data = named(childOf(root, 'DataDictionary'), 'DataField')
  const mining = named(childOf(model, 'MiningSchema'), 'MiningField')
  const common = named(childOf(root, 'TransformationDictionary'), 'DerivedField')
  const local = named(childOf(model, 'LocalTransformations'), 'DerivedField')
  const known = new Map<string, StepRef | undefined>()
  const open = new Set<string>()
  const scope: FieldScope = (name, place) => {
    if (known.has(name)) return known.get(name)
    if (open.has(name)) return fault(findings, place, `The field ${shown(name)} refers to itself.`)
    open.add(name)
    const found = look(name, place)
    known.set(name, found)
    return found
  }
  const look = (name: string, place: string): StepRef | undefined => {
    const derived = local.get(name) ?? (mining.has(name) ? undefined : common.get(name))
    if (derived !== undefined) return derivedField(list, derived, scope)
    const field = mining.get(name)
    if (outer !== undefined) return inner(list, outer(name, place), field)
    const own = data.get(name)
    if (own !== undefined) return readField(list, own, field, inputs.use(own))
    const shared = common.get(name)
    return shared === undefined
      ? fault(findings, place, `There is no field ${shown(name)}.`)
      : derivedField(list, shared, scope)
  }
  return scope
}

function inner(list: StepList, field: StepRef | undefined, mining: XmlElement | undefined): StepRef | undefined {
  if (field === undefined || mining === undefined) return field
  const outliers = mining.attributes.get('outliers') ?? 'asIs'
  if (outliers !== 'asIs' && field.type === 'numeric')
    return fault(
      list.findings,
      mining.place,
      'Outliers are treated in the outer model here, not in one of its parts: move outliers, lowValue and highValue there.'
    )
  const { missing } = missingTreatment(list.findings, mining, field)
  if (missing === null)
    return fault(
      list.findings,
      mining.place,
      'returnInvalid has its place in the outer model, not in one of its parts.'
    )
  if (missing === undefined) return field
  return list.add(
    { do: 'apply', function: 'same', to: [field.id], otherwise: missing },
    field.id,
    field.type,
    field.isSingle
  )
}
