import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../deps.ts'
import { runCommand } from '../platform/http/command.ts'
import { operation } from '../platform/http/openapi.ts'
import { ref } from '../platform/http/schema.ts'
import { makeKey, pageOfKeys, removeKey, rotateKey } from './commands.ts'
import { ApiKey, ApiKeyQuery, ApiKeys, IssuedApiKey, KeyPath, NewApiKey, NewRotation } from './schema/keys.ts'

const tag = 'API keys'

export const accessRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/api-keys',
      operation(tag, 'createApiKey', 'Make an API key', 'keys', {
        watched: true,
        description:
          'The key itself is in this answer and nowhere else: the service keeps a hash of it. That is why it takes no Idempotency-Key; a key that got lost on its way is revoked. A key that can approve (`admin`, `approve`, `release`, `models`, `keys`) approves nothing until a second admin has approved its change request, or the operator has confirmed it.',
        body: ref(NewApiKey),
        response: { 201: ref(IssuedApiKey) },
        carries: ['Location'],
        problems: ['idempotency-key-invalid']
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) => makeKey(deps, trx, request.caller, request.body), {
          holdsSecret: true
        })
    )

    app.get(
      '/api-keys',
      operation(tag, 'listApiKeys', 'List the API keys, the oldest first', 'keys', {
        description: 'Revoked and expired ones too.',
        carries: ['ETag'],
        querystring: ApiKeyQuery,
        response: { 200: ref(ApiKeys) },
        problems: ['invalid-cursor']
      }),
      async ({ query }) => pageOfKeys(deps.db, query)
    )

    app.post(
      '/api-keys/:keyId/rotations',
      operation(tag, 'rotateApiKey', 'Put a new API key in the place of another', 'keys', {
        watched: true,
        description:
          'The new key has the same name, scopes and person, and for four eyes both are one. The old one goes on for `overlapSeconds`. A key that rotates itself keeps what was confirmed of it; one that another key rotates waits for a confirmation again. The new key is in this answer and nowhere else, so it takes no Idempotency-Key.',
        params: KeyPath,
        body: ref(NewRotation),
        response: { 201: ref(IssuedApiKey) },
        carries: ['Location'],
        problems: ['not-found', 'api-key-ended', 'idempotency-key-invalid']
      }),
      (request, reply) =>
        runCommand(
          deps.db,
          request,
          reply,
          (trx) => rotateKey(deps, trx, request.caller, request.params.keyId, request.body),
          { holdsSecret: true }
        )
    )

    app.delete(
      '/api-keys/:keyId',
      operation(tag, 'revokeApiKey', 'Revoke an API key', 'keys', {
        watched: true,
        description: 'Takes effect within 5 seconds on every instance. The last admin key cannot be revoked.',
        params: KeyPath,
        response: { 200: ref(ApiKey) },
        problems: ['not-found', 'api-key-in-use']
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) => removeKey(deps, trx, request.caller, request.params.keyId))
    )
  }
