import {
  DummyDriver,
  type Kysely,
  Kysely as KyselyBuilder,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler
} from 'kysely'
import { buildApp } from '../src/app.ts'
import type { Database } from '../src/database.ts'
import { modelRegistry } from '../src/models/commands.ts'
import { databaseClock } from '../src/platform/database/clock.ts'
import { currentReports } from '../src/platform/database/reports.ts'
import { Tally } from '../src/platform/work/tally.ts'
import { loadPolicy } from '../src/service.ts'

/** The OpenAPI document of the service as text: built from the routes, without a database. */
export async function openApiText(): Promise<string> {
  const db = nowhere()
  const app = await buildApp(
    {
      db,
      reports: currentReports(db),
      clock: databaseClock('UTC'),
      models: modelRegistry(),
      policy: await loadPolicy(),
      currency: 'CNY',
      jurisdiction: 'GENERIC',
      onePerson: false,
      jobs: { look: async () => undefined, lookSoon: () => undefined },
      tally: new Tally()
    },
    { logger: false, rateLimitPerMinute: 1, trustedProxies: 0, eventLoopDelayMaxMs: 0, simulation: false }
  )
  const document = app.swagger()
  await app.close()
  return `${JSON.stringify(document, null, 2)}\n`
}

/** A query builder that leads nowhere: describing the routes asks no database. */
function nowhere(): Kysely<Database> {
  return new KyselyBuilder<Database>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler()
    }
  })
}
