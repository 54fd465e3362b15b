import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CustomerPath } from '../accounts/schema.ts'
import type { Deps } from '../deps.ts'
import type { CustomerId } from '../ids.ts'
import type { Caller } from '../platform/http/auth.ts'
import { runCommand } from '../platform/http/command.ts'
import { etagOf } from '../platform/http/etag.ts'
import { operation } from '../platform/http/openapi.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, pageOfRows } from '../platform/http/page.ts'
import { readerFor } from '../platform/http/reports.ts'
import { DryRun, IfMatchHeader, ref } from '../platform/http/schema.ts'
import { type Change, customerFromRow, patchCustomer, putCustomer } from './commands.ts'
import { Customer, CustomerPage, CustomerPatch, CustomerProfile, CustomerQuery } from './schema.ts'
import { listCustomers, requireCustomer } from './store.ts'

/** What the list is in the order of. */
const CUSTOMER_KEY = listKey({ customerId: KeyField.clientId<'customer'>() })

const tag = 'Customers'

export const customerRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.put(
      '/customers/:customerId',
      operation(tag, 'putCustomer', 'Create or replace a customer', 'file', {
        description: 'The id is the caller’s own customer number. A new customer gets a credit account without limit.',
        params: CustomerPath,
        querystring: DryRun,
        headers: IfMatchHeader,
        body: ref(CustomerProfile),
        response: { 200: ref(Customer), 201: ref(Customer) },
        carries: ['ETag', 'Location'],
        problems: ['account-currency-fixed', 'customer-cycle', 'precondition-failed']
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) => putCustomer(deps, trx, changeOf(request), request.body))
    )

    app.patch(
      '/customers/:customerId',
      operation(tag, 'patchCustomer', 'Change some fields of a customer', 'file', {
        description: 'A JSON Merge Patch: null removes a field.',
        params: CustomerPath,
        querystring: DryRun,
        headers: IfMatchHeader,
        body: ref(CustomerPatch),
        consumes: ['application/json', 'application/merge-patch+json'],
        response: { 200: ref(Customer) },
        carries: ['ETag'],
        problems: ['customer-not-found', 'account-currency-fixed', 'customer-cycle', 'precondition-failed']
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) => patchCustomer(deps, trx, changeOf(request), request.body))
    )

    app.get(
      '/customers/:customerId',
      operation(tag, 'getCustomer', 'Read a customer', 'read', {
        params: CustomerPath,
        response: { 200: ref(Customer) },
        carries: ['ETag'],
        problems: ['customer-not-found']
      }),
      async ({ params }, reply) => {
        const row = await requireCustomer(deps.db, params.customerId)
        reply.header('etag', etagOf(row.version))
        return customerFromRow(row)
      }
    )

    app.get(
      '/customers',
      operation(tag, 'listCustomers', 'List customers, or look one up by an identifier', 'read', {
        carries: ['ETag', 'Data-As-Of'],
        description: 'In the order of their ids. All filters must fit.',
        querystring: CustomerQuery,
        response: { 200: ref(CustomerPage) },
        problems: ['invalid-cursor']
      }),
      async ({ query: { cursor, limit = PAGE_LIMIT_DEFAULT, ...filters } }, reply) => {
        const listing = { list: 'customers', ...filters }
        const db = await readerFor(deps.reports, reply)
        const rows = await listCustomers(db, filters, keyOfCursor(cursor, listing, CUSTOMER_KEY)?.customerId, limit)
        return pageOfRows(rows.map(customerFromRow), limit, listing, CUSTOMER_KEY.of)
      }
    )
  }

function changeOf(request: {
  caller: Caller
  params: { customerId: CustomerId }
  headers: { 'if-match'?: string }
}): Change {
  return { caller: request.caller, customerId: request.params.customerId, ifMatch: request.headers['if-match'] }
}
