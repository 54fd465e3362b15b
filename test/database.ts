import { randomBytes } from 'node:crypto'
import { constants, cpSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { Test } from 'tap'
import { startEmbeddedPostgres } from '../src/platform/database/embedded-postgres.ts'
import { migrate } from '../src/platform/database/migrate.ts'
import { type Connection, connect } from '../src/platform/database/postgres.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** What test/run.ts makes once and says to every test file. */
export const TEMPLATE_FOLDER = 'TEST_TEMPLATE_FOLDER'
export const TEMPLATE_DATABASE = 'TEST_TEMPLATE_DATABASE'

const MIGRATIONS = join(import.meta.dirname, '..', 'migrations')

interface TestDatabase {
  readonly poolConfig: Connection
  readonly kind: 'embedded' | 'postgres'
}

/**
 * A migrated database for this test file alone, gone when the test ends: on the server of
 * TEST_DATABASE_URL when that is set, embedded otherwise. It is a copy of the run's template; a
 * file that is started by itself migrates one of its own.
 */
export async function testDatabase(t: Test): Promise<TestDatabase> {
  const url = process.env.TEST_DATABASE_URL
  return url === undefined || url === '' ? embeddedDatabase(t) : serverDatabase(t, url)
}

async function embeddedDatabase(t: Test): Promise<TestDatabase> {
  const dataDir = temporaryFolder(t)
  const template = process.env[TEMPLATE_FOLDER]
  if (template !== undefined) cpSync(template, dataDir, { recursive: true, mode: constants.COPYFILE_FICLONE })
  const { socketDirectory, stop } = await startEmbeddedPostgres({ dataDir, fsync: false })
  t.teardown(stop)
  const poolConfig = embeddedConnection(socketDirectory)
  if (template === undefined) await migrated(poolConfig)
  return { poolConfig, kind: 'embedded' }
}

async function serverDatabase(t: Test, url: string): Promise<TestDatabase> {
  const template = process.env[TEMPLATE_DATABASE]
  const name = `${template ?? 'credence_test'}_${randomBytes(6).toString('hex')}`
  await onServer(
    { connectionString: url },
    `create database ${name}${template === undefined ? '' : ` template ${template}`}`
  )
  t.teardown(() => onServer({ connectionString: url }, `drop database if exists ${name} with (force)`))
  const poolConfig = { connectionString: withDatabase(url, name), max: 10 }
  if (template === undefined) await migrated(poolConfig)
  return { poolConfig, kind: 'postgres' }
}

/**
 * A database for this test alone that holds what an SQL text makes of an empty one. Answers the
 * settings with which the service opens it.
 */
export async function restoredDatabase(t: Test, dump: string): Promise<Record<string, string>> {
  const url = process.env.TEST_DATABASE_URL
  return url === undefined || url === '' ? embeddedRestored(t, dump) : serverRestored(t, url, dump)
}

async function embeddedRestored(t: Test, dump: string): Promise<Record<string, string>> {
  const dataDir = temporaryFolder(t)
  const template = process.env[TEMPLATE_FOLDER]
  // A copy that is emptied is there sooner than a folder that is made anew.
  if (template !== undefined) cpSync(template, dataDir, { recursive: true, mode: constants.COPYFILE_FICLONE })
  const { socketDirectory, stop } = await startEmbeddedPostgres({ dataDir, fsync: false })
  try {
    const emptied = 'drop schema if exists public, pgboss cascade; create schema public;'
    await onServer(embeddedConnection(socketDirectory), `${emptied}\n${dump}`)
  } finally {
    await stop()
  }
  return { CREDENCE_DATA_DIR: dataDir }
}

async function serverRestored(t: Test, url: string, dump: string): Promise<Record<string, string>> {
  const name = `${process.env[TEMPLATE_DATABASE] ?? 'credence_test'}_${randomBytes(6).toString('hex')}`
  await onServer({ connectionString: url }, `create database ${name}`)
  t.teardown(() => onServer({ connectionString: url }, `drop database if exists ${name} with (force)`))
  const connectionString = withDatabase(url, name)
  await onServer({ connectionString }, dump)
  return { DATABASE_URL: connectionString }
}

/** Makes a migrated data folder to copy from. */
export async function makeTemplateFolder(dataDir: string): Promise<void> {
  const { socketDirectory, stop } = await startEmbeddedPostgres({ dataDir, fsync: false })
  try {
    await migrated(embeddedConnection(socketDirectory))
  } finally {
    await stop()
  }
}

/**
 * Makes a migrated database to copy from, and answers its name. The copies' names begin with it.
 */
export async function makeTemplateDatabase(url: string): Promise<string> {
  const name = `credence_test_${randomBytes(4).toString('hex')}`
  await onServer({ connectionString: url }, `create database ${name}`)
  await migrated({ connectionString: withDatabase(url, name), max: 1 })
  return name
}

/** Drops the template and whatever copy a killed test left. */
export async function dropTemplateDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [name]
    )
    for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`)
  } finally {
    await client.end()
  }
}

function embeddedConnection(socketDirectory: string): Connection {
  return { host: socketDirectory, user: 'postgres', database: 'postgres', max: 1 }
}

async function migrated(connection: Connection): Promise<void> {
  const { db } = connect(connection)
  try {
    await migrate(db, MIGRATIONS)
  } finally {
    await db.destroy()
  }
}

async function onServer(server: pg.ClientConfig, statement: string): Promise<void> {
  const client = new pg.Client(server)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}
