import { sql } from 'kysely'
import t from 'tap'
import { canonicalJson, sha256 } from '../../../src/platform/values/canonical.ts'
import { installPolicy } from '../../../src/policies/commands.ts'
import { loadPolicy } from '../../../src/service.ts'
import { contractService } from '../contract.ts'

t.test('the versions of policies', async (t) => {
  const service = await contractService(t)
  const { send, refuses } = service
  const { db, clock } = service.deps
  const policy = await loadPolicy()
  const versionUrl = (version: number) => `/v1/policies/${policy.id}/versions/${version}`

  await t.test(
    '200: the one in force is on file as it decides, and its digest is that of its canonical form',
    async (t) => {
      const { status, body } = await send('GET', '/v1/policies')
      t.equal(status, 200)
      const { name, version } = policy
      t.match(body, {
        items: [{ policyId: policy.id, version, name, inForce: true, createdAt: '2026-03-31T12:00:00.000Z' }]
      })
      const read = await send('GET', versionUrl(version))
      t.equal(read.status, 200)
      t.same(read.body, { ...body.items[0], document: JSON.parse(JSON.stringify(policy)) })
      t.equal(sha256(canonicalJson(read.body.document)), body.items[0].sha256)
    }
  )

  await t.test('200: another version stays beside it', async (t) => {
    await installPolicy(db, clock, { ...policy, version: policy.version + 1 })
    const { body } = await send('GET', '/v1/policies')
    const shown = body.items.map(({ version, inForce }: { version: number; inForce: boolean }) => ({
      version,
      inForce
    }))
    t.same(shown, [
      { version: policy.version, inForce: true },
      { version: policy.version + 1, inForce: false }
    ])
  })

  await t.test('a version that was published never changes: its other text stops the start', async (t) => {
    const changed = { ...policy, rating: { ...policy.rating, validityMonths: 1 } }
    await t.rejects(installPolicy(db, clock, changed), {
      message:
        /Version \d+ of the policy standard in policies\/ is not the one .* give the changed policy the next version/
    })
    await installPolicy(db, clock, JSON.parse(canonicalJson(policy)))
    t.same((await send('GET', versionUrl(policy.version))).body.document, JSON.parse(JSON.stringify(policy)))
  })

  await t.test('a policy on file refuses to be changed', async (t) => {
    for (const change of [sql`update policies set version = 9`, sql`delete from policies`, sql`truncate policies`])
      await t.rejects(change.execute(db), { message: /policies is append-only: (UPDATE|DELETE|TRUNCATE) refused/ })
  })

  await t.test('404: no such version', async (t) => {
    await refuses(t, { method: 'GET', url: versionUrl(999) }, 'not-found')
    await refuses(t, { method: 'GET', url: '/v1/policies/other/versions/1' }, 'not-found')
    await refuses(t, { method: 'GET', url: versionUrl(0) }, 'validation-error', ['/params/version'])
  })

  await t.test('400: a cursor of another list', async (t) => {
    const { body } = await send('GET', '/v1/policies?limit=1')
    t.equal((await send('GET', `/v1/policies?limit=1&cursor=${body.nextCursor}`)).body.items.length, 1)
    await refuses(t, { method: 'GET', url: '/v1/policies?cursor=x' }, 'invalid-cursor')
    await refuses(t, { method: 'GET', url: '/v1/policies?limit=0' }, 'validation-error', ['/query/limit'])
  })

  t.same(service.unanswered('listPolicies', 'getPolicy'), [], 'every documented answer was given')
})
