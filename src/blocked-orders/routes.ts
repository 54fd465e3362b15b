import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { ChangeRequest } from '../change-requests/schema.ts'
import type { Deps } from '../deps.ts'
import { runCommand } from '../platform/http/command.ts'
import { operation } from '../platform/http/openapi.ts'
import { readerFor } from '../platform/http/reports.ts'
import { IdempotencyKeyHeader, ref, SeenVersionHeader } from '../platform/http/schema.ts'
import { DryRunForReader } from '../wording/schema.ts'
import { decideBlockedOrder, withdrawBlockedOrder } from './commands/decide.ts'
import { pageOfBlocked } from './commands/list.ts'
import {
  BlockedOrderPage,
  BlockedOrderQuery,
  CheckPath,
  CreditCheck,
  NewOrderDecision,
  NewWithdrawal
} from './schema.ts'

const tag = 'Credit checks'
const write = { querystring: DryRunForReader, headers: IdempotencyKeyHeader } as const
const keyProblems = ['idempotency-key-invalid', 'idempotency-key-reused'] as const

export const blockedOrderRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/credit-checks/:checkId/decisions',
      operation(tag, 'decideBlockedOrder', 'Release or reject an order that was not approved', 'release', {
        watched: true,
        description:
          'A person’s documented decision, on the version of the check that the person has seen (If-Match). A release decides the order again at once with the ' +
          'steps exempt that stop it now, holds its amount, and answers the new check; later checks of the order pass these steps while it is no larger ' +
          'than released with its tolerance and the release lasts. Never past a manual hold, and never by who asked for a check of the order while it waits, nor with a key of their line. A tolerance beyond what the policy lets one person allow is a change request first (202). A rejection ' +
          'ends the block: the order is not decided again by itself.',
        params: CheckPath,
        querystring: DryRunForReader,
        headers: Type.Object({ ...IdempotencyKeyHeader.properties, ...SeenVersionHeader.properties }),
        body: ref(NewOrderDecision),
        response: { 201: ref(CreditCheck), 202: ref(ChangeRequest) },
        carries: ['ETag', 'Location'],
        problems: [
          'not-found',
          'order-not-blocked',
          'manual-hold-in-force',
          'four-eyes',
          'key-unconfirmed',
          'rate-missing',
          'exposure-too-large',
          'precondition-required',
          'precondition-failed',
          ...keyProblems
        ]
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          decideBlockedOrder(
            deps,
            trx,
            request.caller,
            request.params.checkId,
            request.headers['if-match'],
            request.body,
            request.query.reader
          )
        )
    )

    app.post(
      '/credit-checks/:checkId/withdrawals',
      operation(tag, 'withdrawOrder', 'Give up an order that was not approved', 'check', {
        description: 'The order was cancelled: it is not decided again by itself.',
        params: CheckPath,
        ...write,
        body: ref(NewWithdrawal),
        response: { 201: ref(CreditCheck) },
        carries: ['ETag', 'Location'],
        problems: ['not-found', 'order-not-blocked', ...keyProblems]
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          withdrawBlockedOrder(deps, trx, request.caller, request.params.checkId, request.body, request.query.reader)
        )
    )

    app.get(
      '/blocked-orders',
      operation(tag, 'listBlockedOrders', 'List the orders that wait for a decision, the longest first', 'read', {
        description:
          'Orders that were not approved, each with its reasons; `checkId` is what a decision or a withdrawal names.',
        carries: ['ETag', 'Data-As-Of'],
        querystring: BlockedOrderQuery,
        response: { 200: ref(BlockedOrderPage) },
        problems: ['invalid-cursor']
      }),
      async ({ query }, reply) => pageOfBlocked(deps, await readerFor(deps.reports, reply), query)
    )
  }
