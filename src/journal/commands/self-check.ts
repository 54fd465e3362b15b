import type { Reader, Writer } from '../../database.ts'
import type { Policy } from '../../engine/index.ts'
import { sha256 } from '../../platform/canonical.ts'
import type { SelfCheck } from '../schema.ts'
import { type AuditedAccount, auditedAccounts, auditedEntries, auditedPolicies } from '../store/audit.ts'
import { ChainAudit } from './chain-audit.ts'
import type { PoliciesOnFile } from './decision-audit.ts'
import { Findings } from './findings.ts'
import { auditKeys } from './keys-audit.ts'
import { ExpectedRows } from './rows-audit.ts'

const CUSTOMERS_PAGE = 200
const ENTRIES_PAGE = 2_000

/**
 * Verifies the ledger: every chain from its first entry, every account against its chain and its books, every Idempotency-Key against the
 * decision that it answers with. Many customers are read in one snapshot, so that it can run while orders are decided. It writes nothing.
 */
export async function selfCheck(db: Reader): Promise<SelfCheck> {
  const findings = new Findings()
  const snapshot = <Result>(work: (trx: Writer) => Promise<Result>) =>
    db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work)
  let after: string | undefined = ''
  while (after !== undefined) {
    const from: string = after
    after = await snapshot((trx) => auditPage(trx, from, findings))
  }
  await snapshot((trx) => auditKeys(trx, findings))
  return findings.report()
}

/** Audits the customers after an id; answers where the next page begins, undefined after the last. */
async function auditPage(trx: Writer, afterId: string, findings: Findings): Promise<string | undefined> {
  const policies = await policiesOnFile(trx, findings)
  const accounts = await auditedAccounts(trx, afterId, CUSTOMERS_PAGE)
  const lastId = accounts.length < CUSTOMERS_PAGE ? undefined : accounts.at(-1)?.customerId
  const rows = new ExpectedRows()
  const walk = new Walk(accounts, (customerId) => new ChainAudit(customerId, findings, policies, rows), findings)
  let place = { customerId: afterId, seq: Number.MAX_SAFE_INTEGER }
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
    for (const entry of entries) walk.take(entry)
    if (isLast) walk.close()
    await rows.compare(trx, findings)
    if (isLast) return lastId
  }
}

/** Leads the entries of several customers, one chain after the other, each to its audit. */
class Walk {
  readonly #left: Map<string, AuditedAccount>
  readonly #begin: (customerId: string) => ChainAudit
  readonly #findings: Findings
  #customerId: string | undefined
  #chain: ChainAudit | undefined

  constructor(accounts: readonly AuditedAccount[], begin: (customerId: string) => ChainAudit, findings: Findings) {
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
    const account = this.#left.get(this.#customerId ?? '')
    if (this.#customerId === undefined || this.#chain === undefined) return
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

/** The policies that decisions name. A version whose text is not what its digest says can prove nothing. */
async function policiesOnFile(db: Reader, findings: Findings): Promise<PoliciesOnFile> {
  const onFile = new Map<string, Policy>()
  for (const { policyId, version, document, sha256: digest } of await auditedPolicies(db)) {
    const intact = sha256(document) === digest
    findings.expect('I15', intact, () => `policy ${policyId} version ${version}: not the text of its digest`)
    if (intact) onFile.set(`${policyId} ${version}`, JSON.parse(document) as Policy)
  }
  return (id, version) => onFile.get(`${id} ${version}`)
}
