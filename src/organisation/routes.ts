import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../deps.ts'
import { operation } from '../platform/http/openapi.ts'
import { readerFor } from '../platform/http/reports.ts'
import { ref } from '../platform/http/schema.ts'
import { pageOfOrganisation, partOfOrganisationFeed } from './commands.ts'
import { OrganisationFeed, OrganisationFeedQuery, OrganisationJournalPage, OrganisationJournalQuery } from './schema.ts'

const tag = 'Journal'

export const organisationRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/organisation/journal',
      operation(tag, 'listOrganisationJournal', 'Read the journal of the organisation, oldest first', 'audit', {
        description:
          'Keys that were made, confirmed, rotated and revoked, models, policies, rates, and the settings that matter: one chain, hashed as those of customers are. Its first entry names what was on file when it began.',
        carries: ['ETag', 'Data-As-Of'],
        querystring: OrganisationJournalQuery,
        response: { 200: ref(OrganisationJournalPage) },
        problems: ['invalid-cursor']
      }),
      async ({ query }, reply) => pageOfOrganisation(await readerFor(deps.reports, reply), query) as never
    )

    app.get(
      '/organisation/events',
      operation(tag, 'listOrganisationEvents', 'Follow what happens to the organisation', 'audit', {
        description:
          'Every entry of its journal is one event. Start without `after`, keep `nextCursor`, and ask with it again. What happens to customers stands in `/v1/events`.',
        carries: ['ETag', 'Data-As-Of'],
        querystring: OrganisationFeedQuery,
        response: { 200: ref(OrganisationFeed) },
        problems: ['invalid-cursor']
      }),
      async ({ query }, reply) => partOfOrganisationFeed(await readerFor(deps.reports, reply), query)
    )
  }
