import Type from 'typebox'
import { READERS } from '../engine/index.ts'
import { DryRun, oneOf, ref, Text } from '../platform/http/schema.ts'

export const reader = Type.Optional(
  oneOf(READERS, {
    examples: ['sales'],
    description:
      'For whom the sentences are: who talks to the customer, the customer itself (addressed as a business or as a person), or who checks the decision. Codes then have names beside them. `customer` is not told what the people of the seller wrote for themselves and who they are, what was observed elsewhere, how the policy and the model measure, nor what the journal holds: that is null, empty, left out where it is optional, or `withheld`. Left out: `sales`, without names'
  })
)
export const ReaderQuery = Type.Object({ reader }, { additionalProperties: false })
export const DryRunForReader = Type.Object({ ...DryRun.properties, reader }, { additionalProperties: false })

/** Which texts the sentences of an answer are from. */
export const TextsVersion = Type.String({
  maxLength: 64,
  description:
    'The texts that the sentences are from: the digest of those in force, or `edition-1` where they were stored with the decision'
})

/** What people call several codes, in their order. */
export const namedInOrder = (what: string, maxItems: number) =>
  Type.Optional(
    Type.Array(ref(Text), {
      maxItems,
      description: `What people call ${what}, in their order; left out: no \`reader\` was named, or it is \`customer\``
    })
  )

/** What people call the keys of a record. */
export const namedByKey = (what: string) =>
  Type.Optional(
    Type.Unsafe<Record<string, { en: string; zh: string }>>({
      type: 'object',
      additionalProperties: ref(Text),
      description: `What people call ${what}, by the same keys; left out: no \`reader\` was named, or it is \`customer\``
    })
  )

/** What people call a code. */
export const named = (what: string) =>
  Type.Optional({ ...ref(Text), description: `What people call ${what}; left out: no \`reader\` was named` })
