import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type QueryExecutorProvider, sql } from 'kysely'
import { startEmbeddedPostgres } from '../src/platform/database/embedded-postgres.ts'
import { migrate } from '../src/platform/database/migrate.ts'
import { connect } from '../src/platform/database/postgres.ts'

/**
 * What the migrations add up to, as SQL that makes the same schema: read from the catalogue of a
 * migrated database, in an order and a wording that every PostgreSQL since 15 gives alike. A
 * reviewer sees in it what a migration did. The two tables of the migrator are left out. Throws for
 * an object of a kind that it would leave out silently.
 */
export async function schemaSnapshot(db: QueryExecutorProvider): Promise<string> {
  await refuseUnknownKinds(db)
  const { rows: functions } = await sql<{ definition: string }>`
    select pg_get_functiondef(oid) as definition from pg_proc where pronamespace = current_schema()::regnamespace
    order by proname`.execute(db)
  const tables = await tablesOf(db)
  const foreignKeys = tables.flatMap(({ name, constraints }) =>
    constraints.filter(isForeignKey).map((constraint) => `ALTER TABLE ${name} ADD ${constraint};`)
  )
  const blocks = [
    '-- What the migrations add up to. Generated: `npm run schema`.',
    ...functions.map(({ definition }) => `${definition.trimEnd()};`),
    ...tables.map(tableText),
    foreignKeys.join('\n'),
    ...tables.map(({ triggers }) => triggers.map((trigger) => `${trigger};`).join('\n'))
  ]
  return `${await withoutSchemaName(db, blocks.filter((block) => block !== '').join('\n\n'))}\n`
}

interface Table {
  readonly name: string
  readonly columns: readonly string[]
  readonly constraints: readonly string[]
  readonly indexes: readonly string[]
  readonly triggers: readonly string[]
}

/** Each table with its parts, all by name but the columns, which keep their order. */
async function tablesOf(db: QueryExecutorProvider): Promise<readonly Table[]> {
  const { rows } = await sql<Table>`
    select relname as name,
      array(
        select concat_ws(' ', attname, format_type(atttypid, atttypmod), case when attnotnull then 'NOT NULL' end,
          'DEFAULT ' || pg_get_expr(adbin, adrelid))
        from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
        where attrelid = t.oid and attnum > 0 and not attisdropped order by attnum) as columns,
      array(
        select format('CONSTRAINT %s %s', conname, pg_get_constraintdef(oid)) from pg_constraint
        where conrelid = t.oid and contype in ('p', 'u', 'c', 'x', 'f')
        order by array_position(array['p', 'u', 'x', 'c', 'f'], contype::text), conname) as constraints,
      array(
        select pg_get_indexdef(i.oid) from pg_index join pg_class i on i.oid = indexrelid
        where indrelid = t.oid and not exists (select from pg_constraint where conindid = i.oid and contype in ('p', 'u', 'x'))
        order by i.relname) as indexes,
      array(
        select pg_get_triggerdef(oid) from pg_trigger where tgrelid = t.oid and not tgisinternal order by tgname) as triggers
    from pg_class t
    where relkind = 'r' and relnamespace = current_schema()::regnamespace and not starts_with(relname, 'schema_migrations')
    order by relname`.execute(db)
  return rows
}

function tableText({ name, columns, constraints, indexes }: Table): string {
  const parts = [...columns, ...constraints.filter((constraint) => !isForeignKey(constraint))]
  const table = `CREATE TABLE ${name} (\n${parts.map((part) => `  ${part}`).join(',\n')}\n);`
  return [table, ...indexes.map((index) => `${index};`)].join('\n')
}

function isForeignKey(constraint: string): boolean {
  return /^CONSTRAINT \S+ FOREIGN KEY/.test(constraint)
}

/** Views, sequences, types of its own and computed columns have no place in the snapshot yet. */
async function refuseUnknownKinds(db: QueryExecutorProvider): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class where relkind not in ('r', 'i') and relnamespace = current_schema()::regnamespace
    union all
    select typname from pg_type where typtype in ('e', 'd', 'r') and typnamespace = current_schema()::regnamespace
    union all
    select format('%s.%s', attrelid::regclass, attname) from pg_attribute join pg_class on pg_class.oid = attrelid
    where (attidentity <> '' or attgenerated <> '') and relnamespace = current_schema()::regnamespace`.execute(db)
  if (rows.length > 0) {
    throw new Error(`migrations/snapshot.ts has no text yet for ${rows.map(({ name }) => name).join(', ')}.`)
  }
}

/** The catalogue names the schema here and there; the migrations name none. */
async function withoutSchemaName(db: QueryExecutorProvider, text: string): Promise<string> {
  const { rows } = await sql<{ name: string }>`select quote_ident(current_schema()) as name`.execute(db)
  return text.replaceAll(` ${rows[0]?.name}.`, ' ')
}

/** `npm run schema`: writes the snapshot beside the migrations. */
async function writeSnapshot(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'credence-schema-'))
  const { socketDirectory, stop } = await startEmbeddedPostgres({ dataDir, fsync: false })
  const { db } = connect({ host: socketDirectory, user: 'postgres', database: 'postgres', max: 1 })
  try {
    await migrate(db, import.meta.dirname)
    await writeFile(join(import.meta.dirname, 'schema.snapshot.sql'), await schemaSnapshot(db))
  } finally {
    await db.destroy()
    await stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

if (import.meta.main) await writeSnapshot()
