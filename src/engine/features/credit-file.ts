import type { CustomerKind } from '../customer/customer.ts'
import type { PersonProfile } from '../customer/person.ts'
import type { LedgerSums } from '../ledger/ledger-sums.ts'
import type { InvoiceFact, SettlementFact } from '../ledger/settled-invoices.ts'
import type { Statement } from '../statements/statement.ts'
import type { BusinessDate } from '../values/dates.ts'
import type { Money } from '../values/money.ts'
import type { EvidenceFact } from './evidence.ts'
import type { FeatureValue } from './feature.ts'

/** Who the customer is. Everything but the kind may be unknown. */
export interface CustomerProfile {
  kind: CustomerKind
  /** ISO 3166-1 alpha-2. */
  country?: string
  /** ISIC Rev. 4 section or division. */
  industry?: string
  registeredOn?: BusinessDate
  cooperationSince?: BusinessDate
  employees?: number
  registeredCapital?: Money
  /** Of an individual, or of the owner of a sole trade. */
  person?: PersonProfile
}

/** A statement with the caller's id for it. */
export interface FiledStatement {
  statementId: string
  statement: Statement
  /** Day on which the seller recorded it; without it, the end of its period. */
  knownOn?: BusinessDate
}

/**
 * What a call gave for inputs that models declare beside the catalogue, all as of the day on which
 * it gave them. Null: the caller knows of no value.
 */
export interface GivenInputs {
  readonly givenOn: BusinessDate
  readonly values: Readonly<Record<string, FeatureValue | null>>
}

/**
 * All that a score is derived from. The receivables are the seller's own and complete; amounts are
 * in `currency`.
 */
export interface CreditFile {
  profile: CustomerProfile
  statements: FiledStatement[]
  invoices: InvoiceFact[]
  settlements: SettlementFact[]
  /**
   * What invoices and settlements add up to as of the day that is asked about: in their place,
   * whatever these two hold.
   */
  sums?: LedgerSums
  evidence?: EvidenceFact[]
  /** What the last call gave; without it, nothing. */
  inputs?: GivenInputs
  currency: string
}
