import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../deps.ts'
import { runCommand } from '../platform/http/command.ts'
import { etagOf } from '../platform/http/etag.ts'
import { operation } from '../platform/http/openapi.ts'
import { readerFor } from '../platform/http/reports.ts'
import { DryRun, ReplacedVersionHeader, ref } from '../platform/http/schema.ts'
import { pageOfRates, putRate, readRate } from './commands.ts'
import { ExchangeRate, ExchangeRatePage, ExchangeRateQuery, NewExchangeRate, RatePath } from './schema.ts'

const tag = 'Exchange rates'

export const rateRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.put(
      '/exchange-rates/:base/:quote/:rateOn',
      operation(tag, 'putExchangeRate', 'Record an exchange rate', 'rates', {
        description:
          'A rate holds from its day until the next one that is recorded for the pair, in both directions. What was converted before keeps the rate that it states. A rate that is recorded changes only with If-Match. One that lies far off what is on file is recorded only with `confirm`.',
        params: RatePath,
        querystring: DryRun,
        headers: ReplacedVersionHeader,
        body: ref(NewExchangeRate),
        response: { 200: ref(ExchangeRate), 201: ref(ExchangeRate) },
        carries: ['ETag', 'Location'],
        problems: ['precondition-failed', 'precondition-required', 'rate-unconfirmed']
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          putRate(deps, trx, request.caller, request.params, request.headers['if-match'], request.body)
        )
    )

    app.get(
      '/exchange-rates/:base/:quote/:rateOn',
      operation(tag, 'getExchangeRate', 'Read the exchange rate of a day', 'read', {
        params: RatePath,
        response: { 200: ref(ExchangeRate) },
        carries: ['ETag'],
        problems: ['not-found']
      }),
      async ({ params }, reply) => {
        const rate = await readRate(deps.db, params)
        reply.header('etag', etagOf(rate.version))
        return rate
      }
    )

    app.get(
      '/exchange-rates',
      operation(tag, 'listExchangeRates', 'List exchange rates by pair, the latest first', 'read', {
        carries: ['ETag', 'Data-As-Of'],
        querystring: ExchangeRateQuery,
        response: { 200: ref(ExchangeRatePage) },
        problems: ['invalid-cursor']
      }),
      async ({ query }, reply) => pageOfRates(await readerFor(deps.reports, reply), query)
    )
  }
