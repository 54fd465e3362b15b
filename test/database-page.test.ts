import { join } from 'node:path'
import { type QueryExecutorProvider, sql } from 'kysely'
import t from 'tap'
import ts from 'typescript'
import { connect } from '../src/platform/database/postgres.ts'
import { checkedWords } from './checked-words.ts'
import { testDatabase } from './database.ts'

const root = join(import.meta.dirname, '..')

/** Tables that the platform keeps for itself, in SQL of its own. */
const ELSEWHERE = ['schema_migrations', 'schema_migrations_lock', 'simulated_clock']

/** How a value of each type of the database arrives in the code. */
const ARRIVES_AS: Readonly<Record<string, string>> = {
  text: 'string',
  integer: 'number',
  bigint: 'number',
  'double precision': 'number',
  numeric: 'string',
  boolean: 'boolean',
  date: 'string',
  'timestamp with time zone': 'string',
  jsonb: 'object',
  'text[]': 'string[]'
}

/**
 * Words that only the code lists: those of an allocation are the ones of its credit, and a new kind
 * of entry needs no migration.
 */
const UNCHECKED = ['allocations.kind', 'journal.type', 'change_requests.kind']

t.test('database.ts says of every table and column what the migrated database has', async (t) => {
  const { poolConfig } = await testDatabase(t)
  const { db } = connect(poolConfig)
  t.teardown(() => db.destroy())
  const real = await realColumns(db)
  const written = writtenColumns()
  t.same(Object.keys(written).toSorted(), Object.keys(real).toSorted(), 'the same columns')
  for (const [place, column] of Object.entries(real)) t.equal(written[place], column, place)
})

/** By `table.column`, what is in it: `string('company' 'individual') or null`. */
type Columns = Record<string, string>

function columnText(family: string, words: readonly string[], nullable: boolean): string {
  const listed = words.length === 0 ? '' : `(${words.toSorted().join(' ')})`
  return `${family}${listed}${nullable ? ' or null' : ''}`
}

async function realColumns(db: QueryExecutorProvider): Promise<Columns> {
  const words = await checkedWords(db)
  const { rows } = await sql<{ tableName: string; columnName: string; type: string; nullable: boolean }>`
    select table_name, column_name, case data_type when 'ARRAY' then ltrim(udt_name, '_') || '[]' else data_type end as type,
      is_nullable = 'YES' as nullable
    from information_schema.columns where table_schema = current_schema()`.execute(db)
  const columns = rows.filter(({ tableName }) => !ELSEWHERE.includes(tableName))
  return Object.fromEntries(
    columns.map(({ tableName, columnName, type, nullable }) => {
      const place = `${tableName}.${columnName}`
      return [place, columnText(ARRIVES_AS[type] ?? `unknown ${type}`, words[place] ?? [], nullable)]
    })
  )
}

/** What the compiler makes of the page: the type of each column of a row as it is read. */
function writtenColumns(): Columns {
  const { checker, rows } = rowsOfThePage()
  const columns: Columns = {}
  for (const table of rows.getProperties()) {
    for (const column of checker.getTypeOfSymbol(table).getProperties()) {
      const place = `${snakeCase(table.name)}.${snakeCase(column.name)}`
      const type = checker.getTypeOfSymbol(column)
      const value = checker.getNonNullableType(type)
      const words = UNCHECKED.includes(place) ? [] : wordsOf(checker, value)
      columns[place] = columnText(familyOf(checker, value), words, value !== type)
    }
  }
  return columns
}

/**
 * The type that holds the row of each table, from a source file that stands beside the page in
 * memory only.
 */
function rowsOfThePage(): { checker: ts.TypeChecker; rows: ts.Type } {
  const file = join(root, 'src', 'rows-of-the-page.ts')
  // The room that issues keys adds their scopes to a type of the platform.
  const text = `import type {} from './access/schema/scopes.ts'
    import type { Database, Row } from './database.ts'
    export declare const rows: { [Table in keyof Database]: Row<Table> }`
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root)
  const host = ts.createCompilerHost(options)
  const readSource = host.getSourceFile.bind(host)
  host.getSourceFile = (name, languageVersion) =>
    name === file ? ts.createSourceFile(name, text, languageVersion) : readSource(name, languageVersion)
  const program = ts.createProgram([file], options, host)
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(file)
  const symbol = source && checker.getSymbolAtLocation(source)
  const rows = symbol && checker.getExportsOfModule(symbol).find(({ name }) => name === 'rows')
  if (rows === undefined) throw new Error('the page could not be read')
  return { checker, rows: checker.getTypeOfSymbol(rows) }
}

function familyOf(checker: ts.TypeChecker, type: ts.Type): string {
  if (checker.isArrayType(type)) return `${familyOf(checker, elementOf(checker, type))}[]`
  // Words of a closed set and ids are texts.
  if (checker.isTypeAssignableTo(type, checker.getStringType())) return 'string'
  // The shape of a document is the code's own: the column says no more than that it is one.
  if ((type.flags & ts.TypeFlags.Object) !== 0) return 'object'
  return checker.typeToString(type)
}

/** The words of a closed set; none when the type is open. */
function wordsOf(checker: ts.TypeChecker, type: ts.Type): string[] {
  if (checker.isArrayType(type)) return wordsOf(checker, elementOf(checker, type))
  if (!type.isUnion()) return []
  return type.types.flatMap((each) => (each.isStringLiteral() ? [each.value] : []))
}

function elementOf(checker: ts.TypeChecker, type: ts.Type): ts.Type {
  const [element] = checker.getTypeArguments(type as ts.TypeReference)
  if (element === undefined) throw new Error('an array without a type')
  return element
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
