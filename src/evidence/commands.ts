import { lockAccount, requireAccount, saveAccount } from '../accounts/store.ts'
import type { Reader, Row, Writer } from '../database.ts'
import type { Deps } from '../deps.ts'
import { evidenceFaults } from '../engine/index.ts'
import type { CustomerId, EvidenceId } from '../ids.ts'
import type { Caller } from '../platform/http/auth.ts'
import type { Answer } from '../platform/http/command.ts'
import { etagOf } from '../platform/http/etag.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../platform/http/page.ts'
import { canonicalJson, sha256 } from '../platform/values/canonical.ts'
import { newId } from '../platform/values/ids.ts'
import { Problem } from '../platform/values/problem.ts'
import type { Evidence, EvidenceQuery, NewEvidence, NewWithdrawal } from './schema.ts'
import { findEvidence, insertEvidence, listEvidence, setWithdrawal } from './store.ts'

/** What the list is in the order of. */
const KEY = listKey({ evidenceId: KeyField.madeId('evd') })

/**
 * Records an item of evidence. It counts from its own day on in every assessment that is made after
 * it.
 */
export async function recordEvidence(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  customerId: CustomerId,
  wanted: NewEvidence
): Promise<Answer> {
  const locked = await lockAccount(trx, deps.clock, customerId)
  assertSound(wanted, locked.today)
  const { kind, observedOn, validUntil = null, source, facts } = wanted
  const row: Row<'evidence'> = {
    customerId,
    evidenceId: newId('evd'),
    kind,
    observedOn,
    validUntil,
    source,
    facts,
    recordedBy: caller.keyId,
    recordedAt: locked.now,
    withdrawalReason: null,
    withdrawnBy: null,
    withdrawnAt: null,
    version: 1
  }
  const payload = { kind, observedOn, evidenceSha256: sha256(canonicalJson(wanted)) }
  const entry = { type: 'evidence.recorded', subject: row.evidenceId, payload } as const
  const writes = [insertEvidence({ ...row, facts: JSON.stringify(facts) })]
  await saveAccount(trx, locked, caller.keyId, [entry], { writes })
  return answerOf(row)
}

/**
 * Withdraws an item that was recorded in error: from today on it counts no longer. It stays on
 * file, with the reason.
 */
export async function withdrawEvidence(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  { customerId, evidenceId }: { customerId: CustomerId; evidenceId: EvidenceId },
  { reason }: NewWithdrawal
): Promise<Answer> {
  const locked = await lockAccount(trx, deps.clock, customerId)
  const row = await requireEvidence(trx, customerId, evidenceId)
  if (row.withdrawnAt !== null)
    throw new Problem('evidence-already-withdrawn', `${evidenceId} was withdrawn at ${row.withdrawnAt}.`)
  const withdrawal = {
    withdrawalReason: reason,
    withdrawnBy: caller.keyId,
    withdrawnAt: locked.now,
    version: row.version + 1
  }
  const entry = { type: 'evidence.withdrawn', subject: evidenceId, payload: { reason } } as const
  await saveAccount(trx, locked, caller.keyId, [entry], { writes: [setWithdrawal(row, withdrawal)] })
  return answerOf({ ...row, ...withdrawal })
}

/** One item of evidence, withdrawn or not. */
export async function readEvidence(db: Reader, customerId: CustomerId, evidenceId: EvidenceId): Promise<Evidence> {
  await requireAccount(db, customerId)
  return evidenceOf(await requireEvidence(db, customerId, evidenceId))
}

/** The evidence of a customer, the last recorded first. */
export async function pageOfEvidence(
  db: Reader,
  customerId: CustomerId,
  { cursor, limit = PAGE_LIMIT_DEFAULT, ...filters }: EvidenceQuery
): Promise<Page<Evidence>> {
  await requireAccount(db, customerId)
  const listing = { list: 'evidence', customerId, ...filters }
  const rows = await listEvidence(db, customerId, filters, keyOfCursor(cursor, listing, KEY)?.evidenceId, limit)
  return pageOfRows(rows.map(evidenceOf), limit, listing, KEY.of)
}

async function requireEvidence(db: Reader, customerId: CustomerId, evidenceId: EvidenceId): Promise<Row<'evidence'>> {
  const row = await findEvidence(db, customerId, evidenceId)
  if (row === undefined) throw new Problem('not-found', `There is no evidence ${evidenceId} of this customer.`)
  return row
}

/**
 * Rules that a schema cannot express: days that lie ahead, and facts that contradict each other.
 */
function assertSound(wanted: NewEvidence, today: string): void {
  const errors = evidenceFaults(wanted)
  if (wanted.observedOn > today) {
    const detail = `observedOn ${wanted.observedOn} lies after today, ${today}.`
    errors.push({ pointer: '/observedOn', code: 'future_date', detail })
  }
  if (errors.length > 0) throw new Problem('validation-error', errors.map(({ detail }) => detail).join(' '), { errors })
}

function evidenceOf(row: Row<'evidence'>): Evidence {
  const { withdrawalReason, withdrawnBy, withdrawnAt, facts, version, ...rest } = row
  const withdrawal =
    withdrawalReason === null || withdrawnBy === null || withdrawnAt === null
      ? null
      : { reason: withdrawalReason, by: withdrawnBy, at: withdrawnAt }
  return { ...rest, facts, withdrawal, version }
}

function answerOf(row: Row<'evidence'>): Answer {
  const location = `/v1/customers/${row.customerId}/evidence/${row.evidenceId}`
  return { status: 201, value: evidenceOf(row), etag: etagOf(row.version), location }
}
