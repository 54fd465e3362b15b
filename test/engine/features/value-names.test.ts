import t from 'tap'
import { FEATURES } from '../../../src/engine/features/feature-catalogue.ts'
import texts from '../../../src/engine/features/texts.json' with { type: 'json' }
import { nameOfValue } from '../../../src/engine/features/value-names.ts'

t.test('every value of a category has a name, but a grade is its own', async (t) => {
  for (const [id, { values = [] }] of Object.entries(FEATURES))
    for (const value of id === 'standing.agencyRating' ? [] : values)
      t.match(nameOfValue(id, value), { en: /./, zh: /\p{Script=Han}/u }, `${id} ${value}`)
  t.equal(nameOfValue('standing.agencyRating', 'AAA'), undefined)
})

t.test('there is a name for values of the catalogue alone', async (t) => {
  for (const [id, names] of Object.entries(texts.values))
    t.same(Object.keys(names).toSorted(), FEATURES[id]?.values?.toSorted(), id)
  t.equal(nameOfValue('nowhere', 'good'), undefined)
  t.equal(nameOfValue('standing.bankReference', 'toString'), undefined)
})

t.test('the five classes of loans and the marks of banks have the names of the trade', async (t) => {
  t.same(nameOfValue('record.loanClassification', 'special_mention'), { en: 'special mention', zh: '关注类' })
  t.same(nameOfValue('standing.bankReference', 'poor'), { en: 'poor', zh: '差' })
  t.same(nameOfValue('standing.tradeExperience', 'good'), { en: 'good', zh: '良好' })
  t.same(nameOfValue('profile.industrySection', 'C')?.zh, '制造业')
})
