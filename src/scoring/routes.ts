import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { CustomerPath } from '../accounts/schema.ts'
import type { Deps } from '../deps.ts'
import { runCommand } from '../platform/http/command.ts'
import { languageOf } from '../platform/http/language.ts'
import { operation } from '../platform/http/openapi.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, pageOfRows } from '../platform/http/page.ts'
import { readerFor } from '../platform/http/reports.ts'
import { AcceptLanguageHeader, IdempotencyKeyHeader, ref } from '../platform/http/schema.ts'
import { DryRunForReader, ReaderQuery } from '../wording/schema.ts'
import { ratingOf, readRating } from './commands/rating.ts'
import {
  assess,
  featureCatalogue,
  pageOfAssessments,
  readAssessment,
  readCounterfactuals,
  readShadowAssessments,
  simulate
} from './commands.ts'
import {
  Assessment,
  AssessmentPage,
  AssessmentPath,
  AssessmentQuery,
  NewAssessment,
  ShadowAssessments,
  SimulatedAssessment,
  SimulateQuery
} from './schema/assessments.ts'
import { Counterfactuals } from './schema/counterfactuals.ts'
import { CreditFileToAssess } from './schema/credit-file.ts'
import { FeatureQuery, Features } from './schema/features.ts'
import { Rating, RatingPage, RatingQuery } from './schema/ratings.ts'
import { listRatings } from './store.ts'

/** What the list is in the order of. */
const CUSTOMER_KEY = listKey({ customerId: KeyField.clientId<'customer'>() })

const tag = 'Scoring'
/** What an answer with sentences says of them. */
const WORDED = ['Content-Language', 'Vary'] as const
const AssessHeaders = Type.Object({ ...IdempotencyKeyHeader.properties, ...AcceptLanguageHeader.properties })

export const scoringRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/customers/:customerId/assessments',
      operation(tag, 'assessCustomer', 'Assess a customer and set the rating', 'file', {
        description:
          'Runs the model in force over the file as it is today, with what `inputs` gives for inputs that the model declares. A run that ends unrated withdraws the rating.',
        params: CustomerPath,
        querystring: DryRunForReader,
        headers: AssessHeaders,
        body: ref(NewAssessment),
        response: { 201: ref(Assessment) },
        carries: ['Location', ...WORDED],
        problems: ['customer-not-found', 'model-missing', 'idempotency-key-invalid', 'idempotency-key-reused']
      }),
      (request, reply) => {
        const wording = { reader: request.query.reader, language: languageOf(request, reply) }
        const { customerId } = request.params
        return runCommand(deps.db, request, reply, (trx) =>
          assess(deps, trx, request.caller, customerId, request.body, wording)
        )
      }
    )

    app.get(
      '/customers/:customerId/assessments/:assessmentId',
      operation(tag, 'getAssessment', 'Read an assessment', 'read', {
        carries: ['ETag', ...WORDED],
        params: AssessmentPath,
        querystring: ReaderQuery,
        headers: AcceptLanguageHeader,
        response: { 200: ref(Assessment) },
        problems: ['not-found']
      }),
      async (request, reply) => {
        const { params, query } = request
        const wording = { reader: query.reader, language: languageOf(request, reply) }
        return readAssessment(deps, params.customerId, params.assessmentId, wording)
      }
    )

    app.get(
      '/customers/:customerId/assessments/:assessmentId/counterfactuals',
      operation(tag, 'getCounterfactuals', 'Read what would have led to a better assessment', 'read', {
        description:
          'The smallest sets of changes that the customer can influence and that reach the next better grade, or a rating where there is none, under the model and on the day of the assessment. Features are changed independently of each other; ratios of one statement move together in truth.',
        carries: ['ETag', ...WORDED],
        params: AssessmentPath,
        querystring: ReaderQuery,
        headers: AcceptLanguageHeader,
        response: { 200: ref(Counterfactuals) },
        problems: ['not-found', 'model-version-missing']
      }),
      async (request, reply) => {
        const { customerId, assessmentId } = request.params
        const wording = { reader: request.query.reader, language: languageOf(request, reply) }
        return readCounterfactuals(deps, customerId, assessmentId, wording)
      }
    )

    app.get(
      '/customers/:customerId/assessments/:assessmentId/shadow-assessments',
      operation(tag, 'listShadowAssessments', 'List what models in shadow said beside an assessment', 'read', {
        description: 'They ran on the same facts, and decided nothing.',
        carries: ['ETag', ...WORDED],
        params: AssessmentPath,
        querystring: ReaderQuery,
        headers: AcceptLanguageHeader,
        response: { 200: ref(ShadowAssessments) },
        problems: ['not-found']
      }),
      async (request, reply) => {
        const { params, query } = request
        const wording = { reader: query.reader, language: languageOf(request, reply) }
        return readShadowAssessments(deps, params.customerId, params.assessmentId, wording)
      }
    )

    app.get(
      '/customers/:customerId/assessments',
      operation(tag, 'listAssessments', 'List the assessments of a customer, newest first', 'read', {
        carries: ['ETag', 'Data-As-Of', ...WORDED],
        params: CustomerPath,
        querystring: AssessmentQuery,
        headers: AcceptLanguageHeader,
        response: { 200: ref(AssessmentPage) },
        problems: ['customer-not-found', 'invalid-cursor']
      }),
      async (request, reply) => {
        const wording = { reader: request.query.reader, language: languageOf(request, reply) }
        const db = await readerFor(deps.reports, reply)
        return pageOfAssessments({ ...deps, db }, request.params.customerId, request.query, wording)
      }
    )

    app.post(
      '/assessments/simulate',
      operation(tag, 'simulateAssessment', 'Assess a file without storing anything', 'read', {
        description: 'For a customer who is not kept here: the whole file stands in the request.',
        carries: [...WORDED],
        querystring: SimulateQuery,
        headers: AcceptLanguageHeader,
        body: ref(CreditFileToAssess),
        response: { 200: ref(SimulatedAssessment) },
        problems: ['unbalanced-statement', 'model-missing']
      }),
      async (request, reply) => {
        return simulate(deps, request.body, { ...request.query, language: languageOf(request, reply) })
      }
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
        carries: ['ETag', 'Data-As-Of'],
        querystring: RatingQuery,
        response: { 200: ref(RatingPage) },
        problems: ['invalid-cursor']
      }),
      async ({ query: { cursor, limit = PAGE_LIMIT_DEFAULT, ...filters } }, reply) => {
        const listing = { list: 'ratings', ...filters }
        const db = await readerFor(deps.reports, reply)
        const rows = await listRatings(
          db,
          deps.clock,
          filters,
          keyOfCursor(cursor, listing, CUSTOMER_KEY)?.customerId,
          limit
        )
        return pageOfRows(
          rows.map((row) => ratingOf(row, row.today)),
          limit,
          listing,
          CUSTOMER_KEY.of
        )
      }
    )

    app.get(
      '/features',
      operation('Configuration', 'listFeatures', 'List every input that a scoring model may name', 'read', {
        carries: ['ETag'],
        description: 'With what the law of a jurisdiction says of each: whether a person may be judged by it.',
        querystring: FeatureQuery,
        response: { 200: ref(Features) }
      }),
      async ({ query }) => featureCatalogue(deps, query)
    )
  }
