import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import type { Deps } from '../deps.ts'
import { readClock } from '../platform/database/clock.ts'
import { decide, isDryRun, keyedRequest, sendAnswer } from '../platform/http/deciding.ts'
import { etagOf } from '../platform/http/etag.ts'
import { faultIn } from '../platform/http/http.ts'
import { operation } from '../platform/http/openapi.ts'
import { keyOfCursor, PAGE_LIMIT_DEFAULT, pageOfRows } from '../platform/http/page.ts'
import { caughtProblem, problemDocument } from '../platform/http/problems.ts'
import { DryRun, IdempotencyKeyHeader, ref, SeenVersionHeader } from '../platform/http/schema.ts'
import { adjust } from './commands/adjust.ts'
import { checkOf, versionOf } from './commands/answer.ts'
import { batchAnswer, decideBatch } from './commands/batch.ts'
import { pageOfBlocked } from './commands/blocked.ts'
import { capture } from './commands/capture.ts'
import { creditChecks, tryCheck, tryChecks } from './commands/check.ts'
import { decideOrder, withdrawOrder } from './commands/decide-order.ts'
import { createRecheck, pageOfRechecks, readRecheck } from './commands/recheck-runs.ts'
import { release } from './commands/release.ts'
import { replay } from './commands/replay.ts'
import { checkNotFound } from './commands/reservation.ts'
import {
  Adjustment,
  BATCH_CHECKS_MAX,
  BatchedCheck,
  BlockedOrderPage,
  BlockedOrderQuery,
  CheckBatch,
  CheckPath,
  CreditCheck,
  CreditCheckPage,
  CreditCheckQuery,
  NewAdjustment,
  NewCapture,
  NewCheckBatch,
  NewCreditCheck,
  NewOrderDecision,
  NewRecheckRun,
  NewRelease,
  NewWithdrawal,
  RecheckPath,
  RecheckRun,
  RecheckRunPage,
  RecheckRunQuery,
  Replay
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

/** A thousand orders with all that can be said of them. */
const BATCH_BYTES_MAX = 2_097_152
const BATCH_KEYS_MAX = 16_000

export const checkRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const check = creditChecks(deps)

    app.post(
      '/credit-checks',
      operation(tag, 'checkCredit', 'May this customer owe this much more?', 'check', {
        description:
          'Decides one order and holds its amount when it is approved. A referral or a decline is an answer like any other, with status 201. ' +
          'Without Idempotency-Key, an order that already holds the same amount gets its check again, with status 200. ' +
          'An order that is recorded as an exposure item is decided without it; when it is approved, its reservation takes the place of the item, which is `held` until the reservation ends: expired or released, it counts again.',
        ...write,
        body: ref(NewCreditCheck),
        response: { 200: ref(CreditCheck), 201: ref(CreditCheck) },
        carries: ['ETag', 'Location'],
        problems: ['customer-not-found', 'rate-missing', 'order-already-reserved', 'exposure-too-large', ...keyProblems]
      }),
      async (request, reply) => {
        const dryRun = isDryRun(request)
        const asked = { callerId: request.caller.keyId, wanted: request.body, keyed: keyedRequest(request) }
        return sendAnswer(reply, await (dryRun ? tryCheck(deps, asked) : check(asked)), { dryRun })
      }
    )

    const batch = operation(tag, 'checkCreditBatch', 'Decide many orders, each for itself', 'check', {
      description:
        `Up to ${BATCH_CHECKS_MAX} orders, decided as if they had been sent one after the other: each has a status and a check or a problem of its ` +
        'own, and one that is faulty or refused has no influence on the others. An Idempotency-Key of the batch, at most 248 characters, stands with ' +
        'the place of an order for that order: sent again, the batch gets the same answers and decides what was left undone.',
      ...write,
      body: ref(NewCheckBatch),
      response: { 200: ref(CheckBatch) },
      problems: ['idempotency-key-invalid']
    })
    app.post(
      '/credit-check-batches',
      { ...batch, bodyLimit: BATCH_BYTES_MAX, config: { ...batch.config, keysMax: BATCH_KEYS_MAX } },
      async (request, reply) => {
        const dryRun = isDryRun(request)
        const asked = {
          checks: request.body.checks,
          callerId: request.caller.keyId,
          key: keyedRequest(request)?.key,
          faultIn: (one: unknown) => faultIn(request, BatchedCheck, one)
        }
        const outcomes = await decideBatch(asked, (checks) =>
          dryRun
            ? tryChecks(
                deps,
                checks.map((one) => ({ ...one, keyed: undefined }))
              )
            : Promise.allSettled(checks.map(check))
        )
        const answer = batchAnswer(outcomes, {
          dryRun,
          problemOf: (reason) => problemDocument(request, caughtProblem(request, reason))
        })
        return sendAnswer(reply, answer, { dryRun })
      }
    )

    app.get(
      '/credit-checks/:checkId',
      operation(tag, 'getCreditCheck', 'Read a credit check and what became of its reservation', 'read', {
        carries: ['ETag'],
        params: CheckPath,
        response: { 200: ref(CreditCheck) },
        problems: ['not-found']
      }),
      async ({ params: { checkId } }, reply) => {
        // The time first: what was captured in time must not be shown as expired because it was read before.
        const { now } = await readClock(deps.db, deps.clock)
        const customerId = await customerOfCheck(deps.db, checkId)
        const row = customerId === undefined ? undefined : await findCheck(deps.db, customerId, checkId)
        if (row === undefined) throw checkNotFound(checkId)
        const check = checkOf(row, now)
        reply.header('etag', etagOf(versionOf(check)))
        return check
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

    app.get(
      '/credit-checks/:checkId/replay',
      operation(tag, 'replayCreditCheck', 'Decide a check again on the facts of its day', 'read', {
        description: 'Proves that the decision follows from what is recorded: the same bytes, or where they differ.',
        carries: ['ETag'],
        params: CheckPath,
        response: { 200: ref(Replay) },
        problems: ['not-found', 'policy-not-loaded']
      }),
      async ({ params: { checkId } }) => replay(deps, checkId)
    )

    app.post(
      '/credit-checks/:checkId/captures',
      operation(tag, 'captureReservation', 'Capture a reservation under an invoice number', 'check', {
        description:
          'The goods have left: the held amount becomes captured until its invoice is recorded, then it moves into the receivables. An amount in the currency in which the order was asked is converted with the rate of the order, one in another with the rate of the day.',
        params: CheckPath,
        ...write,
        body: ref(NewCapture),
        response: { 201: ref(CreditCheck) },
        carries: ['ETag', 'Location'],
        problems: [
          ...resolvedProblems,
          'rate-missing',
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
        description:
          'The order was cancelled or delivered in part: what is open becomes available again; what is captured stays.',
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

    app.post(
      '/credit-checks/:checkId/adjustments',
      operation(tag, 'adjustReservation', 'Change the amount that a reservation holds', 'check', {
        description:
          'By the difference alone: nothing is given up in between. Less is never refused, down to what is captured. More is decided like an order, ' +
          'with every step; when it is not approved the reservation stays as it was and the answer, with status 201, says why. An amount that is held ' +
          'already is answered with status 200.',
        params: CheckPath,
        ...write,
        body: ref(NewAdjustment),
        response: { 200: ref(Adjustment), 201: ref(Adjustment) },
        carries: ['ETag', 'Location'],
        problems: [
          ...resolvedProblems,
          'currency-mismatch',
          'adjustment-below-captured',
          'exposure-too-large',
          ...keyProblems
        ]
      }),
      (request, reply) =>
        decide(deps.db, request, reply, (trx) =>
          adjust(deps, trx, request.caller, request.params.checkId, request.body)
        )
    )

    app.post(
      '/credit-checks/:checkId/decisions',
      operation(tag, 'decideBlockedOrder', 'Release or reject an order that was not approved', 'release', {
        description:
          'A person’s documented decision, on the version of the check that the person has seen (If-Match). A release decides the order again at once with the ' +
          'steps exempt that stop it now, holds its amount, and answers the new check; later checks of the order pass these steps while it is no larger ' +
          'than released with its tolerance and the release lasts. Never past a manual hold, and never by a key that asked for a check of the order while it waits. A rejection ' +
          'ends the block: the order is not decided again by itself.',
        params: CheckPath,
        querystring: DryRun,
        headers: Type.Object({ ...IdempotencyKeyHeader.properties, ...SeenVersionHeader.properties }),
        body: ref(NewOrderDecision),
        response: { 201: ref(CreditCheck) },
        carries: ['ETag', 'Location'],
        problems: [
          'not-found',
          'order-not-blocked',
          'manual-hold-in-force',
          'four-eyes',
          'rate-missing',
          'exposure-too-large',
          'precondition-required',
          'precondition-failed',
          ...keyProblems
        ]
      }),
      (request, reply) =>
        decide(deps.db, request, reply, (trx) =>
          decideOrder(deps, trx, request.caller, request.params.checkId, request.headers['if-match'], request.body)
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
        decide(deps.db, request, reply, (trx) =>
          withdrawOrder(deps, trx, request.caller, request.params.checkId, request.body)
        )
    )

    app.get(
      '/blocked-orders',
      operation(tag, 'listBlockedOrders', 'List the orders that wait for a decision, the longest first', 'read', {
        description:
          'Orders that were not approved, each with its reasons; `checkId` is what a decision or a withdrawal names.',
        carries: ['ETag'],
        querystring: BlockedOrderQuery,
        response: { 200: ref(BlockedOrderPage) },
        problems: ['invalid-cursor']
      }),
      async ({ query }) => pageOfBlocked(deps, query)
    )

    app.post(
      '/recheck-runs',
      operation(tag, 'startRecheckRun', 'Look at all open orders again', 'write', {
        description:
          'The work is done in the background, once a day by itself, and goes on after an interruption. Orders that wait and would pass are ' +
          'approved. Orders that hold something and would not pass any more are reported, and keep what they hold.',
        ...write,
        body: ref(NewRecheckRun),
        response: { 201: ref(RecheckRun) },
        carries: ['Location'],
        problems: ['recheck-run-active', ...keyProblems]
      }),
      (request, reply) => decide(deps.db, request, reply, (trx) => createRecheck(deps, trx, request.caller))
    )

    app.get(
      '/recheck-runs/:runId',
      operation(tag, 'getRecheckRun', 'Read how far a run over all open orders is', 'read', {
        carries: ['ETag'],
        params: RecheckPath,
        response: { 200: ref(RecheckRun) },
        problems: ['not-found']
      }),
      async ({ params }) => readRecheck(deps.db, params.runId)
    )

    app.get(
      '/recheck-runs',
      operation(tag, 'listRecheckRuns', 'List the runs over all open orders, newest first', 'read', {
        carries: ['ETag'],
        querystring: RecheckRunQuery,
        response: { 200: ref(RecheckRunPage) },
        problems: ['invalid-cursor']
      }),
      async ({ query }) => pageOfRechecks(deps.db, query)
    )
  }
