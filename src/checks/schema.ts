import Type, { type Static } from 'typebox'
import { Exposure } from '../accounts/schema.ts'
import {
  ALTERNATIVE_KINDS,
  BLOCK_STATES,
  CAPTURE_STATES,
  CHECK_STEPS,
  CONDITION_KINDS,
  GRADES,
  ORDER_KINDS,
  OUTCOMES,
  REASONS,
  RESERVATION_STATES,
  type ReasonCode,
  STEP_RESULTS,
  STEP_UNITS
} from '../engine/index.ts'
import { AdjustmentId, CaptureId, CheckId, CustomerId, InvoiceId, ItemId, OrderId } from '../ids.ts'
import {
  BusinessDate,
  ClientId,
  closed,
  component,
  Money,
  nullable,
  oneOf,
  PositiveMoney,
  Problem,
  pageOf,
  pageQuery,
  ref,
  Text,
  Timestamp,
  text,
  Version
} from '../platform/http/schema.ts'
import { OriginalMoney } from '../rates/schema.ts'
import { named, reader, TextsVersion } from '../wording/schema.ts'

export const CheckPath = Type.Object({ checkId: CheckId })
export const CapturePath = Type.Object({ checkId: CheckId, captureId: CaptureId })

export const ReasonCodeOfCaller = { ...ClientId, description: 'The caller’s own code for why a person decided so' }

export const ReasonCodeField = oneOf(Object.keys(REASONS) as ReasonCode[], {
  description: 'A code of the catalogue of reasons; it never gets another meaning'
})

const newCheckFields = {
  customerId: CustomerId,
  orderId: { ...OrderId, description: 'The caller’s own order number' },
  kind: Type.Optional(
    oneOf(ORDER_KINDS, {
      description:
        'order: goods to be delivered; credit_note: it takes from what is owed, so only a manual hold stops it and nothing is held. Left out: order'
    })
  ),
  amount: ref(PositiveMoney),
  prepaid: Type.Optional({
    ...ref(PositiveMoney),
    description:
      'The part that is paid before delivery, at most the amount: it asks for no credit and is not held. An order that is prepaid in full is stopped by a manual hold only'
  }),
  shipOn: Type.Optional({
    ...BusinessDate,
    description: 'The day on which the goods are to leave; left out: not known, and so within any horizon'
  }),
  termsDays: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 365,
      description: 'Payment terms of the order in days; left out: those of the limit'
    })
  ),
  reserveSeconds: Type.Optional(
    Type.Integer({
      minimum: 60,
      maximum: 31_536_000,
      description: 'How long an approval holds the amount; left out: as the policy says'
    })
  ),
  reevaluate: Type.Optional(
    Type.Boolean({
      description:
        'Whether an order that is not approved is decided again by itself once there is room, and then holds its amount. Left out: true'
    })
  )
}

export const NewCreditCheck = component(
  'NewCreditCheck',
  'An order that is to be decided',
  closed(
    Type.Object(newCheckFields, {
      examples: [
        { customerId: 'C-1001', orderId: 'SO-7001', amount: { amount: '180000.00', currency: 'CNY' }, termsDays: 30 }
      ]
    })
  )
)
export type NewCreditCheck = Static<typeof NewCreditCheck>

/** The most checks in a batch. */
export const BATCH_CHECKS_MAX = 1_000

export const BatchedCheck = component(
  'BatchedCheck',
  'An order of a batch, as it would be sent by itself, with its own Idempotency-Key if it is to have one',
  closed(
    Type.Object({
      ...newCheckFields,
      idempotencyKey: Type.Optional(
        Type.String({
          pattern: '^[\\x21-\\x7e]{1,255}$',
          maxLength: 255,
          description:
            'Stands for this order alone, here and with `POST /v1/credit-checks`. Left out: the Idempotency-Key of the batch with the place of the order, if it has one'
        })
      )
    })
  )
)
export type BatchedCheck = Static<typeof BatchedCheck>

export const NewCheckBatch = component(
  'NewCheckBatch',
  'Orders that are to be decided, each for itself',
  closed(
    Type.Object(
      {
        checks: Type.Array(
          // A faulty order is answered in its place, and the others are decided.
          Type.Unsafe<unknown>({
            anyOf: [ref(BatchedCheck), { description: 'Anything else: it is answered with what is wrong with it' }]
          }),
          {
            minItems: 1,
            maxItems: BATCH_CHECKS_MAX,
            description: 'A faulty one is answered with what is wrong with it'
          }
        )
      },
      {
        examples: [
          {
            checks: [
              { customerId: 'C-1001', orderId: 'SO-7002', amount: { amount: '12000.00', currency: 'CNY' } },
              { customerId: 'C-1001', orderId: 'SO-7003', amount: { amount: '8000.00', currency: 'CNY' } }
            ]
          }
        ]
      }
    )
  )
)

const CheckStep = component(
  'CheckStep',
  'One step of the decision: what was observed, what was required, and how old the data is',
  Type.Object({
    code: oneOf(CHECK_STEPS, { description: 'Which step it is' }),
    name: named('the step'),
    resultName: named('its result'),
    observedWords: named('what was found: an amount, days, a share or a name, as people write it'),
    thresholdWords: named('what was required, likewise'),
    exemptedByName: named('what exempts it'),
    result: oneOf(STEP_RESULTS, {
      description:
        'pass; exempt: it does not count, exemptedBy says why; warn: worth knowing, changes nothing; not_evaluable: its data are missing, which refers the order; refer: a person must look; fail: the order is declined'
    }),
    observed: Type.Union([Type.String({ maxLength: 500 }), Type.Number(), Type.Null()], {
      description: 'What was found, in `unit`; null: nothing was'
    }),
    threshold: Type.Union([Type.String({ maxLength: 500 }), Type.Number(), Type.Null()], {
      description: 'What was required, in `unit`; null: nothing to compare with'
    }),
    unit: oneOf(STEP_UNITS, {
      description: 'Of observed and threshold. amount_days: major units of the currency times days; level: of dunning'
    }),
    dataAsOf: Type.String({ maxLength: 32, description: 'Instant or business date of the observation' }),
    reason: nullable(ReasonCodeField, 'The reason that the step gives; null: it passes'),
    exemptedBy: nullable(
      Type.String({ maxLength: 64 }),
      'What exempts the step: the id of a release, `prepaid` or `credit_note`; null: it counts'
    ),
    exemptUntil: nullable(Timestamp, 'The last instant at which the release holds; null: no release exempts the step'),
    withoutEasing: Type.Optional(
      Type.Object(
        {
          result: oneOf(STEP_RESULTS, { description: 'The result that the step would have' }),
          resultName: named('that result'),
          observed: Type.Union([Type.String({ maxLength: 500 }), Type.Number(), Type.Null()], {
            description: 'What would have been found, in `unit`'
          }),
          observedWords: named('the same, as people write it'),
          invoices: Type.Integer({ minimum: 1, maximum: 1_000, description: 'How many such invoices are open' })
        },
        {
          description:
            'What the step would be if no overdue invoice had been disputed or put off (`easedDueOn` of the invoice). Left out: the same'
        }
      )
    )
  })
)

export const ToldReason = component(
  'Reason',
  'A reason for the decision, in words',
  Type.Object({ code: ReasonCodeField, text: ref(Text) })
)

export const Reservation = component(
  'Reservation',
  'What an approval holds. It is resolved once: captured, partially captured, released or expired',
  Type.Object({
    state: oneOf(RESERVATION_STATES, { description: 'active: something is open; the others say how it was resolved' }),
    stateName: named('the state'),
    amount: { ...ref(Money), description: 'What is or was held: captured, released, expired and open together' },
    captured: { ...ref(Money), description: 'Delivered or invoiced of it' },
    released: { ...ref(Money), description: 'Given up of it' },
    expired: { ...ref(Money), description: 'What its time has ended' },
    open: { ...ref(Money), description: 'What still counts as reserved' },
    expiresAt: { ...Timestamp, description: 'Until when it holds' },
    resolvedAt: nullable(Timestamp, 'When nothing was open any more; null: it is active'),
    version: Version
  })
)
export type Reservation = Static<typeof Reservation>

const Capture = component(
  'Capture',
  'What was captured of a reservation, and what became of it: amount = taken over + passed on + released + what counts. All in the currency of the account',
  Type.Object({
    captureId: CaptureId,
    invoiceId: nullable(InvoiceId, 'The invoice under which it was captured; null: it became an exposure item'),
    itemId: nullable(ItemId, 'The exposure item that it became; null: it was captured under an invoice'),
    source: nullable(ClientId, 'The system that numbers the item; null as `itemId`'),
    state: oneOf(CAPTURE_STATES, {
      description:
        'waiting: its document is not recorded; exceeding: that is, and has no room for all of it; settled: nothing of it counts any more'
    }),
    stateName: named('the state'),
    amount: { ...ref(Money), description: 'What was captured' },
    takenOver: { ...ref(Money), description: 'What its document took over' },
    passedOn: { ...ref(Money), description: 'What other documents took over of it' },
    released: { ...ref(Money), description: 'What a person ended of it' },
    counts: { ...ref(Money), description: 'What still counts as captured' },
    capturedAt: Timestamp
  })
)
export type Capture = Static<typeof Capture>

const Alternative = component(
  'Alternative',
  'Something that would be approved instead, decided by the same check: a minor unit more would not pass. What does not belong to its kind is null',
  Type.Object({
    kind: oneOf(ALTERNATIVE_KINDS, {
      description:
        'smaller_amount: the largest order that passes now; later_date: the first day on which the whole is expected to pass; split: a part now and the rest on its day; prepayment: the least to be prepaid in all; shorter_terms: the terms that were granted; security: the least cover in addition to what is in force'
    }),
    amount: nullable(ref(Money), 'The amount that passes, is prepaid or is covered; null: the whole order'),
    date: nullable(
      BusinessDate,
      'An expectation, not a promise: open invoices paid as late as this customer pays, reservations that expire; null: now'
    ),
    parts: nullable(
      Type.Array(Type.Object({ amount: ref(Money), date: BusinessDate }), { minItems: 2, maxItems: 2 }),
      'split: the part for now and the rest with its day; null: it is not split'
    ),
    termsDays: nullable(
      Type.Integer({
        minimum: 0,
        maximum: 365,
        description: 'The terms that go with it; null: those that were asked for'
      })
    ),
    text: ref(Text),
    name: named('its kind')
  })
)

const UnblockingCondition = component(
  'UnblockingCondition',
  'What, once it is true, takes one step out of the way. The order passes once that is so of every step that stops it',
  Type.Object({
    step: oneOf(CHECK_STEPS, { description: 'The step that stands in the way' }),
    kind: oneOf(CONDITION_KINDS, { description: 'What has to be done' }),
    stepName: named('the step'),
    amount: nullable(
      ref(Money),
      'raise_limit: the limit that would do; otherwise by how much to pay, lower, cover or resolve; null: it is not about an amount'
    ),
    invoiceDueBefore: nullable(
      BusinessDate,
      'pay_overdue: all invoices that were due before this day; null: another kind'
    ),
    termsDays: nullable(
      Type.Integer({ minimum: 0, maximum: 365 }),
      'The longest terms in days that would do; null: it is not about terms'
    ),
    grade: nullable(oneOf(GRADES), 'The worst grade that would do; null: it is not about the grade'),
    text: ref(Text),
    name: named('its kind')
  })
)

export const Block = component(
  'Block',
  'What became of an order whose check was not approved. While it is open the order waits: if it is automatic it is decided again whenever headroom may have risen, and a person may release or reject it',
  Type.Object({
    state: oneOf(BLOCK_STATES, {
      description:
        'open: it waits; approved: a later check approved it; released, rejected: a person decided; withdrawn: the caller gave it up; lapsed: it waited too long'
    }),
    stateName: named('the state'),
    closedByName: named('what in the service ended it; left out as well where a person or a key did'),
    automatic: Type.Boolean({
      description:
        'Whether the order is decided again by itself; otherwise only a person ends the block, or a new check'
    }),
    openedAt: { ...Timestamp, description: 'Since when the order waits: its place in the line' },
    validUntil: { ...Timestamp, description: 'Until when it waits at most' },
    closedAt: nullable(Timestamp, 'When it ended; null: it is open'),
    closedBy: nullable(
      Type.String({ maxLength: 64 }),
      'An API key or a person, `reevaluation` or `clock`; null: it is open'
    ),
    nextCheckId: nullable(CheckId, 'The check that approved the order; null: none did'),
    reasonCode: nullable(ReasonCodeOfCaller, 'The caller’s own code for why a person decided so; null: no person did'),
    comment: nullable(Type.String({ maxLength: 2_000 }), 'What the person said to it; null: nothing'),
    version: Version
  })
)
export type Block = Static<typeof Block>

const PolicyUsed = Type.Object(
  {
    id: Type.String({ maxLength: 64, description: 'Id of the policy' }),
    version: Type.Integer({ minimum: 1, description: 'Version of the policy' })
  },
  { description: 'The policy that decided' }
)

const decisionFields = {
  checkId: CheckId,
  customerId: CustomerId,
  orderId: OrderId,
  kind: oneOf(ORDER_KINDS, { description: 'order: goods to be delivered; credit_note: it takes from what is owed' }),
  amount: { ...ref(Money), description: 'The whole order, in the currency of the account' },
  prepaid: { ...ref(Money), description: 'The part of it that is paid before delivery' },
  original: nullable(ref(OriginalMoney), 'The order in its own currency; null: that is the account’s'),
  termsDays: nullable(
    Type.Integer({ minimum: 0, maximum: 365 }),
    'Payment terms that were asked for, in days; null: those of the limit'
  ),
  shipOn: nullable(BusinessDate, 'The day on which the goods are to leave; null: not known'),
  outcome: oneOf(OUTCOMES, {
    description:
      'approved: what is not prepaid is held, of a credit note nothing; referred: a person must look; declined: no'
  }),
  reasons: Type.Array(ref(ToldReason), { maxItems: 20, description: 'The gravest first; warnings too' }),
  steps: Type.Array(ref(CheckStep), { maxItems: 40, description: 'Every step, whatever the others say' }),
  alternatives: Type.Array(ref(Alternative), {
    maxItems: 6,
    description: 'What would be approved instead, each with the payment terms in its `termsDays`; empty for an approval'
  }),
  unblockedBy: Type.Array(ref(UnblockingCondition), {
    maxItems: 40,
    description: 'What would let the order pass, step by step; empty for an approval'
  }),
  exposureBefore: { ...ref(Exposure), description: 'Without what exposure items count for this very order' },
  availableBefore: nullable(ref(Money), 'Available credit before the decision; null: unlimited'),
  availableAfter: nullable(ref(Money), 'Available credit after it; null: unlimited'),
  policy: PolicyUsed,
  releaseId: nullable(
    Type.String({ maxLength: 64 }),
    'The release that the decision rests on, whether or not it exempted a step; null: none'
  ),
  previousCheckId: nullable(
    CheckId,
    'The check that blocked the order, where a re-evaluation or a person’s release took it up again; otherwise null'
  ),
  decidedAt: Timestamp,
  textsVersion: TextsVersion,
  outcomeName: named('the outcome'),
  kindName: named('the kind of order')
}

const ChangedSince = component(
  'ChangedSince',
  'Only where an order that has its reservation already was asked about again: the check is the earlier answer, and this says what would be decided today about what is still open, its own reservation left out',
  Type.Object({
    outcome: oneOf(OUTCOMES, { description: 'What would be decided today; the reservation stands whatever it is' }),
    outcomeName: named('the outcome'),
    steps: Type.Array(
      Type.Object({
        code: oneOf(CHECK_STEPS, { description: 'Which step it is' }),
        before: oneOf(STEP_RESULTS, { description: 'Its result in this check' }),
        today: oneOf(STEP_RESULTS, { description: 'Its result today' }),
        name: named('the step'),
        beforeName: named('its result in this check'),
        todayName: named('its result today')
      }),
      { maxItems: 40, description: 'The steps that would come out otherwise; empty: none would' }
    )
  })
)

export const CreditCheck = component(
  'CreditCheck',
  'The decision about one order, and what became of it',
  Type.Object({
    ...decisionFields,
    reservation: nullable(ref(Reservation), 'What the approval holds; null: nothing'),
    block: nullable(ref(Block), 'How the order waits, or waited; null: it does not under this check'),
    captures: Type.Optional(
      Type.Array(ref(Capture), {
        maxItems: 1_000,
        description:
          'Where one check is read, and where a capture of it is released: what was captured of its reservation, what still counts first, then the newest. Left out: nothing was'
      })
    ),
    changedSince: Type.Optional(ref(ChangedSince))
  })
)
export type CreditCheck = Static<typeof CreditCheck>

export const CheckBatch = component(
  'CheckBatch',
  'What became of each order of a batch, in their order',
  Type.Object({
    results: Type.Array(
      Type.Object({
        index: Type.Integer({
          minimum: 0,
          maximum: BATCH_CHECKS_MAX - 1,
          description: 'Place of the order in the batch, from 0'
        }),
        status: Type.Integer({
          minimum: 200,
          maximum: 599,
          description:
            'As if the order had been sent by itself: 201, 200 for one that holds the same amount already, or that of the problem'
        }),
        check: Type.Optional(ref(CreditCheck)),
        problem: Type.Optional(ref(Problem))
      }),
      { maxItems: BATCH_CHECKS_MAX, description: 'One for each order: its check, or the problem with it' }
    )
  })
)

const CheckDecision = component(
  'CheckDecision',
  'A decision by itself, about the amount that is asked for in addition',
  Type.Object(decisionFields)
)

export const Replay = component(
  'Replay',
  'A check decided again on the facts that were recorded with it',
  Type.Object({
    checkId: CheckId,
    same: Type.Boolean({
      description: 'Byte for byte the decision that is on file; its sentences are made when it is read'
    }),
    differences: Type.Array(Type.String({ maxLength: 300 }), {
      maxItems: 10,
      description: 'JSON pointers into the decision at which the two differ'
    }),
    outcome: oneOf(OUTCOMES, { description: 'What the replay decides' }),
    policy: PolicyUsed,
    journal: Type.Object(
      {
        seq: Type.Integer({ minimum: 1, description: 'Its place in the chain, from 1' }),
        hash: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'Its hash' })
      },
      { description: 'The entry of the customer’s chain that holds the facts' }
    )
  })
)
export type Replay = Static<typeof Replay>

export const CreditCheckPage = pageOf('CreditCheckPage', CreditCheck)

export const CreditCheckQuery = Type.Object(
  {
    customerId: Type.Optional({ ...CustomerId, examples: ['C-1001'] }),
    orderId: Type.Optional({ ...OrderId, examples: ['SO-7001'] }),
    outcome: Type.Optional(oneOf(OUTCOMES, { description: 'Only checks with this outcome', examples: ['approved'] })),
    reservation: Type.Optional(
      oneOf(RESERVATION_STATES, { description: 'State of the reservation', examples: ['expired'] })
    ),
    since: Type.Optional({
      ...Timestamp,
      description:
        'Only checks whose reservation ended at this instant or later: with `reservation=expired`, what timed out since'
    }),
    reader,
    ...pageQuery
  },
  { additionalProperties: false }
)
export type CreditCheckQuery = Static<typeof CreditCheckQuery>

export const NewCapture = component(
  'NewCapture',
  'Goods that have left against a reservation',
  closed(
    Type.Object(
      {
        amount: ref(PositiveMoney),
        invoiceId: {
          ...InvoiceId,
          description: 'Number of the invoice under which the amount will be, or was, recorded'
        },
        final: Type.Boolean({ description: 'true: the rest of the reservation is released; false: it stays reserved' })
      },
      { examples: [{ amount: { amount: '180000.00', currency: 'CNY' }, invoiceId: 'INV-7001', final: true }] }
    )
  )
)
export type NewCapture = Static<typeof NewCapture>

export const NewRelease = component(
  'NewRelease',
  'Why a reservation is given up',
  closed(
    Type.Object(
      { reason: Type.Optional(text(500, { description: 'Why; it stands in the journal' })) },
      { examples: [{ reason: 'Order cancelled by the customer' }] }
    )
  )
)
export type NewRelease = Static<typeof NewRelease>

export const NewCaptureRelease = component(
  'NewCaptureRelease',
  'Why what a capture still counts for is given up',
  closed(
    Type.Object(
      {
        amount: Type.Optional({
          ...ref(PositiveMoney),
          description:
            'How much of it, in the currency of the account; sent again without Idempotency-Key, it counts again. Left out: all that still counts'
        }),
        reason: text(500, { description: 'Why; it stands in the journal' })
      },
      { examples: [{ amount: { amount: '1000.00', currency: 'CNY' }, reason: 'Goods came back, no invoice follows' }] }
    )
  )
)
export type NewCaptureRelease = Static<typeof NewCaptureRelease>

export const NewAdjustment = component(
  'NewAdjustment',
  'What the reservation is to hold from now on: exactly one of the three, in the currency of the account',
  closed(
    Type.Object(
      {
        amount: Type.Optional({
          ...ref(PositiveMoney),
          description: 'The new amount of the reservation as a whole, what is captured included'
        }),
        increase: Type.Optional({
          ...ref(PositiveMoney),
          description: 'How much more; sent again without Idempotency-Key, it counts again'
        }),
        decrease: Type.Optional({
          ...ref(PositiveMoney),
          description: 'How much less; sent again without Idempotency-Key, it counts again'
        }),
        reason: Type.Optional(text(500, { description: 'Why; it stands in the journal' }))
      },
      { examples: [{ amount: { amount: '190000.00', currency: 'CNY' }, reason: 'One more pallet' }] }
    )
  )
)
export type NewAdjustment = Static<typeof NewAdjustment>

export const Adjustment = component(
  'Adjustment',
  'What became of a change of the amount that a reservation holds. An increase is decided like an order; one that is not approved leaves everything as it was',
  Type.Object({
    adjustmentId: AdjustmentId,
    checkId: CheckId,
    outcome: oneOf(OUTCOMES, { description: 'A decrease is always approved' }),
    outcomeName: named('the outcome'),
    change: { ...ref(Money), description: 'What was asked for: more, or below zero less' },
    reason: nullable(Type.String({ maxLength: 500 }), 'Why, as the caller said; null: it did not'),
    decision: nullable(ref(CheckDecision), 'How an increase was decided; null: it was a decrease'),
    adjustedAt: Timestamp,
    reservation: ref(Reservation)
  })
)
export type Adjustment = Static<typeof Adjustment>
