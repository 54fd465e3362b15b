import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import t from 'tap'
import { scopesIn } from '../../../src/platform/http/auth.ts'
import { capturedLog } from '../../captured-log.ts'
import { cny, givenLimit, givenRated } from '../../given.ts'
import { testService } from '../../service.ts'
import { givenDraft, modelOf } from '../models/given-model.ts'

/** Scopes whose every change is one of who may do what, or lets something pass. */
const WATCHED_SCOPES = ['keys', 'holds', 'approve', 'release', 'models']
/** Of these, a draft decides nothing before another has approved it. */
const NOT_WATCHED = ['putModel']

const WRITTEN_BY_PEOPLE = /Zhang|张三|SO-1|Fraud|AGREED|C-1|Bearer|cred_/

t.test('what changes who may do what has a line at `warn`', async (t) => {
  const routes: RouteOptions[] = []
  const listen = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', (route) => {
      routes.push(route)
    })
  }
  subscribe('fastify.initialization', listen)
  t.teardown(() => unsubscribe('fastify.initialization', listen))
  const log = capturedLog('warn')
  const { send, authorization } = await testService(t, { logger: log.logger })
  const idOf = ({ schema }: RouteOptions) => String((schema as { operationId?: string } | undefined)?.operationId)

  /** Does something and answers what its line has to say of it; the body is the last answer's. */
  const asked = async (method: 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown, headers = {}) => {
    log.clear()
    return (await send(method, url, body, headers)).body
  }
  const by = async (scope: 'admin' | 'holds' | 'check', seen?: number) => ({
    authorization: await authorization(scope),
    ...(seen === undefined ? {} : { 'if-match': `"${seen}"` })
  })
  const newKey = () => send('POST', '/v1/api-keys', { name: 'ERP of Zhang San', scopes: ['read'] })
  const step = async (of: string, seen: number) => {
    await asked('POST', `/v1/models/watched/versions/1/${of}`, { comment: 'Zhang San' }, await by('admin', seen))
    return { subject: 'watched 1' }
  }
  const about = { customer: /^[0-9a-f]{16}$/ }
  const url = '/v1/customers/C-1'
  const approval = { verdict: 'approve', comment: 'Zhang San agrees' }
  const held = async () => {
    await send('PUT', `${url}/hold`, { reason: 'Fraud by Zhang San' }, await by('admin'))
    return asked('DELETE', `${url}/hold`, undefined, await by('holds'))
  }

  /** Each watched operation, with every member of its line beside those that all lines have. */
  const table: Record<string, (() => Promise<object>)[]> = {
    createApiKey: [
      async () => {
        const made = await asked('POST', '/v1/api-keys', { name: 'ERP of Zhang San', scopes: ['read'] })
        return { status: 201, subject: made.keyId }
      }
    ],
    rotateApiKey: [
      async () => {
        const { keyId } = (await newKey()).body
        await asked('POST', `/v1/api-keys/${keyId}/rotations`, { overlapSeconds: 3_600 })
        return { status: 201, subject: keyId }
      }
    ],
    revokeApiKey: [
      async () => {
        const { keyId } = (await newKey()).body
        await asked('DELETE', `/v1/api-keys/${keyId}`)
        return { subject: keyId }
      }
    ],
    setHold: [
      async () => {
        await asked('PUT', `${url}/hold`, { reason: 'Fraud by Zhang San' })
        return about
      }
    ],
    liftHold: [
      async () => {
        await asked('DELETE', `${url}/hold`)
        return about
      },
      async () => {
        await held()
        return { status: 202, ...about }
      }
    ],
    decideChangeRequest: ['reject', 'approve'].map((verdict) => async () => {
      const { changeRequestId } = await held()
      const path = `/v1/change-requests/${changeRequestId}/approvals`
      await asked('POST', path, { ...approval, verdict }, await by('admin', 1))
      return { subject: changeRequestId }
    }),
    approveLimit: ['reject', 'approve'].map((verdict) => async () => {
      const { limitDecisionId } = (await send('POST', `${url}/limit-decisions`, { refer: true })).body
      const path = `${url}/limit-decisions/${limitDecisionId}/approvals`
      await asked('POST', path, { ...approval, verdict }, await by('admin', 1))
      return { subject: limitDecisionId, ...about }
    }),
    decideBlockedOrder: ['reject', 'release'].map((decision) => async () => {
      const order = { customerId: 'C-1', orderId: `SO-1-${decision}`, amount: cny('900000000.00') }
      const { checkId } = (await send('POST', '/v1/credit-checks', order, await by('check'))).body
      const decided = { decision, reasonCode: 'AGREED', comment: 'Zhang San agrees' }
      await asked('POST', `/v1/credit-checks/${checkId}/decisions`, decided, await by('admin', 1))
      return { status: 201, subject: checkId }
    }),
    releaseCapture: [
      async () => {
        await givenLimit({ send }, 'C-2', '500000.00')
        const order = { customerId: 'C-2', orderId: 'SO-1', amount: cny('1000.00') }
        const { checkId } = (await send('POST', '/v1/credit-checks', order)).body
        const captures = `/v1/credit-checks/${checkId}/captures`
        await send('POST', captures, { amount: cny('1000.00'), invoiceId: 'INV-1', final: true })
        const { captureId } = (await send('GET', `/v1/credit-checks/${checkId}`)).body.captures[0]
        const path = `${captures}/${captureId}/releases`
        await asked('POST', path, { reason: 'Zhang San agrees' })
        return { status: 201, subject: checkId }
      }
    ],
    approveModel: [() => step('approvals', 1)],
    runModelInShadow: [() => step('shadow-runs', 2)],
    activateModel: [() => step('activations', 3)],
    retireModel: [() => step('retirements', 4)]
  }

  await t.test('by the scope that it needs, so that none is forgotten', (t) => {
    const writes = routes.filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(String(method)))
    t.ok(writes.length > 40)
    for (const route of writes) {
      const scope = route.config?.scope
      if (scope === undefined || scope === 'public' || NOT_WATCHED.includes(idOf(route))) continue
      const isWatched = scopesIn(scope).some((each) => WATCHED_SCOPES.includes(each))
      t.equal(route.config?.watched === true, isWatched, idOf(route))
    }
    const watched = writes.filter(({ config }) => config?.watched === true).map(idOf)
    t.same(watched.sort(), Object.keys(table).sort(), 'and each is tried below')
    t.end()
  })

  await givenRated({ send }, 'C-1')
  await givenDraft({ send }, modelOf('watched'))
  for (const [operation, works] of Object.entries(table))
    for (const work of works)
      await t.test(operation, async (t) => {
        const told = await work()
        const [line, ...others] = log.lines()
        t.same(others, [])
        const { method, url: route } = routes.find((each) => idOf(each) === operation) ?? {}
        const expected = {
          level: 'warn',
          time: String,
          msg: 'request',
          pid: Number,
          hostname: String,
          requestId: String,
          method,
          route,
          operation,
          status: 200,
          ms: Number,
          keyId: /^key_\w{26}$/,
          ...told
        }
        t.match(line, expected)
        t.same(Object.keys(line ?? {}).sort(), Object.keys(expected).sort(), 'and nothing else')
        t.notMatch(JSON.stringify(line), WRITTEN_BY_PEOPLE, 'nothing personal, no secret')
      })
})
