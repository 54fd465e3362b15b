import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CustomerPath } from '../accounts/schema.ts'
import type { Deps } from '../deps.ts'
import { operation } from '../platform/http/openapi.ts'
import { readerFor } from '../platform/http/reports.ts'
import { ref } from '../platform/http/schema.ts'
import { readBehaviour } from './commands.ts'
import { BehaviourQuery, PaymentBehaviour } from './schema.ts'

export const creditFileRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/customers/:customerId/payment-behaviour',
      operation('Receivables', 'getPaymentBehaviour', 'How the customer pays, as of a day', 'read', {
        carries: ['ETag', 'Data-As-Of'],
        params: CustomerPath,
        querystring: BehaviourQuery,
        response: { 200: ref(PaymentBehaviour) },
        problems: ['customer-not-found']
      }),
      async ({ params, query }, reply) => {
        const db = query.asOf === undefined ? deps.db : await readerFor(deps.reports, reply)
        return readBehaviour(deps, db, params.customerId, query)
      }
    )
  }
