import { requireAccount } from '../../accounts/store.ts'
import { creditFileRows } from '../../credit-file/store.ts'
import type { Reader } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { paymentBehaviour, toMoney } from '../../engine/index.ts'
import { readClock } from '../../platform/database/clock.ts'
import type { PaymentBehaviour } from '../schema.ts'
import { refuseFuture } from './dates.ts'

/** How a customer pays, as of a day that is not ahead. */
export async function readBehaviour(
  { clock }: Pick<Deps, 'clock'>,
  db: Reader,
  customerId: string,
  query: { asOf?: string; months?: number }
): Promise<PaymentBehaviour> {
  const account = await requireAccount(db, customerId)
  const { today } = await readClock(db, clock)
  const asOf = query.asOf ?? today
  refuseFuture('/query/asOf', asOf, today)
  const { invoices, settlements } = await creditFileRows(db, clock, customerId)
  const behaviour = paymentBehaviour(invoices, settlements, asOf, query.months ?? 12)
  const money = (minor: number) => toMoney(minor, account.currency)
  return {
    customerId,
    asOf,
    months: behaviour.months,
    currency: account.currency,
    settledCount: behaviour.settledCount,
    lateCount: behaviour.lateCount,
    shareLate: behaviour.shareLate,
    settled: money(behaviour.settledMinor),
    weightedDaysLate: behaviour.weightedDaysLate,
    trendDays: behaviour.trendDays,
    invoiced: money(behaviour.invoicedMinor),
    open: money(behaviour.openMinor),
    overdue: money(behaviour.overdueMinor),
    shareOverdue: behaviour.shareOverdue,
    longestOverdueDays: behaviour.longestOverdueDays,
    oldestOpenDueOn: behaviour.oldestOpenDueOn,
    dsoDays: behaviour.dsoDays,
    dsoExhausted: behaviour.dsoExhausted
  }
}
