import Type, { type Static } from 'typebox'
import { CUSTOMER_KINDS } from '../engine/index.ts'
import {
  ClientId,
  closed,
  component,
  idField,
  nullable,
  oneOf,
  pageOf,
  pageQuery,
  Timestamp
} from '../platform/http/schema.ts'

/**
 * `failed`: the run itself broke off, which is another matter than customers that could not be
 * scored.
 */
export const RUN_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const

const RunId = idField('run')
export const RunPath = Type.Object({ runId: RunId })
export type RunPath = Static<typeof RunPath>

const kind = oneOf(CUSTOMER_KINDS, { description: 'Only customers of this kind', examples: ['company'] })
const ratedBefore = {
  ...Timestamp,
  description: 'Only customers whose rating was set before this instant, and those that were never assessed'
}

export const NewRescoringRun = component(
  'NewRescoringRun',
  'Which customers are scored anew; without a filter: all of them',
  closed(
    Type.Object(
      { kind: Type.Optional(kind), ratedBefore: Type.Optional(ratedBefore) },
      { examples: [{ kind: 'company' }] }
    )
  )
)
export type NewRescoringRun = Static<typeof NewRescoringRun>

export const NewCancellation = component(
  'NewCancellation',
  'Nothing: what was written stays, the rest is left as it is',
  closed(Type.Object({}, { examples: [{}] }))
)

const count = (description: string) => Type.Integer({ minimum: 0, description })

export const RescoringRun = component(
  'RescoringRun',
  'A run that scores the portfolio anew, with how far it is',
  Type.Object({
    runId: RunId,
    state: oneOf(RUN_STATES, {
      description:
        'queued and running are followed by done, failed or cancelled; a run that is interrupted goes on by itself'
    }),
    filter: Type.Object(
      {
        kind: nullable(kind, 'Only customers of this kind; null: of all kinds'),
        ratedBefore: nullable(ratedBefore, `${ratedBefore.description}; null: whenever it was set`)
      },
      { description: 'Which customers it is about' }
    ),
    counts: Type.Object(
      {
        total: count('Customers that it was about when it was asked for'),
        scored: count('Customers scored so far'),
        changed: count(
          'Of these, how many got a new assessment because their outcome differs or their rating runs out'
        ),
        unrated: count('Of those scored, how many are not rated'),
        failed: count('Customers that could not be scored and keep what they had')
      },
      { description: 'How far it is' }
    ),
    failures: Type.Array(
      Type.Object({ customerId: ClientId, reason: Type.String({ maxLength: 300, description: 'Why, in words' }) }),
      {
        maxItems: 1_000,
        description: 'The first customers that could not be scored, with why'
      }
    ),
    failedReason: nullable(Type.String({ maxLength: 300 }), 'Why the run itself broke off; null: it did not'),
    requestedBy: Type.String({ maxLength: 64, description: 'The API key that asked for it' }),
    createdAt: Timestamp,
    startedAt: nullable(Timestamp, 'When it began; null: it waits'),
    finishedAt: nullable(Timestamp, 'When it ended; null: it has not')
  })
)
export type RescoringRun = Static<typeof RescoringRun>
export const RescoringRunPage = pageOf('RescoringRunPage', RescoringRun)
export const RescoringRunQuery = Type.Object(
  {
    state: Type.Optional(oneOf(RUN_STATES, { description: 'Only runs in this state', examples: ['running'] })),
    ...pageQuery
  },
  { additionalProperties: false }
)
export type RescoringRunQuery = Static<typeof RescoringRunQuery>
