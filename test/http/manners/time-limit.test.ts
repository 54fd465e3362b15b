import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
import t from 'tap'
import { SERVER_OPTIONS, useHttpManners } from '../../../src/platform/http/http.ts'
import { PROBLEMS } from '../../../src/problems.ts'

t.test('a request that is at work for too long is answered, and its end changes nothing any more', async (t) => {
  const app = Fastify(SERVER_OPTIONS)
  t.teardown(() => app.close())
  const formats = { isCurrency: () => true, isBusinessDate: () => true, moneyFault: () => undefined }
  await useHttpManners(app, { realm: 'test', problems: PROBLEMS, formats, workMsMax: 100 })
  const ended: string[] = []
  app.route({
    method: ['GET', 'POST'],
    url: '/slow',
    handler: async ({ method }) => {
      await sleep(1_500)
      ended.push(method)
      return { late: true }
    }
  })
  app.get('/quick', async () => ({ late: false }))

  const asked = await Promise.all([
    app.inject({ method: 'GET', url: '/slow' }),
    app.inject({ method: 'POST', url: '/slow' }),
    app.inject({ method: 'GET', url: '/quick' })
  ])
  t.same(
    asked.map(({ statusCode, body }) => [statusCode, JSON.parse(body).type]),
    [
      [503, '/problems/temporary-reduced-capacity'],
      [503, '/problems/outcome-unknown'],
      [200, undefined]
    ],
    'a write may still commit: its outcome is unknown'
  )
  t.same(ended, [], 'the answers did not wait')
  while (ended.length < 2) await sleep(50)
  t.equal((await app.inject({ method: 'GET', url: '/quick' })).statusCode, 200)
})
