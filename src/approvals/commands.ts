import { fourEyes } from '../access/postings.ts'
import { endOf, shownChange } from '../change-requests/postings.ts'
import type { ChangeRequest, ChangeRequestQuery, NewChangeApproval } from '../change-requests/schema.ts'
import { closeChange, findChange, listChanges, lockChange } from '../change-requests/store.ts'
import type { ChangeApproval, ChangeKind, Reader, Row, Writer } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { ChangeRequestId } from '../ids.ts'
import { readClock } from '../platform/database/clock.ts'
import type { Caller, Scope } from '../platform/http/auth.ts'
import type { Answer } from '../platform/http/command.ts'
import { demandMatch, etagOf } from '../platform/http/etag.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../platform/http/page.ts'
import { Problem } from '../platform/values/problem.ts'
import { said } from '../platform/values/said.ts'
import texts from './texts.json' with { type: 'json' }

const { details, parts } = texts

/** What the list is in the order of. */
const KEY = listKey({ changeRequestId: KeyField.madeId('chg') })

type Change = Row<'changeRequests'>

/** Who decides about a request, and how. */
interface Decider {
  readonly caller: Caller
  readonly wanted: NewChangeApproval
  /** Throws `insufficient-scope` unless the caller has the scope. */
  requires(scope: Scope): void
}

/** What an approval of a kind does: each kind is applied by its own room. */
export type ChangeKinds = Readonly<Record<ChangeKind, ChangeWork>>

type ChangeWork =
  | {
      /** A scope that the approver needs besides the one of the operation. */
      readonly needs?: Scope
      /** Lets it take effect, or throws the problem that says why it cannot. */
      readonly apply: (trx: Writer, change: Change, approval: ChangeApproval) => Promise<void>
    }
  | {
      /** Decides by the rules of its room, four eyes among them, and ends the request. */
      readonly decide: (trx: Writer, change: Change, decider: Decider) => Promise<void>
    }

/**
 * Approves or rejects what somebody asked for, in the version that the approver has seen. Whoever
 * asked may take it back by rejecting it, and never approves it. Throws `not-found`,
 * `change-request-closed`, `four-eyes`, `key-unconfirmed`, and what the kind throws.
 */
export async function decideChange(
  { clock, onePerson: isOnePerson, kinds }: Pick<Deps, 'clock' | 'onePerson'> & { readonly kinds: ChangeKinds },
  trx: Writer,
  changeRequestId: ChangeRequestId,
  ifMatch: string | undefined,
  decider: Decider
): Promise<Answer> {
  const { caller, wanted } = decider
  const found = await findChange(trx, changeRequestId)
  const work = found && kinds[found.kind]
  // What decides for itself locks in the order of its room.
  const change = work !== undefined && 'decide' in work ? found : await lockChange(trx, changeRequestId)
  if (change === undefined || work === undefined) throw changeNotFound(changeRequestId)
  demandMatch(ifMatch, change.version)
  if (change.state !== 'open') {
    const state = texts.states[change.state]
    const closedAt = change.closedAt ?? ''
    throw new Problem('change-request-closed', said(details.closed, { changeRequestId, state, closedAt }))
  }
  if ('decide' in work) await work.decide(trx, change, decider)
  else {
    if (work.needs !== undefined) decider.requires(work.needs)
    const proposers = [change.madeBy]
    const what = said(parts.request, { changeRequestId })
    const alone =
      wanted.verdict === 'approve' ? await fourEyes(trx, { proposers, approver: caller, isOnePerson }, what) : {}
    const { now: at } = await readClock(trx, clock)
    const approval = { ...wanted, by: caller.actor, at, ...alone }
    if (wanted.verdict === 'approve') await work.apply(trx, change, approval)
    await closeChange(trx, change, endOf(approval))
  }
  const value = await readChange(trx, changeRequestId, true)
  return { status: 200, value, etag: etagOf(value.version) }
}

/** One request. Throws `not-found`. */
export async function readChange(
  db: Reader,
  changeRequestId: ChangeRequestId,
  seesKeys: boolean
): Promise<ChangeRequest> {
  const row = await findChange(db, changeRequestId)
  if (row === undefined || (row.kind === 'key' && !seesKeys)) throw changeNotFound(changeRequestId)
  return shownChange(row)
}

/** Requests, newest first. Throws `invalid-cursor`. */
export async function pageOfChanges(
  db: Reader,
  { cursor, limit = PAGE_LIMIT_DEFAULT, ...filters }: ChangeRequestQuery,
  seesKeys: boolean
): Promise<Page<ChangeRequest>> {
  const listing = { list: 'change-requests', ...filters }
  const rows = await listChanges(
    db,
    { ...filters, seesKeys },
    keyOfCursor(cursor, listing, KEY)?.changeRequestId,
    limit
  )
  return pageOfRows(rows.map(shownChange), limit, listing, KEY.of)
}

function changeNotFound(changeRequestId: ChangeRequestId): Problem {
  return new Problem('not-found', said(details.noRequest, { changeRequestId }))
}
