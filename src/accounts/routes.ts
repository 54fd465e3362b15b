import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ChangeRequest } from '../change-requests/schema.ts'
import type { Deps } from '../deps.ts'
import type { CustomerId } from '../ids.ts'
import type { Caller } from '../platform/http/auth.ts'
import { runCommand } from '../platform/http/command.ts'
import { etagOf } from '../platform/http/etag.ts'
import { operation } from '../platform/http/openapi.ts'
import { readerFor } from '../platform/http/reports.ts'
import { DryRun, IfMatchHeader, ref } from '../platform/http/schema.ts'
import { type HoldChange, liftHold, readAccount, setHold } from './commands/account.ts'
import { readHeadroom } from './commands/headroom.ts'
import {
  CreditAccount,
  CustomerPath,
  ExposureQuery,
  Headroom,
  HeadroomQuery,
  ItemisedAccount,
  NewHold
} from './schema.ts'

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
          description:
            'The exposure stands itemised by category: the categories sum to the total, whatever the day. Their documents are listed by listExposureItems, listInvoices, listCreditChecks, listPayments and listCreditNotes.',
          params: CustomerPath,
          querystring: ExposureQuery,
          response: { 200: ref(ItemisedAccount) },
          carries: ['ETag', 'Data-As-Of'],
          problems: ['customer-not-found']
        }
      ),
      async ({ params, query }, reply) => {
        const db = query.asOf === undefined ? deps.db : await readerFor(deps.reports, reply)
        const account = await readAccount(deps, db, params.customerId, query)
        reply.header('etag', etagOf(account.version))
        return account
      }
    )

    app.get(
      '/customers/:customerId/headroom',
      operation(tag, 'getHeadroom', 'Forecast the available credit by date', 'read', {
        description:
          'What has no day of its own, such as a delivery without invoice or a disputed invoice, is never expected to end: the forecast errs on the side of too little.',
        params: CustomerPath,
        querystring: HeadroomQuery,
        response: { 200: ref(Headroom) },
        carries: ['ETag'],
        problems: ['customer-not-found']
      }),
      async ({ params, query }) => readHeadroom(deps, params.customerId, query)
    )

    app.put(
      '/customers/:customerId/hold',
      operation(tag, 'setHold', 'Stop new credit by a manual hold', ['holds', 'write'], {
        watched: true,
        description:
          'Every new order is declined until the hold is lifted; open reservations stay. The version is that of the account, as getExposure gives it.',
        params: CustomerPath,
        querystring: DryRun,
        headers: IfMatchHeader,
        body: ref(NewHold),
        response: { 200: ref(CreditAccount) },
        carries: ['ETag'],
        problems: ['customer-not-found', 'precondition-failed']
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) => setHold(deps, trx, changeOf(request), request.body))
    )

    app.delete(
      '/customers/:customerId/hold',
      operation(tag, 'liftHold', 'Lift the manual hold', 'holds', {
        watched: true,
        description:
          'Orders that wait are decided again then. A hold that another has set, alone or among others, is lifted once a third one approves the change request that is answered (202). Without a hold nothing changes. The version is that of the account, as getExposure gives it.',
        params: CustomerPath,
        querystring: DryRun,
        headers: IfMatchHeader,
        response: { 200: ref(CreditAccount), 202: ref(ChangeRequest) },
        carries: ['ETag'],
        problems: ['customer-not-found', 'precondition-failed']
      }),
      (request, reply) => runCommand(deps.db, request, reply, (trx) => liftHold(deps, trx, changeOf(request)))
    )
  }

function changeOf(request: {
  caller: Caller
  params: { customerId: CustomerId }
  headers: { 'if-match'?: string }
}): HoldChange {
  return { caller: request.caller, customerId: request.params.customerId, ifMatch: request.headers['if-match'] }
}
