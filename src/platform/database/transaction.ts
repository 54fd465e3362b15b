import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely, Transaction } from 'kysely'
import { Problem } from '../values/problem.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

const ATTEMPTS_MAX = 4

/** Thrown inside a transaction to roll it back and still answer. */
class RolledBack<Result> extends Error {
  readonly result: Result
  constructor(result: Result) {
    super('rolled back on purpose')
    this.result = result
  }
}

/**
 * Runs one unit of work in one transaction: all of it commits, or nothing.
 *
 * With `dryRun` the same work runs and is rolled back. A serialization failure, a deadlock or an
 * Idempotency-Key used by another transaction is retried, and in the end reported as `contention`.
 * A connection that breaks during the commit is reported as `outcome-unknown`: a retry with the
 * same Idempotency-Key tells what happened.
 */
export async function inTransaction<Schema, Result>(
  db: Kysely<Schema>,
  work: (trx: Transaction<Schema>) => Promise<Result>,
  { dryRun = false } = {}
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    let worked = false
    try {
      return await db.transaction().execute(async (trx) => {
        worked = false
        const result = await work(trx)
        if (dryRun) throw new RolledBack(result)
        worked = true
        return result
      })
    } catch (error) {
      if (error instanceof RolledBack) return error.result as Result
      if (error instanceof Problem) throw error
      if (isTransient(error) && attempt < ATTEMPTS_MAX) {
        await sleep(5 * 2 ** attempt)
        continue
      }
      throw storageProblem(error, worked) ?? error
    }
  }
}

/** What a database error means to the caller; undefined for a fault of the service itself. */
export function storageProblem(error: unknown, committing = false): Problem | undefined {
  const code = codeOf(error)
  const unreachable = code === undefined ? isConnectionLoss(error) : isUnreachable(code)
  if (unreachable && committing) {
    return new Problem('outcome-unknown', details.brokenCommit, { cause: error })
  }
  if (unreachable) return new Problem('temporary-reduced-capacity', details.unreachable, { cause: error })
  if (code === undefined) return undefined
  if (isTransient(error) || code === '55P03') return new Problem('contention', details.accountHeld, { cause: error })
  if (code === '57014') return new Problem('contention', details.tookTooLong, { cause: error })
  if (code === '53100' || code === '58030')
    return new Problem('storage-exhausted', details.cannotWrite, { cause: error })
  if (code === '25006') return new Problem('temporary-reduced-capacity', details.readOnly, { cause: error })
  return undefined
}

/** Another transaction has used the same Idempotency-Key. The retry finds its answer. */
function isKeyUsed(error: unknown): boolean {
  return codeOf(error) === '23505' && (error as { constraint?: unknown }).constraint === 'idempotency_keys_pkey'
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined
  return typeof code === 'string' ? code : undefined
}

function isTransient(error: unknown): boolean {
  const code = codeOf(error)
  return code === '40001' || code === '40P01' || isKeyUsed(error)
}

function isUnreachable(code: string): boolean {
  return (
    (code.startsWith('08') && code !== '08P01') ||
    code.startsWith('57P') ||
    code === '53300' ||
    /^E(CONN|PIPE|HOST|NET|TIMEDOUT|NOENT|NOTFOUND|AI_)/.test(code)
  )
}

function isConnectionLoss(error: unknown): boolean {
  return (
    error instanceof Error &&
    /connection terminated|timeout exceeded when trying to connect|connection timeout|query read timeout|client was closed|not queryable/i.test(
      error.message
    )
  )
}
