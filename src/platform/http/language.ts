import type { FastifyReply, FastifyRequest } from 'fastify'

/** The languages of sentences in answers. Problems are in English. */
export const LANGUAGES = ['en', 'zh'] as const
export type Language = (typeof LANGUAGES)[number]

/**
 * The best language for `Accept-Language`, English when none fits. The answer says which was
 * chosen, and that the header decided it.
 */
export function languageOf(request: FastifyRequest, reply: FastifyReply): Language {
  const chosen = request.accepts().languages([...LANGUAGES])
  const language = LANGUAGES.find((each) => each === chosen) ?? 'en'
  reply.headers({ 'content-language': language, vary: 'Accept-Language' })
  return language
}
