import Type, { type Static } from 'typebox'
import { ENTRY_TYPES } from '../engine/index.ts'
import { CustomerId } from '../ids.ts'
import { closed, component, nullable, oneOf, pageOf, pageQuery, ref, Timestamp } from '../platform/http/schema.ts'
import { named, reader } from '../wording/schema.ts'

const entry = {
  customerId: CustomerId,
  seq: Type.Integer({ minimum: 1, description: 'Without gap from 1' }),
  at: Timestamp,
  type: oneOf(ENTRY_TYPES, { description: 'What happened', examples: ['check.decided'] }),
  actor: Type.String({
    maxLength: 64,
    description:
      'The API key that did it, or the person whom that key names; or what in the service: such as `clock` for what its time has ended'
  }),
  subject: Type.String({
    maxLength: 64,
    description: 'The id of what it happened to: a check, an invoice, the customer'
  }),
  payload: Type.String({
    maxLength: 1_000_000,
    description: 'Canonical JSON (RFC 8785) of what was decided on which facts, as text: exactly these bytes are hashed'
  }),
  previousHash: Type.String({ maxLength: 64, description: 'The hash of the entry before; 64 zeros for the first' }),
  hash: Type.String({
    maxLength: 64,
    description: 'SHA-256 over the canonical JSON of all other fields of this entry'
  })
}

const JournalEntry = component(
  'JournalEntry',
  'One entry of a customer’s chain',
  Type.Object({
    ...entry,
    name: named('what happened'),
    actorName: named('what in the service did it; left out as well where a person or a key did'),
    hash: Type.String({
      maxLength: 64,
      description: 'SHA-256 over the canonical JSON of all other fields of this entry but the names'
    })
  })
)
export const JournalPage = pageOf('JournalPage', JournalEntry)
/** The whole journal, an entry a line; a stream has no bound of its own. */
export const JournalLines = Type.String({ description: 'One `JournalEntry` as JSON a line, in the order of the chain' })
export const JournalQuery = Type.Object({ ...pageQuery, reader }, { additionalProperties: false })
export type JournalQuery = Static<typeof JournalQuery>

const Event = component(
  'Event',
  'What happened to a customer: an entry of its chain',
  Type.Object({
    eventId: Type.String({
      maxLength: 90,
      description: 'The customer and the place in its chain: the same event always has the same id',
      examples: ['C-1001:17']
    }),
    ...entry,
    name: named('what happened'),
    actorName: named('what in the service did it; left out as well where a person or a key did'),
    hash: Type.String({
      maxLength: 64,
      description: 'The hash of the entry, over its fields without eventId and the names'
    })
  })
)

export const Feed = component(
  'Feed',
  'A part of the feed of events, oldest first',
  Type.Object({
    items: Type.Array(ref(Event), { maxItems: 200, description: 'At most as many as `limit` says' }),
    nextCursor: Type.String({
      maxLength: 1_000,
      description:
        'Where to go on: send it as `after`. It is always there, and stays valid: keep it with what you have worked off'
    }),
    more: Type.Boolean({ description: 'Whether to go on at once; otherwise this was all there is so far' })
  })
)
export type Feed = Static<typeof Feed>

export const FeedQuery = Type.Object(
  {
    after: Type.Optional({
      ...pageQuery.cursor,
      description:
        '`nextCursor` of the part before; without it, from the beginning. It fits the filters that it was made for'
    }),
    type: Type.Optional(oneOf(ENTRY_TYPES, { description: 'Only events of this type', examples: ['check.decided'] })),
    customerId: Type.Optional({ ...CustomerId, description: 'Only events of this customer', examples: ['C-1001'] }),
    reader,
    limit: pageQuery.limit
  },
  { additionalProperties: false }
)
export type FeedQuery = Static<typeof FeedQuery>

/** What the auditor judges. */
export const INVARIANTS = [
  'I1',
  'I2',
  'I3',
  'I4',
  'I5',
  'I6',
  'I9',
  'I10',
  'I11',
  'I13',
  'I14',
  'I15',
  'I17',
  'I18',
  'I19',
  'I21',
  'I22'
] as const

/** What it cannot judge from what is stored, or what does not arise here. */
export const NOT_JUDGED = ['I7', 'I8', 'I12', 'I16', 'I20'] as const

const Finding = Type.Object({
  invariant: oneOf(INVARIANTS, { description: 'Which invariant it is' }),
  statement: Type.String({ maxLength: 300, description: 'What always holds' }),
  checked: Type.Integer({ minimum: 0, description: 'How many rows or chains were looked at' }),
  valid: Type.Boolean({ description: 'Whether it held everywhere' }),
  firstBad: nullable(Type.String({ maxLength: 300 }), 'Where it is broken first; null: nowhere'),
  earlier: Type.Optional(
    Type.Object(
      {
        count: Type.Integer({ minimum: 1, description: 'How many rows' }),
        first: Type.String({ maxLength: 300, description: 'Which is the first of them' })
      },
      {
        description:
          'Rows that were written before there was this rule and do not keep it: somebody should look at them, and the record is sound. Left out where there are none'
      }
    )
  )
})

export const SelfCheckQuery = Type.Object(
  {
    cursor: Type.Optional({
      ...pageQuery.cursor,
      description: '`nextCursor` of the part before; without it, from the beginning'
    })
  },
  { additionalProperties: false }
)
export type SelfCheckQuery = Static<typeof SelfCheckQuery>

const After = Type.String({ maxLength: 255, pattern: '^[\\x21-\\x7e]*$', description: 'Empty: before the first' })

/**
 * Where the audit goes on: customers come first, in the order of their ids, then the chain of the
 * organisation, then Idempotency-Keys in their order.
 */
export const AuditPlace = Type.Union(
  [
    closed(
      Type.Object({
        of: oneOf(['customers'], { description: 'Customers by their ids, then the organisation, then the keys' }),
        after: Type.Unsafe<CustomerId | ''>({ ...After, description: 'The customer before; empty: before the first' })
      })
    ),
    closed(
      Type.Object({
        of: oneOf(['organisation'], { description: 'The chain of the organisation' }),
        after: Type.Integer({
          minimum: 0,
          maximum: Number.MAX_SAFE_INTEGER,
          description: 'The entry before; 0: before the first'
        })
      })
    ),
    closed(
      Type.Object({
        of: oneOf(['keys'], { description: 'Idempotency-Keys by their callers' }),
        after: closed(
          Type.Object(
            { callerId: { ...After, description: 'The API key that sent it' }, idempotencyKey: After },
            { description: 'The Idempotency-Key before' }
          )
        )
      })
    )
  ],
  { description: 'A place in the order of the audit' }
)
export type AuditPlace = Static<typeof AuditPlace>

export const SelfCheck = component(
  'SelfCheck',
  'What the auditor found',
  Type.Object({
    valid: Type.Boolean({ description: 'Whether every invariant held in all that was looked at: see `whole`' }),
    whole: Type.Boolean({
      description:
        'Whether all of the ledger was looked at here; false: a part that began at `from`, or ended at `nextCursor`, and says nothing of the rest'
    }),
    from: nullable(AuditPlace, 'From where it was looked at, as the cursor said; null: from the beginning'),
    customers: Type.Integer({ minimum: 0, description: 'Chains that were looked at' }),
    entries: Type.Integer({ minimum: 0, description: 'Journal entries that were looked at' }),
    nextCursor: Type.Optional({
      ...pageQuery.cursor,
      description: 'The time was up before the end: ask again with it as `cursor`, until there is none'
    }),
    findings: Type.Array(Finding, { maxItems: 40, description: 'Each invariant that is judged, once' }),
    notJudged: Type.Array(
      Type.Object({
        invariant: oneOf(NOT_JUDGED, { description: 'Which invariant it is' }),
        why: Type.String({ maxLength: 300, description: 'Why it is not judged' })
      }),
      {
        maxItems: 40,
        description: 'The other invariants of the ledger, and why they are not judged here'
      }
    )
  })
)
export type SelfCheck = Static<typeof SelfCheck>
