import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Kysely, type QueryExecutorProvider, sql, type Transaction } from 'kysely'
import { inTransaction } from '../database/transaction.ts'
import { canonicalJson, differences } from '../values/canonical.ts'
import { Problem } from '../values/problem.ts'
import { listed, said } from '../values/said.ts'
import type { Language } from './language.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

/** The answer of a command: a status, the resource, and its location. */
export interface Answer {
  readonly status: 200 | 201 | 202 | 204
  readonly value?: object
  readonly location?: string
  readonly etag?: string
  /** The language of its sentences. A repetition gets the same. */
  readonly language?: Language
}

/** An answer as it is sent, and as it is stored for its key. */
export interface SentAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly replayed: boolean
}

/** The Idempotency-Key of a request, with the text of the request that a repetition must match. */
export interface KeyedRequest {
  readonly key: string
  readonly request: string
}

/**
 * Runs one command in one transaction and sends its answer. Everything is written over HTTP in this
 * way, except decisions made in groups (`platform/work/group-commit.ts`).
 *
 * With an Idempotency-Key the answer is stored in the same transaction as the effect, and a
 * repetition gets the same bytes. A failed request stores nothing, so its key may be used again.
 * With `?dryRun=true` everything runs and is rolled back. An answer with a secret is never stored,
 * so its request takes no key.
 */
export async function runCommand<Schema>(
  db: Kysely<Schema>,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (trx: Transaction<Schema>) => Promise<Answer>,
  { holdsSecret = false } = {}
): Promise<void> {
  const dryRun = isDryRun(request)
  const keyed = keyedRequest(request)
  if (holdsSecret && keyed !== undefined) throw new Problem('idempotency-key-invalid', details.secretAnswered)
  const sent = await inTransaction(
    db,
    async (trx) =>
      keyed === undefined ? sentAnswer(await work(trx)) : runOnce(trx, request.caller.keyId, keyed, work),
    { dryRun }
  )
  await sendAnswer(reply, sent, { dryRun })
}

export async function sendAnswer(reply: FastifyReply, sent: SentAnswer, { dryRun = false } = {}): Promise<void> {
  if (sent.replayed) reply.header('idempotency-replayed', 'true')
  // A dry run made nothing: there is no location, and no version to refer to.
  if (!dryRun) reply.headers(sent.headers)
  reply.code(dryRun && sent.status === 201 ? 200 : sent.status)
  if (sent.status !== 204) reply.type('application/json; charset=utf-8').serializer((body: string) => body)
  await reply.send(sent.body)
}

export function isDryRun(request: FastifyRequest): boolean {
  return (request.query as { dryRun?: boolean }).dryRun === true
}

/** An answer ready to send; `text` is the JSON of its value, when it is known already. */
export function sentAnswer(
  { status, value, location, etag, language }: Answer,
  text = value === undefined ? '' : JSON.stringify(value)
): SentAnswer {
  const headers = {
    ...(location === undefined ? {} : { location }),
    ...(etag === undefined ? {} : { etag }),
    ...(language === undefined ? {} : { 'content-language': language })
  }
  return { status, headers, body: text, replayed: false }
}

/**
 * Claims the key first. A second request with the same key waits for the first commit, then reads
 * the stored answer.
 */
async function runOnce<Schema>(
  trx: Transaction<Schema>,
  callerId: string,
  keyed: KeyedRequest,
  work: (trx: Transaction<Schema>) => Promise<Answer>
): Promise<SentAnswer> {
  const { rows: claimed } = await sql`insert into idempotency_keys (caller_id, idempotency_key, request, created_at)
    values (${callerId}, ${keyed.key}, ${keyed.request}, clock_timestamp()) on conflict do nothing returning 1`.execute(
    trx
  )
  if (claimed.length === 0) return readAnswer(trx, callerId, keyed)
  const answer = sentAnswer(await work(trx))
  await sql`update idempotency_keys set status = ${answer.status}, headers = ${JSON.stringify(answer.headers)}, body = ${answer.body}
    where caller_id = ${callerId} and idempotency_key = ${keyed.key}`.execute(trx)
  return answer
}

async function readAnswer(trx: QueryExecutorProvider, callerId: string, keyed: KeyedRequest): Promise<SentAnswer> {
  const { rows } = await sql<StoredAnswer>`
    select request, status, headers, body from idempotency_keys where caller_id = ${callerId} and idempotency_key = ${keyed.key}`.execute(
    trx
  )
  const stored = rows[0]
  if (stored === undefined) throw new Problem('contention', details.holderFailed)
  return replayedAnswer(stored, keyed)
}

/** What is stored of an answer, with the request that it answered. */
export interface StoredAnswer {
  readonly request: string
  readonly status: number
  readonly headers: string
  readonly body: string
}

/** The stored answer for a repetition; throws `idempotency-key-reused` when the request differs. */
export function replayedAnswer(stored: StoredAnswer, { request }: KeyedRequest): SentAnswer {
  if (stored.request !== request) {
    const differing = differences(JSON.parse(stored.request), JSON.parse(request))
    const detail = said(details.otherRequest, { differing: listed(differing) })
    throw new Problem('idempotency-key-reused', detail, { members: { differing } })
  }
  return { status: stored.status, headers: JSON.parse(stored.headers), body: stored.body, replayed: true }
}

/**
 * The key of a POST that writes, bare or as a quoted string; undefined when there is none. Throws
 * `idempotency-key-invalid`.
 */
export function keyedRequest(request: FastifyRequest): KeyedRequest | undefined {
  if (request.method !== 'POST' || isDryRun(request)) return undefined
  const names = request.raw.rawHeaders.filter((_name, index) => index % 2 === 0)
  const times = names.filter((name) => name.toLowerCase() === 'idempotency-key').length
  if (times === 0) return undefined
  const text = String(request.headers['idempotency-key'])
  const key = text.replace(/^"(.*)"$/, '$1')
  // A quotation mark that is left was half of a pair.
  if (times > 1 || !/^[\x21-\x7e]{1,255}$/.test(key) || /^"|"$/.test(key)) {
    throw new Problem('idempotency-key-invalid', details.idempotencyKeyForm)
  }
  return keyedAs(key, request)
}

/**
 * A key with the request that it came with, or with the part of a larger one that it stands for.
 */
export function keyedAs(
  key: string,
  { method, url, body }: { readonly method: string; readonly url: string; readonly body?: unknown }
): KeyedRequest {
  // A stream that was read has no content left by which two requests could be told apart.
  if (body instanceof Readable) throw new Error('a body that streams is compared by what was read of it')
  return { key, request: canonicalJson({ method, url, body: body ?? null }) }
}
