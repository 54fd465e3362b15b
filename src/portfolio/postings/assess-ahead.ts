import type { Reader } from '../../database.ts'
import type { Policy } from '../../engine/index.ts'
import type { CustomerId } from '../../ids.ts'
import type { Clock } from '../../platform/database/clock.ts'
import { storageProblem } from '../../platform/database/transaction.ts'
import type { ActorText } from '../../platform/values/actors.ts'
import { type NewAssessmentRow, readBatch } from '../store/batch.ts'
import { assessFile, assessmentRow, type Champion } from './assessed-file.ts'

/** What scoring a file takes. */
export interface Assessing {
  readonly db: Reader
  readonly clock: Clock
  readonly policy: Policy
  readonly models: { inForce(db: Reader): Promise<{ readonly active: readonly Champion[] }> }
}

/**
 * Scores the present file of a customer, and writes nothing. The row is to be written on condition
 * that the account has not changed since. Null where the assessment cannot be made: no model is in
 * force for such a customer, or its file cannot be read or scored.
 */
export async function assessAhead(
  { db, clock, policy, models }: Assessing,
  customerId: CustomerId,
  actor: ActorText
): Promise<NewAssessmentRow | null> {
  try {
    const { accounts, files } = await readBatch(db, clock, { customerIds: [customerId] })
    const [account] = accounts
    const [read] = files
    if (account === undefined || read === undefined) return null
    const { active } = await models.inForce(db)
    const assessed = assessFile({ account, read }, active, policy.rating.validityMonths)
    return assessed === undefined ? null : assessmentRow(assessed, actor, {})
  } catch (error) {
    const slug = storageProblem(error)?.slug
    // Without the database there is nothing to decide; any other fault is one of this file.
    if (slug !== undefined && slug !== 'contention') throw error
    return null
  }
}
