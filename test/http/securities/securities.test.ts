import t from 'tap'
import { situationsOf } from '../../../src/accounts/store/situation.ts'
import type { CustomerId } from '../../../src/ids.ts'
import { idOf } from '../../../src/platform/values/ids.ts'
import { cny } from '../../given.ts'
import { contractService } from '../contract.ts'

const url = '/v1/customers/C-1/securities/POL-1'
const policy = {
  kind: 'insurance',
  provider: 'Insurer',
  amount: cny('200000.00'),
  coverShare: 0.9,
  validFrom: '2026-01-01',
  validUntil: '2026-12-31',
  required: true
}
const withdrawal = { reason: 'The insurer cancelled the policy', stillRequired: true }

t.test('securities', async (t) => {
  const service = await contractService(t)
  const { send, refuses, footprint, clockTo, unanswered, deps } = service
  for (const customerId of ['C-1', 'C-2'])
    await send('PUT', `/v1/customers/${customerId}`, { kind: 'company', name: 'x' })
  const cover = async (today: string) => {
    const customerId = idOf<CustomerId>('C-1')
    const asked = [{ customerId, itemMinimumMinor: 0, minorPerMajor: 100 }]
    return (await situationsOf(deps.db, asked, { today, horizonDays: 0 })).get(customerId)?.security
  }

  await t.test('201: what it covers is stated', async (t) => {
    const answer = await send('PUT', url, policy)
    t.match(answer, { status: 201, headers: { location: url, etag: '"1"' } })
    t.match(answer.body, { ...policy, cover: cny('180000.00'), inForce: true, withdrawal: null, version: 1 })
    const read = await send('GET', url)
    t.same([read.body, read.headers.etag], [answer.body, '"1"'])
    t.same(await cover('2026-03-31'), { coverMinor: 18_000_000, validUntil: '2026-12-31', lapsed: null })
    const journal = (await send('GET', '/v1/customers/C-1/journal')).body.items
    t.match(journal.at(-1), { type: 'security.recorded', subject: 'POL-1' })
  })

  await t.test('200: the same again, and a dry run, change nothing', async (t) => {
    const before = await footprint()
    t.match(await send('PUT', url, policy), { status: 200, headers: { etag: '"1"' } })
    t.match(await send('PUT', `${url}?dryRun=true`, { ...policy, coverShare: 0.5 }), {
      status: 200,
      body: { cover: cny('100000.00') }
    })
    t.equal(await footprint(), before)
  })

  await t.test('200: a change says on which version it rests, if it likes', async (t) => {
    const body = { ...policy, coverShare: 0.3333 }
    await refuses(t, { method: 'PUT', url, body, headers: { 'if-match': '"9"' } }, 'precondition-failed')
    t.match(await send('PUT', url, body, { 'if-match': '"1"' }), { status: 200, body: { cover: cny('66660.00') } })
  })

  await t.test('outside its days it covers nothing, and what is required has lapsed', async (t) => {
    t.same(await cover('2027-01-01'), { coverMinor: 0, validUntil: null, lapsed: 'POL-1' })
    t.same(await cover('2025-12-31'), { coverMinor: 0, validUntil: null, lapsed: 'POL-1' })
    t.match(await cover('2026-12-31'), { coverMinor: 6_666_000, lapsed: null })
    await clockTo('2027-01-01')
    t.match((await send('GET', url)).body, { inForce: false })
    await clockTo('2027-01-02')
  })

  await t.test('400: shares, dates and kinds that cannot be', async (t) => {
    for (const [changes, pointer] of [
      [{ coverShare: 0 }, '/coverShare'],
      [{ coverShare: 1.01 }, '/coverShare'],
      [{ coverShare: 0.33333 }, '/coverShare'],
      [{ validUntil: '2025-12-31' }, '/validUntil'],
      [{ kind: 'promise' }, '/kind'],
      [{ amount: cny('0.00') }, '/amount/amount'],
      [{ provider: ' ' }, '/provider']
    ] as const)
      await refuses(t, { method: 'PUT', url, body: { ...policy, ...changes } }, 'validation-error', [pointer])
  })

  await t.test('409: a security is in the currency of the account', async (t) => {
    const body = { ...policy, amount: { amount: '1.00', currency: 'EUR' } }
    await refuses(t, { method: 'PUT', url, body }, 'currency-not-supported')
  })

  await t.test('201: what is withdrawn covers no longer, and may still be required', async (t) => {
    const post = `${url}/withdrawals`
    t.match(await send('POST', `${post}?dryRun=true`, withdrawal), { status: 200 })
    const headers = { 'idempotency-key': 'w-1' }
    const answer = await send('POST', post, withdrawal, headers)
    t.match(answer, { status: 201, headers: { location: url, etag: '"3"' } })
    t.match(answer.body, { inForce: false, required: true, withdrawal: { reason: withdrawal.reason, by: /^key_/ } })
    t.equal((await send('POST', post, withdrawal, headers)).text, answer.text, 'a repetition gets the same')
    t.same(await cover('2026-03-31'), { coverMinor: 0, validUntil: null, lapsed: 'POL-1' })
    await refuses(t, { method: 'POST', url: post, body: withdrawal }, 'security-already-withdrawn')
    await refuses(
      t,
      { method: 'POST', url: post, body: { ...withdrawal, reason: 'x' }, headers },
      'idempotency-key-reused'
    )
    const odd = { 'idempotency-key': 'a b' }
    await refuses(t, { method: 'POST', url: post, body: withdrawal, headers: odd }, 'idempotency-key-invalid')
    await refuses(t, { method: 'POST', url: post, body: { reason: 'x' } }, 'validation-error', ['/stillRequired'])
  })

  await t.test('200: put again it covers again, and a waived one does not lapse', async (t) => {
    t.match(await send('PUT', url, policy), { status: 200, body: { withdrawal: null, version: 4 } })
    t.match(await cover('2026-03-31'), { coverMinor: 18_000_000 })
    await send('POST', `${url}/withdrawals`, { ...withdrawal, stillRequired: false })
    t.same(await cover('2026-03-31'), { coverMinor: 0, validUntil: null, lapsed: null })
  })

  await t.test('the list takes filters and a cursor', async (t) => {
    for (const [id, kind] of [
      ['D-1', 'deposit'],
      ['G-1', 'guarantee'],
      ['G-2', 'guarantee']
    ] as const)
      await send('PUT', url.replace('POL-1', id), { ...policy, kind, required: false })
    const list = async (query: string) => (await send('GET', `/v1/customers/C-1/securities?${query}`)).body
    const ids = async (query: string) =>
      (await list(query)).items.map(({ securityId }: { securityId: string }) => securityId)
    t.same(await ids(''), ['D-1', 'G-1', 'G-2', 'POL-1'])
    t.same(await ids('kind=guarantee'), ['G-1', 'G-2'])
    t.same(await ids('withdrawn=true'), ['POL-1'])
    t.same(await ids('withdrawn=false'), ['D-1', 'G-1', 'G-2'])
    const first = await list('limit=3')
    t.same(await ids(`limit=3&cursor=${first.nextCursor}`), ['POL-1'])
    const lists = '/v1/customers/C-1/securities'
    await refuses(t, { method: 'GET', url: `${lists}?cursor=x` }, 'invalid-cursor')
    await refuses(t, { method: 'GET', url: `${lists}?kind=x` }, 'validation-error', ['/query/kind'])
    await refuses(t, { method: 'GET', url: lists.replace('C-1', 'C-9') }, 'customer-not-found')
  })

  await t.test('404: what does not exist, or is another customer’s', async (t) => {
    const absent = url.replace('POL-1', 'X')
    await refuses(t, { method: 'GET', url: absent }, 'not-found')
    await refuses(t, { method: 'GET', url: url.replace('C-1', 'C-2') }, 'not-found')
    await refuses(t, { method: 'GET', url: url.replace('C-1', 'C-9') }, 'customer-not-found')
    await refuses(t, { method: 'GET', url: url.replace('POL-1', '_') }, 'validation-error', ['/params/securityId'])
    await refuses(t, { method: 'PUT', url: url.replace('C-1', 'C-9'), body: policy }, 'customer-not-found')
    await refuses(t, { method: 'POST', url: `${absent}/withdrawals`, body: withdrawal }, 'not-found')
    const other = `${url.replace('C-1', 'C-9')}/withdrawals`
    await refuses(t, { method: 'POST', url: other, body: withdrawal }, 'customer-not-found')
  })

  await t.test('202: cover beyond the authority of the policy waits for a second person', async (t) => {
    const bounded = service.deps.policy.authority
    bounded.collateralMax = [{ amount: '150000.00', currency: 'CNY' }]
    t.teardown(() => delete bounded.collateralMax)
    const path = '/v1/customers/C-2/securities/BIG'
    const { required: _required, ...given } = {
      ...policy,
      amount: cny('100000.00'),
      coverShare: 1,
      validUntil: '2030-12-31'
    }
    t.equal((await send('PUT', path, given)).status, 201, 'within it, it is recorded')
    const other = '/v1/customers/C-2/securities/BIG-2'
    const asked = await send('PUT', other, given)
    t.match(asked, { status: 202, body: { kind: 'collateral', subject: 'BIG-2', state: 'open' } }, 'no sum is split')
    t.equal((await send('PUT', path, { ...given, validUntil: '2029-12-31' })).status, 200)
    const headers = { authorization: await service.authorization('approve'), 'if-match': '"1"' }
    const approval = { verdict: 'approve', comment: 'The original is in the safe' }
    const approvals = `/v1/change-requests/${asked.body.changeRequestId}/approvals`
    t.equal((await send('POST', approvals, approval, headers)).status, 200)
    t.match((await send('GET', other)).body, { cover: cny('100000.00'), inForce: true })
    await refuses(
      t,
      { method: 'POST', url: approvals, body: approval, headers: { ...headers, 'if-match': '"2"' } },
      'change-request-closed'
    )
  })

  t.equal((await send('GET', '/v1/audit/self-check')).body.valid, true)
  const operations = ['putSecurity', 'getSecurity', 'listSecurities', 'withdrawSecurity']
  t.same(unanswered(...operations), [], 'every documented answer was given')
})
