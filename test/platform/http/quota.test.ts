import type { FastifyReply } from 'fastify'
import t from 'tap'
import { networkOf, Quota } from '../../../src/platform/http/quota.ts'

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
  const instants = Array.from({ length: 2_000 }, (_, index) => (index + 1) * 7.34567)
  t.ok(instants.some((instant) => instant + 60_000 - instant > 60_000))
  for (const instant of instants) {
    at = instant
    quota.take(`caller at ${instant}`, reply)
    if (told !== 60) t.fail(`told ${told} s at ${instant}`)
  }
})

t.test('attack 9: of very many callers in a minute the last share one quota, at no cost to others', async (t) => {
  const quota = new Quota(5)
  const take = (holder: string) => {
    const headers: Record<string, unknown> = {}
    const reply = { headers: (more: object) => Object.assign(headers, more), header: () => reply }
    quota.take(holder, reply as unknown as FastifyReply)
    return headers['ratelimit-remaining']
  }
  const began = performance.now()
  for (let holder = 0; holder < 100_000; holder += 1) take(`${holder}`)
  const perHolder = (performance.now() - began) / 100_000
  for (const left of [4, 3, 2, 1, 0]) t.equal(take(`another ${left}`), left)
  t.throws(() => take('one more'), /More than 5 requests a minute/)
  t.equal(take('99999'), 3, 'whoever was there before keeps a quota of their own')
  const beganAgain = performance.now()
  for (let holder = 0; holder < 1_000; holder += 1) t.throws(() => take(`and ${holder}`))
  t.ok((performance.now() - beganAgain) / 1_000 < 200 * perHolder, 'nobody is looked for among all of them')
})

t.test('attack 9: an address stands for its network, as far as one caller has all of it', async (t) => {
  const table: [string, string][] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:DB8:0001:0002:a::', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0']
  ]
  for (const [address, network] of table) t.equal(networkOf(address), network, address)
})
