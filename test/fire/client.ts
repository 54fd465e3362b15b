import { Agent, request } from 'node:http'

/** An HTTP request as a caller sends it. */
export interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: object
  readonly key?: string
  /** Who asks; left out: the ERP. */
  readonly by?: 'person'
  /** The version that the caller has seen. */
  readonly seen?: number
}

export interface Answered {
  readonly status: number
  readonly text: string
  readonly body: AnswerBody
  readonly replayed: boolean
}

/** The parts of an answer that are looked at. */
export type AnswerBody = { readonly [name: string]: unknown }

/** What goes wrong between the caller and the service. */
export type Loss = { readonly kind: 'response' } | { readonly kind: 'connection'; readonly afterMs: number }

const TIMEOUT_MS = 20_000

/**
 * Sends one request. `unknown`: the connection broke or, with `loss`, the answer was thrown away
 * when it came, or the connection was cut while the service was at work. `unsent`: nobody was there
 * to take it.
 */
export type Send = (url: string, asked: Asked, loss?: Loss) => Promise<Answered | 'unknown' | 'unsent'>

/** Requests over connections that are kept open, under the API key of whoever asks. */
export function httpClient(keys: { erp: string; person: string }): { send: Send; close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const send: Send = (url, { method, path, body, key, by, seen }, loss) =>
    new Promise((resolve) => {
      const payload = body === undefined ? undefined : JSON.stringify(body)
      const headers = {
        authorization: `Bearer ${keys[by ?? 'erp']}`,
        ...(payload === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(seen === undefined ? {} : { 'if-match': `"${seen}"` })
      }
      const sent = request(`${url}${path}`, { method, agent, headers, timeout: TIMEOUT_MS }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', () => resolve('unknown'))
        response.on('close', () => resolve('unknown'))
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          const answer = {
            status: response.statusCode ?? 0,
            text,
            body: text.startsWith('{') ? (JSON.parse(text) as AnswerBody) : {},
            replayed: response.headers['idempotency-replayed'] === 'true'
          }
          resolve(loss?.kind === 'response' ? 'unknown' : answer)
        })
      })
      sent.on('error', (error: Error & { code?: string }) =>
        resolve(error.code === 'ECONNREFUSED' ? 'unsent' : 'unknown')
      )
      sent.on('timeout', () => sent.destroy())
      if (loss?.kind === 'connection') sent.on('finish', () => setTimeout(() => sent.destroy(), loss.afterMs))
      sent.end(payload)
    })
  return { send, close: () => agent.destroy() }
}
