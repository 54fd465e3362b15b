import type { ModelsInForce } from '../../deps.ts'
import {
  type CreditFile,
  challengersOf,
  championOf,
  type FeatureType,
  type FeatureValue,
  fits,
  type ModelInput,
  type ScoringModel
} from '../../engine/index.ts'
import { nearestWord } from '../../platform/http/body/spelling.ts'
import { type FieldError, Problem } from '../../platform/values/problem.ts'

/** What a call gives for inputs, by their ids; null: the caller knows of no value. */
type InputValues = Readonly<Record<string, FeatureValue | null>>

/**
 * The credit file with the values of the call, which count as of that day. Each must be an input of
 * the model in force or of a model beside it. Throws `validation-error`, which names every other.
 */
export function withInputs(
  file: CreditFile,
  values: InputValues | undefined,
  inForce: ModelsInForce,
  on: string
): CreditFile {
  if (values === undefined || Object.keys(values).length === 0) return file
  const models = modelsFor(file, inForce, on)
  const errors = Object.entries(values).flatMap(([id, value]) => faultOf(models, id, value) ?? [])
  if (errors.length === 0) return { ...file, inputs: { givenOn: on, values } }
  const detail = errors.map((error) => error.detail).join(' ')
  throw new Problem('validation-error', detail.slice(0, 1_500), { errors: errors.slice(0, 200) })
}

/** The models that score a file. The one that decides comes first. */
function modelsFor(file: CreditFile, inForce: ModelsInForce, on: string): ScoringModel[] {
  const all = [championOf(inForce.active, file, on), ...challengersOf(inForce, file, on)]
  return all.flatMap((each) => each?.compiled?.model ?? [])
}

/** Names in one sentence at most. */
const NAMES_MAX = 40

const WANTED: Readonly<Record<FeatureType, string>> = {
  numeric: 'a number',
  category: 'a text',
  boolean: 'true or false'
}

function faultOf(models: readonly ScoringModel[], id: string, value: FeatureValue | null): FieldError | undefined {
  const declared = models.flatMap(({ inputs = [] }) => inputs)
  const pointer = `/inputs/${id.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')}`
  const input = declared.find((each) => each.id === id && each.from !== undefined)
  if (input === undefined) return { pointer, code: 'unknown_input', detail: unknownInput(models, declared, id) }
  if (value === null || fits(input, value)) return undefined
  const wanted = input.whole === true ? 'a whole number' : WANTED[input.type]
  return { pointer, code: 'type', detail: `The input ${id} must be ${wanted} or null.` }
}

function unknownInput(models: readonly ScoringModel[], declared: readonly ModelInput[], id: string): string {
  const [model] = models
  const subject = model === undefined ? 'The model' : `Version ${model.version} of the model ${model.id}`
  if (declared.some((each) => each.id === id))
    return `${subject} declares "${id}" without "from": "call": no call can give it before its document is imported again.`
  const known = declared.flatMap((each) => (each.from === undefined ? [] : [each.id]))
  const meant = nearestWord(id, known)
  const sentence = `${subject} takes no input "${id.slice(0, 64)}" from a call`
  if (meant !== undefined) return `${sentence}: did you mean "${meant}"?`
  return known.length === 0
    ? `${sentence}, nor any other.`
    : `${sentence}. Known are: ${known.slice(0, NAMES_MAX).join(', ')}.`
}
