import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { situationBeginning } from '../../../src/accounts/store.ts'
import { READERS, reasonText } from '../../../src/engine/index.ts'
import type { CustomerId, RunId } from '../../../src/ids.ts'
import { idOf } from '../../../src/platform/values/ids.ts'
import { keyActor } from '../../actors.ts'
import { cny, givenLimit, setLimit } from '../../given.ts'
import { isRecheckDue, workAtRechecks } from '../../runs/at-work.ts'
import { contractService } from '../contract.ts'

const url = '/v1/recheck-runs'
const never = new AbortController().signal

t.test('looking at all open orders again', async (t) => {
  const service = await contractService(t)
  const { send, refuses, footprint, clockTo, deps } = service
  const check = async (customerId: string, orderId: string, amount: string, more = {}) =>
    (await send('POST', '/v1/credit-checks', { customerId, orderId, amount: cny(amount), ...more })).body
  const eventsOf = async (customerId: string) =>
    (await send('GET', `/v1/customers/${customerId}/journal?limit=200`)).body.items
      .map(({ type }: { type: string }) => type)
      .filter((type: string) => type.startsWith('order.'))
  const runs = async () => (await send('GET', url)).body.items

  await givenLimit(service, 'C-1', '100000.00')
  await givenLimit(service, 'C-2', '100000.00')
  const sound = await check('C-1', 'SO-1', '40000.00')
  const risky = await check('C-2', 'SO-1', '40000.00')
  const waiting = await check('C-1', 'SO-2', '70000.00', { termsDays: 90 })

  await t.test('orders that would not pass any more are reported once, and keep what they hold', async (t) => {
    await send('PUT', '/v1/customers/C-2/hold', { reason: 'Petition for insolvency' })
    await send('POST', url, {})
    await workAtRechecks(deps, null, never)
    const [run] = await runs()
    t.match(run, { state: 'done', counts: { customers: 2, orders: 2, atRisk: 1, approved: 0 } })
    t.match(run.findings, [
      { customerId: 'C-2', orderId: 'SO-1', checkId: risky.checkId, outcome: 'declined', reasons: ['MANUAL_HOLD'] }
    ])
    t.notOk('toldReasons' in run.findings[0], 'nobody was named')
    for (const reader of READERS) {
      const text = reasonText('MANUAL_HOLD', { reader, addressee: 'company' })
      const read = (await send('GET', `${url}/${run.runId}?reader=${reader}`)).body
      const [listed] = (await send('GET', `${url}?reader=${reader}`)).body.items
      t.match(read.findings, [{ outcomeName: { zh: '拒绝' }, toldReasons: [{ code: 'MANUAL_HOLD', text }] }])
      t.same(listed.findings, read.findings, reader)
    }
    t.match((await send('GET', `/v1/credit-checks/${risky.checkId}`)).body.reservation, { state: 'active' })
    t.same(await eventsOf('C-2'), ['order.at_risk'])
    await send('POST', url, {})
    await workAtRechecks(deps, null, never)
    t.match((await runs())[0], { counts: { atRisk: 1 }, findings: [{ since: run.findings[0].since }] })
    t.same(await eventsOf('C-2'), ['order.at_risk'], 'it lasts')
    await send('DELETE', '/v1/customers/C-2/hold')
    await send('POST', url, {})
    await workAtRechecks(deps, null, never)
    t.match((await runs())[0], { counts: { atRisk: 0 }, findings: [] })
    t.same(await eventsOf('C-2'), ['order.at_risk', 'order.at_risk_ended'])
    t.same(await eventsOf('C-1'), [])
    t.equal(sound.outcome, 'approved')
  })

  await t.test('what an order holds does not stand in its own way', async (t) => {
    await givenLimit(service, 'C-3', '100000.00')
    await check('C-3', 'SO-1', '100000.00')
    await send('POST', url, {})
    await workAtRechecks(deps, null, never)
    t.match((await runs())[0].counts, { atRisk: 0 })
    await setLimit(service, 'C-3', '90000.00')
    await send('POST', url, {})
    await workAtRechecks(deps, null, never)
    t.match((await runs())[0].findings, [{ customerId: 'C-3', reasons: ['LIMIT_EXCEEDED', 'ORDER_TOO_LARGE'] }])
  })

  await t.test('orders that wait are decided again, also for what no event tells of', async (t) => {
    t.equal(waiting.outcome, 'referred')
    const changed = (termsDays: number) =>
      deps.db
        .updateTable('creditAccounts')
        .set({ termsDays })
        .where('customerId', '=', idOf<CustomerId>('C-1'))
        .execute()
    await setLimit(service, 'C-1', '200000.00')
    await changed(90)
    await send('POST', url, {})
    await workAtRechecks(deps, null, never)
    await changed(30)
    t.match((await runs())[0].counts, { approved: 1 })
    t.match((await send('GET', `/v1/credit-checks/${waiting.checkId}`)).body.block, { state: 'approved' })
  })

  await t.test('a run goes on where it was interrupted', async (t) => {
    await send('POST', url, {})
    const [{ runId }] = await runs()
    const stopping = new AbortController()
    const interrupted = workAtRechecks(deps, null, stopping.signal)
    stopping.abort()
    await interrupted.catch(() => undefined)
    await workAtRechecks(deps, null, never)
    t.match((await send('GET', `${url}/${runId}`)).body, { state: 'done', counts: { customers: 3 } })
  })

  await t.test('a customer who cannot be looked at is counted, and keeps no other from it', async (t) => {
    const keeps = (situation: string | null, situationOn: string | null) =>
      deps.db
        .updateTable('creditAccounts')
        .set({ situation, situationOn })
        .where('customerId', '=', idOf<CustomerId>('C-2'))
        .execute()
    await keeps(`${situationBeginning(deps.policy)}not what the service wrote`, '2026-03-31')
    await send('POST', url, {})
    await workAtRechecks(deps, null, never)
    await keeps(null, null)
    const [run] = await runs()
    t.match(run, { state: 'done', failedReason: null, counts: { customers: 3, failed: 1 } })
    t.match(run.failures, [
      {
        customerId: 'C-2',
        reason: /not valid JSON/,
        reasonText: { en: /not valid JSON/, zh: /^处理该客户时发生意外错误：/ }
      }
    ])
    t.match(run.findings.at(-1), { customerId: 'C-3' }, 'who comes later is looked at')
    await send('POST', url, {})
    await workAtRechecks(deps, null, never)
    t.match((await runs())[0], { state: 'done', counts: { customers: 3, failed: 0 }, failures: [] })
  })

  await t.test('the schedule asks once a day, from its hour on', async (t) => {
    await clockTo('2026-04-01T02:59:59.000Z')
    t.equal(await isRecheckDue(deps, null), false)
    await workAtRechecks(deps, 3, never)
    t.match((await runs())[0], { scheduledOn: '2026-03-31', requestedBy: 'schedule', state: 'done' })
    t.equal(await isRecheckDue(deps, 3), false)
    await clockTo('2026-04-01T03:00:00.000Z')
    t.equal(await isRecheckDue(deps, 3), true)
    await workAtRechecks(deps, 3, never)
    t.match((await runs())[0], { scheduledOn: '2026-04-01' })
    t.equal(await isRecheckDue(deps, 3), false)
  })

  await t.test('409: one run at a time', async (t) => {
    const { body } = await send('POST', `${url}?dryRun=true`, {})
    t.equal(body.state, 'queued')
    await deps.db
      .insertInto('runs')
      .values({
        runId: idOf<RunId>('run_00000000000000000000000000'),
        kind: 'recheck',
        state: 'running',
        requestedBy: keyActor('key_1'),
        parameters: '{}',
        counts: '{}',
        steps: 0,
        rowCount: 0,
        createdAt: '2026-04-01T03:00:00.000Z'
      })
      .execute()
    await refuses(t, { method: 'POST', url, body: {} }, 'recheck-run-active')
    await workAtRechecks(deps, null, never)
  })

  await t.test('200: a run that is cancelled has ended where it stood', async (t) => {
    const { runId } = (await send('POST', url, {})).body
    const path = `${url}/${runId}/cancellations`
    const before = await footprint()
    t.match(await send('POST', `${path}?dryRun=true&reader=customer`, {}), {
      status: 200,
      body: { state: 'cancelled' }
    })
    t.equal(await footprint(), before)
    const headers = { 'idempotency-key': 'cancel-recheck' }
    const cancelled = await send('POST', path, {}, headers)
    t.match(cancelled, { status: 200, body: { runId, state: 'cancelled', finishedAt: '2026-04-01T03:00:00.000Z' } })
    t.equal((await send('POST', path, {}, headers)).text, cancelled.text)
    await workAtRechecks(deps, null, never)
    t.same((await send('GET', `${url}/${runId}`)).body, cancelled.body, 'nobody works at it')
    await refuses(t, { method: 'POST', url: path, body: {} }, 'recheck-run-finished')
    const other = { method: 'POST', url: `${url}/run_01jd8w4zr5k7m2n3p4q5r6s7t8/cancellations`, body: {} } as const
    await refuses(t, other, 'not-found')
    await refuses(t, { ...other, headers }, 'idempotency-key-reused')
    await refuses(t, { ...other, headers: { 'idempotency-key': 'a b' } }, 'idempotency-key-invalid')
    await refuses(t, { ...other, url: `${url}/1/cancellations` }, 'validation-error', ['/params/runId'])
  })

  await t.test('case 30: the same key asks once', async (t) => {
    const headers = { 'idempotency-key': 'recheck' }
    const first = await send('POST', url, {}, headers)
    await workAtRechecks(deps, null, never)
    const before = await footprint()
    t.equal((await send('POST', url, {}, headers)).text, first.text)
    t.equal(await footprint(), before)
    const request = { method: 'POST', url: `${url}?dryRun=false`, body: {} } as const
    await refuses(t, { ...request, headers }, 'idempotency-key-reused')
    await refuses(t, { ...request, headers: { 'idempotency-key': 'x'.repeat(256) } }, 'idempotency-key-invalid')
  })

  await t.test('400 and 404', async (t) => {
    await refuses(t, { method: 'POST', url, body: { at: 'night' } }, 'validation-error', ['/at'])
    await refuses(t, { method: 'GET', url: `${url}/run_01jd8w4zr5k7m2n3p4q5r6s7t8` }, 'not-found')
    await refuses(t, { method: 'GET', url: `${url}/x` }, 'validation-error', ['/params/runId'])
    await refuses(t, { method: 'GET', url: `${url}?limit=0` }, 'validation-error', ['/query/limit'])
    const page = (await send('GET', `${url}?limit=1`)).body
    t.equal((await send('GET', `${url}?limit=1&cursor=${page.nextCursor}`)).body.items.length, 1)
    await refuses(t, { method: 'GET', url: `${url}?cursor=x` }, 'invalid-cursor')
  })
  await t.test('201: a run is asked for and ends by itself', async (t) => {
    const answer = await send('POST', url, {})
    t.equal(answer.status, 201)
    t.equal(answer.headers.location, `${url}/${answer.body.runId}`)
    t.match(answer.body, { state: 'queued', scheduledOn: null, requestedBy: /^key_/, counts: { orders: 0 } })
    void deps.jobs.look()
    const until = performance.now() + 50_000
    for (;;) {
      const { body } = await send('GET', `${url}/${answer.body.runId}`)
      if (body.finishedAt !== null) {
        t.match(body, { state: 'done', counts: { customers: 3 } })
        break
      }
      if (performance.now() > until) throw new Error(`the run has not ended: ${JSON.stringify(body)}`)
      await sleep(50)
    }
  })

  t.same(
    service.unanswered('startRecheckRun', 'getRecheckRun', 'listRecheckRuns', 'cancelRecheckRun'),
    [],
    'every documented answer'
  )
})
