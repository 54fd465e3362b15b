import t, { type Test } from 'tap'
import { createKey } from '../../../src/access/commands.ts'
import type { Scope } from '../../../src/platform/http/auth.ts'
import { cny, givenRated } from '../../given.ts'
import { contractService } from '../contract.ts'
import { modelOf, pathOf } from '../models/given-model.ts'

const approval = { verdict: 'approve', comment: 'Known for years' }

/** Whose approval it is, and what an approving operation says to it. */
const CELLS = {
  'a key that nobody has confirmed': 'key-unconfirmed',
  'whoever proposed': 'four-eyes',
  'a key that the proposer’s key made, confirmed': 'four-eyes',
  'a key that has nothing to do with it': null
} as const
type Cell = keyof typeof CELLS

/** An operation as it is asked by somebody. */
interface Asked {
  readonly url: string
  readonly body: object
  readonly etag: string
}

t.test('operation × unconfirmed, own proposal, the proposer’s child key', async (t) => {
  const service = await contractService(t)
  const { send, inject, operations, deps, refuses } = service
  let number = 0
  const given = async (...scopes: Scope[]) => {
    const { keyId, key } = (await createKey(deps, deps.db, { name: 'given', scopes })).value
    return { keyId, headers: { authorization: `Bearer ${key}` } }
  }
  type Held = Awaited<ReturnType<typeof given>>
  const made = async (by: Held): Promise<Held> => {
    const { keyId, key } = (await send('POST', '/v1/api-keys', { name: 'made', scopes: ['admin'] }, by.headers)).body
    return { keyId, headers: { authorization: `Bearer ${key}` } }
  }
  /** A second admin, who has nothing to do with what is proposed, confirms the key. */
  const confirmed = async (key: Held): Promise<Held> => {
    const { items } = (await send('GET', '/v1/change-requests?kind=key&state=open&limit=200')).body
    const asked = items.find(({ subject }: { subject: string }) => subject === key.keyId)
    const headers = { ...(await given('admin')).headers, 'if-match': '"1"' }
    await send('POST', `/v1/change-requests/${asked.changeRequestId}/approvals`, approval, headers)
    return key
  }
  const customer = async () => {
    number += 1
    await givenRated(service, `C-${number}`)
    return `C-${number}`
  }

  /** What a key proposes, for each operation that approves something. */
  const PROPOSALS: Readonly<Record<string, (by: Held) => Promise<Asked>>> = {
    approveLimit: async (by) => {
      const url = `/v1/customers/${await customer()}/limit-decisions`
      const { body } = await send('POST', url, { requested: cny('800000.00') }, by.headers)
      return { url: `${url}/${body.limitDecisionId}/approvals`, body: approval, etag: '"1"' }
    },
    approveModel: async (by) => {
      number += 1
      const model = modelOf(`matrix-${number}`)
      await send('PUT', pathOf(model), model, by.headers)
      return { url: `${pathOf(model)}/approvals`, body: {}, etag: '"1"' }
    },
    decideBlockedOrder: async (by) => {
      const order = { customerId: await customer(), orderId: 'SO-1', amount: cny('1000.00') }
      const { body, headers } = await send('POST', '/v1/credit-checks', order, by.headers)
      const decision = { decision: 'release', reasonCode: 'AGREED', comment: 'Agreed' }
      return { url: `/v1/credit-checks/${body.checkId}/decisions`, body: decision, etag: String(headers.etag ?? '"1"') }
    },
    decideChangeRequest: async (by) => {
      const url = `/v1/customers/${await customer()}/hold`
      await send('PUT', url, { reason: 'Fraud' }, (await given('holds')).headers)
      const { body, headers } = await send('DELETE', url, undefined, by.headers)
      return {
        url: `/v1/change-requests/${body.changeRequestId}/approvals`,
        body: approval,
        etag: String(headers.etag)
      }
    }
  }
  const approver: Readonly<Record<Cell, (proposer: Held) => Promise<Held>>> = {
    'a key that nobody has confirmed': async () => made(await given('keys')),
    'whoever proposed': async (proposer) => proposer,
    'a key that the proposer’s key made, confirmed': async (proposer) => confirmed(await made(proposer)),
    'a key that has nothing to do with it': () => given('admin')
  }

  await t.test('those that say so are those that are asked here', (t) => {
    const says = (slug: string) =>
      operations.filter(({ responses }) => responses[403]?.description.includes(`\`${slug}\``)).map(({ id }) => id)
    t.same(says('four-eyes').toSorted(), Object.keys(PROPOSALS).toSorted())
    t.same(says('key-unconfirmed').toSorted(), Object.keys(PROPOSALS).toSorted())
    t.end()
  })

  for (const [operationId, propose] of Object.entries(PROPOSALS))
    for (const [cell, slug] of Object.entries(CELLS) as [Cell, (typeof CELLS)[Cell]][])
      await t.test(`${operationId} by ${cell}`, async (t: Test) => {
        const proposer = await given('admin')
        const { url, body, etag } = await propose(proposer)
        const headers = { ...(await approver[cell](proposer)).headers, 'if-match': etag }
        if (slug !== null) await refuses(t, { method: 'POST', url, body, headers }, slug)
        else t.ok((await send('POST', url, body, headers)).status < 300)
      })

  await t.test('every other operation does for an unconfirmed key what its scopes allow', async (t) => {
    const child = await made(await given('keys'))
    const others = operations.filter(({ id, scope }) => scope !== undefined && PROPOSALS[id] === undefined)
    t.ok(others.length > 80)
    for (const { id, method, path, takesBody } of others) {
      const headers = { ...child.headers, ...(takesBody ? { 'content-type': 'application/json' } : {}) }
      const url = `${path.replace(/\{[^}]+\}/g, 'X-1')}?mistyped=1`
      const { status } = await inject({ method, url, headers, payload: takesBody ? '{}' : '' })
      t.ok([400, 404].includes(status), `${id} gets as far as its parameters: ${status}`)
    }
  })
})
