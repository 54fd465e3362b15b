import Type, { type Static, type TProperties, type TSchema } from 'typebox'

/*
 * What the schemas of models are made of.
 */

export const closed = <Properties extends TProperties>(properties: Properties, description?: string) =>
  Type.Object(properties, { additionalProperties: false, ...(description === undefined ? {} : { description }) })

/**
 * One of two shapes, by a condition on the value itself: so that a fault is told of the shape that
 * was meant, not of both.
 */
export const either = <Then extends TSchema, Else extends TSchema>(condition: object, then: Then, otherwise: Else) =>
  Type.Unsafe<Static<Then> | Static<Else>>({ type: 'object', if: condition, then, else: otherwise })
export const whereIs = (field: string, word: string) => ({
  properties: { [field]: { const: word } },
  required: [field]
})
export const whereGiven = (field: string) => ({ required: [field] })

export const list = <Item extends TSchema>(item: Item, maxItems: number, description: string, minItems = 0) =>
  Type.Array(item, { maxItems, description, ...(minItems > 0 ? { minItems } : {}) })
