import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CustomerPath } from '../accounts/schema.ts'
import type { Deps } from '../deps.ts'
import { runCommand } from '../platform/http/command.ts'
import { etagOf } from '../platform/http/etag.ts'
import { operation } from '../platform/http/openapi.ts'
import { readerFor } from '../platform/http/reports.ts'
import { DryRun, IfMatchHeader, ref } from '../platform/http/schema.ts'
import { pageOfStatements, putStatement, readStatement } from './commands.ts'
import { NewStatement, Statement, StatementPage, StatementPath, StatementQuery } from './schema.ts'

const tag = 'Statements'

export const statementRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.put(
      '/customers/:customerId/statements/:statementId',
      operation(tag, 'putStatement', 'Record a set of accounts', 'file', {
        description:
          'Figures are as printed, with the signs that each item states. A statement that does not add up, beyond the rounding of its figures, is refused with the difference. The answer carries what follows from it: derived items, ratios, reference models and the comparison with the year before.',
        params: StatementPath,
        querystring: DryRun,
        headers: IfMatchHeader,
        body: ref(NewStatement),
        response: { 200: ref(Statement), 201: ref(Statement) },
        carries: ['ETag', 'Location'],
        problems: ['customer-not-found', 'unbalanced-statement', 'precondition-failed']
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          putStatement(deps, trx, request.caller, request.params, request.headers['if-match'], request.body)
        )
    )

    app.get(
      '/customers/:customerId/statements/:statementId',
      operation(tag, 'getStatement', 'Read a set of accounts with what follows from it', 'read', {
        description:
          'Its derived items, its ratios, the reference models of the literature, and the comparison with the statement of the year before where one is recorded. Flows of other than twelve months are annualised for these, and the answer says so.',
        params: StatementPath,
        response: { 200: ref(Statement) },
        carries: ['ETag'],
        problems: ['not-found', 'customer-not-found']
      }),
      async ({ params: { customerId, statementId } }, reply) => {
        const statement = await readStatement(deps.db, customerId, statementId)
        reply.header('etag', etagOf(statement.version))
        return statement
      }
    )

    app.get(
      '/customers/:customerId/statements',
      operation(tag, 'listStatements', 'List the statements of a customer', 'read', {
        carries: ['ETag', 'Data-As-Of'],
        params: CustomerPath,
        querystring: StatementQuery,
        response: { 200: ref(StatementPage) },
        problems: ['customer-not-found', 'invalid-cursor']
      }),
      async ({ params, query }, reply) =>
        pageOfStatements(await readerFor(deps.reports, reply), params.customerId, query)
    )
  }
