import Type, { type Static } from 'typebox'
import { CustomerId } from '../../ids.ts'
import { BusinessDate, component, nullable, oneOf, pageOf, pageQuery, Timestamp } from '../../platform/http/schema.ts'
import { Grade } from './fields.ts'

const RATING_STATES = ['in_force', 'expired', 'unrated'] as const

export const Rating = component(
  'Rating',
  'The grade in force',
  Type.Object({
    customerId: CustomerId,
    state: oneOf(RATING_STATES, { description: 'unrated: there is no rating, or the last assessment withdrew it' }),
    grade: nullable(Grade, 'From AAA, the best, to D, in default; null: unrated'),
    validUntil: nullable(BusinessDate, 'Last day of the rating; null: unrated'),
    assessmentId: nullable(
      Type.String({ maxLength: 64 }),
      'The assessment that set or withdrew it; null: there was none'
    ),
    ratedAt: nullable(Timestamp, 'When that was; null: never'),
    fileChangedAt: nullable(
      Timestamp,
      'When evidence, a statement or the profile changed that the rating does not know of, the gravest such change; null: it knows of all'
    )
  })
)
export type Rating = Static<typeof Rating>
export const RatingPage = pageOf('RatingPage', Rating)
export const RatingQuery = Type.Object(
  {
    updatedSince: Type.Optional({
      ...Timestamp,
      description: 'Only ratings that were set or withdrawn at or after this instant'
    }),
    ...pageQuery
  },
  { additionalProperties: false }
)
export type RatingQuery = Static<typeof RatingQuery>
