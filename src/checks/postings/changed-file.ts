import { type LockedAccount, lockAccount } from '../../accounts/store.ts'
import type { Row, Writer } from '../../database.ts'
import { effectOf, type Policy } from '../../engine/index.ts'
import type { CustomerId } from '../../ids.ts'
import type { Clock } from '../../platform/database/clock.ts'
import { systemActor } from '../../platform/values/actors.ts'
import { type NewAssessmentRow, writeAssessments } from '../../portfolio/store/batch.ts'

/** The actor of an assessment that a check has made before it decides. */
export const FILE_CHANGE = systemActor('file_change')

/** What was found out about a changed file before the account was locked. */
export interface AssessedAhead {
  /** The assessment, not written yet; null: it was not asked for, or cannot be made. */
  readonly row: NewAssessmentRow | null
  /** Whether the decision is made now in any case; a file that is still not assessed refers it. */
  readonly isLast: boolean
}

export const NOT_ASSESSED: AssessedAhead = { row: null, isLast: false }

/**
 * The file of a customer is to be assessed before anything is decided. Thrown under the lock, so
 * that nothing is written and the lock is given back while the file is scored.
 */
export class FileNotAssessed extends Error {
  readonly customerId: CustomerId

  constructor(customerId: CustomerId) {
    super(`the file of ${customerId} is to be assessed first`)
    this.customerId = customerId
  }
}

/** Whether something has come onto the file that a check has assessed before it decides. */
export function isToBeAssessed({ check }: Policy, { fileChange }: Pick<Row<'creditAccounts'>, 'fileChange'>): boolean {
  return effectOf(check, fileChange) === 'assess'
}

/**
 * A locked account whose rating knows of all that is on file. An assessment that was made ahead is
 * written, if the account has not changed since. Throws `FileNotAssessed`.
 */
export async function withAssessedFile(
  trx: Writer,
  { clock, policy }: { readonly clock: Clock; readonly policy: Policy },
  locked: LockedAccount,
  { row, isLast }: AssessedAhead
): Promise<LockedAccount> {
  const { account } = locked
  if (!isToBeAssessed(policy, account)) return locked
  if (row?.versionBefore === account.version) {
    await writeAssessments(trx, FILE_CHANGE, [row])
    return lockAccount(trx, clock, account.customerId)
  }
  if (isLast) return locked
  throw new FileNotAssessed(account.customerId)
}
