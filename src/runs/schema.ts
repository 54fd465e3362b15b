import Type from 'typebox'
import { CustomerId, RunId } from '../ids.ts'
import { closed, component, nullable, oneOf, ref, Text, Timestamp } from '../platform/http/schema.ts'

/**
 * `failed`: the run itself broke off, which is another matter than customers whose work failed.
 */
export const RUN_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const

export const RunPath = Type.Object({ runId: RunId })

export const RunState = oneOf(RUN_STATES, {
  description:
    'queued and running are followed by done, failed or cancelled; a run that is interrupted goes on by itself'
})

export const NewCancellation = component(
  'NewCancellation',
  'Nothing: what was written stays, the rest is left as it is',
  closed(Type.Object({}, { examples: [{}] }))
)

export const runCount = (description: string) => Type.Integer({ minimum: 0, description })

/** The customers whose work failed, with why. */
export const runFailures = (description: string) =>
  Type.Array(
    Type.Object({
      customerId: CustomerId,
      reason: Type.String({ maxLength: 300, description: 'Why, in words' }),
      reasonText: Type.Optional({
        ...ref(Text),
        description: 'The same in English and in Chinese; left out: it was recorded in English alone'
      })
    }),
    { maxItems: 1_000, description }
  )

/** How a run came to its end, and when; the last fields of every run. */
export const runCourse = (requestedBy: string) => ({
  failedReason: nullable(Type.String({ maxLength: 300 }), 'Why the run itself broke off; null: it did not'),
  failedReasonText: Type.Optional({ ...ref(Text), description: 'The same in English and in Chinese' }),
  requestedBy: Type.String({ maxLength: 64, description: requestedBy }),
  createdAt: Timestamp,
  startedAt: nullable(Timestamp, 'When it began; null: it waits'),
  finishedAt: nullable(Timestamp, 'When it ended; null: it has not')
})
