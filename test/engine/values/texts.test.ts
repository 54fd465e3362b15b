import t from 'tap'
import { FORECAST_CAUSES } from '../../../src/engine/checks/headroom-forecast.ts'
import { OUTCOMES } from '../../../src/engine/checks/order-check.ts'
import { CHECK_STEPS, STEP_RESULTS } from '../../../src/engine/checks/steps/check-step.ts'
import checks from '../../../src/engine/checks/texts.json' with { type: 'json' }
import { ALTERNATIVE_KINDS, CONDITION_KINDS } from '../../../src/engine/checks/words/advice-texts.ts'
import counterfactuals from '../../../src/engine/counterfactuals/texts.json' with { type: 'json' }
import customer from '../../../src/engine/customer/texts.json' with { type: 'json' }
import features from '../../../src/engine/features/texts.json' with { type: 'json' }
import governance from '../../../src/engine/governance/texts.json' with { type: 'json' }
import {
  ADVICES,
  BLOCK_STATES,
  CHANGE_KINDS,
  CHARACTERISTIC_GROUPS,
  CONTRIBUTION_STATES,
  COUNTERFACTUAL_GOALS,
  KNOCKOUT_STATES,
  LIMIT_STATUSES,
  MISSING_REASONS,
  ORDER_KINDS,
  RESERVATION_STATES,
  SHADOW_STATUSES
} from '../../../src/engine/index.ts'
import { ENTRY_TYPES } from '../../../src/engine/ledger/entry-types.ts'
import { LIMIT_MODES } from '../../../src/engine/ledger/exposure.ts'
import ledger from '../../../src/engine/ledger/texts.json' with { type: 'json' }
import { COMPONENT_GAPS, LIMIT_COMPONENTS, LIMIT_INPUTS } from '../../../src/engine/limits/limit.ts'
import limits from '../../../src/engine/limits/texts.json' with { type: 'json' }
import { REASON_CODES } from '../../../src/engine/reasons/reasons.ts'
import reasons from '../../../src/engine/reasons/texts.json' with { type: 'json' }
import scorecards from '../../../src/engine/scorecards/texts.json' with { type: 'json' }
import statements from '../../../src/engine/statements/texts.json' with { type: 'json' }
import type { Text } from '../../../src/engine/values/text.ts'
import values from '../../../src/engine/values/texts.json' with { type: 'json' }
import { ADDRESS, ADDRESSEES, READERS } from '../../../src/engine/values/wording.ts'
import { LIMIT_DECISION_STATES } from '../../../src/limits/schema.ts'
import { SYSTEM_ACTORS } from '../../../src/platform/values/actors.ts'
import { RUN_STATES } from '../../../src/runs/schema.ts'
import { CODES, FORBIDDEN } from '../../forbidden-words.ts'

const { numbers, amount, currencies, date, level, amountDays, advices, runStates, actors } = values
const TEXTS = {
  reasons,
  identifiers: customer,
  statements,
  checks,
  limits,
  counterfactuals,
  features,
  ledger,
  scorecards,
  values: { numbers, amount: { amount }, currencies, date: { date }, level, amountDays, advices, runStates, actors }
}

/** The values that sentences may name, by where they stand. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  'identifiers.usccCheck': ['expected', 'given'],
  'identifiers.leiCheck': ['expected', 'given'],
  'statements.faults.required': ['name'],
  'statements.faults.comesToMore': ['difference', 'parts', 'sum', 'total', 'whole'],
  'statements.faults.comeToMore': ['difference', 'parts', 'sum', 'total', 'whole'],
  'statements.faults.isOtherThan': ['difference', 'left', 'right', 'sum', 'total'],
  'statements.faults.addUpOtherwise': ['difference', 'left', 'right', 'sum', 'total'],
  'statements.faults.otherDifference': ['difference', 'sum', 'terms', 'total', 'whole'],
  'statements.faults.negative': ['name', 'value'],
  'features.evidenceFaults.endsFirst': ['observedOn', 'validUntil'],
  'features.evidenceFaults.contradiction': ['none', 'some', 'value'],
  'limits.components.equity_cap': ['amount', 'percent'],
  'limits.components.equity_cap to customers': [],
  'limits.components.revenue_cap': ['amount', 'percent'],
  'limits.components.revenue_cap to customers': [],
  'limits.components.experience_cap': ['amount', 'multiple'],
  'limits.components.experience_cap to customers': [],
  'limits.components.need': ['amount', 'days', 'growthFactor', 'ofDays'],
  'limits.components.need to customers': [],
  'limits.components.policy_maximum': ['currency'],
  'limits.negativeNetWorth': ['amount'],
  'limits.negativeNetWorth to customers': [],
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
  'counterfactuals.aims.belowNothing': ['to'],
  'counterfactuals.aims.between': ['from', 'to'],
  'counterfactuals.aims.wholeAtLeast': ['from'],
  'counterfactuals.aims.wholeAtMost': ['to'],
  'counterfactuals.aims.wholeBetween': ['from', 'to'],
  'counterfactuals.quoted': ['value'],
  'scorecards.names.ceiling': ['grade'],
  'values.numbers.days.one': ['number'],
  'values.numbers.days.many': ['number'],
  'values.numbers.hours.one': ['number'],
  'values.numbers.hours.many': ['number'],
  'values.level': ['number'],
  'values.amountDays': ['amount'],
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
const PARTS =
  /^(counterfactuals\.(?!requests|switches)|features\.values|statements\.terms|ledger|values|scorecards|checks\.names|limits\.names)/

/** Faults of what a caller sent: they name its fields. */
const FAULTS = /^(identifiers|statements|features\.evidenceFaults)\./

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
  t.same(Object.keys(limits.names.inputs), LIMIT_INPUTS)
  t.same(Object.keys(limits.names.modes), LIMIT_MODES)
  t.same(Object.keys(limits.gaps), COMPONENT_GAPS)
  t.same(Object.keys(ledger.entries), ENTRY_TYPES)
  t.same(Object.keys(ledger.reservationStates), RESERVATION_STATES)
  t.same(Object.keys(checks.names.blockStates), BLOCK_STATES)
  t.same(Object.keys(checks.names.orderKinds), ORDER_KINDS)
  t.same(Object.keys(limits.names.statuses), LIMIT_STATUSES)
  t.same(Object.keys(limits.names.states), LIMIT_DECISION_STATES)
  t.same(Object.keys(limits.names.gaps), COMPONENT_GAPS)
  t.same(Object.keys(scorecards.names.statuses), SHADOW_STATUSES)
  t.same(Object.keys(scorecards.names.groups), CHARACTERISTIC_GROUPS)
  t.same(Object.keys(scorecards.names.contributionStates), CONTRIBUTION_STATES)
  t.same(Object.keys(scorecards.names.missing), MISSING_REASONS)
  t.same(Object.keys(scorecards.names.ruleStates), KNOCKOUT_STATES)
  t.same(Object.keys(counterfactuals.goals), COUNTERFACTUAL_GOALS)
  t.same(Object.keys(counterfactuals.kinds), CHANGE_KINDS)
  t.same(Object.keys(advices), ADVICES)
  t.same(Object.keys(runStates), RUN_STATES)
  t.same(Object.keys(actors), SYSTEM_ACTORS)
  for (const [code, text] of Object.entries(reasons)) t.same(Object.keys(text), READERS, `${code} for every reader`)
})

t.test('every fault of a model document is said in both languages, with the same values', async (t) => {
  const { faults, ...words } = governance
  const texts: [string, Text][] = Object.entries(faults)
  t.ok(texts.length > 80)
  for (const [name, { en, zh }] of texts) {
    t.match(en, /^["A-Z].*[.}]$/, `${name} is a sentence in English`)
    t.match(zh, /\p{Script=Han}.*[。}]$/u, `${name} is a sentence in Chinese`)
    t.same(placesOf(zh), placesOf(en), `${name} with the same values`)
  }
  const all = [...texts, ...Object.values(words).flatMap((each): [string, Text][] => Object.entries(each))]
  for (const [name, text] of all) {
    t.notMatch(text.en, /\p{Script=Han}|^\s|\s$/u, `${name} in English`)
    t.match(text.zh, /\p{Script=Han}/u, `${name} in Chinese`)
    t.notMatch(text.zh, /\p{Script=Han}[,;:!?]\p{Script=Han}|^\s|\s$/u, `${name} in Chinese punctuation`)
    for (const { what, pattern } of FORBIDDEN.filter(({ language }) => language === 'zh'))
      t.notMatch(text.zh, pattern, `${name}: ${what}`)
  }
})

t.test('where a text differs by reader or by addressee, it is there for all of them', async (t) => {
  const branches = (value: object): string[][] =>
    'en' in value ? [] : [Object.keys(value), ...Object.values(value).flatMap(branches)]
  // A group of characteristics is called `person`, and no level of these.
  const { features: _features, scorecards: _scorecards, ...told } = TEXTS
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
    t.notMatch(text.en, /\p{Script=Han}|^$/u, `${audience} in English`)
    if (!audience.startsWith('statements.terms')) t.notMatch(text.en, /^\s|\s$/, `${audience} in English`)
    t.notMatch(text.zh, /^\s|\s$|^$/u, `${audience} in Chinese`)
    // Between Chinese characters only the full-width forms of these are right.
    t.notMatch(zh ?? '', /\p{Script=Han}[,;:!?]\p{Script=Han}/u, `${audience} in Chinese punctuation`)
    if (PARTS.test(audience)) continue
    t.match(en ?? '', FAULTS.test(audience) ? /\.$/ : /^[A-Z0-9 ].*\.$/, `${audience} is a sentence in English`)
    t.match(zh ?? '', /^.*\p{Script=Han}.*。$/u, `${audience} is a sentence in Chinese`)
  }
})

t.test('both languages name the same values, and only those that are given', async (t) => {
  for (const { path, audience, text } of all) {
    const ofReason = /^reasons\..*\.auditor$/.test(audience) && /\{characteristic\}/.test(text.zh)
    const ofAudience = audience.includes('.customer') ? PLACES[`${path} to customers`] : undefined
    const known = ofReason ? ['characteristic'] : (ofAudience ?? PLACES[path] ?? [])
    t.same(placesOf(text.en), known, `${audience} in English`)
    t.same(placesOf(text.zh), known, `${audience} in Chinese`)
  }
  const paths = new Set(all.map(({ path }) => path))
  t.same(
    Object.keys(PLACES).filter((path) => !paths.has(path.replace(/ to customers$/, ''))),
    []
  )
})

t.test('only the customer is addressed', async (t) => {
  const address = /\{(you|we)\}/
  for (const { audience, text } of all)
    if (/\.(sales|auditor)$/.test(audience)) t.notMatch(text.en + text.zh, address, audience)
})

t.test('no text says what is forbidden', async (t) => {
  for (const { what, language, pattern } of [...CODES, ...FORBIDDEN])
    t.same(
      all
        .filter(({ audience }) => !FAULTS.test(audience) || !CODES.some((each) => each.what === what))
        .filter(({ text }) => pattern.test(text[language]))
        .map(({ audience }) => audience),
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
