import t from 'tap'
import Type, { type TSchema } from 'typebox'
import { boundsOf, UNDESCRIBED } from '../../../../src/platform/http/body/bounds.ts'
import { closed } from '../../../../src/platform/http/schema.ts'

const SPARE = 200

t.test('attack 1: the bounds of a body are what fits its schema, and a little more', async (t) => {
  const money = closed(Type.Object({ amount: Type.String(), currency: Type.String() }))
  const lines = (maxItems: number) => closed(Type.Object({ lines: Type.Array(money, { maxItems }) }))
  const table: [string, TSchema, number, number][] = [
    ['a text', Type.String(), 0, 1],
    ['an object', money, 2, 3],
    ['a list of objects', lines(7), 7, 2 + 7 * 3],
    ['two lists', closed(Type.Object({ a: lines(3), b: lines(90) })), 90, 1 + 2 + 9 + 2 + 270],
    ['one of two', Type.Union([lines(7), Type.Null()]), 7, 23],
    ['something, or anything to be refused', Type.Union([lines(7), Type.Unknown()]), 7, 23],
    ['a map', Type.Record(Type.String(), Type.Integer(), { maxProperties: 50 }), 50, 1 + 1 + 50],
    ['anything', Type.Unknown(), Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    ['an open object', Type.Object({}), Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    ['anything in a field', closed(Type.Object({ a: Type.Unknown() })), 5_000, 10_001],
    ['fields, and others', Type.Object({ a: Type.String(), b: Type.String() }), 2, 3]
  ]
  for (const [name, schema, entries, values] of table) {
    const bounds = boundsOf(schema)
    t.equal(bounds.entriesMax, entries, `${name}: entries`)
    t.ok(bounds.valuesMax >= values - 2 && bounds.valuesMax <= values, `${name}: values`)
    t.equal(bounds.spare, SPARE, `${name}: a little more`)
    t.equal(bounds.keysMax, UNDESCRIBED.keysMax, `${name}: keys`)
  }
})
