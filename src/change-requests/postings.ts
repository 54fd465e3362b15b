import type { ChangeApproval, ChangeKind, Row, Write, Writer } from '../database.ts'
import type { CustomerId } from '../ids.ts'
import type { Answer } from '../platform/http/command.ts'
import { etagOf } from '../platform/http/etag.ts'
import type { ActorText } from '../platform/values/actors.ts'
import { canonicalJson, sha256 } from '../platform/values/canonical.ts'
import { newId } from '../platform/values/ids.ts'
import type { ChangeRequest } from './schema.ts'
import { addChange, type ChangeEnd, closingChanges, findOpenChange, insertChange } from './store.ts'

/** What somebody asks for that another one has to approve. */
interface AskedChange {
  readonly kind: ChangeKind
  readonly subject: string
  readonly customerId: CustomerId | null
  readonly payload: object
  readonly madeBy: ActorText
  readonly madeAt: string
}

function rowOf({ payload: asked, ...change }: AskedChange): Row<'changeRequests'> {
  const payload = canonicalJson(asked)
  return {
    changeRequestId: newId('chg'),
    ...change,
    payload,
    digest: sha256(payload),
    state: 'open',
    approvals: [],
    closedAt: null,
    version: 1
  }
}

/** The request as a write of the statement that records what it is about. */
export function changeAsked(change: AskedChange): Write {
  return insertChange({ ...rowOf(change), approvals: '[]' })
}

/**
 * Puts a request on file and answers it with 202: nothing has changed yet. The same asked again,
 * by whomever, is the request that waits already.
 */
export async function askForChange(trx: Writer, change: AskedChange): Promise<Answer & { value: ChangeRequest }> {
  const row = rowOf(change)
  const before = await findOpenChange(trx, row)
  if (before === undefined) await addChange(trx, { ...row, approvals: '[]' })
  const value = shownChange(before ?? row)
  return { status: 202, value, etag: etagOf(value.version), location: `/v1/change-requests/${value.changeRequestId}` }
}

/** How a request ends about which somebody has decided. */
export function endOf(approval: ChangeApproval): ChangeEnd {
  const state = approval.verdict === 'approve' ? 'applied' : 'rejected'
  return { state, approvals: JSON.stringify([approval]), closedAt: approval.at }
}

/** Ends what waits about a subject, in the statement that records what was decided about it. */
export function changesDecided(kind: ChangeKind, subject: string, approval: ChangeApproval): Write {
  return (db) => closingChanges(db, { kind, subject }, endOf(approval))
}

/** The same in a statement of its own. */
export async function endChanges(
  trx: Writer,
  kind: ChangeKind,
  subject: string,
  approval: ChangeApproval
): Promise<void> {
  await closingChanges(trx, { kind, subject }, endOf(approval)).execute()
}

/** Ends what waits about a subject of which there is nothing left to decide. */
export async function withdrawChanges(
  trx: Writer,
  kind: ChangeKind,
  subject: string,
  at: string | null
): Promise<void> {
  await closingChanges(trx, { kind, subject }, { state: 'withdrawn', closedAt: at }).execute()
}

/** A request as it is answered. */
export function shownChange(row: Row<'changeRequests'>): ChangeRequest {
  return {
    ...row,
    approvals: row.approvals as ChangeApproval[],
    payload: JSON.parse(row.payload) as ChangeRequest['payload']
  }
}
