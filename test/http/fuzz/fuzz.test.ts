import fc from 'fast-check'
import t from 'tap'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'
import { type FuzzedDocument, type FuzzedRequest, requestsOf } from './requests.ts'

/** How many requests are drawn: `npm run prove` draws more, and by another seed. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 300)
const SEED = Number(process.env.FUZZ_SEED ?? 1)

t.test(
  `${REQUESTS} requests drawn from the API document by seed ${SEED} get what it says, and never a fault of the service`,
  { timeout: 3_600_000 },
  async (t) => {
    const service = await contractService(t, { rateLimitPerMinute: 10_000_000 })
    const { app, inject, send, authorization } = service
    const key = await authorization('admin')
    await givenLimit(service, 'C-1', '100000.00')
    await send('PUT', '/v1/exchange-rates/USD/CNY/2026-03-31', { rate: 7.1, source: 'x' })
    await send('PUT', '/v1/customers/C-1/invoices/I-1', {
      amount: cny('10.00'),
      issuedOn: '2026-03-01',
      dueOn: '2026-03-31'
    })
    await send('POST', '/v1/credit-checks', { customerId: 'C-1', orderId: 'SO-1', amount: cny('1000.00') })
    const counts = new Map<number, number>()
    const requests = requestsOf(app.swagger() as unknown as FuzzedDocument)
    const holds = async ({ operationId, method, url, headers, payload }: FuzzedRequest) => {
      // The clock stands still; and the key that asks stays.
      if (operationId === 'setClock' || operationId === 'revokeApiKey') return
      const body = payload === undefined ? {} : { payload }
      const answer = await inject({
        method: method as 'GET',
        url,
        headers: { ...headers, authorization: key },
        ...body
      })
      counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1)
      if (answer.status >= 500) throw new Error(`${answer.status} ${answer.text}`)
    }
    await fc.assert(fc.asyncProperty(requests, holds), { numRuns: REQUESTS, seed: SEED, endOnFailure: true })
    t.comment(
      [...counts]
        .sort()
        .map(([status, count]) => `${status}: ${count}`)
        .join(', ')
    )
    t.ok((counts.get(200) ?? 0) + (counts.get(201) ?? 0) > REQUESTS / 20, 'some of them were right')
    t.ok((counts.get(400) ?? 0) > REQUESTS / 20, 'and some of them wrong')
    const { body: audit } = await send('GET', '/v1/audit/self-check')
    t.ok(audit.valid, 'the ledger is sound afterwards')
  }
)
