import t from 'tap'
import { ALTERNATIVE_KINDS, CONDITION_KINDS } from '../../../src/engine/checks/advice-texts.ts'
import checks from '../../../src/engine/checks/texts.json' with { type: 'json' }
import counterfactuals from '../../../src/engine/counterfactuals/texts.json' with { type: 'json' }
import features from '../../../src/engine/features/texts.json' with { type: 'json' }
import { ENTRY_TYPES } from '../../../src/engine/ledger/entry-types.ts'
import ledger from '../../../src/engine/ledger/texts.json' with { type: 'json' }
import { COMPONENT_GAPS, LIMIT_COMPONENTS } from '../../../src/engine/limits/limit.ts'
import limits from '../../../src/engine/limits/texts.json' with { type: 'json' }
import { REASON_CODES } from '../../../src/engine/reasons/reasons.ts'
import reasons from '../../../src/engine/reasons/texts.json' with { type: 'json' }
import { ADVICES } from '../../../src/engine/values/rating.ts'
import type { Text } from '../../../src/engine/values/text.ts'
import values from '../../../src/engine/values/texts.json' with { type: 'json' }
import { ADDRESS, ADDRESSEES, READERS } from '../../../src/engine/values/wording.ts'

const { numbers, amount, currencies, date, advices } = values
const TEXTS = {
  reasons,
  checks,
  limits,
  counterfactuals,
  features,
  ledger,
  values: { numbers, amount: { amount }, currencies, date: { date }, advices }
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

/** What no text may say, and where one still does. */
const FORBIDDEN: readonly { what: string; language: keyof Text; pattern: RegExp; still?: readonly string[] }[] = [
  { what: 'a code in a sentence', language: 'en', pattern: /(?<!\{)\b[a-z]+[_.][a-z]\w*/ },
  { what: 'a code in a sentence', language: 'en', pattern: /(?<!\{)\b[a-z]+[A-Z]\w*/ },
  { what: 'a code in a sentence', language: 'en', pattern: /\b[A-Z]+_[A-Z_]+\b/ },
  { what: 'a code in a sentence', language: 'zh', pattern: /(?<!\{)\b[A-Za-z]+[_.][A-Za-z]\w*/ },
  { what: 'English in a Chinese sentence', language: 'zh', pattern: /(?<![{\w])[a-z]{2,}/ },
  {
    what: '我方: {we} says 我司 to a business and 我们 to a person',
    language: 'zh',
    pattern: /我方/,
    still: [
      'reasons.COVERAGE_TOO_LOW',
      'reasons.CURRENCY_WITHOUT_THRESHOLD',
      'reasons.CUSTOMER_IN_DEFAULT',
      'reasons.DUNNED',
      'reasons.EVIDENCE_INSUFFICIENT',
      'reasons.EXCHANGE_RATE_STALE',
      'reasons.EXPERIENCE_LONG',
      'reasons.GRADE_LIMITED_BY_PAYMENT_RECORD',
      'reasons.LIMIT_BELOW_MINIMUM',
      'reasons.LIMIT_BOUND_BY_POLICY_MAXIMUM',
      'reasons.MANUAL_HOLD',
      'reasons.MODEL_WITHOUT_RESULT',
      'reasons.NOTHING_PAID_YET',
      'reasons.PAYMENT_HISTORY_MISSING',
      'reasons.RATING_BELOW_FLOOR',
      'reasons.RATING_MISSING',
      'reasons.REQUIRED_INPUT_MISSING',
      'reasons.SOURCES_STALE'
    ]
  }
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
  t.same(Object.keys(limits.components), LIMIT_COMPONENTS)
  t.same(Object.keys(limits.gaps), COMPONENT_GAPS)
  t.same(Object.keys(ledger.entries), ENTRY_TYPES)
  t.same(Object.keys(advices), ADVICES)
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
    const known = PLACES[path] ?? []
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
  for (const { what, language, pattern, still = [] } of FORBIDDEN) {
    const found = all.filter(({ text }) => pattern.test(text[language])).map(({ path }) => path)
    t.same([...new Set(found)].toSorted(), [...still].toSorted(), what)
  }
})
