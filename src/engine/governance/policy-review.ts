import type { LimitMode } from '../ledger/exposure.ts'
import { type BindingConstraint, type LimitFacts, type LimitStatus, proposeLimit } from '../limits/limit.ts'
import { type Policy, policyRuleFaults } from '../policy/policy.ts'
import { type PolicyFault, policyFault } from '../policy/policy-faults.ts'
import { addDays, type BusinessDate } from '../values/dates.ts'
import { collector } from '../values/faults.ts'
import { formatAmount, isCurrency, parseAmount } from '../values/money.ts'
import type { Grade } from '../values/rating.ts'

/**
 * An example that travels with the policy. A policy whose examples do not come out as stated is not
 * published.
 */
interface PolicyCase {
  name: string
  /**
   * The facts in words of the trade; amounts are decimal strings in `currency` unless the statement
   * names its own.
   */
  facts: {
    currency: string
    /** Left out: no rating. */
    grade?: Grade
    statement?: { currency?: string; ageDays?: number; tangibleNetWorth?: string; annualRevenue?: string }
    /** Purchases of the last 12 months. */
    purchases?: string
    /** Days since the first purchase, when fewer than 365. */
    purchaseDays?: number
    highestSettledBalance?: string
    requested?: string
  }
  expect: {
    status: LimitStatus
    mode: LimitMode
    /** In the currency of the facts. */
    amount: string
    bindingConstraint?: BindingConstraint
    termsDays?: number
    automatic?: boolean
  }
}

/** A policy as it is kept on file: its rules, with the examples that prove them. */
export interface PolicyDocument extends Policy {
  cases: PolicyCase[]
}

const YEAR_DAYS = 365

/**
 * The day on which the examples of a policy are computed. It has no influence: ages are counted
 * from it.
 */
const CASE_DATE: BusinessDate = '2000-01-01'

/**
 * Everything that makes a policy unfit to be published; an empty list means that it may be. The
 * shape of the document has been checked before: this looks at what it means. The embedded cases
 * run only when nothing else is wrong.
 */
export function policyFaults(policy: PolicyDocument): PolicyFault[] {
  const faults = policyRuleFaults(policy)
  return faults.length > 0 ? faults : caseFaults(policy)
}

/** Runs the embedded cases. */
function caseFaults(policy: PolicyDocument): PolicyFault[] {
  if (policy.cases.length === 0) return [policyFault('/cases', 'A policy carries at least one case.')]
  return policy.cases.flatMap((each, index) => {
    const at = `/cases/${index}`
    const facts = caseFacts(each)
    if (facts === undefined) return [policyFault(`${at}/facts`, 'A currency or an amount is not one.')]
    return outcomeFaults(policy, each, facts, `${at}/expect`)
  })
}

function outcomeFaults(policy: Policy, each: PolicyCase, facts: LimitFacts, at: string): PolicyFault[] {
  const { faults, expect } = collector(policyFault)
  const { expect: wanted, name } = each
  const got = proposeLimit(policy, facts)
  const amount = formatAmount(got.amountMinor, got.currency)
  expect(got.status === wanted.status, `${at}/status`, `"${name}" comes out ${got.status}.`)
  expect(got.mode === wanted.mode, `${at}/mode`, `"${name}" gets the mode ${got.mode}.`)
  expect(amount === wanted.amount, `${at}/amount`, `"${name}" comes to ${amount}.`)
  const { bindingConstraint, termsDays, automatic } = wanted
  expect(
    bindingConstraint === undefined || got.bindingConstraint === bindingConstraint,
    `${at}/bindingConstraint`,
    `"${name}" is bound by ${got.bindingConstraint ?? 'nothing'}.`
  )
  expect(
    termsDays === undefined || got.termsDays === termsDays,
    `${at}/termsDays`,
    `"${name}" gets ${got.termsDays} days.`
  )
  expect(
    automatic === undefined || got.automatic === automatic,
    `${at}/automatic`,
    `"${name}" ${got.automatic ? 'takes effect automatically' : 'needs approval'}.`
  )
  return faults
}

/** The facts of a case in minor units; undefined when one of its amounts cannot be read. */
function caseFacts({ facts }: PolicyCase): LimitFacts | undefined {
  const { currency, grade, statement } = facts
  const statementCurrency = statement?.currency ?? currency
  if (!isCurrency(currency) || !isCurrency(statementCurrency)) return undefined
  const read = (amount: string | undefined, unit: string): number | null | undefined =>
    amount === undefined ? null : parseAmount(amount, unit)
  const tangibleNetWorthMinor = read(statement?.tangibleNetWorth, statementCurrency)
  const annualRevenueMinor = read(statement?.annualRevenue, statementCurrency)
  const purchasesMinor = read(facts.purchases, currency)
  const highestSettledBalanceMinor = read(facts.highestSettledBalance, currency)
  const requestedMinor = read(facts.requested, currency)
  if (
    tangibleNetWorthMinor === undefined ||
    annualRevenueMinor === undefined ||
    purchasesMinor === undefined ||
    highestSettledBalanceMinor === undefined ||
    requestedMinor === undefined
  ) {
    return undefined
  }
  const ageDays = statement?.ageDays ?? 0
  return {
    asOf: CASE_DATE,
    currency,
    grade: grade ?? null,
    statement:
      statement === undefined
        ? null
        : {
            statementId: 'case',
            periodEnd: addDays(CASE_DATE, -ageDays),
            ageDays,
            reliable: true,
            currency: statementCurrency,
            tangibleNetWorthMinor,
            annualRevenueMinor
          },
    trade: {
      purchasesMinor: purchasesMinor ?? 0,
      purchaseDays: facts.purchaseDays ?? YEAR_DAYS,
      highestSettledBalanceMinor
    },
    ...(requestedMinor === null ? {} : { requestedMinor })
  }
}
