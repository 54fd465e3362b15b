import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import t, { type Test } from 'tap'
import { schemaSnapshot } from '../migrations/snapshot.ts'
import { SCOPES } from '../src/access/schema/scopes.ts'
import { CHANGE_STATES } from '../src/change-requests/schema.ts'
import {
  ADVICES,
  BLOCK_STATES,
  CUSTOMER_KINDS,
  EVIDENCE_KINDS,
  FILE_CHANGES,
  GRADES,
  IDENTIFIER_SCHEMES,
  ITEM_CATEGORIES,
  ITEM_STATES,
  LIMIT_MODES,
  MODEL_EVENTS,
  MODEL_STATES,
  OUTCOMES,
  RATE_BASES,
  RESERVATION_STATES,
  SCORE_STATUSES,
  SECURITY_KINDS,
  SEGMENTS,
  SHADOW_STATUSES
} from '../src/engine/index.ts'
import { LIMIT_DECISION_STATES } from '../src/limits/schema.ts'
import { connect } from '../src/platform/database/postgres.ts'
import { RUN_STATES } from '../src/runs/schema.ts'
import { checkedWords } from './checked-words.ts'
import { testDatabase } from './database.ts'

/** Where a check lists words: the words of the code. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  'api_keys.scopes': Object.keys(SCOPES),
  'blocked_orders.state': BLOCK_STATES,
  'change_requests.state': CHANGE_STATES,
  'assessments.status': SCORE_STATUSES,
  'credit_accounts.file_change': FILE_CHANGES,
  'credit_accounts.grade': GRADES,
  'credit_accounts.rating_advice': ADVICES,
  'credit_accounts.limit_mode': LIMIT_MODES,
  'credit_checks.outcome': OUTCOMES,
  // The kinds are told apart by their resources and stand in no list of the code; database.ts names
  // them.
  'credits.kind': ['payment', 'credit_note', 'adjustment', 'discount'],
  'customer_identifiers.scheme': IDENTIFIER_SCHEMES,
  'customers.kind': CUSTOMER_KINDS,
  'evidence.kind': EVIDENCE_KINDS,
  // Which documents a conversion joins stands in no list of the code either.
  'exposure_conversions.from_kind': ['item', 'check'],
  'exposure_conversions.to_kind': ['item', 'invoice'],
  'exposure_items.category': ITEM_CATEGORIES,
  'exposure_items.rate_basis': RATE_BASES,
  'invoices.rate_basis': RATE_BASES,
  'credits.rate_basis': RATE_BASES,
  'captures.rate_basis': RATE_BASES,
  'exposure_items.state': ITEM_STATES,
  'limit_decisions.state': LIMIT_DECISION_STATES,
  'model_events.event': MODEL_EVENTS,
  'reservations.state': RESERVATION_STATES,
  'runs.state': RUN_STATES,
  'scoring_models.segment': SEGMENTS,
  'scoring_models.state': MODEL_STATES,
  'securities.kind': SECURITY_KINDS,
  'shadow_assessments.status': SHADOW_STATUSES
}

async function migrated(t: Test): Promise<Kysely<unknown>> {
  const { poolConfig } = await testDatabase(t)
  const { db } = connect<unknown>(poolConfig)
  t.teardown(() => db.destroy())
  return db
}

const committed = readFileSync(join(import.meta.dirname, '..', 'migrations', 'schema.snapshot.sql'), 'utf8')

t.test('the committed snapshot is what the migrations add up to', async (t) => {
  t.equal(await schemaSnapshot(await migrated(t)), committed, 'after a migration: npm run schema')
})

t.test('the snapshot leaves nothing out: the schema that it makes is the same', async (t) => {
  const db = await migrated(t)
  await db.connection().execute(async (connection) => {
    await sql`create schema copy`.execute(connection)
    await sql`set search_path to copy`.execute(connection)
    await sql.raw(committed).execute(connection)
    t.equal(await schemaSnapshot(connection), committed)
    await sql`reset search_path`.execute(connection)
  })
})

const UNKNOWN_KINDS: Readonly<Record<string, string>> = {
  'a view': 'create view strange as select 1 as one',
  'a sequence': 'create sequence strange',
  'a type': "create type strange as enum ('one')",
  'a computed column': 'create table odd (one int, strange int generated always as (one + 1) stored)'
}

t.test('what the snapshot cannot tell is refused, not left out', async (t) => {
  const db = await migrated(t)
  for (const [kind, statement] of Object.entries(UNKNOWN_KINDS)) {
    const attempt = db.transaction().execute(async (trx) => {
      await sql.raw(statement).execute(trx)
      await schemaSnapshot(trx)
    })
    await t.rejects(attempt, { message: /no text yet for .*strange/ }, kind)
  }
})

t.test('each list of words in a check is that of the code', async (t) => {
  const listed = await checkedWords(await migrated(t))
  t.same(Object.keys(listed).toSorted(), Object.keys(WORDS).toSorted(), 'every list is compared')
  for (const [column, words] of Object.entries(WORDS)) t.same(listed[column], words, column)
})
