import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchService } from './service.ts'

/** A request to the service; with a key, one that has an effect only once. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  /** JSON text. */
  readonly body?: string
  readonly key?: string
}

/** What the service said. */
export interface Answer {
  readonly status: number
  readonly body: string
}

/** A kept connection, over which one request follows the other. */
export interface Client {
  ask(request: Request): Promise<Answer>
  close(): void
}

/**
 * Connects to the service. It speaks just the HTTP that a bench needs: what it costs is taken from
 * the same two cores as what is measured.
 */
export async function connectTo({
  port,
  authorization
}: Pick<BenchService, 'port' | 'authorization'>): Promise<Client> {
  const socket = await open(port)
  const send = sender(socket)
  const ask = ({ method, path, body, key }: Request) => {
    const ofKey = key === undefined ? '' : `idempotency-key: ${key}\r\n`
    const ofBody = body === undefined ? '' : `content-type: application/json\r\ncontent-length: ${body.length}\r\n`
    return send(
      `${method} ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: ${authorization}\r\n${ofKey}${ofBody}\r\n${body ?? ''}`
    )
  }
  return { ask, close: () => socket.destroy() }
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.setNoDelay(true)))
    socket.once('error', reject)
  })
}

/** Sends one request after the other and reads each answer by its Content-Length. */
function sender(socket: Socket): (text: string) => Promise<Answer> {
  let received = ''
  let answer: ((value: Answer) => void) | undefined
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
  const closed = new Error('the service closed a connection')
  socket.on('close', () => refuse?.(closed))
  return (text) =>
    new Promise((resolve, reject) => {
      if (socket.destroyed) reject(closed)
      answer = resolve
      refuse = reject
      socket.write(text)
    })
}

/** How often, and how long in between, what an overloaded machine refused is asked again. */
const AGAIN_MAX = 100
const AGAIN_AFTER_MS = 100

/** Asks until the request is taken, as a client does that prepares; throws where it is refused. */
export async function askUntilTaken(client: Client, request: Request): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await client.ask(request)
    const { status, body } = answer
    if (status < 300) return answer
    if (status !== 503 || attempt === AGAIN_MAX) throw new Error(`${request.method} ${request.path}: ${status} ${body}`)
    await sleep(AGAIN_AFTER_MS)
  }
}
