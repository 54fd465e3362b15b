import t from 'tap'
import { FEATURE_IDS } from '../../../src/engine/features/feature-catalogue.ts'
import {
  JURISDICTIONS,
  type Jurisdiction,
  LEGAL_CLASSES,
  legalClassOf
} from '../../../src/engine/features/legal-class.ts'

t.test('what people may not be judged by, by jurisdiction', async (t) => {
  const table: [id: string, classes: Record<Jurisdiction, string>][] = [
    ['person.sex', { US: 'prohibited', EU: 'prohibited', CN: 'restricted', GENERIC: 'prohibited' }],
    ['person.maritalStatus', { US: 'prohibited', EU: 'restricted', CN: 'restricted', GENERIC: 'prohibited' }],
    ['person.religion', { US: 'prohibited', EU: 'prohibited', CN: 'prohibited', GENERIC: 'prohibited' }],
    ['person.ethnicity', { US: 'prohibited', EU: 'prohibited', CN: 'prohibited', GENERIC: 'prohibited' }],
    ['person.health', { US: 'prohibited', EU: 'prohibited', CN: 'prohibited', GENERIC: 'prohibited' }],
    ['person.nationality', { US: 'prohibited', EU: 'prohibited', CN: 'restricted', GENERIC: 'prohibited' }],
    ['person.publicAssistance', { US: 'prohibited', EU: 'restricted', CN: 'restricted', GENERIC: 'prohibited' }],
    ['person.politicalOpinion', { US: 'restricted', EU: 'prohibited', CN: 'restricted', GENERIC: 'prohibited' }],
    ['person.tradeUnionMembership', { US: 'restricted', EU: 'prohibited', CN: 'restricted', GENERIC: 'prohibited' }],
    ['person.ageYears', { US: 'restricted', EU: 'restricted', CN: 'restricted', GENERIC: 'restricted' }],
    ['person.dependants', { US: 'restricted', EU: 'restricted', CN: 'restricted', GENERIC: 'restricted' }],
    ['person.education', { US: 'restricted', EU: 'restricted', CN: 'restricted', GENERIC: 'restricted' }]
  ]
  for (const [id, classes] of table) {
    t.ok(
      FEATURE_IDS.some((known) => known === id),
      `${id} is in the catalogue, so that a model that names it is refused`
    )
    for (const jurisdiction of JURISDICTIONS)
      t.equal(legalClassOf(id, jurisdiction).class, classes[jurisdiction], `${id} ${jurisdiction}`)
  }
  const listed = table.map(([id]) => id)
  for (const id of FEATURE_IDS.filter((known) => !listed.includes(known)))
    for (const jurisdiction of JURISDICTIONS) t.equal(legalClassOf(id, jurisdiction).class, 'allowed', id)
})

t.test('the generic profile is never milder than any other, and takes its reason from the strictest', async (t) => {
  for (const id of FEATURE_IDS) {
    const generic = legalClassOf(id, 'GENERIC')
    const others = (['US', 'EU', 'CN'] as const).map((jurisdiction) => legalClassOf(id, jurisdiction))
    const strictest = Math.max(...others.map((each) => LEGAL_CLASSES.indexOf(each.class)))
    t.equal(LEGAL_CLASSES.indexOf(generic.class), strictest, id)
    t.ok(others.includes(generic), id)
  }
})

t.test('whatever is not allowed says why, in both languages, and by which law', async (t) => {
  for (const id of FEATURE_IDS)
    for (const jurisdiction of JURISDICTIONS) {
      const { class: found, reason, basis } = legalClassOf(id, jurisdiction)
      t.equal(reason === null && basis === null, found === 'allowed', `${id} ${jurisdiction}`)
      if (reason === null) continue
      t.match(reason.en, /^[^\p{Script=Han}]+\.$/u, id)
      t.match(reason.zh, /\p{Script=Han}.*。$/u, id)
      t.match(basis, /art\.|CFR|GDPR/, id)
    }
})

t.test('an id outside the catalogue is no feature that a law names', async (t) => {
  for (const id of ['person.shoeSize', 'toString', '__proto__', ''])
    t.equal(legalClassOf(id, 'GENERIC').class, 'allowed', id)
})
