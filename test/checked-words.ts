import { type QueryExecutorProvider, sql } from 'kysely'

/** The words that a check allows in one column, by `table.column` and in the order of the check. */
export async function checkedWords(db: QueryExecutorProvider): Promise<Record<string, string[]>> {
  const { rows } = await sql<{ place: string; definition: string }>`
    select format('%s.%s', conrelid::regclass, attname) as place, pg_get_constraintdef(pg_constraint.oid) as definition
    from pg_constraint join pg_attribute on attrelid = conrelid and attnum = conkey[1]
    where contype = 'c' and cardinality(conkey) = 1 and connamespace = current_schema()::regnamespace`.execute(db)
  const lists = rows.flatMap(({ place, definition }) => {
    const [, list] = /ARRAY\[(.*?)\]/.exec(definition) ?? []
    return list === undefined
      ? []
      : [[place, [...list.matchAll(/'([^']*)'/g)].map(([, word]) => String(word))] as const]
  })
  return Object.fromEntries(lists)
}
