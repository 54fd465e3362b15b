import Type from 'typebox'

/** Which texts the sentences of an answer are from. */
export const TextsVersion = Type.String({
  maxLength: 64,
  description:
    'The texts that the sentences are from: the digest of those in force, or `edition-1` where they were stored with the decision'
})
