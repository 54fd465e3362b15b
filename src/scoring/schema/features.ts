import Type, { type Static } from 'typebox'
import {
  FEATURE_HOLDERS,
  FEATURE_INFLUENCES,
  FEATURE_SOURCES,
  FEATURE_TYPES,
  JURISDICTIONS,
  LEGAL_CLASSES
} from '../../engine/index.ts'
import { component, nullable, oneOf, ref, Text } from '../../platform/http/schema.ts'
import { FeatureId } from './fields.ts'

const jurisdiction = oneOf(JURISDICTIONS, {
  description:
    'Whose law decides what a person may be judged by: of China, of the European Union, of the United States; GENERIC is the strictest of them; left out: the law under which the service runs',
  examples: ['GENERIC']
})
const featureGroup = oneOf(FEATURE_SOURCES, {
  description: 'The part of the credit file that it comes from',
  examples: ['evidence']
})

export const FeatureQuery = Type.Object(
  { group: Type.Optional(featureGroup), jurisdiction: Type.Optional(jurisdiction) },
  { additionalProperties: false }
)
export type FeatureQuery = Static<typeof FeatureQuery>

const Feature = component(
  'Feature',
  'An input that a scoring model may name',
  Type.Object({
    id: { ...FeatureId, examples: ['record.openCourtCases'] },
    name: ref(Text),
    group: featureGroup,
    type: oneOf(FEATURE_TYPES, { description: 'What its values are' }),
    unit: nullable(
      Type.String({ maxLength: 20 }),
      'Of a number: days, months, years, count, ratio, percent, times, index (0 to 100), mark (1 to 5) or amount (in the currency of the account); null: it is no number'
    ),
    values: Type.Optional(
      Type.Array(Type.String({ maxLength: 64 }), {
        maxItems: 100,
        description: 'Every value of a category; left out where the list is open'
      })
    ),
    heldBy: oneOf(FEATURE_HOLDERS, { description: 'Who could withhold it' }),
    influence: oneOf(FEATURE_INFLUENCES, {
      description: 'What changes it: the customer by what it does or hands in, time alone, or neither'
    }),
    description: ref(Text),
    legalClass: oneOf(LEGAL_CLASSES, {
      description:
        'restricted: only with a written justification and where the law’s conditions are met; prohibited: a model that names it is refused'
    }),
    legalReason: nullable(ref(Text), 'Why it is restricted or prohibited; null: it is not'),
    legalBasis: nullable(
      Type.String({ maxLength: 300 }),
      'The law that says so; null: it is neither restricted nor prohibited'
    )
  })
)

export const Features = component(
  'Features',
  'The feature catalogue: every input that a scoring model may name, and what the law of a jurisdiction says of it',
  Type.Object({
    jurisdiction,
    items: Type.Array(ref(Feature), { maxItems: 500, description: 'Every feature, by its id' })
  })
)
export type Features = Static<typeof Features>
