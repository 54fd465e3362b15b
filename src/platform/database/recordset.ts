import { type RawBuilder, sql } from 'kysely'

/**
 * Rows as one parameter, for `jsonb_populate_recordset`: a statement has at most 65,535 parameters,
 * and many rows have more values.
 */
export function recordset(rows: readonly object[]): RawBuilder<unknown> {
  const named = rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [snake(name), value])))
  return sql`${JSON.stringify(named)}::jsonb`
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
