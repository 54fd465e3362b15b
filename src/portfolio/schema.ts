import Type, { type Static } from 'typebox'
import { CUSTOMER_KINDS } from '../engine/index.ts'
import { RunId } from '../ids.ts'
import { closed, component, nullable, oneOf, pageOf, pageQuery, Timestamp } from '../platform/http/schema.ts'
import { RUN_STATES, RunState, runCount, runCourse, runFailures } from '../runs/schema.ts'

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

export const RescoringRun = component(
  'RescoringRun',
  'A run that scores the portfolio anew, with how far it is',
  Type.Object({
    runId: RunId,
    state: RunState,
    filter: Type.Object(
      {
        kind: nullable(kind, 'Only customers of this kind; null: of all kinds'),
        ratedBefore: nullable(ratedBefore, `${ratedBefore.description}; null: whenever it was set`)
      },
      { description: 'Which customers it is about' }
    ),
    counts: Type.Object(
      {
        total: runCount('Customers that it was about when it was asked for'),
        scored: runCount('Customers scored so far'),
        changed: runCount(
          'Of these, how many got a new assessment because their outcome differs or their rating runs out'
        ),
        unrated: runCount('Of those scored, how many are not rated'),
        failed: runCount('Customers that could not be scored and keep what they had')
      },
      { description: 'How far it is' }
    ),
    failures: runFailures('The first customers that could not be scored, with why'),
    ...runCourse('The API key that asked for it')
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
