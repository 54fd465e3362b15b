import type { FastifyReply, FastifyRequest } from 'fastify'

/** The languages of sentences in answers. Problems are in English. */
export const LANGUAGES = ['en', 'zh'] as const
export type Language = (typeof LANGUAGES)[number]

/**
 * The language that suits `Accept-Language` best, English where none does; says in the answer that
 * it was chosen, and by what.
 */
export function languageOf(request: FastifyRequest, reply: FastifyReply): Language {
  const chosen = request.accepts().languages([...LANGUAGES])
  const language = LANGUAGES.find((each) => each === chosen) ?? 'en'
  reply.headers({ 'content-language': language, vary: 'Accept-Language' })
  return language
}
