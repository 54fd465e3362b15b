import { type QueryExecutorProvider, type RawBuilder, sql } from 'kysely'
import { type AccountOf, accountWriter, unchangedAccounts } from '../../accounts/store/writer.ts'
import { type CreditFileRows, type FileColumns, fileColumns, filesOf } from '../../credit-file/store.ts'
import type { Reader, Row } from '../../database.ts'
import type { CustomerId } from '../../ids.ts'
import { type Clock, heldInstant } from '../../platform/database/clock.ts'
import { columnsOf } from '../../platform/database/columns.ts'
import { type JsonColumns, jsonColumns, rowsOfColumns } from '../../platform/database/json-columns.ts'
import type { ActorText } from '../../platform/values/actors.ts'
import type { RescoringRun } from '../schema.ts'

/** A customer of a batch: the account as it stood, and what its last assessment came to. */
export interface BatchAccount {
  readonly customerId: CustomerId
  readonly currency: string
  readonly grade: Row<'creditAccounts'>['grade']
  readonly ratingValidUntil: string | null
  /** What has come onto the file since the rating, at its gravest; null: nothing. */
  readonly fileChange: Row<'creditAccounts'>['fileChange']
  readonly version: number
  readonly journalSeq: number
  readonly journalHash: string
  /** The present instant, or that of the account's last change where a clock ran back. */
  readonly at: string
  /** The day of that instant, of which the file is. */
  readonly today: string
  /** Null without an assessment, and where it is from before such texts were kept. */
  readonly outcome: string | null
  /** What the last call gave for inputs of models, as the last assessment holds it. */
  readonly inputs: string | null
}

/** The credit files of some customers in the order of their ids, all read at one moment. */
export interface Batch {
  readonly accounts: readonly BatchAccount[]
  /** The file of the account at the same place. */
  readonly files: readonly CreditFileRows[]
}

/** Which customers a batch is of: the next ones of a run, or some that are named. */
type BatchOf =
  | (RescoringRun['filter'] & { readonly after: CustomerId | null; readonly limit: number })
  | { readonly customerIds: readonly CustomerId[] }

type BatchRow = { accounts: JsonColumns } & FileColumns

/**
 * Reads whole credit files in one statement: so they are of one moment, and an account that has not
 * changed since stands for a file that has not changed since. It locks nothing.
 */
export async function readBatch(db: Reader, clock: Clock, of: BatchOf): Promise<Batch> {
  const held = heldInstant(sql`moment.now`, sql`credit_accounts.updated_at`)
  const { rows } = await sql<BatchRow>`
    with moment as materialized (select ${clock.now} as now),
    batch as materialized (
      select row_number() over (order by credit_accounts.customer_id) - 1 as place, credit_accounts.*, customers.profile, assessments.outcome, assessments.inputs,
        ${held} as held_at, ${clock.dayOf(held)} as today
      from moment cross join credit_accounts
      join customers on customers.customer_id = credit_accounts.customer_id
      left join assessments on assessments.customer_id = credit_accounts.customer_id and assessment_id = rating_assessment_id
      where ${condition(of)}
      order by credit_accounts.customer_id limit ${sql.lit('limit' in of ? of.limit : of.customerIds.length)})
    select
      (select ${jsonColumns({
        customerId: sql`customer_id`,
        currency: sql`currency`,
        profile: sql`profile`,
        grade: sql`grade`,
        ratingValidUntil: sql`rating_valid_until`,
        fileChange: sql`file_change`,
        version: sql`version`,
        journalSeq: sql`journal_seq`,
        journalHash: sql`journal_hash`,
        // As the journal writes instants.
        at: sql`to_char(held_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
        today: sql`today`,
        outcome: sql`outcome`,
        inputs: sql`inputs`
      })} from (select * from batch order by place) as batch) as accounts,
      ${fileColumns(clock, sql`batch.today`)}`.execute(db)
  const [read] = rows
  if (read === undefined) throw new Error('the batch was not read')
  const accounts = rowsOfColumns(read.accounts)
  const files = filesOf(read, read.accounts.profile as object[])
  return { accounts: accounts as unknown as BatchAccount[], files }
}

/** The id that comes next in a run. */
export async function nextCustomer(
  db: Reader,
  { kind, ratedBefore }: RescoringRun['filter'],
  after: CustomerId | null
): Promise<CustomerId | undefined> {
  const { rows } = await sql<{ customerId: CustomerId }>`
    select credit_accounts.customer_id from credit_accounts join customers on customers.customer_id = credit_accounts.customer_id
    where ${condition({ kind, ratedBefore, after, limit: 1 })} order by credit_accounts.customer_id limit 1`.execute(db)
  return rows[0]?.customerId
}

function condition(of: BatchOf): RawBuilder<boolean> {
  if ('customerIds' in of) return sql`credit_accounts.customer_id = any(${of.customerIds}::text[])`
  const conditions = [sql<boolean>`credit_accounts.customer_id > ${of.after ?? ''}`]
  if (of.kind !== null) conditions.push(sql`customers.kind = ${of.kind}`)
  if (of.ratedBefore !== null) conditions.push(sql`(rated_at is null or rated_at < ${of.ratedBefore})`)
  return sql.join(conditions, sql` and `)
}

const WRITER = accountWriter([
  'grade',
  'ratingAssessmentId',
  'ratingValidUntil',
  'ratedAt',
  'ratingAdvice',
  'fileChange',
  'fileChangedAt'
])

/**
 * A new assessment of a customer: the account as it is with that rating, the assessment itself, and
 * what its entry of the journal says.
 */
export type NewAssessmentRow = AccountOf<typeof WRITER> &
  Pick<Row<'assessments'>, 'asOf' | 'modelId' | 'modelVersion' | 'status' | 'document' | 'outcome' | 'inputs'> & {
    readonly payload: string
    readonly previousHash: string
  }

const ASSESSED = columnsOf<NewAssessmentRow>({
  ...WRITER.types,
  asOf: 'date',
  modelId: 'text',
  modelVersion: 'integer',
  status: 'text',
  document: 'text',
  outcome: 'text',
  inputs: 'text',
  payload: 'text',
  previousHash: 'text'
})

/**
 * Writes the assessments, the ratings and the journal of many customers in one statement, and
 * answers whom it wrote. Left out are accounts that changed since they were read, and those that a
 * decision holds at this moment: it never waits while it holds accounts, so it can neither stop nor
 * deadlock a decision.
 */
export async function writeAssessments(
  db: QueryExecutorProvider,
  actor: ActorText,
  rows: readonly NewAssessmentRow[]
): Promise<Set<CustomerId>> {
  if (rows.length === 0) return new Set()
  const { rows: written } = await sql<{ customerId: CustomerId }>`
    with ready as materialized (${unchangedAccounts(ASSESSED.table(rows))}),
    assessed as (
      insert into assessments (customer_id, assessment_id, as_of, made_at, model_id, model_version, status, grade, document, outcome, inputs)
      select customer_id, rating_assessment_id, as_of, rated_at, model_id, model_version, status, grade, document, outcome, inputs from ready),
    entries as (
      insert into journal (customer_id, seq, at, type, actor, subject, payload, previous_hash, hash)
      select customer_id, journal_seq, updated_at, 'assessment.made', ${actor}, rating_assessment_id, payload, previous_hash, journal_hash
      from ready)
    ${WRITER.update(sql`ready`, ['assessment.made'])}
    returning credit_accounts.customer_id`.execute(db)
  return new Set(written.map(({ customerId }) => customerId))
}
