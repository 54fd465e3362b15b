import { readCurrentAccount } from '../../accounts/store.ts'
import type { Row } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import type { CustomerId } from '../../ids.ts'
import type { Rating } from '../schema/ratings.ts'

/** The rating of a customer as it stands today. */
export async function readRating({ db, clock }: Deps, customerId: CustomerId): Promise<Rating> {
  const { account, today } = await readCurrentAccount(db, clock, customerId)
  return ratingOf(account, today)
}

/** The rating of an account row as it stands on a day. */
export function ratingOf(
  account: Pick<
    Row<'creditAccounts'>,
    'customerId' | 'grade' | 'ratingValidUntil' | 'ratingAssessmentId' | 'ratedAt' | 'fileChangedAt'
  >,
  today: string
): Rating {
  const { customerId, grade, ratingValidUntil, ratingAssessmentId, ratedAt, fileChangedAt } = account
  const state =
    grade === null || ratingValidUntil === null ? 'unrated' : ratingValidUntil < today ? 'expired' : 'in_force'
  return {
    customerId,
    state,
    grade,
    validUntil: ratingValidUntil,
    assessmentId: ratingAssessmentId,
    ratedAt,
    fileChangedAt
  }
}
