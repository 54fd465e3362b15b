import { type QueryExecutorProvider, sql } from 'kysely'
import type { Row } from '../../database.ts'

/** The head of the chain of the organisation; undefined where somebody took it away. */
export async function auditedOrganisationHead(
  db: QueryExecutorProvider
): Promise<{ readonly journalSeq: string; readonly journalHash: string } | undefined> {
  const { rows } = await sql<{ journalSeq: string; journalHash: string }>`
    select journal_seq::text, journal_hash from organisation_chain`.execute(db)
  return rows[0]
}

/** What a key may do. */
export type Rights = Pick<Row<'apiKeys'>, 'keyId' | 'scopes' | 'personId' | 'madeBy'> & {
  /** Whether it may approve. */
  readonly isConfirmed: boolean
}

/** Every key with what it may do. */
export async function auditedApiKeys(db: QueryExecutorProvider): Promise<Rights[]> {
  const { rows } = await sql<Rights>`
    select key_id, scopes, person_id, made_by, confirmed_at is not null as is_confirmed from api_keys order by key_id`.execute(
    db
  )
  return rows
}

/** Entries that say what a key may do, from the beginning of the chain. */
export async function auditedKeyEntries(
  db: QueryExecutorProvider
): Promise<Pick<Row<'organisationJournal'>, 'type' | 'subject' | 'payload'>[]> {
  const { rows } = await sql<Row<'organisationJournal'>>`
    select type, subject, payload from organisation_journal
    where type in ('organisation.begun', 'key.made', 'key.rotated', 'key.confirmed') order by seq`.execute(db)
  return rows
}
