import { markFile } from '../accounts/postings/file-change.ts'
import { lockWithFacts, saveAccount } from '../accounts/store.ts'
import type { Writer } from '../database.ts'
import type { Deps } from '../deps.ts'
import { identifierFault, isIndustry, statedDate } from '../engine/index.ts'
import type { CustomerId } from '../ids.ts'
import type { Caller } from '../platform/http/auth.ts'
import type { Answer } from '../platform/http/command.ts'
import { etagOf, requireMatch } from '../platform/http/etag.ts'
import { canonicalJson, sha256 } from '../platform/values/canonical.ts'
import { type JsonObject, mergePatch } from '../platform/values/merge-patch.ts'
import { type FieldError, faultsProblem, fieldError, fieldProblem, Problem } from '../platform/values/problem.ts'
import { said } from '../platform/values/said.ts'
import type { Customer, CustomerPatch, CustomerProfile } from './schema.ts'
import {
  ancestorsOf,
  type CustomerRow,
  customerFact,
  lockParents,
  openCustomer,
  readBeforePut,
  replaceIdentifiers,
  updateCustomer
} from './store.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

/** A change of one customer: who asks, and on which version it rests. */
export interface Change {
  readonly caller: Caller
  readonly customerId: CustomerId
  readonly ifMatch: string | undefined
}

/**
 * Creates the customer with its credit account, or replaces the profile. The same profile again
 * changes nothing.
 */
export async function putCustomer(deps: Deps, trx: Writer, change: Change, profile: CustomerProfile): Promise<Answer> {
  const { customerId, caller, ifMatch } = change
  const { now, today, exists } = await readBeforePut(trx, deps.clock, customerId)
  assertSound(profile, today)
  assertNotOwnParent(customerId, profile)
  if (!exists && (ifMatch === undefined || ifMatch === '')) {
    const customer = { customerId, profile, currency: profile.currency ?? deps.currency }
    await requireParent(trx, customerId, profile)
    const payload = fingerprint(profile, 1)
    const entry = { type: 'customer.opened', subject: customerId, payload, actor: caller.actor } as const
    if (await openCustomer(trx, customer, now, entry))
      return answerOf(201, customerOf({ ...customer, version: 1, createdAt: now, updatedAt: now }))
  } else if (!exists) requireMatch(ifMatch, 0)
  return replaceProfile(deps, trx, change, () => profile)
}

/** Changes some fields of the profile by a merge patch. */
export async function patchCustomer(deps: Deps, trx: Writer, change: Change, patch: CustomerPatch): Promise<Answer> {
  return replaceProfile(deps, trx, change, (before, today) => {
    const profile = mergePatch(before as JsonObject, patch) as CustomerProfile
    assertSound(profile, today)
    assertNotOwnParent(change.customerId, profile)
    return profile
  })
}

async function replaceProfile(
  deps: Deps,
  trx: Writer,
  { customerId, caller, ifMatch }: Change,
  profileAfter: (before: object, today: string) => CustomerProfile
): Promise<Answer> {
  const { facts, ...locked } = await lockWithFacts(trx, deps.clock, customerId, { customer: customerFact() })
  const row = { ...facts.customer, currency: locked.account.currency }
  const profile = profileAfter(row.profile, locked.today)
  requireMatch(ifMatch, row.version)
  const currency = profile.currency ?? row.currency
  if (currency !== row.currency && locked.account.journalSeq > 1) {
    throw new Problem('account-currency-fixed', said(details.currency, { customerId, currency: row.currency }))
  }
  if (canonicalJson(profile) === canonicalJson(row.profile)) return answerOf(200, customerFromRow(row))
  if (profile.parentCustomerId !== (row.profile as CustomerProfile).parentCustomerId) {
    await lockParents(trx)
    await requireParent(trx, customerId, profile)
  }
  const version = row.version + 1
  const { changes, told } = markFile(locked, 'other')
  const payload = { ...fingerprint(profile, version), ...told }
  const entry = { type: 'customer.changed', subject: customerId, payload } as const
  await saveAccount(trx, locked, caller.actor, [entry], {
    changes: { currency, ...changes },
    writes: [updateCustomer(customerId, profile, version, locked.now), ...replaceIdentifiers(customerId, profile)]
  })
  return answerOf(
    200,
    customerOf({ customerId, profile, currency, version, createdAt: row.createdAt, updatedAt: locked.now })
  )
}

/** The customer as it is answered. */
export function customerFromRow(row: CustomerRow): Customer {
  const { customerId, profile, currency, version, createdAt, updatedAt } = row
  return customerOf({ customerId, profile: profile as CustomerProfile, currency, version, createdAt, updatedAt })
}

function customerOf({
  profile,
  ...row
}: Pick<CustomerRow, 'customerId' | 'currency' | 'version' | 'createdAt' | 'updatedAt'> & {
  profile: CustomerProfile
}): Customer {
  return { ...profile, ...row }
}

function answerOf(status: 200 | 201, value: Customer): Answer {
  const location = status === 201 ? { location: `/v1/customers/${value.customerId}` } : {}
  return { status, value, etag: etagOf(value.version), ...location }
}

/** The journal proves which profile stood when, without keeping names and addresses for ever. */
function fingerprint(profile: CustomerProfile, version: number) {
  return { version, profileSha256: sha256(canonicalJson(profile)) }
}

/** Rules that a schema cannot express: check digits, and dates that lie ahead. */
function assertSound(profile: CustomerProfile, today: string): void {
  const errors: FieldError[] = (profile.identifiers ?? []).flatMap(({ scheme, value }, index) => {
    const fault = identifierFault(scheme, value)
    return fault === undefined ? [] : [fieldError(`/identifiers/${index}/value`, 'identifier', fault)]
  })
  const { registeredOn, cooperationSince, person = {} } = profile
  const { employedSince, residentSince, bornOn } = person
  errors.push(
    ...futureDates({ registeredOn, cooperationSince }, '', today),
    ...futureDates({ employedSince, residentSince, bornOn }, '/person', today)
  )
  if (profile.kind === 'company' && profile.person !== undefined)
    errors.push(fieldError('/person', 'not_a_person', details.noPerson))
  const { industry } = profile
  if (industry !== undefined && !isIndustry(industry))
    errors.push(fieldError('/industry', 'industry', said(details.industry, { industry })))
  if (errors.length > 0) throw faultsProblem('validation-error', errors)
}

function futureDates(dates: Record<string, string | undefined>, place: string, today: string): FieldError[] {
  return Object.entries(dates).flatMap(([name, date]) => {
    if (date === undefined || date <= today) return []
    const detail = said(details.future, { name, date: statedDate(date), today: statedDate(today) })
    return [fieldError(`${place}/${name}`, 'future_date', detail)]
  })
}

function assertNotOwnParent(customerId: CustomerId, { parentCustomerId }: CustomerProfile): void {
  if (parentCustomerId === customerId) throw new Problem('customer-cycle', said(details.ownParent, { customerId }))
}

/** A parent must be recorded, and the chain of parents must end. */
async function requireParent(
  trx: Writer,
  customerId: CustomerId,
  { parentCustomerId }: CustomerProfile
): Promise<void> {
  if (parentCustomerId === undefined) return
  const ancestors = await ancestorsOf(trx, parentCustomerId)
  if (ancestors.length === 0)
    throw fieldProblem('/parentCustomerId', 'unknown_customer', said(details.noParent, { parentCustomerId }))
  if (ancestors.includes(customerId))
    throw new Problem('customer-cycle', said(details.subsidiary, { parentCustomerId, customerId }))
}
