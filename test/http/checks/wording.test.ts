import { sql } from 'kysely'
import t from 'tap'
import { reasonText, rulesOf, SALES } from '../../../src/engine/index.ts'
import { selfCheck } from '../../../src/journal/commands/self-check.ts'
import { changeEveryText } from '../../changed-texts.ts'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

t.test('sentences are made when a decision is read', async (t) => {
  const service = await contractService(t)
  const { send } = service
  const { db } = service.deps
  await givenLimit(service, 'C-1', '100000.00')
  const wanted = { customerId: 'C-1', orderId: 'SO-1', amount: cny('200000.00') }
  const keyed = { 'idempotency-key': 'SO-1' }
  const declined = (await send('POST', '/v1/credit-checks', wanted, keyed)).body
  const approved = (await send('POST', '/v1/credit-checks', { ...wanted, orderId: 'SO-2', amount: cny('50000.00') }))
    .body
  const path = `/v1/credit-checks/${declined.checkId}`
  const stored = async () => {
    const { rows } = await sql<{ document: string; body: string }>`select document, body
      from credit_checks join idempotency_keys using (check_id) where check_id = ${declined.checkId}`.execute(db)
    return rows[0] ?? { document: '', body: '' }
  }

  await t.test('a stored check and a stored limit hold codes and values, and no sentence', async (t) => {
    const { document } = await stored()
    const { reasons, alternatives, unblockedBy } = JSON.parse(document)
    for (const reason of reasons) t.same(Object.keys(reason), ['code'])
    t.not(alternatives.length, 0)
    for (const each of [...alternatives, ...unblockedBy]) t.notOk('text' in each)
    const limits = await db.selectFrom('limitDecisions').select('document').execute()
    t.not(limits.length, 0)
    const entries = await db.selectFrom('journal').select('payload').execute()
    const records = [...limits.map((row) => JSON.stringify(row.document)), ...entries.map(({ payload }) => payload)]
    t.equal(records.filter((text) => text.includes('"zh"') || /\p{Script=Han}/u.test(text)).length, 0)
  })

  await t.test('an answer holds them in both languages, with the version of the texts', async (t) => {
    for (const check of [declined, (await send('GET', path)).body]) {
      t.equal(check.reasons[0].code, 'LIMIT_EXCEEDED')
      for (const { code, text } of check.reasons) t.same(text, reasonText(code, SALES))
      for (const { text } of [...check.alternatives, ...check.unblockedBy]) t.match(text, { en: /\.$/, zh: /。$/ })
      t.match(check.textsVersion, /^[0-9a-f]{12}$/)
    }
    t.equal(approved.textsVersion, declined.textsVersion)
    const [blocked] = (await send('GET', '/v1/blocked-orders')).body.items
    t.match(blocked, { reasons: declined.reasons, textsVersion: declined.textsVersion })
    const more = { amount: cny('190000.00') }
    const adjusted = (await send('POST', `/v1/credit-checks/${approved.checkId}/adjustments`, more)).body
    t.match(adjusted.decision, { reasons: declined.reasons, textsVersion: declined.textsVersion })
    const [{ proposal }] = (await send('GET', '/v1/customers/C-1/limit-decisions')).body.items
    t.equal(proposal.textsVersion, declined.textsVersion)
    for (const { text } of proposal.reasons) t.match(text, { en: /\.$/, zh: /。$/ })
    for (const { explanation } of proposal.components) t.match(explanation, { en: /\.$/, zh: /。$/ })
  })

  await t.test('a decision that holds its sentences, as the first edition did, is told by them', async (t) => {
    const { document } = await stored()
    const entries = await db.selectFrom('journal').selectAll().where('subject', '=', declined.checkId).execute()
    const { facts } = JSON.parse(entries[0]?.payload ?? '')
    const first = rulesOf(1)?.decisionOf(declined, service.deps.policy, facts)
    const { reservation: _reservation, block: _block, textsVersion: _version, ...told } = declined
    const unworded = (decision: unknown) =>
      JSON.parse(JSON.stringify(decision, (key, value) => (key === 'text' ? undefined : value)))
    t.same(unworded(first), unworded(told), 'which is the same but for its sentences')
    await sql`alter table credit_checks disable trigger all`.execute(db)
    const old = JSON.stringify({
      ...first,
      reasons: [{ code: 'LIMIT_EXCEEDED', text: { en: 'Too much.', zh: '超额。' } }]
    })
    await sql`update credit_checks set document = ${old} where check_id = ${declined.checkId}`.execute(db)
    const { reasons, textsVersion } = (await send('GET', path)).body
    t.same([reasons[0].text.en, textsVersion], ['Too much.', 'edition-1'])
    await sql`update credit_checks set document = ${document} where check_id = ${declined.checkId}`.execute(db)
  })

  await t.test('a mended text is read at once, and nothing that was decided is touched by it', async (t) => {
    changeEveryText()
    for (const { text } of (await send('GET', path)).body.reasons) t.match(text, { en: /\(later\)$/, zh: /\(later\)$/ })
    for (const { checkId } of [declined, approved])
      t.match((await send('GET', `/v1/credit-checks/${checkId}/replay`)).body, { same: true, differences: [] })
    t.same(
      (await selfCheck(db)).findings.filter(({ valid }) => !valid),
      []
    )
  })

  await t.test('a repetition gets the bytes of the first answer', async (t) => {
    const { body: kept } = await stored()
    const { headers, text } = await send('POST', '/v1/credit-checks', wanted, keyed)
    t.equal(headers['idempotency-replayed'], 'true')
    t.equal(text, kept)
    t.same(JSON.parse(text), declined)
  })
})
