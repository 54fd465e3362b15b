import { readFileSync } from 'node:fs'
import t from 'tap'
import { type LimitComponentId, type LimitFacts, proposeLimit } from '../../../src/engine/limits/limit.ts'
import { limitDocument } from '../../../src/engine/limits/limit-document.ts'
import { wordedLimit } from '../../../src/engine/limits/limit-explanation.ts'
import type { Policy } from '../../../src/engine/policy/policy.ts'
import { reasonText } from '../../../src/engine/reasons/reasons.ts'
import { type Audience, READERS, SALES } from '../../../src/engine/values/wording.ts'

const policy: Policy = JSON.parse(readFileSync(new URL('../../../policies/standard.json', import.meta.url), 'utf8'))

const statement = {
  statementId: 'fy2023',
  periodEnd: '2023-12-31',
  ageDays: 182,
  reliable: true,
  currency: 'CNY',
  tangibleNetWorthMinor: 10_000_000_00,
  annualRevenueMinor: 30_000_000_00
}
const facts: LimitFacts = {
  asOf: '2024-06-30',
  currency: 'CNY',
  grade: 'B',
  statement,
  trade: { purchasesMinor: 3_650_000_00, purchaseDays: 100, highestSettledBalanceMinor: 200_000_00 }
}

/** What a proposal says of each of its components. */
const said = (change: Partial<LimitFacts> = {}, audience: Audience = SALES) => {
  const { components } = wordedLimit(limitDocument(proposeLimit(policy, { ...facts, ...change })), audience)
  return Object.fromEntries(components.map(({ id, explanation }) => [id, explanation])) as Record<
    LimitComponentId,
    { en: string; zh: string }
  >
}

t.test('every component says in words how it was reckoned', async (t) => {
  const words = said()
  t.same(words.equity_cap, {
    en: '4% of tangible net worth of CNY 10,000,000.00.',
    zh: '有形净值 10,000,000.00 元（CNY）的 4%。'
  })
  t.same(words.revenue_cap, {
    en: '2.5% of a year’s revenue of CNY 30,000,000.00.',
    zh: '年营业收入 30,000,000.00 元（CNY）的 2.5%。'
  })
  t.same(words.experience_cap, {
    en: '1.25 times the highest balance owed and paid so far, CNY 200,000.00. Not applied: the annual accounts are the basis of the limit.',
    zh: '历史最高已结清欠款 200,000.00 元（CNY）的 1.25 倍。未采用：以财务报表作为核定依据。'
  })
  t.same(words.need, {
    en: 'Purchases of CNY 3,650,000.00 ÷ 100 days × 1.25 growth × 45 days (terms + allowance).',
    zh: '采购额 3,650,000.00 元（CNY）÷ 100 天 × 增长系数 1.25 × 45 天（账期＋宽限）。'
  })
  t.same(words.request, { en: 'No amount was requested.', zh: '未申请具体额度。' })
  t.same(words.policy_maximum, {
    en: 'The maximum of the credit policy in CNY.',
    zh: '信用政策规定的最高额度（CNY）。'
  })
})

t.test('a short history is told by the days that it is taken for', async (t) => {
  t.match(said({ trade: { ...facts.trade, purchaseDays: 12 } }).need.en, ' ÷ 90 days ')
})

t.test('what takes the place of another is said, and where nothing does, nothing is', async (t) => {
  const asked = said({ requestedMinor: 1_000_00 })
  t.same(asked.request, { en: 'As requested.', zh: '按申请金额。' })
  t.match(asked.need.en, /× 45 days \(terms \+ allowance\)\. Not applied: the amount requested states the need\.$/)
  t.match(asked.need.zh, /45 天（账期＋宽限）。未采用：以申请额度为准。$/)
  t.notMatch(asked.equity_cap.en, /Not applied/)
  const bare = said({ statement: null })
  t.equal(bare.experience_cap.en, '1.25 times the highest balance owed and paid so far, CNY 200,000.00.')
  const ended = said({ grade: 'C', requestedMinor: 1_000_00 })
  t.equal(ended.policy_maximum.en, 'The maximum of the credit policy in CNY.')
  t.equal(ended.request.en, 'As requested.')
  t.match(ended.need.en, /^The credit policy gives no credit for this rating\.$/, 'a gap has no more to say')
})

t.test('a customer without a rating is told that it is still to be assessed, not that it gets no credit', async (t) => {
  for (const reader of READERS) {
    const audience = { reader, addressee: 'person' } as const
    const words = said({ grade: null }, audience)
    for (const id of ['equity_cap', 'revenue_cap', 'experience_cap', 'need'] as const)
      t.same(words[id], reasonText('RATING_MISSING', audience), `${id} for ${reader}`)
  }
})

t.test('negative net worth supports no limit, and none of zero is negative', async (t) => {
  t.same(said({ statement: { ...statement, tangibleNetWorthMinor: -5_00 } }).equity_cap, {
    en: 'Tangible net worth is negative, CNY -5.00, and supports no limit.',
    zh: '有形净值为负，即 -5.00 元（CNY），不足以支撑信用额度。'
  })
  t.equal(
    said({ statement: { ...statement, tangibleNetWorthMinor: 0 } }).equity_cap.en,
    '4% of tangible net worth of CNY 0.00.'
  )
})

t.test('a component without an amount says why', async (t) => {
  t.equal(said({ statement: null }).equity_cap.en, 'There are no annual accounts.')
  t.equal(
    said({ statement: { ...statement, ageDays: 549 } }).revenue_cap.zh,
    '最近一期财务报表已超过信用政策允许的期限。'
  )
  t.match(said({ statement: { ...statement, reliable: false } }).equity_cap.en, /^The auditor gave an adverse opinion/)
  t.match(said({ statement: { ...statement, currency: 'USD' } }).equity_cap.en, /another currency than the account/)
  t.match(said({ statement: { ...statement, annualRevenueMinor: null } }).revenue_cap.en, /lack an item/)
  t.match(
    said({ trade: { ...facts.trade, highestSettledBalanceMinor: null } }).experience_cap.en,
    /No invoice has been settled/
  )
  t.match(said({ trade: { ...facts.trade, purchasesMinor: 0 } }).need.en, /Nothing was invoiced/)
  const swiss = said({ currency: 'CHF' })
  t.match(swiss.policy_maximum.en, /states no amounts in this currency/)
  t.match(swiss.policy_maximum.zh, /须人工审批/)
})

t.test('the figures stay, and the currency of a statement is its own', async (t) => {
  const proposal = proposeLimit(policy, { ...facts, currency: 'JPY', trade: { ...facts.trade, purchasesMinor: 3650 } })
  const document = limitDocument(proposal)
  const explained = wordedLimit(document, SALES)
  t.same(
    explained.components.map(({ explanation: _words, ...figures }) => figures),
    document.components
  )
  t.match(explained.components.find(({ id }) => id === 'need')?.explanation.en, 'Purchases of JPY 3,650 ÷')
  const { components: _components, reasons: _reasons, ...rest } = explained
  t.match(document, rest)
})
