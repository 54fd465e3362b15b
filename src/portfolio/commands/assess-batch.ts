import { customerChain } from '../../accounts/store.ts'
import { creditFile } from '../../credit-file/postings.ts'
import type { Deps, ModelInForce, ModelsInForce } from '../../deps.ts'
import {
  addMonths,
  type CreditFile,
  championOf,
  daysBetween,
  EDITION,
  featureContext,
  featuresFor,
  type GivenInputs,
  type Grade,
  outcomeText,
  type ScoreResult,
  scoreInOrder,
  scoreRecord
} from '../../engine/index.ts'
import type { CustomerId, ModelId, RunId } from '../../ids.ts'
import { sha256 } from '../../platform/values/canonical.ts'
import { idOf, newId } from '../../platform/values/ids.ts'
import { yieldToEventLoop } from '../../platform/work/pace.ts'
import { failedRow } from '../../runs/postings/kind.ts'
import type { NewRunRow } from '../../runs/store.ts'
import type { Batch, BatchAccount, NewAssessmentRow } from '../store/batch.ts'

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
  readonly actor: string
}

/**
 * Scores every customer of a batch. It writes what a single assessment writes, but shorter: the
 * assessment as inputs and outcome, the journal entry as outcome and digest of that document.
 *
 * A run has no call: what the last one gave for inputs of models holds, as of its day.
 *
 * A customer with an unchanged outcome gets nothing new, unless less than half of the validity of
 * the rating is left. Then the assessment confirms the rating and prolongs it.
 */
export async function assessBatch(batch: Batch, assessing: Assessing): Promise<AssessedBatch> {
  const { accounts, files } = batch
  const changes: NewAssessmentRow[] = []
  const unrated = new Set<CustomerId>()
  const failures: NewRunRow[] = []
  for (const [index, account] of accounts.entries()) {
    if (index % TURN_CUSTOMERS === 0) await yieldToEventLoop()
    try {
      const read = files[index]
      if (read === undefined) throw new Error('an account of a batch comes with its file')
      const { today } = account
      const validUntil = addMonths(today, assessing.policy.rating.validityMonths)
      const file = withInputs(creditFile(read, account.currency, today), account)
      const champion = championOf(assessing.models.active, file, today)
      if (champion === undefined) {
        failures.push(
          failedRow({
            subject: account.customerId,
            reason: `No model for customers of the kind ${file.profile.kind} is in force.`
          })
        )
        continue
      }
      const run = scoreOf(champion, file, account)
      if (run.result.status === 'unrated') unrated.add(account.customerId)
      if (isStanding(account, run, validUntil)) continue
      changes.push(assessmentRow(account, run, validUntil, assessing))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      failures.push(failedRow({ subject: account.customerId, reason }))
    }
  }
  return { changes, unrated, failures }
}

function withInputs(file: CreditFile, { inputs }: BatchAccount): CreditFile {
  return inputs === null ? file : { ...file, inputs: JSON.parse(inputs) as GivenInputs }
}

interface Run {
  readonly result: ScoreResult
  readonly document: string
  readonly outcome: string
}

function scoreOf({ compiled }: ModelInForce, file: CreditFile, account: BatchAccount): Run {
  const { today } = account
  const previousGrade = gradeInForce(account)
  const features = featuresFor(compiled, featureContext(file, today))
  const result = scoreInOrder(compiled, features, today, { previousGrade })
  return {
    result,
    outcome: outcomeText(result),
    document: JSON.stringify({ ...scoreRecord(features, result, previousGrade), edition: EDITION })
  }
}

function gradeInForce({ grade, ratingValidUntil, today }: BatchAccount): Grade | null {
  return ratingValidUntil !== null && ratingValidUntil >= today ? grade : null
}

/** Whether the stored rating says the same and is valid for long enough. */
function isStanding({ outcome, ratingValidUntil, today }: BatchAccount, run: Run, validUntil: string): boolean {
  if (outcome !== run.outcome) return false
  return ratingValidUntil === null || daysBetween(today, ratingValidUntil) * 2 >= daysBetween(today, validUntil)
}

function assessmentRow(
  account: BatchAccount,
  { result, document, outcome }: Run,
  validUntil: string,
  { runId, actor }: Assessing
): NewAssessmentRow {
  const { customerId, version, at, inputs } = account
  const { model, asOf, status, score, pd, grade, advice } = result
  const assessmentId = newId('asm')
  const ratingValidUntil = grade === null ? null : validUntil
  const payload = {
    documentSha256: sha256(document),
    edition: EDITION,
    moves: {},
    previousGrade: account.grade,
    ratingValidUntil,
    result: { advice, grade, model, pd, score, status },
    runId
  }
  const made = { type: 'assessment.made', subject: assessmentId, payload }
  const [entry] = customerChain(customerId).join(account, [made], { at, actor })
  if (entry === undefined) throw new Error('an assessment is journaled')
  return {
    customerId,
    versionBefore: version,
    journalSeq: entry.seq,
    journalHash: entry.hash,
    updatedAt: at,
    grade,
    ratingAssessmentId: assessmentId,
    ratingValidUntil,
    ratedAt: at,
    ratingAdvice: advice,
    asOf,
    modelId: idOf<ModelId>(model.id),
    modelVersion: model.version,
    status,
    document,
    outcome,
    inputs,
    payload: entry.payload,
    previousHash: entry.previousHash
  }
}
