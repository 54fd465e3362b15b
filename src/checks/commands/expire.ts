import type { Deps } from '../../deps.ts'
import { customersToSweep } from '../../reservations/store.ts'
import { eachCustomer } from './reevaluate.ts'

/** Whether the time of a reservation is up that nobody has ended yet. */
export async function isExpiryDue({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<boolean> {
  return (await customersToSweep(db, clock, 1)).length > 0
}

/**
 * Ends the reservations whose time is up at customers for whom nothing is decided meanwhile: a
 * decision would do so first. Their entries in the journal are the events.
 */
export async function workAtExpiries(deps: Deps, signal: AbortSignal): Promise<void> {
  const find = (db: Deps['db'], limit: number) => customersToSweep(db, deps.clock, limit)
  // To lock an account is to sweep it.
  await eachCustomer(deps, signal, find, async () => undefined)
}
