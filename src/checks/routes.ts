import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../deps.ts'
import { readClock } from '../platform/clock.ts'
import { decide } from '../platform/deciding.ts'
import { operation } from '../platform/openapi.ts'
import { keyOfCursor, PAGE_LIMIT_DEFAULT, pageOfRows } from '../platform/page.ts'
import { DryRun, IdempotencyKeyHeader, ref } from '../platform/schema.ts'
import { capture, checkCredit, checkNotFound, checkOf, release } from './commands.ts'
import {
  CheckPath,
  CreditCheck,
  CreditCheckPage,
  CreditCheckQuery,
  NewCapture,
  NewCreditCheck,
  NewRelease
} from './schema.ts'
import { customerOfCheck, findCheck, listChecks } from './store.ts'

const tag = 'Credit checks'
const write = { querystring: DryRun, headers: IdempotencyKeyHeader } as const
const keyProblems = ['idempotency-key-invalid', 'idempotency-key-reused'] as const
const resolvedProblems = [
  'not-found',
  'reservation-absent',
  'reservation-already-captured',
  'reservation-already-released',
  'reservation-already-expired'
] as const

export const checkRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/credit-checks',
      operation(tag, 'checkCredit', 'May this customer owe this much more?', 'check', {
        description:
          'Decides one order and holds its amount when it is approved. A referral or a decline is an answer like any other, with status 201. ' +
          'Without Idempotency-Key, an order that already holds the same amount gets its check again, with status 200.',
        ...write,
        body: ref(NewCreditCheck),
        response: { 200: ref(CreditCheck), 201: ref(CreditCheck) },
        carries: ['ETag', 'Location'],
        problems: [
          'customer-not-found',
          'currency-not-supported',
          'order-already-reserved',
          'exposure-too-large',
          ...keyProblems
        ]
      }),
      (request, reply) =>
        decide(deps.db, request, reply, (trx) =>
          checkCredit(deps, trx, request.caller, request.body, request.headers['idempotency-key'] !== undefined)
        )
    )

    app.get(
      '/credit-checks/:checkId',
      operation(tag, 'getCreditCheck', 'Read a credit check and what became of its reservation', 'read', {
        carries: ['ETag'],
        params: CheckPath,
        response: { 200: ref(CreditCheck) },
        problems: ['not-found']
      }),
      async ({ params: { checkId } }) => {
        const customerId = await customerOfCheck(deps.db, checkId)
        const row = customerId === undefined ? undefined : await findCheck(deps.db, customerId, checkId)
        if (row === undefined) throw checkNotFound(checkId)
        return checkOf(row, (await readClock(deps.db, deps.clock)).now)
      }
    )

    app.get(
      '/credit-checks',
      operation(tag, 'listCreditChecks', 'List credit checks, newest first', 'read', {
        carries: ['ETag'],
        querystring: CreditCheckQuery,
        response: { 200: ref(CreditCheckPage) },
        problems: ['invalid-cursor']
      }),
      async ({ query: { cursor, limit = PAGE_LIMIT_DEFAULT, ...filters } }) => {
        const listing = { list: 'credit-checks', ...filters }
        const { now } = await readClock(deps.db, deps.clock)
        const rows = await listChecks(deps.db, now, filters, keyOfCursor(cursor, listing), limit)
        const checks = rows.map((row) => checkOf(row, now))
        return pageOfRows(checks, limit, listing, (check) => check.checkId)
      }
    )

    app.post(
      '/credit-checks/:checkId/captures',
      operation(tag, 'captureReservation', 'Capture a reservation under an invoice number', 'check', {
        description:
          'The goods have left: the held amount becomes captured until its invoice is recorded, then it moves into the receivables.',
        params: CheckPath,
        ...write,
        body: ref(NewCapture),
        response: { 201: ref(CreditCheck) },
        carries: ['ETag', 'Location'],
        problems: [
          ...resolvedProblems,
          'currency-mismatch',
          'capture-exceeds-reservation',
          'invoice-already-captured',
          'exposure-too-large',
          ...keyProblems
        ]
      }),
      (request, reply) =>
        decide(deps.db, request, reply, (trx) =>
          capture(deps, trx, request.caller, request.params.checkId, request.body)
        )
    )

    app.post(
      '/credit-checks/:checkId/releases',
      operation(tag, 'releaseReservation', 'Release what a reservation still holds', 'check', {
        params: CheckPath,
        ...write,
        body: ref(NewRelease),
        response: { 201: ref(CreditCheck) },
        carries: ['ETag', 'Location'],
        problems: [...resolvedProblems, ...keyProblems]
      }),
      (request, reply) =>
        decide(deps.db, request, reply, (trx) =>
          release(deps, trx, request.caller, request.params.checkId, request.body)
        )
    )
  }
