import type { Row, Writer } from '../database.ts'
import type { CreditFile } from '../engine/index.ts'
import type { Clock } from '../platform/database/clock.ts'
import { creditFileRows } from './store.ts'

/** The credit file of a locked account, with amounts in its currency. */
export async function creditFileOf(
  trx: Writer,
  clock: Clock,
  { customerId, currency }: Pick<Row<'creditAccounts'>, 'customerId' | 'currency'>
): Promise<CreditFile> {
  // The schemas of the API let nothing in that the engine's types do not describe.
  return { ...(await creditFileRows(trx, clock, customerId)), currency } as CreditFile
}
