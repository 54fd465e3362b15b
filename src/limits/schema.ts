import Type, { type Static } from 'typebox'
import { COMPONENT_GAPS, GRADES, LIMIT_COMPONENTS, LIMIT_MODES, LIMIT_STATUSES, REASON_CODES } from '../engine/index.ts'
import { CustomerId, LimitDecisionId } from '../ids.ts'
import {
  ActingKey,
  BusinessDate,
  closed,
  component,
  Money,
  nullable,
  oneOf,
  PositiveMoney,
  pageOf,
  pageQuery,
  ref,
  Text,
  Timestamp,
  text,
  Version
} from '../platform/http/schema.ts'
import { named, namedByKey, reader, TextsVersion } from '../wording/schema.ts'

export const LimitDecisionPath = Type.Object({
  customerId: { ...CustomerId, examples: ['C-1001'] },
  limitDecisionId: LimitDecisionId
})
export const LIMIT_DECISION_STATES = ['proposed', 'applied', 'rejected'] as const

export const NewLimitDecision = component(
  'NewLimitDecision',
  'A limit that is asked for; without an amount: as much as the policy allows',
  closed(
    Type.Object(
      {
        requested: Type.Optional({
          ...ref(PositiveMoney),
          description: 'The amount that is asked for; the proposal never exceeds it'
        }),
        refer: Type.Optional(
          Type.Boolean({
            description:
              'true: it waits for a person’s approval even where the policy may decide alone. So a person can grant what the policy cuts or refuses. Left out: false'
          })
        ),
        comment: Type.Optional(text(1_000, { description: 'Why: it stands in the journal' }))
      },
      { examples: [{ requested: { amount: '1000000.00', currency: 'CNY' } }] }
    )
  )
)
export type NewLimitDecision = Static<typeof NewLimitDecision>

const state = oneOf(LIMIT_DECISION_STATES, {
  description: 'proposed: it waits for an approval; applied: it took effect; rejected: it never will'
})
const mode = oneOf(LIMIT_MODES, {
  description: 'none: no limit was decided or none is granted; cash_only: payment before delivery'
})
const termsDays = Type.Integer({ minimum: 0, maximum: 365 })

const Component = Type.Object({
  id: oneOf(LIMIT_COMPONENTS, { description: 'What is weighed' }),
  name: named('it'),
  amount: nullable(ref(Money), 'What it would allow; null: `gap` says why there is none'),
  gap: nullable(oneOf(COMPONENT_GAPS), 'Why it has no amount; null: it has one'),
  gapName: named('the reason why it has no amount'),
  applied: Type.Boolean({ description: 'It took part in the minimum' }),
  explanation: ref(Text),
  inputs: Type.Unsafe<Record<string, number | string | null>>({
    type: 'object',
    additionalProperties: { type: ['number', 'string', 'null'] },
    description: 'The figures that went in, by name; amounts in minor units'
  }),
  inputsNames: namedByKey('these figures')
})

const LimitProposal = component(
  'LimitProposal',
  'What the policy computes: every component, and which of them binds',
  Type.Object({
    policy: Type.Object(
      {
        id: Type.String({ maxLength: 64, description: 'Id of the policy' }),
        version: Type.Integer({ minimum: 1, description: 'Version of the policy' })
      },
      { description: 'The policy that computed it' }
    ),
    asOf: BusinessDate,
    status: oneOf(LIMIT_STATUSES, { description: 'none: the policy proposes no limit' }),
    mode,
    amount: { ...ref(Money), description: 'Zero unless the mode is limited' },
    grade: nullable(oneOf(GRADES), 'The grade in force; null: there is none'),
    bindingConstraint: nullable(
      oneOf(LIMIT_COMPONENTS),
      'The component that set the amount; null: the grade or a lack of data did'
    ),
    components: Type.Array(Component, { maxItems: 20, description: 'Always all of them' }),
    termsDays: Type.Integer({
      minimum: 0,
      maximum: 365,
      description: 'Days from invoice to due date; 0: payment before delivery'
    }),
    automatic: Type.Boolean({
      description: 'Within the authority of the policy: it takes effect without a person, unless one was asked for'
    }),
    reasons: Type.Array(
      Type.Object({
        code: oneOf(REASON_CODES, { description: 'A code of the catalogue of reasons' }),
        text: ref(Text)
      }),
      { maxItems: 20, description: 'The gravest first' }
    ),
    textsVersion: TextsVersion,
    modeName: named('the mode'),
    statusName: named('the status'),
    bindingConstraintName: named('the component that set the amount')
  })
)

const Decision = Type.Object({
  by: Type.String({
    maxLength: 64,
    description: 'Key id, or that of the person whom the key names; "policy" when it took effect automatically'
  }),
  at: Timestamp,
  comment: nullable(Type.String({ maxLength: 1_000 }), 'What the person said to it; null: the policy decided'),
  byName: named('what in the service decided; left out as well where a person or a key did'),
  mode: nullable(mode, 'What is in force now; null: it was rejected'),
  modeName: named('the mode'),
  amount: nullable(ref(Money), 'The limit granted; null: it was rejected'),
  termsDays: nullable(termsDays, 'Days from invoice to due date; null: it was rejected'),
  validUntil: nullable(BusinessDate, 'Last day of the limit; null: it was rejected'),
  onePerson: Type.Optional(
    Type.Boolean({ description: 'true: where one person has to do, the key was of the line of the proposer’s' })
  )
})

export const LimitDecision = component(
  'LimitDecision',
  'A proposed change of limit and terms, with its computation and its outcome',
  Type.Object({
    limitDecisionId: LimitDecisionId,
    customerId: CustomerId,
    state,
    stateName: named('the state'),
    requested: nullable(ref(Money), 'The amount that was asked for; null: as much as the policy allows'),
    comment: nullable(Type.String({ maxLength: 1_000 }), 'Why it was asked for; null: nothing was said'),
    proposal: ref(LimitProposal),
    previousLimit: Type.Object(
      {
        mode,
        modeName: named('the mode'),
        amount: ref(Money),
        termsDays: nullable(termsDays, 'Days from invoice to due date; null: none were granted')
      },
      { description: 'What was in force before' }
    ),
    proposedBy: ActingKey,
    proposedAt: Timestamp,
    decision: nullable(Decision, 'How it was decided; null: it waits for an approval'),
    version: Version
  })
)
export type LimitDecision = Static<typeof LimitDecision>
export const LimitDecisionPage = pageOf('LimitDecisionPage', LimitDecision)
export const LimitDecisionQuery = Type.Object(
  { state: Type.Optional({ ...state, examples: ['proposed'] }), reader, ...pageQuery },
  { additionalProperties: false }
)
export type LimitDecisionQuery = Static<typeof LimitDecisionQuery>

export const NewApproval = component(
  'NewApproval',
  'A person’s decision about a proposed limit',
  closed(
    Type.Object(
      {
        verdict: oneOf(['approve', 'reject'], {
          description: 'approve: the limit takes effect; reject: nothing changes'
        }),
        amount: Type.Optional({ ...ref(PositiveMoney), description: 'Grant this instead of the proposed amount' }),
        termsDays: Type.Optional(
          Type.Integer({ minimum: 0, maximum: 365, description: 'Grant these terms instead of the proposed ones' })
        ),
        comment: text(1_000, { description: 'Why: it stands in the journal' })
      },
      {
        examples: [
          {
            verdict: 'approve',
            amount: { amount: '200000.00', currency: 'CNY' },
            termsDays: 30,
            comment: 'Starter limit against a parent guarantee'
          }
        ]
      }
    )
  )
)
export type NewApproval = Static<typeof NewApproval>

export const Limit = component(
  'Limit',
  'The limit in force',
  Type.Object({
    customerId: CustomerId,
    mode,
    amount: { ...ref(Money), description: 'Zero unless the mode is limited' },
    termsDays: nullable(termsDays, 'Days from invoice to due date; null: none were granted'),
    validUntil: nullable(BusinessDate, 'Its last day; null: none was decided'),
    inForce: Type.Boolean({ description: 'false: none was decided, or its validity is over' }),
    limitDecisionId: nullable(Type.String({ maxLength: 64 }), 'The decision that set it; null: none did'),
    available: nullable(ref(Money), 'The limit less what counts against it; null: unlimited')
  })
)
export type Limit = Static<typeof Limit>
