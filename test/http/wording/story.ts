import {
  type Addressee,
  READERS,
  type Reader,
  type ReasonCode,
  type RecordedDecision,
  type RecordedLimit,
  reasonText,
  wordedCheck,
  wordedLimit
} from '../../../src/engine/index.ts'
import { spokenAmount, spokenDate, spokenFigure } from '../../../src/engine/values/spoken.ts'
import { cny, PROFILE, STATEMENT } from '../../given.ts'
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
  readonly addressee: Addressee
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
  addressee: 'company',
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
  addressee: 'person',
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
  const { body: better } = await send('GET', `${customer}/assessments/${assessed.assessmentId}/counterfactuals`)
  const { body: limited } = await send('POST', `${customer}/limit-decisions`, { requested: cny(hero.limit) })
  const order = { customerId: hero.customerId, orderId: 'SO-1', amount: cny(hero.order) }
  const { body: blocked } = await send('POST', '/v1/credit-checks', order)
  const person = { authorization: await authorization('release'), 'if-match': '"1"' }
  const release = { decision: 'release', reasonCode: 'PAYMENT-PROMISED', comment: 'The slip was seen.' }
  await send('POST', `/v1/credit-checks/${blocked.checkId}/decisions`, release, person)
  const { body: passed } = await send('POST', '/v1/credit-checks', order)
  const { body: cut } = await send('POST', `${customer}/limit-decisions`, { requested: cny(hero.cut) })
  const next = { customerId: hero.customerId, orderId: 'SO-2', amount: cny(hero.cut) }
  const { body: refused } = await send('POST', '/v1/credit-checks', next)
  const toAll = (tell: (reader: Reader) => Telling) => READERS.map((reader) => chapter(`### ${reader}`, tell(reader)))
  const limitTo = (proposal: RecordedLimit) => (reader: Reader) => tellLimit(proposal, reader, hero.addressee)
  const checkTo = (check: RecordedDecision) => (reader: Reader) => tellCheck(check, reader, hero.addressee)
  return [
    `# ${hero.title}`,
    `## The assessment: ${assessed.grade}`,
    ...toAll((reader) => tellReasons(assessed, reader, hero.addressee)),
    chapter('## What would improve it', tellChanges(better)),
    `## The limit that is asked for, ${hero.limit} yuan: ${limited.state}`,
    ...toAll(limitTo(limited.proposal)),
    `## An order of ${hero.order} yuan: ${blocked.outcome}`,
    ...toAll(checkTo(blocked)),
    `## The same order once a person has released it: ${passed.outcome}`,
    ...toAll(checkTo(passed)),
    `## The limit cut to ${hero.cut} yuan: ${cut.state}`,
    ...toAll(limitTo(cut.proposal)),
    `## Another order, of ${hero.cut} yuan: ${refused.outcome}`,
    ...toAll(checkTo(refused))
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

interface Assessed {
  readonly reasons: { code: ReasonCode; from: string[] }[]
  readonly contributions: { id: string; name: Text }[]
}

function tellReasons({ reasons, contributions }: Assessed, reader: Reader, addressee: Addressee): Telling {
  return {
    Reasons: reasons.map(({ code, from }) => {
      const names = contributions.filter(({ id }) => from.includes(id)).map(({ name }) => name)
      const about = { en: names.map(({ en }) => en).join('; '), zh: names.map(({ zh }) => zh).join('、') }
      return reasonText(code, { reader, addressee }, names.length === 0 ? undefined : about)
    })
  }
}

function tellChanges({ sets }: { sets: { changes: { text: Text }[] }[] }): Telling {
  return Object.fromEntries(sets.map(({ changes }, index) => [`Way ${index + 1}`, changes.map(({ text }) => text)]))
}

function tellLimit(proposal: RecordedLimit, reader: Reader, addressee: Addressee): Telling {
  const { reasons, components } = wordedLimit(proposal, { reader, addressee })
  return {
    Reasons: reasons.map(({ text }) => text),
    Components: components.map(({ explanation }) => explanation)
  }
}

function tellCheck(check: RecordedDecision, reader: Reader, addressee: Addressee): Telling {
  const { reasons, alternatives, unblockedBy } = wordedCheck(check, { reader, addressee })
  return {
    Reasons: reasons.map(({ text }) => text),
    'Would pass instead': alternatives.map(withFigures),
    'Would let it pass': unblockedBy.map(withFigures)
  }
}

interface Figured {
  readonly text: Text
  readonly amount?: { amount: string; currency: string } | null
  readonly date?: string | null
  readonly termsDays?: number | null
  readonly grade?: string | null
}

/** A sentence of which the figures stand beside it, with these. */
function withFigures({ text, amount, date, termsDays, grade }: Figured): Text {
  const figures = [
    amount ? [spokenAmount(Math.round(Number(amount.amount) * 100), amount.currency)] : [],
    date ? [spokenDate(date)] : [],
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
