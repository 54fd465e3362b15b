import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CustomerPath } from '../accounts/schema.ts'
import { ChangeRequest } from '../change-requests/schema.ts'
import type { Deps } from '../deps.ts'
import { runCommand } from '../platform/http/command.ts'
import { etagOf } from '../platform/http/etag.ts'
import { operation } from '../platform/http/openapi.ts'
import { readerFor } from '../platform/http/reports.ts'
import { DryRun, IdempotencyKeyHeader, IfMatchHeader, ref } from '../platform/http/schema.ts'
import { pageOfSecurities, putSecurity, readSecurity, withdrawSecurity } from './commands.ts'
import { NewSecurity, NewSecurityWithdrawal, Security, SecurityPage, SecurityPath, SecurityQuery } from './schema.ts'

const tag = 'Securities'

export const securityRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.put(
      '/customers/:customerId/securities/:securityId',
      operation(tag, 'putSecurity', 'Record a security', 'collateral', {
        description:
          'While it is in force its cover lowers what counts against the limit. One that was withdrawn covers again when it is put again. Where the policy bounds what may be covered without a second person (`authority.collateralMax`), what goes beyond is a change request first (202).',
        params: SecurityPath,
        querystring: DryRun,
        headers: IfMatchHeader,
        body: ref(NewSecurity),
        response: { 200: ref(Security), 201: ref(Security), 202: ref(ChangeRequest) },
        carries: ['ETag', 'Location'],
        problems: ['customer-not-found', 'currency-not-supported', 'precondition-failed']
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          putSecurity(deps, trx, request.caller, request.params, request.headers['if-match'], request.body)
        )
    )

    app.get(
      '/customers/:customerId/securities/:securityId',
      operation(tag, 'getSecurity', 'Read a security', 'read', {
        params: SecurityPath,
        response: { 200: ref(Security) },
        carries: ['ETag'],
        problems: ['not-found', 'customer-not-found']
      }),
      async ({ params }, reply) => {
        const security = await readSecurity(deps, params)
        reply.header('etag', etagOf(security.version))
        return security
      }
    )

    app.get(
      '/customers/:customerId/securities',
      operation(tag, 'listSecurities', 'List the securities of a customer', 'read', {
        carries: ['ETag', 'Data-As-Of'],
        params: CustomerPath,
        querystring: SecurityQuery,
        response: { 200: ref(SecurityPage) },
        problems: ['customer-not-found', 'invalid-cursor']
      }),
      async ({ params, query }, reply) =>
        pageOfSecurities(deps, await readerFor(deps.reports, reply), params.customerId, query)
    )

    app.post(
      '/customers/:customerId/securities/:securityId/withdrawals',
      operation(tag, 'withdrawSecurity', 'End a security before its time', 'collateral', {
        description: 'From now on it covers nothing; it stays on file with the reason.',
        params: SecurityPath,
        querystring: DryRun,
        headers: IdempotencyKeyHeader,
        body: ref(NewSecurityWithdrawal),
        response: { 201: ref(Security) },
        carries: ['ETag', 'Location'],
        problems: [
          'customer-not-found',
          'not-found',
          'security-already-withdrawn',
          'idempotency-key-invalid',
          'idempotency-key-reused'
        ]
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          withdrawSecurity(deps, trx, request.caller, request.params, request.body)
        )
    )
  }
