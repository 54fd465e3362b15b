import type { FastifyReply, FastifyRequest } from 'fastify'

/** The languages of sentences in answers, and of problems. */
export const LANGUAGES = ['en', 'zh'] as const
export type Language = (typeof LANGUAGES)[number]

/** The best language for `Accept-Language`, English when none fits. */
export function preferredLanguage(request: FastifyRequest): Language {
  // What the framework refuses before it is a request of ours has no `accepts`: its first wish
  // counts.
  const { headers } = request
  if (!('accepts' in request)) return /^\s*zh\b/i.test(headers['accept-language'] ?? '') ? 'zh' : 'en'
  const chosen = request.accepts().languages([...LANGUAGES])
  return LANGUAGES.find((each) => each === chosen) ?? 'en'
}

/** The same; the answer says which was chosen, and that the header decided it. */
export function languageOf(request: FastifyRequest, reply: FastifyReply): Language {
  const language = preferredLanguage(request)
  reply.headers({ 'content-language': language, vary: 'Accept-Language' })
  return language
}
