import t from 'tap'
import type { ScoringModel } from '../../src/engine/index.ts'
import { modelDifferences } from '../../src/model-format/model-differences.ts'
import { modelOf } from '../http/models/given-model.ts'

const before = modelOf('card')
const between = (change: (model: ScoringModel) => void) => {
  const after = structuredClone(before) as ScoringModel
  change(after)
  return modelDifferences(before, after)
}

t.test('models row 4: every place at which two documents differ', async (t) => {
  t.same(
    between((after) => {
      after.version = 2
      after.origin = { format: 'pmml', importer: 2 }
    }),
    [],
    'which of them it is does not count'
  )
  t.same(
    between((after) => Object.assign(after.scaling, { odds: 50 })),
    [{ pointer: '/scaling/odds', before: 100, after: 50 }]
  )
  t.same(
    between((after) => after.characteristics.reverse()),
    [],
    'entries with ids are known by them'
  )
  t.match(
    between((after) => after.characteristics.shift()),
    [{ pointer: '/characteristics/0', before: { id: 'equity' }, after: undefined }]
  )
  t.match(
    between((after) => after.cases.push({ name: 'new', features: { 'a/b~': 1 }, expect: { status: 'unrated' } })),
    [{ pointer: '/cases/1', before: undefined, after: { name: 'new' } }],
    'others by their place'
  )
  t.same(
    between((after) => Object.assign(after.cases[0]?.features ?? {}, { 'a/b~': 1 })),
    [{ pointer: '/cases/0/features/a~1b~0', before: undefined, after: 1 }]
  )
  const points = between((after) =>
    Object.assign(after.characteristics[0]?.['attributes' as never]?.[0] ?? {}, { points: 7 })
  )
  t.same(points, [{ pointer: '/characteristics/0/attributes/0/points', before: 0, after: 7 }])
})
