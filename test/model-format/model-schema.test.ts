import { readdirSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import type { ScoringModel } from '../../src/engine/index.ts'
import {
  documentFaults,
  MODEL_COUNTS_MAX,
  SCORING_MODEL_JSON_SCHEMA,
  type ScoringModelDocument
} from '../../src/model-format/model-schema.ts'
import { woeModel } from '../engine/woe-model.ts'

const folder = new URL('../../models/', import.meta.url)
const shipped = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name): [string, ScoringModel] => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8'))])

/** Compiles only while either type may stand for the other. */
const asDocument = (model: ScoringModel): ScoringModelDocument => model
const asModel = (document: ScoringModelDocument): ScoringModel => document

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false, strictTypes: false })

t.test('every shipped model fits the published schema, and so does a statistical one', async (t) => {
  const fits = ajv.compile(SCORING_MODEL_JSON_SCHEMA)
  t.not(shipped.length, 0)
  for (const [name, model] of [...shipped, ['woe', woeModel()] as const]) {
    t.ok(fits(model), `${name}: ${JSON.stringify(fits.errors)}`)
    t.same(documentFaults(asModel(asDocument(model))), [], name)
  }
})

/** Spoils a copy of a model; `at` are keys from the top. */
function spoiled(model: ScoringModel, at: readonly (string | number)[], value: unknown): unknown {
  const copy = structuredClone(model)
  let place: Record<string | number, unknown> = { ...copy }
  const whole = place
  for (const key of at.slice(0, -1)) place = place[key] as Record<string | number, unknown>
  const last = at.at(-1) ?? ''
  if (value === undefined) delete place[last]
  else place[last] = value
  return whole
}

const points = (): ScoringModel =>
  structuredClone((shipped.find(([name]) => name === 'company.json') ?? ['', woeModel()])[1])

t.test('a field that is misspelt, missing or of another kind is found and pointed at', async (t) => {
  const many = Array.from({ length: MODEL_COUNTS_MAX.values + 1 }, (_, index) => `v${index}`)
  const table: [ScoringModel, (string | number)[], unknown, string?][] = [
    [points(), ['basePoint'], 1],
    [points(), ['basePoints'], undefined],
    [points(), ['basePoints'], 0.5],
    [points(), ['kind'], 'expert'],
    [points(), ['intercept'], 1],
    [points(), ['id'], 'two words'],
    [points(), ['version'], 0],
    [points(), ['segment'], 'companies'],
    [points(), ['name', 'de'], 'Unternehmen'],
    [points(), ['name', 'zh'], undefined],
    [points(), ['scaling', 'odds'], 0],
    [points(), ['minimumCoverage'], 2],
    [points(), ['calibration'], [{ pd: 0 }], '/calibration/0/pd'],
    [points(), ['characteristics'], []],
    [points(), ['characteristics', 0, 'atributes'], []],
    [points(), ['characteristics', 0, 'type'], 'number'],
    [points(), ['characteristics', 0, 'missing', 'rule'], 'best'],
    [points(), ['characteristics', 0, 'missing'], { rule: 'points' }, '/characteristics/0/missing/points'],
    [points(), ['characteristics', 0, 'stale'], { rule: 'neutral' }, '/characteristics/0/stale/rule'],
    [points(), ['characteristics', 0, 'unseen'], { rule: 'worst' }],
    [points(), ['characteristics', 0, 'maxAgeDays'], 1.5],
    [points(), ['characteristics', 0, 'reason'], 'EQUITY_LOWISH'],
    [points(), ['characteristics', 0, 'attributes', 1, 'point'], 3],
    [points(), ['characteristics', 0, 'attributes', 1, 'points'], '3'],
    [points(), ['characteristics', 0, 'attributes', 1, 'values'], ['a']],
    [points(), ['evidence', 0, 'requires', 0, 'coverage'], 1],
    [points(), ['evidence', 1, 'requires', 0, 'atLeast'], undefined],
    [points(), ['ceilings', 0, 'requires', 0, 'pointsShareAtLeast'], 2],
    [points(), ['knockouts', 0, 'when', 0, 'above'], 1],
    [points(), ['knockouts', 0, 'missing'], 'worst'],
    [points(), ['notches'], [{}], '/notches/0/grades'],
    [points(), ['cases', 0, 'expect', 'points'], 1],
    [points(), ['cases', 0, 'features', 'x'], null],
    [woeModel(), ['rounding'], 'up'],
    [woeModel(), ['basePoints'], 1],
    [woeModel(), ['intercept'], undefined],
    [woeModel(), ['characteristics', 0, 'weight'], 1],
    [woeModel(), ['characteristics', 1, 'attributes', 0, 'points'], 1],
    [woeModel(), ['characteristics', 1, 'attributes', 0, 'values', 0], 'a\u0000'],
    [woeModel(), ['characteristics', 1, 'attributes', 0, 'values', 0], 'a\ud800'],
    [woeModel(), ['characteristics', 1, 'attributes', 0, 'values'], many],
    [woeModel(), ['characteristics', 1, 'monotone'], 'increasing']
  ]
  for (const [model, at, value, pointer = `/${at.join('/')}`] of table) {
    const faults = documentFaults(spoiled(model, at, value))
    t.ok(
      faults.some((fault) => fault.pointer === pointer && fault.code === 'invalid' && fault.detail.length > 5),
      `${pointer}: ${JSON.stringify(faults)}`
    )
  }
})

t.test('a fault is told of the kind that was meant, and of that alone', async (t) => {
  t.same(documentFaults(spoiled(points(), ['characteristics', 0, 'attributes', 1, 'point'], 3)), [
    {
      pointer: '/characteristics/0/attributes/1/point',
      code: 'invalid',
      detail: 'There is no field "point" here: did you mean "points"?',
      zh: '此处没有字段“point”：是否应为“points”？'
    }
  ])
})

t.test('anything else is refused without an exception, however large', async (t) => {
  for (const value of [
    undefined,
    null,
    1,
    'text',
    [],
    {},
    true,
    { kind: 'woe' },
    { kind: {} },
    { characteristics: {} }
  ])
    t.not(documentFaults(value).length, 0, JSON.stringify(value))
  const large = { ...points(), characteristics: new Array(100_000).fill({ id: 1 }) }
  t.equal(documentFaults(large).length, 1)
  const deep = { ...points(), cases: JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) }
  t.equal(documentFaults(deep).length, 1)
  const many = { ...points(), characteristics: new Array(1_000).fill({ id: 1 }) }
  t.equal(documentFaults(many).length, 100)
})
