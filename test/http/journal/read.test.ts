import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { sql } from 'kysely'
import t from 'tap'
import { cny, givenCustomer, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

t.test('reading the journal', async (t) => {
  const service = await contractService(t)
  const { send, refuses } = service
  const url = '/v1/customers/C-1/journal'
  await givenLimit(service, 'C-1', '100000.00')
  const order = { customerId: 'C-1', orderId: 'SO-1', amount: cny('1000.00') }
  const { body: check } = await send('POST', '/v1/credit-checks', order)
  await send('POST', `/v1/credit-checks/${check.checkId}/releases`, {})

  await t.test('200: everything that happened to a customer stands in its journal, oldest first', async (t) => {
    const { status, body } = await send('GET', url)
    t.equal(status, 200)
    t.same(
      body.items.map(({ type }: { type: string }) => type),
      [
        'customer.opened',
        'statement.recorded',
        'assessment.made',
        'limit.applied',
        'check.decided',
        'reservation.released'
      ]
    )
    t.same(
      body.items.map(({ seq }: { seq: number }) => seq),
      [1, 2, 3, 4, 5, 6]
    )
  })

  await t.test('a reader can verify the chain with nothing but SHA-256 and canonical JSON', async (t) => {
    const { body } = await send('GET', url)
    let previousHash = '0'.repeat(64)
    for (const { hash, ...entry } of body.items) {
      t.equal(entry.previousHash, previousHash)
      t.equal(
        createHash('sha256')
          .update(String(canonicalize(entry)))
          .digest('hex'),
        hash
      )
      t.equal(canonicalize(JSON.parse(entry.payload)), entry.payload, 'the payload is canonical as well')
      previousHash = hash
    }
  })

  await t.test('200: pages join to the whole, and go on after new entries', async (t) => {
    const first = (await send('GET', `${url}?limit=4`)).body
    await send('PUT', '/v1/customers/C-1/hold', { reason: 'x' })
    const second = (await send('GET', `${url}?limit=4&cursor=${first.nextCursor}`)).body
    const seqs = [...first.items, ...second.items].map(({ seq }) => seq)
    t.same(seqs, [1, 2, 3, 4, 5, 6, 7])
    t.equal(second.nextCursor, undefined)
    await givenCustomer(service, 'C-2')
    const elsewhere = `/v1/customers/C-2/journal?cursor=${first.nextCursor}`
    await refuses(t, { method: 'GET', url: elsewhere }, 'invalid-cursor')
  })

  await t.test('what cannot be read is refused', async (t) => {
    await refuses(t, { method: 'GET', url: '/v1/customers/C-9/journal' }, 'customer-not-found')
    await refuses(t, { method: 'GET', url: `${url}?limit=201` }, 'validation-error', ['/query/limit'])
  })

  await t.test('200: as NDJSON, the same entries one a line, from the cursor on', async (t) => {
    const lines = async (query = '') => {
      const { status, headers, text } = await send('GET', `${url}${query}`, undefined, {
        accept: 'application/x-ndjson'
      })
      t.same([status, headers['content-type']], [200, 'application/x-ndjson'])
      return text.split('\n').filter(Boolean)
    }
    const { body } = await send('GET', url)
    const whole = await lines()
    t.same(
      whole,
      body.items.map((entry: object) => JSON.stringify(entry))
    )
    const { nextCursor } = (await send('GET', `${url}?limit=4`)).body
    t.same(await lines(`?cursor=${nextCursor}`), whole.slice(4))
    const accept = { accept: 'application/x-ndjson' }
    const elsewhere = '/v1/customers/C-9/journal'
    await refuses(t, { method: 'GET', url: elsewhere, headers: accept }, 'customer-not-found')
    await refuses(t, { method: 'GET', url: `${url}?cursor=x`, headers: accept }, 'invalid-cursor')
    await refuses(t, { method: 'GET', url, headers: { accept: 'text/html' } }, 'not-acceptable')
  })

  await t.test('304: a page that is held already; a stream has no validator', async (t) => {
    const { headers } = await send('GET', url)
    const authorization = await service.authorization('read')
    const held = { authorization, 'if-none-match': String(headers.etag) }
    t.equal((await service.app.inject({ url, headers: held })).statusCode, 304)
    const stream = await service.app.inject({ url, headers: { ...held, accept: 'application/x-ndjson' } })
    t.same([stream.statusCode, stream.headers.etag], [200, undefined])
  })

  await t.test('a long journal is read page by page, and orders are decided meanwhile', async (t) => {
    const entries = 10_000
    for (const customerId of ['C-3', 'C-4']) await givenLimit(service, customerId, '100000.00')
    await sql`insert into journal (customer_id, seq, at, type, actor, subject, payload, previous_hash, hash)
      select customer_id, seq + number, at, type, actor, subject, ${`{"text":"${'x'.repeat(4_000)}"}`}, hash, hash
      from journal cross join generate_series(1, ${entries}) as number where customer_id = 'C-3' and seq = 4`.execute(
      service.deps.db
    )
    const base = await service.app.listen({ host: '127.0.0.1', port: 0 })
    const headers = { authorization: await service.authorization('read'), accept: 'application/x-ndjson' }
    const answer = await fetch(`${base}/v1/customers/C-3/journal`, { headers })
    const decided = await send('POST', '/v1/credit-checks', { ...order, customerId: 'C-4', orderId: 'SO-4' })
    t.match(decided.body, { outcome: 'approved' }, 'while the reader takes its time')
    let bytes = 0
    const seqs: number[] = []
    let rest = ''
    for await (const chunk of answer.body ?? []) {
      bytes += chunk.length
      const lines = (rest + Buffer.from(chunk).toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) seqs.push(JSON.parse(line).seq)
    }
    t.equal(rest, '')
    t.same(
      seqs,
      Array.from({ length: seqs.length }, (_, index) => index + 1)
    )
    t.ok(seqs.length >= entries + 4 && bytes > 40_000_000, `${seqs.length} entries, ${bytes} bytes`)
  })

  t.same(service.unanswered('listJournal'), [], 'every documented answer was given')
})
