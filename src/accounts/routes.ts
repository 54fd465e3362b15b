import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../deps.ts'
import { decide } from '../platform/deciding.ts'
import { operation } from '../platform/openapi.ts'
import { DryRun, ref } from '../platform/schema.ts'
import { liftHold, readAccount, setHold } from './commands.ts'
import { CreditAccount, CustomerPath, NewHold } from './schema.ts'

const tag = 'Credit accounts'

export const accountRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/customers/:customerId/exposure',
      operation(
        tag,
        'getExposure',
        'Read the credit account: exposure against the limit, available credit, hold',
        'read',
        {
          params: CustomerPath,
          response: { 200: ref(CreditAccount) },
          carries: ['ETag'],
          problems: ['customer-not-found']
        }
      ),
      async ({ params }) => readAccount(deps, deps.db, params.customerId)
    )

    app.put(
      '/customers/:customerId/hold',
      operation(tag, 'setHold', 'Stop new credit by a manual hold', 'write', {
        description: 'Every new order is declined until the hold is lifted; open reservations stay.',
        params: CustomerPath,
        querystring: DryRun,
        body: ref(NewHold),
        response: { 200: ref(CreditAccount) },
        carries: ['ETag'],
        problems: ['customer-not-found']
      }),
      (request, reply) =>
        decide(deps.db, request, reply, (trx) =>
          setHold(deps, trx, request.caller, request.params.customerId, request.body)
        )
    )

    app.delete(
      '/customers/:customerId/hold',
      operation(tag, 'liftHold', 'Lift the manual hold', 'write', {
        params: CustomerPath,
        querystring: DryRun,
        response: { 200: ref(CreditAccount) },
        carries: ['ETag'],
        problems: ['customer-not-found']
      }),
      (request, reply) =>
        decide(deps.db, request, reply, (trx) => liftHold(deps, trx, request.caller, request.params.customerId))
    )
  }
