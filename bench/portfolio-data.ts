import { sql } from 'kysely'
import type { Reader } from '../src/database.ts'
import { GENESIS_HASH } from '../src/platform/values/hash-chain.ts'
import { uniform } from './card.ts'
import { creditFiles } from './files.ts'

/** What the job reads credit files from. */
export const PORTFOLIO_TABLES = [
  'customers',
  'credit_accounts',
  'statements',
  'evidence',
  'invoices',
  'allocations'
] as const

/** In the order in which they refer to each other. */
const FILLED = ['customers', 'credit_accounts', 'statements', 'invoices', 'credits', 'allocations'] as const

/** Invoices of each company, over the year before the first run; all but the newest are paid. */
export const INVOICES = 6

const DATES = [
  ['2025-04-10', '2025-05-10'],
  ['2025-06-12', '2025-07-12'],
  ['2025-08-14', '2025-09-13'],
  ['2025-10-16', '2025-11-15'],
  ['2025-12-18', '2026-01-17'],
  ['2026-02-19', '2026-03-21']
] as const

/** Days from one of DATES to the payment of its invoice, as far apart as customers are. */
const PAID = [
  ['2025-05-08', '2025-05-10', '2025-05-24', '2025-06-20'],
  ['2025-07-10', '2025-07-12', '2025-07-30', '2025-08-22'],
  ['2025-09-11', '2025-09-13', '2025-09-29', '2025-10-25'],
  ['2025-11-13', '2025-11-15', '2025-12-02', '2025-12-24'],
  ['2026-01-15', '2026-01-17', '2026-02-03', '2026-02-25']
] as const

const AT_ONCE = 1_000
const RECORDED = '2026-03-01T08:00:00.000Z'

/** Puts companies on file with their accounts and their ledger; the same at every run. */
export async function fillPortfolio(db: Reader, companies: number): Promise<void> {
  const files = creditFiles(companies)
  const next = uniform(11)
  for (let from = 0; from < companies; from += AT_ONCE) {
    const rows: Record<(typeof FILLED)[number], object[]> = {
      customers: [],
      credit_accounts: [],
      statements: [],
      invoices: [],
      credits: [],
      allocations: []
    }
    const add = (table: (typeof FILLED)[number], row: object) => rows[table].push(row)
    for (const [index, { profile, statements, currency }] of files.slice(from, from + AT_ONCE).entries()) {
      const customer_id = `C${String(from + index).padStart(7, '0')}`
      const kept = { customer_id, version: 1, created_at: RECORDED, updated_at: RECORDED, recorded_at: RECORDED }
      add('customers', { ...kept, kind: profile.kind, name: `Company ${customer_id}`, profile })
      add('credit_accounts', { ...kept, ...NEW_ACCOUNT, currency })
      for (const { statementId, statement } of statements)
        add('statements', { ...kept, statement_id: statementId, period_end: statement.periodEnd, document: statement })
      const punctuality = Math.floor(next() * 4)
      for (const [place, [issued_on, due_on]] of DATES.entries()) {
        const amount_minor = Math.round(1_000_00 + next() * 90_000_00)
        const settled_on = PAID[place]?.[Math.max(0, punctuality - Math.floor(next() * 2))]
        const open_minor = settled_on === undefined ? amount_minor : 0
        const invoice_id = `I${place}`
        add('invoices', { ...kept, invoice_id, amount_minor, open_minor, issued_on, due_on, disputed: false })
        if (settled_on === undefined) continue
        const credit = { ...kept, kind: 'payment', credit_id: `P${place}`, amount_minor }
        add('credits', { ...credit, dated_on: settled_on, unapplied_minor: 0, request: '{}' })
        add('allocations', { ...credit, invoice_id, settled_on })
      }
    }
    for (const table of FILLED) await insert(db, table, rows[table])
  }
}

/**
 * Inserts what the rows say of the columns of a table; a column that they do not name takes its
 * default.
 */
async function insert(db: Reader, table: (typeof FILLED)[number], rows: readonly object[]): Promise<void> {
  const named = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const { rows: columns } = await sql<{ name: string }>`select column_name as name from information_schema.columns
    where table_schema = current_schema() and table_name = ${table} and column_name = any(${named}::text[])`.execute(db)
  const list = sql.join(columns.map(({ name }) => sql.ref(name)))
  await sql`insert into ${sql.table(table)} (${list}) select ${list} from json_populate_recordset(null::${sql.table(table)},
    ${JSON.stringify(rows)}::json)`.execute(db)
}

const NEW_ACCOUNT = {
  limit_mode: 'none',
  limit_minor: 0,
  receivables_minor: 0,
  captured_minor: 0,
  reserved_minor: 0,
  rating_advice: 'none',
  journal_seq: 0,
  journal_hash: GENESIS_HASH
} as const
