import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
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

  t.same(service.unanswered('listJournal'), [], 'every documented answer was given')
})
