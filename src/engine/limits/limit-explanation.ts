import { formatAmount } from '../values/money.ts'
import type { Text } from '../values/text.ts'
import type { ComponentGap, LimitComponent, LimitComponentId, LimitProposal } from './limit.ts'

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
    return { ...each, explanation: aside === undefined ? text : { en: text.en + aside.en, zh: text.zh + aside.zh } }
  })
  return { ...proposal, components }
}

type Inputs = LimitComponent['inputs']
type Explain = (inputs: Inputs, currency: string) => Text

const COMPONENT_TEXTS: Readonly<Record<LimitComponentId, Explain>> = {
  equity_cap: ({ share, tangibleNetWorthMinor }, currency) => {
    const amount = amountOf(tangibleNetWorthMinor, currency)
    if (Number(tangibleNetWorthMinor) < 0) {
      return {
        en: `Tangible net worth is negative (${amount}): nothing can be carried.`,
        zh: `有形净资产为负（${amount}），无授信承载能力。`
      }
    }
    const percent = percentOf(share)
    return { en: `${percent} of tangible net worth of ${amount}.`, zh: `有形净资产 ${amount} 的 ${percent}。` }
  },
  revenue_cap: ({ share, annualRevenueMinor }, currency) => {
    const amount = amountOf(annualRevenueMinor, currency)
    const percent = percentOf(share)
    return { en: `${percent} of a year's revenue of ${amount}.`, zh: `年营业收入 ${amount} 的 ${percent}。` }
  },
  experience_cap: ({ multiple, highestSettledBalanceMinor }, currency) => {
    const amount = amountOf(highestSettledBalanceMinor, currency)
    return {
      en: `${multiple} times the highest balance owed and paid so far, ${amount}.`,
      zh: `历史最高已结清余额 ${amount} 的 ${multiple} 倍。`
    }
  },
  need: ({ purchasesMinor, purchaseDays, historyDaysMin, growthFactor, termsDays, allowanceDays }, currency) => {
    const amount = amountOf(purchasesMinor, currency)
    const ofDays = Math.max(Number(purchaseDays), Number(historyDaysMin))
    const days = Number(termsDays) + Number(allowanceDays)
    return {
      en: `Purchases of ${amount}, taken over ${ofDays} days, times ${growthFactor}, for ${days} days.`,
      zh: `采购额 ${amount}，按 ${ofDays} 天计，乘以 ${growthFactor}，折算为 ${days} 天。`
    }
  },
  request: () => ({ en: 'The amount that was asked for.', zh: '申请额度。' }),
  policy_maximum: (_inputs, currency) => ({
    en: `The most that the policy gives in ${currency}.`,
    zh: `政策规定的 ${currency} 最高额度。`
  })
}

/** Why a component that could be computed did not count, because another replaced it. */
function asideOf({ components, facts }: LimitProposal, id: LimitComponentId): Text | undefined {
  if (id === 'experience_cap' && components.some((each) => each.applied && each.id.endsWith('_cap'))) {
    return {
      en: ' Not applied: the statements show what the customer can carry.',
      zh: '未采用：已有财务报表可确定承载能力。'
    }
  }
  if (id !== 'need' || facts.requestedMinor === undefined) return undefined
  return { en: ' Not applied: the amount asked for states the need.', zh: '未采用：以申请额度为准。' }
}

function explanationOf({ id, gap, amountMinor, inputs }: LimitComponent, currency: string): Text {
  return gap === null && amountMinor !== null ? COMPONENT_TEXTS[id](inputs, currency) : GAP_TEXTS[gap ?? 'missing_item']
}

function amountOf(minor: Inputs[string] | undefined, currency: string): string {
  return `${formatAmount(Number(minor), currency)} ${currency}`
}

function percentOf(share: Inputs[string] | undefined): string {
  return `${Math.round(Number(share) * 10_000) / 100} %`
}

const GAP_TEXTS: Readonly<Record<ComponentGap, Text>> = {
  no_statement: { en: 'There is no statement.', zh: '没有财务报表。' },
  statement_stale: {
    en: 'The newest statement is older than the policy allows.',
    zh: '最近一期财务报表已超过政策允许的期限。'
  },
  statement_unreliable: {
    en: 'The auditor gave an adverse opinion on the statement, or none at all.',
    zh: '审计师对报表发表了否定意见或无法表示意见。'
  },
  currency_without_rate: {
    en: 'The statement is in another currency than the account, and there is no exchange rate.',
    zh: '报表币种与账户币种不同，且没有可用汇率。'
  },
  missing_item: { en: 'The statement lacks an item that this needs.', zh: '报表缺少计算所需的项目。' },
  no_settled_invoice: { en: 'No invoice has been settled yet.', zh: '尚无已结清的发票。' },
  no_purchases: { en: 'Nothing was invoiced in the last twelve months.', zh: '近 12 个月没有开票。' },
  not_requested: { en: 'No amount was asked for.', zh: '未申请具体额度。' },
  currency_not_in_policy: {
    en: 'The policy states no amounts in this currency: a person must approve.',
    zh: '政策未规定该币种的金额，须人工审批。'
  },
  no_credit_for_grade: { en: 'The policy gives no credit for this rating.', zh: '政策对该评级不予授信。' }
}
