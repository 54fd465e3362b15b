import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import t from 'tap'
import { scopesIn } from '../../../src/platform/http/auth.ts'
import { capturedLog } from '../../captured-log.ts'
import { givenRated } from '../../given.ts'
import { testService } from '../../service.ts'
import { givenDraft, modelOf } from '../models/given-model.ts'

/** Scopes whose every change is one of who may do what, or lets something pass. */
const WATCHED_SCOPES = ['keys', 'holds', 'approve', 'release']
/** Of other scopes: stopping a customer, and the life of models. */
const ALSO_WATCHED = ['setHold', 'approveModel', 'runModelInShadow', 'activateModel', 'retireModel']

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

  await t.test('by the scope that it needs, so that none is forgotten', (t) => {
    const writes = routes.filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(String(method)))
    t.ok(writes.length > 40)
    for (const { schema, config } of writes) {
      const id = String((schema as { operationId?: string } | undefined)?.operationId)
      const scope = config?.scope
      if (scope === undefined || scope === 'public') continue
      const isOfScope = scopesIn(scope).some((each) => WATCHED_SCOPES.includes(each))
      t.equal(config?.watched === true, isOfScope || ALSO_WATCHED.includes(id), id)
    }
    t.end()
  })

  /** The one line that some work leaves. */
  const lineOf = async (work: () => Promise<unknown>) => {
    log.clear()
    await work()
    const [line, ...others] = log.lines()
    t.same(others, [])
    t.match(line, { level: 'warn', msg: 'request', status: 200, keyId: /^key_\w{26}$/, requestId: String, ms: Number })
    t.notMatch(JSON.stringify(line), /Zhang|张三/, 'nothing personal')
    return line
  }

  await t.test('a key that another replaces', async (t) => {
    const { body } = await send('POST', '/v1/api-keys', { name: 'ERP of Zhang San', scopes: ['read'] })
    const path = `/v1/api-keys/${body.keyId}`
    log.clear()
    const rotated = await send('POST', `${path}/rotations`, { overlapSeconds: 3_600 })
    t.match(log.lines(), [
      { level: 'warn', operation: 'rotateApiKey', route: '/v1/api-keys/:keyId/rotations', subject: body.keyId }
    ])
    t.equal(log.lines().length, 1)
    t.notMatch(JSON.stringify(log.lines()), rotated.body.key)
  })

  await t.test('a change request that is approved, and one that is turned down', async (t) => {
    await givenRated({ send }, 'C-1')
    for (const verdict of ['reject', 'approve']) {
      await send(
        'PUT',
        '/v1/customers/C-1/hold',
        { reason: 'Fraud by Zhang San' },
        { authorization: await authorization('admin') }
      )
      log.clear()
      const { body } = await send('DELETE', '/v1/customers/C-1/hold', undefined, {
        authorization: await authorization('holds')
      })
      t.match(log.lines(), [{ operation: 'liftHold', status: 202 }], 'asking for it is told of as well')
      const path = `/v1/change-requests/${body.changeRequestId}/approvals`
      const decider = { authorization: await authorization('admin'), 'if-match': '"1"' }
      const line = await lineOf(() => send('POST', path, { verdict, comment: 'Zhang San agrees' }, decider))
      t.match(line, { operation: 'decideChangeRequest', subject: body.changeRequestId })
    }
  })

  await t.test('each step of the life of a model', async (t) => {
    const path = await givenDraft({ send }, modelOf('watched'))
    const other = await authorization('admin')
    for (const [step, operation, seen] of [
      ['approvals', 'approveModel', 1],
      ['shadow-runs', 'runModelInShadow', 2],
      ['activations', 'activateModel', 3],
      ['retirements', 'retireModel', 4]
    ] as const) {
      const headers = { authorization: other, 'if-match': `"${seen}"` }
      const line = await lineOf(() => send('POST', `${path}/${step}`, { comment: 'Zhang San' }, headers))
      t.match(line, { operation, subject: 'watched 1' })
    }
  })
})
