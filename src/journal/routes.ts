import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CustomerPath } from '../accounts/schema.ts'
import type { Deps } from '../deps.ts'
import { operation } from '../platform/http/openapi.ts'
import { readerFor } from '../platform/http/reports.ts'
import { ref } from '../platform/http/schema.ts'
import { pageOfEntries } from './commands/entries.ts'
import { partOfFeed } from './commands/events.ts'
import { partOfSelfCheck } from './commands/self-check.ts'
import { Feed, FeedQuery, JournalPage, JournalQuery, SelfCheck, SelfCheckQuery } from './schema.ts'

const tag = 'Journal'

export const journalRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/customers/:customerId/journal',
      operation(tag, 'listJournal', 'Read the journal of a customer, oldest first', 'read', {
        carries: ['ETag', 'Data-As-Of'],
        params: CustomerPath,
        querystring: JournalQuery,
        response: { 200: ref(JournalPage) },
        problems: ['customer-not-found', 'invalid-cursor']
      }),
      async ({ params, query }, reply) => pageOfEntries(await readerFor(deps.reports, reply), params.customerId, query)
    )

    app.get(
      '/events',
      operation(tag, 'listEvents', 'Follow what happens to all customers', 'read', {
        description:
          'Every entry of every journal is one event. Start without `after`, keep `nextCursor`, and ask with it again. No event is left out, and those of one customer come in the order of its chain; an event appears once no older transaction of the database server is under way.',
        carries: ['ETag', 'Data-As-Of'],
        querystring: FeedQuery,
        response: { 200: ref(Feed) },
        problems: ['invalid-cursor']
      }),
      async ({ query }, reply) => partOfFeed(await readerFor(deps.reports, reply), query)
    )

    app.get(
      '/audit/self-check',
      operation(tag, 'selfCheck', 'Verify the ledger', 'admin', {
        carries: ['ETag', 'Data-As-Of'],
        description:
          'Walks every chain and compares every account with its books: not for every minute. What is not looked at within a few seconds is left to the next request, with `nextCursor`; a ledger is sound when all parts are.',
        querystring: SelfCheckQuery,
        response: { 200: ref(SelfCheck) },
        problems: ['invalid-cursor']
      }),
      async ({ query }, reply) => partOfSelfCheck(await readerFor(deps.reports, reply), query)
    )
  }
