import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../deps.ts'
import { runCommand } from '../platform/http/command.ts'
import { operation } from '../platform/http/openapi.ts'
import { ref } from '../platform/http/schema.ts'
import { createKey, removeKey } from './commands.ts'
import { ApiKey, ApiKeys, IssuedApiKey, KeyPath, NewApiKey } from './schema/keys.ts'
import { listKeys } from './store.ts'

const tag = 'API keys'

export const accessRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/api-keys',
      operation(tag, 'createApiKey', 'Make an API key', 'admin', {
        description:
          'The key itself is in this answer and nowhere else: the service keeps a hash of it. That is why it takes no Idempotency-Key; a key that got lost on its way is revoked.',
        body: ref(NewApiKey),
        response: { 201: ref(IssuedApiKey) },
        carries: ['Location'],
        problems: ['idempotency-key-invalid']
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) => createKey(deps, trx, request.body), { holdsSecret: true })
    )

    app.get(
      '/api-keys',
      operation(tag, 'listApiKeys', 'List the API keys', 'admin', {
        carries: ['ETag'],
        response: { 200: ref(ApiKeys) }
      }),
      async () => ({ items: await listKeys(deps.db) })
    )

    app.delete(
      '/api-keys/:keyId',
      operation(tag, 'revokeApiKey', 'Revoke an API key', 'admin', {
        description: 'Takes effect within 5 seconds on every instance. The last admin key cannot be revoked.',
        params: KeyPath,
        response: { 200: ref(ApiKey) },
        problems: ['not-found', 'api-key-in-use']
      }),
      (request, reply) => runCommand(deps.db, request, reply, (trx) => removeKey(deps, trx, request.params.keyId))
    )
  }
