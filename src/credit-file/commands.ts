import type { Reader } from '../database.ts'
import type { Deps } from '../deps.ts'
import { ledgerAsOf, paymentBehaviourOf, toMoney } from '../engine/index.ts'
import type { CustomerId } from '../ids.ts'
import { assertPossible, futureFaults } from '../receivables/postings/possible.ts'
import type { PaymentBehaviour } from './schema.ts'
import { ledgerRow } from './store.ts'

/** How a customer pays, as of a day that is not in the future. */
export async function readBehaviour(
  { clock }: Pick<Deps, 'clock'>,
  db: Reader,
  customerId: CustomerId,
  query: { asOf?: string; months?: number }
): Promise<PaymentBehaviour> {
  const { currency, today, ledger } = await ledgerRow(db, clock, customerId, query.asOf)
  const asOf = query.asOf ?? today
  assertPossible(futureFaults('/query/asOf', asOf, today))
  const behaviour = paymentBehaviourOf(ledgerAsOf(ledger, asOf), asOf, query.months ?? 12)
  const money = (minor: number) => toMoney(minor, currency)
  return {
    customerId,
    asOf,
    months: behaviour.months,
    currency,
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
