import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../deps.ts'
import { faultIn } from '../platform/http/body/validation.ts'
import { isDryRun, keyedRequest, runCommand, sendAnswer } from '../platform/http/command.ts'
import { operation } from '../platform/http/openapi.ts'
import { caughtProblem, problemDocument } from '../platform/http/problems.ts'
import { readerFor } from '../platform/http/reports.ts'
import { IdempotencyKeyHeader, ref } from '../platform/http/schema.ts'
import { DryRunForReader, ReaderQuery } from '../wording/schema.ts'
import { adjusting } from './commands/adjust.ts'
import { batchAnswer, decideBatch } from './commands/batch.ts'
import { cancelReservation } from './commands/cancel.ts'
import { captureReservation } from './commands/capture.ts'
import { creditChecks, tryCheck, tryChecks } from './commands/desk.ts'
import { pageOfChecks, readCheck } from './commands/read.ts'
import { releaseCapture } from './commands/release-capture.ts'
import { replay } from './commands/replay.ts'
import {
  Adjustment,
  BATCH_CHECKS_MAX,
  BatchedCheck,
  CapturePath,
  CheckBatch,
  CheckPath,
  CreditCheck,
  CreditCheckPage,
  CreditCheckQuery,
  NewAdjustment,
  NewCapture,
  NewCaptureRelease,
  NewCheckBatch,
  NewCreditCheck,
  NewRelease,
  Replay
} from './schema.ts'

const tag = 'Credit checks'
const write = { querystring: DryRunForReader, headers: IdempotencyKeyHeader } as const
const keyProblems = ['idempotency-key-invalid', 'idempotency-key-reused'] as const
const resolvedProblems = [
  'not-found',
  'reservation-absent',
  'reservation-already-captured',
  'reservation-already-released',
  'reservation-already-expired'
] as const

/** Room for a thousand orders with all their fields. */
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
          'Without Idempotency-Key, an order that already holds the same amount gets its check again, with status 200 and `changedSince`: what would come out otherwise today. ' +
          'A dry run of such an order says what would be decided now, its own reservation left out; of one that is captured in part, for what is still open. ' +
          'An order that is recorded as an exposure item is decided without it; when it is approved, its reservation takes the place of the item, which is `held` until the reservation ends: expired or released, it counts again.',
        ...write,
        body: ref(NewCreditCheck),
        response: { 200: ref(CreditCheck), 201: ref(CreditCheck) },
        carries: ['ETag', 'Location'],
        problems: ['customer-not-found', 'rate-missing', 'order-already-reserved', 'exposure-too-large', ...keyProblems]
      }),
      async (request, reply) => {
        const dryRun = isDryRun(request)
        const { reader } = request.query
        const { keyId: callerId, actor } = request.caller
        const asked = { callerId, actor, wanted: request.body, keyed: keyedRequest(request), reader }
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
          actor: request.caller.actor,
          key: keyedRequest(request)?.key,
          reader: request.query.reader,
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
        querystring: ReaderQuery,
        response: { 200: ref(CreditCheck) },
        problems: ['not-found']
      }),
      async ({ params: { checkId }, query }, reply) => {
        const { check, etag } = await readCheck(deps, checkId, query.reader)
        reply.header('etag', etag)
        return check
      }
    )

    app.get(
      '/credit-checks',
      operation(tag, 'listCreditChecks', 'List credit checks, newest first', 'read', {
        carries: ['ETag', 'Data-As-Of'],
        querystring: CreditCheckQuery,
        response: { 200: ref(CreditCheckPage) },
        problems: ['invalid-cursor']
      }),
      async ({ query }, reply) => pageOfChecks(deps, await readerFor(deps.reports, reply), query)
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
          'The goods have left: the held amount becomes captured until its invoice is recorded, then it moves into the receivables. An amount in the currency in which the order was asked is converted with the rate of the order, one in another with the rate of the day. An invoice that is recorded takes over at most its own amount: more than it has left is refused (`capture-exceeds-invoice`). One that comes later takes over what it can; the rest counts on as captured, and is named `excess`.',
        params: CheckPath,
        ...write,
        body: ref(NewCapture),
        response: { 201: ref(CreditCheck) },
        carries: ['ETag', 'Location'],
        problems: [
          ...resolvedProblems,
          'rate-missing',
          'capture-exceeds-reservation',
          'capture-exceeds-invoice',
          'invoice-already-captured',
          'exposure-too-large',
          ...keyProblems
        ]
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          captureReservation(deps, trx, request.caller, request.params.checkId, request.body, request.query.reader)
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
        runCommand(deps.db, request, reply, (trx) =>
          cancelReservation(deps, trx, request.caller, request.params.checkId, request.body, request.query.reader)
        )
    )

    app.post(
      '/credit-checks/:checkId/captures/:captureId/releases',
      operation(tag, 'releaseCapture', 'Release what a capture still counts for', 'release', {
        watched: true,
        description:
          'A person’s decision, with its reason: what was captured beyond its invoice or exposure item, or for one that never comes, counts no more, all of it or a part. What a document took over stays. Orders that wait are decided again.',
        params: CapturePath,
        ...write,
        body: ref(NewCaptureRelease),
        response: { 201: ref(CreditCheck) },
        carries: ['ETag', 'Location'],
        problems: ['not-found', 'reservation-absent', 'release-exceeds-capture', 'currency-mismatch', ...keyProblems]
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          releaseCapture(deps, trx, request.caller, request.params, request.body, request.query.reader)
        )
    )

    app.post(
      '/credit-checks/:checkId/adjustments',
      operation(tag, 'adjustReservation', 'Change the amount that a reservation holds', 'check', {
        description:
          'By the difference alone: nothing is given up in between. Less is never refused, down to what is captured. More is decided like an order, ' +
          'with every step; when it is not approved the reservation stays as it was and the answer, with status 201, says why. An amount that is held ' +
          'already is answered with status 200. An `increase` or `decrease` that is sent again counts again: send it with an Idempotency-Key, or name the `amount`.',
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
        adjusting(deps, (adjust) =>
          runCommand(deps.db, request, reply, (trx) =>
            adjust(trx, request.caller, request.params.checkId, request.body, request.query.reader)
          )
        )
    )
  }
