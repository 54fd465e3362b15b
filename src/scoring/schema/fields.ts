// Fields that several schemas of the room have in the same words.
import Type from 'typebox'
import { ADVICES, type FeatureValue as EngineValue, GRADES, MISSING_REASONS } from '../../engine/index.ts'
import { BusinessDate, nullable, oneOf } from '../../platform/http/schema.ts'

export const Grade = oneOf(GRADES, { description: 'From AAA, the best, to D, in default' })
export const AdviceField = oneOf(ADVICES, {
  description: 'refer: a person has to look at the case; decline: credit is out of the question'
})
export const points = (description: string) => Type.Number({ description })
export const FeatureId = Type.String({ maxLength: 100, description: 'Id of the feature in the catalogue' })
export const asOf = nullable(BusinessDate, 'The day of the value; null: there is none')
export const missing = nullable(oneOf(MISSING_REASONS), 'Why there is no value; null: there is one')
export const FeatureValue = Type.Union([Type.Number(), Type.String({ maxLength: 200 }), Type.Boolean()])

/** Names a call may give values for: those of the model that decides and of models beside it. */
const INPUTS_MAX = 500
export const inputValues = Type.Unsafe<Record<string, EngineValue | null>>({
  type: 'object',
  maxProperties: INPUTS_MAX,
  additionalProperties: { type: ['number', 'string', 'boolean', 'null'], maxLength: 200 },
  description:
    'Values of inputs that the model in force, or one that runs beside it, declares with `"from": "call"`: by the id of the input a number, a category, or true or false; null: there is none'
})

export const message = Type.String({ maxLength: 1_000, description: 'The text in the language of `Accept-Language`' })
