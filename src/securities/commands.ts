import { lockAccount, readCurrentAccount, saveAccount } from '../accounts/store.ts'
import type { NewEntry, Reader, Row, Writer } from '../database.ts'
import type { Deps } from '../deps.ts'
import { coverMinor, isCoverShare, isInForce, minorOf, toMoney } from '../engine/index.ts'
import type { CustomerId, SecurityId } from '../ids.ts'
import type { Caller } from '../platform/http/auth.ts'
import type { Answer } from '../platform/http/command.ts'
import { etagOf, requireMatch } from '../platform/http/etag.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../platform/http/page.ts'
import { fieldProblem, Problem } from '../platform/values/problem.ts'
import type { NewSecurity, NewSecurityWithdrawal, Security, SecurityQuery } from './schema.ts'
import { findSecurity, listSecurities, saveSecurity } from './store.ts'

/** What the list is in the order of. */
const KEY = listKey({ securityId: KeyField.clientId<'security'>() })

interface Path {
  readonly customerId: CustomerId
  readonly securityId: SecurityId
}

/**
 * Records a security; one that was withdrawn covers again. The same content again changes nothing.
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
  const row: Row<'securities'> = {
    customerId,
    securityId,
    ...content,
    recordedAt: before?.recordedAt ?? now,
    updatedAt: now,
    withdrawalReason: null,
    withdrawnBy: null,
    withdrawnAt: null,
    version: (before?.version ?? 0) + 1
  }
  const type = before === undefined ? 'security.recorded' : 'security.changed'
  const entry: NewEntry = { type, subject: securityId, payload: content }
  await saveAccount(trx, locked, caller.keyId, [entry], { writes: [saveSecurity(row)] })
  return answerOf(before === undefined ? 201 : 200, row, { currency: account.currency, today })
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
    throw new Problem('security-already-withdrawn', `${securityId} was withdrawn at ${before.withdrawnAt}.`)
  const row = {
    ...before,
    required: stillRequired,
    updatedAt: locked.now,
    withdrawalReason: reason,
    withdrawnBy: caller.keyId,
    withdrawnAt: locked.now,
    version: before.version + 1
  }
  const entry: NewEntry = { type: 'security.withdrawn', subject: securityId, payload: { reason, stillRequired } }
  await saveAccount(trx, locked, caller.keyId, [entry], { writes: [saveSecurity(row)] })
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
    throw fieldProblem('/coverShare', 'too_many_decimals', `The share ${coverShare} has more than four decimals.`)
  if (validUntil !== undefined && validUntil < validFrom)
    throw fieldProblem('/validUntil', 'before_start', `validUntil ${validUntil} lies before validFrom ${validFrom}.`)
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
  return new Problem('not-found', `There is no security ${securityId} of this customer.`)
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
