import type { ComponentGap, LimitComponent, LimitComponentId, LimitProposal } from '../../limits/limit.ts'
import { formatAmount } from '../../values/money.ts'
import type { Text } from '../../values/text.ts'
import { joined, SALES, type Values, type Wording, worded } from '../../values/wording.ts'
import stored from './texts.json' with { type: 'json' }

/** A component of a limit, with its computation in words. */
type ExplainedComponent = LimitComponent & { explanation: Text }
export type ExplainedProposal = Omit<LimitProposal, 'components'> & { components: ExplainedComponent[] }

/** Adds to every component of a proposal how it was computed, or why it could not be. */
export function explainProposal(proposal: LimitProposal): ExplainedProposal {
  const { statement, currency } = proposal.facts
  const components = proposal.components.map((each) => {
    const isStatements = each.id === 'equity_cap' || each.id === 'revenue_cap'
    const text = explanationOf(each, isStatements ? (statement?.currency ?? currency) : currency)
    const aside = each.applied || each.amountMinor === null ? undefined : asideOf(proposal, each.id)
    return { ...each, explanation: aside === undefined ? text : joined(text, worded(aside, SALES)) }
  })
  return { ...proposal, components }
}

const texts = stored.limits

const COMPONENT_TEXTS: Readonly<Record<LimitComponentId, Wording>> = texts.components
const GAP_TEXTS: Readonly<Record<ComponentGap, Wording>> = texts.gaps

type Inputs = LimitComponent['inputs']

function explanationOf({ id, gap, amountMinor, inputs }: LimitComponent, currency: string): Text {
  if (gap !== null || amountMinor === null) return worded(GAP_TEXTS[gap ?? 'missing_item'], SALES)
  const isNegative = id === 'equity_cap' && Number(inputs.tangibleNetWorthMinor) < 0
  const wording: Wording = isNegative ? texts.negativeNetWorth : COMPONENT_TEXTS[id]
  return worded(wording, SALES, VALUES[id](inputs, currency))
}

/** What the sentence about a component names. */
const VALUES: Readonly<Record<LimitComponentId, (inputs: Inputs, currency: string) => Values>> = {
  equity_cap: ({ share, tangibleNetWorthMinor }, currency) => ({
    percent: percentOf(share),
    amount: amountOf(tangibleNetWorthMinor, currency)
  }),
  revenue_cap: ({ share, annualRevenueMinor }, currency) => ({
    percent: percentOf(share),
    amount: amountOf(annualRevenueMinor, currency)
  }),
  experience_cap: ({ multiple, highestSettledBalanceMinor }, currency) => ({
    multiple: Number(multiple),
    amount: amountOf(highestSettledBalanceMinor, currency)
  }),
  need: ({ purchasesMinor, purchaseDays, historyDaysMin, growthFactor, termsDays, allowanceDays }, currency) => ({
    amount: amountOf(purchasesMinor, currency),
    ofDays: Math.max(Number(purchaseDays), Number(historyDaysMin)),
    growthFactor: Number(growthFactor),
    days: Number(termsDays) + Number(allowanceDays)
  }),
  request: () => ({}),
  policy_maximum: (_inputs, currency) => ({ currency })
}

/** Why a component that could be computed did not count, because another replaced it. */
function asideOf({ components, facts }: LimitProposal, id: LimitComponentId): Wording | undefined {
  if (id === 'experience_cap' && components.some((each) => each.applied && each.id.endsWith('_cap')))
    return texts.asides.statementsDecide
  return id === 'need' && facts.requestedMinor !== undefined ? texts.asides.requestDecides : undefined
}

function amountOf(minor: Inputs[string] | undefined, currency: string): string {
  return `${formatAmount(Number(minor), currency)} ${currency}`
}

function percentOf(share: Inputs[string] | undefined): string {
  return `${Math.round(Number(share) * 10_000) / 100} %`
}
