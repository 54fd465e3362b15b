import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import Type, { type TSchema } from 'typebox'
import type { Scope } from './auth.ts'
import { PROBLEMS, type ProblemSlug } from './problem.ts'
import { Problem as ProblemSchema, ref } from './schema.ts'

/** What an operation takes and answers. */
interface Parts {
  readonly description?: string
  readonly params?: TSchema
  readonly querystring?: TSchema
  readonly headers?: TSchema
  readonly body?: TSchema
  readonly response: Readonly<Record<number, TSchema>>
  /** The problems that this operation can answer, besides those of every operation. */
  readonly problems?: readonly ProblemSlug[]
}

/** What may be wrong with any body before its fields are looked at. */
const BODY_PROBLEMS = [
  'malformed-json',
  'duplicate-json-key',
  'too-complex',
  'payload-too-large',
  'unsupported-media-type'
] as const satisfies readonly ProblemSlug[]

/** An operation without parameters takes none: one that is mistyped or meant for another operation would change nothing unnoticed. */
const NO_PARAMETERS = Type.Object({}, { additionalProperties: false })

type Inputs<Given extends Parts> = Omit<Given, 'problems' | 'description'>

/** One row of a room's route table: its place in the document, the scope that it needs, its schemas and every problem that it can answer. */
export function operation<Given extends Parts>(
  tag: string,
  operationId: string,
  summary: string,
  scope: Scope | 'public',
  parts: Given
): { schema: Inputs<Given>; config: { scope: Scope | 'public' } } {
  const { problems = [], description, response, ...given } = parts
  const inputs = scope === 'public' ? given : { querystring: NO_PARAMETERS, ...given }
  const takesInput = inputs.params !== undefined || inputs.querystring !== undefined
  const answered: ProblemSlug[] = [
    ...(takesInput ? (['validation-error', 'unsupported-character'] as const) : []),
    ...(scope === 'public' ? [] : (['unauthenticated', 'insufficient-scope'] as const)),
    ...(inputs.body === undefined ? [] : BODY_PROBLEMS),
    ...problems,
    'quota-exceeded'
  ]
  const schema = {
    operationId,
    summary,
    description: [description, scope === 'public' ? 'Needs no API key.' : `Needs the scope \`${scope}\`.`]
      .filter(Boolean)
      .join(' '),
    tags: [tag],
    ...(scope === 'public' ? { security: [] } : {}),
    ...inputs,
    response: { ...response, ...problemResponses(answered) }
  }
  return { schema: schema as unknown as Inputs<Given>, config: { scope } }
}

/** Problems by status, with what each means beside it. */
function problemResponses(slugs: readonly ProblemSlug[]): Record<string, object> {
  const byStatus = new Map<number, ProblemSlug[]>()
  for (const slug of new Set(slugs))
    byStatus.set(PROBLEMS[slug].status, [...(byStatus.get(PROBLEMS[slug].status) ?? []), slug])
  const responses: Record<string, object> = {}
  for (const [status, same] of [...byStatus].sort(([left], [right]) => left - right)) {
    responses[status] = problemContent(
      same.map((slug) => `\`${slug}\`: ${PROBLEMS[slug].title}. ${PROBLEMS[slug].meaning}`).join(' ')
    )
  }
  return {
    ...responses,
    default: problemContent('Any other error: a service that is stopping or cannot reach its database.')
  }
}

function problemContent(description: string): object {
  return { description, content: { 'application/problem+json': { schema: ref(ProblemSchema) } } }
}

/** The document at /openapi.json and its pages at /docs. Registered before the routes, so that it sees them. */
export async function useOpenApi(
  app: FastifyInstance,
  info: { version: string; tags: readonly { name: string; description: string }[] }
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Credence',
        version: info.version,
        description:
          'Credit decisions for trade credit: the credit file, its score, rating and limit, and the order check that reserves credit.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' }
      },
      servers: [{ url: '/', description: 'This service' }],
      tags: [...info.tags],
      security: [{ apiKey: [] }],
      components: {
        securitySchemes: {
          apiKey: { type: 'http', scheme: 'bearer', description: 'An API key: `Authorization: Bearer cred_…`' }
        }
      }
    },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) => (typeof json.$id === 'string' ? json.$id : `def-${index}`)
    }
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    uiConfig: { docExpansion: 'list', displayOperationId: false, persistAuthorization: true },
    theme: {
      title: 'Credence API',
      css: [{ filename: 'credence.css', content: '.swagger-ui .topbar { display: none }' }]
    }
  })
}
