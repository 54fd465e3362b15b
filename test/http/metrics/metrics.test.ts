import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { workAtExpiries } from '../../../src/checks/commands/expire.ts'
import { cny, givenLimit } from '../../given.ts'
import { testService } from '../../service.ts'
import { settledFeed } from '../../settled-feed.ts'

const root = join(import.meta.dirname, '../../..')
const GUIDE = readFileSync(join(root, 'docs/guides/operate.md'), 'utf8')

/** The figures of a text of metrics: `name{labels}` and its value. */
function figuresOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ')
      return [line.slice(0, space), Number(line.slice(space + 1))]
    })
  )
}

function familiesOf(text: string): string[] {
  return [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name)
}

t.test('what a credit manager and an operator look at is a metric', async (t) => {
  const service = await testService(t)
  const { send, authorization, deps, clockTo, app } = service
  // A reading is kept for five seconds: each is asked for an hour after the last one.
  let ahead = 0
  const now = performance.now.bind(performance)
  performance.now = () => now() + ahead
  t.teardown(() => {
    performance.now = now
  })
  const ask = async () => {
    ahead += 3_600_000
    const reader = { authorization: await authorization('read') }
    const { body, headers, statusCode } = await app.inject({ url: '/v1/metrics', headers: reader })
    t.equal(statusCode, 200, body)
    t.match(headers['content-type'], 'text/plain; version=0.0.4')
    return body
  }
  const figures = async () => figuresOf(await ask())

  await t.test('nothing has happened yet', async (t) => {
    const text = await ask()
    const now = figuresOf(text)
    t.equal(now.get('credence_blocked_orders'), 0)
    t.equal(now.get('credence_blocked_orders_oldest_seconds'), 0)
    t.equal(now.get('credence_self_check_valid'), undefined, 'none was made')
  })

  await t.test('orders by outcome and first reason, with what they ask for', async (t) => {
    for (const customerId of ['C-1', 'C-2']) await givenLimit(service, customerId, '100000.00')
    const order = (customerId: string, orderId: string, amount: string, key?: string) =>
      send(
        'POST',
        '/v1/credit-checks',
        { customerId, orderId, amount: cny(amount), reserveSeconds: 60 },
        key === undefined ? {} : { 'idempotency-key': key }
      )
    t.match(await order('C-1', 'SO-1', '60000.00', 'key-1'), { body: { outcome: 'approved' } })
    t.match(await order('C-1', 'SO-1', '60000.00', 'key-1'), { status: 201 })
    const { body: referred } = await order('C-1', 'SO-2', '60000.00')
    t.equal(referred.outcome, 'referred')
    await send('PUT', '/v1/customers/C-2/hold', { reason: 'Bill returned' })
    t.match(await order('C-2', 'SO-3', '1000.50'), { body: { outcome: 'declined' } })
    await send('POST', '/v1/credit-checks?dryRun=true', { customerId: 'C-1', orderId: 'SO-9', amount: cny('1.00') })
    await send('POST', '/v1/credit-check-batches', {
      checks: [{ customerId: 'C-1', orderId: 'SO-4', amount: cny('10.00'), reserveSeconds: 60 }]
    })
    const now = await figures()
    const reason = referred.reasons[0].code
    t.equal(
      now.get('credence_checks_total{outcome="approved",reason="NOTHING_PAID_YET"}'),
      2,
      'no trial, no repetition'
    )
    t.equal(now.get(`credence_checks_total{outcome="referred",reason="${reason}"}`), 1)
    t.equal(now.get('credence_checks_total{outcome="declined",reason="MANUAL_HOLD"}'), 1)
    t.equal(now.get('credence_check_amount_total{outcome="approved",currency="CNY"}'), 60_010)
    t.equal(now.get('credence_check_amount_total{outcome="referred",currency="CNY"}'), 60_000)
    t.equal(now.get('credence_check_amount_total{outcome="declined",currency="CNY"}'), 1_000.5)
    t.equal(now.get('credence_idempotent_replays_total'), 1)
  })

  await t.test('what waits, and how long; what ran out', async (t) => {
    const [asker] = [await authorization('limits', 'holds')]
    const lift = await send('DELETE', '/v1/customers/C-2/hold', undefined, { authorization: asker })
    t.equal(lift.status, 202)
    await clockTo('2026-03-31T12:10:00.000Z')
    await workAtExpiries(deps, new AbortController().signal)
    const now = await figures()
    t.equal(now.get('credence_blocked_orders'), 2)
    t.equal(now.get('credence_blocked_orders_oldest_seconds'), 600)
    t.equal(now.get('credence_reservations_expired'), 2)
    t.equal(now.get('credence_change_requests_open{kind="hold_lift"}'), 1)
    t.equal(now.get('credence_change_requests_oldest_seconds{kind="hold_lift"}'), 600)
    await clockTo('2026-04-01T12:20:00.000Z')
    t.equal((await figures()).get('credence_reservations_expired'), 0, 'within a day')
  })

  await t.test('runs, jobs, events, connections and the self-check', async (t) => {
    const { runId } = (await send('POST', '/v1/rescoring-runs', {})).body
    await send('POST', `/v1/rescoring-runs/${runId}/cancellations`, {})
    await deps.jobs.look()
    t.equal((await send('GET', '/v1/audit/self-check')).body.valid, true)
    await settledFeed(deps.db)
    const now = await figures()
    t.equal(now.get('credence_runs{kind="rescoring",state="cancelled"}'), 1)
    t.equal(now.get('credence_events_ahead'), 0)
    t.equal(now.get('credence_event_lag_seconds'), 0)
    const busy = now.get('credence_database_connections{pool="decisions",state="busy"}') ?? -1
    const idle = now.get('credence_database_connections{pool="decisions",state="idle"}') ?? -1
    t.ok(busy >= 0 && idle >= 0 && busy + idle >= 1)
    t.equal(now.get('credence_database_connections{pool="decisions",state="waiting"}'), 0)
    t.equal(now.get('credence_self_check_valid'), 1)
    t.ok(Math.abs(Date.now() / 1_000 - (now.get('credence_self_check_timestamp_seconds') ?? 0)) < 600)
  })

  await t.test('asked often, it is read once', async (t) => {
    const authorized = { url: '/v1/metrics', headers: { authorization: await authorization('read') } }
    const { body } = await app.inject(authorized)
    await send('PUT', '/v1/customers/C-2/hold', { reason: 'Again' })
    t.equal((await app.inject(authorized)).body, body)
    t.equal((await app.inject({ url: '/v1/metrics' })).statusCode, 401)
    t.equal(
      (await app.inject({ url: '/v1/metrics', headers: { authorization: await authorization('check') } })).statusCode,
      200,
      'whoever may do anything may read'
    )
  })

  await t.test('the guide tells of each', async (t) => {
    const names = familiesOf(await ask())
    t.ok(names.length >= 15)
    for (const name of names) t.ok(GUIDE.includes(`\`${name}\``), `the guide tells of ${name}`)
  })

  await t.test('the dashboard asks for nothing that is not there, and for all that is', async (t) => {
    const dashboard = JSON.parse(readFileSync(join(root, 'docs/grafana/credence.json'), 'utf8'))
    type Panel = { title: string; targets?: { expr: string }[] }
    const asked = (dashboard.panels as Panel[]).flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
    const known = new Set([...familiesOf(await ask()), ...familiesOf((await app.inject({ url: '/metrics' })).body)])
    const named = new Set(asked.flatMap((expr) => expr.match(/\b(?:credence|http)_[a-z0-9_]+/g) ?? []).map(familyOf))
    for (const name of named) t.ok(known.has(name), `${name} is a metric`)
    for (const name of familiesOf(await ask())) t.ok(named.has(name), `${name} is on the dashboard`)
  })
})

/** A histogram is asked for by its parts. */
function familyOf(name: string): string {
  return name.replace(/_(bucket|count|sum)$/, '')
}
