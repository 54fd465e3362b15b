import { type LockedAccount, lockAccount } from '../../accounts/store.ts'
import type { Reader, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import type { CustomerId } from '../../ids.ts'
import { inTransaction } from '../../platform/database/transaction.ts'
import { Problem } from '../../platform/values/problem.ts'
import { sweep } from '../../reservations/postings/sweep.ts'
import { assessingFirst } from '../postings/assess-first.ts'
import { type AssessedAhead, withAssessedFile } from '../postings/changed-file.ts'
import { retryWaiting } from '../postings/queue.ts'
import { customersToReevaluate } from '../store/blocks.ts'

/** Customers found in one look. */
const CUSTOMERS_MAX = 100

/** Whether headroom may have risen for a waiting order. */
export async function isReevaluationDue({ db }: Pick<Deps, 'db'>): Promise<boolean> {
  return (await customersToReevaluate(db, 1)).length > 0
}

/**
 * Decides all orders again for which headroom may have risen, each customer in a transaction of its
 * own.
 */
export async function workAtReevaluations(deps: Deps, signal: AbortSignal): Promise<void> {
  await eachCustomer(deps, signal, customersToReevaluate, async (trx, locked, ahead) => {
    await retryWaiting(trx, deps, await sweep(trx, await withAssessedFile(trx, deps, locked, ahead)))
  })
}

/**
 * Works on customers, each with its account locked, until none is found. A failure delays
 * no other customer: its error is thrown at the end of the round, for another attempt.
 */
export async function eachCustomer(
  deps: Deps,
  signal: AbortSignal,
  find: (db: Reader, limit: number) => Promise<CustomerId[]>,
  work: (trx: Writer, locked: LockedAccount, ahead: AssessedAhead) => Promise<void>
): Promise<void> {
  for (;;) {
    const customerIds = await find(deps.db, CUSTOMERS_MAX)
    const failures: unknown[] = []
    for (const customerId of customerIds) {
      signal.throwIfAborted()
      await assessingFirst(deps, (ahead) =>
        inTransaction(deps.db, async (trx) => work(trx, await lockAccount(trx, deps.clock, customerId), ahead))
      ).catch((error: unknown) => {
        // None gets through when the database is out of reach.
        if (error instanceof Problem && error.slug === 'temporary-reduced-capacity') throw error
        failures.push(error)
      })
    }
    if (failures.length > 0) throw failures[0]
    if (customerIds.length < CUSTOMERS_MAX) return
  }
}
