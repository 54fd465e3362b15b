import { sql } from 'kysely'
import t from 'tap'
import { customerChain } from '../../../src/accounts/store.ts'
import { replay } from '../../../src/checks/commands/replay.ts'
import { type CheckFacts, EDITION, EDITIONS, type Policy, type Rules, rulesOf } from '../../../src/engine/index.ts'
import type { CheckId, CustomerId } from '../../../src/ids.ts'
import { selfCheck } from '../../../src/journal/commands/self-check.ts'
import { canonicalJson, sha256 } from '../../../src/platform/values/canonical.ts'
import { idOf } from '../../../src/platform/values/ids.ts'
import { cny, givenLimit } from '../../given.ts'
import { testService } from '../../service.ts'

const LATER = EDITION + 1

/** The present rules, which offer nothing instead of an order. */
function otherRules(rules: Rules): Rules {
  return {
    ...rules,
    decisionOf: (ids, policy, facts) => ({ ...rules.decisionOf(ids, policy, facts), alternatives: [] })
  }
}

t.test('what was decided stays decidable when the rules change', async (t) => {
  const service = await testService(t)
  const { send, attempt, deps } = service
  const { db } = deps
  const present = rulesOf(EDITION)
  if (present === undefined) throw new Error('the present edition is known')
  /** A version of the service that decides otherwise, and keeps the edition before. */
  const later = new Map([...EDITIONS, [LATER, otherRules(present)]])

  const declined = async (customerId: string): Promise<string> => {
    await givenLimit(service, customerId, '100000.00')
    const { body } = await send('POST', '/v1/credit-checks', { customerId, orderId: 'SO-1', amount: cny('200000.00') })
    t.equal(body.reasons[0].code, 'LIMIT_EXCEEDED')
    return body.checkId
  }
  const entryOf = (customerId: string) =>
    db
      .selectFrom('journal')
      .selectAll()
      .where('customerId', '=', idOf<CustomerId>(customerId))
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow()
  /** Makes of the last check of a customer what a later version would have written. */
  const decidedLater = async (customerId: string, checkId: string) => {
    const { hash: _hash, feedPosition: _place, ...entry } = await entryOf(customerId)
    const payload = JSON.parse(entry.payload) as { decision: object; facts: CheckFacts }
    const policy: Policy = deps.policy
    const decision = otherRules(present).decisionOf({ checkId, previousCheckId: null }, policy, payload.facts)
    const document = JSON.stringify(decision)
    const told = { ...payload.decision, documentSha256: sha256(document) }
    const link = { ...entry, payload: canonicalJson({ ...payload, edition: LATER, decision: told }) }
    const hash = customerChain(idOf<CustomerId>(customerId)).hashOf(link)
    for (const table of ['journal', 'credit_checks'])
      await sql`alter table ${sql.table(table)} disable trigger all`.execute(db)
    await sql`update credit_checks set document = ${document} where check_id = ${checkId}`.execute(db)
    await sql`update journal set payload = ${link.payload}, hash = ${hash}
      where customer_id = ${customerId} and seq = ${entry.seq}`.execute(db)
    await sql`update credit_accounts set journal_hash = ${hash} where customer_id = ${customerId}`.execute(db)
  }
  const earlierCheck = await declined('C-1')
  const laterCheck = await declined('C-2')

  await t.test('an entry that records a decision names its edition', async (t) => {
    const { items } = (await send('GET', '/v1/customers/C-1/journal')).body as {
      items: { type: string; payload: string }[]
    }
    for (const type of ['assessment.made', 'limit.applied', 'check.decided'])
      t.match(JSON.parse(items.find((entry) => entry.type === type)?.payload ?? '{}'), { edition: EDITION }, type)
  })

  await t.test('an entry that names none was decided under the first', async (t) => {
    t.equal(rulesOf(undefined), rulesOf(1))
    t.equal(rulesOf(LATER), undefined)
  })

  await decidedLater('C-2', laterCheck)

  await t.test('each check replays by the rules of its edition', async (t) => {
    for (const checkId of [earlierCheck, laterCheck])
      t.match(await replay(deps, idOf<CheckId>(checkId), later), { same: true, differences: [] })
    const { alternatives } = (await send('GET', `/v1/credit-checks/${laterCheck}`)).body
    t.same(alternatives, [], 'it says what it said on its day')
    t.equal((await selfCheck(db, { editions: later })).valid, true)
  })

  await t.test('by the rules of another edition a check comes out otherwise', async (t) => {
    const confused = new Map([
      [EDITION, otherRules(present)],
      [LATER, present]
    ])
    for (const checkId of [earlierCheck, laterCheck])
      t.match(await replay(deps, idOf<CheckId>(checkId), confused), {
        same: false,
        differences: [/^\/alternatives/]
      })
  })

  await t.test('409: an edition that this version does not know is named', async (t) => {
    const { status, body } = await attempt('GET', `/v1/credit-checks/${laterCheck}/replay`)
    t.match([status, body], [409, { type: '/problems/policy-not-loaded', detail: new RegExp(`edition ${LATER} `) }])
    t.match(await replay(deps, idOf<CheckId>(earlierCheck)), { same: true })
  })

  await t.test('the auditor says that it does not know an edition, and judges all else', async (t) => {
    const { valid, customers, findings } = await selfCheck(db)
    t.same([valid, customers], [false, 2])
    t.match(
      findings.filter((each) => !each.valid),
      [{ invariant: 'I15', firstBad: new RegExp(`^C-2 entry \\d+: edition ${LATER} `) }]
    )
  })
})
