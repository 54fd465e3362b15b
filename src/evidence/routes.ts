import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CustomerPath } from '../accounts/schema.ts'
import type { Deps } from '../deps.ts'
import { runCommand } from '../platform/http/command.ts'
import { etagOf } from '../platform/http/etag.ts'
import { operation } from '../platform/http/openapi.ts'
import { readerFor } from '../platform/http/reports.ts'
import { DryRun, IdempotencyKeyHeader, ref } from '../platform/http/schema.ts'
import { pageOfEvidence, readEvidence, recordEvidence, withdrawEvidence } from './commands.ts'
import { Evidence, EvidencePage, EvidencePath, EvidenceQuery, NewEvidence, NewWithdrawal } from './schema.ts'

const tag = 'Evidence'

const write = { querystring: DryRun, headers: IdempotencyKeyHeader } as const
const keyProblems = ['idempotency-key-invalid', 'idempotency-key-reused'] as const

export const evidenceRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/customers/:customerId/evidence',
      operation(tag, 'recordEvidence', 'Record an item of evidence', 'file', {
        description:
          'What others say of the customer, or what was seen on the spot. The next assessment takes it in; nothing is assessed by itself.',
        params: CustomerPath,
        ...write,
        body: ref(NewEvidence),
        response: { 201: ref(Evidence) },
        carries: ['ETag', 'Location'],
        problems: ['customer-not-found', ...keyProblems]
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          recordEvidence(deps, trx, request.caller, request.params.customerId, request.body)
        )
    )

    app.get(
      '/customers/:customerId/evidence/:evidenceId',
      operation(tag, 'getEvidence', 'Read an item of evidence', 'read', {
        params: EvidencePath,
        response: { 200: ref(Evidence) },
        carries: ['ETag'],
        problems: ['not-found', 'customer-not-found']
      }),
      async ({ params: { customerId, evidenceId } }, reply) => {
        const evidence = await readEvidence(deps.db, customerId, evidenceId)
        reply.header('etag', etagOf(evidence.version))
        return evidence
      }
    )

    app.get(
      '/customers/:customerId/evidence',
      operation(tag, 'listEvidence', 'List the evidence of a customer, the last recorded first', 'read', {
        carries: ['ETag', 'Data-As-Of'],
        params: CustomerPath,
        querystring: EvidenceQuery,
        response: { 200: ref(EvidencePage) },
        problems: ['customer-not-found', 'invalid-cursor']
      }),
      async ({ params, query }, reply) => pageOfEvidence(await readerFor(deps.reports, reply), params.customerId, query)
    )

    app.post(
      '/customers/:customerId/evidence/:evidenceId/withdrawals',
      operation(tag, 'withdrawEvidence', 'Withdraw an item of evidence that was recorded in error', 'file', {
        description: 'From today on it counts no longer; it stays on file. A corrected item is recorded anew.',
        params: EvidencePath,
        ...write,
        body: ref(NewWithdrawal),
        response: { 201: ref(Evidence) },
        carries: ['ETag', 'Location'],
        problems: ['customer-not-found', 'not-found', 'evidence-already-withdrawn', ...keyProblems]
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          withdrawEvidence(deps, trx, request.caller, request.params, request.body)
        )
    )
  }
