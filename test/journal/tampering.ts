import { type RawBuilder, sql, type Transaction } from 'kysely'
import type { Database, Reader } from '../../src/database.ts'
import { selfCheck } from '../../src/journal/commands/self-check.ts'

/** A column of a table, with what it may hold. */
export interface Column {
  readonly table: string
  readonly name: string
  readonly type: string
  /** The words that a check constraint lets it take; empty where it may hold any. */
  readonly words: readonly string[]
}

/** One value of one row, to be changed. */
interface Cell extends Column {
  /** Where the row lies. */
  readonly row: string
}

/** What becomes of a changed value. */
export type Outcome = 'found' | 'missed' | 'refused'

/** All columns of all tables, in the order of their names. */
export async function columnsOf(db: Reader): Promise<Column[]> {
  const { rows } = await sql<Column>`
    select table_name as table, column_name as name, data_type as type, array(
      select word[1] from pg_constraint, regexp_matches(pg_get_constraintdef(oid), '''([^'']+)''::text', 'g') as word
      where conrelid = table_name::regclass and contype = 'c' and conkey = array[ordinal_position::smallint]
        and pg_get_constraintdef(oid) like '%ANY (ARRAY[%') as words
    from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and table_type = 'BASE TABLE'
    order by table_name, column_name`.execute(db)
  return rows
}

/** Every value of a column, row by row. */
export async function cellsOf(db: Reader, column: Column): Promise<Cell[]> {
  const { rows } = await sql<{
    row: string
  }>`select ctid::text as row from ${sql.table(column.table)} order by ctid`.execute(db)
  return rows.map(({ row }) => ({ ...column, row }))
}

/**
 * Changes one value behind the back of the service, asks the auditor, and takes the change back.
 * Triggers and foreign keys do not hold it up; what checks and unique keys refuse is tried with the
 * next value.
 */
export async function tamper(db: Reader, cell: Cell): Promise<Outcome> {
  const undo = new Error('the change is taken back')
  let outcome: Outcome = 'refused'
  await db
    .transaction()
    .execute(async (trx) => {
      await sql`set local session_replication_role = replica`.execute(trx)
      if (!(await changed(trx, cell))) throw undo
      const { valid } = await selfCheck(withoutTransactions(trx))
      outcome = valid ? 'missed' : 'found'
      throw undo
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error
    })
  return outcome
}

async function changed(trx: Transaction<Database>, { table, name, row, ...column }: Cell): Promise<boolean> {
  const ref = sql.ref(name)
  for (const value of otherValues({ ...column, table, name })) {
    await sql`savepoint before_change`.execute(trx)
    try {
      const { numAffectedRows } = await sql`
        update ${sql.table(table)} as tampered set ${ref} = ${value}
        where ctid = ${row}::tid and ${ref} is distinct from ${value}`.execute(trx)
      if (numAffectedRows === 1n) return true
    } catch {
      // A constraint refuses it: the next value may pass.
    }
    await sql`rollback to savepoint before_change`.execute(trx)
  }
  return false
}

/** What may stand in the place of a value, by its type: near to it, or from another row. */
function otherValues({ table, name, type, words }: Column): RawBuilder<unknown>[] {
  const ref = sql.ref(`tampered.${name}`)
  const another = sql`(select other.${sql.ref(name)} from ${sql.table(table)} as other
    where other.${sql.ref(name)} is distinct from ${ref} order by other.${sql.ref(name)} is null, other.${sql.ref(name)} limit 1)`
  const values = words.length > 0 && type === 'text' ? words.map((word) => sql`${word}`) : (NEAR[type]?.(ref) ?? [])
  return [...values, another]
}

const byOne = (ref: RawBuilder<unknown>) => [sql`coalesce(${ref}, 0) + 1`, sql`${ref} - 1`]

const NEAR: Readonly<Record<string, (ref: RawBuilder<unknown>) => RawBuilder<unknown>[]>> = {
  bigint: byOne,
  integer: byOne,
  numeric: byOne,
  'double precision': (ref) => [sql`${ref} + 1`, sql`${ref} / 2`],
  boolean: (ref) => [sql`not ${ref}`],
  date: (ref) => [sql`coalesce(${ref}, current_date) + 1`, sql`${ref} - 1`],
  'timestamp with time zone': (ref) => [sql`coalesce(${ref}, now()) + interval '1 second'`],
  jsonb: (ref) => [sql`${ref} || '{"tampered": true}'`],
  ARRAY: (ref) => [sql`${ref}[2:]`, sql`${ref} || 'read'::text`],
  text: (ref) => [
    sql`coalesce(${ref}, '') || 'x'`,
    sql`translate(${ref}, '0123456789', '1234567890')`,
    sql`reverse(${ref})`
  ]
}

/** A transaction in place of the database, for what opens one of its own. */
function withoutTransactions(trx: Transaction<Database>): Reader {
  const within = {
    setIsolationLevel: () => within,
    setAccessMode: () => within,
    execute: <Result>(work: (inner: Transaction<Database>) => Promise<Result>) => work(trx)
  }
  return new Proxy(trx, {
    get: (target, name) => (name === 'transaction' ? () => within : Reflect.get(target, name, target))
  })
}
