import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Kysely, type QueryExecutorProvider, sql, type Transaction } from 'kysely'
import { canonicalJson } from './canonical.ts'
import { Problem } from './problem.ts'
import { inTransaction } from './transaction.ts'

/** What a command answers: a status, the resource, and where it lies. */
export interface Answer {
  readonly status: 200 | 201 | 204
  readonly value?: object
  readonly location?: string
  readonly etag?: string
}

interface SentAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly replayed: boolean
}

/**
 * Runs one command in one transaction and sends its answer; the one way in which anything is written over HTTP.
 *
 * With an Idempotency-Key the answer is stored in the same transaction as the effect and returned byte for byte to a repetition.
 * A request that fails stores nothing, so its key may be used again. With `?dryRun=true` everything runs and is rolled back.
 * An answer that holds a secret is never stored, so such a request takes no key.
 */
export async function decide<Schema>(
  db: Kysely<Schema>,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (trx: Transaction<Schema>) => Promise<Answer>,
  { holdsSecret = false } = {}
): Promise<void> {
  const dryRun = (request.query as { dryRun?: boolean }).dryRun === true
  const key = request.method === 'POST' && !dryRun ? idempotencyKeyOf(request) : undefined
  if (holdsSecret && key !== undefined)
    throw new Problem(
      'idempotency-key-invalid',
      'The answer holds a secret, which is not kept: send no Idempotency-Key.'
    )
  const sent = await inTransaction(
    db,
    async (trx) => (key === undefined ? sentAnswer(await work(trx)) : once(trx, request, key, work)),
    { dryRun }
  )
  if (sent.replayed) reply.header('idempotency-replayed', 'true')
  // A dry run made nothing: there is no place to point to, and no version to hold on to.
  if (!dryRun) reply.headers(sent.headers)
  reply.code(dryRun && sent.status === 201 ? 200 : sent.status)
  if (sent.status !== 204) reply.type('application/json; charset=utf-8').serializer((body: string) => body)
  await reply.send(sent.body)
}

function sentAnswer({ status, value, location, etag }: Answer): SentAnswer {
  const headers = { ...(location === undefined ? {} : { location }), ...(etag === undefined ? {} : { etag }) }
  return { status, headers, body: value === undefined ? '' : JSON.stringify(value), replayed: false }
}

/** Claims the key first: a second request with it waits for the first one's commit, then reads the stored answer. */
async function once<Schema>(
  trx: Transaction<Schema>,
  request: FastifyRequest,
  key: string,
  work: (trx: Transaction<Schema>) => Promise<Answer>
): Promise<SentAnswer> {
  const callerId = request.caller.keyId
  const asked = canonicalJson({ method: request.method, url: request.url, body: request.body ?? null })
  const { rows: claimed } = await sql`insert into idempotency_keys (caller_id, idempotency_key, request, created_at)
    values (${callerId}, ${key}, ${asked}, clock_timestamp()) on conflict do nothing returning 1`.execute(trx)
  if (claimed.length === 0) return storedAnswer(trx, callerId, key, asked)
  const answer = sentAnswer(await work(trx))
  await sql`update idempotency_keys set status = ${answer.status}, headers = ${JSON.stringify(answer.headers)}, body = ${answer.body}
    where caller_id = ${callerId} and idempotency_key = ${key}`.execute(trx)
  return answer
}

async function storedAnswer(
  trx: QueryExecutorProvider,
  callerId: string,
  key: string,
  asked: string
): Promise<SentAnswer> {
  const { rows } = await sql<{ request: string; status: number; headers: string; body: string }>`
    select request, status, headers, body from idempotency_keys where caller_id = ${callerId} and idempotency_key = ${key}`.execute(
    trx
  )
  const stored = rows[0]
  if (stored === undefined)
    throw new Problem('contention', 'The request that holds this Idempotency-Key has just failed.')
  if (stored.request !== asked) {
    const differing = differences(JSON.parse(stored.request), JSON.parse(asked))
    throw new Problem(
      'idempotency-key-reused',
      `The key was used with another request; they differ at ${differing.join(', ')}.`,
      {
        members: { differing }
      }
    )
  }
  return { status: stored.status, headers: JSON.parse(stored.headers), body: stored.body, replayed: true }
}

/** JSON pointers at which two requests differ, at most ten. */
function differences(left: unknown, right: unknown, pointer = ''): string[] {
  if (canonicalJson(left) === canonicalJson(right)) return []
  if (!isObject(left) || !isObject(right)) return [pointer]
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])]
  return keys.flatMap((name) => differences(left[name] ?? null, right[name] ?? null, `${pointer}/${name}`)).slice(0, 10)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The key of the request, bare or as a quoted string; undefined when none was sent. */
function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const names = request.raw.rawHeaders.filter((_name, index) => index % 2 === 0)
  const times = names.filter((name) => name.toLowerCase() === 'idempotency-key').length
  if (times === 0) return undefined
  const text = String(request.headers['idempotency-key'])
  const key = text.replace(/^"(.*)"$/, '$1')
  if (times > 1 || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new Problem('idempotency-key-invalid', 'Send one Idempotency-Key of 1 to 255 visible ASCII characters.')
  }
  return key
}
