import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../deps.ts'
import { operation } from '../platform/openapi.ts'
import { ref } from '../platform/schema.ts'
import { pageOfEntries, selfCheck } from './commands.ts'
import { CustomerPath, JournalPage, JournalQuery, SelfCheck } from './schema.ts'

const tag = 'Journal'

export const journalRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/customers/:customerId/journal',
      operation(tag, 'listJournal', 'Read the journal of a customer, oldest first', 'read', {
        carries: ['ETag'],
        params: CustomerPath,
        querystring: JournalQuery,
        response: { 200: ref(JournalPage) },
        problems: ['customer-not-found', 'invalid-cursor']
      }),
      async ({ params, query }) => pageOfEntries(deps.db, params.customerId, query)
    )

    app.get(
      '/audit/self-check',
      operation(tag, 'selfCheck', 'Verify the ledger', 'admin', {
        carries: ['ETag'],
        description:
          'Walks every chain and compares every account with its books. It reads everything: not for every minute.',
        response: { 200: ref(SelfCheck) }
      }),
      async () => selfCheck(deps)
    )
  }
