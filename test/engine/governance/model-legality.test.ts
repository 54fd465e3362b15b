import { readFileSync } from 'node:fs'
import t from 'tap'
import type { Jurisdiction } from '../../../src/engine/features/legal-class.ts'
import type { ModelFault } from '../../../src/engine/governance/model-fault.ts'
import { modelFaults } from '../../../src/engine/governance/model-faults.ts'
import type { PointsModel, RestrictedUse, ValueCharacteristic } from '../../../src/engine/scorecards/scoring-model.ts'

const base: PointsModel = JSON.parse(readFileSync(new URL('../company-1.json', import.meta.url), 'utf8'))

/** Kept in the document and not scored, so that the weights of the others still add up. */
const asleep = (feature: string): ValueCharacteristic => ({
  id: 'extra',
  enabled: false,
  name: { en: 'Extra', zh: '附加' },
  group: 'person',
  feature,
  type: 'category',
  weight: 5,
  missing: { rule: 'worst' },
  reason: 'CHARACTERISTIC_WEAK',
  strength: 'CHARACTERISTIC_STRONG',
  attributes: [
    { values: ['a'], points: 0 },
    { values: ['b'], points: 30 }
  ]
})

/** The model with one characteristic more; scored, it takes the weight of one that it replaces. */
function withFeature(feature: string, enabled: boolean, restricted: RestrictedUse[] = []): PointsModel {
  const model = structuredClone({ ...base, restricted })
  const place = model.characteristics.findIndex(({ id }) => id === 'retainedEarningsToAssets')
  const extra = { ...asleep(feature), enabled }
  if (enabled) model.characteristics.splice(place, 1, extra)
  else model.characteristics.push(extra)
  return { ...model, cases: model.cases.slice(-1) }
}

const legalOf = (faults: readonly ModelFault[]) => faults.filter(({ code }) => code !== 'invalid')
const justified = (feature: string) => [{ feature, justification: 'Needed to tell whether it can be repaid.' }]

t.test('case 47: a prohibited feature has no place in a document, enabled or not, justified or not', async (t) => {
  const table: [feature: string, jurisdiction: Jurisdiction | undefined, found: string | undefined][] = [
    ['person.sex', undefined, 'prohibited-feature'],
    ['person.sex', 'US', 'prohibited-feature'],
    ['person.sex', 'CN', undefined],
    ['person.religion', 'CN', 'prohibited-feature'],
    ['person.maritalStatus', 'EU', undefined],
    ['person.maritalStatus', 'US', 'prohibited-feature'],
    ['profile.country', undefined, undefined]
  ]
  for (const [feature, jurisdiction, code] of table) {
    for (const model of [withFeature(feature, false), withFeature(feature, true, justified(feature))]) {
      const rules = jurisdiction === undefined ? {} : { jurisdiction }
      const enabled = model.characteristics.findIndex(({ id }) => id === 'extra')
      t.same(
        legalOf(modelFaults(model, rules)).map((fault) => [fault.pointer, fault.code]),
        code === undefined ? [] : [[`/characteristics/${enabled}/feature`, code]],
        `${feature} under ${jurisdiction ?? 'the default'}`
      )
    }
  }
})

t.test('a restricted feature may stand disabled; scored, it needs a justification', async (t) => {
  const feature = 'person.education'
  t.same(modelFaults(withFeature(feature, false)), [])
  t.same(modelFaults(withFeature(feature, true, justified(feature))), [])
  const [fault, ...others] = modelFaults(withFeature(feature, true))
  t.match(fault, { code: 'restricted-feature', pointer: /^\/characteristics\/\d+\/feature$/ })
  t.match(fault?.detail, /restricted under GENERIC.*necessary.*|restricted under GENERIC.*stand in/)
  t.same(others, [])
})

t.test('requirements, knock-outs and notches are uses as well', async (t) => {
  const feature = 'person.dependants'
  const when = [{ feature, atLeast: 5 }]
  const name = { en: 'Many', zh: '多' }
  const model: PointsModel = {
    ...structuredClone(base),
    evidence: [...base.evidence, { id: 'extra', name, requires: [{ feature, atLeast: 1 }] }],
    ceilings: [
      ...base.ceilings,
      { id: 'extra', bestGrade: 'B', requires: [{ feature, atLeast: 1 }], reason: 'INCOME_LOW' }
    ],
    knockouts: [...base.knockouts, { id: 'extra', name, when, capGrade: 'B', missing: 'fires', reason: 'INCOME_LOW' }],
    notches: [{ id: 'extra', name, when, grades: -1, reason: 'INCOME_LOW' }]
  }
  t.same(
    legalOf(modelFaults(model)).map(({ pointer, code }) => `${code} ${pointer}`),
    [
      'restricted-feature /evidence/2/requires/0/feature',
      'restricted-feature /ceilings/4/requires/0/feature',
      'restricted-feature /knockouts/3/when/0/feature',
      'restricted-feature /notches/0/when/0/feature'
    ]
  )
})

t.test('a justification is of a feature that exists, given once, and says something', async (t) => {
  const restricted = [
    { feature: 'person.horoscope', justification: 'Because.' },
    ...justified('person.education'),
    { feature: 'person.education', justification: ' ' }
  ]
  t.same(
    modelFaults({ ...structuredClone(base), restricted }).map(({ pointer }) => pointer),
    ['/restricted/0/feature', '/restricted/2/feature', '/restricted/2/justification']
  )
})
