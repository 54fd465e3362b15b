import fc from 'fast-check'
import t from 'tap'
import type { CreditFile } from '../../../src/engine/features/credit-file.ts'
import {
  EVIDENCE,
  EVIDENCE_KINDS,
  type EvidenceFact,
  type EvidenceKind,
  evidenceFaults,
  evidenceInForce,
  type FactsOf
} from '../../../src/engine/features/evidence.ts'
import type { Feature } from '../../../src/engine/features/feature.ts'
import { featureContext, featureOf } from '../../../src/engine/features/features.ts'
import { addDays } from '../../../src/engine/values/dates.ts'

const asOf = '2024-06-30'

type Change = Partial<Pick<EvidenceFact, 'observedOn' | 'knownOn' | 'validUntil' | 'source' | 'withdrawnOn'>>

const item = <Kind extends EvidenceKind>(
  evidenceId: string,
  kind: Kind,
  facts: FactsOf<Kind>,
  change: Change = {}
): EvidenceFact =>
  ({ evidenceId, kind, observedOn: '2024-06-01', source: 'register', facts, ...change }) as EvidenceFact

const feature = (evidence: EvidenceFact[], id: string, on = asOf): Feature => {
  const file: CreditFile = {
    currency: 'CNY',
    profile: { kind: 'company' },
    statements: [],
    invoices: [],
    settlements: [],
    evidence
  }
  return featureOf(featureContext(file, on), id)
}
const seen = (evidence: EvidenceFact[], id: string, on = asOf): unknown => {
  const found = feature(evidence, id, on)
  return 'value' in found ? found.value : found.missing
}

t.test('each feature is what the evidence states, with its day and the item that says so', async (t) => {
  const table: [EvidenceFact, string, unknown][] = [
    [item('e', 'court_record', { openCases: 3 }), 'record.openCourtCases', 3],
    [item('e', 'court_record', { judgementDebtor: true }), 'record.judgementDebtor', true],
    [item('e', 'court_record', { dishonestDebtor: false }), 'record.dishonestDebtor', false],
    [item('e', 'insolvency_record', { state: 'petition' }), 'record.insolvency', 'petition'],
    [item('e', 'tax_record', { arrears: true }), 'record.taxArrears', true],
    [item('e', 'tax_record', { creditGrade: 'M' }), 'record.taxCreditGrade', 'M'],
    [item('e', 'loan_record', { classification: 'special_mention' }), 'record.loanClassification', 'special_mention'],
    [item('e', 'loan_record', { overdueLoans: 0 }), 'record.overdueLoans', 0],
    [item('e', 'loan_record', { monthsPastDue: 4 }), 'record.loanMonthsPastDue', 4],
    [item('e', 'agency_report', { score: 71.5 }), 'standing.agencyScore', 71.5],
    [item('e', 'agency_report', { rating: 'BBB' }), 'standing.agencyRating', 'BBB'],
    [item('e', 'agency_report', { paymentIndex: 80 }), 'standing.agencyPaymentIndex', 80],
    [item('e', 'bank_reference', { quality: 'good' }), 'standing.bankReference', 'good'],
    [item('e', 'trade_reference', { experience: 'slow' }), 'standing.tradeExperience', 'slow'],
    [item('e', 'trade_reference', { daysLate: 12 }), 'standing.tradeDaysLate', 12],
    [item('e', 'trade_reference', { daysLate: 12 }), 'standing.tradeReferences', 1],
    [item('e', 'qualitative', { management: 4 }), 'qualitative.management', 4],
    [item('e', 'interview', { management: 2 }), 'qualitative.management', 2],
    [item('e', 'qualitative', { marketPosition: 5 }), 'qualitative.marketPosition', 5],
    [item('e', 'qualitative', { product: 3 }), 'qualitative.product', 3],
    [item('e', 'site_visit', { site: 1 }), 'qualitative.site', 1],
    [item('e', 'site_visit', { operating: false }), 'qualitative.operating', false],
    [item('e', 'interview', { cooperation: 5 }), 'qualitative.cooperation', 5]
  ]
  for (const [evidence, id, value] of table)
    t.same(feature([evidence], id), { value, asOf: '2024-06-01', source: 'evidence e' }, id)
})

t.test('that a register holds nothing is known only when a search of it is on file', async (t) => {
  t.equal(seen([], 'record.openCourtCases'), 'no_data')
  t.equal(seen([], 'record.insolvency'), 'no_data')
  t.equal(seen([], 'standing.tradeReferences'), 'no_data')
  const search = item('e', 'court_record', { openCases: 0 })
  t.equal(seen([search], 'record.openCourtCases'), 0)
  t.equal(seen([search], 'record.dishonestDebtor'), 'missing_item', 'the search does not say')
  t.equal(seen([search], 'record.taxArrears'), 'no_data', 'another register')
})

t.test('of each source its newest item counts, of several sources the worst', async (t) => {
  const court = (source: string, observedOn: string, openCases: number, validUntil?: string) =>
    item(
      `${source} ${observedOn}`,
      'court_record',
      { openCases },
      validUntil ? { source, observedOn, validUntil } : { source, observedOn }
    )
  const cases: [string, EvidenceFact[], unknown][] = [
    ['the newer one of a source', [court('a', '2024-01-01', 5), court('a', '2024-05-01', 1)], 1],
    ['the worse of two sources', [court('a', '2024-01-01', 5), court('b', '2024-05-01', 1)], 5],
    ['the worse of one day', [court('a', '2024-05-01', 5), { ...court('a', '2024-05-01', 2), evidenceId: 'x' }], 5],
    ['nothing more than a year older than the newest', [court('a', '2023-05-01', 5), court('b', '2024-05-01', 1)], 1],
    ['what is exactly a year older', [court('a', '2023-05-02', 5), court('b', '2024-05-01', 1)], 5],
    ['an expired one does not count', [court('a', '2024-01-01', 5, '2024-06-29'), court('b', '2024-05-01', 1)], 1],
    ['the last day of its validity counts', [court('a', '2024-01-01', 5, asOf)], 5],
    [
      'what a source replaced does not come back when the newer expires',
      [court('a', '2024-01-01', 0), court('a', '2024-05-01', 4, '2024-06-01')],
      'no_data'
    ]
  ]
  for (const [name, evidence, value] of cases) {
    t.equal(seen(evidence, 'record.openCourtCases'), value, name)
    t.equal(seen(evidence.toReversed(), 'record.openCourtCases'), value, `${name}, in the other order`)
  }
})

t.test('the worst is the lowest score, the lower rating, the later word and the yes', async (t) => {
  const pair = <Kind extends EvidenceKind>(kind: Kind, one: FactsOf<Kind>, other: FactsOf<Kind>) => [
    item('a', kind, one, { source: 'a' }),
    item('b', kind, other, { source: 'b' })
  ]
  t.equal(seen(pair('agency_report', { score: 30 }, { score: 90 }), 'standing.agencyScore'), 30)
  t.equal(seen(pair('agency_report', { paymentIndex: 90 }, { paymentIndex: 20 }), 'standing.agencyPaymentIndex'), 20)
  t.equal(seen(pair('agency_report', { rating: 'AA' }, { rating: 'B' }), 'standing.agencyRating'), 'B')
  t.equal(seen(pair('bank_reference', { quality: 'poor' }, { quality: 'excellent' }), 'standing.bankReference'), 'poor')
  t.equal(
    seen(pair('court_record', { judgementDebtor: true }, { judgementDebtor: false }), 'record.judgementDebtor'),
    true
  )
  t.equal(seen(pair('trade_reference', { daysLate: 3 }, { daysLate: 40 }), 'standing.tradeDaysLate'), 40)
  t.equal(seen(pair('trade_reference', { daysLate: 3 }, { experience: 'good' }), 'standing.tradeReferences'), 2)
})

t.test(
  'of sources that say the same the newest is named, then the smaller id; other kinds are no references',
  async (t) => {
    const court = (evidenceId: string, observedOn: string, openCases: number) =>
      item(evidenceId, 'court_record', { openCases }, { source: evidenceId, observedOn })
    const told = (...evidence: EvidenceFact[]) => feature(evidence, 'record.openCourtCases')
    const same = { value: 2, asOf: '2024-05-01', source: 'evidence b' }
    t.same(told(court('a', '2024-04-01', 2), court('b', '2024-05-01', 2)), same)
    t.same(told(court('c', '2024-05-01', 2), court('b', '2024-05-01', 2)), same)
    t.same(told(court('b', '2024-05-01', 2), court('c', '2024-05-01', 1)), same)
    const mixed = [
      item('r', 'trade_reference', { daysLate: 3 }),
      item('s', 'bank_reference', { quality: 'good' }, { source: 'bank' })
    ]
    t.equal(seen(mixed, 'standing.tradeReferences'), 1)
  }
)

t.test('a value that the fact cannot have makes it invalid, whatever the others say', async (t) => {
  const odd = (kind: EvidenceKind, facts: object) =>
    ({ ...item('e', 'tax_record', { arrears: true }), kind, facts }) as EvidenceFact
  const table: [EvidenceKind, object, string][] = [
    ['tax_record', { arrears: 1 }, 'record.taxArrears'],
    ['tax_record', { arrears: 'yes' }, 'record.taxArrears'],
    ['tax_record', { creditGrade: 'Z' }, 'record.taxCreditGrade'],
    ['tax_record', { creditGrade: 0 }, 'record.taxCreditGrade'],
    ['court_record', { openCases: -1 }, 'record.openCourtCases'],
    ['court_record', { openCases: '3' }, 'record.openCourtCases'],
    ['court_record', { openCases: true }, 'record.openCourtCases'],
    ['court_record', { openCases: 10_001 }, 'record.openCourtCases']
  ]
  for (const [kind, facts, id] of table)
    t.same(feature([odd(kind, facts)], id), { missing: 'invalid' }, JSON.stringify(facts))
  const many = item('e', 'court_record', { openCases: 10_000 })
  t.equal(seen([many], 'record.openCourtCases'), 10_000)
  t.equal(
    seen([many, { ...odd('court_record', { openCases: -1 }), source: 'other' }], 'record.openCourtCases'),
    'invalid'
  )
})

t.test('the seller’s own judgement is that of the last who gave it', async (t) => {
  const judged = (evidenceId: string, observedOn: string, management: number, source: string) =>
    item(evidenceId, 'qualitative', { management }, { observedOn, source })
  const talk = item('talk', 'interview', { management: 3 }, { observedOn: '2024-06-02', source: 'Li' })
  t.equal(seen([judged('a', '2024-03-01', 1, 'Wang'), judged('b', '2024-06-01', 4, 'Li')], 'qualitative.management'), 4)
  t.equal(seen([judged('b', '2024-06-01', 4, 'Li'), talk], 'qualitative.management'), 3, 'whatever kind it came in')
  t.equal(seen([judged('a', '2024-06-01', 2, 'Wang'), judged('b', '2024-06-01', 4, 'Li')], 'qualitative.management'), 2)
})

t.test('evidence counts from the day it is observed and known until the day it is withdrawn', async (t) => {
  const late = [
    item(
      'e',
      'tax_record',
      { arrears: true },
      { observedOn: '2024-06-01', knownOn: '2024-06-10', withdrawnOn: '2024-06-20' }
    )
  ]
  const table: [string, unknown][] = [
    ['2024-06-01', 'no_data'],
    ['2024-06-09', 'no_data'],
    ['2024-06-10', true],
    ['2024-06-19', true],
    ['2024-06-20', 'no_data']
  ]
  for (const [on, value] of table) t.equal(seen(late, 'record.taxArrears', on), value, on)
})

t.test('a withdrawn item lets the one before it count again', async (t) => {
  const before = item('a', 'agency_report', { score: 70 }, { observedOn: '2024-05-01' })
  const mistyped = item('b', 'agency_report', { score: 7 }, { observedOn: '2024-06-01', withdrawnOn: '2024-06-03' })
  t.equal(seen([before, mistyped], 'standing.agencyScore', '2024-06-02'), 7)
  t.equal(seen([before, mistyped], 'standing.agencyScore', '2024-06-03'), 70)
})

t.test('a value that a fact cannot have is invalid, whatever else is on file', async (t) => {
  const odd = (kind: EvidenceKind, facts: object, id: string) =>
    seen([{ ...item('e', kind, {}), facts } as EvidenceFact, item('f', kind, {}, { source: 'g' })], id)
  for (const score of [Number.NaN, Number.POSITIVE_INFINITY, -1, 101, 1e308, '70', null, true])
    t.equal(odd('agency_report', { score }, 'standing.agencyScore'), 'invalid', String(score))
  t.equal(odd('tax_record', { creditGrade: 'Z' }, 'record.taxCreditGrade'), 'invalid')
  t.equal(odd('tax_record', { arrears: 'no' }, 'record.taxArrears'), 'invalid')
  t.equal(odd('court_record', { constructor: 1 }, 'record.openCourtCases'), 'missing_item')
})

t.test(
  'evidence that says nothing, contradicts itself or ends before it begins is not fit to be recorded',
  async (t) => {
    const faults = (facts: object, change: Change = {}) =>
      evidenceFaults({ observedOn: '2024-06-01', ...change, facts }).map(({ pointer, code }) => `${pointer} ${code}`)
    const table: [object, string[]][] = [
      [{ openCases: 0 }, []],
      [{ openCases: 0, judgementDebtor: false, dishonestDebtor: false }, []],
      [{ openCases: 2, judgementDebtor: true, dishonestDebtor: true }, []],
      [{ openCases: 0, judgementDebtor: true }, ['/facts/judgementDebtor contradiction']],
      [{ openCases: 0, dishonestDebtor: true }, ['/facts/dishonestDebtor contradiction']],
      [{ openCases: 0, amount: { amount: '1.00', currency: 'CNY' } }, ['/facts/amount contradiction']],
      [{ judgementDebtor: false, dishonestDebtor: true }, ['/facts/dishonestDebtor contradiction']],
      [{ arrears: false, arrearsAmount: { amount: '1.00', currency: 'CNY' } }, ['/facts/arrearsAmount contradiction']],
      [{ overdueLoans: 0, monthsPastDue: 1 }, ['/facts/monthsPastDue contradiction']],
      [{ overdueLoans: 0, monthsPastDue: 0 }, []],
      [{}, ['/facts no_fact']],
      [{ remarks: 'nothing found' }, ['/facts no_fact']]
    ]
    for (const [facts, expected] of table) t.same(faults(facts), expected, JSON.stringify(facts))
    t.same(faults({ openCases: 0 }, { validUntil: '2024-06-01' }), [])
    t.same(faults({ openCases: 0 }, { validUntil: '2024-05-31' }), ['/validUntil before_observation'])
    for (const { detail } of evidenceFaults({ observedOn: '2024-06-01', facts: {} })) t.match(detail, /\S\.$/)
  }
)

t.test('every kind states something beside remarks', async (t) => {
  for (const kind of EVIDENCE_KINDS) {
    const names = Object.keys(EVIDENCE[kind].facts)
    t.ok(names.includes('remarks') && names.length >= 2, kind)
  }
})

t.test('law: what counts does not depend on the order, and shifting every date shifts it', async () => {
  const dated = fc.record({
    source: fc.constantFrom('a', 'b', 'c'),
    back: fc.integer({ min: -30, max: 900 }),
    valid: fc.option(fc.integer({ min: 0, max: 900 })),
    openCases: fc.integer({ min: 0, max: 9 })
  })
  const made = (list: { source: string; back: number; valid: number | null; openCases: number }[], days: number) =>
    list.map(({ source, back, valid, openCases }, index) => {
      const observedOn = addDays(asOf, days - back)
      const until = valid === null ? {} : { validUntil: addDays(observedOn, valid) }
      return item(String(index), 'court_record', { openCases }, { source, observedOn, ...until })
    })
  const ids = (list: EvidenceFact[], on: string) => evidenceInForce(list, on, () => true).map((each) => each.evidenceId)
  fc.assert(
    fc.property(fc.array(dated, { maxLength: 8 }), fc.integer({ min: -3000, max: 3000 }), (list, days) => {
      const here = made(list, 0)
      const there = made(list, days)
      const expected = JSON.stringify(ids(here, asOf))
      return (
        JSON.stringify(ids(here.toReversed(), asOf)) === expected &&
        JSON.stringify(ids(there, addDays(asOf, days))) === expected
      )
    })
  )
})
