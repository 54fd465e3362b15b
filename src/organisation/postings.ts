import type { Writer } from '../database.ts'
import type { Clock } from '../platform/database/clock.ts'
import type { ActorText } from '../platform/values/actors.ts'
import type { OrganisationEntryType } from './schema.ts'
import { appendToOrganisation, lockOrganisation, ORGANISATION_CHAIN } from './store.ts'

/** An entry before it has its place in the chain of the organisation. */
export interface NewOrganisationEntry {
  readonly type: OrganisationEntryType
  readonly subject: string
  readonly payload: object
}

/**
 * Adds entries to the chain of the organisation, in this order, in the transaction of what they
 * tell of. Called last in it: others wait for the chain until it ends.
 */
export async function recordOrganisation(
  trx: Writer,
  clock: Clock,
  actor: ActorText,
  entries: readonly NewOrganisationEntry[]
): Promise<void> {
  const head = await lockOrganisation(trx, clock)
  const rows = ORGANISATION_CHAIN.join(head, entries, { at: head.now, actor })
  await appendToOrganisation(
    trx,
    head,
    rows.map(({ chain: _chain, ...row }) => row)
  )
}
