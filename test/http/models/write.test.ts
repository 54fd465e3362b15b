import { readFileSync } from 'node:fs'
import { sql } from 'kysely'
import t from 'tap'
import { canonicalJson, sha256 } from '../../../src/platform/values/canonical.ts'
import { contractService } from '../contract.ts'
import { givenActive, givenApproved, givenDraft, givenShadow, MODEL, modelOf, pathOf } from './given-model.ts'

const SHIPPED = JSON.parse(readFileSync(new URL('../../../models/company.json', import.meta.url), 'utf8'))

t.test('writing a version of a model', async (t) => {
  const service = await contractService(t)
  const { attempt, send, refuses, footprint } = service

  await t.test('201: a fit document becomes a draft and is answered as it was sent', async (t) => {
    const model = modelOf('first')
    const answer = await send('PUT', pathOf(model), model)
    t.match(answer, { status: 201, headers: { etag: '"1"', location: pathOf(model) } })
    t.match(answer.body, {
      modelId: 'first',
      version: 1,
      segment: 'company',
      name: model.name,
      state: 'draft',
      sha256: sha256(canonicalJson(model)),
      approver: null,
      createdAt: '2026-03-31T12:00:00.000Z',
      updatedAt: '2026-03-31T12:00:00.000Z',
      revision: 1
    })
    t.equal(JSON.stringify(answer.body.document), JSON.stringify(model), 'in its own order')
    const read = await send('GET', pathOf(model))
    t.same([read.status, read.headers.etag, read.body], [200, '"1"', answer.body])
  })

  await t.test('201: a shipped model may be the pattern of a version of one’s own', async (t) => {
    const model = { ...SHIPPED, version: 900 }
    t.equal((await send('PUT', '/v1/models/company/versions/900', model)).status, 201)
  })

  await t.test('200: a draft is replaced by whoever has seen it, who is its author then', async (t) => {
    const path = await givenDraft(service, modelOf('replaced'))
    const { body: before } = await send('GET', path)
    const next = modelOf('replaced', { segment: 'sole_trader', minimumCoverage: 0.5 })
    const authorization = await service.authorization('admin')
    const answer = await send('PUT', path, next, { authorization, 'if-match': '"1"' })
    t.match(answer, { status: 200, headers: { etag: '"2"' }, body: { revision: 2, segment: 'sole_trader' } })
    t.equal(answer.headers.location, undefined)
    t.not(answer.body.author, before.author)
    t.same(answer.body.document, next)
    const { items } = (await send('GET', `${path}/events`)).body
    t.match(items, [
      { event: 'drafted', actor: before.author, sha256: before.sha256 },
      { event: 'drafted', actor: answer.body.author, sha256: answer.body.sha256, revision: 2 }
    ])
  })

  await t.test('200: the same document again changes nothing, in whatever order it is written', async (t) => {
    const model = modelOf('same')
    const path = await givenDraft(service, model)
    const { body } = await send('GET', path)
    const before = await footprint()
    const { name, ...rest } = model
    for (const again of [model, { ...rest, name }]) {
      const answer = await send('PUT', path, again)
      t.same([answer.status, answer.headers.etag, answer.body], [200, '"1"', body])
    }
    t.equal(await footprint(), before)
  })

  await t.test('a dry run checks everything and writes nothing', async (t) => {
    const before = await footprint()
    const answer = await send('PUT', `${pathOf(modelOf('dry'))}?dryRun=true`, modelOf('dry'))
    t.match(answer, { status: 200, body: { modelId: 'dry', state: 'draft' } })
    t.equal(await footprint(), before)
  })

  await t.test('412 and 428: a draft is replaced on the version that was seen, and on no other', async (t) => {
    const model = modelOf('guarded')
    const path = await givenDraft(service, model)
    const put = (headers: Record<string, string>, body: unknown = { ...model, minimumCoverage: 0.9 }) =>
      ({ method: 'PUT', url: path, body, headers }) as const
    await refuses(t, put({}), 'precondition-required')
    await refuses(t, put({ 'if-match': '*' }), 'precondition-required')
    await refuses(t, put({ 'if-match': '"2"' }), 'precondition-failed')
    await refuses(t, put({ 'if-match': '"2"' }, model), 'precondition-failed')
    const absent = { method: 'PUT', url: pathOf(modelOf('absent')), body: modelOf('absent') } as const
    await refuses(t, { ...absent, headers: { 'if-match': '"1"' } }, 'precondition-failed')
  })

  await t.test('409: from its approval on a version never changes, in whatever state it is', async (t) => {
    const givens = [givenApproved, givenShadow, givenActive]
    for (const [index, given] of givens.entries()) {
      const model = modelOf(`published-${index}`)
      const path = await given(service, model)
      const { headers } = await send('GET', path)
      const put = (body: unknown) =>
        ({ method: 'PUT', url: path, body, headers: { 'if-match': String(headers.etag) } }) as const
      await refuses(t, put({ ...model, minimumCoverage: 0.9 }), 'model-published')
      await refuses(t, put(model), 'model-published')
    }
    const shipped = `/v1/models/company/versions/${SHIPPED.version}`
    await refuses(t, { method: 'PUT', url: shipped, body: SHIPPED }, 'model-published')
  })

  await t.test('not even the database changes a published version, or forgets what became of it', async (t) => {
    const { db } = service.deps
    const changes = [
      sql`update scoring_models set document = '{}' where model_id = 'published-0'`,
      sql`update scoring_models set approver = author where model_id = 'published-0'`,
      sql`update scoring_models set segment = 'individual' where model_id = 'published-0'`,
      sql`delete from scoring_models where model_id = 'published-0'`,
      sql`update model_events set actor = 'nobody'`,
      sql`delete from model_events`
    ]
    for (const change of changes) await t.rejects(change.execute(db), { code: '23001' })
    await t.rejects(
      sql`update scoring_models set approver = author, state = 'approved' where state = 'draft'`.execute(db),
      { code: '23514' },
      'four eyes'
    )
  })

  await t.test('400: the document says which version it is, and has the shape of a model', async (t) => {
    const put = (body: unknown) => ({ method: 'PUT', url: pathOf(MODEL), body }) as const
    await refuses(t, put(modelOf('other')), 'validation-error', ['/id'])
    await refuses(t, put({ ...MODEL, id: 'x', version: 2 }), 'validation-error', ['/id', '/version'])
    const { scaling: _left, ...without } = MODEL
    await refuses(t, put({ ...without, basePoint: 1 }), 'validation-error', ['/scaling', '/basePoint'])
    await refuses(t, { ...put(MODEL), url: '/v1/models/a%20b/versions/1' }, 'validation-error', ['/params/modelId'])
    await refuses(t, { ...put(MODEL), url: '/v1/models/wholesale/versions/1.5' }, 'validation-error', [
      '/params/version'
    ])
  })

  await t.test(
    '422: a model that contradicts itself is refused with every fault, and nothing is written',
    async (t) => {
      const [equity, punctuality] = structuredClone(MODEL.characteristics)
      const characteristics = [
        {
          ...equity,
          feature: 'person.religion',
          attributes: [
            { to: 0.1, points: 0 },
            { from: 0.2, points: 120 }
          ]
        },
        { ...punctuality, weight: 30 }
      ]
      const put = { method: 'PUT', url: pathOf(MODEL), body: { ...MODEL, characteristics } } as const
      const { body } = await refuses(t, put, 'model-unfit')
      const { body: checked } = await send('POST', '/v1/models/validate', put.body)
      const inEnglish = checked.faults.map(({ detailText: _, ...fault }: ModelFaultAnswer) => fault)
      t.same(body.errors, inEnglish, 'the same as a check says')
      const inChinese = await attempt('PUT', put.url, put.body, { 'accept-language': 'zh' })
      t.same(
        inChinese.body.errors,
        checked.faults.map(({ detailText, ...fault }: ModelFaultAnswer) => ({ ...fault, detail: detailText?.zh })),
        'and in Chinese'
      )
      for (const { detail } of inChinese.body.errors) t.match(detail, /\p{Script=Han}.*。$/u)
      t.ok(body.errors.length >= 4, JSON.stringify(body.errors))
      const wrong = { ...MODEL, cases: [{ ...MODEL.cases[0], expect: { status: 'rated', score: 1 } }] }
      await refuses(t, { ...put, body: wrong }, 'model-unfit', ['/cases/0/expect/score'])
    }
  )

  t.same(service.unanswered('putModel'), [], 'every documented answer was given')
})

interface ModelFaultAnswer {
  readonly detail: string
  readonly detailText?: { readonly en: string; readonly zh: string }
}

t.test('checking a document', async (t) => {
  const service = await contractService(t)
  const { send, refuses, footprint } = service
  const check = async (body: unknown) => (await send('POST', '/v1/models/validate', body)).body

  await t.test('200: a fit one has no fault', async (t) => {
    t.same(await check(MODEL), { fit: true, faults: [] })
    t.same(await check(SHIPPED), { fit: true, faults: [] })
  })

  await t.test('200: faults of the shape first, then those of the meaning; nothing is stored', async (t) => {
    const before = await footprint()
    const { fit, faults } = await check({})
    t.equal(fit, false)
    t.ok(faults.some(({ pointer }: { pointer: string }) => pointer === '/characteristics'))
    const unequal = { ...MODEL, scaling: { ...MODEL.scaling, odds: -1 }, colour: 'red' }
    t.same((await check(unequal)).faults.map(({ pointer }: { pointer: string }) => pointer).toSorted(), [
      '/colour',
      '/scaling/odds'
    ])
    t.match(await check({ ...MODEL, evidence: MODEL.evidence, minimumCoverage: 0.4, cases: [] }), {
      fit: false,
      faults: [{ pointer: '/cases', code: 'invalid', detailText: { zh: '模型须至少附带一个用例。' } }]
    })
    t.equal(await footprint(), before)
  })

  await t.test('200: odd documents are answered with faults, never with an error', async (t) => {
    const odd = [
      { ...MODEL, characteristics: Array.from({ length: 5_000 }, () => 1) },
      { characteristics: null, cases: 'x', id: { id: { id: {} } } },
      { ...MODEL, characteristics: [{ ...MODEL.characteristics[0], feature: 'toString' }] },
      { ...MODEL, scaling: { points: 1e308, odds: 5e-324, pointsToDoubleOdds: 1e-300 } }
    ]
    for (const document of odd) {
      const { status, body } = await send('POST', '/v1/models/validate', document)
      t.match({ status, body }, { status: 200, body: { fit: false } })
      t.ok(body.faults.length >= 1 && body.faults.length <= 200)
    }
  })

  await t.test('400: what is no object', async (t) => {
    for (const body of ['[]', 'null', '1'])
      await refuses(t, { method: 'POST', url: '/v1/models/validate', body }, 'validation-error', [''])
  })

  t.same(service.unanswered('validateModel'), [], 'every documented answer was given')
})
