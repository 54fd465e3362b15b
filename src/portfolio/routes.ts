import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../deps.ts'
import { runCommand } from '../platform/http/command.ts'
import { operation } from '../platform/http/openapi.ts'
import { readerFor } from '../platform/http/reports.ts'
import { DryRun, IdempotencyKeyHeader, ref } from '../platform/http/schema.ts'
import { NewCancellation, RunPath } from '../runs/schema.ts'
import { cancelRun, createRun, pageOfRuns, readRun } from './commands/runs.ts'
import { NewRescoringRun, RescoringRun, RescoringRunPage, RescoringRunQuery } from './schema.ts'

const tag = 'Portfolio'
const write = { querystring: DryRun, headers: IdempotencyKeyHeader } as const
const keyProblems = ['idempotency-key-invalid', 'idempotency-key-reused'] as const

export const portfolioRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/rescoring-runs',
      operation(tag, 'startRescoringRun', 'Score the whole portfolio anew', 'file', {
        description:
          'The work is done in the background, and goes on after an interruption. A customer whose outcome is the same gets nothing new, ' +
          'unless less than half of the validity of the rating is left: then the new assessment prolongs it. Inputs that calls give to a model are those of the last call, with its day.',
        ...write,
        body: ref(NewRescoringRun),
        response: { 201: ref(RescoringRun) },
        carries: ['Location'],
        problems: ['rescoring-run-active', ...keyProblems]
      }),
      async (request, reply) => {
        await runCommand(deps.db, request, reply, (trx) => createRun(deps, trx, request.caller, request.body))
        void deps.jobs.look()
      }
    )

    app.get(
      '/rescoring-runs/:runId',
      operation(tag, 'getRescoringRun', 'Read how far a run is', 'read', {
        carries: ['ETag'],
        params: RunPath,
        response: { 200: ref(RescoringRun) },
        problems: ['not-found']
      }),
      async ({ params }) => readRun(deps.db, params.runId)
    )

    app.get(
      '/rescoring-runs',
      operation(tag, 'listRescoringRuns', 'List the runs over the portfolio, newest first', 'read', {
        carries: ['ETag', 'Data-As-Of'],
        querystring: RescoringRunQuery,
        response: { 200: ref(RescoringRunPage) },
        problems: ['invalid-cursor']
      }),
      async ({ query }, reply) => pageOfRuns(await readerFor(deps.reports, reply), query)
    )

    app.post(
      '/rescoring-runs/:runId/cancellations',
      operation(tag, 'cancelRescoringRun', 'End a run where it stands', 'file', {
        description: 'What it has written stays.',
        params: RunPath,
        ...write,
        body: ref(NewCancellation),
        response: { 200: ref(RescoringRun) },
        problems: ['not-found', 'rescoring-run-finished', ...keyProblems]
      }),
      (request, reply) => runCommand(deps.db, request, reply, (trx) => cancelRun(deps, trx, request.params.runId))
    )
  }
