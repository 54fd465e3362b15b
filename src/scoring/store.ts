import { sql } from 'kysely'
import { kindOf } from '../customers/store.ts'
import type { NewRow, Reader, Row, Write } from '../database.ts'
import type { AssessmentId, CustomerId } from '../ids.ts'
import { type Clock, heldInstant } from '../platform/database/clock.ts'
import type { RatingQuery } from './schema/ratings.ts'

/** An assessment with the kind of its customer. */
export type OwnedAssessment = Row<'assessments'> & Pick<Row<'customers'>, 'kind'>

export function insertAssessment(row: NewRow<'assessments'>): Write {
  return (db) => db.insertInto('assessments').values(row)
}

export function insertShadowAssessment(row: NewRow<'shadowAssessments'>): Write {
  return (db) => db.insertInto('shadowAssessments').values(row)
}

export async function findAssessment(
  db: Reader,
  customerId: CustomerId,
  assessmentId: AssessmentId
): Promise<OwnedAssessment | undefined> {
  return db
    .selectFrom('assessments')
    .selectAll()
    .select(kindOf('assessments.customerId').as('kind'))
    .where('customerId', '=', customerId)
    .where('assessmentId', '=', assessmentId)
    .executeTakeFirst()
}

/** What challengers said beside an assessment, by model and version. */
export async function shadowAssessmentsOf(
  db: Reader,
  customerId: CustomerId,
  assessmentId: AssessmentId
): Promise<Row<'shadowAssessments'>[]> {
  return db
    .selectFrom('shadowAssessments')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('assessmentId', '=', assessmentId)
    .orderBy('modelId')
    .orderBy('modelVersion')
    .limit(200)
    .execute()
}

/** Assessments of a customer, newest first, one more than the page holds. */
export async function listAssessments(
  db: Reader,
  customerId: CustomerId,
  beforeId: AssessmentId | undefined,
  limit: number
): Promise<OwnedAssessment[]> {
  let select = db
    .selectFrom('assessments')
    .selectAll()
    .select(kindOf('assessments.customerId').as('kind'))
    .where('customerId', '=', customerId)
    .orderBy('assessmentId', 'desc')
    .limit(limit + 1)
  if (beforeId !== undefined) select = select.where('assessmentId', '<', beforeId)
  return select.execute()
}

/**
 * What the accounts hold of ratings, by customer id, each with the day that it is there. A rating
 * that was withdrawn is listed as well.
 */
export async function listRatings(
  db: Reader,
  clock: Clock,
  { updatedSince }: RatingQuery,
  afterId: CustomerId | undefined,
  limit: number
) {
  let select = db
    .selectFrom('creditAccounts')
    .select(['customerId', 'grade', 'ratingValidUntil', 'ratingAssessmentId', 'ratedAt', 'fileChangedAt'])
    .select(clock.dayOf(heldInstant(clock.now, sql`updated_at`)).as('today'))
    .where('ratedAt', 'is not', null)
    .orderBy('customerId')
    .limit(limit + 1)
  if (updatedSince !== undefined) select = select.where('ratedAt', '>=', updatedSince)
  if (afterId !== undefined) select = select.where('customerId', '>', afterId)
  return select.execute()
}
