import { sql } from 'kysely'
import t from 'tap'
import { type ContractService, contractService } from '../contract.ts'
import { FIRST } from './first-importer.ts'
import { givenActive, givenApproved, givenDraft, givenShadow, modelOf, pathOf } from './given-model.ts'

t.test('the life of a version of a model', async (t) => {
  const service = await contractService(t)
  const { send, refuses } = service
  const authorization = await service.authorization('admin')
  const revision = (number: number) => ({ 'if-match': `"${number}"` })
  const stateOf = async (path: string) => (await send('GET', path)).body.state
  const eventsOf = async (path: string) => (await send('GET', `${path}/events`)).body.items
  const activeOf = async (segment: string) =>
    (await send('GET', `/v1/models?state=active&segment=${segment}`)).body.items

  await t.test('200: another key approves a draft; what it was and who did it is kept', async (t) => {
    const path = await givenDraft(service, modelOf('approved'))
    const { body: draft } = await send('GET', path)
    t.match(draft, { state: 'draft', approver: null, revision: 1 })
    const comment = { comment: 'Validated on the orders of 2025' }
    const answer = await send('POST', `${path}/approvals`, comment, { authorization, ...revision(1) })
    t.match(answer, { status: 200, headers: { etag: '"2"' }, body: { state: 'approved', revision: 2 } })
    t.equal(answer.body.author, draft.author)
    t.match(answer.body.approver, /^key_/)
    t.not(answer.body.approver, answer.body.author)
    t.same((await send('GET', path)).body, answer.body, 'reading it gives the same')
    t.same(await eventsOf(path), [
      { revision: 1, event: 'drafted', at: draft.createdAt, actor: draft.author, comment: null, sha256: draft.sha256 },
      {
        revision: 2,
        event: 'approved',
        at: answer.body.updatedAt,
        actor: answer.body.approver,
        comment: comment.comment,
        sha256: draft.sha256
      }
    ])
  })

  await t.test('403: the author cannot approve, and neither can whoever wrote it last', async (t) => {
    const model = modelOf('four-eyes')
    const path = await givenDraft(service, model)
    await refuses(t, { method: 'POST', url: `${path}/approvals`, body: {}, headers: revision(1) }, 'four-eyes')
    await send('PUT', path, { ...model, minimumCoverage: 0.5 }, { authorization, ...revision(1) })
    const headers = { authorization, ...revision(2) }
    await refuses(t, { method: 'POST', url: `${path}/approvals`, body: {}, headers }, 'four-eyes')
    t.match(await send('POST', `${path}/approvals`, {}, revision(2)), { status: 200 })
  })

  await t.test('attack 4: a key that another one made approves nothing before it is confirmed', async (t) => {
    const path = await givenDraft(service, modelOf('unconfirmed'))
    const maker = { authorization: await service.authorization('admin') }
    const { body } = await send('POST', '/v1/api-keys', { name: 'Model board', scopes: ['models'] }, maker)
    const headers = { authorization: `Bearer ${body.key}`, ...revision(1) }
    await refuses(t, { method: 'POST', url: `${path}/approvals`, body: {}, headers }, 'key-unconfirmed')
  })

  await t.test('403: writing and every step need the scope models', async (t) => {
    const path = await givenDraft(service, modelOf('scope'))
    const headers = { authorization: await service.authorization('write', 'check', 'read'), ...revision(1) }
    await refuses(t, { method: 'PUT', url: path, body: modelOf('scope'), headers }, 'insufficient-scope')
    for (const step of ['approvals', 'shadow-runs', 'activations', 'retirements'])
      await refuses(t, { method: 'POST', url: `${path}/${step}`, body: {}, headers }, 'insufficient-scope')
  })

  await t.test('200: an activation retires the version that decided until then', async (t) => {
    const before = await activeOf('company')
    t.match(before, [{ modelId: 'company', author: 'shipped', approver: 'shipped', state: 'active' }])
    const path = await givenApproved(service, modelOf('next'))
    const answer = await send('POST', `${path}/activations`, { comment: 'Decided by the credit board' }, revision(2))
    t.match(answer, { status: 200, headers: { etag: '"3"' }, body: { state: 'active', revision: 3 } })
    t.match(await activeOf('company'), [{ modelId: 'next', version: 1 }])
    t.equal((await activeOf('company')).length, 1)
    const events = await eventsOf(pathOf({ id: 'company', version: before[0].version }))
    t.match(events, [
      { event: 'shipped', actor: 'shipped', revision: 1 },
      { event: 'retired', actor: answer.body.author, comment: 'Replaced by version 1 of next', revision: 2 }
    ])
    t.match((await eventsOf(path)).at(-1), { event: 'activated', comment: 'Decided by the credit board' })
  })

  await t.test('200: any number of versions run in shadow, and any of them may be activated', async (t) => {
    const paths = [await givenShadow(service, modelOf('one')), await givenShadow(service, modelOf('two'))]
    const { body } = await send('GET', '/v1/models?state=shadow&segment=company')
    t.same(
      body.items.map(({ modelId }: { modelId: string }) => modelId),
      ['one', 'two']
    )
    t.match(await send('POST', `${paths[1]}/activations`, {}, revision(3)), { status: 200, body: { state: 'active' } })
    t.equal(await stateOf(String(paths[0])), 'shadow')
    t.equal(await stateOf(pathOf({ id: 'next', version: 1 })), 'retired')
  })

  await t.test('200: versions of other segments are left alone', async (t) => {
    const path = await givenActive(service, modelOf('traders', { segment: 'sole_trader' }))
    t.match(await activeOf('company'), [{ modelId: 'two' }])
    t.match(await send('POST', `${path}/retirements`, {}, revision(3)), { status: 200, body: { state: 'retired' } })
    t.same(await activeOf('sole_trader'), [])
  })

  await t.test('409: a step that is not open from the present state', async (t) => {
    const closed = async (path: string, etag: number, ...steps: string[]) => {
      for (const step of steps) {
        const headers = { authorization, ...revision(etag) }
        await refuses(t, { method: 'POST', url: `${path}/${step}`, body: {}, headers }, 'model-step-closed')
      }
    }
    await closed(await givenDraft(service, modelOf('a-draft')), 1, 'shadow-runs', 'activations', 'retirements')
    await closed(await givenApproved(service, modelOf('an-approved')), 2, 'approvals')
    await closed(await givenShadow(service, modelOf('a-shadow')), 3, 'approvals', 'shadow-runs')
    const active = await givenActive(service, modelOf('an-active'))
    await closed(active, 3, 'approvals', 'shadow-runs', 'activations')
    await send('POST', `${active}/retirements`, {}, revision(3))
    await closed(active, 4, 'approvals', 'shadow-runs', 'activations', 'retirements')
  })

  await t.test('412 and 428: each step names the version that was seen', async (t) => {
    const path = await givenApproved(service, modelOf('seen'))
    for (const step of ['approvals', 'shadow-runs', 'activations', 'retirements']) {
      const post = (headers: Record<string, string>) =>
        ({ method: 'POST', url: `${path}/${step}`, body: {}, headers }) as const
      await refuses(t, post({}), 'precondition-required')
      await refuses(t, post({ 'if-match': '*' }), 'precondition-required')
      await refuses(t, post(revision(1)), 'precondition-failed')
    }
  })

  await t.test('422: what today’s rules find unfit is neither approved nor used', async (t) => {
    const draft = await givenDraft(service, modelOf('outdated-draft'))
    const approved = await givenApproved(service, modelOf('outdated'))
    await outdate(service, ['outdated-draft', 'outdated'])
    const post = (url: string, number: number) =>
      ({ method: 'POST', url, body: {}, headers: { authorization, ...revision(number) } }) as const
    await refuses(t, post(`${draft}/approvals`, 1), 'model-unfit', ['/cases'])
    await refuses(t, post(`${approved}/shadow-runs`, 2), 'model-unfit', ['/cases'])
    await refuses(t, post(`${approved}/activations`, 2), 'model-unfit', ['/cases'])
    t.match(await send('POST', `${approved}/retirements`, {}, revision(2)), { status: 200 }, 'it can still be retired')
  })

  await t.test('409: a version that asks for what no call can give does not decide', async (t) => {
    const path = await givenApproved(service, FIRST)
    const request = { method: 'POST', url: `${path}/activations`, body: {}, headers: revision(2) } as const
    await refuses(t, request, 'model-inputs-unavailable', ['/inputs/0/from'])
    t.equal(await stateOf(path), 'approved')
  })

  await t.test('404 and 400: what is not there, and what is no version', async (t) => {
    for (const step of ['approvals', 'shadow-runs', 'activations', 'retirements']) {
      const post = (path: string, body: unknown = {}) =>
        ({ method: 'POST', url: `${path}/${step}`, body, headers: revision(1) }) as const
      await refuses(t, post('/v1/models/nobody/versions/1'), 'not-found')
      await refuses(t, post('/v1/models/one/versions/0'), 'validation-error', ['/params/version'])
      await refuses(t, post('/v1/models/one/versions/1', { remark: 'x' }), 'validation-error', ['/remark'])
    }
  })
  await t.test('a step with its key again has no further effect and the same answer', async (t) => {
    const path = await givenDraft(service, modelOf('repeated'))
    for (const [index, step] of ['approvals', 'shadow-runs', 'activations', 'retirements'].entries()) {
      const url = `${path}/${step}`
      const headers = { authorization, ...revision(index + 1), 'idempotency-key': step }
      const first = await send('POST', url, {}, headers)
      const before = await service.footprint()
      const again = await send('POST', url, {}, headers)
      t.same([again.status, again.text], [200, first.text], step)
      t.equal(again.headers['idempotency-replayed'], 'true')
      t.equal(await service.footprint(), before)
      const other = { method: 'POST', url, body: { comment: 'x' }, headers } as const
      await refuses(t, other, 'idempotency-key-reused')
      await refuses(t, { ...other, headers: { ...headers, 'idempotency-key': 'a b' } }, 'idempotency-key-invalid')
    }
  })

  const steps = ['approveModel', 'runModelInShadow', 'activateModel', 'retireModel']
  t.same(service.unanswered(...steps), [], 'every documented answer was given')
})

/** As if these had been written under an older version of the service, which asked for less. */
async function outdate({ deps }: ContractService, modelIds: readonly string[]): Promise<void> {
  await deps.db.transaction().execute(async (trx) => {
    await sql`alter table scoring_models disable trigger scoring_models_never_change`.execute(trx)
    await sql`update scoring_models set document = jsonb_set(document::jsonb, '{cases}', '[]')::text
      where model_id in (${sql.join(modelIds)})`.execute(trx)
    await sql`alter table scoring_models enable trigger scoring_models_never_change`.execute(trx)
  })
}
