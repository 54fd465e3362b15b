import type { CurrentAccount } from '../accounts/store/facts.ts'
import { type CreditFile, ledgerAsOf } from '../engine/index.ts'
import { type CreditFileRows, type FileRead, fileRows } from './store.ts'

/** A credit file that was read beside its account, as of that day, with amounts in its currency. */
export function creditFileOf(read: FileRead, { account: { currency }, today }: CurrentAccount): CreditFile {
  return creditFile(fileRows(read), currency, today)
}

/** A credit file that was read for a day, with amounts in the currency of its account. */
export function creditFile({ ledger, ...rows }: CreditFileRows, currency: string, asOf: string): CreditFile {
  // The schemas of the API let nothing in that the engine's types do not describe.
  const file = { ...rows, currency } as Omit<CreditFile, 'invoices' | 'settlements'>
  return { ...file, invoices: [], settlements: [], sums: ledgerAsOf(ledger, asOf) }
}
