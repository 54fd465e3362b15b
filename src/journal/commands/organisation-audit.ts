import type { Reader } from '../../database.ts'
import type { KeyId } from '../../ids.ts'
import { listOrganisationEntries, ORGANISATION_CHAIN } from '../../organisation/store.ts'
import { sameJson } from '../../platform/values/canonical.ts'
import { GENESIS_HASH } from '../../platform/values/hash-chain.ts'
import { idOf } from '../../platform/values/ids.ts'
import { auditedApiKeys, auditedKeyEntries, auditedOrganisationHead, type Rights } from '../store/audit-organisation.ts'
import type { Findings } from './findings.ts'

const ENTRIES_PAGE = 1_000

/**
 * Audits the chain of the organisation after an entry: every link, and at its end its head and the
 * keys, whose rights are those that the chain gave them. Answers the last entry that was looked at,
 * undefined when no more come.
 */
export async function auditOrganisation(db: Reader, after: number, findings: Findings): Promise<number | undefined> {
  // The entry before is read along: the first one looked at is linked to it.
  const read = await listOrganisationEntries(db, { afterSeq: Math.max(after - 1, 0), limit: ENTRIES_PAGE })
  const [before] = after > 0 ? read : []
  const entries = before === undefined ? read : read.slice(1)
  let last = { seq: before?.seq ?? 0, hash: before?.hash ?? GENESIS_HASH, at: before?.at ?? '' }
  for (const entry of entries) {
    const linked =
      entry.seq === last.seq + 1 &&
      entry.previousHash === last.hash &&
      entry.at >= last.at &&
      ORGANISATION_CHAIN.hashOf(entry) === entry.hash
    findings.expect('I14', linked, () => `organisation entry ${entry.seq}`)
    last = entry
  }
  if (read.length === ENTRIES_PAGE) return last.seq
  const head = await auditedOrganisationHead(db)
  const isHead = Number(head?.journalSeq) === last.seq && head?.journalHash === last.hash
  findings.expect('I14', isHead, () => `organisation: the chain ends at entry ${last.seq}, its head is another`)
  await auditApiKeys(db, findings)
  return undefined
}

/** A key may do what the chain says, for whom it says, and was made by whom it says. */
async function auditApiKeys(db: Reader, findings: Findings): Promise<void> {
  const recorded = new Map<string, Partial<Rights>>()
  for (const { type, subject, payload } of await auditedKeyEntries(db)) {
    if (type === 'key.confirmed') recorded.set(subject, { ...recorded.get(subject), isConfirmed: true })
    else for (const key of keysIn(subject, payload)) recorded.set(key.keyId, key)
  }
  for (const { isConfirmed, ...key } of await auditedApiKeys(db)) {
    const { isConfirmed: may = false, ...said } = recorded.get(key.keyId) ?? {}
    const agrees = sameJson(key, said) && (may || !isConfirmed)
    findings.expect('I2', agrees, () => `key ${key.keyId}: not the rights that the chain of the organisation gave it`)
  }
}

/** The keys that an entry is about; none where it cannot be read, which its hash shows. */
function keysIn(subject: string, payload: string): Rights[] {
  try {
    const said = JSON.parse(payload) as Said & { readonly keys?: readonly Said[] }
    return (said.keys ?? [{ ...said, keyId: idOf<KeyId>(subject) }]).map(
      ({ keyId, scopes, personId, madeBy, confirmed }) => ({ keyId, scopes, personId, madeBy, isConfirmed: confirmed })
    )
  } catch {
    return []
  }
}

type Said = Omit<Rights, 'isConfirmed'> & { readonly confirmed: boolean }
