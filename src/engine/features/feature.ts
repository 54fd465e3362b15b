import type { AccountHistory } from '../ledger/account-history.ts'
import type { LedgerSums } from '../ledger/ledger-sums.ts'
import type { PaymentBehaviour } from '../ledger/payment-behaviour.ts'
import type { CompletedStatement } from '../statements/statement.ts'
import type { BusinessDate } from '../values/dates.ts'
import type { CreditFile, FiledStatement } from './credit-file.ts'

/** What a model can take in: a number, a category or a yes or no. */
export type FeatureValue = number | string | boolean

/**
 * Why a feature has no value. `unreliable`: the auditor disowned the statement. `not_applicable`:
 * it is a matter of other kinds of customer, of other statements or of another currency. `invalid`:
 * the value given is not of the feature's type, or not a finite number, or dated after the
 * assessment.
 */
export const MISSING_REASONS = [
  'no_data',
  'zero_denominator',
  'missing_item',
  'negative_base',
  'not_applicable',
  'unreliable',
  'invalid'
] as const
export type MissingReason = (typeof MISSING_REASONS)[number]

/** One input of a model: its value with its date and source, or why it has none. */
export type Feature = { value: FeatureValue; asOf: BusinessDate; source: string } | { missing: MissingReason }

/**
 * The features of one customer as of one day, by feature id. A feature that is not there is
 * missing.
 */
export type FeatureSet = Readonly<Record<string, Feature>>

/** A credit file as it was known on a day, from which features are derived one by one. */
export interface FeatureContext {
  readonly file: CreditFile
  readonly asOf: BusinessDate
  /** What several features share, found when the first of them asks; null where there is none. */
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
