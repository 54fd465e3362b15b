import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Kysely, type QueryExecutorProvider, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'

/**
 * Brings a database to the state that the numbered .sql files describe; answers the names that it
 * applied.
 *
 * Each file runs once, in a transaction, under a lock, so that several instances may start
 * together. Throws with a sentence for the operator when a file fails or when the database is ahead
 * of these files.
 */
export async function migrate<Schema>(db: Kysely<Schema>, folder: string): Promise<string[]> {
  const migrations = await readMigrations(folder)
  return db.connection().execute(async (connection) => {
    // The migrator looks for its own tables, and makes them, before it locks: an instance that
    // starts at that moment could see them half made.
    await sql`select pg_advisory_lock(hashtext('schema_migrations'))`.execute(connection)
    try {
      return await applyMissing(connection, migrations)
    } finally {
      await sql`select pg_advisory_unlock(hashtext('schema_migrations'))`.execute(connection)
    }
  })
}

async function applyMissing<Schema>(db: Kysely<Schema>, migrations: Record<string, Migration>): Promise<string[]> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    migrationTableName: 'schema_migrations',
    migrationLockTableName: 'schema_migrations_lock'
  })
  const ahead = (await migrationsApplied(db)).filter((name) => !(name in migrations))
  if (ahead.length > 0) {
    throw new Error(
      `This database was migrated by a newer version (${ahead.join(', ')}): start that version, or restore a backup made before it.`
    )
  }
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error !== undefined) {
    const failed = results.find((result) => result.status === 'Error')?.migrationName ?? 'unknown'
    throw new Error(`Migration ${failed} failed and was rolled back.`, { cause: error })
  }
  return results.map((result) => result.migrationName)
}

/** Names of the migrations a database has; none when it was never migrated. */
export async function migrationsApplied(db: QueryExecutorProvider): Promise<string[]> {
  const { rows: tables } = await sql<{
    name: string | null
  }>`select to_regclass('schema_migrations')::text as name`.execute(db)
  if (tables[0]?.name == null) return []
  const { rows } = await sql<{ name: string }>`select name from schema_migrations order by name`.execute(db)
  return rows.map((row) => row.name)
}

/** Names of the migrations in a folder, in the order in which they apply. */
export async function migrationNames(folder: string): Promise<string[]> {
  const files = await readdir(folder)
  return files
    .filter((file) => /^\d{4}_[a-z0-9_]+\.sql$/.test(file))
    .sort()
    .map((file) => file.slice(0, -4))
}

async function readMigrations(folder: string): Promise<Record<string, Migration>> {
  const migrations: Record<string, Migration> = {}
  for (const name of await migrationNames(folder)) {
    const text = await readFile(join(folder, `${name}.sql`), 'utf8')
    migrations[name] = { up: async (db) => void (await sql.raw(text).execute(db)) }
  }
  return migrations
}
