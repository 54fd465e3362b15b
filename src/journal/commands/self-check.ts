import type { Reader, Writer } from '../../database.ts'
import { EDITIONS, type Editions, type Policy } from '../../engine/index.ts'
import type { CustomerId } from '../../ids.ts'
import { cursorOf, keyOfCursor, type ListKey } from '../../platform/http/page.ts'
import { sha256 } from '../../platform/values/canonical.ts'
import { slicer } from '../../platform/work/pace.ts'
import type { AuditPlace, SelfCheck, SelfCheckQuery } from '../schema.ts'
import {
  type AuditedAccount,
  auditedAccounts,
  auditedEntries,
  auditedPolicies,
  type EntryPlace
} from '../store/audit.ts'
import { ChainAudit } from './chain-audit.ts'
import type { PoliciesOnFile } from './decision-audit.ts'
import { auditEarlierSettlements, auditTakeovers } from './documents-audit.ts'
import { Findings } from './findings.ts'
import { FIRST_KEY, type KeyPlace, KeysAudit } from './keys-audit.ts'
import { auditLedgers } from './ledger-audit.ts'
import { auditOrganisation } from './organisation-audit.ts'
import { ExpectedRows } from './rows-audit.ts'

const CUSTOMERS_PAGE = 200
const ENTRIES_PAGE = 250

/** About so many entries are audited in one snapshot; those of one customer always are. */
const ENTRIES_IN_SNAPSHOT = 10_000

/** What was found, and where to go on when the time was up before all was looked at. */
export interface Audit extends Omit<SelfCheck, 'nextCursor' | 'whole' | 'from'> {
  readonly next: AuditPlace | undefined
}

/**
 * Verifies the ledger from a place on, by default all of it: each chain from its first entry, each
 * account against its chain and its books, the chain of the organisation, each Idempotency-Key
 * against the decision that it answers with. One snapshot reads many customers, so the audit can
 * run while orders are decided. It ends early, between two snapshots, once `isTimeUp` says so. It
 * writes nothing.
 */
export async function selfCheck(
  db: Reader,
  {
    from = { of: 'customers', after: '' },
    isTimeUp = () => false,
    editions = EDITIONS
  }: { readonly from?: AuditPlace | undefined; readonly isTimeUp?: () => boolean; readonly editions?: Editions } = {}
): Promise<Audit> {
  const findings = new Findings()
  const keys = new KeysAudit(findings)
  const snapshot = <Result>(work: (trx: Writer) => Promise<Result>) =>
    db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work)
  let next: AuditPlace | undefined = from
  do {
    const place: AuditPlace = next
    next = await snapshot((trx) =>
      place.of === 'customers'
        ? auditCustomers(trx, place.after, findings, editions)
        : place.of === 'organisation'
          ? auditChainOfOrganisation(trx, place.after, findings)
          : auditKeys(trx, place.after, keys)
    )
  } while (next !== undefined && !isTimeUp())
  return { ...findings.report(), next }
}

/**
 * Milliseconds that a request spends on its part of the audit, plus the snapshot under way then.
 */
const PART_MS = 5_000

const LISTING = { list: 'self-check' }

/**
 * As much of the audit as a request can wait for; throws `invalid-cursor`. Anyone can make a
 * cursor, so only what began at the beginning speaks for the whole.
 */
export async function partOfSelfCheck(
  db: Reader,
  { cursor }: SelfCheckQuery,
  placeKey: ListKey<AuditPlace>
): Promise<SelfCheck> {
  const from = keyOfCursor(cursor, LISTING, placeKey)
  const timeIsUp = AbortSignal.timeout(PART_MS)
  const { next, ...found } = await selfCheck(db, { from, isTimeUp: () => timeIsUp.aborted })
  const part = { ...found, whole: from === undefined && next === undefined, from: from ?? null }
  return next === undefined ? part : { ...part, nextCursor: cursorOf(placeKey.of(next), LISTING) }
}

async function auditChainOfOrganisation(trx: Writer, after: number, findings: Findings): Promise<AuditPlace> {
  const last = await auditOrganisation(trx, after, findings)
  return last === undefined ? { of: 'keys', after: FIRST_KEY } : { of: 'organisation', after: last }
}

async function auditKeys(trx: Writer, after: KeyPlace, keys: KeysAudit): Promise<AuditPlace | undefined> {
  const last = await keys.page(trx, after)
  return last && { of: 'keys', after: last }
}

/** Audits the customers after an id. */
async function auditCustomers(
  trx: Writer,
  afterId: CustomerId | '',
  findings: Findings,
  editions: Editions
): Promise<AuditPlace> {
  const decidedBy = { policies: await policiesOnFile(trx, findings), editions }
  const page = await auditedAccounts(trx, afterId, CUSTOMERS_PAGE)
  const accounts = inOneSnapshot(page)
  const isAll = page.length < CUSTOMERS_PAGE && accounts.length === page.length
  const lastId = isAll ? undefined : accounts.at(-1)?.customerId
  const rows = new ExpectedRows()
  const walk = new Walk(accounts, (customerId) => new ChainAudit(customerId, findings, decidedBy, rows), findings)
  const slice = slicer()
  let place: EntryPlace = { customerId: afterId, seq: Number.MAX_SAFE_INTEGER }
  let reading = auditedEntries(trx, place, lastId, ENTRIES_PAGE)
  for (;;) {
    const entries = await reading
    place = entries.at(-1) ?? place
    const isLast = entries.length < ENTRIES_PAGE
    // The database reads on while these are gone through.
    if (!isLast) {
      reading = auditedEntries(trx, place, lastId, ENTRIES_PAGE)
      // It is awaited in the next round; should this round fail, that is what is told.
      reading.catch(() => undefined)
    }
    for (const entry of entries) {
      walk.take(entry)
      await slice()
    }
    if (isLast) walk.close()
    await rows.compare(trx, findings)
    if (!isLast) continue
    const customerIds = accounts.map(({ customerId }) => customerId)
    await auditLedgers(trx, findings, customerIds)
    await auditTakeovers(trx, findings, customerIds)
    await auditEarlierSettlements(trx, findings, customerIds)
    return lastId === undefined ? { of: 'organisation', after: 0 } : { of: 'customers', after: lastId }
  }
}

/** The first accounts, as many as have about the entries that one snapshot takes. */
function inOneSnapshot(accounts: readonly AuditedAccount[]): readonly AuditedAccount[] {
  let entries = 0
  const end = accounts.findIndex(({ journalSeq }) => {
    entries += Number(journalSeq)
    return entries >= ENTRIES_IN_SNAPSHOT
  })
  return end < 0 ? accounts : accounts.slice(0, end + 1)
}

/** Leads the entries of several customers, one chain after the other, each to its audit. */
class Walk {
  readonly #left: Map<CustomerId, AuditedAccount>
  readonly #begin: (customerId: CustomerId) => ChainAudit
  readonly #findings: Findings
  #customerId: CustomerId | undefined
  #chain: ChainAudit | undefined

  constructor(accounts: readonly AuditedAccount[], begin: (customerId: CustomerId) => ChainAudit, findings: Findings) {
    this.#left = new Map(accounts.map((account) => [account.customerId, account]))
    this.#begin = begin
    this.#findings = findings
  }

  take(entry: Parameters<ChainAudit['take']>[0]): void {
    if (entry.customerId !== this.#customerId) {
      this.#end()
      this.#customerId = entry.customerId
      this.#chain = this.#begin(entry.customerId)
    }
    this.#chain?.take(entry)
  }

  #end(): void {
    if (this.#customerId === undefined || this.#chain === undefined) return
    const account = this.#left.get(this.#customerId)
    if (account === undefined) {
      const stray = this.#customerId
      this.#findings.expect('I14', false, () => `${stray}: entries of a customer that there is not`)
    } else this.#chain.close(account)
    this.#left.delete(this.#customerId)
  }

  /** Ends the last chain, and looks at the accounts that have no entry at all. */
  close(): void {
    this.#end()
    for (const account of this.#left.values()) this.#begin(account.customerId).close(account)
  }
}

/**
 * The policies that decisions name. A version whose text does not match its digest proves nothing.
 */
async function policiesOnFile(db: Reader, findings: Findings): Promise<PoliciesOnFile> {
  const onFile = new Map<string, Policy>()
  for (const { policyId, version, document, sha256: digest } of await auditedPolicies(db)) {
    const intact = sha256(document) === digest
    findings.expect('I15', intact, () => `policy ${policyId} version ${version}: not the text of its digest`)
    if (intact) onFile.set(`${policyId} ${version}`, JSON.parse(document) as Policy)
  }
  return (id, version) => onFile.get(`${id} ${version}`)
}
