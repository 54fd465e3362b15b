import { sql } from 'kysely'
import t from 'tap'
import { Findings } from '../../../src/journal/commands/findings.ts'
import { auditOrganisation } from '../../../src/journal/commands/organisation-audit.ts'
import { selfCheck } from '../../../src/journal/commands/self-check.ts'
import { recordStart } from '../../../src/organisation/commands.ts'
import { canonicalJson, sha256 } from '../../../src/platform/values/canonical.ts'
import { contractService } from '../contract.ts'
import { modelOf, pathOf } from '../models/given-model.ts'

interface Entry {
  readonly seq: number
  readonly type: string
  readonly actor: string
  readonly subject: string
  readonly payload: string
  readonly previousHash: string
  readonly hash: string
}

t.test('what happens to the organisation is one chain', async (t) => {
  const service = await contractService(t)
  const { send, refuses, deps } = service
  const journal = async () => (await send('GET', '/v1/organisation/journal?limit=200')).body.items as Entry[]
  const last = async () => (await journal()).at(-1)
  const settings = { currency: 'CNY', jurisdiction: 'GENERIC', onePerson: false, timeZone: 'UTC' }

  await t.test('it begins with what was there, and with the settings', async (t) => {
    const [begun, set, ...rest] = await journal()
    t.match(begun, { seq: 1, type: 'organisation.begun', actor: 'operator', previousHash: '0'.repeat(64) })
    t.match(JSON.parse(begun?.payload ?? ''), { keys: [], models: [], policies: [], rates: 0 })
    t.match(set, { type: 'settings.changed', actor: 'operator' })
    t.match(JSON.parse(set?.payload ?? ''), { before: null, settings })
    const types = rest.map(({ type }) => type)
    t.ok(types.includes('model.shipped') && types.includes('policy.filed') && types.includes('key.made'))
  })

  await t.test('a start with other settings says which, and one with the same says nothing', async (t) => {
    const before = (await journal()).length
    await recordStart(deps.db, deps.clock, settings)
    t.equal((await journal()).length, before)
    await recordStart(deps.db, deps.clock, { ...settings, onePerson: true })
    const entry = await last()
    t.match(entry, { type: 'settings.changed' })
    t.match(JSON.parse(entry?.payload ?? ''), { before: { onePerson: false }, settings: { onePerson: true } })
  })

  await t.test('keys, models and rates each leave their entries, with who did it', async (t) => {
    const { body: key } = await send('POST', '/v1/api-keys', { name: 'Desk', scopes: ['release'] })
    const { payload, ...made } = (await last()) ?? { payload: '' }
    t.match(made, { type: 'key.made', subject: key.keyId, actor: key.madeBy })
    t.match(JSON.parse(payload), { name: 'Desk', scopes: ['release'], madeBy: key.madeBy, confirmed: false })
    t.notOk(payload.includes(key.key))
    const { body: rotated } = await send('POST', `/v1/api-keys/${key.keyId}/rotations`, { overlapSeconds: 60 })
    t.match(await last(), { type: 'key.rotated', subject: rotated.keyId })
    t.match(rotated, { rotatedFrom: key.keyId, name: 'Desk', scopes: ['release'] })
    await send('DELETE', `/v1/api-keys/${key.keyId}`)
    t.match(await last(), { type: 'key.revoked', subject: key.keyId })
    const model = modelOf('chained')
    await send('PUT', pathOf(model), model)
    t.match(await last(), { type: 'model.drafted', subject: `${model.id} ${model.version}` })
    const rate = '/v1/exchange-rates/USD/CNY/2026-03-31'
    await send('PUT', rate, { rate: 7.1, source: 'Bank' })
    t.match(await last(), { type: 'rate.recorded', subject: 'USD/CNY 2026-03-31' })
    await send('PUT', rate, { rate: 7.2, source: 'Bank' }, { 'if-match': '"1"' })
    t.match(JSON.parse((await last())?.payload ?? ''), { rate: '7.2', before: { rate: '7.1' } })
  })

  await t.test('each entry carries the hash of the one before, and of itself', async (t) => {
    let previousHash = '0'.repeat(64)
    for (const [index, { hash, ...entry }] of (await journal()).entries()) {
      t.equal(entry.seq, index + 1)
      t.equal(entry.previousHash, previousHash)
      t.equal(sha256(canonicalJson({ ...entry, chain: 'organisation' })), hash)
      previousHash = hash
    }
  })

  await t.test('the feed has every entry once, in order, and `/v1/events` none of them', async (t) => {
    const seen: { eventId: string; seq: number }[] = []
    let after = ''
    for (;;) {
      const { body } = await send('GET', `/v1/organisation/events?limit=3${after}`)
      seen.push(...body.items)
      after = `&after=${body.nextCursor}`
      if (body.more !== true) break
    }
    const all = await journal()
    t.same(
      seen.map(({ seq }) => seq),
      all.map(({ seq }) => seq)
    )
    t.equal(seen[0]?.eventId, 'organisation:1')
    t.same((await send('GET', `/v1/organisation/events?limit=3${after}`)).body.items, [])
    const { body: revoked } = await send('GET', '/v1/organisation/events?type=key.revoked')
    t.match(revoked, { items: [{ type: 'key.revoked' }], more: false })
    t.same((await send('GET', '/v1/events')).body.items, [])
    await refuses(t, { method: 'GET', url: '/v1/organisation/events?after=NWQ0' }, 'invalid-cursor')
    await refuses(t, { method: 'GET', url: '/v1/organisation/journal?cursor=NWQ0' }, 'invalid-cursor')
    await refuses(t, { method: 'GET', url: '/v1/organisation/journal?limit=0' }, 'validation-error', ['/query/limit'])
    await refuses(t, { method: 'GET', url: '/v1/organisation/events?limit=0' }, 'validation-error', ['/query/limit'])
  })

  await t.test('writers at once leave one chain', async (t) => {
    const keys = await Promise.all(
      Array.from({ length: 8 }, (_, index) => send('POST', '/v1/api-keys', { name: `k${index}`, scopes: ['read'] }))
    )
    t.ok(keys.every(({ status }) => status === 201))
    t.equal((await selfCheck(deps.db)).valid, true)
  })

  t.same(service.unanswered('listOrganisationJournal', 'listOrganisationEvents'), [], 'every documented answer')

  await t.test('the auditor finds what was done to the chain, its head or the rights of a key', async (t) => {
    const found = async (statement: string, ...invariants: string[]) => {
      const work = deps.db.transaction().execute(async (trx) => {
        await sql`alter table organisation_journal disable trigger all`.execute(trx)
        await sql.raw(statement).execute(trx)
        const findings = new Findings()
        await auditOrganisation(trx, 0, findings)
        const bad = findings.report().findings.filter(({ valid }) => !valid)
        t.same(
          bad.map((each) => each.invariant),
          invariants,
          statement
        )
        throw new Error('undone')
      })
      await work.catch((error: Error) => {
        if (error.message !== 'undone') throw error
      })
    }
    await found(`update organisation_journal set actor = 'policy' where seq = 3`, 'I14')
    await found('delete from organisation_journal where seq = (select max(seq) from organisation_journal)', 'I2', 'I14')
    await found('update organisation_chain set journal_seq = journal_seq + 1', 'I14')
    await found(`update api_keys set scopes = '{admin}' where name = 'k0'`, 'I2')
    await found(`update api_keys set confirmed_at = now(), confirmed_by = 'operator' where name = 'Desk'`, 'I2')
    await found(`update api_keys set made_by = 'operator' where name = 'k0'`, 'I2')
    await t.rejects(sql`update organisation_journal set actor = 'x'`.execute(deps.db), /append-only/)
    await t.rejects(sql`truncate organisation_journal`.execute(deps.db), /append-only/)
  })
})
