import t from 'tap'
import type { Deps, ShadowModel } from '../../../src/deps.ts'
import type { ModelId } from '../../../src/ids.ts'
import { idOf } from '../../../src/platform/values/ids.ts'
import { givenCustomer, STATEMENT } from '../../given.ts'
import { contractService } from '../contract.ts'
import { givenActive, givenShadow, modelOf, pathOf } from '../models/given-model.ts'

/** Earns no points: gives everybody a worse grade than the shipped models do. */
const strict = modelOf('strict', {
  basePoints: 100,
  cases: [{ name: 'nobody', features: {}, expect: { status: 'unrated' } }]
})
/** The same for companies that have handed in nothing; it asks for no accounts. */
const thin = modelOf('thin-challenger', {
  segment: 'thin_file',
  minimumCoverage: 0,
  evidence: [{ id: 'any', name: { en: 'Any', zh: '任意' }, requires: [{ group: 'statements', coverageAtLeast: 0 }] }],
  cases: [{ name: 'nobody', features: {}, expect: { status: 'rated', score: 340 } }]
})

t.test('models in shadow', async (t) => {
  const service = await contractService(t)
  const { send, refuses } = service
  const assess = async (customerId: string) => (await send('POST', `/v1/customers/${customerId}/assessments`, {})).body
  const shadowsOf = async ({ customerId, assessmentId }: { customerId: string; assessmentId: string }) =>
    (await send('GET', `/v1/customers/${customerId}/assessments/${assessmentId}/shadow-assessments`)).body.items
  await givenCustomer(service, 'C-1')
  const alone = await assess('C-1')

  await t.test('200: without a challenger nothing is kept', async (t) => {
    t.same(await shadowsOf(alone), [])
  })

  await givenShadow(service, strict)
  await givenShadow(service, modelOf('generous', { basePoints: 500, cases: strict.cases }))
  await givenShadow(service, modelOf('traders', { segment: 'sole_trader' }))
  await givenShadow(service, thin)

  await t.test('201: challengers run on the same facts, and decide nothing', async (t) => {
    const before = (await send('GET', '/v1/customers/C-1/rating')).body
    const made = await assess('C-1')
    for (const field of ['model', 'score', 'pd', 'grade', 'advice', 'contributions', 'reasons'])
      t.same(made[field], alone[field], `${field} is the champion’s`)
    const items = await shadowsOf(made)
    t.match(items, [
      { model: { id: 'generous', version: 1 }, status: 'rated', grade: 'AAA' },
      { model: { id: 'strict', version: 1 }, status: 'rated' }
    ])
    t.equal(items.length, 2, 'those of its segment alone')
    for (const item of items) {
      t.match(item.assessment, { model: item.model, score: item.score, pd: item.pd, grade: item.grade })
      const inputs = item.assessment.contributions.map(({ feature, value, asOf }: Record<string, unknown>) => ({
        feature,
        value,
        asOf
      }))
      t.match(inputs, [{ feature: 'financial.equityRatio', asOf: STATEMENT.periodEnd }, { value: null }])
      t.ok(item.assessment.reasons.every(({ message }: { message: string }) => message.length > 0))
    }
    const after = (await send('GET', '/v1/customers/C-1/rating')).body
    t.same({ ...after, assessmentId: '' }, { ...before, assessmentId: '' })
    const entries = (await send('GET', '/v1/customers/C-1/journal')).body.items
    t.equal(entries.at(-1).type, 'assessment.made')
    t.notOk(entries.at(-1).payload.includes('generous'), 'the journal holds what was decided')
  })

  await t.test('a challenger is given the grade in force, as it would be if it decided', async (t) => {
    const made = await assess('C-1')
    const [item] = await shadowsOf(made)
    t.equal(item.assessment.previousGrade, made.previousGrade)
    t.equal(item.assessment.previousGrade, alone.grade)
  })

  await t.test('a company that never handed in a statement goes to the challenger for such', async (t) => {
    await send('PUT', '/v1/customers/C-2', { kind: 'company', name: 'Without accounts', country: 'CN' })
    t.match(await shadowsOf(await assess('C-2')), [{ model: { id: 'thin-challenger' }, status: 'rated', score: 340 }])
    await givenCustomer(service, 'C-3')
    const items = await shadowsOf(await assess('C-3'))
    t.notOk(items.some(({ model }: { model: { id: string } }) => model.id === 'thin-challenger'))
  })

  await t.test('a dry run keeps nothing', async (t) => {
    const before = await service.footprint()
    await send('POST', '/v1/customers/C-1/assessments?dryRun=true', {})
    t.equal(await service.footprint(), before)
  })

  await t.test('a challenger that breaks off, or cannot be compiled, does the champion no harm', async (t) => {
    const { models } = service.deps
    const broken = (modelId: string, compiled: ShadowModel['compiled']): ShadowModel => ({
      modelId: idOf<ModelId>(modelId),
      version: 1,
      segment: 'company',
      sha256: '',
      compiled
    })
    const inForce: Deps['models']['inForce'] = async (db) => {
      const { active } = await models.inForce(db)
      return { active, shadows: [broken('breaks-off', {} as ShadowModel['compiled']), broken('uncompiled', null)] }
    }
    Object.assign(service.deps, { models: { ...models, inForce } })
    const made = await assess('C-1')
    Object.assign(service.deps, { models })
    t.match(made, { grade: alone.grade, score: alone.score })
    const failed = { version: 1 }
    t.same(await shadowsOf(made), [
      {
        model: { id: 'breaks-off', ...failed },
        status: 'failed',
        grade: null,
        score: null,
        pd: null,
        assessment: null
      },
      { model: { id: 'uncompiled', ...failed }, status: 'failed', grade: null, score: null, pd: null, assessment: null }
    ])
  })

  await t.test('what challengers said never changes', async (t) => {
    const { db } = service.deps
    await t.rejects(
      db
        .updateTable('shadowAssessments')
        .set({ grade: 'AAA' } as never)
        .execute(),
      { code: '23001' }
    )
    await t.rejects(db.deleteFrom('shadowAssessments').execute(), { code: '23001' })
  })

  await t.test('an activated challenger decides from the next assessment on', async (t) => {
    const path = pathOf(strict)
    t.equal((await send('POST', `${path}/activations`, {}, { 'if-match': '"3"' })).status, 200)
    t.match((await send('GET', '/v1/customers/C-1/rating')).body, { grade: alone.grade }, 'a rating stays until then')
    const made = await assess('C-1')
    t.match(made, { model: { id: 'strict', version: 1 } })
    t.not(made.grade, alone.grade)
    t.match(await shadowsOf(made), [{ model: { id: 'generous' } }])
    const read = await send('GET', `/v1/customers/C-1/assessments/${alone.assessmentId}`)
    t.match(read.body, { model: alone.model, grade: alone.grade }, 'what was decided stays as it was')
    const counterfactuals = await send('GET', `/v1/customers/C-1/assessments/${alone.assessmentId}/counterfactuals`)
    t.equal(counterfactuals.status, 200, 'and is still explained by the version that made it')
  })

  await t.test('409: with the model of a segment retired nobody of it is assessed', async (t) => {
    await givenActive(service, modelOf('people', { segment: 'individual' }))
    await send('POST', `${pathOf(modelOf('people'))}/retirements`, {}, { 'if-match': '"3"' })
    await send('PUT', '/v1/customers/P-1', { kind: 'individual', name: 'Li Na' })
    await refuses(t, { method: 'POST', url: '/v1/customers/P-1/assessments', body: {} }, 'model-missing')
  })

  await t.test('404 and 400: another customer’s assessment, and what is no parameter', async (t) => {
    const get = (customerId: string, query = '') =>
      ({
        method: 'GET',
        url: `/v1/customers/${customerId}/assessments/${alone.assessmentId}/shadow-assessments${query}`
      }) as const
    await refuses(t, get('C-2'), 'not-found')
    await refuses(t, get('C-1', '?limit=1'), 'validation-error', ['/query/limit'])
  })

  t.same(service.unanswered('listShadowAssessments'), [], 'every documented answer was given')
})
