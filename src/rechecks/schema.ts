import Type, { type Static } from 'typebox'
import { ReasonCodeField, ToldReason } from '../checks/schema.ts'
import { OUTCOMES } from '../engine/index.ts'
import { CheckId, CustomerId, OrderId, RunId } from '../ids.ts'
import {
  BusinessDate,
  closed,
  component,
  nullable,
  oneOf,
  pageOf,
  pageQuery,
  ref,
  Timestamp
} from '../platform/http/schema.ts'
import { RunState, runCount, runCourse, runFailures } from '../runs/schema.ts'
import { named, reader } from '../wording/schema.ts'

export const NewRecheckRun = component(
  'NewRecheckRun',
  'Nothing: all open orders are looked at',
  closed(Type.Object({}, { examples: [{}] }))
)

export const RecheckRun = component(
  'RecheckRun',
  'A run over all open orders, with how far it is',
  Type.Object({
    runId: RunId,
    state: RunState,
    stateName: named('the state'),
    requestedByName: named('what in the service asked; left out as well where a person or a key did'),
    scheduledOn: nullable(BusinessDate, 'The day for which the schedule asked; null: a caller did'),
    counts: Type.Object(
      {
        customers: runCount('Customers looked at so far'),
        orders: runCount('Orders that hold something, looked at so far'),
        atRisk: runCount('Of these, how many would not be approved any more'),
        approved: runCount('Orders that waited and were approved now'),
        failed: runCount('Customers whose orders could not be looked at')
      },
      { description: 'How far it is' }
    ),
    findings: Type.Array(
      Type.Object({
        customerId: CustomerId,
        orderId: OrderId,
        checkId: CheckId,
        outcome: oneOf(OUTCOMES, { description: 'What it would come to now' }),
        outcomeName: named('the outcome'),
        reasons: Type.Array(ReasonCodeField, { maxItems: 20, description: 'Why, the gravest first' }),
        toldReasons: Type.Optional(
          Type.Array(ref(ToldReason), {
            maxItems: 20,
            description: 'The same in words, for the `reader`; left out: none was named'
          })
        ),
        since: { ...Timestamp, description: 'Since when the order is at risk' }
      }),
      { maxItems: 2_000, description: 'The first orders that would not be approved any more, with why' }
    ),
    failures: runFailures('The first customers whose orders could not be looked at, with why'),
    ...runCourse('The API key that asked, or `schedule`')
  })
)
export type RecheckRun = Static<typeof RecheckRun>
export const RecheckRunPage = pageOf('RecheckRunPage', RecheckRun)
export const RecheckRunQuery = Type.Object({ ...pageQuery, reader }, { additionalProperties: false })
export type RecheckRunQuery = Static<typeof RecheckRunQuery>
