import { appendFile } from 'node:fs/promises'
import { Agent, request as httpRequest } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** A problem that the service answered where the ERP expected an answer. */
class UnexpectedAnswer extends Error {
  readonly status: number

  constructor(method: string, path: string, status: number, body: string) {
    super(`${method} ${path} was answered with ${status}: ${body.slice(0, 400)}`)
    this.status = status
  }
}

interface Answered {
  readonly status: number
  readonly text: string
}

const ATTEMPTS_MAX = 10
const AGAIN_AFTER_MS = 1_000

/** Talks to the service as an ERP does: JSON over HTTP with an API key. */
export class Erp {
  readonly #url: string
  readonly #key: string
  readonly #acknowledged: string | undefined
  readonly #agent = new Agent({ keepAlive: true })
  requests = 0

  /** `acknowledged` names a file to which each write is added once the service has answered it. */
  constructor(url: string, key: string, acknowledged?: string) {
    this.#url = url
    this.#key = key
    this.#acknowledged = acknowledged
  }

  async get<Answer>(path: string): Promise<Answer> {
    return this.#send('GET', path)
  }

  async post<Answer>(path: string, body: object, idempotencyKey?: string): Promise<Answer> {
    return this.#send('POST', path, body, idempotencyKey)
  }

  async put<Answer>(path: string, body: object): Promise<Answer> {
    return this.#send('PUT', path, body)
  }

  /** Every item of a list, page by page. */
  async *all<Item>(path: string): AsyncGenerator<Item> {
    let cursor: string | undefined
    do {
      const query = new URLSearchParams({ limit: '200', ...(cursor === undefined ? {} : { cursor }) })
      const page = await this.get<{ items: Item[]; nextCursor?: string }>(
        `${path}${path.includes('?') ? '&' : '?'}${query}`
      )
      yield* page.items
      cursor = page.nextCursor
    } while (cursor !== undefined)
  }

  /** Statements that the service has sent to its database for all requests so far. */
  async statements(): Promise<number> {
    const { text } = await this.#patiently(() => this.#exchange('GET', '/metrics'))
    const [, count] = /^database_request_statements_total (\d+)$/m.exec(text) ?? []
    if (count === undefined) throw new Error('The service does not count its statements.')
    return Number(count)
  }

  async #send<Answer>(method: string, path: string, body?: object, idempotencyKey?: string): Promise<Answer> {
    this.requests += 1
    const { status, text } = await this.#patiently(() => this.#exchange(method, path, body, idempotencyKey))
    if (status >= 400) throw new UnexpectedAnswer(method, path, status, text)
    const answer = JSON.parse(text) as Answer
    if (this.#acknowledged !== undefined && method !== 'GET' && !path.startsWith('/simulation')) {
      await appendFile(this.#acknowledged, `${JSON.stringify({ method, path, body, answer })}\n`)
    }
    return answer
  }

  /** Asks again where the service says that it has written nothing and can be asked later. */
  async #patiently(exchange: () => Promise<Answered>): Promise<Answered> {
    for (let attempt = 1; ; attempt += 1) {
      const answered = await exchange()
      if (attempt === ATTEMPTS_MAX || !answered.text.includes('"/problems/temporary-reduced-capacity"')) return answered
      await sleep(AGAIN_AFTER_MS)
    }
  }

  /**
   * One request over a connection that stays open: fetch would cost more than the service itself.
   */
  #exchange(method: string, path: string, body?: object, idempotencyKey?: string): Promise<Answered> {
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
    const headers = {
      authorization: `Bearer ${this.#key}`,
      ...(payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': payload.length }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey })
    }
    return new Promise((resolve, reject) => {
      const request = httpRequest(this.#url + path, { method, headers, agent: this.#agent }, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') })
        )
        response.on('error', reject)
      })
      request.on('error', reject)
      request.end(payload)
    })
  }
}
