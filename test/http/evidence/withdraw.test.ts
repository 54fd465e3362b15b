import t from 'tap'
import { contractService } from '../contract.ts'

const evidence = '/v1/customers/C-1/evidence'
const report = { kind: 'agency_report', observedOn: '2026-03-30', source: 'Credit Bureau', facts: { score: 7 } }
const reason = 'A digit was left out: 70'

t.test('POST /v1/customers/{customerId}/evidence/{evidenceId}/withdrawals', async (t) => {
  const { send, refuses, footprint, clockTo, unanswered } = await contractService(t)
  for (const customerId of ['C-1', 'C-2'])
    await send('PUT', `/v1/customers/${customerId}`, { kind: 'company', name: `Customer ${customerId}` })
  const recorded = async (): Promise<string> => (await send('POST', evidence, report)).body.evidenceId
  const evidenceId = await recorded()
  const url = `${evidence}/${evidenceId}/withdrawals`
  await clockTo('2026-04-02')

  await t.test('200: a dry run withdraws nothing', async (t) => {
    const before = await footprint()
    const answer = await send('POST', `${url}?dryRun=true`, { reason })
    t.match(answer, { status: 200, body: { withdrawal: { reason } } })
    t.equal(await footprint(), before)
  })

  await t.test('201: the item stays as it was recorded, with who withdrew it, when and why', async (t) => {
    const answer = await send('POST', url, { reason })
    t.equal(answer.status, 201)
    t.match(answer.headers, { etag: '"2"', location: `${evidence}/${evidenceId}` })
    t.match(answer.body, { ...report, evidenceId, version: 2, recordedAt: '2026-03-31T12:00:00.000Z' })
    t.match(answer.body.withdrawal, { reason, by: /^key_/, at: '2026-04-02T12:00:00.000Z' })
    t.same((await send('GET', `${evidence}/${evidenceId}`)).body, answer.body)
    const entry = (await send('GET', '/v1/customers/C-1/journal')).body.items.at(-1)
    t.match(entry, { type: 'evidence.withdrawn', subject: evidenceId })
    t.match(JSON.parse(entry.payload), { reason })
  })

  await t.test('a repetition with the same key gets the first answer', async (t) => {
    const another = `${evidence}/${await recorded()}/withdrawals`
    const headers = { 'idempotency-key': 'withdraw-1' }
    const first = await send('POST', another, { reason }, headers)
    const again = await send('POST', another, { reason }, headers)
    t.match([again.status, again.text, again.headers['idempotency-replayed']], [201, first.text, 'true'])
    await refuses(t, { method: 'POST', url: another, body: { reason: 'x' }, headers }, 'idempotency-key-reused')
    const odd = { 'idempotency-key': 'a b' }
    await refuses(t, { method: 'POST', url: another, body: { reason }, headers: odd }, 'idempotency-key-invalid')
  })

  await t.test('409: what is withdrawn is not withdrawn again', async (t) => {
    await refuses(t, { method: 'POST', url, body: { reason } }, 'evidence-already-withdrawn')
  })

  await t.test('404: what does not exist, or is another customer’s, cannot be withdrawn', async (t) => {
    const absent = `${evidence}/evd_00000000000000000000000000/withdrawals`
    await refuses(t, { method: 'POST', url: absent, body: { reason } }, 'not-found')
    await refuses(t, { method: 'POST', url: url.replace('C-1', 'C-2'), body: { reason } }, 'not-found')
    await refuses(t, { method: 'POST', url: url.replace('C-1', 'C-9'), body: { reason } }, 'customer-not-found')
  })

  await t.test('400: a withdrawal says why, and nothing else', async (t) => {
    for (const body of [{}, { reason: '' }, { reason: ' ' }, { reason: 7 }, { reason: 'x'.repeat(501) }])
      await refuses(t, { method: 'POST', url, body }, 'validation-error', ['/reason'])
    await refuses(t, { method: 'POST', url, body: { reason, at: '2026-01-01' } }, 'validation-error', ['/at'])
    const odd = url.replace(evidenceId, 'chk_00000000000000000000000000')
    await refuses(t, { method: 'POST', url: odd, body: { reason } }, 'validation-error', ['/params/evidenceId'])
  })

  t.same(unanswered('withdrawEvidence'), [], 'every documented answer was given')
})
