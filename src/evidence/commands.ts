import { markFile } from '../accounts/postings/file-change.ts'
import { lockAccount, requireAccount, saveAccount } from '../accounts/store.ts'
import type { Reader, Row, Writer } from '../database.ts'
import type { Deps } from '../deps.ts'
import { evidenceFaults, isKnockout, statedDate } from '../engine/index.ts'
import type { CustomerId, EvidenceId } from '../ids.ts'
import type { Caller } from '../platform/http/auth.ts'
import type { Answer } from '../platform/http/command.ts'
import { etagOf } from '../platform/http/etag.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../platform/http/page.ts'
import { canonicalJson, sha256 } from '../platform/values/canonical.ts'
import { newId } from '../platform/values/ids.ts'
import { type FieldError, faultsProblem, fieldError, Problem } from '../platform/values/problem.ts'
import { said } from '../platform/values/said.ts'
import type { Evidence, EvidenceQuery, NewEvidence, NewWithdrawal } from './schema.ts'
import { findEvidence, insertEvidence, listEvidence, setWithdrawal } from './store.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

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
    recordedBy: caller.actor,
    recordedAt: locked.now,
    withdrawalReason: null,
    withdrawnBy: null,
    withdrawnAt: null,
    version: 1
  }
  const { changes, told } = markFile(locked, isKnockout(kind, facts) ? 'knockout' : 'other')
  const payload = { kind, observedOn, evidenceSha256: sha256(canonicalJson(wanted)), ...told }
  const entry = { type: 'evidence.recorded', subject: row.evidenceId, payload } as const
  const writes = [insertEvidence({ ...row, facts: JSON.stringify(facts) })]
  await saveAccount(trx, locked, caller.actor, [entry], { changes, writes })
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
    throw new Problem(
      'evidence-already-withdrawn',
      said(details.withdrawn, { evidenceId, withdrawnAt: row.withdrawnAt })
    )
  const withdrawal = {
    withdrawalReason: reason,
    withdrawnBy: caller.actor,
    withdrawnAt: locked.now,
    version: row.version + 1
  }
  const { changes, told } = markFile(locked, isKnockout(row.kind, row.facts) ? 'knockout_withdrawn' : 'other')
  const entry = { type: 'evidence.withdrawn', subject: evidenceId, payload: { reason, ...told } } as const
  await saveAccount(trx, locked, caller.actor, [entry], { changes, writes: [setWithdrawal(row, withdrawal)] })
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
  if (row === undefined) throw new Problem('not-found', said(details.noEvidence, { evidenceId }))
  return row
}

/**
 * Rules that a schema cannot express: days that lie ahead, and facts that contradict each other.
 */
function assertSound(wanted: NewEvidence, today: string): void {
  const errors: FieldError[] = evidenceFaults(wanted)
  if (wanted.observedOn > today) {
    const detail = said(details.future, { observedOn: statedDate(wanted.observedOn), today: statedDate(today) })
    errors.push(fieldError('/observedOn', 'future_date', detail))
  }
  if (errors.length > 0) throw faultsProblem('validation-error', errors)
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
