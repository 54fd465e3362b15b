import { READERS } from '../../../src/engine/index.ts'
import { spokenAmount, spokenDate, spokenFigure } from '../../../src/engine/values/spoken.ts'
import { cny, PROFILE, STATEMENT } from '../../given.ts'
import type { TestAnswer } from '../../service.ts'
import type { ContractService } from '../contract.ts'

interface Text {
  readonly en: string
  readonly zh: string
}

/** What one answer tells one reader, under headings. */
type Telling = Readonly<Record<string, readonly Text[]>>

/** One of the two customers of the story and what is on its file. Amounts are in yuan. */
interface Hero {
  readonly customerId: string
  readonly title: string
  readonly profile: object
  readonly statement: object | null
  readonly evidence: readonly { kind: string; facts: object }[]
  readonly monthly: string
  readonly limit: string
  readonly order: string
  readonly cut: string
}

export const COMPANY: Hero = {
  customerId: 'C-1',
  title: 'A company: 东方钢铁贸易有限公司',
  profile: { ...PROFILE, name: 'Orient Steel Trading', localName: '东方钢铁贸易有限公司', employees: 40 },
  statement: { ...STATEMENT, balanceSheet: { ...STATEMENT.balanceSheet, inventories: '3100', surplusReserve: '460' } },
  evidence: [
    { kind: 'tax_record', facts: { creditGrade: 'C', arrears: true } },
    { kind: 'bank_reference', facts: { quality: 'poor' } }
  ],
  monthly: '80000.00',
  limit: '400000.00',
  order: '450000.00',
  cut: '100000.00'
}

export const INDIVIDUAL: Hero = {
  customerId: 'P-1',
  title: 'An individual: 王小明',
  profile: {
    kind: 'individual',
    country: 'CN',
    name: 'Wang Xiaoming',
    localName: '王小明',
    person: {
      monthlyIncome: cny('12500.00'),
      occupation: 'freelancer',
      employedSince: '2019-06-01',
      education: 'upper_secondary',
      residence: 'mortgaged',
      residentSince: '2018-02-01',
      dependants: 3
    }
  },
  statement: null,
  evidence: [
    { kind: 'loan_record', facts: { classification: 'normal', overdueLoans: 0, monthsPastDue: 0 } },
    { kind: 'court_record', facts: { openCases: 0, judgementDebtor: false, dishonestDebtor: false } }
  ],
  monthly: '30000.00',
  limit: '40000.00',
  order: '45000.00',
  cut: '10000.00'
}

/**
 * What happens to a customer, told to each of the three readers in both languages: the file, its
 * assessment, a limit, an order beyond it, the release of that order, and a cut of the limit.
 */
export async function toldStory(service: ContractService, hero: Hero): Promise<string> {
  const { send, authorization } = service
  const customer = `/v1/customers/${hero.customerId}`
  await openFile(service, hero)
  const { body: assessed } = await send('POST', `${customer}/assessments`, {})
  const assessment = `${customer}/assessments/${assessed.assessmentId}`
  const limitOf = async (amount: string) =>
    (await send('POST', `${customer}/limit-decisions`, { requested: cny(amount) })).body
  const checkOf = async (orderId: string, amount: string) =>
    (await send('POST', '/v1/credit-checks', { customerId: hero.customerId, orderId, amount: cny(amount) })).body
  const limited = await limitOf(hero.limit)
  const blocked = await checkOf('SO-1', hero.order)
  const person = { authorization: await authorization('release'), 'if-match': '"1"' }
  const release = { decision: 'release', reasonCode: 'PAYMENT-PROMISED', comment: 'The slip was seen.' }
  await send('POST', `/v1/credit-checks/${blocked.checkId}/decisions`, release, person)
  const passed = await checkOf('SO-1', hero.order)
  const cut = await limitOf(hero.cut)
  const refused = await checkOf('SO-2', hero.cut)
  const limitPath = ({ limitDecisionId }: { limitDecisionId: string }) =>
    `${customer}/limit-decisions/${limitDecisionId}`
  const checkPath = ({ checkId }: { checkId: string }) => `/v1/credit-checks/${checkId}`

  /** What each reader is told of one thing, as the API answers in either language. */
  const toAll = async (heading: string, path: string, tell: (answers: InBoth) => Telling) => {
    const parts = READERS.map(async (reader) => {
      const answerIn = async (language: string) =>
        (await send('GET', `${path}?reader=${reader}`, undefined, { 'accept-language': language })).body
      return chapter(`### ${reader}`, tell({ en: await answerIn('en'), zh: await answerIn('zh') }))
    })
    return [`## ${heading}`, ...(await Promise.all(parts))].join('\n\n')
  }
  return [
    `# ${hero.title}`,
    await toAll(`The assessment: ${assessed.grade}`, assessment, tellReasons),
    await toAll('What would improve it', `${assessment}/counterfactuals`, tellChanges),
    await toAll(`The limit that is asked for, ${hero.limit} yuan: ${limited.state}`, limitPath(limited), tellLimit),
    await toAll(`An order of ${hero.order} yuan: ${blocked.outcome}`, checkPath(blocked), tellCheck),
    await toAll(`The same order once a person has released it: ${passed.outcome}`, checkPath(passed), tellCheck),
    await toAll(`The limit cut to ${hero.cut} yuan: ${cut.state}`, limitPath(cut), tellLimit),
    await toAll(`Another order, of ${hero.cut} yuan: ${refused.outcome}`, checkPath(refused), tellCheck),
    await toAll('What happened', `${customer}/journal`, tellJournal)
  ].join('\n\n')
}

/** Three invoices, each paid ten days late, and one that is twenty days overdue. */
async function openFile({ send }: ContractService, hero: Hero): Promise<void> {
  const customer = `/v1/customers/${hero.customerId}`
  await send('PUT', customer, hero.profile)
  if (hero.statement !== null) await send('PUT', `${customer}/statements/FY2025`, hero.statement)
  for (const { kind, facts } of hero.evidence)
    await send('POST', `${customer}/evidence`, { kind, observedOn: '2026-03-30', source: 'Search of 30 March', facts })
  const amount = cny(hero.monthly)
  for (const [id, dueOn, receivedOn] of [
    ['1', '2025-10-28', '2025-11-07'],
    ['2', '2025-11-28', '2025-12-08'],
    ['3', '2025-12-28', '2026-01-07']
  ]) {
    await send('PUT', `${customer}/invoices/I-${id}`, { amount, issuedOn: `${dueOn?.slice(0, 8)}01`, dueOn })
    const allocations = [{ invoiceId: `I-${id}`, amount }]
    await send('POST', `${customer}/payments`, { paymentId: `P-${id}`, receivedOn, amount, allocations })
  }
  await send('PUT', `${customer}/invoices/I-4`, { amount, issuedOn: '2026-02-10', dueOn: '2026-03-11' })
}

/** One answer as it is told to those who read English and to those who read Chinese. */
interface InBoth {
  readonly en: TestAnswer['body']
  readonly zh: TestAnswer['body']
}

function tellReasons({ en, zh }: InBoth): Telling {
  const reasons: Text[] = en.reasons.map(({ message }: { message: string }, place: number) => ({
    en: message,
    zh: zh.reasons[place].message
  }))
  return { Status: [en.statusName], Reasons: reasons }
}

function tellChanges({ en, zh }: InBoth): Telling {
  const ways: [string, Text[]][] = en.sets.map(({ changes }: { changes: { message: string }[] }, way: number) => [
    `Way ${way + 1}`,
    changes.map(({ message }, place) => ({ en: message, zh: zh.sets[way].changes[place].message }))
  ])
  return Object.fromEntries(ways)
}

function tellLimit({ en: { stateName, proposal } }: InBoth): Telling {
  return {
    State: [stateName],
    Reasons: proposal.reasons.map(({ text }: { text: Text }) => text),
    Components: proposal.components.map(({ name, explanation }: { name: Text; explanation: Text }) =>
      after(name, explanation)
    )
  }
}

function tellCheck({ en: { outcomeName, steps, reasons, alternatives, unblockedBy, block } }: InBoth): Telling {
  return {
    Outcome: [outcomeName, ...(block === null ? [] : [block.stateName])],
    'Steps that do not just pass': steps.filter(({ result }: { result: string }) => result !== 'pass').map(tellStep),
    Reasons: reasons.map(({ text }: { text: Text }) => text),
    'Would pass instead': alternatives.map(withFigures),
    'Would let it pass': unblockedBy.map((each: Figured & { readonly stepName: Text }) =>
      after(each.stepName, withFigures(each))
    )
  }
}

interface ToldStep {
  readonly name: Text
  readonly resultName: Text
  readonly observedWords?: Text
  readonly thresholdWords?: Text
  readonly exemptedByName?: Text
}

function tellStep({ name, resultName, observedWords, thresholdWords, exemptedByName }: ToldStep): Text {
  const parts = [
    resultName,
    ...(exemptedByName === undefined ? [] : [exemptedByName]),
    ...(observedWords === undefined ? [] : [observedWords]),
    ...(thresholdWords === undefined ? [] : [{ en: `bound ${thresholdWords.en}`, zh: `标准 ${thresholdWords.zh}` }])
  ]
  return after(name, { en: parts.map(({ en }) => en).join(', '), zh: parts.map(({ zh }) => zh).join('，') })
}

function tellJournal({ en: { items } }: InBoth): Telling {
  return {
    Entries: items.map(({ name, actorName }: { name: Text; actorName?: Text }) =>
      actorName ? after(name, actorName) : name
    )
  }
}

function after(first: Text, then: Text): Text {
  return { en: `${first.en}: ${then.en}`, zh: `${first.zh}：${then.zh}` }
}

interface Figured {
  readonly text: Text
  readonly amount?: { amount: string; currency: string } | null
  readonly date?: string | null
  readonly invoiceDueBefore?: string | null
  readonly termsDays?: number | null
  readonly grade?: string | null
}

/** A sentence of which the figures stand beside it, with these. */
function withFigures({ text, amount, date, invoiceDueBefore, termsDays, grade }: Figured): Text {
  const figures = [
    amount ? [spokenAmount(Math.round(Number(amount.amount) * 100), amount.currency)] : [],
    date ? [spokenDate(date)] : [],
    invoiceDueBefore ? [spokenDate(invoiceDueBefore)] : [],
    typeof termsDays === 'number' ? [spokenFigure(termsDays, 'days')] : [],
    grade ? [{ en: grade, zh: grade }] : []
  ].flat()
  if (figures.length === 0) return text
  return {
    en: `${text.en} [${figures.map(({ en }) => en).join(', ')}]`,
    zh: `${text.zh}［${figures.map(({ zh }) => zh).join('，')}］`
  }
}

function chapter(heading: string, told: Telling): string {
  const said = Object.entries(told).filter(([, sentences]) => sentences.length > 0)
  return [
    heading,
    ...said.map(([name, sentences]) =>
      [`${name}:`, '', ...sentences.map(({ en, zh }) => `- ${en}\n  ${zh}`)].join('\n')
    )
  ].join('\n\n')
}
