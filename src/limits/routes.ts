import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { CustomerPath } from '../accounts/schema.ts'
import type { Deps } from '../deps.ts'
import { runCommand } from '../platform/http/command.ts'
import { etagOf } from '../platform/http/etag.ts'
import { operation } from '../platform/http/openapi.ts'
import { readerFor } from '../platform/http/reports.ts'
import { IdempotencyKeyHeader, ref, SeenVersionHeader } from '../platform/http/schema.ts'
import { DryRunForReader, ReaderQuery } from '../wording/schema.ts'
import { approveLimit, decideLimit, pageOfDecisions, readLimit, readLimitDecision } from './commands.ts'
import {
  Limit,
  LimitDecision,
  LimitDecisionPage,
  LimitDecisionPath,
  LimitDecisionQuery,
  NewApproval,
  NewLimitDecision
} from './schema.ts'

const tag = 'Limits'

export const limitRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/customers/:customerId/limit',
      operation(tag, 'getLimit', 'Read the limit in force', 'read', {
        carries: ['ETag'],
        params: CustomerPath,
        response: { 200: ref(Limit) },
        problems: ['customer-not-found']
      }),
      async ({ params }) => readLimit(deps, deps.db, params.customerId)
    )

    app.post(
      '/customers/:customerId/limit-decisions',
      operation(tag, 'decideLimit', 'Compute a limit and payment terms', 'limits', {
        description:
          'Within the authority of the policy the limit takes effect at once (state `applied`); otherwise, or with `refer`, it waits for an approval (state `proposed`). What is then granted may be more than the policy proposes, up to its maximum.',
        params: CustomerPath,
        querystring: DryRunForReader,
        headers: IdempotencyKeyHeader,
        body: ref(NewLimitDecision),
        response: { 201: ref(LimitDecision) },
        carries: ['ETag', 'Location'],
        problems: ['customer-not-found', 'currency-not-supported', 'idempotency-key-invalid', 'idempotency-key-reused']
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          decideLimit(deps, trx, request.caller, request.params.customerId, request.body, request.query.reader)
        )
    )

    app.get(
      '/customers/:customerId/limit-decisions/:limitDecisionId',
      operation(tag, 'getLimitDecision', 'Read a limit decision', 'read', {
        params: LimitDecisionPath,
        querystring: ReaderQuery,
        response: { 200: ref(LimitDecision) },
        carries: ['ETag'],
        problems: ['not-found']
      }),
      async ({ params: { customerId, limitDecisionId }, query: { reader } }, reply) => {
        const decision = await readLimitDecision(deps.db, customerId, limitDecisionId, reader)
        reply.header('etag', etagOf(decision.version, reader))
        return decision
      }
    )

    app.get(
      '/customers/:customerId/limit-decisions',
      operation(tag, 'listLimitDecisions', 'List the limit decisions of a customer, newest first', 'read', {
        carries: ['ETag', 'Data-As-Of'],
        params: CustomerPath,
        querystring: LimitDecisionQuery,
        response: { 200: ref(LimitDecisionPage) },
        problems: ['customer-not-found', 'invalid-cursor']
      }),
      async ({ params, query }, reply) =>
        pageOfDecisions(await readerFor(deps.reports, reply), params.customerId, query)
    )

    app.post(
      '/customers/:customerId/limit-decisions/:limitDecisionId/approvals',
      operation(tag, 'approveLimit', 'Approve or reject a proposed limit', 'approve', {
        watched: true,
        description:
          'Four eyes: never the proposer, nor a key that made the proposer’s or that this one made, directly or through others. If-Match names the version that the approver has seen.',
        params: LimitDecisionPath,
        querystring: DryRunForReader,
        headers: Type.Object({ ...IdempotencyKeyHeader.properties, ...SeenVersionHeader.properties }),
        body: ref(NewApproval),
        response: { 200: ref(LimitDecision) },
        carries: ['ETag', 'Location'],
        problems: [
          'not-found',
          'customer-not-found',
          'four-eyes',
          'key-unconfirmed',
          'authority-exceeded',
          'limit-decision-closed',
          'stale-approval',
          'currency-not-supported',
          'precondition-failed',
          'precondition-required',
          'idempotency-key-invalid',
          'idempotency-key-reused'
        ]
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          approveLimit(
            deps,
            trx,
            request.caller,
            request.params,
            request.headers['if-match'],
            request.body,
            request.query.reader
          )
        )
    )
  }
