import { requireAccount } from '../../accounts/store.ts'
import type { CustomerId } from '../../ids.ts'
import { type Assessing, assessAhead } from '../../portfolio/postings/assess-ahead.ts'
import { type AssessedAhead, FILE_CHANGE, FileNotAssessed, isToBeAssessed, NOT_ASSESSED } from './changed-file.ts'

/** How often a file is scored anew because its account has changed meanwhile. */
const ATTEMPTS = 4

/**
 * Does what decides under the lock of an account. Where a changed file is to be assessed before, it
 * is scored without the lock, and all of the work is done once more with what came out.
 */
export async function assessingFirst<Result>(
  deps: Assessing,
  work: (ahead: AssessedAhead) => Promise<Result>
): Promise<Result> {
  let ahead = NOT_ASSESSED
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(ahead)
    } catch (error) {
      if (!(error instanceof FileNotAssessed)) throw error
      const row = await assessAhead(deps, error.customerId, FILE_CHANGE)
      ahead = { row, isLast: row === null || attempt === ATTEMPTS }
    }
  }
}

/** The same for work that is done once: what it needs is scored before, if it needs anything. */
export async function assessedBefore(deps: Assessing, customerId: CustomerId): Promise<AssessedAhead> {
  const account = await requireAccount(deps.db, customerId)
  const row = isToBeAssessed(deps.policy, account) ? await assessAhead(deps, customerId, FILE_CHANGE) : null
  return { row, isLast: true }
}
