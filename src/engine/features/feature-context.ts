import type { AccountHistory } from '../ledger/account-history.ts'
import type { LedgerSums } from '../ledger/ledger-sums.ts'
import type { PaymentBehaviour } from '../ledger/payment-behaviour.ts'
import type { CompletedStatement } from '../statements/statement.ts'
import type { BusinessDate } from '../values/dates.ts'
import type { CreditFile, FiledStatement } from './credit-file.ts'

/** A credit file as it was known on a day, from which features are derived one by one. */
export interface FeatureContext {
  readonly file: CreditFile
  readonly asOf: BusinessDate
  /**
   * What several features share. It is found when the first of them asks, and null where there is
   * none.
   */
  readonly found: {
    newest?: NewestStatement | null
    ledger?: LedgerSums | null
    behaviour?: PaymentBehaviour
    history?: AccountHistory
  }
}

/** The newest statement, with what its features rest on. */
export interface NewestStatement extends FiledStatement {
  readonly source: string
  readonly reliable: boolean
  readonly completed: CompletedStatement
  /** The one about a year earlier, where it is known and its auditor let it stand. */
  readonly prior: CompletedStatement | undefined
}
