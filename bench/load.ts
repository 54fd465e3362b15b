// A process of its own that sends requests over kept connections, as fast as they are answered or
// at a fixed pace, and measures. It speaks just the HTTP that it needs: what it costs is taken from
// the same two cores as what it measures.
import { randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'

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
  const sockets = await Promise.all(Array.from({ length: order.clients }, () => open(order.port)))
  const latencies: number[] = []
  const counts = { approved: 0, failed: 0 }
  const start = performance.now()
  const end = start + order.seconds * 1_000
  // At a fixed pace a request is due at its time whether or not the one before it is answered: what
  // waits for a client counts as waiting.
  let issued = 0
  const nextDue = () => (order.pace === 0 ? performance.now() : start + (issued++ * 1_000) / order.pace)
  await Promise.all(
    sockets.map(async (socket) => {
      const ask = client(socket)
      for (;;) {
        const due = nextDue()
        if (due >= end) break
        const early = due - performance.now()
        if (early > 1) await new Promise((resolve) => setTimeout(resolve, early))
        // A timer may fire a little before its time.
        const from = Math.min(due, performance.now())
        const { status, body } = await ask(request(order))
        latencies.push(performance.now() - from)
        if (status !== 201) counts.failed += 1
        else if (body.includes('"outcome":"approved"')) counts.approved += 1
      }
      socket.destroy()
    })
  )
  const seconds = (performance.now() - start) / 1_000
  latencies.sort((left, right) => left - right)
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0
  return { answered: latencies.length, ...counts, seconds, p50: at(0.5), p99: at(0.99) }
}

function request({ authorization, customers }: LoadOrder): string {
  const order = randomUUID()
  const customer = 1 + Math.floor(Math.random() * customers)
  const body = `{"customerId":"C-${customer}","orderId":"SO-${order}","amount":{"amount":"100.00","currency":"CNY"},"termsDays":30}`
  return `POST /v1/credit-checks HTTP/1.1\r\nhost: localhost\r\nauthorization: ${authorization}\r\ncontent-type: application/json\r\nidempotency-key: ${order}\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.setNoDelay(true)))
    socket.once('error', reject)
  })
}

/** Sends one request after the other and reads each answer by its Content-Length. */
function client(socket: Socket): (text: string) => Promise<{ status: number; body: string }> {
  let received = ''
  let answer: ((value: { status: number; body: string }) => void) | undefined
  let refuse: ((reason: Error) => void) | undefined
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    received += chunk
    const head = received.indexOf('\r\n\r\n')
    if (head < 0) return
    const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0)
    if (received.length < head + 4 + length) return
    const status = Number(received.slice(9, 12))
    const body = received.slice(head + 4, head + 4 + length)
    received = received.slice(head + 4 + length)
    answer?.({ status, body })
  })
  socket.on('close', () => refuse?.(new Error('the service closed a connection')))
  return (text) =>
    new Promise((resolve, reject) => {
      answer = resolve
      refuse = reject
      socket.write(text)
    })
}
