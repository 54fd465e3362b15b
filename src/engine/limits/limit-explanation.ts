import { reasonText } from '../reasons/reasons.ts'
import { spokenAmount, spokenNumber, spokenShare } from '../values/spoken.ts'
import type { Text } from '../values/text.ts'
import { type Audience, joined, type Values, type Wording, worded } from '../values/wording.ts'
import type { ComponentGap, LimitComponent, LimitComponentId } from './limit.ts'
import type { LimitDocument } from './limit-document.ts'
import texts from './texts.json' with { type: 'json' }

/** A proposed limit as it is on file. Edition 1 stored its sentences for the seller's people. */
export type RecordedLimit = Omit<LimitDocument, 'components' | 'reasons'> & {
  components: (LimitDocument['components'][number] & { explanation?: Text })[]
  reasons: (LimitDocument['reasons'][number] & { text?: Text })[]
}

/** The same with its sentences: how each component was computed or why not, and the reasons. */
type ToldLimit<Recorded extends RecordedLimit> = Omit<Recorded, 'components' | 'reasons'> & {
  components: (LimitDocument['components'][number] & { explanation: Text })[]
  reasons: (LimitDocument['reasons'][number] & { text: Text })[]
}

/**
 * A proposed limit with its sentences for one audience, from the texts in force. Where edition 1
 * stored them, the seller's people get the stored ones.
 */
export function wordedLimit<Recorded extends RecordedLimit>(record: Recorded, audience: Audience): ToldLimit<Recorded> {
  const isForSales = audience.reader === 'sales'
  return {
    ...record,
    components: record.components.map(({ explanation, amount, ...each }) => ({
      ...each,
      explanation:
        (isForSales ? explanation : undefined) ?? explained({ ...each, isKnown: amount !== null }, record, audience),
      amount
    })),
    reasons: record.reasons.map(({ code, text }) => ({
      code,
      text: (isForSales ? text : undefined) ?? reasonText(code, audience)
    }))
  }
}

type Component = Omit<LimitDocument['components'][number], 'amount'> & { readonly isKnown: boolean }

/** How a component was computed, or why it could not be, or was not applied. */
function explained(component: Component, limit: RecordedLimit, audience: Audience): Text {
  const text = explanationOf(component, limit, audience)
  const aside = component.applied || !component.isKnown ? undefined : asideOf(component.id, limit.components)
  return aside === undefined ? text : joined(text, worded(aside, audience))
}

const COMPONENT_TEXTS: Readonly<Record<LimitComponentId, Wording>> = texts.components
const GAP_TEXTS: Readonly<Record<ComponentGap, Wording>> = texts.gaps

type Inputs = LimitComponent['inputs']

function explanationOf(
  { id, gap, isKnown, inputs }: Component,
  { grade, amount }: RecordedLimit,
  audience: Audience
): Text {
  // Without a grade nothing was refused: the assessment is still to come.
  if (gap === 'no_credit_for_grade' && grade === null) return reasonText('RATING_MISSING', audience)
  if (gap !== null || !isKnown) return worded(GAP_TEXTS[gap ?? 'missing_item'], audience)
  const isNegative = id === 'equity_cap' && Number(inputs.tangibleNetWorthMinor) < 0
  const wording: Wording = isNegative ? texts.negativeNetWorth : COMPONENT_TEXTS[id]
  return worded(wording, audience, VALUES[id](inputs, amount.currency))
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
    multiple: spokenNumber(Number(multiple)),
    amount: amountOf(highestSettledBalanceMinor, currency)
  }),
  need: ({ purchasesMinor, purchaseDays, historyDaysMin, growthFactor, termsDays, allowanceDays }, currency) => ({
    amount: amountOf(purchasesMinor, currency),
    ofDays: Math.max(Number(purchaseDays), Number(historyDaysMin)),
    growthFactor: spokenNumber(Number(growthFactor)),
    days: Number(termsDays) + Number(allowanceDays)
  }),
  request: () => ({}),
  policy_maximum: (_inputs, currency) => ({ currency })
}

/** Why a component that could be computed did not count, because another replaced it. */
function asideOf(id: LimitComponentId, components: RecordedLimit['components']): Wording | undefined {
  if (id === 'experience_cap' && components.some((each) => each.applied && each.id.endsWith('_cap')))
    return texts.asides.statementsDecide
  const isRequested = components.some((each) => each.id === 'request' && each.amount !== null)
  return id === 'need' && isRequested ? texts.asides.requestDecides : undefined
}

function amountOf(minor: Inputs[string] | undefined, currency: string): Text {
  return spokenAmount(Number(minor), currency)
}

function percentOf(share: Inputs[string] | undefined): string {
  return spokenShare(Number(share))
}
