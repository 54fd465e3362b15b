import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import t from 'tap'
import ts from 'typescript'
import { schemaSnapshot } from '../migrations/snapshot.ts'
import { GRADES, IDENTIFIER_SCHEMES, LIMIT_MODES, OUTCOMES, RESERVATION_STATES } from '../src/engine/index.ts'
import { SCOPES } from '../src/platform/auth.ts'
import { connect } from '../src/platform/postgres.ts'
import { testDatabase } from './database.ts'

const root = join(import.meta.dirname, '..')

t.test('the schema', async (t) => {
  const { poolConfig } = await testDatabase(t)
  const { db } = connect(poolConfig)
  t.teardown(() => db.destroy())

  t.test('the committed snapshot is what the migrations give', async (t) => {
    const committed = readFileSync(join(root, 'migrations', 'schema.snapshot.sql'), 'utf8')
    t.equal(await schemaSnapshot(db), committed, 'after a migration: npm run schema')
  })

  t.test('database.ts names every table and column, and which may be null', async (t) => {
    const { rows } = await sql<{ tableName: string; columnName: string; isNullable: string }>`
      select table_name, column_name, is_nullable from information_schema.columns
      where table_schema = 'public' and table_name not like 'schema_migrations%' and table_name <> 'simulated_clock'
      order by table_name, column_name`.execute(db)
    const real = rows.map(
      ({ tableName, columnName, isNullable }) => `${tableName}.${columnName}${isNullable === 'YES' ? ' | null' : ''}`
    )
    t.same(writtenColumns().toSorted(), real.toSorted())
  })

  t.test('each list of words in a check is that of the code', async (t) => {
    const lists: [string, readonly string[]][] = [
      ['credit_accounts.grade', GRADES],
      ['credit_accounts.limit_mode', LIMIT_MODES],
      ['reservations.state', RESERVATION_STATES],
      ['credit_checks.outcome', OUTCOMES],
      ['customer_identifiers.scheme', IDENTIFIER_SCHEMES],
      ['api_keys.scopes', SCOPES]
    ]
    for (const [column, words] of lists) {
      const [table = '', name = ''] = column.split('.')
      const { rows } = await sql<{ definition: string }>`
        select pg_get_constraintdef(oid) as definition from pg_constraint
        where conrelid = ${table}::regclass and contype = 'c' and pg_get_constraintdef(oid) like ${`%${name}%'${words.at(-1)}'%`}`.execute(
        db
      )
      const listed = [...(rows[0]?.definition ?? '').matchAll(/'([A-Za-z_]+)'/g)].map(([, word]) => word)
      t.same(listed.toSorted(), words.toSorted(), column)
    }
  })
})

/** The columns that database.ts writes down, as the database names them. */
function writtenColumns(): string[] {
  const source = ts.createSourceFile(
    'database.ts',
    readFileSync(join(root, 'src/database.ts'), 'utf8'),
    ts.ScriptTarget.ES2024,
    true
  )
  const members = new Map<string, readonly ts.PropertySignature[]>()
  source.forEachChild((node) => {
    if (ts.isInterfaceDeclaration(node)) members.set(node.name.text, node.members.filter(ts.isPropertySignature))
  })
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return (members.get('Database') ?? []).flatMap((table) => {
    const row = /\b(\w+Table)\b/.exec(table.type?.getText() ?? '')?.[1] ?? ''
    return (members.get(row) ?? []).map((column) => {
      const nullable = /\| null\b/.test(column.type?.getText() ?? '') ? ' | null' : ''
      return `${snake(table.name.getText())}.${snake(column.name.getText())}${nullable}`
    })
  })
}
