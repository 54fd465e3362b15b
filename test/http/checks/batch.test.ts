import { sql } from 'kysely'
import t from 'tap'
import { situationBeginning } from '../../../src/accounts/store.ts'
import type { CustomerId } from '../../../src/ids.ts'
import { idOf } from '../../../src/platform/values/ids.ts'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

const url = '/v1/credit-check-batches'

interface Result {
  readonly index: number
  readonly status: number
  readonly check?: { readonly checkId: string; readonly orderId: string; readonly outcome: string }
  readonly problem?: { readonly type: string; readonly errors?: { readonly pointer: string }[] }
}

t.test('deciding many orders at once', async (t) => {
  const service = await contractService(t)
  const { send, refuses, footprint } = service
  await givenLimit(service, 'C-1', '100000.00')
  await givenLimit(service, 'C-2', '100000.00')
  const order = (customerId: string, orderId: string, amount: string, more = {}) => ({
    customerId,
    orderId,
    amount: cny(amount),
    ...more
  })
  const post = async (checks: unknown[], headers = {}, query = '') => {
    const answer = await send('POST', `${url}${query}`, { checks }, headers)
    return { ...answer, results: answer.body.results as Result[] }
  }
  const outcomes = (results: Result[]) => results.map(({ check, status }) => `${status} ${check?.outcome}`)

  await t.test('200: each order has its own outcome, and those of one customer keep their order', async (t) => {
    const amounts = ['60000.00', '50000.00', '40000.00']
    const { status, results } = await post([
      ...amounts.map((amount, index) => order('C-1', `A-${index}`, amount)),
      order('C-2', 'A-0', '100000.00')
    ])
    t.equal(status, 200)
    t.same(outcomes(results), ['201 approved', '201 referred', '201 approved', '201 approved'])
    t.same(
      results.map(({ index }) => index),
      [0, 1, 2, 3]
    )
    const single = (await send('GET', `/v1/credit-checks/${results[0]?.check?.checkId}`)).body
    t.same(results[0]?.check, single, 'as it is answered by itself')
    t.match((await post([order('C-1', 'A-0', '60000.00')])).results, [{ status: 200 }], 'it holds the same already')
  })

  await t.test('case 51: of a hundred with three bad ones the others are decided', async (t) => {
    await givenLimit(service, 'C-3', '100000.00')
    const checks: unknown[] = Array.from({ length: 100 }, (_, index) => order('C-3', `B-${index}`, '1000.00'))
    checks[10] = order('C-3', 'B-10', '-1.00')
    checks[20] = { ...order('C-3', 'B-20', '1.00'), amont: 1 }
    checks[30] = order('C-none', 'B-30', '1.00')
    checks[40] = 'no order'
    const { results } = await post(checks)
    t.equal(results.filter(({ check }) => check?.outcome === 'approved').length, 96)
    t.match(results[10], { status: 400, problem: { errors: [{ pointer: '/amount/amount' }] } })
    t.match(results[20], { status: 400, problem: { errors: [{ pointer: '/amont', code: 'unknown_field' }] } })
    t.match(results[30], { status: 404, problem: { type: '/problems/customer-not-found' } })
    t.match(results[40], { status: 400, problem: { type: '/problems/validation-error' } })
    t.match((await send('GET', '/v1/customers/C-3/exposure')).body.exposure, { reserved: cny('96000.00') })
  })

  await t.test('a thousand orders take some tens of commits', async (t) => {
    for (let index = 0; index < 20; index += 1) await givenLimit(service, `D-${index}`, '100000.00')
    const checks = Array.from({ length: 1_000 }, (_, index) => order(`D-${index % 20}`, `D-${index}`, '100.00'))
    const { results } = await post(checks)
    t.ok(results.every(({ check }, index) => check?.orderId === `D-${index}` && check.outcome === 'approved'))
    const { rows } = await sql<{ commits: number }>`
      select count(distinct xmin::text) as commits from credit_checks where customer_id like 'D-%'`.execute(
      service.deps.db
    )
    t.ok(Number(rows[0]?.commits) <= 60, `${rows[0]?.commits} commits`)
  })

  await t.test('case 30: sent again with its key, the batch gets the same answers and writes nothing', async (t) => {
    const checks = [order('C-2', 'E-0', '200000.00'), order('C-2', 'E-1', '300000.00')]
    const headers = { 'idempotency-key': 'batch-1' }
    const first = await post(checks, headers)
    const before = await footprint()
    const again = await post(checks, headers)
    t.equal(again.text, first.text)
    t.equal(again.headers['idempotency-replayed'], 'true')
    t.equal(await footprint(), before)
    const changed = await post([checks[0], order('C-2', 'E-1', '300000.01')], headers)
    t.match(changed.results, [{ status: 201 }, { status: 422, problem: { type: '/problems/idempotency-key-reused' } }])
    const body = { checks: [checks[0]] }
    const long = { 'idempotency-key': 'x'.repeat(249) }
    await refuses(t, { method: 'POST', url, body, headers: long }, 'idempotency-key-invalid')
  })

  await t.test('what a crash had left undone is decided by the repetition', async (t) => {
    const checks = [0, 1, 2].map((index) => order('C-2', `F-${index}`, '200000.00'))
    const headers = { 'idempotency-key': 'batch-2' }
    const half = await post(checks.slice(0, 2), headers)
    const whole = await post(checks, headers)
    t.same(whole.results.slice(0, 2), half.results)
    t.equal(whole.results[2]?.status, 201)
  })

  await t.test('an order with a key of its own is the same in a batch and by itself', async (t) => {
    const one = order('C-2', 'G-0', '200000.00')
    const { results } = await post([{ ...one, idempotencyKey: 'own-1' }])
    const alone = await send('POST', '/v1/credit-checks', one, { 'idempotency-key': 'own-1' })
    t.same(alone.body, results[0]?.check)
    t.equal(alone.headers['idempotency-replayed'], 'true')
    const twice = { ...order('C-2', 'G-1', '200000.00'), idempotencyKey: 'own-2' }
    const both = (await post([twice, twice])).results
    t.same(both[0]?.check, both[1]?.check, 'one key, one decision')
  })

  await t.test('200: a dry run shows what would be decided, of one customer one after the other', async (t) => {
    await givenLimit(service, 'C-4', '10000.00')
    const before = await footprint()
    const checks = [order('C-4', 'H-0', '6000.00'), order('C-4', 'H-1', '6000.00'), order('C-none', 'H-2', '1.00')]
    const { results } = await post(checks, {}, '?dryRun=true')
    t.same(outcomes(results), ['200 approved', '200 referred', '404 undefined'])
    t.equal(await footprint(), before)
  })

  await t.test('200: what cannot be read of one customer does not touch the orders of the others', async (t) => {
    await givenLimit(service, 'C-5', '10000.00')
    const unreadable = (situation: string | null, situationOn: string | null) =>
      service.deps.db
        .updateTable('creditAccounts')
        .set({ situation, situationOn })
        .where('customerId', '=', idOf<CustomerId>('C-5'))
        .execute()
    await unreadable(`${situationBeginning(service.deps.policy)}?`, '2026-03-31')
    const checks = [order('C-5', 'I-0', '1.00'), order('C-2', 'I-0', '200000.00'), order('C-5', 'I-1', '1.00')]
    t.same(outcomes((await post(checks)).results), ['500 undefined', '201 referred', '500 undefined'])
    await unreadable(null, null)
  })

  await t.test('400: a batch that is none', async (t) => {
    await refuses(t, { method: 'POST', url, body: { checks: [] } }, 'validation-error', ['/checks'])
    await refuses(
      t,
      { method: 'POST', url, body: { checks: Array.from({ length: 1_001 }, () => ({})) } },
      'validation-error',
      ['/checks']
    )
    await refuses(t, { method: 'POST', url, body: {} }, 'validation-error', ['/checks'])
    await refuses(t, { method: 'POST', url, body: { checks: [{}], atomic: true } }, 'validation-error', ['/atomic'])
    const checks = [Object.fromEntries(Array.from({ length: 16_001 }, (_, index) => [`k${index}`, 1]))]
    await refuses(t, { method: 'POST', url, body: { checks } }, 'too-complex')
    const large = { checks: [{ orderId: 'x'.repeat(2_097_152) }] }
    await refuses(t, { method: 'POST', url, body: large }, 'payload-too-large')
  })

  await t.test('the ledger is sound after all this', async (t) => {
    const { body } = await send('GET', '/v1/audit/self-check')
    t.equal(body.valid, true, JSON.stringify(body.findings))
  })
  t.same(service.unanswered('checkCreditBatch'), [], 'every documented answer was given')
})
