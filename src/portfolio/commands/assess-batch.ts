import type { Deps, ModelsInForce } from '../../deps.ts'
import { type CustomerKind, daysBetween } from '../../engine/index.ts'
import type { CustomerId, RunId } from '../../ids.ts'
import type { ActorText } from '../../platform/values/actors.ts'
import { said } from '../../platform/values/said.ts'
import { yieldToEventLoop } from '../../platform/work/pace.ts'
import { failedRow, failureReason } from '../../runs/postings/kind.ts'
import type { NewRunRow } from '../../runs/store.ts'
import { type AssessedFile, assessFile, assessmentRow } from '../postings/assessed-file.ts'
import type { Batch, NewAssessmentRow } from '../store/batch.ts'
import texts from '../texts.json' with { type: 'json' }

const { details } = texts

/** The outcome of scoring a batch. */
export interface AssessedBatch {
  /** Customers whose stored rating is out of date, with the rows to write for each. */
  readonly changes: readonly NewAssessmentRow[]
  /** Ids of the unrated customers. */
  readonly unrated: ReadonlySet<CustomerId>
  /** Customers that could not be scored, with the reason. */
  readonly failures: readonly NewRunRow[]
}

/** Customers scored in one slice: a few milliseconds during which nothing else runs. */
const TURN_CUSTOMERS = 50

interface Assessing extends Pick<Deps, 'policy'> {
  readonly models: ModelsInForce
  readonly runId: RunId
  readonly actor: ActorText
}

/**
 * Scores every customer of a batch. A customer with an unchanged outcome gets nothing new, unless
 * something has come onto its file, or less than half of the validity of the rating is left. Then
 * the assessment confirms the rating and prolongs it.
 */
export async function assessBatch(batch: Batch, assessing: Assessing): Promise<AssessedBatch> {
  const { accounts, files } = batch
  const { models, policy, actor, runId } = assessing
  const changes: NewAssessmentRow[] = []
  const unrated = new Set<CustomerId>()
  const failures: NewRunRow[] = []
  for (const [index, account] of accounts.entries()) {
    if (index % TURN_CUSTOMERS === 0) await yieldToEventLoop()
    const { customerId } = account
    try {
      const read = files[index]
      if (read === undefined) throw new Error('an account of a batch comes with its file')
      const assessed = assessFile({ account, read }, models.active, policy.rating.validityMonths)
      if (assessed === undefined) {
        const { kind } = read.profile as { kind: CustomerKind }
        const reason = said(details.noModel, { kind: texts.kinds[kind] })
        failures.push(failedRow({ subject: customerId, reason }))
        continue
      }
      if (assessed.result.status === 'unrated') unrated.add(customerId)
      if (!isStanding(assessed)) changes.push(assessmentRow(assessed, actor, { runId }))
    } catch (error) {
      failures.push(failedRow({ subject: customerId, reason: failureReason(error) }))
    }
  }
  return { changes, unrated, failures }
}

/**
 * Whether the stored rating says the same, knows of all that is on file, and is valid for long
 * enough.
 */
function isStanding({ account, outcome, validUntil }: AssessedFile): boolean {
  const { ratingValidUntil, fileChange, today } = account
  if (fileChange !== null || account.outcome !== outcome) return false
  return ratingValidUntil === null || daysBetween(today, ratingValidUntil) * 2 >= daysBetween(today, validUntil)
}
