import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../values/problem.ts'
import { said } from '../values/said.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

declare module 'fastify' {
  interface FastifyInstance {
    /** The time limit of a stream in either direction, in milliseconds. */
    streamMsMax: number
  }
}

/** One JSON document a line. */
export const NDJSON = 'application/x-ndjson'

/** Whether the caller prefers this media type to all others of the operation. */
export function prefers(request: FastifyRequest, mediaType: string): boolean {
  return request.accepts().type([...(request.routeOptions.config.produces ?? [])]) === mediaType
}

/**
 * Answers piece by piece. A fault before the first piece is answered as a problem, as anywhere
 * else. A later fault goes to the log and breaks the connection off, so that a part is not taken
 * for the whole. The next piece is read when the caller has taken the last one; reading ends when
 * the caller leaves or after `streamMsMax`.
 */
export async function sendStream(
  request: FastifyRequest,
  reply: FastifyReply,
  mediaType: string,
  pieces: AsyncIterable<string | Uint8Array>
): Promise<FastifyReply> {
  reply.type(mediaType.startsWith('text/') ? `${mediaType}; charset=utf-8` : mediaType)
  const iterator = pieces[Symbol.asyncIterator]()
  const first = await iterator.next()
  const isHead = request.method === 'HEAD'
  if (isHead) await iterator.return?.()
  const body = Readable.from(isHead ? [] : resumed(first, iterator), { highWaterMark: 1 })
  const { streamMsMax } = request.server
  const tooLong = () => body.destroy(new Error(`the answer took longer than ${streamMsMax} ms`))
  const timer = setTimeout(tooLong, streamMsMax)
  body.once('close', () => clearTimeout(timer))
  return reply.send(body)
}

async function* resumed<Piece>(
  first: IteratorResult<Piece>,
  iterator: AsyncIterator<Piece>
): AsyncGenerator<Piece, void, void> {
  try {
    for (let next = first; !next.done; next = await iterator.next()) yield next.value
  } finally {
    await iterator.return?.()
  }
}

/**
 * A body as it arrives. Reading it throws `payload-too-large` beyond the limit of the operation.
 */
export function streamedBody(request: FastifyRequest, body: AsyncIterable<Uint8Array>): Readable {
  const { bodyLimit } = request.routeOptions
  return Readable.from(bounded(body, bodyLimit), { objectMode: false })
}

async function* bounded(body: AsyncIterable<Uint8Array>, bytesMax: number): AsyncGenerator<Uint8Array, void, void> {
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > bytesMax) throw new Problem('payload-too-large', said(details.bodyTooLarge, { bytesMax }))
    yield chunk
  }
}
