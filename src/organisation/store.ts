import { type QueryExecutorProvider, sql } from 'kysely'
import type { NewRow, Reader, Row, Writer } from '../database.ts'
import { type Clock, heldInstant } from '../platform/database/clock.ts'
import { columnsOf } from '../platform/database/columns.ts'
import { HashChain } from '../platform/values/hash-chain.ts'

/** The one chain of the organisation. */
export const ORGANISATION_CHAIN = new HashChain({ chain: 'organisation' })

type Entry = Row<'organisationJournal'>

const ENTRIES = columnsOf<NewRow<'organisationJournal'>>({
  seq: 'bigint',
  at: 'timestamptz',
  type: 'text',
  actor: 'text',
  subject: 'text',
  payload: 'text',
  previousHash: 'text',
  hash: 'text'
})

/** The head of the chain while it is locked. */
interface OrganisationHead {
  readonly journalSeq: number
  readonly journalHash: string
  readonly settings: string | null
  /** The instant of the lock, never before the last entry. */
  readonly now: string
}

/**
 * Locks the head of the chain until the transaction ends. It is the last thing that a command
 * locks, so that no two can wait for each other.
 */
export async function lockOrganisation(trx: Writer, clock: Clock): Promise<OrganisationHead> {
  const { rows } = await sql<OrganisationHead>`
    with locked as materialized (select * from organisation_chain for update)
    select journal_seq, journal_hash, settings, ${heldInstant(clock.now, sql`updated_at`)} as now from locked`.execute(
    trx
  )
  const [head] = rows
  if (head === undefined) throw new Error('the chain of the organisation has no head')
  return head
}

/** Writes entries that were joined to the locked head, with what the head becomes. */
export async function appendToOrganisation(
  trx: Writer,
  { now, settings }: Pick<OrganisationHead, 'now' | 'settings'>,
  entries: readonly NewRow<'organisationJournal'>[]
): Promise<void> {
  const last = entries.at(-1)
  if (last === undefined) return
  await sql`
    with added as (
      insert into organisation_journal (${ENTRIES.names}) select entry.* from ${ENTRIES.table(entries)} as entry)
    update organisation_chain
    set journal_seq = ${last.seq}, journal_hash = ${last.hash}, settings = ${settings}, updated_at = ${now}`.execute(
    trx
  )
}

/** What an organisation has already when its chain begins. */
interface AlreadyThere {
  readonly keys: readonly object[]
  readonly models: readonly object[]
  readonly policies: readonly object[]
  readonly rates: number
}

/** What is on file of the kinds that the chain is about, without the secrets of keys. */
export async function readAlreadyThere(db: QueryExecutorProvider): Promise<AlreadyThere> {
  const { rows } = await sql<AlreadyThere>`select
    (select coalesce(json_agg(json_build_object('keyId', key_id, 'name', name, 'scopes', scopes, 'personId', person_id,
      'madeBy', made_by, 'confirmed', confirmed_at is not null, 'revoked', revoked_at is not null) order by key_id), '[]') from api_keys) as keys,
    (select coalesce(json_agg(json_build_object('modelId', model_id, 'version', version, 'state', state, 'sha256', sha256)
      order by model_id, version), '[]') from scoring_models) as models,
    (select coalesce(json_agg(json_build_object('policyId', policy_id, 'version', version, 'sha256', sha256)
      order by policy_id, version), '[]') from policies) as policies,
    (select count(*)::integer from exchange_rates) as rates`.execute(db)
  const [found] = rows
  if (found === undefined) throw new Error('a list of what is on file has one row')
  return found
}

/** Entries after a number, in the order of the chain; of one type where that is named. */
export async function listOrganisationEntries(
  db: Reader,
  { afterSeq, type, limit }: { readonly afterSeq: number; readonly type?: string | undefined; readonly limit: number }
): Promise<Entry[]> {
  let select = db.selectFrom('organisationJournal').selectAll().where('seq', '>', afterSeq).orderBy('seq').limit(limit)
  if (type !== undefined) select = select.where('type', '=', type)
  return select.execute()
}

/** The number of the last entry; 0 when there is none. */
export async function lastOrganisationSeq(db: Reader): Promise<number> {
  const { journalSeq } = await db.selectFrom('organisationChain').select('journalSeq').executeTakeFirstOrThrow()
  return journalSeq
}
