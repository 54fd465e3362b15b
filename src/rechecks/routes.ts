import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../deps.ts'
import { runCommand } from '../platform/http/command.ts'
import { operation } from '../platform/http/openapi.ts'
import { readerFor } from '../platform/http/reports.ts'
import { DryRun, IdempotencyKeyHeader, ref } from '../platform/http/schema.ts'
import { NewCancellation, RunPath } from '../runs/schema.ts'
import { DryRunForReader, ReaderQuery } from '../wording/schema.ts'
import { cancelRecheck, createRecheck, pageOfRechecks, readRecheck } from './commands/recheck-runs.ts'
import { NewRecheckRun, RecheckRun, RecheckRunPage, RecheckRunQuery } from './schema.ts'

const tag = 'Credit checks'
const write = { querystring: DryRun, headers: IdempotencyKeyHeader } as const
const keyProblems = ['idempotency-key-invalid', 'idempotency-key-reused'] as const

export const recheckRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/recheck-runs',
      operation(tag, 'startRecheckRun', 'Look at all open orders again', 'file', {
        description:
          'The work is done in the background, once a day by itself, and goes on after an interruption. Orders that wait and would pass are ' +
          'approved. Orders that hold something and would not pass any more are reported, and keep what they hold.',
        ...write,
        body: ref(NewRecheckRun),
        response: { 201: ref(RecheckRun) },
        carries: ['Location'],
        problems: ['recheck-run-active', ...keyProblems]
      }),
      (request, reply) => runCommand(deps.db, request, reply, (trx) => createRecheck(deps, trx, request.caller))
    )

    app.get(
      '/recheck-runs/:runId',
      operation(tag, 'getRecheckRun', 'Read how far a run over all open orders is', 'read', {
        carries: ['ETag'],
        params: RunPath,
        querystring: ReaderQuery,
        response: { 200: ref(RecheckRun) },
        problems: ['not-found']
      }),
      async ({ params, query }) => readRecheck(deps.db, params.runId, query.reader)
    )

    app.get(
      '/recheck-runs',
      operation(tag, 'listRecheckRuns', 'List the runs over all open orders, newest first', 'read', {
        carries: ['ETag', 'Data-As-Of'],
        querystring: RecheckRunQuery,
        response: { 200: ref(RecheckRunPage) },
        problems: ['invalid-cursor']
      }),
      async ({ query }, reply) => pageOfRechecks(await readerFor(deps.reports, reply), query)
    )

    app.post(
      '/recheck-runs/:runId/cancellations',
      operation(tag, 'cancelRecheckRun', 'End a run over all open orders where it stands', 'file', {
        description: 'What it has found and approved stays.',
        params: RunPath,
        ...write,
        querystring: DryRunForReader,
        body: ref(NewCancellation),
        response: { 200: ref(RecheckRun) },
        problems: ['not-found', 'recheck-run-finished', ...keyProblems]
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          cancelRecheck(deps, trx, request.params.runId, request.query.reader)
        )
    )
  }
