import type { ModelsInForce } from '../../deps.ts'
import {
  type CreditFile,
  challengersOf,
  championOf,
  type FeatureValue,
  fits,
  type ModelInput,
  type ScoringModel
} from '../../engine/index.ts'
import { nearestWord } from '../../platform/http/body/spelling.ts'
import { type FieldError, faultsProblem, fieldError } from '../../platform/values/problem.ts'
import { listed, type Said, said } from '../../platform/values/said.ts'
import texts from '../texts.json' with { type: 'json' }

const { details } = texts

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
  throw faultsProblem('validation-error', errors.slice(0, 200))
}

/** The models that score a file. The one that decides comes first. */
function modelsFor(file: CreditFile, inForce: ModelsInForce, on: string): ScoringModel[] {
  const all = [championOf(inForce.active, file, on), ...challengersOf(inForce, file, on)]
  return all.flatMap((each) => each?.compiled?.model ?? [])
}

/** Names in one sentence at most. */
const NAMES_MAX = 40

function faultOf(models: readonly ScoringModel[], id: string, value: FeatureValue | null): FieldError | undefined {
  const declared = models.flatMap(({ inputs = [] }) => inputs)
  const pointer = `/inputs/${id.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')}`
  const input = declared.find((each) => each.id === id && each.from !== undefined)
  if (input === undefined) return fieldError(pointer, 'unknown_input', unknownInput(models, declared, id))
  if (value === null || fits(input, value)) return undefined
  const wanted = texts.parts[input.whole === true ? 'whole' : input.type]
  return fieldError(pointer, 'type', said(details.inputType, { id, wanted }))
}

function unknownInput(models: readonly ScoringModel[], declared: readonly ModelInput[], id: string): Said {
  const [model] = models
  const subject =
    model === undefined ? texts.parts.model : said(texts.parts.version, { version: model.version, modelId: model.id })
  if (declared.some((each) => each.id === id)) return said(details.inputNotFromCall, { subject, id })
  const known = declared.flatMap((each) => (each.from === undefined ? [] : [each.id]))
  const meant = nearestWord(id, known)
  const given = id.slice(0, 64)
  if (meant !== undefined) return said(details.inputMistyped, { subject, id: given, meant })
  if (known.length === 0) return said(details.inputsNone, { subject, id: given })
  return said(details.inputUnknown, { subject, id: given, known: listed(known.slice(0, NAMES_MAX)) })
}
