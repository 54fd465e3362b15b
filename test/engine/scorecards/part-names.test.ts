import t from 'tap'
import {
  type ModelParts,
  nameOfCharacteristic,
  nameOfRule,
  namesOf,
  withFeatureName
} from '../../../src/engine/scorecards/part-names.ts'

const name = (word: string) => ({ en: `The ${word}`, zh: `名称 ${word}` })
const part = (id: string) => ({ id, name: name(id) })

const MODEL: ModelParts = {
  inputs: [{ id: 'years', description: { en: 'Years in business.', zh: '经营年限。' } }],
  characteristics: [part('age'), part('half')],
  evidence: [part('record')],
  notches: [part('half')],
  knockouts: [part('court')],
  ceilings: [{ id: 'noVisit', bestGrade: 'BB' }]
}

t.test('a characteristic and a rule of the same id have each its own name', async (t) => {
  t.same(nameOfCharacteristic(MODEL, 'half'), name('half'))
  t.equal(nameOfCharacteristic(MODEL, 'court'), undefined)
  for (const id of ['half', 'court', 'record']) t.same(nameOfRule(MODEL, id), name(id))
  t.equal(nameOfRule(MODEL, 'age'), undefined)
})

t.test('a ceiling, which has no name, is called by the grade that it is', async (t) => {
  t.same(nameOfRule(MODEL, 'noVisit'), { en: 'Rating ceiling BB', zh: '评级上限 BB' })
})

t.test('names keep the order of the ids, and an id without a name stands for itself', async (t) => {
  const names = namesOf(['court', 'gone'], (id) => nameOfRule(MODEL, id))
  t.same(names, [name('court'), { en: 'gone', zh: 'gone' }])
})

t.test('a feature is named by the catalogue or by the model', async (t) => {
  t.match(withFeatureName({ feature: 'years' }, MODEL), { featureName: { zh: '经营年限' } })
  t.match(withFeatureName({ feature: 'profile.employees' }, MODEL), { featureName: { en: 'Number of employees' } })
  t.same(withFeatureName({ feature: 'gone' }, MODEL), { feature: 'gone' })
})
