import t from 'tap'
import { LightgbmToImport, PmmlToImport } from '../../../src/models/schema.ts'
import { loadModels } from '../../../src/service.ts'
import { woeModel } from '../../engine/woe-model.ts'
import { contractService } from '../contract.ts'
import { givenDraft, modelOf, pathOf } from './given-model.ts'

t.test('models go to other tools and come back', async (t) => {
  const service = await contractService(t)
  const { send, attempt, refuses } = service
  const exported = async (path: string, query = '') => (await send('GET', `${path}/pmml${query}`)).text as string

  await t.test('200: every shipped model is exported and read back as it was', async (t) => {
    for (const { model } of await loadModels('GENERIC')) {
      const pmml = await exported(pathOf(model))
      t.match(pmml, /<PMML [^>]*version="4\.4"/)
      const { status, body } = await send('POST', '/v1/models/pmml-imports', { pmml })
      t.equal(status, 200)
      t.same(body.document, JSON.parse(JSON.stringify(model)), model.id)
    }
  })

  await t.test('200: a statistical scorecard is a regression as well', async (t) => {
    const path = await givenDraft(service, woeModel() as never)
    t.match(await exported(path, '?as=regression'), /<RegressionModel /)
  })

  await t.test('200: a card of another tool becomes a draft, with notes of what differs', async (t) => {
    const [given] = (PmmlToImport as unknown as { examples: [object] }).examples
    const { body } = await send('POST', '/v1/models/pmml-imports', given)
    t.match(body.document, { id: 'wholesale', version: 2, basePoints: 300, characteristics: [{ id: 'age' }] })
    t.ok(body.notes.length > 0)
  })

  await t.test('models 7: a document is given as XML to whoever accepts XML, and to nobody else', async (t) => {
    const path = await givenDraft(service, modelOf('negotiated'))
    const url = `${path}/pmml`
    const table: [string, RegExp][] = [
      ['application/xml', /^application\/xml/],
      ['text/xml', /^text\/xml/],
      ['*/*', /^application\/xml/],
      ['text/html, application/xml;q=0.9', /^application\/xml/],
      ['application/json, */*;q=0.1', /^application\/xml/]
    ]
    for (const [accept, type] of table) {
      const { status, headers, text } = await send('GET', url, undefined, { accept })
      t.equal(status, 200, accept)
      t.match(headers['content-type'], type, accept)
      t.match(text, /^<\?xml/)
    }
    for (const accept of ['application/json', 'text/html']) {
      const answer = await refuses(t, { method: 'GET', url, headers: { accept } }, 'not-acceptable')
      t.match(answer.body.detail, 'application/xml')
    }
    const { status } = await attempt('GET', path, undefined, { accept: 'application/xml' })
    t.equal(status, 406, 'what is JSON is not given as XML')
  })

  await t.test(
    'models 10: a predictive model goes out as the trees that it is, and comes back as it was',
    async (t) => {
      const [given] = (LightgbmToImport as unknown as { examples: [object] }).examples
      const { body } = await send('POST', '/v1/models/lightgbm-imports', given)
      t.equal(body.document.kind, 'predictive')
      const path = await givenDraft(service, body.document)
      const pmml = await exported(path)
      t.match(pmml, '<TreeModel')
      const back = await send('POST', '/v1/models/pmml-imports', { pmml })
      t.same(back.body, { document: body.document, notes: [] })
      const { body: refused } = await refuses(t, { method: 'GET', url: `${path}/pmml?as=scorecard` }, 'model-form')
      t.match(refused.detail, /is a MiningModel in PMML, and no Scorecard/)
    }
  )

  await t.test('models 1: a document whose rows do not come out is refused', async (t) => {
    const path = await givenDraft(service, modelOf('verified'))
    const pmml = await exported(path)
    const wrong = pmml.replace(/<answer>[^<]*<\/answer>/, '<answer>7</answer>')
    const { body } = await refuses(
      t,
      { method: 'POST', url: '/v1/models/pmml-imports', body: { pmml: wrong } },
      'pmml-unfit'
    )
    t.match(body.errors, [{ detail: /Row 1 of .* for "score" the document expects "7", and the model gives/ }])
  })

  await t.test('404: no such version; 409: a points-based model is no regression', async (t) => {
    await refuses(t, { method: 'GET', url: '/v1/models/nobody/versions/1/pmml' }, 'not-found')
    const path = await givenDraft(service, modelOf('beta'))
    await refuses(t, { method: 'GET', url: `${path}/pmml?as=regression` }, 'model-form')
  })

  await t.test('422: what cannot become a model is told, place by place', async (t) => {
    const url = '/v1/models/pmml-imports'
    for (const pmml of ['no XML', '<!DOCTYPE x [<!ENTITY a "b">]><PMML/>', '<PMML version="4.4"><TreeModel/></PMML>']) {
      const { body } = await refuses(t, { method: 'POST', url, body: { pmml } }, 'pmml-unfit')
      t.ok(body.errors.length > 0, pmml)
    }
  })
})
