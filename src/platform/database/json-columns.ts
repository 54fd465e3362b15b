import { type RawBuilder, sql } from 'kysely'

/**
 * Rows as an object of columns, each an array: half the work of an array of rows, on both sides.
 */
export type JsonColumns = Readonly<Record<string, readonly unknown[]>>

/** Selects an object of columns. */
export function jsonColumns(named: Readonly<Record<string, RawBuilder<unknown>>>): RawBuilder<JsonColumns> {
  const parts = Object.entries(named).map(([name, value]) => sql`${sql.lit(name)}, coalesce(json_agg(${value}), '[]')`)
  return sql`json_build_object(${sql.join(parts)})`
}

/** The columns as rows, without one of them. */
export function rowsOfColumns(columns: JsonColumns, without?: string): Record<string, unknown>[] {
  const names = Object.keys(columns).filter((name) => name !== without)
  const count = columns[names[0] ?? '']?.length ?? 0
  const rows: Record<string, unknown>[] = []
  for (let index = 0; index < count; index += 1) {
    const row: Record<string, unknown> = {}
    for (const name of names) row[name] = columns[name]?.[index]
    rows.push(row)
  }
  return rows
}
