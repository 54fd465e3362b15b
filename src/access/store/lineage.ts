import { sql } from 'kysely'
import type { Reader } from '../../database.ts'
import type { KeyId } from '../../ids.ts'
import { textArray } from '../../platform/database/text-array.ts'
import type { ActorText } from '../../platform/values/actors.ts'

/** How a key stands to those who proposed something. */
interface Relation {
  /** It is one of them: the same key, one that was rotated into it, or one of the same person. */
  readonly isSame: boolean
  /** One of them made it, or it made one of them, directly or through others. */
  readonly isLine: boolean
  /** It may approve. */
  readonly isConfirmed: boolean
}

/**
 * How a key stands to keys and persons. Keys that were rotated into each other are one, and so is
 * what made any of them; revoked and expired keys count as well.
 */
export async function relationOf(db: Reader, keyId: KeyId, proposers: readonly ActorText[]): Promise<Relation> {
  const named = sql`${textArray(proposers)}::text[]`
  const { rows } = await sql<Relation>`
    with recursive approver as (select * from api_keys where key_id = ${keyId}),
    mine as (select each.* from api_keys as each join approver using (seat_id)),
    theirs as (
      select * from api_keys where seat_id in (select seat_id from api_keys where key_id = any(${named}) or person_id = any(${named}))),
    above_mine as (
      select made_by from mine
      union select each.made_by from above_mine join api_keys as maker on maker.key_id = above_mine.made_by
        join api_keys as each on each.seat_id = maker.seat_id),
    above_theirs as (
      select made_by from theirs
      union select each.made_by from above_theirs join api_keys as maker on maker.key_id = above_theirs.made_by
        join api_keys as each on each.seat_id = maker.seat_id)
    select
      coalesce(person_id = any(${named}), false)
        or exists (select from theirs where theirs.seat_id = approver.seat_id or theirs.person_id = approver.person_id) as is_same,
      exists (select from above_mine join theirs on theirs.key_id = above_mine.made_by)
        or exists (select from above_theirs join mine on mine.key_id = above_theirs.made_by) as is_line,
      confirmed_at is not null as is_confirmed
    from approver`.execute(db)
  const [relation] = rows
  if (relation === undefined) throw new Error(`there is no API key ${keyId}`)
  return relation
}
