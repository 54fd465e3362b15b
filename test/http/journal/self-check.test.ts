import { type RawBuilder, sql } from 'kysely'
import t from 'tap'
import { customerChain } from '../../../src/accounts/store.ts'
import type { CustomerId } from '../../../src/ids.ts'
import { type Audit, selfCheck as selfCheckOf } from '../../../src/journal/commands/self-check.ts'
import { cursorOf } from '../../../src/platform/http/page.ts'
import { GENESIS_HASH, type Link } from '../../../src/platform/values/hash-chain.ts'
import { idOf } from '../../../src/platform/values/ids.ts'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

t.test('the ledger verifies itself', async (t) => {
  const service = await contractService(t)
  const { send, refuses } = service
  const { db } = service.deps
  const selfCheck = async () => (await send('GET', '/v1/audit/self-check')).body
  /** The invariants that are broken, each with where it is broken first. */
  const broken = async () => {
    const { valid, findings } = await selfCheck()
    const bad: { invariant: string; firstBad: string }[] = findings.filter((each: { valid: boolean }) => !each.valid)
    t.equal(valid, bad.length === 0)
    return Object.fromEntries(bad.map(({ invariant, firstBad }) => [invariant, firstBad]))
  }

  await t.test('200: an empty ledger is sound', async (t) => {
    t.match(await selfCheck(), { valid: true, customers: 0, entries: 0 })
  })

  for (const customerId of ['C-1', 'C-2']) await givenBusiness(customerId)

  await t.test('200: the answer says what was looked at', async (t) => {
    const { valid, customers, entries, findings, notJudged } = await selfCheck()
    t.same({ valid, customers, entries }, { valid: true, customers: 2, entries: 26 })
    const said = [...findings, ...notJudged].map(({ invariant }) => Number(invariant.slice(1)))
    t.same(
      said.toSorted((left, right) => left - right),
      Array.from({ length: 22 }, (_, index) => index + 1),
      'each of the invariants is judged, or it is said why not'
    )
    for (const { invariant, statement, checked, firstBad } of findings) {
      t.ok(statement.length > 20 && checked > 0, `${invariant} was put to the test`)
      t.equal(firstBad, null)
    }
  })

  await t.test('200: the parts of an audit are together what it is as a whole', async (t) => {
    const whole = await selfCheckOf(db)
    const parts: Audit[] = []
    do parts.push(await selfCheckOf(db, { from: parts.at(-1)?.next, isTimeUp: () => true }))
    while (parts.at(-1)?.next !== undefined)
    t.equal(parts.length, 3, 'the customers, the organisation, and the keys')
    const sum = (counted: (of: Audit) => number) => parts.reduce((total, part) => total + counted(part), 0)
    t.equal(
      sum(({ customers }) => customers),
      whole.customers
    )
    for (const [index, { invariant, checked }] of whole.findings.entries())
      t.equal(
        sum(({ findings }) => findings[index]?.checked ?? 0),
        checked,
        invariant
      )
    await refuses(t, { method: 'GET', url: '/v1/audit/self-check?cursor=NWQ0' }, 'invalid-cursor')
  })

  await t.test('attack 7: what did not begin at the beginning never says valid for the whole', async (t) => {
    t.match(await selfCheck(), { valid: true, whole: true, from: null })
    for (const place of [
      { of: 'customers', after: '' },
      { of: 'customers', after: 'C-1' },
      { of: 'customers', after: 'zzz' },
      { of: 'organisation', after: 0 },
      { of: 'keys', after: { callerId: '', idempotencyKey: '' } }
    ]) {
      const cursor = cursorOf(JSON.stringify(place), { list: 'self-check' })
      const { body } = await send('GET', `/v1/audit/self-check?cursor=${cursor}`)
      t.match(body, { whole: false, from: place }, JSON.stringify(place))
    }
  })

  await t.test('the journal refuses to be changed', async (t) => {
    const before = await service.footprint()
    for (const change of [
      sql`update journal set actor = 'nobody'`,
      sql`update journal set seq = seq + 1000 where seq = 1`,
      sql`delete from journal where seq = 13`,
      sql`truncate journal`
    ])
      await t.rejects(change.execute(db), { message: /journal is append-only: (UPDATE|DELETE|TRUNCATE) refused/ })
    t.equal(await service.footprint(), before)
  })

  await sql`create table journal_kept as select * from journal`.execute(db)
  await sql`create table accounts_kept as select * from credit_accounts`.execute(db)
  await sql`alter table journal disable trigger all`.execute(db)
  const { rows: columns } = await sql<{ name: string }>`select column_name as name from information_schema.columns
    where table_name = 'credit_accounts' and table_schema = current_schema() and column_name <> 'customer_id'`.execute(
    db
  )
  const assignments = sql.join(columns.map(({ name }) => sql`${sql.ref(name)} = ${sql.ref(`kept.${name}`)}`))
  const restoreAccounts = () =>
    sql`update credit_accounts set ${assignments} from accounts_kept as kept
      where kept.customer_id = credit_accounts.customer_id`.execute(db)
  /**
   * What the auditor says of a ledger to which this was done; afterwards the ledger is as before.
   */
  const brokenBy = async (...changes: RawBuilder<unknown>[]) => {
    for (const change of changes) await change.execute(db)
    const found = await broken()
    await sql`delete from journal`.execute(db)
    await sql`insert into journal select * from journal_kept`.execute(db)
    await restoreAccounts()
    return found
  }

  await t.test('case 60: a byte that was changed in an entry is found, in whichever field', async (t) => {
    // Every digit becomes the next one: a fixed digit would now and then be the one that stands
    // there.
    const otherDigits = (column: string) => sql`translate(${sql.ref(column)}, '0123456789abcdef', '123456789abcdef0')`
    const entry5 = sql`where customer_id = 'C-2' and seq = 5`
    for (const change of [
      sql`payload = replace(payload, '"C-2"', '"C-3"')`,
      sql`payload = replace(payload, '"termsDays"', '"termsdays"')`,
      sql`payload = left(payload, -1)`,
      sql`payload = 'x'`,
      sql`payload = 'null'`,
      sql`payload = '{}'`,
      sql`actor = actor || 'x'`,
      sql`subject = 'chk_0'`,
      sql`type = 'check.decide'`,
      sql`at = at - interval '1 millisecond'`,
      sql`at = at + interval '1 millisecond'`,
      sql`hash = ${otherDigits('hash')}`,
      sql`previous_hash = ${otherDigits('previous_hash')}`
    ]) {
      const found = await brokenBy(sql`update journal set ${change} ${entry5}`)
      t.equal(found.I14, 'C-2 entry 5', JSON.stringify(found))
    }
  })

  await t.test('case 60: an entry that was removed is found where the next one follows', async (t) => {
    t.match(await brokenBy(sql`delete from journal where customer_id = 'C-1' and seq = 1`), { I14: 'C-1 entry 2' })
    t.match(await brokenBy(sql`delete from journal where customer_id = 'C-1' and seq = 5`), { I14: 'C-1 entry 6' })
  })

  await t.test('case 60: a tail that was cut off is found at the head', async (t) => {
    const one = await brokenBy(sql`delete from journal where customer_id = 'C-1' and seq = 13`)
    t.match(one, { I14: 'C-1: head of the chain' })
    const all = await brokenBy(sql`delete from journal where customer_id = 'C-2'`)
    t.match(all, { I14: 'C-2: head of the chain', I2: 'C-2: account and journal differ' })
  })

  await t.test('case 60: a tail that was cut off together with the head is found in the books', async (t) => {
    const found = await brokenBy(
      sql`delete from journal where customer_id = 'C-1' and seq > 7`,
      sql`update credit_accounts set journal_seq = 7, journal_hash = journal.hash from journal
        where credit_accounts.customer_id = 'C-1' and journal.customer_id = 'C-1' and journal.seq = 7`
    )
    t.match(found, { I2: 'C-1: account and journal differ', I3: /^C-1/, I11: 'C-1: receivables' })
    t.notOk('I14' in found, 'the chain itself is whole')
  })

  await t.test('case 60: entries that changed places are found', async (t) => {
    const found = await brokenBy(
      sql`update journal set seq = 1000 where customer_id = 'C-1' and seq = 7`,
      sql`update journal set seq = 7 where customer_id = 'C-1' and seq = 8`,
      sql`update journal set seq = 8 where customer_id = 'C-1' and seq = 1000`
    )
    t.match(found, { I14: 'C-1 entry 7' })
  })

  await t.test('case 60: an entry that was moved to another customer is found', async (t) => {
    const found = await brokenBy(
      sql`update journal set customer_id = 'C-1', seq = 14 where customer_id = 'C-2' and seq = 13`
    )
    t.match(found, { I14: 'C-1 entry 14' })
  })

  await t.test('case 60: a chain that was written anew with other amounts is found in the books', async (t) => {
    const found = await brokenBy(...(await rewritten('C-1', 9, (payload) => payload.replace(/\d\d000\b/g, '77000'))))
    t.notOk('I14' in found, 'the chain itself is whole')
    t.ok('I2' in found || 'I3' in found, JSON.stringify(found))
  })

  await t.test('case 60: a decision that was written anew is found by deciding it again', async (t) => {
    const found = await brokenBy(
      ...(await rewritten('C-1', 6, (payload) => payload.replace('"outcome":"referred"', '"outcome":"declined"')))
    )
    t.same(found, { I15: 'C-1 entry 6' })
  })

  await t.test('a settlement that counts for more than was stated is found', async (t) => {
    const { items } = (await send('GET', '/v1/customers/C-1/journal')).body
    const { seq } = items.find(({ type }: { type: string }) => type === 'payment.recorded')
    const change = (payload: string) => payload.replace('"settledMinor":300000', '"settledMinor":299999')
    t.match(await brokenBy(...(await rewritten('C-1', seq, change))), { I22: new RegExp(`^C-1 entry ${seq}`) })
  })

  await t.test('amounts of the account that were changed are found', async (t) => {
    for (const column of ['receivables_minor', 'captured_minor', 'reserved_minor']) {
      const found = await brokenBy(
        sql`update credit_accounts set ${sql.ref(column)} = ${sql.ref(column)} + 1 where customer_id = 'C-2'`
      )
      t.match(found, { I2: 'C-2: account and journal differ' }, column)
    }
  })

  await t.test('a count of blocked orders that is not theirs is found', async (t) => {
    const found = await brokenBy(sql`update credit_accounts set blocked_orders = 0 where customer_id = 'C-2'`)
    t.same(found, { I2: 'C-2: blocked orders' })
  })

  await t.test('a limit, a rating or a hold that no entry gave is found', async (t) => {
    for (const change of [
      sql`limit_minor = limit_minor + 1`,
      sql`limit_mode = 'unlimited', limit_minor = 0`,
      sql`limit_valid_until = limit_valid_until + 1`,
      sql`limit_decision_id = null`,
      sql`terms_days = terms_days + 1`,
      sql`grade = 'AAA'`,
      sql`rating_valid_until = rating_valid_until + 1`,
      sql`hold_reason = 'x', hold_since = updated_at`
    ]) {
      const found = await brokenBy(sql`update credit_accounts set ${change} where customer_id = 'C-2'`)
      t.match(found, { I2: 'C-2: limit, rating or hold of the account' })
    }
  })

  await t.test('an approval on a limit that no entry gave is found even after the limit was put back', async (t) => {
    await sql`update credit_accounts set limit_minor = 90000000 where customer_id = 'C-2'`.execute(db)
    const order = { customerId: 'C-2', orderId: 'SO-9', amount: cny('800000.00') }
    t.match((await send('POST', '/v1/credit-checks?dryRun=true', order)).body, { outcome: 'approved' })
    const { body } = await send('POST', '/v1/credit-checks', order)
    await sql`update credit_accounts set limit_minor = 10000000 where customer_id = 'C-2'`.execute(db)
    t.match(await broken(), { I2: 'C-2 entry 14: decided on another limit, rating or hold' })
    t.equal(body.outcome, 'approved')
    await sql`delete from journal where customer_id = 'C-2' and seq = 14`.execute(db)
    await sql`delete from reservations where check_id = ${body.checkId}`.execute(db)
    await sql`alter table credit_checks disable trigger all`.execute(db)
    await sql`delete from credit_checks where check_id = ${body.checkId}`.execute(db)
    await restoreAccounts()
  })

  await t.test('afterwards the ledger is sound', async (t) => {
    t.same(await broken(), {})
  })

  await t.test('a key without the scope admin cannot ask, and nothing can be asked for', async (t) => {
    const url = '/v1/audit/self-check'
    const headers = { authorization: await service.authorization('write', 'check', 'read') }
    await refuses(t, { method: 'GET', url, headers }, 'insufficient-scope')
    await refuses(t, { method: 'GET', url: `${url}?customerId=C-1` }, 'validation-error', ['/query/customerId'])
  })
  t.same(service.unanswered('selfCheck'), [], 'every documented answer was given')

  /**
   * A customer with one of each: approval, referral, partial and final capture, release, expiry,
   * invoice and payment.
   */
  async function givenBusiness(customerId: string) {
    await givenLimit(service, customerId, '100000.00')
    const check = async (orderId: string, amount: string, more: object = {}) => {
      const order = { customerId, orderId, amount: cny(amount), ...more }
      const headers = { 'idempotency-key': `${customerId}-${orderId}` }
      return (await send('POST', '/v1/credit-checks', order, headers)).body.checkId
    }
    const first = `/v1/credit-checks/${await check('SO-1', '50000.00')}`
    await check('SO-2', '50000.01', { reevaluate: false })
    await send('POST', `${first}/captures`, { amount: cny('20000.00'), invoiceId: 'I-1', final: false })
    const invoice = { issuedOn: '2026-03-31', dueOn: '2026-04-30' }
    await send('PUT', `/v1/customers/${customerId}/invoices/I-1`, { ...invoice, amount: cny('20000.00') })
    await send('POST', `${first}/captures`, { amount: cny('10000.00'), invoiceId: 'I-2', final: false })
    const second = `/v1/credit-checks/${await check('SO-3', '5000.00')}`
    await send('POST', `${second}/releases`, {})
    await check('SO-4', '500.00', { reserveSeconds: 60 })
    const allocations = [{ invoiceId: 'I-1', amount: cny('3000.00'), settles: cny('3000.00') }]
    const payment = { paymentId: 'P-1', receivedOn: '2026-03-31', amount: cny('3000.00'), allocations }
    await send('POST', `/v1/customers/${customerId}/payments`, payment)
  }

  /**
   * Changes the payload of one entry and joins the chain anew from there, head included: what
   * somebody with all rights could do.
   */
  async function rewritten(customerId: string, seq: number, change: (payload: string) => string) {
    const { items } = (await send('GET', `/v1/customers/${customerId}/journal`)).body
    let previousHash = GENESIS_HASH
    const changes: RawBuilder<unknown>[] = []
    for (const entry of items as Link[]) {
      const payload = entry.seq === seq ? change(entry.payload) : entry.payload
      if (entry.seq === seq) t.not(payload, entry.payload, 'something was changed')
      const hash = customerChain(idOf<CustomerId>(customerId)).hashOf({ ...entry, payload, previousHash })
      changes.push(sql`update journal set payload = ${payload}, previous_hash = ${previousHash}, hash = ${hash}
        where customer_id = ${customerId} and seq = ${entry.seq}`)
      previousHash = hash
    }
    changes.push(sql`update credit_accounts set journal_hash = ${previousHash} where customer_id = ${customerId}`)
    return changes
  }
})
