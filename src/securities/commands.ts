import { type LockedAccount, lockAccount, readCurrentAccount, saveAccount } from '../accounts/store.ts'
import { askForChange } from '../change-requests/postings.ts'
import type { ChangeApproval, NewEntry, Reader, Row, Writer } from '../database.ts'
import type { Deps } from '../deps.ts'
import { coverMinor, isCoverShare, isInForce, minorOf, type Policy, statedDate, toMoney } from '../engine/index.ts'
import type { CustomerId, SecurityId } from '../ids.ts'
import type { Caller } from '../platform/http/auth.ts'
import type { Answer } from '../platform/http/command.ts'
import { etagOf, requireMatch } from '../platform/http/etag.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../platform/http/page.ts'
import type { ActorText } from '../platform/values/actors.ts'
import { fieldProblem, Problem } from '../platform/values/problem.ts'
import { said } from '../platform/values/said.ts'
import type { NewSecurity, NewSecurityWithdrawal, Security, SecurityQuery } from './schema.ts'
import { findSecurity, listSecurities, otherSecurities, saveSecurity } from './store.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

/** What the list is in the order of. */
const KEY = listKey({ securityId: KeyField.clientId<'security'>() })

interface Path {
  readonly customerId: CustomerId
  readonly securityId: SecurityId
}

/**
 * Records a security; one that was withdrawn covers again. The same content again changes nothing.
 * Where the policy bounds what may be covered without a second person, what would raise the cover
 * beyond that is a request until another one has approved it.
 */
export async function putSecurity(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  { customerId, securityId }: Path,
  ifMatch: string | undefined,
  wanted: NewSecurity
): Promise<Answer> {
  const locked = await lockAccount(trx, deps.clock, customerId, wanted.amount.currency)
  const { account, now, today } = locked
  assertSound(wanted)
  const before = await findSecurity(trx, customerId, securityId)
  if (before !== undefined || ifMatch !== undefined) requireMatch(ifMatch, before?.version ?? 0)
  const { kind, provider, coverShare, validFrom, validUntil = null, required = false } = wanted
  const content = { kind, provider, amountMinor: minorOf(wanted.amount), coverShare, validFrom, validUntil, required }
  if (before !== undefined && before.withdrawnAt === null && sameContent(before, content))
    return answerOf(200, before, { currency: account.currency, today })
  const row = rowOf({ customerId, securityId }, content, before, now)
  if (await exceedsAuthority(trx, deps.policy, { row, before, currency: account.currency, today })) {
    const payload = { customerId, securityId, content, version: before?.version ?? 0 }
    const asked = { kind: 'collateral', subject: securityId, customerId, payload } as const
    return askForChange(trx, { ...asked, madeBy: caller.actor, madeAt: now })
  }
  await record(trx, locked, caller.actor, row, content)
  return answerOf(before === undefined ? 201 : 200, row, { currency: account.currency, today })
}

/** Records the security that a request is about. Throws `stale-approval` where it changed since. */
export async function recordAsked(
  deps: Pick<Deps, 'clock'>,
  trx: Writer,
  { payload, madeBy, changeRequestId }: Row<'changeRequests'>,
  { by, onePerson }: ChangeApproval
): Promise<void> {
  const { customerId, securityId, content, version } = JSON.parse(payload) as Path & {
    readonly content: Content
    readonly version: number
  }
  const locked = await lockAccount(trx, deps.clock, customerId)
  const before = await findSecurity(trx, customerId, securityId)
  if ((before?.version ?? 0) !== version)
    throw new Problem('stale-approval', said(details.changedSince, { securityId }))
  const row = rowOf({ customerId, securityId }, content, before, locked.now)
  await record(trx, locked, by, row, { ...content, askedBy: madeBy, changeRequestId, ...(onePerson && { onePerson }) })
}

function rowOf(path: Path, content: Content, before: Row<'securities'> | undefined, now: string): Row<'securities'> {
  return {
    ...path,
    ...content,
    recordedAt: before?.recordedAt ?? now,
    updatedAt: now,
    withdrawalReason: null,
    withdrawnBy: null,
    withdrawnAt: null,
    version: (before?.version ?? 0) + 1
  }
}

async function record(
  trx: Writer,
  locked: LockedAccount,
  actor: ActorText,
  row: Row<'securities'>,
  payload: object
): Promise<void> {
  const type = row.version === 1 ? 'security.recorded' : 'security.changed'
  const entry: NewEntry = { type, subject: row.securityId, payload }
  await saveAccount(trx, locked, actor, [entry], { writes: [saveSecurity(row)] })
}

interface Covering {
  readonly row: Row<'securities'>
  readonly before: Row<'securities'> | undefined
  readonly currency: string
  readonly today: string
}

/**
 * Whether a security raises what covers the customer beyond what one person may record. Whatever
 * has not ended counts, so that no sum is split into parts or put off to a later day.
 */
async function exceedsAuthority(
  db: Reader,
  { authority: { collateralMax } }: Policy,
  { row, before, currency, today }: Covering
): Promise<boolean> {
  if (collateralMax === undefined) return false
  const covered = before === undefined || before.withdrawnAt !== null ? 0 : coverMinor(before)
  const isProlonged = before?.validUntil !== row.validUntil || before?.validFrom !== row.validFrom
  if (coverMinor(row) <= covered && !isProlonged) return false
  const bound = collateralMax.find((each) => each.currency === currency)
  const others = await otherSecurities(db, row, today)
  const sum = others.reduce((total, each) => total + coverMinor(each), coverMinor(row))
  return sum > (bound === undefined ? 0 : minorOf(bound))
}

/**
 * Ends a security: from now on it covers nothing. Whether new credit waits for another one is for
 * the caller to say.
 */
export async function withdrawSecurity(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  { customerId, securityId }: Path,
  { reason, stillRequired }: NewSecurityWithdrawal
): Promise<Answer> {
  const locked = await lockAccount(trx, deps.clock, customerId)
  const before = await findSecurity(trx, customerId, securityId)
  if (before === undefined) throw securityNotFound(securityId)
  if (before.withdrawnAt !== null)
    throw new Problem(
      'security-already-withdrawn',
      said(details.withdrawn, { securityId, withdrawnAt: before.withdrawnAt })
    )
  const row = {
    ...before,
    required: stillRequired,
    updatedAt: locked.now,
    withdrawalReason: reason,
    withdrawnBy: caller.actor,
    withdrawnAt: locked.now,
    version: before.version + 1
  }
  const entry: NewEntry = { type: 'security.withdrawn', subject: securityId, payload: { reason, stillRequired } }
  await saveAccount(trx, locked, caller.actor, [entry], { writes: [saveSecurity(row)] })
  return answerOf(201, row, { currency: locked.account.currency, today: locked.today })
}

export async function readSecurity(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  { customerId, securityId }: Path
): Promise<Security> {
  const { account, today } = await readCurrentAccount(db, clock, customerId)
  const row = await findSecurity(db, customerId, securityId)
  if (row === undefined) throw securityNotFound(securityId)
  return securityOf(row, { currency: account.currency, today })
}

/** The securities of a customer, by id. */
export async function pageOfSecurities(
  { clock }: Pick<Deps, 'clock'>,
  db: Reader,
  customerId: CustomerId,
  { cursor, limit = PAGE_LIMIT_DEFAULT, ...filters }: SecurityQuery
): Promise<Page<Security>> {
  const { account, today } = await readCurrentAccount(db, clock, customerId)
  const listing = { list: 'securities', customerId, ...filters }
  const rows = await listSecurities(db, customerId, filters, keyOfCursor(cursor, listing, KEY)?.securityId, limit)
  const securities = rows.map((row) => securityOf(row, { currency: account.currency, today }))
  return pageOfRows(securities, limit, listing, KEY.of)
}

function assertSound({ coverShare, validFrom, validUntil }: NewSecurity): void {
  if (!isCoverShare(coverShare))
    throw fieldProblem('/coverShare', 'too_many_decimals', said(details.decimals, { coverShare }))
  if (validUntil !== undefined && validUntil < validFrom)
    throw fieldProblem(
      '/validUntil',
      'before_start',
      said(details.endsFirst, { validUntil: statedDate(validUntil), validFrom: statedDate(validFrom) })
    )
}

type Content = Pick<
  Row<'securities'>,
  'kind' | 'provider' | 'amountMinor' | 'coverShare' | 'validFrom' | 'validUntil' | 'required'
>

function sameContent(before: Row<'securities'>, content: Content): boolean {
  const names = Object.keys(content) as (keyof Content)[]
  return names.every((name) => before[name] === content[name])
}

function securityNotFound(securityId: SecurityId): Problem {
  return new Problem('not-found', said(details.noSecurity, { securityId }))
}

/** The currency of the account, and the day as of which a security is shown. */
interface Shown {
  readonly currency: string
  readonly today: string
}

function securityOf(row: Row<'securities'>, { currency, today }: Shown): Security {
  const { amountMinor, withdrawalReason: reason, withdrawnBy: by, withdrawnAt: at, ...shown } = row
  return {
    ...shown,
    amount: toMoney(amountMinor, currency),
    cover: toMoney(coverMinor(row), currency),
    inForce: isInForce(row, today),
    withdrawal: reason === null || by === null || at === null ? null : { reason, by, at }
  }
}

function answerOf(status: 200 | 201, row: Row<'securities'>, shown: Shown): Answer {
  const location = `/v1/customers/${row.customerId}/securities/${row.securityId}`
  const value = securityOf(row, shown)
  return { status, value, etag: etagOf(row.version), ...(status === 201 ? { location } : {}) }
}
