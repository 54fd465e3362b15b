import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { loadModels } from '../../../src/service.ts'
import { contractService } from '../contract.ts'
import { givenApproved, givenDraft, givenShadow, MODEL, modelOf, pathOf } from './given-model.ts'

t.test('reading models', async (t) => {
  const service = await contractService(t)
  const { send, refuses } = service
  await givenDraft(service, modelOf('alpha'))
  await givenApproved(service, modelOf('alpha', { version: 2 }))
  await givenShadow(service, modelOf('alpha', { version: 10, segment: 'sole_trader' }))
  const listed = async (query: string) =>
    (await send('GET', `/v1/models${query}`)).body.items.map(
      ({ modelId, version }: { modelId: string; version: number }) => `${modelId} ${version}`
    )

  await t.test('200: the shipped models are in force and read as they decide', async (t) => {
    for (const { model } of await loadModels('GENERIC')) {
      const { status, headers, body } = await send('GET', pathOf(model))
      t.match({ status, headers }, { status: 200, headers: { etag: '"1"' } })
      t.match(body, { state: 'active', author: 'shipped', approver: 'shipped', segment: model.segment })
      t.same(body.document, JSON.parse(JSON.stringify(model)))
    }
  })

  await t.test('200: all versions are listed without their documents, by id and number', async (t) => {
    const all = await listed('')
    t.same(
      all.filter((each: string) => each.startsWith('alpha')),
      ['alpha 1', 'alpha 2', 'alpha 10']
    )
    const [item] = (await send('GET', '/v1/models?modelId=alpha')).body.items
    const { document: _left, ...shown } = (await send('GET', pathOf(modelOf('alpha')))).body
    t.same(item, shown)
  })

  await t.test('200: by segment, by state, by model', async (t) => {
    t.same(await listed('?modelId=alpha&segment=sole_trader'), ['alpha 10'])
    t.same(await listed('?modelId=alpha&state=approved'), ['alpha 2'])
    t.same(await listed('?state=draft'), ['alpha 1'])
    t.same(await listed('?modelId=nobody'), [])
  })

  await t.test('200: in pages, and a cursor is for its filters', async (t) => {
    const first = (await send('GET', '/v1/models?modelId=alpha&limit=2')).body
    const second = (await send('GET', `/v1/models?modelId=alpha&limit=2&cursor=${first.nextCursor}`)).body
    t.same([second.items.map(({ version }: { version: number }) => version), second.nextCursor], [[10], undefined])
    await refuses(t, { method: 'GET', url: `/v1/models?cursor=${first.nextCursor}` }, 'invalid-cursor')
  })

  await t.test('200: what became of a version, in pages', async (t) => {
    const url = `${pathOf(modelOf('alpha', { version: 10 }))}/events`
    const { items } = (await send('GET', url)).body
    t.same(
      items.map(({ event }: { event: string }) => event),
      ['drafted', 'approved', 'shadowed']
    )
    const first = (await send('GET', `${url}?limit=2`)).body
    const second = (await send('GET', `${url}?limit=2&cursor=${first.nextCursor}`)).body
    t.same([...first.items, ...second.items, second.nextCursor], [...items, undefined])
    const elsewhere = `${pathOf(modelOf('alpha'))}/events?cursor=${first.nextCursor}`
    await refuses(t, { method: 'GET', url: elsewhere }, 'invalid-cursor')
  })

  await t.test('200: the schema is one that a model fits', async (t) => {
    const { status, body } = await send('GET', '/v1/models/schema')
    t.equal(status, 200)
    const fits = new Ajv2020({ strict: false }).compile(body)
    t.equal(fits(MODEL), true)
    t.equal(fits({ ...MODEL, colour: 'red' }), false)
  })

  await t.test('404 and 400: what is not there, and what is no parameter', async (t) => {
    const get = (url: string) => ({ method: 'GET', url }) as const
    await refuses(t, get('/v1/models/alpha/versions/3'), 'not-found')
    await refuses(t, get('/v1/models/nobody/versions/1'), 'not-found')
    await refuses(t, get('/v1/models/nobody/versions/1/events'), 'not-found')
    await refuses(t, get('/v1/models/alpha/versions/x'), 'validation-error', ['/params/version'])
    await refuses(t, get('/v1/models/alpha/versions/1/events?kind=x'), 'validation-error', ['/query/kind'])
    await refuses(t, get('/v1/models?segment=company&kind=company'), 'validation-error', ['/query/kind'])
    await refuses(t, get('/v1/models?state=live'), 'validation-error', ['/query/state'])
    await refuses(t, get('/v1/models/schema?version=1'), 'validation-error', ['/query/version'])
  })

  const reads = ['listModels', 'getModel', 'listModelEvents', 'getModelSchema']
  t.same(service.unanswered(...reads), [], 'every documented answer was given')
})
