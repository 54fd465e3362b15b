import type {
  ColumnType,
  Generated,
  Insertable,
  Kysely,
  OperationNodeSource,
  QueryCreator,
  Selectable,
  Transaction,
  Updateable
} from 'kysely'
import type {
  BlockState,
  EntryType,
  EvidenceKind,
  FileChange,
  Grade,
  ItemCategory,
  ItemState,
  ModelEvent,
  ModelState,
  RateBasis,
  SecurityKind,
  Segment,
  ShadowStatus
} from './engine/index.ts'
import type {
  AssessmentId,
  CaptureId,
  ChangeRequestId,
  CheckId,
  CreditId,
  CustomerId,
  EvidenceId,
  InvoiceId,
  ItemId,
  KeyId,
  LimitDecisionId,
  ModelId,
  OrderId,
  PersonId,
  ReconciliationId,
  ReleaseId,
  RunId,
  SecurityId,
  StatementId
} from './ids.ts'
import type { Scope } from './platform/http/auth.ts'
import type { ActorText } from './platform/values/actors.ts'

export type {
  AppliedRate,
  DaySums,
  DayTotals,
  EntryType,
  ItemisedCategory,
  LateTotals,
  Ledger,
  Measure,
  RecordedInvoice,
  ReleaseFacts,
  Situation
} from './engine/index.ts'

/** A column that is set when the row is made and never again. */
type Fixed<Value> = ColumnType<Value, Value, never>
/** Rows that are inserted and read, never changed. */
type AppendOnly<Row> = { [Column in keyof Row]: Fixed<Row[Column]> }
/** A jsonb column: text on the way in. */
type Json<Value> = ColumnType<Value, string, string>

interface ApiKeyTable {
  keyId: Fixed<KeyId>
  /** Whom it acts for; null: itself. */
  personId: Fixed<PersonId | null>
  name: string
  secretHash: Fixed<string>
  scopes: Fixed<Scope[]>
  createdAt: Fixed<string>
  expiresAt: string | null
  revokedAt: string | null
  /** The key that made it, or the operator. */
  madeBy: Fixed<ActorText>
  /** The first of the keys that were rotated into it: all of them are one. */
  seatId: Fixed<KeyId>
  /** Since when it may approve; null: it may not. */
  confirmedAt: string | null
  confirmedBy: ActorText | null
  /** To the minute; null: it was not used since this was kept. */
  lastUsedAt: string | null
}

interface IdempotencyKeyTable {
  callerId: Fixed<string>
  idempotencyKey: Fixed<string>
  request: Fixed<string>
  status: number | null
  headers: string | null
  body: string | null
  createdAt: Fixed<string>
  /** The check whose document comes before `body`, without its closing brace. */
  checkId: CheckId | null
}

interface CustomerTable {
  customerId: Fixed<CustomerId>
  kind: 'company' | 'sole_trader' | 'individual'
  name: string
  country: string | null
  industry: string | null
  parentCustomerId: CustomerId | null
  profile: Json<object>
  version: number
  createdAt: Fixed<string>
  updatedAt: string
}

interface CustomerIdentifierTable {
  customerId: Fixed<CustomerId>
  scheme: 'uscc' | 'lei' | 'duns' | 'vat' | 'erp' | 'crm'
  value: string
}

interface CreditAccountTable {
  customerId: Fixed<CustomerId>
  currency: string
  limitMode: 'none' | 'limited' | 'unlimited' | 'cash_only'
  limitMinor: number
  limitValidUntil: string | null
  limitDecisionId: LimitDecisionId | null
  termsDays: number | null
  receivablesMinor: number
  capturedMinor: number
  reservedMinor: number
  ordersMinor: number
  deliveriesMinor: number
  specialMinor: number
  situation: string | null
  situationOn: string | null
  reconciledAt: string | null
  holdReason: string | null
  holdBy: ActorText | null
  holdSince: string | null
  /** Everybody who has set it, with blanks between; null: nobody has, or only `holdBy` is known. */
  holdSetters: string | null
  grade: Grade | null
  ratingAssessmentId: AssessmentId | null
  ratingValidUntil: string | null
  ratedAt: string | null
  ratingAdvice: 'none' | 'refer' | 'decline'
  /** What has come onto the file since the rating, at its gravest; null: nothing. */
  fileChange: FileChange | null
  /** When that was; null with it. */
  fileChangedAt: string | null
  version: number
  journalSeq: number
  journalHash: string
  updatedAt: string
  /** Before this instant no active reservation expires; null: there is none. */
  reservationsDueAt: string | null
  blockedOrders: number
  /**
   * Since when headroom may have risen for the blocked orders; null: it has not since they were
   * decided.
   */
  reevaluationDueAt: string | null
  /** The blocked order up to which they were decided again, as text; null: begin with the first. */
  reevaluationPlace: string | null
}

interface StatementTable {
  customerId: Fixed<CustomerId>
  statementId: Fixed<StatementId>
  periodEnd: string
  document: Json<object>
  version: number
  createdAt: Fixed<string>
  updatedAt: string
}

interface InvoiceTable {
  customerId: Fixed<CustomerId>
  invoiceId: Fixed<InvoiceId>
  orderId: OrderId | null
  amountMinor: number
  openMinor: number
  issuedOn: string
  dueOn: string
  disputed: boolean
  /** When it was due before it was disputed or put off while overdue; null: it was not. */
  easedDueOn: string | null
  dunningLevel: number
  sourceVersion: number | null
  version: number
  recordedAt: Fixed<string>
  updatedAt: string
  /** With what follows it null: the invoice is in the account's currency. */
  originalCurrency: string | null
  originalMinor: number | null
  openOriginalMinor: number | null
  rate: string | null
  rateOn: string | null
  rateBasis: RateBasis | null
}

export type CreditKind = 'payment' | 'credit_note' | 'adjustment' | 'discount'

interface CreditTable {
  customerId: Fixed<CustomerId>
  kind: Fixed<CreditKind>
  creditId: Fixed<CreditId>
  datedOn: Fixed<string>
  amountMinor: Fixed<number>
  unappliedMinor: number
  request: Fixed<string>
  recordedAt: Fixed<string>
  /** With what follows it null: it is in the account's currency. */
  originalCurrency: string | null
  originalMinor: number | null
  unappliedOriginalMinor: number | null
  rate: string | null
  rateOn: string | null
  rateBasis: RateBasis | null
}

interface AllocationTable {
  customerId: Fixed<CustomerId>
  kind: Fixed<CreditKind>
  creditId: Fixed<CreditId>
  invoiceId: Fixed<InvoiceId>
  /** What it takes off the invoice, in the account's currency. */
  amountMinor: number
  settledOn: Fixed<string>
  /** The same in the currency of the invoice; null: both documents are in the account's. */
  settledMinor: number | null
  /** What it takes of the credit, in the currency of that. */
  usedMinor: number | null
  /**
   * The two as the caller stated both, each in the currency of its document; null: the caller left
   * one to the service, or it was settled before there was a bound.
   */
  askedUsedMinor: number | null
  askedSettledMinor: number | null
}

/**
 * What an account's ledger adds up to by day, all that is recorded of it: the figures of the
 * engine's `LedgerTotals`. Sums of money are numeric, so that none is too large.
 */
interface LedgerDayTable {
  customerId: CustomerId
  day: string
  invoices: number
  invoicedMinor: string
  disputedMinor: string
  creditedMinor: string
  paidMinor: string
  paidMinorDays: string
  closed: number
  closedMinor: string
  closedLate: number
  closedPaid: number
  closedInParts: number
  balanceMinor: string
  unsettledMinor: string
  undisputedMinor: string
  undisputed: number
  openMinor: string
  openDisputedMinor: string
  receivedMinor: string
  receivedMinorDays: string
}

/** How many payments of a day came so many days late. */
interface LatePaymentTable {
  customerId: CustomerId
  settledOn: string
  daysLate: number
  payments: number
}

/** Invoices of which something is dated after the day on which it was recorded. */
interface LedgerAheadTable {
  customerId: CustomerId
  countsFrom: string
  invoiceId: InvoiceId
}

interface AssessmentTable {
  customerId: CustomerId
  assessmentId: AssessmentId
  asOf: string
  madeAt: string
  modelId: ModelId
  modelVersion: number
  status: 'rated' | 'unrated'
  grade: string | null
  document: string
  outcome: string | null
  inputs: string | null
}

interface LimitDecisionTable {
  customerId: Fixed<CustomerId>
  limitDecisionId: Fixed<LimitDecisionId>
  state: 'proposed' | 'applied' | 'rejected'
  document: Json<object>
  proposedBy: Fixed<ActorText>
  proposedAt: Fixed<string>
  decidedBy: ActorText | null
  decidedAt: string | null
  version: number
}

interface CreditCheckTable {
  customerId: CustomerId
  checkId: CheckId
  orderId: OrderId
  outcome: 'approved' | 'referred' | 'declined'
  amountMinor: number
  decidedAt: string
  document: string
}

interface ReservationTable {
  customerId: Fixed<CustomerId>
  checkId: Fixed<CheckId>
  orderId: Fixed<OrderId>
  state: 'active' | 'captured' | 'partially_captured' | 'released' | 'expired'
  amountMinor: number
  capturedMinor: number
  releasedMinor: number
  expiredMinor: number
  expiresAt: Fixed<string>
  shipOn: Fixed<string | null>
  createdAt: Fixed<string>
  resolvedAt: string | null
  version: number
  atRiskSince: string | null
}

interface CaptureTable {
  customerId: Fixed<CustomerId>
  /** Null: it became an exposure item. */
  invoiceId: Fixed<InvoiceId | null>
  captureId: Fixed<CaptureId>
  checkId: Fixed<CheckId>
  amountMinor: Fixed<number>
  capturedAt: Fixed<string>
  /** Since when its document is recorded, or it waits for none any more; null: it waits. */
  invoicedAt: string | null
  /** With what follows it null: it was captured in the account's currency. */
  originalCurrency: Fixed<string | null>
  originalMinor: Fixed<number | null>
  rate: Fixed<string | null>
  rateOn: Fixed<string | null>
  rateBasis: Fixed<RateBasis | null>
  itemSource: Fixed<string | null>
  itemId: Fixed<ItemId | null>
  /**
   * What of it counts as captured beside its document. Null while it waits, and where the document
   * took over all of it before there was a bound.
   */
  excessMinor: number | null
  /** What of the excess another document took over. */
  passedMinor: ColumnType<number, number | undefined, number>
  /** What of it a person ended. */
  releasedMinor: ColumnType<number, number | undefined, number>
}

interface EvidenceTable {
  customerId: Fixed<CustomerId>
  evidenceId: Fixed<EvidenceId>
  kind: Fixed<EvidenceKind>
  observedOn: Fixed<string>
  validUntil: Fixed<string | null>
  source: Fixed<string>
  facts: ColumnType<object, string, never>
  recordedBy: Fixed<ActorText>
  recordedAt: Fixed<string>
  withdrawalReason: string | null
  withdrawnBy: ActorText | null
  withdrawnAt: string | null
  version: number
}

interface ScoringModelTable {
  modelId: Fixed<ModelId>
  version: Fixed<number>
  segment: Segment
  state: ModelState
  document: string
  sha256: string
  author: ActorText
  approver: ActorText | null
  importer: number | null
  createdAt: Fixed<string>
  updatedAt: string
  revision: number
}

interface ModelEventTable {
  modelId: ModelId
  version: number
  revision: number
  event: ModelEvent
  at: string
  actor: ActorText
  comment: string | null
  sha256: string
  /** True: the approver's key was of the line of the author's. */
  onePerson: boolean | null
}

interface ShadowAssessmentTable {
  customerId: CustomerId
  assessmentId: AssessmentId
  modelId: ModelId
  modelVersion: number
  asOf: string
  status: ShadowStatus
  grade: string | null
  score: number | null
  pd: number | null
  championModelId: ModelId
  championModelVersion: number
  championGrade: string | null
  championScore: number | null
  championPd: number | null
  document: object | null
}

interface RunTable {
  runId: Fixed<RunId>
  kind: Fixed<string>
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'
  scheduledOn: Fixed<string | null>
  requestedBy: Fixed<ActorText>
  /** With the counts and the cursor in the words of its kind. */
  parameters: ColumnType<object, string, never>
  counts: Json<Readonly<Record<string, number>>>
  cursor: ColumnType<object | null, string | null, string | null>
  /** A step is made on condition that none was made since the run was read. */
  steps: number
  rowCount: number
  createdAt: Fixed<string>
  startedAt: string | null
  finishedAt: string | null
  failedReason: string | null
}

interface RunRowTable {
  runId: RunId
  /** Whether it says why the subject was passed over; otherwise it is a result. */
  failed: boolean
  place: number
  /** Whom or what it is about: mostly a customer. */
  subject: string
  content: object
}

interface ExchangeRateTable {
  base: Fixed<string>
  quote: Fixed<string>
  rateOn: Fixed<string>
  /** numeric: a decimal text. */
  rate: string
  source: string
  recordedBy: ActorText
  recordedAt: Fixed<string>
  updatedAt: string
  /** When its value was last recorded anew; null: it is the first, or was so before 0025. */
  correctedAt: string | null
  version: number
}

interface ExposureItemTable {
  customerId: Fixed<CustomerId>
  source: Fixed<string>
  itemId: Fixed<ItemId>
  category: ItemCategory
  state: ItemState
  amountMinor: number
  openMinor: number
  originalCurrency: string
  originalMinor: number
  openOriginalMinor: number
  rate: string | null
  rateOn: string | null
  rateBasis: RateBasis | null
  dueOn: string | null
  shipOn: string | null
  disputed: boolean
  statistical: boolean
  sourceVersion: number
  version: number
  recordedAt: Fixed<string>
  updatedAt: string
  heldBy: CheckId | null
  heldUntil: string | null
}

interface ExposureConversionTable {
  customerId: Fixed<CustomerId>
  toKind: Fixed<'item' | 'invoice'>
  toSource: Fixed<string>
  toId: Fixed<ItemId | InvoiceId>
  fromKind: Fixed<'item' | 'check'>
  fromSource: Fixed<string>
  fromId: Fixed<ItemId | CheckId>
  amountMinor: number
  originalMinor: number
  convertedAt: string
  /** Whether the amount was held against the document; false: it is from before. */
  bounded: boolean
}

interface SecurityTable {
  customerId: Fixed<CustomerId>
  securityId: Fixed<SecurityId>
  kind: SecurityKind
  provider: string
  amountMinor: number
  coverShare: number
  validFrom: string
  validUntil: string | null
  required: boolean
  recordedAt: Fixed<string>
  updatedAt: string
  withdrawalReason: string | null
  withdrawnBy: ActorText | null
  withdrawnAt: string | null
  version: number
}

interface ReconciliationTable {
  customerId: CustomerId
  reconciliationId: ReconciliationId
  source: string
  snapshotAt: string
  applied: boolean
  madeBy: ActorText
  madeAt: string
  document: string
}

interface OrderReleaseTable {
  customerId: CustomerId
  releaseId: ReleaseId
  orderId: OrderId
  checkId: CheckId
  exempts: string[]
  amountMaxMinor: number
  validUntil: string
  reasonCode: string
  comment: string
  decidedBy: ActorText
  decidedAt: string
}

interface BlockedOrderTable {
  customerId: Fixed<CustomerId>
  orderId: Fixed<OrderId>
  checkId: CheckId
  state: BlockState
  automatic: boolean
  amountMinor: number
  request: string
  askedBy: ActorText
  openedAt: string
  /** The check that opened it; its place among those of one instant. */
  firstCheckId: CheckId
  validUntil: string
  closedAt: string | null
  closedBy: ActorText | null
  nextCheckId: CheckId | null
  /** The last release of the order; null: there is none, or it was rejected since. */
  releaseId: ReleaseId | null
  reasonCode: string | null
  comment: string | null
  version: number
}

interface JournalTable {
  customerId: CustomerId
  seq: number
  at: string
  type: EntryType
  actor: ActorText
  subject: string
  payload: string
  previousHash: string
  hash: string
  /** Where the entry stands in the feed of events; the database gives it. No part of the hash. */
  feedPosition: number
}

interface PolicyTable {
  policyId: string
  version: number
  document: string
  sha256: string
  createdAt: string
}

interface OrganisationJournalTable {
  seq: number
  at: string
  type: string
  actor: ActorText
  subject: string
  payload: string
  previousHash: string
  hash: string
}

/** One row: the head of the chain of the organisation. */
interface OrganisationChainTable {
  onlyRow: Generated<boolean>
  journalSeq: number
  journalHash: string
  /** As they were last recorded, canonical JSON; null: they were not. */
  settings: string | null
  updatedAt: string | null
}

export type ChangeKind = 'limit' | 'hold_lift' | 'collateral' | 'release_tolerance' | 'key'

/** Who decided about a change request, and in which words. */
export interface ChangeApproval {
  readonly verdict: 'approve' | 'reject'
  readonly by: ActorText
  readonly at: string
  readonly comment: string
  readonly onePerson?: true
}

interface ChangeRequestTable {
  changeRequestId: Fixed<ChangeRequestId>
  kind: Fixed<ChangeKind>
  subject: Fixed<string>
  customerId: Fixed<CustomerId | null>
  payload: Fixed<string>
  digest: Fixed<string>
  madeBy: Fixed<ActorText>
  madeAt: Fixed<string>
  state: 'open' | 'applied' | 'rejected' | 'withdrawn'
  /** A list of `ChangeApproval`. */
  approvals: Json<object>
  closedAt: string | null
  version: number
}

/** Every table, in the order of the migrations. A test compares it with the migrated database. */
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
  assessments: AppendOnly<AssessmentTable>
  limitDecisions: LimitDecisionTable
  creditChecks: AppendOnly<CreditCheckTable>
  reservations: ReservationTable
  captures: CaptureTable
  journal: AppendOnly<Omit<JournalTable, 'feedPosition'>> & { feedPosition: ColumnType<number, never, never> }
  evidence: EvidenceTable
  scoringModels: ScoringModelTable
  modelEvents: AppendOnly<ModelEventTable>
  shadowAssessments: AppendOnly<Omit<ShadowAssessmentTable, 'document'>> & {
    document: ColumnType<object | null, string | null, never>
  }
  policies: AppendOnly<PolicyTable>
  exchangeRates: ExchangeRateTable
  exposureItems: ExposureItemTable
  exposureConversions: ExposureConversionTable
  securities: SecurityTable
  reconciliations: AppendOnly<ReconciliationTable>
  orderReleases: AppendOnly<OrderReleaseTable>
  blockedOrders: BlockedOrderTable
  ledgerDays: LedgerDayTable
  latePayments: LatePaymentTable
  ledgerAhead: LedgerAheadTable
  runs: RunTable
  runRows: AppendOnly<RunRowTable>
  organisationJournal: AppendOnly<OrganisationJournalTable>
  organisationChain: OrganisationChainTable
  changeRequests: ChangeRequestTable
}

/** A handle that can read: a transaction fits as well. */
export type Reader = Kysely<Database>
/** A handle that can write or lock: only a transaction. */
export type Writer = Transaction<Database>
/**
 * An insert or update that is still to run. `saveAccount` runs all writes of a decision in the
 * statement that writes the account: one round trip, and they stand or fall together.
 */
export type Write = (db: QueryCreator<Database>) => OperationNodeSource
export type Row<Table extends keyof Database> = Selectable<Database[Table]>
/** A version of a model as it is listed among those in force. */
export type ListedModel = Pick<Row<'scoringModels'>, 'modelId' | 'version' | 'segment' | 'state' | 'sha256'>
export type NewRow<Table extends keyof Database> = Insertable<Database[Table]>
export type RowUpdate<Table extends keyof Database> = Updateable<Database[Table]>

/**
 * How a journal entry moves the amounts of the account, in minor units. The account holds the sum
 * of these.
 */
export interface Moves {
  readonly receivablesMinor?: number
  readonly capturedMinor?: number
  readonly reservedMinor?: number
  readonly ordersMinor?: number
  readonly deliveriesMinor?: number
  readonly specialMinor?: number
}

/** A journal entry before it has its place in the chain. */
export interface NewEntry {
  readonly type: EntryType
  readonly subject: string
  readonly payload: object
  readonly moves?: Moves
}

/**
 * What one fact does to a locked account: the entries that say so, and what is written with them.
 * Nothing of it is written yet.
 */
export interface Posting {
  readonly entries: readonly NewEntry[]
  readonly writes: readonly Write[]
}
