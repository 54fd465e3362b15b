import {
  compileModel,
  type FeatureValue,
  type ModelFault,
  modelFaults,
  type ScoreResult,
  type ScoringModel,
  score
} from '../../src/engine/index.ts'
import { type FormatChoices, fromFormat, type TextFormat } from '../../src/model-format/formats.ts'
import { featuresFrom } from './random-models.ts'

const ASKED_ON = '2026-03-31'

/** The model of a text that can be read; it can be published. */
export function modelFromText(format: TextFormat, text: string, choices: FormatChoices = {}): ScoringModel {
  const result = fromFormat(format, text, choices)
  if ('faults' in result) throw new Error(JSON.stringify(result.faults))
  const faults = modelFaults(result.model)
  if (faults.length > 0) throw new Error(JSON.stringify(faults))
  return result.model
}

/** Why a text cannot be read. */
export function faultsFromText(format: TextFormat, text: string, choices: FormatChoices = {}): readonly ModelFault[] {
  const result = fromFormat(format, text, choices)
  return 'faults' in result ? result.faults : []
}

export type Values = Readonly<Record<string, FeatureValue | undefined>>

/** What a model makes of values. */
export function resultOf(model: ScoringModel, values: Values): ScoreResult {
  return score(compileModel(model), featuresFrom(values, ASKED_ON), ASKED_ON)
}
