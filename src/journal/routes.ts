import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CustomerPath } from '../accounts/schema.ts'
import type { Deps } from '../deps.ts'
import { operation } from '../platform/http/openapi.ts'
import { jsonKey } from '../platform/http/page.ts'
import { readerFor } from '../platform/http/reports.ts'
import { ref } from '../platform/http/schema.ts'
import { NDJSON, prefers, sendStream } from '../platform/http/streams.ts'
import { linesOfEntries, pageOfEntries } from './commands/entries.ts'
import { partOfFeed } from './commands/events.ts'
import { partOfSelfCheck } from './commands/self-check.ts'
import {
  AuditPlace,
  Feed,
  FeedQuery,
  JournalLines,
  JournalPage,
  JournalQuery,
  SelfCheck,
  SelfCheckQuery
} from './schema.ts'

const tag = 'Journal'
const AUDIT_KEY = jsonKey(AuditPlace)

export const journalRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/customers/:customerId/journal',
      operation(tag, 'listJournal', 'Read the journal of a customer, oldest first', 'read', {
        description:
          'In pages, or with `Accept: application/x-ndjson` all of it from the cursor on in one answer, one entry a line, whatever the `limit`. An answer that breaks off is not whole: go on from the `nextCursor` of a page, or start again.',
        carries: ['ETag', 'Data-As-Of'],
        params: CustomerPath,
        querystring: JournalQuery,
        response: { 200: ref(JournalPage) },
        produces: { [NDJSON]: JournalLines },
        problems: ['customer-not-found', 'invalid-cursor']
      }),
      async (request, reply) => {
        const { customerId } = request.params
        const db = await readerFor(deps.reports, reply)
        if (!prefers(request, NDJSON)) return pageOfEntries(db, customerId, request.query)
        return sendStream(request, reply, NDJSON, linesOfEntries(db, customerId, request.query))
      }
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
      operation(tag, 'selfCheck', 'Verify the ledger', 'audit', {
        carries: ['ETag', 'Data-As-Of'],
        description:
          'Walks every chain and compares every account with its books: not for every minute. What is not looked at within a few seconds is left to the next request, with `nextCursor`. A ledger is sound when all parts are, from the one without a cursor to the one without `nextCursor`; a part speaks for itself alone, and says from where it was looked at (`from`).',
        querystring: SelfCheckQuery,
        response: { 200: ref(SelfCheck) },
        problems: ['invalid-cursor']
      }),
      async ({ query }, reply) => {
        const part = await partOfSelfCheck(await readerFor(deps.reports, reply), query, AUDIT_KEY)
        // A part of it speaks for the whole only when it is broken.
        if (part.whole || !part.valid) {
          deps.tally.set('credence_self_check_valid', {}, part.valid ? 1 : 0)
          deps.tally.set('credence_self_check_timestamp_seconds', {}, Math.floor(Date.now() / 1_000))
        }
        return part
      }
    )
  }
