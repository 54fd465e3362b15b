import type { FastifyReply } from 'fastify'
import t from 'tap'
import { Quota } from '../../../src/platform/http/quota.ts'

t.test('attack 9: no caller is told to wait longer than the minute that its quota is for', async (t) => {
  let at = 0
  t.intercept(performance, 'now', { value: () => at })
  const quota = new Quota(1)
  let told = 0
  const reply = {
    headers: (headers: Record<string, unknown>) => {
      told = Number(headers['ratelimit-reset'])
    }
  } as unknown as FastifyReply
  // Of these instants some do not come back exactly when a minute is added and taken away.
  const instants = Array.from({ length: 2_000 }, (_, index) => (index + 1) * 0.734567)
  t.ok(instants.some((instant) => instant + 60_000 - instant > 60_000))
  for (const instant of instants) {
    at = instant
    quota.take(`caller at ${instant}`, reply)
    if (told !== 60) t.fail(`told ${told} s at ${instant}`)
  }
})
