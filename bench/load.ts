// A process of its own that sends requests over kept connections, as fast as they are answered or
// at a fixed pace, and measures.
import { randomUUID } from 'node:crypto'
import { connectTo, type Request } from './http.ts'

export interface LoadOrder {
  readonly port: number
  readonly authorization: string
  readonly clients: number
  readonly seconds: number
  readonly customers: number
  /** Requests a second over all clients; 0: as fast as they are answered. */
  readonly pace: number
}

export interface LoadResult {
  readonly answered: number
  readonly approved: number
  readonly failed: number
  readonly seconds: number
  /** Milliseconds that the answers took, in order. */
  readonly p50: number
  readonly p99: number
}

process.on('message', async (order: LoadOrder) => {
  process.send?.(await load(order))
})

async function load(order: LoadOrder): Promise<LoadResult> {
  const clients = await Promise.all(Array.from({ length: order.clients }, () => connectTo(order)))
  const latencies: number[] = []
  const counts = { approved: 0, failed: 0 }
  const start = performance.now()
  const end = start + order.seconds * 1_000
  // At a fixed pace a request is due at its time whether or not the one before it is answered: what
  // waits for a client counts as waiting.
  let issued = 0
  const nextDue = () => (order.pace === 0 ? performance.now() : start + (issued++ * 1_000) / order.pace)
  await Promise.all(
    clients.map(async ({ ask, close }) => {
      for (;;) {
        const due = nextDue()
        if (due >= end) break
        const early = due - performance.now()
        if (early > 1) await new Promise((resolve) => setTimeout(resolve, early))
        // A timer may fire a little before its time.
        const from = Math.min(due, performance.now())
        const { status, body } = await ask(checkRequest(order))
        latencies.push(performance.now() - from)
        if (status !== 201) counts.failed += 1
        else if (body.includes('"outcome":"approved"')) counts.approved += 1
      }
      close()
    })
  )
  const seconds = (performance.now() - start) / 1_000
  latencies.sort((left, right) => left - right)
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0
  return { answered: latencies.length, ...counts, seconds, p50: at(0.5), p99: at(0.99) }
}

function checkRequest({ customers }: LoadOrder): Request {
  const order = randomUUID()
  const customer = 1 + Math.floor(Math.random() * customers)
  const body = `{"customerId":"C-${customer}","orderId":"SO-${order}","amount":{"amount":"100.00","currency":"CNY"},"termsDays":30}`
  return { method: 'POST', path: '/v1/credit-checks', body, key: order }
}
