import type { ReasonCode } from '../reasons/reasons.ts'
import { type Money, toMoney } from '../values/money.ts'
import type { LimitProposal } from './limit.ts'

/**
 * A proposed limit as it is stored: codes and values, in money. Its facts stand apart, and
 * `wordedLimit` puts it into words.
 */
export interface LimitDocument
  extends Omit<LimitProposal, 'components' | 'reasons' | 'amountMinor' | 'currency' | 'facts'> {
  amount: Money
  components: (Omit<LimitProposal['components'][number], 'amountMinor'> & { amount: Money | null })[]
  reasons: { code: ReasonCode }[]
}

/**
 * The whole document of a proposal: same proposal, same bytes as JSON. One byte that changes here
 * is a new edition (see `editions/`).
 */
export function limitDocument({
  components,
  reasons,
  amountMinor,
  currency,
  facts: _facts,
  ...proposal
}: LimitProposal): LimitDocument {
  return {
    ...proposal,
    amount: toMoney(amountMinor, currency),
    components: components.map(({ amountMinor: minor, ...each }) => ({
      ...each,
      amount: minor === null ? null : toMoney(minor, currency)
    })),
    reasons: reasons.map((code) => ({ code }))
  }
}
