import t from 'tap'
import { FORECAST_CAUSES } from '../../../src/engine/checks/headroom-forecast.ts'
import { OUTCOMES } from '../../../src/engine/checks/order-check.ts'
import { CHECK_STEPS, STEP_RESULTS } from '../../../src/engine/checks/steps/check-step.ts'
import checks from '../../../src/engine/checks/texts.json' with { type: 'json' }
import { ALTERNATIVE_KINDS, CONDITION_KINDS } from '../../../src/engine/checks/words/advice-texts.ts'
import counterfactuals from '../../../src/engine/counterfactuals/texts.json' with { type: 'json' }
import features from '../../../src/engine/features/texts.json' with { type: 'json' }
import { ENTRY_TYPES } from '../../../src/engine/ledger/entry-types.ts'
import { LIMIT_MODES } from '../../../src/engine/ledger/exposure.ts'
import ledger from '../../../src/engine/ledger/texts.json' with { type: 'json' }
import { COMPONENT_GAPS, LIMIT_COMPONENTS } from '../../../src/engine/limits/limit.ts'
import limits from '../../../src/engine/limits/texts.json' with { type: 'json' }
import { REASON_CODES } from '../../../src/engine/reasons/reasons.ts'
import reasons from '../../../src/engine/reasons/texts.json' with { type: 'json' }
import type { Text } from '../../../src/engine/values/text.ts'
import values from '../../../src/engine/values/texts.json' with { type: 'json' }
import { ADDRESS, ADDRESSEES, READERS } from '../../../src/engine/values/wording.ts'

const { numbers, amount, currencies, date } = values
const TEXTS = {
  reasons,
  checks,
  limits,
  counterfactuals,
  features,
  ledger,
  values: { numbers, amount: { amount }, currencies, date: { date } }
}

/** The values that sentences may name, by where they stand. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  'limits.components.equity_cap': ['amount', 'percent'],
  'limits.components.revenue_cap': ['amount', 'percent'],
  'limits.components.experience_cap': ['amount', 'multiple'],
  'limits.components.need': ['amount', 'days', 'growthFactor', 'ofDays'],
  'limits.components.policy_maximum': ['currency'],
  'limits.negativeNetWorth': ['amount'],
  'counterfactuals.requests.provide': ['name'],
  'counterfactuals.requests.provideEnough': ['aim', 'name'],
  'counterfactuals.requests.update': ['asOf', 'name'],
  'counterfactuals.requests.updateEnough': ['aim', 'asOf', 'name'],
  'counterfactuals.requests.raise': ['from', 'name', 'reach'],
  'counterfactuals.requests.lower': ['from', 'name', 'reach'],
  'counterfactuals.requests.improve': ['from', 'name', 'reach'],
  'counterfactuals.requests.change': ['from', 'name', 'reach'],
  'counterfactuals.names.characteristic': ['name'],
  'counterfactuals.names.feature': ['name'],
  'counterfactuals.aims.atLeast': ['from'],
  'counterfactuals.aims.below': ['to'],
  'counterfactuals.aims.between': ['from', 'to'],
  'counterfactuals.quoted': ['value'],
  'values.numbers.days.one': ['number'],
  'values.numbers.days.many': ['number'],
  'values.numbers.months.one': ['number'],
  'values.numbers.months.many': ['number'],
  'values.numbers.years.one': ['number'],
  'values.numbers.years.many': ['number'],
  'values.numbers.times.one': ['number'],
  'values.numbers.times.many': ['number'],
  'values.amount.amount': ['currency', 'number'],
  'values.date.date': ['day', 'month', 'year']
}

/** Parts of sentences and names; all other texts are sentences. */
const PARTS = /^(counterfactuals\.(?!requests|switches)|features|ledger|values|checks\.names|limits\.names)/

/** What no text may say. */
const FORBIDDEN: readonly { what: string; language: keyof Text; pattern: RegExp }[] = [
  { what: 'a code in a sentence', language: 'en', pattern: /(?<!\{)\b[a-z]+[_.][a-z]\w*/ },
  { what: 'a code in a sentence', language: 'en', pattern: /(?<!\{)\b[a-z]+[A-Z]\w*/ },
  { what: 'a code in a sentence', language: 'en', pattern: /\b[A-Z]+_[A-Z_]+\b/ },
  { what: 'a code in a sentence', language: 'zh', pattern: /(?<!\{)\b[A-Za-z]+[_.][A-Za-z]\w*/ },
  { what: 'English in a Chinese sentence', language: 'zh', pattern: /(?<![{\w])[a-z]{2,}/ },
  // {we} says 我司 to a business and 我们 to a person.
  { what: '我方', language: 'zh', pattern: /我方/ },
  { what: 'a formula in code', language: 'zh', pattern: /(?<!\{)\b[a-z]+[A-Z]|\w \/ \w/ },
  { what: 'a blank in a percentage', language: 'zh', pattern: /\} %|\d %/ },
  { what: 'a blank in a percentage', language: 'en', pattern: /\} %|\d %/ },
  { what: '政策 alone, which is the government’s', language: 'zh', pattern: /(?<!信用)政策/ },
  { what: 'a policy that is not said to be of credit', language: 'en', pattern: /(?<!credit )policy(?! maximum)/ },
  { what: '冻结 alone, which is a court’s', language: 'zh', pattern: /(?<!信用)冻结/ },
  { what: '核销 alone of a debt', language: 'zh', pattern: /核销(?!的?收款)(?<!未核销|收款核销|已核销)/ },
  { what: '未结 of an invoice, balance or item: 未清', language: 'zh', pattern: /未结(?!诉讼|被诉)/ },
  { what: '快照 of open items: 对账数据', language: 'zh', pattern: /快照/ },
  { what: '担保 for every security: 增信措施', language: 'zh', pattern: /担保(?!、信用保险)/ },
  { what: '预留 for a reservation: 预占', language: 'zh', pattern: /预留/ },
  { what: '展望 for a horizon: 信用考察期', language: 'zh', pattern: /展望|计划期/ },
  { what: '占比 where a cap is meant', language: 'zh', pattern: /(?<!逾期)占比/ },
  { what: '负债率 for another ratio', language: 'zh', pattern: /(?<!资产|资本|净)负债率/ },
  { what: '承载 of a limit', language: 'zh', pattern: /承载/ },
  { what: '有形净资产: 有形净值', language: 'zh', pattern: /有形净资产/ },
  { what: '利息支出: 利息费用', language: 'zh', pattern: /利息支出/ },
  { what: '总资产收益率: 总资产净利率', language: 'zh', pattern: /总资产收益率/ },
  { what: '无值: 无数据', language: 'zh', pattern: /无值/ },
  { what: '最高分: 满分', language: 'zh', pattern: /最高分|四分之三/ },
  { what: '更高评级需要: 如需更高评级，须', language: 'zh', pattern: /更高评级需要|评估结果需要/ },
  { what: '同业 of suppliers, which are competitors', language: 'zh', pattern: /同业/ },
  { what: '资信机构: 征信机构', language: 'zh', pattern: /资信机构|外部机构/ },
  { what: '纳税信用等级: 纳税缴费信用级别', language: 'zh', pattern: /纳税信用/ },
  { what: '贷项通知单: 红字发票', language: 'zh', pattern: /贷项/ },
  { what: '在案 of a record: 档案内', language: 'zh', pattern: /在案/ },
  { what: '催收 of a reminder: 催款', language: 'zh', pattern: /催收/ },
  { what: '预付款后发货: 款到发货', language: 'zh', pattern: /预付款后发货|仅限现款/ },
  { what: 'two persons at once', language: 'zh', pattern: /贵司（您）/ },
  { what: 'a limit that is carried', language: 'en', pattern: /\bcarr(y|ies|ied)\b/ },
  { what: 'a rule that fires', language: 'en', pattern: /\bfired?\b/ },
  { what: 'points that are earned', language: 'en', pattern: /\bearned\b|\bbest attribute\b/ },
  { what: '“dishonest debtors” for judgment debtors', language: 'en', pattern: /dishonest debtor/ },
  { what: 'what speaks for someone', language: 'en', pattern: /speaks? (for|against)/ }
]

/** Every text with the path to it, without the levels of readers and addressees. */
function textsIn(value: object, path: readonly string[] = []): { path: string; text: Text; audience: string }[] {
  const levels: readonly string[] = [...READERS, ...ADDRESSEES]
  if ('en' in value && 'zh' in value)
    return [
      {
        path: path.filter((name) => !levels.includes(name)).join('.'),
        audience: path.join('.'),
        text: value as Text
      }
    ]
  return Object.entries(value).flatMap(([name, each]) => textsIn(each, [...path, name]))
}

const placesOf = (text: string) =>
  [...new Set([...text.matchAll(/\{(.*?)\}/g)].map(([, name = '']) => name))]
    .filter((name) => !Object.hasOwn(ADDRESS.company, name))
    .toSorted()

const all = textsIn(TEXTS)

t.test('every code has its text and every text its code', async (t) => {
  t.same(Object.keys(reasons), REASON_CODES)
  t.same(Object.keys(checks.alternatives), ALTERNATIVE_KINDS)
  t.same(Object.keys(checks.conditions), CONDITION_KINDS)
  t.same(Object.keys(checks.names.outcomes), OUTCOMES)
  t.same(Object.keys(checks.names.steps), CHECK_STEPS)
  t.same(Object.keys(checks.names.results), STEP_RESULTS)
  t.same(Object.keys(checks.names.alternatives), ALTERNATIVE_KINDS)
  t.same(Object.keys(checks.names.conditions), CONDITION_KINDS)
  t.same(Object.keys(checks.names.causes), FORECAST_CAUSES)
  t.same(Object.keys(limits.components), LIMIT_COMPONENTS)
  t.same(Object.keys(limits.names.components), LIMIT_COMPONENTS)
  t.same(Object.keys(limits.names.modes), LIMIT_MODES)
  t.same(Object.keys(limits.gaps), COMPONENT_GAPS)
  t.same(Object.keys(ledger.entries), ENTRY_TYPES)
  for (const [code, text] of Object.entries(reasons)) t.same(Object.keys(text), READERS, `${code} for every reader`)
})

t.test('where a text differs by reader or by addressee, it is there for all of them', async (t) => {
  const branches = (value: object): string[][] =>
    'en' in value ? [] : [Object.keys(value), ...Object.values(value).flatMap(branches)]
  const { features: _names, ...told } = TEXTS
  for (const names of branches(told)) {
    if (names.some((name) => READERS.some((reader) => reader === name))) t.same(names, READERS)
    if (names.some((name) => ADDRESSEES.some((addressee) => addressee === name))) t.same(names, ADDRESSEES)
  }
})

t.test('every text is there in English and in Chinese, each in its own script', async (t) => {
  t.ok(all.length > REASON_CODES.length * READERS.length)
  for (const { audience, text } of all) {
    t.same(Object.keys(text), ['en', 'zh'], audience)
    const [en, zh] = [text.en, text.zh].map((each) => each.replace(/\{\w+\}/g, ''))
    t.notMatch(text.en, /\p{Script=Han}|^\s|\s$|^$/u, `${audience} in English`)
    t.notMatch(text.zh, /^\s|\s$|^$/u, `${audience} in Chinese`)
    // Between Chinese characters only the full-width forms of these are right.
    t.notMatch(zh ?? '', /\p{Script=Han}[,;:!?]\p{Script=Han}/u, `${audience} in Chinese punctuation`)
    if (PARTS.test(audience)) continue
    t.match(en ?? '', /^[A-Z0-9 ].*\.$/, `${audience} is a sentence in English`)
    t.match(zh ?? '', /^.*\p{Script=Han}.*。$/u, `${audience} is a sentence in Chinese`)
  }
})

t.test('both languages name the same values, and only those that are given', async (t) => {
  for (const { path, audience, text } of all) {
    const ofReason = /^reasons\..*\.auditor$/.test(audience) && /\{characteristic\}/.test(text.zh)
    const known = ofReason ? ['characteristic'] : (PLACES[path] ?? [])
    t.same(placesOf(text.en), known, `${audience} in English`)
    t.same(placesOf(text.zh), known, `${audience} in Chinese`)
  }
  const paths = new Set(all.map(({ path }) => path))
  t.same(
    Object.keys(PLACES).filter((path) => !paths.has(path)),
    []
  )
})

t.test('only the customer is addressed', async (t) => {
  const address = /\{(you|we)\}/
  for (const { audience, text } of all)
    if (/\.(sales|auditor)$/.test(audience)) t.notMatch(text.en + text.zh, address, audience)
})

t.test('no text says what is forbidden', async (t) => {
  for (const { what, language, pattern } of FORBIDDEN)
    t.same(
      all.filter(({ text }) => pattern.test(text[language])).map(({ audience }) => audience),
      [],
      what
    )
})

t.test('nobody tells a person of a company, or a company as a person', async (t) => {
  for (const { audience, text } of all) {
    if (!audience.includes('.customer')) continue
    if (audience.endsWith('.company')) t.notMatch(text.zh, /您|我们/, audience)
    else t.notMatch(`${text.en} ${text.zh}`, /\bcompany\b|\byour business\b|贵司|我司|企业/i, audience)
    if (!audience.endsWith('.person')) continue
    t.notMatch(text.en, /\bannual accounts\b/, audience)
  }
})
