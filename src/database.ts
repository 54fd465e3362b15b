import type {
  ColumnType,
  Insertable,
  Kysely,
  OperationNodeSource,
  QueryCreator,
  Selectable,
  Transaction,
  Updateable
} from 'kysely'
import type { Grade } from './engine/index.ts'
import type { Scope } from './platform/auth.ts'

/** A column that is set when the row is made and never again. */
type Fixed<Value> = ColumnType<Value, Value, never>
/** Rows that are inserted and read, never changed. */
type AppendOnly<Row> = { [Column in keyof Row]: Fixed<Row[Column]> }
/** A jsonb column: text on the way in. */
type Json<Value> = ColumnType<Value, string, string>

export interface ApiKeyTable {
  keyId: Fixed<string>
  name: string
  secretHash: Fixed<string>
  scopes: Fixed<Scope[]>
  createdAt: Fixed<string>
  expiresAt: string | null
  revokedAt: string | null
}

export interface IdempotencyKeyTable {
  callerId: Fixed<string>
  idempotencyKey: Fixed<string>
  request: Fixed<string>
  status: number | null
  headers: string | null
  body: string | null
  createdAt: Fixed<string>
}

export interface CustomerTable {
  customerId: Fixed<string>
  kind: 'company' | 'sole_trader' | 'individual'
  name: string
  country: string | null
  industry: string | null
  parentCustomerId: string | null
  profile: Json<object>
  version: number
  createdAt: Fixed<string>
  updatedAt: string
}

export interface CustomerIdentifierTable {
  customerId: Fixed<string>
  scheme: 'uscc' | 'lei' | 'duns' | 'vat' | 'erp' | 'crm'
  value: string
}

export interface CreditAccountTable {
  customerId: Fixed<string>
  currency: string
  limitMode: 'none' | 'limited' | 'unlimited' | 'cash_only'
  limitMinor: number
  limitValidUntil: string | null
  limitDecisionId: string | null
  termsDays: number | null
  receivablesMinor: number
  capturedMinor: number
  reservedMinor: number
  holdReason: string | null
  holdBy: string | null
  holdSince: string | null
  grade: Grade | null
  ratingAssessmentId: string | null
  ratingValidUntil: string | null
  ratedAt: string | null
  version: number
  journalSeq: number
  journalHash: string
  updatedAt: string
}

export interface StatementTable {
  customerId: Fixed<string>
  statementId: Fixed<string>
  periodEnd: string
  document: Json<object>
  version: number
  createdAt: Fixed<string>
  updatedAt: string
}

export interface InvoiceTable {
  customerId: Fixed<string>
  invoiceId: Fixed<string>
  orderId: string | null
  amountMinor: number
  openMinor: number
  issuedOn: string
  dueOn: string
  disputed: boolean
  version: number
  recordedAt: Fixed<string>
  updatedAt: string
}

export type CreditKind = 'payment' | 'credit_note'

export interface CreditTable {
  customerId: Fixed<string>
  kind: Fixed<CreditKind>
  creditId: Fixed<string>
  datedOn: Fixed<string>
  amountMinor: Fixed<number>
  unappliedMinor: number
  request: Fixed<string>
  recordedAt: Fixed<string>
}

export interface AllocationTable {
  customerId: Fixed<string>
  kind: Fixed<CreditKind>
  creditId: Fixed<string>
  invoiceId: Fixed<string>
  amountMinor: number
  settledOn: Fixed<string>
}

export interface AssessmentTable {
  customerId: string
  assessmentId: string
  asOf: string
  madeAt: string
  modelId: string
  modelVersion: number
  status: 'rated' | 'unrated'
  grade: string | null
  document: Json<object>
}

export interface LimitDecisionTable {
  customerId: Fixed<string>
  limitDecisionId: Fixed<string>
  state: 'proposed' | 'applied' | 'rejected'
  document: Json<object>
  proposedBy: Fixed<string>
  proposedAt: Fixed<string>
  decidedBy: string | null
  decidedAt: string | null
  version: number
}

export interface CreditCheckTable {
  customerId: string
  checkId: string
  orderId: string
  outcome: 'approved' | 'referred' | 'declined'
  amountMinor: number
  decidedAt: string
  document: string
}

export interface ReservationTable {
  customerId: Fixed<string>
  checkId: Fixed<string>
  orderId: Fixed<string>
  state: 'active' | 'captured' | 'partially_captured' | 'released' | 'expired'
  amountMinor: Fixed<number>
  capturedMinor: number
  releasedMinor: number
  expiredMinor: number
  expiresAt: Fixed<string>
  createdAt: Fixed<string>
  resolvedAt: string | null
  version: number
}

export interface CaptureTable {
  customerId: Fixed<string>
  invoiceId: Fixed<string>
  captureId: Fixed<string>
  checkId: Fixed<string>
  amountMinor: Fixed<number>
  capturedAt: Fixed<string>
  invoicedAt: string | null
}

/** What an entry of the journal records. A type never changes its meaning. */
export const ENTRY_TYPES = [
  'customer.opened',
  'customer.changed',
  'hold.set',
  'hold.lifted',
  'statement.recorded',
  'invoice.recorded',
  'invoice.changed',
  'payment.recorded',
  'credit_note.recorded',
  'credit.allocated',
  'assessment.made',
  'limit.proposed',
  'limit.applied',
  'limit.rejected',
  'check.decided',
  'reservation.captured',
  'reservation.released',
  'reservation.expired'
] as const
export type EntryType = (typeof ENTRY_TYPES)[number]

export interface JournalTable {
  customerId: string
  seq: number
  at: string
  type: EntryType
  actor: string
  subject: string
  payload: string
  previousHash: string
  hash: string
}

/** Every table, in the order of the migrations. A test compares this page with the migrated database. */
export interface Database {
  apiKeys: ApiKeyTable
  idempotencyKeys: IdempotencyKeyTable
  customers: CustomerTable
  customerIdentifiers: CustomerIdentifierTable
  creditAccounts: CreditAccountTable
  statements: StatementTable
  invoices: InvoiceTable
  credits: CreditTable
  allocations: AllocationTable
  assessments: AppendOnly<Omit<AssessmentTable, 'document'>> & { document: ColumnType<object, string, never> }
  limitDecisions: LimitDecisionTable
  creditChecks: AppendOnly<CreditCheckTable>
  reservations: ReservationTable
  captures: CaptureTable
  journal: AppendOnly<JournalTable>
}

/** A handle that can read: a transaction fits as well. */
export type Reader = Kysely<Database>
/** A handle that can write or lock: only a transaction. */
export type Writer = Transaction<Database>
/**
 * One insert or update that waits to be run: `saveAccount` runs all of a decision's writes in the statement that writes the account,
 * so that they cost one round trip and stand or fall together.
 */
export type Write = (db: QueryCreator<Database>) => OperationNodeSource
export type Row<Table extends keyof Database> = Selectable<Database[Table]>
export type NewRow<Table extends keyof Database> = Insertable<Database[Table]>
export type RowUpdate<Table extends keyof Database> = Updateable<Database[Table]>

/** How a journal entry moves the amounts of the account, in minor units. What the account holds is the sum of these. */
export interface Moves {
  readonly receivablesMinor?: number
  readonly capturedMinor?: number
  readonly reservedMinor?: number
}

/** A journal entry before it has its place in the chain. */
export interface NewEntry {
  readonly type: EntryType
  readonly subject: string
  readonly payload: object
  readonly moves?: Moves
}
