import { FILE_IS_ASSESSED } from '../../accounts/postings/file-change.ts'
import { customerChain } from '../../accounts/store.ts'
import { creditFile } from '../../credit-file/postings.ts'
import type { CreditFileRows } from '../../credit-file/store.ts'
import {
  addMonths,
  type CompiledModel,
  type CreditFile,
  championOf,
  EDITION,
  featureContext,
  featuresFor,
  type GivenInputs,
  type Grade,
  outcomeText,
  type ScoreResult,
  type Segment,
  scoreInOrder,
  scoreRecord
} from '../../engine/index.ts'
import type { ModelId } from '../../ids.ts'
import type { ActorText } from '../../platform/values/actors.ts'
import { sha256 } from '../../platform/values/canonical.ts'
import { idOf, newId } from '../../platform/values/ids.ts'
import type { BatchAccount, NewAssessmentRow } from '../store/batch.ts'

/** A model that decides for its segment. */
export interface Champion {
  readonly segment: Segment
  readonly compiled: CompiledModel
}

/** A file with what the model of its segment says of it. */
export interface AssessedFile {
  readonly account: BatchAccount
  readonly result: ScoreResult
  readonly document: string
  readonly outcome: string
  /** Until when the rating would be valid. */
  readonly validUntil: string
}

/**
 * Scores the file of a customer as a run over the portfolio does: without a call, so what the last
 * one gave for inputs of models holds, as of its day. Undefined where no model is in force for such
 * a customer.
 */
export function assessFile(
  { account, read }: { readonly account: BatchAccount; readonly read: CreditFileRows },
  active: readonly Champion[],
  validityMonths: number
): AssessedFile | undefined {
  const { today } = account
  const file = withInputs(creditFile(read, account.currency, today), account)
  const champion = championOf(active, file, today)
  if (champion === undefined) return undefined
  const previousGrade = gradeInForce(account)
  const features = featuresFor(champion.compiled, featureContext(file, today))
  const result = scoreInOrder(champion.compiled, features, today, { previousGrade })
  return {
    account,
    result,
    outcome: outcomeText(result),
    document: JSON.stringify({ ...scoreRecord(features, result, previousGrade), edition: EDITION }),
    validUntil: addMonths(today, validityMonths)
  }
}

function withInputs(file: CreditFile, { inputs }: BatchAccount): CreditFile {
  return inputs === null ? file : { ...file, inputs: JSON.parse(inputs) as GivenInputs }
}

function gradeInForce({ grade, ratingValidUntil, today }: BatchAccount): Grade | null {
  return ratingValidUntil !== null && ratingValidUntil >= today ? grade : null
}

/**
 * The rows of an assessment without a call: what a single assessment writes, but shorter, the
 * assessment as inputs and outcome, the entry as outcome and digest of that document. `besides` is
 * what the entry says beside that.
 */
export function assessmentRow(
  { account, result, document, outcome, validUntil }: AssessedFile,
  actor: ActorText,
  besides: object
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
    ...besides
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
    ...FILE_IS_ASSESSED,
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
