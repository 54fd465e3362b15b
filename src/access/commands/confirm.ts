import { endChanges } from '../../change-requests/postings.ts'
import type { ChangeApproval, Reader, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import type { KeyId } from '../../ids.ts'
import { recordOrganisation } from '../../organisation/postings.ts'
import { type Clock, readClock } from '../../platform/database/clock.ts'
import { inTransaction } from '../../platform/database/transaction.ts'
import { systemActor } from '../../platform/values/actors.ts'
import { Problem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import { APPROVING_SCOPES } from '../postings.ts'
import { confirmKey, listUnconfirmed, lockKey, type ShownKey } from '../store.ts'
import texts from '../texts.json' with { type: 'json' }

const { details } = texts

/** Keys in force that can approve and wait for their confirmation, the oldest first. */
export async function unconfirmedKeys(db: Reader, clock: Clock): Promise<ShownKey[]> {
  return listUnconfirmed(db, clock, APPROVING_SCOPES)
}

/**
 * Lets keys approve, at the word of whoever runs the service: all that wait, or those named.
 * Answers what was confirmed. Throws an Error for the operator where a key does not wait.
 */
export async function confirmKeys(db: Reader, clock: Clock, named: readonly string[] | 'all'): Promise<ShownKey[]> {
  return inTransaction(db, async (trx) => {
    const waiting = await unconfirmedKeys(trx, clock)
    const unknown = named === 'all' ? [] : named.filter((keyId) => !waiting.some((key) => key.keyId === keyId))
    if (unknown.length > 0)
      throw new Error(`There is no key ${unknown.join(', ')} in force that can approve and waits for a confirmation.`)
    const { now: at } = await readClock(trx, clock)
    const by = systemActor('operator')
    const approval = { verdict: 'approve', by, at, comment: 'Confirmed on the server' } as const
    const chosen = waiting.filter(({ keyId }) => named === 'all' || named.includes(keyId))
    for (const { keyId } of chosen) {
      await confirmAsked({ clock }, trx, keyId, approval)
      await endChanges(trx, 'key', keyId, approval)
    }
    return chosen
  })
}

/** Lets a key approve from now on, as somebody has decided. Throws `api-key-ended`. */
export async function confirmAsked(
  { clock }: Pick<Deps, 'clock'>,
  trx: Writer,
  keyId: KeyId,
  { by, at, onePerson }: Pick<ChangeApproval, 'by' | 'at' | 'onePerson'>
): Promise<void> {
  const key = await lockKey(trx, keyId)
  if (key === undefined || key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt <= at))
    throw new Problem('api-key-ended', said(details.ended, { keyId }))
  await confirmKey(trx, keyId, { by, at })
  await recordOrganisation(trx, clock, by, [
    {
      type: 'key.confirmed',
      subject: keyId,
      payload: { name: key.name, scopes: key.scopes, ...(onePerson && { onePerson }) }
    }
  ])
}
