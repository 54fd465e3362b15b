import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { SCOPES } from '../access/schema/scopes.ts'
import {
  ChangeRequest,
  ChangeRequestPage,
  ChangeRequestPath,
  ChangeRequestQuery,
  NewChangeApproval
} from '../change-requests/schema.ts'
import type { Deps } from '../deps.ts'
import { type Caller, hasScope, requireScope, type Scope } from '../platform/http/auth.ts'
import { runCommand } from '../platform/http/command.ts'
import { etagOf } from '../platform/http/etag.ts'
import { operation } from '../platform/http/openapi.ts'
import { readerFor } from '../platform/http/reports.ts'
import { DryRun, IdempotencyKeyHeader, ref, SeenVersionHeader } from '../platform/http/schema.ts'
import { type ChangeKinds, decideChange, pageOfChanges, readChange } from './commands.ts'

const tag = 'Change requests'

/** Requests about keys are for whoever may see keys, or decide about them. */
const seesKeys = (caller: Caller) => hasScope(caller, ['keys', 'approve'], SCOPES)

export const approvalRoutes =
  (deps: Deps, kinds: ChangeKinds): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/change-requests',
      operation(tag, 'listChangeRequests', 'List what was asked for and another has to approve, newest first', 'read', {
        description: 'Requests about keys are listed for keys with the scope `keys` or `approve`.',
        carries: ['ETag', 'Data-As-Of'],
        querystring: ChangeRequestQuery,
        response: { 200: ref(ChangeRequestPage) },
        problems: ['invalid-cursor']
      }),
      async ({ query, caller }, reply) => pageOfChanges(await readerFor(deps.reports, reply), query, seesKeys(caller))
    )

    app.get(
      '/change-requests/:changeRequestId',
      operation(tag, 'getChangeRequest', 'Read a change request', 'read', {
        params: ChangeRequestPath,
        response: { 200: ref(ChangeRequest) },
        carries: ['ETag'],
        problems: ['not-found']
      }),
      async ({ params, caller }, reply) => {
        const change = await readChange(deps.db, params.changeRequestId, seesKeys(caller))
        reply.header('etag', etagOf(change.version))
        return change
      }
    )

    app.post(
      '/change-requests/:changeRequestId/approvals',
      operation(tag, 'decideChangeRequest', 'Approve or reject a change request', 'approve', {
        watched: true,
        description:
          'Four eyes: never by whoever asked, nor with a key that made theirs or that theirs made, directly or through others. If-Match names the version that the approver has seen. A key is confirmed by whoever has the scope `keys` as well, an order released by whoever has `release`. A limit is granted as it was proposed; with another amount at its own operation.',
        params: ChangeRequestPath,
        querystring: DryRun,
        headers: Type.Object({ ...IdempotencyKeyHeader.properties, ...SeenVersionHeader.properties }),
        body: ref(NewChangeApproval),
        response: { 200: ref(ChangeRequest) },
        carries: ['ETag'],
        problems: [
          'not-found',
          'change-request-closed',
          'four-eyes',
          'key-unconfirmed',
          'api-key-ended',
          'stale-approval',
          'limit-decision-closed',
          'authority-exceeded',
          'order-not-blocked',
          'manual-hold-in-force',
          'precondition-required',
          'precondition-failed',
          'idempotency-key-invalid',
          'idempotency-key-reused'
        ]
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          decideChange({ ...deps, kinds }, trx, request.params.changeRequestId, request.headers['if-match'], {
            caller: request.caller,
            wanted: request.body,
            requires: (scope: Scope) => requireScope(request.caller, scope, SCOPES)
          })
        )
    )
  }
