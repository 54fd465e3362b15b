import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../deps.ts'
import { readClock } from '../platform/clock.ts'
import { decide } from '../platform/deciding.ts'
import { operation } from '../platform/openapi.ts'
import { keyOfCursor, PAGE_LIMIT_DEFAULT, pageOfRows } from '../platform/page.ts'
import { Problem } from '../platform/problem.ts'
import { DryRun, IdempotencyKeyHeader, ref } from '../platform/schema.ts'
import { assess, pageOfAssessments, ratingOf, readRating, simulate } from './commands.ts'
import {
  type Assessment,
  AssessmentPage,
  AssessmentPath,
  AssessmentQuery,
  Assessment as AssessmentSchema,
  CreditFileToAssess,
  CustomerPath,
  Models,
  NewAssessment,
  Rating,
  RatingPage,
  RatingQuery,
  SimulatedAssessment
} from './schema.ts'
import { findAssessment, listRatings } from './store.ts'

const tag = 'Scoring'

export const scoringRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/customers/:customerId/assessments',
      operation(tag, 'assessCustomer', 'Assess a customer and set the rating', 'write', {
        description:
          'Runs the model in force over the file as it is today. A run that ends unrated withdraws the rating.',
        params: CustomerPath,
        querystring: DryRun,
        headers: IdempotencyKeyHeader,
        body: ref(NewAssessment),
        response: { 201: ref(AssessmentSchema) },
        carries: ['Location'],
        problems: ['customer-not-found', 'model-missing', 'idempotency-key-invalid', 'idempotency-key-reused']
      }),
      (request, reply) =>
        decide(deps.db, request, reply, (trx) => assess(deps, trx, request.caller, request.params.customerId))
    )

    app.get(
      '/customers/:customerId/assessments/:assessmentId',
      operation(tag, 'getAssessment', 'Read an assessment', 'read', {
        carries: ['ETag'],
        params: AssessmentPath,
        response: { 200: ref(AssessmentSchema) },
        problems: ['not-found']
      }),
      async ({ params: { customerId, assessmentId } }) => {
        const row = await findAssessment(deps.db, customerId, assessmentId)
        if (row === undefined)
          throw new Problem('not-found', `There is no assessment ${assessmentId} of this customer.`)
        return row.document as Assessment
      }
    )

    app.get(
      '/customers/:customerId/assessments',
      operation(tag, 'listAssessments', 'List the assessments of a customer, newest first', 'read', {
        carries: ['ETag'],
        params: CustomerPath,
        querystring: AssessmentQuery,
        response: { 200: ref(AssessmentPage) },
        problems: ['customer-not-found', 'invalid-cursor']
      }),
      async ({ params, query }) => pageOfAssessments(deps.db, params.customerId, query)
    )

    app.post(
      '/assessments/simulate',
      operation(tag, 'simulateAssessment', 'Assess a file without storing anything', 'read', {
        body: ref(CreditFileToAssess),
        response: { 200: ref(SimulatedAssessment) },
        problems: ['unbalanced-statement', 'model-missing']
      }),
      async ({ body }) => simulate(deps, body)
    )

    app.get(
      '/customers/:customerId/rating',
      operation(tag, 'getRating', 'Read the rating in force', 'read', {
        carries: ['ETag'],
        params: CustomerPath,
        response: { 200: ref(Rating) },
        problems: ['customer-not-found']
      }),
      async ({ params }) => readRating(deps, params.customerId)
    )

    app.get(
      '/ratings',
      operation(tag, 'listRatings', 'List the ratings of all customers, or those that changed', 'read', {
        carries: ['ETag'],
        querystring: RatingQuery,
        response: { 200: ref(RatingPage) },
        problems: ['invalid-cursor']
      }),
      async ({ query: { cursor, limit = PAGE_LIMIT_DEFAULT, ...filters } }) => {
        const listing = { list: 'ratings', ...filters }
        const rows = await listRatings(deps.db, filters, keyOfCursor(cursor, listing), limit)
        const { today } = await readClock(deps.db, deps.clock)
        return pageOfRows(
          rows.map((row) => ratingOf(row, today)),
          limit,
          listing,
          (rating) => rating.customerId
        )
      }
    )

    app.get(
      '/models',
      operation('Configuration', 'listModels', 'List the scoring models in force', 'read', {
        carries: ['ETag'],
        response: { 200: ref(Models) }
      }),
      async () => ({ items: deps.models.map(({ model }) => model) })
    )
  }
