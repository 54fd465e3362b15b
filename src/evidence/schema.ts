import Type, { type Static, type TObject, type TSchema } from 'typebox'
import { EVIDENCE, EVIDENCE_KINDS, type EvidenceFact, type EvidenceKind, type FactField } from '../engine/index.ts'
import { CustomerId, EvidenceId } from '../ids.ts'
import {
  ActingKey,
  BusinessDate,
  closed,
  component,
  nullable,
  oneOf,
  PositiveMoney,
  pageOf,
  pageQuery,
  ref,
  Timestamp,
  text,
  Version
} from '../platform/http/schema.ts'

export const EvidencePath = Type.Object({
  customerId: { ...CustomerId, examples: ['C-1001'] },
  evidenceId: EvidenceId
})

function factOf(field: FactField): TSchema {
  const description = `${field.name.en} (${field.name.zh})`
  if (field.type === 'boolean') return Type.Boolean({ description })
  if (field.type === 'category') return oneOf(field.values, { description })
  if (field.type === 'money') return { ...ref(PositiveMoney), description }
  if (field.type === 'text') return text(field.maxLength, { description })
  const bounds = { minimum: field.min, maximum: field.max, description }
  return field.whole ? Type.Integer(bounds) : Type.Number(bounds)
}

/** `court_record` as `CourtRecord` */
function nameOfKind(kind: EvidenceKind): string {
  return kind.replace(/(^|_)([a-z])/g, (_all, _start, letter: string) => letter.toUpperCase())
}

const FACTS = EVIDENCE_KINDS.map((kind) => {
  const { name, facts } = EVIDENCE[kind]
  const fields = Object.entries(facts as Readonly<Record<string, FactField>>)
  const properties = Object.fromEntries(fields.map(([id, field]) => [id, Type.Optional(factOf(field))]))
  const schema = closed(Type.Object(properties, { minProperties: 1 }))
  const description = `What evidence of the kind ${kind} states: ${name.en} (${name.zh}). What its source does not say is left out`
  return { kind, facts: component(`${nameOfKind(kind)}Facts`, description, schema) }
})

/**
 * An item whose facts are those of its kind. Each kind is an `if` by itself, not a branch of one
 * choice, so that a fault is told of the field that has it and not of every other kind.
 */
export function withFactsOfKind<Schema extends TObject>(schema: Schema): Schema {
  const allOf = FACTS.map(({ kind, facts }) =>
    Object.fromEntries([
      ['if', { properties: { kind: { const: kind } }, required: ['kind'] }],
      ['then', { properties: { facts: ref(facts) } }]
    ])
  )
  return { ...schema, allOf }
}

export const evidenceFields = {
  kind: oneOf(EVIDENCE_KINDS, { description: 'What it is; it decides which facts there can be' }),
  observedOn: {
    ...BusinessDate,
    description: 'Day to which the facts apply: of the report, the search or the visit; not in the future'
  },
  validUntil: Type.Optional({
    ...BusinessDate,
    description: 'Last day on which it counts; left out, it counts until something newer does'
  }),
  source: text(200, {
    description: 'Who says so: the agency, bank, supplier, register or assessor. Of each source the newest item counts',
    examples: ['中国执行信息公开网']
  }),
  facts: Type.Unsafe<EvidenceFact['facts']>({ type: 'object', description: 'What it states, by its kind' })
}

const example = {
  kind: 'court_record' as const,
  observedOn: '2026-03-30',
  source: '中国执行信息公开网',
  facts: { openCases: 0, judgementDebtor: false, dishonestDebtor: false }
}

export const NewEvidence = component(
  'NewEvidence',
  'A dated, sourced item about a customer from outside the ledger',
  withFactsOfKind(closed(Type.Object(evidenceFields, { examples: [example] })))
)
export type NewEvidence = Static<typeof NewEvidence>

export const NewWithdrawal = component(
  'NewWithdrawal',
  'Why an item of evidence is not to count',
  closed(
    Type.Object(
      { reason: text(500, { description: 'Why it is not to count', examples: ['Another company of the same name'] }) },
      {
        examples: [{ reason: 'Another company of the same name' }]
      }
    )
  )
)
export type NewWithdrawal = Static<typeof NewWithdrawal>

export const Evidence = component(
  'Evidence',
  'A recorded item of evidence',
  withFactsOfKind(
    Type.Object({
      customerId: CustomerId,
      evidenceId: EvidenceId,
      ...evidenceFields,
      validUntil: nullable(BusinessDate, 'Last day on which it counts; null: until something newer does'),
      recordedAt: Timestamp,
      recordedBy: ActingKey,
      withdrawal: nullable(
        Type.Object({ reason: text(500, { description: 'Why it is not to count' }), by: ActingKey, at: Timestamp }),
        'It counts no longer, from the day of its withdrawal on; null: it was not withdrawn'
      ),
      version: Version
    })
  )
)
export type Evidence = Static<typeof Evidence>
export const EvidencePage = pageOf('EvidencePage', Evidence)
export const EvidenceQuery = Type.Object(
  {
    kind: Type.Optional(
      oneOf(EVIDENCE_KINDS, { description: 'Only evidence of this kind', examples: ['court_record'] })
    ),
    withdrawn: Type.Optional(
      Type.Boolean({ description: 'Only what was withdrawn, or only what was not', examples: [false] })
    ),
    ...pageQuery
  },
  { additionalProperties: false }
)
export type EvidenceQuery = Static<typeof EvidenceQuery>
