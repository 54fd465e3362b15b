import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CustomerPath } from '../accounts/schema.ts'
import type { Deps } from '../deps.ts'
import { runCommand } from '../platform/http/command.ts'
import { bulky, operation } from '../platform/http/openapi.ts'
import { readerFor } from '../platform/http/reports.ts'
import { DryRun, IdempotencyKeyHeader, ref } from '../platform/http/schema.ts'
import { pageOfReconciliations, readReconciliation, reconcile } from './commands/reconcile.ts'
import {
  NewReconciliation,
  Reconciliation,
  ReconciliationPage,
  ReconciliationPath,
  ReconciliationQuery
} from './schema.ts'

const tag = 'Reconciliations'

export const reconciliationRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/customers/:customerId/reconciliations',
      bulky(
        operation(
          tag,
          'reconcile',
          'Compare the open items of the caller’s system with what is recorded',
          'documents',
          {
            description:
              'The whole list of what is open goes in, what differs comes out. A document that would be refused alone is refused here too, and the whole list with it. With `apply` the record is repaired in one transaction and journaled. What is recorded as newer than the snapshot stays as it is. What the snapshot says is settled, without a payment or credit note that is recorded, settles as an adjustment. A captured invoice moves into the receivables and is not added. Documents are compared in their own currency; one that keeps its currency and day keeps its rate. An order whose id holds a reservation is reported as `also_held` with the check: it is not recorded beside it, and an item that took nothing over from that check is closed. An item that the reservation holds is compared like any other and goes on being held: what the snapshot says of it counts when the reservation has expired or was released. One of which something was captured after the snapshot was taken is `older`, with that check: what it states counts as captured.',
            params: CustomerPath,
            querystring: DryRun,
            headers: IdempotencyKeyHeader,
            body: ref(NewReconciliation),
            response: { 201: ref(Reconciliation) },
            carries: ['Location'],
            problems: [
              'customer-not-found',
              'currency-not-supported',
              'rate-missing',
              'stale-import',
              'incomplete-import',
              'exposure-too-large',
              'idempotency-key-invalid',
              'idempotency-key-reused'
            ]
          }
        )
      ),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          reconcile(deps, trx, request.caller, request.params.customerId, request.body)
        )
    )

    app.get(
      '/customers/:customerId/reconciliations/:reconciliationId',
      operation(tag, 'getReconciliation', 'Read a reconciliation', 'read', {
        carries: ['ETag'],
        params: ReconciliationPath,
        response: { 200: ref(Reconciliation) },
        problems: ['not-found', 'customer-not-found']
      }),
      async ({ params: { customerId, reconciliationId } }) => readReconciliation(deps.db, customerId, reconciliationId)
    )

    app.get(
      '/customers/:customerId/reconciliations',
      operation(tag, 'listReconciliations', 'List the reconciliations of a customer, the last one first', 'read', {
        carries: ['ETag', 'Data-As-Of'],
        params: CustomerPath,
        querystring: ReconciliationQuery,
        response: { 200: ref(ReconciliationPage) },
        problems: ['customer-not-found', 'invalid-cursor']
      }),
      async ({ params, query }, reply) =>
        pageOfReconciliations(await readerFor(deps.reports, reply), params.customerId, query)
    )
  }
