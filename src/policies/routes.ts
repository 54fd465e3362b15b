import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../deps.ts'
import { operation } from '../platform/http/openapi.ts'
import { readerFor } from '../platform/http/reports.ts'
import { ref } from '../platform/http/schema.ts'
import { pageOfPolicies, readPolicy } from './commands.ts'
import { PolicyPage, PolicyPath, PolicyQuery, PolicyVersion } from './schema.ts'

const tag = 'Configuration'

export const policyRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/policies',
      operation(tag, 'listPolicies', 'List the versions of policies on file', 'read', {
        description: 'The one in force, and each earlier one: what it decided is replayed with it.',
        carries: ['ETag', 'Data-As-Of'],
        querystring: PolicyQuery,
        response: { 200: ref(PolicyPage) },
        problems: ['invalid-cursor']
      }),
      async ({ query }, reply) => pageOfPolicies(deps, await readerFor(deps.reports, reply), query)
    )

    app.get(
      '/policies/:policyId/versions/:version',
      operation(tag, 'getPolicy', 'Read a version of a policy with its document', 'read', {
        carries: ['ETag'],
        params: PolicyPath,
        response: { 200: ref(PolicyVersion) },
        problems: ['not-found']
      }),
      async ({ params }) => readPolicy(deps, params)
    )
  }
