import t from 'tap'
import { FEATURE_IDS, FEATURES } from '../../../src/engine/features/feature-catalogue.ts'
import { nameOfFeature } from '../../../src/engine/features/feature-names.ts'

t.test('every feature of the catalogue has a name of its own in both languages, without a full stop', async (t) => {
  const names = FEATURE_IDS.map((id) => nameOfFeature(id))
  for (const name of names) t.match(name, { en: /^[A-Z].*[^.]$/, zh: /^.*\p{Script=Han}.*[^。]$/u })
  for (const language of ['en', 'zh'] as const)
    t.equal(new Set(names.map((each) => each?.[language])).size, names.length)
})

t.test('a ratio has the name of the trade, any other feature the words of the catalogue', async (t) => {
  t.same(nameOfFeature('financial.currentRatio'), { en: 'Current ratio', zh: '流动比率' })
  t.same(nameOfFeature('record.taxArrears'), { en: 'Whether taxes are overdue', zh: '是否存在欠税' })
  t.equal(FEATURES['record.taxArrears']?.description.zh, '是否存在欠税。')
})

t.test('an input of a model is called as the model describes it, and what nobody knows has no name', async (t) => {
  const inputs = [{ id: 'years', description: { en: 'Years in business.', zh: '经营年限。' } }]
  t.same(nameOfFeature('years', inputs), { en: 'Years in business', zh: '经营年限' })
  for (const id of ['years', 'financial.nothing', 'currentRatio']) t.equal(nameOfFeature(id), undefined, id)
})
