import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import t from 'tap'
import { IMPORTER } from '../../../src/model-format/pmml/read/origin.ts'
import { modelsToReimport } from '../../../src/models/commands/reimport.ts'
import { givenCustomer } from '../../given.ts'
import { contractService } from '../contract.ts'
import { CARD, FIRST, letDecide } from './first-importer.ts'
import { givenActive, givenApproved, givenDraft, modelOf } from './given-model.ts'

t.test('models row 4: models whose inputs cannot be had, and those of an earlier importer', async (t) => {
  const service = await contractService(t)
  const { send, refuses } = service
  const listed = async (query: string) =>
    (await send('GET', `/v1/models?${query}`)).body.items.map(
      ({ modelId, version }: { modelId: string; version: number }) => `${modelId} ${version}`
    )
  const imported = async (choices: object = {}) =>
    (await send('POST', '/v1/models/pmml-imports', { pmml: CARD, ...choices })).body
  const path = await givenApproved(service, FIRST)

  await t.test('409: no call can give the inputs, so the version is not activated; the inputs are named', async (t) => {
    t.same((await send('GET', path)).body.unavailableInputs, ['years'])
    const request = { method: 'POST', url: `${path}/activations`, body: {}, headers: { 'if-match': '"2"' } } as const
    const { body } = await refuses(t, request, 'model-inputs-unavailable', ['/inputs/0/from'])
    t.match(body.detail, 'card asks for inputs that no call can give: years.')
    t.match(body.remedy, '"from": "call"')
    const shadow = await send('POST', `${path}/shadow-runs?dryRun=true`, {}, { 'if-match': '"2"' })
    t.equal(shadow.status, 200, 'in shadow it decides nothing')
  })

  await t.test('200: inputs that calls give are no obstacle', async (t) => {
    const inputs = FIRST.inputs?.map((input) => ({ ...input, from: 'call' as const })) ?? []
    const active = await givenActive(service, { ...FIRST, id: 'with-source', segment: 'sole_trader', inputs })
    const { body } = await send('GET', active)
    t.match(body, { state: 'active' })
    t.notOk('unavailableInputs' in body)
  })

  await t.test('200: an active one goes on, marked; what it decides says which input had no value', async (t) => {
    await letDecide(service, FIRST)
    const { body } = await send('GET', path)
    t.match(body, { state: 'active', unavailableInputs: ['years'] })
    t.same(body.document, JSON.parse(JSON.stringify(FIRST)), 'to the byte as it was')
    await givenCustomer(service, 'C-1')
    const made = await send('POST', '/v1/customers/C-1/assessments', {})
    t.match(made, { status: 201, body: { coverage: 0, score: 300, unavailableInputs: ['years'] } })
    const url = '/v1/customers/C-1/assessments'
    const { body: refused } = await refuses(
      t,
      { method: 'POST', url, body: { inputs: { years: 9 } } },
      'validation-error',
      ['/inputs/years']
    )
    t.match(refused.detail, 'before its document is imported again')
  })

  await t.test('200: versions of an earlier importer are listed, at the start too', async (t) => {
    await givenDraft(service, modelOf('by-hand'))
    t.same(await listed('needsReimport=true'), ['card 1', 'with-source 1'])
    t.same(await listed('needsReimport=true&state=active&segment=company'), ['card 1'])
    const others = await listed('needsReimport=false')
    t.ok(others.includes('by-hand 1'))
    t.notOk(others.includes('card 1'))
    t.same(await modelsToReimport(service.deps.db), ['card 1 (active)', 'with-source 1 (active)'])
  })

  await t.test('200: imported again it is the next version, and the notes name each difference', async (t) => {
    const { document, notes } = await imported()
    t.match(document, { id: 'card', version: 2, kind: 'predictive', inputs: [{ id: 'years', from: 'call' }] })
    const told = notes.filter(({ pointer }: { pointer: string }) => pointer.startsWith('#'))
    t.match(told[0], { pointer: '#', detail: /differs from version 1 on file/ })
    const at = (pointer: string) => told.find((each: { pointer: string }) => each.pointer === pointer)?.detail
    t.equal(at('#/inputs/0/from'), 'Version 1 has nothing here; now it is "call".')
    t.equal(at('#/kind'), 'Version 1 has nothing here; now it is "predictive".')
    t.equal(at('#/basePoints'), 'Version 1 has 300 here; now there is nothing.')
    t.equal(at('#/characteristics/0/missing'), 'Version 1 has {"rule":"points","points":0} here; now there is nothing.')
    t.match(at('#/predictor'), /^Version 1 has nothing here; now it is an entry of 3 fields\.$/)
    const count = Number(/in (\d+) places/.exec(told[0].detail)?.[1])
    t.equal(told.length - 1, count)
  })

  await t.test('200: the caller may name another version; of another model nothing is told', async (t) => {
    const named = await imported({ version: 7 })
    t.equal(named.document.version, 7)
    t.ok(named.notes.some(({ pointer }: { pointer: string }) => pointer === '#/inputs/0/from'))
    const other = await imported({ modelId: 'other' })
    t.equal(other.document.version, 1)
    t.notOk(other.notes.some(({ pointer }: { pointer: string }) => pointer.startsWith('#')))
  })

  await t.test('201: activated, it takes the place of the earlier one, which is listed no longer', async (t) => {
    const { document } = await imported()
    await givenActive(service, document)
    t.match((await send('GET', path)).body, { state: 'retired', unavailableInputs: ['years'] })
    t.same(await listed('needsReimport=true'), ['with-source 1'])
    const inputs = { years: 60 }
    const { body } = await send('POST', '/v1/customers/C-1/assessments', { inputs })
    t.match(body, { status: 'unrated', model: { id: 'card', version: 2 }, inputs: { values: inputs } })
    const valid = await send('POST', '/v1/customers/C-1/assessments', { inputs: { years: 9 } })
    t.match(valid.body, { status: 'rated', score: 340, coverage: 1 })
  })

  await t.test(
    '200: a version that comes from an earlier importer and is written today is known by its document',
    async (t) => {
      await givenDraft(service, { ...FIRST, id: 'pasted' })
      t.same(await listed('needsReimport=true&modelId=pasted'), ['pasted 1'])
    }
  )

  await t.test('a database of before learns who made its models, and their documents stay as they are', async (t) => {
    const { db } = service.deps
    const documents = async () => db.selectFrom('scoringModels').select(['modelId', 'document', 'sha256']).execute()
    const before = { listed: await listed('needsReimport=true'), documents: await documents() }
    await sql`alter table scoring_models drop column importer`.execute(db)
    await sql`alter table assessments drop column inputs`.execute(db)
    const migration = join(import.meta.dirname, '../../../migrations/0017_inputs_of_calls.sql')
    await sql.raw(readFileSync(migration, 'utf8')).execute(db)
    t.same(await listed('needsReimport=true'), before.listed)
    t.same(await documents(), before.documents)
    const rows = await db.selectFrom('scoringModels').select(['modelId', 'version', 'importer']).execute()
    const of = (id: string, number: number) =>
      rows.find(({ modelId, version }) => modelId === id && version === number)?.importer
    t.same([of('card', 1), of('card', 2), of('by-hand', 1)], [1, IMPORTER, null])
  })
})
