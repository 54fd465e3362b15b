import type { Deps } from '../../deps.ts'
import { sweep } from '../../reservations/postings/sweep.ts'
import { customersToSweep } from '../../reservations/store.ts'
import { eachCustomer } from './reevaluate.ts'

/** Whether a reservation has expired and nothing has ended it yet. */
export async function isExpiryDue({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<boolean> {
  return (await customersToSweep(db, clock, 1)).length > 0
}

/**
 * Ends the expired reservations of customers for whom nothing else is decided; a decision would end
 * them first. Their journal entries are the events.
 */
export async function workAtExpiries(deps: Deps, signal: AbortSignal): Promise<void> {
  const find = (db: Deps['db'], limit: number) => customersToSweep(db, deps.clock, limit)
  await eachCustomer(deps, signal, find, async (trx, locked) => {
    await sweep(trx, locked)
  })
}
