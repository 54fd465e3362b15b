import { promisify } from 'node:util'
import { brotliCompress, gzip, constants as zlib } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { etagOfText, isHeld } from './etag.ts'

const CODINGS = ['br', 'gzip', 'identity'] as const
type Coding = (typeof CODINGS)[number]

/** Smaller answers fit into one packet as they are. */
const COMPRESSED_FROM = 1_024

/** An answer that never changes: its bytes in each coding, made once. */
export interface ConstantAnswer {
  readonly bytes: Readonly<Record<Coding, Buffer | undefined>>
  readonly etag: string
}

/** Makes the bytes of an answer, off the event loop. */
export async function constantAnswer(content: string | Buffer): Promise<ConstantAnswer> {
  const identity = Buffer.from(content)
  const isSmall = identity.length < COMPRESSED_FROM
  const params = { [zlib.BROTLI_PARAM_QUALITY]: 5, [zlib.BROTLI_PARAM_SIZE_HINT]: identity.length }
  return {
    bytes: {
      identity,
      br: isSmall ? undefined : await promisify(brotliCompress)(identity, { params }),
      gzip: isSmall ? undefined : await promisify(gzip)(identity)
    },
    etag: etagOfText(identity)
  }
}

/** Sends it in the coding that the caller likes best, or a bare 304 to whoever holds it. */
export function sendConstant(
  request: FastifyRequest,
  reply: FastifyReply,
  { bytes, etag }: ConstantAnswer,
  type: string
): FastifyReply {
  const offered = CODINGS.filter((coding) => bytes[coding] !== undefined)
  const wanted = request.headers['accept-encoding'] === undefined ? 'identity' : request.accepts().encoding(offered)
  const coding = offered.find((each) => each === wanted) ?? 'identity'
  // A strong validator is of these bytes alone.
  const own = coding === 'identity' ? etag : `${etag.slice(0, -1)}-${coding}"`
  reply.header('etag', own).header('vary', 'Accept-Encoding')
  if (isHeld(request, own)) return reply.code(304).send()
  if (coding !== 'identity') reply.header('content-encoding', coding)
  return reply.type(type).send(bytes[coding])
}

/** Keeps the last constant answers that were asked for, each by what it depends on. */
export class ConstantAnswers {
  readonly #max: number
  readonly #kept = new Map<string, Promise<ConstantAnswer>>()

  constructor(max: number) {
    this.#max = max
  }

  /** The answer of this key; made, if it is not here, with what `content` gives. */
  of(key: string, content: () => Promise<string | Buffer> | string | Buffer): Promise<ConstantAnswer> {
    const made = this.#kept.get(key) ?? Promise.resolve(content()).then(constantAnswer)
    // The one that was asked for last goes last. One that fails is made again.
    this.#kept.delete(key)
    this.#kept.set(key, made)
    made.catch(() => this.#kept.delete(key))
    for (const oldest of this.#kept.keys()) if (this.#kept.size > this.#max) this.#kept.delete(oldest)
    return made
  }
}
