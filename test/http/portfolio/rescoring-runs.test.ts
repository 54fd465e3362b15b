import { sql } from 'kysely'
import t from 'tap'
import { EDITION } from '../../../src/engine/index.ts'
import { cny, givenCustomer, givenRated } from '../../given.ts'
import { contractService } from '../contract.ts'
import { rescored } from './running.ts'

const runs = '/v1/rescoring-runs'

t.test('a run over the portfolio', async (t) => {
  const service = await contractService(t)
  const { send, clockTo } = service
  await givenCustomer(service, 'C-1')
  await givenRated(service, 'C-2')
  await givenRated(service, 'C-3')
  await send('PUT', '/v1/customers/C-4', { kind: 'company', name: 'Nothing is known of it' })
  const assessmentsOf = async (customerId: string) =>
    (await send('GET', `/v1/customers/${customerId}/assessments`)).body.items
  const ratingOf = async (customerId: string) => (await send('GET', `/v1/customers/${customerId}/rating`)).body
  const isSound = async () => (await send('GET', '/v1/audit/self-check')).body.valid
  const before = { rating: await ratingOf('C-2'), assessments: await assessmentsOf('C-2') }

  await t.test('writes for whom there is something new, and for nobody else', async (t) => {
    const run = await rescored(service)
    t.match(run, { state: 'done', counts: { total: 4, scored: 4, changed: 2, unrated: 1, failed: 0 }, failures: [] })
    t.same(await ratingOf('C-2'), before.rating, 'the same outcome: the same rating')
    t.same(await assessmentsOf('C-2'), before.assessments)
    t.match(await ratingOf('C-1'), {
      state: 'in_force',
      grade: before.rating.grade,
      validUntil: before.rating.validUntil
    })
    t.match(await ratingOf('C-4'), { state: 'unrated', grade: null, assessmentId: /^asm_/ })
    t.equal(await isSound(), true)
  })

  await t.test('journals what it wrote as an assessment of whoever asked for the run', async (t) => {
    const run = (await send('GET', runs)).body.items[0]
    const { items } = (await send('GET', '/v1/customers/C-1/journal')).body
    const { assessmentId, grade, validUntil } = await ratingOf('C-1')
    t.match(items.at(-1), { type: 'assessment.made', actor: run.requestedBy, subject: assessmentId })
    t.match(JSON.parse(items.at(-1).payload), {
      runId: run.runId,
      previousGrade: null,
      ratingValidUntil: validUntil,
      result: { status: 'rated', grade, model: { id: 'company' } },
      documentSha256: /^[0-9a-f]{64}$/
    })
  })

  await t.test('makes assessments that read like any other', async (t) => {
    const [made] = await assessmentsOf('C-1')
    t.equal(made.working, 'recomputed')
    t.same((await send('GET', `/v1/customers/C-1/assessments/${made.assessmentId}`)).body, made)
    await givenRated(service, 'C-5')
    const [single] = await assessmentsOf('C-5')
    const { assessmentId, customerId, madeAt } = single
    t.same({ ...made, assessmentId, customerId, madeAt, working: 'stored' }, single)
    const counterfactuals = async (of: { customerId: string; assessmentId: string }) =>
      (await send('GET', `/v1/customers/${of.customerId}/assessments/${of.assessmentId}/counterfactuals`)).body
    t.same(await counterfactuals(made), await counterfactuals(single))
  })

  await t.test('makes assessments that tell their outcome even when their working is lost', async (t) => {
    const { db } = service.deps
    const [made] = await assessmentsOf('C-1')
    const url = `/v1/customers/C-1/assessments/${made.assessmentId}`
    const changed = (from: string, to: string) =>
      sql`update assessments set document = replace(document, ${from}, ${to}) where assessment_id = ${made.assessmentId}`
    await sql`alter table assessments disable trigger assessments_are_append_only`.execute(db)
    const lost = async (from: string, to: string, told: object) => {
      await changed(from, to).execute(db)
      const { body } = await send('GET', url)
      t.match(body, { working: 'unavailable', grade: made.grade, contributions: [], reasons: [], ...told })
      await service.refuses(t, { method: 'GET', url: `${url}/counterfactuals` }, 'model-version-missing')
      await changed(to, from).execute(db)
    }
    await lost(`"score":${made.score}`, `"score":${made.score + 1}`, { score: made.score + 1 })
    await lost(`"edition":${EDITION}`, `"edition":${EDITION + 1}`, { score: made.score })
    await sql`alter table assessments enable trigger assessments_are_append_only`.execute(db)
    t.same((await send('GET', url)).body, made)
  })

  await t.test('writes nothing when it is done again', async (t) => {
    const footprint = async () => {
      const { db } = service.deps
      const accounts = await db.selectFrom('creditAccounts').selectAll().orderBy('customerId').execute()
      const journal = await db.selectFrom('journal').select('hash').orderBy('hash').execute()
      return JSON.stringify({ accounts, journal })
    }
    const untouched = await footprint()
    t.match((await rescored(service)).counts, { total: 5, scored: 5, changed: 0, unrated: 1, failed: 0 })
    t.equal(await footprint(), untouched)
  })

  await t.test('writes for whom the facts have changed the outcome', async (t) => {
    const invoice = { amount: cny('5000.00'), issuedOn: '2025-12-01', dueOn: '2026-01-01' }
    await send('PUT', '/v1/customers/C-3/invoices/I-1', invoice)
    t.match((await rescored(service)).counts, { scored: 5, changed: 1 })
    t.equal((await assessmentsOf('C-3')).length, 2)
    t.equal(await isSound(), true)
  })

  await t.test('leaves a rating alone until less than half of its validity is left, then prolongs it', async (t) => {
    const { validUntil } = await ratingOf('C-2')
    await clockTo('2026-09-29')
    await rescored(service)
    t.equal((await ratingOf('C-2')).validUntil, validUntil, `half of it is left until ${validUntil}`)
    await clockTo('2026-10-02')
    const { counts } = await rescored(service)
    t.ok(counts.changed >= 1, JSON.stringify(counts))
    t.equal((await ratingOf('C-2')).validUntil, '2027-10-02')
    t.equal((await assessmentsOf('C-2')).length, 2, 'by an assessment of its own')
    t.equal(await isSound(), true)
  })

  await t.test('is of those alone whom the filter names', async (t) => {
    await send('PUT', '/v1/customers/S-1', { kind: 'sole_trader', name: 'Li' })
    t.match(await rescored(service, { kind: 'sole_trader' }), {
      filter: { kind: 'sole_trader', ratedBefore: null },
      counts: { total: 1, scored: 1 }
    })
    const { ratedAt } = await ratingOf('C-2')
    const { counts } = await rescored(service, { kind: 'company', ratedBefore: ratedAt })
    t.equal(counts.scored, counts.total)
    t.ok(counts.scored < 5, 'C-2 was rated at that instant, not before')
  })

  await t.test('tells who cannot be scored, and leaves them what they had', async (t) => {
    await service.deps.db
      .updateTable('scoringModels')
      .set({ state: 'retired' })
      .where('segment', '=', 'sole_trader')
      .execute()
    const rating = await ratingOf('S-1')
    const run = await rescored(service, { kind: 'sole_trader' })
    t.match(run, {
      state: 'done',
      counts: { total: 1, scored: 0, changed: 0, failed: 1 },
      failures: [
        {
          customerId: 'S-1',
          reason: 'No model for customers of the kind sole_trader is in force.',
          reasonText: {
            en: 'No model for customers of the kind sole_trader is in force.',
            zh: '没有生效的、适用于个体工商户客户的评分模型。'
          }
        }
      ]
    })
    t.same(await ratingOf('S-1'), rating)
  })
})

t.test('asking for runs', async (t) => {
  const service = await contractService(t)
  const { send, refuses, footprint, unanswered } = service
  // Nobody works at anything here.
  Object.assign(service.deps.jobs, { look: async () => undefined })
  const headers = { 'idempotency-key': 'run-1' }
  const first = await send('POST', runs, { kind: 'company', ratedBefore: '2026-01-01T00:00:00.000Z' }, headers)
  const url = `${runs}/${first.body.runId}`

  await t.test('201: a run is queued', async (t) => {
    t.equal(first.status, 201)
    t.equal(first.headers.location, url)
    t.match(first.body, {
      state: 'queued',
      filter: { kind: 'company', ratedBefore: '2026-01-01T00:00:00.000Z' },
      counts: { total: 0, scored: 0, changed: 0, unrated: 0, failed: 0 },
      createdAt: '2026-03-31T12:00:00.000Z',
      startedAt: null,
      finishedAt: null,
      failedReason: null
    })
    t.same((await send('GET', url)).body, first.body)
    t.same((await send('GET', runs)).body.items, [first.body])
  })

  await t.test('a repetition with the same key gets the first answer', async (t) => {
    const again = await send('POST', runs, { kind: 'company', ratedBefore: '2026-01-01T00:00:00.000Z' }, headers)
    t.match([again.status, again.text], [201, first.text])
    await refuses(t, { method: 'POST', url: runs, body: {}, headers }, 'idempotency-key-reused')
    const odd = { 'idempotency-key': 'a b' }
    await refuses(t, { method: 'POST', url: runs, body: {}, headers: odd }, 'idempotency-key-invalid')
  })

  await t.test('409: one run at a time', async (t) => {
    const answer = await refuses(t, { method: 'POST', url: runs, body: {} }, 'rescoring-run-active')
    t.match(answer.body.detail, first.body.runId)
  })

  await t.test('400: a filter that cannot be', async (t) => {
    await refuses(t, { method: 'POST', url: runs, body: { kind: 'bank' } }, 'validation-error', ['/kind'])
    await refuses(t, { method: 'POST', url: runs, body: { ratedBefore: 'today' } }, 'validation-error', [
      '/ratedBefore'
    ])
    await refuses(t, { method: 'POST', url: runs, body: { segment: 'x' } }, 'validation-error')
  })

  await t.test('200: a cancelled run has ended', async (t) => {
    const dry = await send('POST', `${url}/cancellations?dryRun=true`, {})
    t.match(dry, { status: 200, body: { state: 'cancelled' } })
    const key = { 'idempotency-key': 'cancel-1' }
    const cancelled = await send('POST', `${url}/cancellations`, {}, key)
    t.match(cancelled, { status: 200, body: { state: 'cancelled', finishedAt: '2026-03-31T12:00:00.000Z' } })
    t.equal((await send('POST', `${url}/cancellations`, {}, key)).text, cancelled.text)
    await refuses(t, { method: 'POST', url: `${url}/cancellations`, body: {} }, 'rescoring-run-finished')
    const other = { method: 'POST', url: `${runs}/run_01jd8w4zr5k7m2n3p4q5r6s7t8/cancellations`, body: {} } as const
    await refuses(t, { ...other, headers: key }, 'idempotency-key-reused')
    await refuses(t, { ...other, headers: { 'idempotency-key': 'a b' } }, 'idempotency-key-invalid')
    await refuses(t, other, 'not-found')
  })

  await t.test('200: a dry run asks for nothing', async (t) => {
    const before = await footprint()
    t.match(await send('POST', `${runs}?dryRun=true`, {}), { status: 200, body: { state: 'queued' } })
    t.equal(await footprint(), before)
  })

  await t.test('200: runs are listed newest first, in pages, by state', async (t) => {
    const second = (await send('POST', runs, {})).body
    const page = (await send('GET', `${runs}?limit=1`)).body
    t.same(page.items, [second])
    const rest = (await send('GET', `${runs}?limit=1&cursor=${page.nextCursor}`)).body
    t.match(rest.items, [{ runId: first.body.runId }])
    t.match((await send('GET', `${runs}?state=cancelled`)).body.items, [{ runId: first.body.runId }])
    await refuses(t, { method: 'GET', url: `${runs}?state=cancelled&cursor=${page.nextCursor}` }, 'invalid-cursor')
    await refuses(t, { method: 'GET', url: `${runs}?limit=0` }, 'validation-error')
    await refuses(t, { method: 'GET', url: `${runs}/run_01jd8w4zr5k7m2n3p4q5r6s7t8` }, 'not-found')
    await refuses(t, { method: 'GET', url: `${runs}/1` }, 'validation-error')
    await refuses(t, { method: 'POST', url: `${runs}/1/cancellations`, body: {} }, 'validation-error')
  })

  t.same(
    unanswered('startRescoringRun', 'getRescoringRun', 'listRescoringRuns', 'cancelRescoringRun'),
    [],
    'every documented answer was given'
  )
})
