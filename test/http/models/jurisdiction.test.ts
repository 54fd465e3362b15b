import t from 'tap'
import type { Characteristic } from '../../../src/engine/index.ts'
import { contractService } from '../contract.ts'
import { modelOf, pathOf } from './given-model.ts'

/** A characteristic that is kept in a document and not scored. */
const asleep = (feature: string): Characteristic => ({
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

t.test('the law under which the service runs decides which features a model may use', async (t) => {
  const service = await contractService(t)
  const { send, refuses, deps } = service
  const under = (jurisdiction: typeof deps.jurisdiction) => Object.assign(deps, { jurisdiction })
  const withFeature = (feature: string, enabled: boolean) => {
    const model = modelOf('lawful')
    return { ...model, characteristics: [...model.characteristics, { ...asleep(feature), enabled }] }
  }
  const codesOf = async (body: object) =>
    (await send('POST', '/v1/models/validate', body)).body.faults.map(({ code }: { code: string }) => code)

  t.same(await codesOf(withFeature('person.sex', false)), ['prohibited-feature'])
  t.same(await codesOf(withFeature('person.education', false)), [])
  t.ok((await codesOf(withFeature('person.education', true))).includes('restricted-feature'))
  const model = withFeature('person.sex', false)
  const place = `/characteristics/${model.characteristics.length - 1}/feature`
  await refuses(t, { method: 'PUT', url: pathOf(model), body: model }, 'model-unfit', [place])

  under('CN')
  t.same(await codesOf(model), [])
  t.equal((await send('PUT', pathOf(model), model)).status, 201)
  t.equal((await send('GET', '/v1/features')).body.jurisdiction, 'CN', 'the catalogue speaks of the same law')

  under('US')
  const approver = await service.authorization('admin')
  const approval = {
    method: 'POST',
    url: `${pathOf(model)}/approvals`,
    body: {},
    headers: { authorization: approver, 'if-match': '"1"' }
  } as const
  await refuses(t, approval, 'model-unfit', [place])
})
