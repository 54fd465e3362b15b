import Fastify from 'fastify'
import t from 'tap'
import Type, { type TSchema } from 'typebox'
import { faultIn, useStrictValidation } from '../../../../src/platform/http/body/validation.ts'
import { closed, component, nullable, ref } from '../../../../src/platform/http/schema.ts'

const Line = component(
  'TestLine',
  'A line',
  closed(Type.Object({ a: Type.Integer(), b: Type.Integer(), c: Type.Integer() }))
)

const FAULTS_MAX = 200

/** The faults that validation finds before it ends. */
function faultsFound(schema: TSchema, value: unknown): number {
  const app = Fastify()
  useStrictValidation(app, { isCurrency: () => true, isBusinessDate: () => true, moneyFault: () => undefined })
  const validate = app.validatorCompiler?.({ schema, httpPart: 'body', method: 'POST', url: '/' }) as unknown as {
    (value: unknown): boolean
    errors: unknown[] | null
  }
  return validate(value) ? 0 : (validate.errors?.length ?? 0)
}

const many = <Value>(value: Value) => Array.from({ length: 100_000 }, () => value)

t.test('attack 1: validation ends with the entry that makes the faults enough', async (t) => {
  const inline = closed(Type.Object({ a: Type.Integer(), b: Type.Integer() }))
  const table: [string, TSchema, unknown, number][] = [
    ['a list of empty objects', Type.Array(inline), many({}), FAULTS_MAX],
    ['a list of named objects', Type.Array(ref(Line)), many({}), FAULTS_MAX + 3],
    ['a list of numbers for texts', Type.Object({ list: Type.Array(Type.String()) }), { list: many(0) }, FAULTS_MAX],
    ['a list that is too long as well', Type.Array(inline, { maxItems: 5 }), many({}), FAULTS_MAX + 2],
    ['lists in lists', Type.Array(Type.Array(Type.String())), many([0, 0, 0]), FAULTS_MAX + 2],
    ['a map', Type.Record(Type.String(), Type.Integer()), Object.fromEntries(many('x').entries()), FAULTS_MAX],
    ['a list that may be null', nullable(ref(component('TestLines', 'Lines', Type.Array(ref(Line))))), many({}), 206]
  ]
  for (const [name, schema, value, most] of table) {
    const found = faultsFound(schema, value)
    t.ok(found >= 100 && found <= most, `${name}: ${found} faults`)
  }
})

t.test('attack 1: what fits is found to fit, however many entries it has', async (t) => {
  t.equal(faultsFound(Type.Array(ref(Line)), many({ a: 1, b: 2, c: 3 })), 0)
  const either = Type.Union([Type.Array(Type.String()), Type.Array(Type.Integer())])
  t.equal(faultsFound(either, many(7)), 0, 'by the second branch, although the first finds a fault in each')
})

t.test('attack 1: at most 200 faults are put into words', async (t) => {
  const app = Fastify()
  useStrictValidation(app, { isCurrency: () => true, isBusinessDate: () => true, moneyFault: () => undefined })
  app.post('/', async (request) => faultIn(request, Line, request.body)?.errors?.length ?? 0)
  const unknown = Object.fromEntries(Array.from({ length: 4_000 }, (_, key) => [`key${key}`, 0]))
  const answer = await app.inject({ method: 'POST', url: '/', payload: unknown })
  t.equal(answer.body, String(FAULTS_MAX))
})
