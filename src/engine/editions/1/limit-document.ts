import type { ReasonCode } from '../../reasons/reasons.ts'
import { type Money, toMoney } from '../../values/money.ts'
import type { Text } from '../../values/text.ts'
import { reasonText } from './check-texts.ts'
import type { ExplainedProposal } from './limit-explanation.ts'

/** A proposed limit as it is stored: in money, with its sentences. Its facts stand apart. */
interface LimitDocument
  extends Omit<ExplainedProposal, 'components' | 'reasons' | 'amountMinor' | 'currency' | 'facts'> {
  amount: Money
  components: (Omit<ExplainedProposal['components'][number], 'amountMinor'> & { amount: Money | null })[]
  reasons: { code: ReasonCode; text: Text }[]
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
}: ExplainedProposal): LimitDocument {
  return {
    ...proposal,
    amount: toMoney(amountMinor, currency),
    components: components.map(({ amountMinor: minor, ...each }) => ({
      ...each,
      amount: minor === null ? null : toMoney(minor, currency)
    })),
    reasons: reasons.map((code) => ({ code, text: reasonText(code) }))
  }
}
