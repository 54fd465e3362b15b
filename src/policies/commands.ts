import type { Reader, Row } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { PolicyDocument } from '../engine/index.ts'
import { recordOrganisation } from '../organisation/postings.ts'
import { type Clock, readClock } from '../platform/database/clock.ts'
import { inTransaction } from '../platform/database/transaction.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../platform/http/page.ts'
import { systemActor } from '../platform/values/actors.ts'
import { canonicalJson, sha256 } from '../platform/values/canonical.ts'
import { Problem } from '../platform/values/problem.ts'
import { said } from '../platform/values/said.ts'
import type { PolicyPath, PolicyQuery, PolicySummary, PolicyVersion } from './schema.ts'
import { addPolicy, findPolicy, listPolicies } from './store.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

/** What the list is in the order of. */
const KEY = listKey({ policyId: KeyField.name, version: KeyField.version })

/**
 * Puts the policy that decides on file, so that whatever it decides can be replayed when another
 * one is in force. Throws an Error for the operator when another document is on file under its
 * version.
 */
export async function installPolicy(db: Reader, clock: Clock, policy: PolicyDocument): Promise<void> {
  const document = canonicalJson(policy)
  await inTransaction(db, async (trx) => {
    const { now } = await readClock(trx, clock)
    const { id: policyId, version } = policy
    const digest = sha256(document)
    if (await addPolicy(trx, { policyId, version, document, sha256: digest, createdAt: now })) {
      const payload = { policyId, version, sha256: digest }
      const filed = { type: 'policy.filed', subject: `${policyId} ${version}`, payload } as const
      return recordOrganisation(trx, clock, systemActor('shipped'), [filed])
    }
    const onFile = await findPolicy(trx, policyId, version)
    if (onFile?.sha256 === digest) return
    throw new Error(
      `Version ${version} of the policy ${policyId} in policies/ is not the one that this database knows under that number. ` +
        'A published version never changes: put the file back as it was, and give the changed policy the next version.'
    )
  })
}

export async function pageOfPolicies(deps: Deps, db: Reader, { cursor, limit = PAGE_LIMIT_DEFAULT }: PolicyQuery) {
  const listing = { list: 'policies' }
  const rows = await listPolicies(db, keyOfCursor(cursor, listing, KEY), limit)
  const page = pageOfRows(rows, limit, listing, KEY.of)
  return { ...page, items: page.items.map((row) => summaryOf(deps, row)) } satisfies Page<PolicySummary>
}

/** Throws `not-found`. */
export async function readPolicy(deps: Deps, { policyId, version }: PolicyPath): Promise<PolicyVersion> {
  const row = await findPolicy(deps.db, policyId, version)
  if (row === undefined) throw new Problem('not-found', said(details.noVersion, { version, policyId }))
  return { ...summaryOf(deps, row), document: JSON.parse(row.document) as PolicyDocument }
}

function summaryOf({ policy }: Deps, row: Row<'policies'>): PolicySummary {
  const { policyId, version, sha256: digest, createdAt } = row
  const { name } = JSON.parse(row.document) as PolicyDocument
  const inForce = policyId === policy.id && version === policy.version
  return { policyId, version, name, sha256: digest, inForce, createdAt }
}
