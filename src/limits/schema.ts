import Type, { type Static } from 'typebox'
import { COMPONENT_GAPS, GRADES, LIMIT_COMPONENTS, LIMIT_MODES, LIMIT_STATUSES, REASON_CODES } from '../engine/index.ts'
import {
  BusinessDate,
  ClientId,
  closed,
  component,
  idField,
  Money,
  nullable,
  oneOf,
  PositiveMoney,
  pageOf,
  pageQuery,
  ref,
  Text,
  Timestamp,
  text
} from '../platform/schema.ts'

export { CustomerPath } from '../customers/schema.ts'

export const LimitDecisionId = idField('lim')
export const LimitDecisionPath = Type.Object({
  customerId: { ...ClientId, examples: ['C-1001'] },
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
        comment: Type.Optional(text(1_000))
      },
      { examples: [{ requested: { amount: '1000000.00', currency: 'CNY' } }] }
    )
  )
)
export type NewLimitDecision = Static<typeof NewLimitDecision>

const Component = Type.Object({
  id: oneOf(LIMIT_COMPONENTS),
  amount: nullable(ref(Money)),
  gap: nullable(oneOf(COMPONENT_GAPS, { description: 'Why it has no amount' })),
  applied: Type.Boolean({ description: 'It took part in the minimum' }),
  explanation: ref(Text),
  inputs: Type.Unsafe<Record<string, number | string | null>>({
    type: 'object',
    additionalProperties: { type: ['number', 'string', 'null'] }
  })
})

export const LimitProposal = component(
  'LimitProposal',
  'What the policy computes: every component, and which of them binds',
  Type.Object({
    policy: Type.Object({ id: Type.String({ maxLength: 64 }), version: Type.Integer({ minimum: 1 }) }),
    asOf: BusinessDate,
    status: oneOf(LIMIT_STATUSES),
    mode: oneOf(LIMIT_MODES),
    amount: ref(Money),
    grade: nullable(oneOf(GRADES)),
    bindingConstraint: nullable(oneOf(LIMIT_COMPONENTS)),
    components: Type.Array(Component, { maxItems: 20, description: 'Always all of them' }),
    termsDays: Type.Integer({ minimum: 0, maximum: 365 }),
    automatic: Type.Boolean({ description: 'Within the authority of the policy: it takes effect without a person' }),
    reasons: Type.Array(Type.Object({ code: oneOf(REASON_CODES), text: ref(Text) }), { maxItems: 20 })
  })
)
export type LimitProposal = Static<typeof LimitProposal>

const Decision = Type.Object({
  by: Type.String({ maxLength: 64, description: 'Key id, or "policy" when it took effect automatically' }),
  at: Timestamp,
  comment: nullable(Type.String({ maxLength: 1_000 })),
  mode: nullable(oneOf(LIMIT_MODES)),
  amount: nullable(ref(Money)),
  termsDays: nullable(Type.Integer({ minimum: 0, maximum: 365 })),
  validUntil: nullable(BusinessDate)
})

export const LimitDecision = component(
  'LimitDecision',
  'A proposed change of limit and terms, with its computation and its outcome',
  Type.Object({
    limitDecisionId: LimitDecisionId,
    customerId: ClientId,
    state: oneOf(LIMIT_DECISION_STATES),
    requested: nullable(ref(Money)),
    comment: nullable(Type.String({ maxLength: 1_000 })),
    proposal: ref(LimitProposal),
    previousLimit: Type.Object({ mode: oneOf(LIMIT_MODES), amount: ref(Money), termsDays: nullable(Type.Integer()) }),
    proposedBy: Type.String({ maxLength: 64 }),
    proposedAt: Timestamp,
    decision: nullable(Decision),
    version: Type.Integer({ minimum: 1 })
  })
)
export type LimitDecision = Static<typeof LimitDecision>
export const LimitDecisionPage = pageOf('LimitDecisionPage', LimitDecision)
export const LimitDecisionQuery = Type.Object(
  { state: Type.Optional(oneOf(LIMIT_DECISION_STATES, { examples: ['proposed'] })), ...pageQuery },
  { additionalProperties: false }
)
export type LimitDecisionQuery = Static<typeof LimitDecisionQuery>

export const NewApproval = component(
  'NewApproval',
  'A person’s decision about a proposed limit',
  closed(
    Type.Object(
      {
        verdict: oneOf(['approve', 'reject']),
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
    customerId: ClientId,
    mode: oneOf(LIMIT_MODES),
    amount: ref(Money),
    termsDays: nullable(Type.Integer({ minimum: 0, maximum: 365 })),
    validUntil: nullable(BusinessDate),
    inForce: Type.Boolean({ description: 'false: none was decided, or its validity is over' }),
    limitDecisionId: nullable(Type.String({ maxLength: 64 })),
    available: nullable(ref(Money))
  })
)
export type Limit = Static<typeof Limit>
