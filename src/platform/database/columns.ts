import { type RawBuilder, sql } from 'kysely'
import { textArray } from './text-array.ts'

/** What PostgreSQL makes of the text of a value. */
type ColumnType = 'text' | 'bigint' | 'integer' | 'numeric' | 'boolean' | 'date' | 'timestamptz'

/** The columns of rows, each with its type: the one list that a bulk statement is written from. */
export type ColumnTypes<Item> = { readonly [Name in keyof Item & string]-?: ColumnType }

/** The parts of a bulk statement that follow from the list. Their text is made once. */
interface Columns<Item> {
  /** `customer_id, order_id, …` */
  readonly names: RawBuilder<unknown>
  /** Rows as a table in parentheses, with the columns in this order. */
  table(rows: readonly Item[]): RawBuilder<unknown>
  /** The same of one row, for which the database plans once and not for every call. */
  row(row: Item): RawBuilder<unknown>
  /** A row of the database as an object, with the values that the driver would answer. */
  readonly json: RawBuilder<Item>
  /**
   * Answers the statement that inserts such a table into one of the database, or puts its rows in
   * the place of those that have the same key. What is fixed stays as it is.
   */
  upsertInto(
    into: string,
    kept: { readonly key: readonly (keyof Item & string)[]; readonly fixed?: readonly (keyof Item & string)[] }
  ): (table: RawBuilder<unknown>) => RawBuilder<unknown>
}

/**
 * In a table each column goes to the database as one array of texts: a statement has at most 65,535
 * parameters, and many rows have more values than that. The database plans for such a list with
 * every call, because it counts its rows. So a table of one row has none.
 */
export function columnsOf<Item extends object>(types: ColumnTypes<Item>): Columns<Item> {
  const names = Object.keys(types) as (keyof Item & string)[]
  const list = listOf(names)
  const cast = (name: keyof Item & string, value: string) => `${value}::${types[name]} as ${snake(name)}`
  const given = names.map((name) => cast(name, snake(name))).join(', ')
  const table = partOf(
    `(select ${given} from unnest(`,
    names.map(() => '::text[]'),
    `) as given (${list}))`
  )
  const row = partOf(
    '(select ',
    names.map((name) => cast(name, '')),
    ')'
  )
  const rowOf = (each: Item) => row(names.map((name) => each[name] ?? null))
  return {
    names: sql.raw(list),
    json: sql.raw(
      `json_build_object(${names.map((name) => `'${name}', ${asJson(snake(name), types[name])}`).join(', ')})`
    ),
    table: (rows) => {
      const [only] = rows
      if (rows.length === 1 && only !== undefined) return rowOf(only)
      return table(names.map((name) => textArray(rows.map((each) => (each[name] ?? null) as Value))))
    },
    row: rowOf,
    upsertInto: (into, { key, fixed = [] }) => {
      const changed = names.filter((name) => !key.includes(name) && !fixed.includes(name))
      const insert = sql.raw(`insert into ${into} (${list})`)
      const update = sql.raw(`on conflict (${listOf(key)}) do update set ${assignments(changed, 'excluded')}`)
      return (rows) => sql`${insert} select * from ${rows} as given ${update}`
    }
  }
}

type Value = string | number | bigint | boolean | null

/** A part of a statement with values in it, each followed by a text of its own and a comma. */
function partOf(
  before: string,
  following: readonly string[],
  after: string
): (values: readonly unknown[]) => RawBuilder<unknown> {
  const between = following.map((text, index) => (index < following.length - 1 ? `${text}, ` : text + after))
  const texts = [before, ...between]
  const template = Object.assign(texts, { raw: texts })
  return (values) => sql(template, ...values)
}

/** `name = source.name, …` */
export function assignments(names: readonly string[], source: string): string {
  return names.map((name) => `${snake(name)} = ${source}.${snake(name)}`).join(', ')
}

/** Numbers of any precision travel as texts. */
function asJson(column: string, type: ColumnType): string {
  if (type === 'numeric') return `${column}::text`
  return type === 'timestamptz' ? jsonInstant(column) : column
}

/** An instant as the driver would answer it. */
export function jsonInstant(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}

function listOf(names: readonly string[]): string {
  return names.map(snake).join(', ')
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
