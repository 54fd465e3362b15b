import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

/** The one session that all connections share. */
export interface SharedSession {
  /** Forgets what earlier connections have left: the next finds it as if it were its own. */
  clean(): Promise<void>
  /** Works at a request, and answers what is sent back. Throws where the session cannot go on. */
  answer(request: WireRequest): Promise<Uint8Array>
  /** Does work of its own after an answer: nobody is half way through a statement then. */
  rest(): Promise<void>
  isInTransaction(): boolean
  rollback(): Promise<void>
}

/** Whole messages of PostgreSQL's protocol that are worked at together. */
export interface WireRequest {
  readonly bytes: Buffer
  readonly kind: 'startup' | 'statement' | 'part'
  /** The names under which its statements are to be remembered. */
  readonly named: readonly string[]
}

interface Client {
  readonly socket: Socket
  received: Buffer
  isStarted: boolean
}

const TLS_REQUEST = 80_877_103
const GSS_REQUEST = 80_877_104
const CANCEL_REQUEST = 80_877_102

const PARSE = code('P')
const TERMINATE = code('X')
/** After these more of the same statement follows: parse, bind, describe, execute, close. */
const UNFINISHED = new Set([PARSE, code('B'), code('D'), code('E'), code('C')])
/** After these a statement is over: sync, query. */
const FINISHED = new Set([code('S'), code('Q')])

/**
 * Lets connections to a unix socket share one session. All messages of a statement are worked at
 * together and answered in one piece: measured, that halves the time of a short transaction. A
 * transaction keeps the session until it ends; one whose connection is gone is rolled back.
 *
 * Answers the function that closes all connections. `onFault` hears when the session cannot go on.
 */
export async function serveSession(
  session: SharedSession,
  { path, connectionsMax, onFault }: { path: string; connectionsMax: number; onFault: (error: unknown) => void }
): Promise<() => Promise<void>> {
  const turns = new Turns(session, onFault)
  const server = createServer((socket) => {
    const client: Client = { socket, received: Buffer.alloc(0), isStarted: false }
    turns.join(client)
    socket.setNoDelay(true)
    socket.on('data', (bytes) => {
      client.received = client.received.length === 0 ? bytes : Buffer.concat([client.received, bytes])
      for (let request = takeRequest(client); request !== undefined; request = takeRequest(client))
        turns.take(client, request)
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => turns.leave(client))
  })
  server.maxConnections = connectionsMax
  server.listen(path)
  await once(server, 'listening')
  return async () => {
    const closed = once(server, 'close')
    server.close()
    turns.end()
    await closed
    await turns.underWay
  }
}

/** Whose request is worked at next. */
class Turns {
  readonly #session: SharedSession
  readonly #onFault: (error: unknown) => void
  readonly #clients = new Set<Client>()
  #waiting: { readonly client: Client; readonly request: WireRequest }[] = []
  /** Whose transaction is under way. */
  #holder: Client | undefined
  /** Ends when nothing waits that can be worked at. */
  underWay: Promise<void> | undefined

  constructor(session: SharedSession, onFault: (error: unknown) => void) {
    this.#session = session
    this.#onFault = onFault
  }

  join(client: Client): void {
    this.#clients.add(client)
  }

  leave(client: Client): void {
    this.#clients.delete(client)
    this.#waiting = this.#waiting.filter((each) => each.client !== client)
    this.#proceed()
  }

  take(client: Client, request: WireRequest): void {
    this.#waiting.push({ client, request })
    this.#proceed()
  }

  end(): void {
    for (const { socket } of this.#clients) socket.destroy()
  }

  #proceed(): void {
    this.underWay ??= this.#work()
      .catch(this.#onFault)
      .finally(() => {
        this.underWay = undefined
      })
  }

  async #work(): Promise<void> {
    await this.#rollBackLeft()
    for (let turn = this.#next(); turn !== undefined; turn = this.#next()) {
      await this.#answer(turn.client, turn.request)
      await this.#rollBackLeft()
    }
  }

  #next() {
    const holder = this.#holder
    const place = holder === undefined ? 0 : this.#waiting.findIndex(({ client }) => client === holder)
    return place < 0 ? undefined : this.#waiting.splice(place, 1)[0]
  }

  async #answer(client: Client, request: WireRequest): Promise<void> {
    if (request.kind === 'startup' && this.#clients.size === 1) await this.#session.clean()
    const answer = await this.#session.answer(request)
    if (client.socket.writable) client.socket.write(answer)
    this.#holder = this.#session.isInTransaction() ? client : undefined
    if (this.#holder === undefined && request.kind === 'statement') await this.#session.rest()
  }

  /** Ends the transaction of a connection that is gone. */
  async #rollBackLeft(): Promise<void> {
    if (this.#holder === undefined || this.#clients.has(this.#holder)) return
    await this.#session.rollback()
    this.#holder = undefined
  }
}

/** The next request of a client that has arrived as a whole. */
function takeRequest(client: Client): WireRequest | undefined {
  return client.isStarted ? takeMessages(client) : takeStartup(client)
}

function takeStartup(client: Client): WireRequest | undefined {
  const { socket, received } = client
  if (received.length < 8) return undefined
  const [size, what] = [received.readInt32BE(0), received.readInt32BE(4)]
  if (what === CANCEL_REQUEST) socket.destroy()
  if (received.length < size || socket.destroyed) return undefined
  client.received = received.subarray(size)
  if (what === TLS_REQUEST || what === GSS_REQUEST) {
    socket.write('N')
    return takeStartup(client)
  }
  client.isStarted = true
  return { bytes: received.subarray(0, size), kind: 'startup', named: [] }
}

function takeMessages(client: Client): WireRequest | undefined {
  const { socket, received } = client
  const named: string[] = []
  let end = 0
  while (received.length >= end + 5) {
    const [type, start] = [received[end], end + 5]
    end += 1 + received.readInt32BE(end + 1)
    if (end < start || type === TERMINATE) socket.destroy()
    if (received.length < end || socket.destroyed) return undefined
    if (type === PARSE) named.push(received.toString('utf8', start, received.indexOf(0, start)))
    if (type === undefined || UNFINISHED.has(type)) continue
    client.received = received.subarray(end)
    return { bytes: received.subarray(0, end), kind: FINISHED.has(type) ? 'statement' : 'part', named }
  }
  return undefined
}

function code(letter: string): number {
  return letter.charCodeAt(0)
}
