import type { LockedAccount } from '../accounts/store.ts'
import type { Writer } from '../database.ts'
import { type CreditFile, ledgerAsOf } from '../engine/index.ts'
import type { Clock } from '../platform/database/clock.ts'
import { type CreditFileRows, creditFileRows } from './store.ts'

/** The credit file of a locked account as of today, with amounts in its currency. */
export async function creditFileOf(
  trx: Writer,
  clock: Clock,
  { account: { customerId, currency }, today }: Pick<LockedAccount, 'account' | 'today'>
): Promise<CreditFile> {
  return creditFile(await creditFileRows(trx, clock, customerId, today), currency, today)
}

/** A credit file that was read for a day, with amounts in the currency of its account. */
export function creditFile({ ledger, ...rows }: CreditFileRows, currency: string, asOf: string): CreditFile {
  // The schemas of the API let nothing in that the engine's types do not describe.
  const file = { ...rows, currency } as Omit<CreditFile, 'invoices' | 'settlements'>
  return { ...file, invoices: [], settlements: [], sums: ledgerAsOf(ledger, asOf) }
}
