import t, { type Test } from 'tap'
import { confirmKeys } from '../../../src/access/commands/confirm.ts'
import { createKey } from '../../../src/access/commands.ts'
import type { PersonId } from '../../../src/ids.ts'
import type { Scope } from '../../../src/platform/http/auth.ts'
import { newId } from '../../../src/platform/values/ids.ts'
import type { ProblemSlug } from '../../../src/platform/values/problem.ts'
import { cny, givenRated } from '../../given.ts'
import { type ContractService, contractService } from '../contract.ts'
import { modelOf, pathOf } from '../models/given-model.ts'

interface Held {
  readonly keyId: string
  readonly headers: { readonly authorization: string }
}

const approval = { verdict: 'approve', comment: 'Known for years' }

/** What the roads have in common: keys by every way there is, and things to approve. */
function scene(service: ContractService) {
  const { send, deps } = service
  let number = 0
  const held = ({ keyId, key }: { keyId: string; key: string }): Held => ({
    keyId,
    headers: { authorization: `Bearer ${key}` }
  })
  return {
    /** A key of the operator's. */
    given: async (scopes: Scope[], personId?: PersonId) => {
      const person = personId === undefined ? {} : { personId }
      return held((await createKey(deps, deps.db, { name: 'given', scopes, ...person })).value)
    },
    /** A key that another one has made. */
    made: async (by: Held, scopes: Scope[], personId?: PersonId) => {
      const person = personId === undefined ? {} : { personId }
      return held((await send('POST', '/v1/api-keys', { name: 'made', scopes, ...person }, by.headers)).body)
    },
    rotated: async (by: Held, of: Held) =>
      held((await send('POST', `/v1/api-keys/${of.keyId}/rotations`, { overlapSeconds: 60 }, by.headers)).body),
    confirm: (...keys: Held[]) =>
      confirmKeys(
        deps.db,
        deps.clock,
        keys.map(({ keyId }) => keyId)
      ),
    /** A limit that waits, proposed with a key; answers the path of its approvals. */
    proposed: async (by: Held) => {
      number += 1
      const customer = `/v1/customers/C-${number}`
      await givenRated(service, `C-${number}`)
      const wanted = { requested: cny('800000.00') }
      const { body } = await send('POST', `${customer}/limit-decisions`, wanted, by.headers)
      if (body.state !== 'proposed') throw new Error(`the limit does not wait: ${JSON.stringify(body)}`)
      return `${customer}/limit-decisions/${body.limitDecisionId}/approvals`
    }
  }
}

t.test('roads around four eyes', async (t) => {
  const service = await contractService(t)
  const { send, refuses } = service
  const { given, made, rotated, confirm, proposed } = scene(service)
  const refused = async (t: Test, url: string, by: Held, slug: ProblemSlug = 'four-eyes') =>
    refuses(t, { method: 'POST', url, body: approval, headers: { ...by.headers, 'if-match': '"1"' } }, slug)
  const approves = async (t: Test, url: string, by: Held) => {
    const answer = await send('POST', url, approval, { ...by.headers, 'if-match': '"1"' })
    t.match(answer.body, { state: 'applied' })
    t.notOk('onePerson' in answer.body.decision)
  }

  await t.test('attack 4: the key that proposed', async (t) => {
    const admin = await given(['admin'])
    await refused(t, await proposed(admin), admin)
  })

  await t.test('attack 4: a second key that the proposer’s key made, confirmed or not', async (t) => {
    const admin = await given(['admin'])
    const url = await proposed(admin)
    const child = await made(admin, ['admin'])
    await refused(t, url, child)
    await confirm(child)
    await refused(t, url, child)
  })

  await t.test('attack 4: the key that made the proposer’s', async (t) => {
    const admin = await given(['admin'])
    await refused(t, await proposed(await made(admin, ['limits'])), admin)
  })

  await t.test('attack 4: a grandchild, through a key that was revoked since', async (t) => {
    const admin = await given(['admin'])
    const url = await proposed(admin)
    const child = await made(admin, ['keys'])
    const grandchild = await made(child, ['approve'])
    await send('DELETE', `/v1/api-keys/${child.keyId}`, undefined, admin.headers)
    await confirm(grandchild)
    await refused(t, url, grandchild)
  })

  await t.test('attack 4: two keys that one key made for the purpose', async (t) => {
    const admin = await given(['keys'])
    const url = await proposed(await made(admin, ['limits']))
    await refused(t, url, await made(admin, ['approve']), 'key-unconfirmed')
  })

  await t.test('attack 4: a key that takes the place of the proposer’s', async (t) => {
    const admin = await given(['admin'])
    const url = await proposed(admin)
    await refused(t, url, await rotated(admin, admin))
    await refused(t, url, await rotated(await given(['keys']), admin))
  })

  await t.test('attack 4: an approver’s key, rotated by who proposed', async (t) => {
    const [admin, approver] = [await given(['admin']), await given(['approve'])]
    await refused(t, await proposed(admin), await rotated(admin, approver))
    const other = await proposed(await given(['limits']))
    await refused(t, other, await rotated(admin, approver), 'key-unconfirmed')
    await approves(t, other, approver)
  })

  await t.test('attack 4: a second key of the same person', async (t) => {
    const personId = newId('per')
    const url = await proposed(await given(['limits'], personId))
    await refused(t, url, await given(['approve'], personId))
    await approves(t, url, await given(['approve'], newId('per')))
  })

  await t.test('attack 4: a key made in the name of another person, to propose or to approve', async (t) => {
    const [admin, other] = [await given(['admin']), newId('per')]
    await given(['limits'], other)
    await refused(t, await proposed(await made(admin, ['limits'], other)), admin)
    const stranger = await made(admin, ['approve'], newId('per'))
    await confirm(stranger)
    await refused(t, await proposed(admin), stranger)
  })

  await t.test('attack 4: confirming one’s own key, or one that a key of one’s line made', async (t) => {
    const admin = await given(['admin'])
    const child = await made(admin, ['admin'])
    const { items } = (await send('GET', '/v1/change-requests?kind=key&state=open', undefined, admin.headers)).body
    const asked = items.find(({ subject }: { subject: string }) => subject === child.keyId)
    t.match(asked, { kind: 'key', madeBy: admin.keyId, payload: { scopes: ['admin'] } })
    const url = `/v1/change-requests/${asked.changeRequestId}/approvals`
    await refused(t, url, admin)
    await refused(t, url, child)
    await refused(t, url, await given(['approve']), 'insufficient-scope')
    const second = await given(['admin'])
    const decided = await send('POST', url, approval, { ...second.headers, 'if-match': '"1"' })
    t.match(decided.body, { state: 'applied', approvals: [{ by: second.keyId, verdict: 'approve' }] })
    await approves(t, await proposed(await given(['limits'])), child)
  })

  await t.test('attack 4: the change request in place of the proposal’s own operation', async (t) => {
    const admin = await given(['admin'])
    await proposed(admin)
    const { items } = (await send('GET', '/v1/change-requests?kind=limit&state=open&limit=1')).body
    const [{ changeRequestId, madeBy }] = items
    t.equal(madeBy, admin.keyId)
    const url = `/v1/change-requests/${changeRequestId}/approvals`
    await refused(t, url, admin)
    const approver = await given(['approve'])
    const { body } = await send('POST', url, approval, { ...approver.headers, 'if-match': '"1"' })
    t.match(body, { state: 'applied', approvals: [{ by: approver.keyId }] })
  })

  await t.test('attack 4: a draft that a key of the approver’s line writes anew', async (t) => {
    const [author, editor] = [await given(['models']), await given(['admin'])]
    const model = modelOf('anew')
    await send('PUT', pathOf(model), model, author.headers)
    const child = await made(editor, ['models'])
    const edited = { ...model, minimumCoverage: 0.5 }
    await send('PUT', pathOf(model), edited, { ...child.headers, 'if-match': '"1"' })
    const headers = { ...editor.headers, 'if-match': '"2"' }
    await refuses(t, { method: 'POST', url: `${pathOf(model)}/approvals`, body: {}, headers }, 'four-eyes')
    t.match(
      await send('POST', `${pathOf(model)}/approvals`, {}, { ...author.headers, 'if-match': '"2"' }),
      { status: 200 },
      'who wrote the first draft did not write this one'
    )
  })

  await t.test('attack 4: an order that a key of the line has asked for, or asks for again', async (t) => {
    await givenRated(service, 'O-1')
    const [admin, erp, desk] = [await given(['admin']), await given(['check']), await given(['release'])]
    const order = { customerId: 'O-1', orderId: 'SO-1', amount: cny('1000.00') }
    await send('POST', '/v1/credit-checks', order, (await made(admin, ['check'])).headers)
    const { body: again } = await send('POST', '/v1/credit-checks', { ...order, amount: cny('1001.00') }, erp.headers)
    const release = { decision: 'release', reasonCode: 'AGREED', comment: 'Agreed' }
    const url = `/v1/credit-checks/${again.checkId}/decisions`
    const etag = String((await send('GET', `/v1/credit-checks/${again.checkId}`)).headers.etag)
    const by = ({ headers }: Held) => ({ ...headers, 'if-match': etag })
    await refuses(t, { method: 'POST', url, body: release, headers: by(admin) }, 'four-eyes')
    await refuses(
      t,
      { method: 'POST', url, body: release, headers: by(await made(admin, ['release'])) },
      'key-unconfirmed'
    )
    t.match(await send('POST', url, release, by(desk)), { status: 201 })
  })

  await t.test('keys that have nothing to do with each other approve each other’s proposals', async (t) => {
    const [one, two] = [await given(['admin']), await given(['admin'])]
    await approves(t, await proposed(one), two)
    await approves(t, await proposed(two), one)
    const [left, right] = [await made(one, ['limits']), await made(one, ['approve'])]
    await confirm(right)
    await approves(t, await proposed(left), right)
  })
})

t.test('where one person has to do, another key approves and says so; never the same', async (t) => {
  const service = await contractService(t, { onePerson: true })
  const { send, refuses } = service
  const { given, made, proposed } = scene(service)
  const admin = await given(['admin'])
  const url = await proposed(admin)
  const seen = { 'if-match': '"1"' }
  await refuses(t, { method: 'POST', url, body: approval, headers: { ...admin.headers, ...seen } }, 'four-eyes')
  const child = await made(admin, ['admin'])
  const { body } = await send('POST', url, approval, { ...child.headers, ...seen })
  t.match(body, { state: 'applied', decision: { by: child.keyId, onePerson: true } })
  const [requested] = (await send('GET', '/v1/change-requests?kind=limit')).body.items
  t.match(requested.approvals, [{ onePerson: true }])
  const model = modelOf('alone')
  await send('PUT', pathOf(model), model, admin.headers)
  await send('POST', `${pathOf(model)}/approvals`, {}, { ...child.headers, ...seen })
  t.match((await send('GET', `${pathOf(model)}/events`)).body.items, [{ event: 'drafted' }, { onePerson: true }])
  const { body: apart } = await send('POST', await proposed(admin), approval, {
    ...(await given(['approve'])).headers,
    ...seen
  })
  t.notOk('onePerson' in apart.decision, 'an approval by somebody else says nothing of it')
})
