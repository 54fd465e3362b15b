import t from 'tap'
import { modelFaults } from '../../../src/engine/governance/model-faults.ts'
import type {
  Characteristic,
  Condition,
  Notch,
  PointsModel,
  Requirement
} from '../../../src/engine/scorecards/scoring-model.ts'

/* What may be wrong with each rule of a model, just beyond every bound and just within it. */

const name = { en: 'x', zh: '某' }

const equity = {
  id: 'equity',
  name,
  group: 'statements',
  feature: 'financial.equityRatio',
  type: 'numeric',
  weight: 60,
  monotone: 'increasing',
  missing: { rule: 'worst' },
  reason: 'EQUITY_LOW',
  strength: 'EQUITY_STRONG',
  attributes: [
    { to: 0.2, points: 0 },
    { from: 0.2, to: 0.5, points: 30 },
    { from: 0.5, points: 60 }
  ]
} satisfies Characteristic

const late = {
  id: 'late',
  name,
  group: 'payment_behaviour',
  feature: 'behaviour.weightedDaysLate',
  type: 'numeric',
  weight: 40,
  monotone: 'decreasing',
  missing: { rule: 'worst' },
  reason: 'PAYS_LATE',
  strength: 'PAYS_ON_TIME',
  attributes: [
    { to: 10, points: 40 },
    { from: 10, points: 0 }
  ]
} satisfies Characteristic

const fit: PointsModel = {
  id: 'small',
  version: 1,
  name,
  description: name,
  segment: 'company',
  scaling: { points: 600, odds: 50, pointsToDoubleOdds: 20 },
  basePoints: 500,
  minimumCoverage: 0,
  evidence: [{ id: 'any', name, requires: [{ group: 'statements', coverageAtLeast: 0 }] }],
  ceilings: [],
  knockouts: [],
  characteristics: [equity, late],
  cases: [
    {
      name: 'good',
      features: { 'financial.equityRatio': 0.6, 'behaviour.weightedDaysLate': 0 },
      expect: { status: 'rated', score: 600 }
    }
  ]
}

/** Where the faults of the model are, once this is changed. */
const faults = (change: Partial<PointsModel>) => modelFaults({ ...fit, ...change }).map(({ pointer }) => pointer)
/** The same with something else about the first characteristic, or about the second. */
const first = (change: Partial<Characteristic>) =>
  faults({ characteristics: [{ ...equity, ...change } as Characteristic, late] })
const second = (change: Partial<Characteristic>) =>
  faults({ characteristics: [equity, { ...late, ...change } as Characteristic] })

t.test('the model that is spoiled here is fit', async (t) => {
  t.same(faults({}), [])
})

t.test('the scale', async (t) => {
  const scaled = (change: object) => faults({ scaling: { ...fit.scaling, ...change } })
  t.same(scaled({ odds: 0 }), ['/scaling/odds'])
  t.same(scaled({ odds: 0.001 }), [])
  t.same(scaled({ odds: Number.POSITIVE_INFINITY }), ['/scaling/odds'])
  t.same(scaled({ pointsToDoubleOdds: 0 }), ['/scaling/pointsToDoubleOdds'])
  t.same(scaled({ pointsToDoubleOdds: 0.5 }), [])
  t.same(faults({ hysteresis: { points: -0.1 } }), ['/hysteresis/points'])
  t.same(faults({ hysteresis: { points: 0 } }), [])
  t.same(faults({ hysteresis: { points: Number.NaN } }), ['/hysteresis/points'])
  t.same(faults({ minimumCoverage: -0.01 }), ['/minimumCoverage'])
  t.same(faults({ minimumCoverage: 1 }), [])
  t.same(faults({ minimumCoverage: 1.01 }), ['/minimumCoverage'])
})

t.test('a calibration table', async (t) => {
  const pds = (low: number, high: number) =>
    faults({
      calibration: [
        { to: 500, pd: low },
        { from: 500, pd: high }
      ]
    })
  t.same(pds(0.2, 0.1), [])
  t.same(pds(0.1, 0.1), [], 'no lower, but no higher either')
  t.same(pds(0.1, 0.2), ['/calibration/1/pd'])
  t.same(pds(1, 0.1), ['/calibration/0/pd'])
  t.same(pds(0.1, 0.0005), [])
  t.same(pds(0.1, 0.00049), ['/calibration/1/pd'])
  t.same(faults({ calibration: [] }), ['/calibration'])
})

t.test('ages', async (t) => {
  t.same(first({ maxAgeDays: 1 }), [])
  for (const maxAgeDays of [0, -1, 1.5, Number.NaN]) t.same(first({ maxAgeDays }), ['/characteristics/0/maxAgeDays'])
})

t.test('what could reward withholding a value is for what the seller alone knows', async (t) => {
  for (const rule of ['neutral', 'reweight'] as const) {
    t.same(first({ missing: { rule } }), ['/characteristics/0/missing/rule'])
    t.same(second({ missing: { rule } }), [])
    const own = (heldBy?: 'seller' | 'customer') =>
      faults({
        inputs: [
          { id: 'other', type: 'numeric', heldBy: 'customer', description: name },
          { id: 'ownRatio', type: 'numeric', description: name, ...(heldBy === undefined ? {} : { heldBy }) }
        ],
        characteristics: [{ ...equity, feature: 'ownRatio', missing: { rule } }, late],
        cases: [
          { name: 'good', features: { ownRatio: 0.6, 'behaviour.weightedDaysLate': 0 }, expect: { status: 'rated' } }
        ]
      })
    t.same(own('seller'), [])
    t.same(own('customer'), ['/characteristics/0/missing/rule'])
    t.same(own(), ['/characteristics/0/missing/rule'], 'whose it is unless the model says otherwise')
  }
})

t.test('what is missing or stale earns no more than the worst, and stale no less than missing', async (t) => {
  t.same(first({ missing: { rule: 'points', points: 0 } }), [])
  t.same(first({ missing: { rule: 'points', points: 1 } }), ['/characteristics/0/missing/points'])
  t.same(first({ missing: { rule: 'points', points: -0.5 } }), ['/characteristics/0/missing/points'])
  t.same(first({ stale: { rule: 'points', points: 0 } }), [])
  t.same(first({ stale: { rule: 'points', points: 1 } }), ['/characteristics/0/stale/points'])
  t.same(first({ stale: { rule: 'points', points: -1 } }), ['/characteristics/0/stale/points'], 'missing earns 0')
  const lower = { missing: { rule: 'points' as const, points: -5 } }
  t.same(first({ ...lower, stale: { rule: 'points', points: -5 } }), [])
  t.same(first({ ...lower, stale: { rule: 'points', points: -6 } }), ['/characteristics/0/stale/points'])
  t.same(first({ stale: { rule: 'unrated' } }), ['/characteristics/0/stale'])
  t.same(first({ missing: { rule: 'unrated' }, stale: { rule: 'unrated' } }), [])
  t.same(
    first({ missing: { rule: 'unrated' }, stale: { rule: 'points', points: -900 } }),
    [],
    'anything is more than no score'
  )
  t.same(first({ stale: { rule: 'missing' } }), [])
})

t.test('ranges join', async (t) => {
  const ranges = (...attributes: object[]) => first({ attributes } as Partial<Characteristic>)
  t.same(ranges({ points: 0 }, { from: 0.2, to: 0.5, points: 30 }, { from: 0.5, points: 60 }), [
    '/characteristics/0/attributes/0/to'
  ])
  t.same(ranges({ to: 0.2, points: 0 }, { to: 0.5, points: 30 }, { from: 0.5, points: 60 }), [
    '/characteristics/0/attributes/0/to'
  ])
  t.same(ranges({ from: 0, to: 0.2, points: 0 }, { from: 0.2, points: 60 }), ['/characteristics/0/attributes/0/from'])
  t.same(ranges({ to: 0.2, points: 0 }, { from: 0.2, to: 9, points: 60 }), ['/characteristics/0/attributes/1/to'])
  const empty = ranges({ to: 0.2, points: 0 }, { from: 0.2, to: 0.2, points: 30 }, { from: 0.2, points: 60 })
  t.same(empty, ['/characteristics/0/attributes/1/to'], 'holds nothing')
})

t.test('points keep the declared direction, and may stand still', async (t) => {
  const points = (...all: number[]) =>
    first({
      attributes: equity.attributes.map((each, place) => ({ ...each, points: all[place] ?? 0 }))
    } as Partial<Characteristic>)
  t.same(points(0, 0, 60), [])
  t.same(points(0, 61, 60), ['/characteristics/0/attributes/2/points'])
})

t.test('weights agree with the points to half a percent; one that is switched off has none', async (t) => {
  const weights = (one: number, other: number) =>
    faults({
      characteristics: [
        { ...equity, weight: one },
        { ...late, weight: other }
      ]
    })
  t.same(weights(60.5, 39.5), [])
  t.same(weights(60.501, 39.499), ['/characteristics/0/weight', '/characteristics/1/weight'])
  t.same(weights(60, 39.9), ['/characteristics'])
  const off = { ...equity, id: 'off', weight: 55, enabled: false }
  t.same(faults({ characteristics: [equity, late, off] }), [])
})

t.test('evidence and ceilings', async (t) => {
  const ceiling = (change: object, requires: Requirement[] = [{ group: 'statements', coverageAtLeast: 0.5 }]) =>
    faults({ ceilings: [{ id: 'c', bestGrade: 'BBB', requires, reason: 'EQUITY_LOW', ...change }] })
  t.same(ceiling({}), [])
  t.same(ceiling({}, []), ['/ceilings/0/requires'])
  t.same(ceiling({ bestGrade: 'C' }), [])
  t.same(ceiling({ bestGrade: 'D' }), ['/ceilings/0/bestGrade'])
  t.same(ceiling({}, [{ feature: 'financial.equityRatio', atLeast: 0.1 }]), [])
  t.same(ceiling({}, [{ feature: 'financial.currentRatio', atLeast: 1 }]), [], 'of no declared direction')
  t.same(ceiling({}, [{ feature: 'profile.country', atLeast: 1 }]), ['/ceilings/0/requires/0/feature'])
  t.same(ceiling({}, [{ feature: 'financial.horoscope', atLeast: 1 }]), ['/ceilings/0/requires/0/feature'])
  t.same(ceiling({}, [{ feature: 'behaviour.weightedDaysLate', atLeast: 1 }]), ['/ceilings/0/requires/0/feature'])
  t.same(ceiling({}, [{ feature: 'financial.equityRatio', atLeast: Number.NaN }]), ['/ceilings/0/requires/0/atLeast'])
  t.same(ceiling({}, [{ group: 'records', coverageAtLeast: 0.5 }]), ['/ceilings/0/requires/0/group'])
  for (const share of [0, 1]) t.same(ceiling({}, [{ group: 'statements', pointsShareAtLeast: share }]), [])
  for (const share of [-0.01, 1.01]) {
    t.same(ceiling({}, [{ group: 'statements', pointsShareAtLeast: share }]), ['/ceilings/0/requires/0'])
    t.same(ceiling({}, [{ group: 'statements', coverageAtLeast: share }]), ['/ceilings/0/requires/0'])
  }
  t.same(faults({ evidence: [{ id: 'any', name, requires: [] }] }), ['/evidence/0/requires'])
})

const staff: Condition[] = [{ feature: 'profile.employees', below: 3 }]
const knockout = (change: object, when: Condition[] = staff) =>
  faults({ knockouts: [{ id: 'k', name, when, capGrade: 'CC', missing: 'fires', reason: 'EQUITY_LOW', ...change }] })

t.test('a knock-out does something, and cannot be escaped', async (t) => {
  t.same(knockout({}), [])
  t.same(knockout({ capGrade: undefined }), ['/knockouts/0'])
  t.same(knockout({ capGrade: undefined, advice: 'refer' }), [])
  t.same(knockout({ capGrade: 'E' }), ['/knockouts/0/capGrade'])
  t.same(knockout({ advice: 'none' }), ['/knockouts/0/advice'])
  t.same(knockout({}, []), ['/knockouts/0/when'])
  t.same(knockout({ missing: 'clear' }), ['/knockouts/0/missing'])
  const record = [{ feature: 'record.insolvency', equals: 'liquidation' }]
  t.same(knockout({ missing: 'clear' }, record), [])
  t.same(knockout({ missing: 'clear' }, [...record, ...staff]), ['/knockouts/0/missing'])
  const own = (heldBy: 'customer' | 'seller' | undefined) => {
    const input = { id: 'ownRecord', type: 'numeric' as const, description: name }
    const when = [{ feature: 'ownRecord', atLeast: 1 }]
    return faults({
      inputs: [{ ...input, id: 'another', heldBy: 'customer' }, heldBy === undefined ? input : { ...input, heldBy }],
      knockouts: [{ id: 'k', name, when, capGrade: 'CC', missing: 'clear', reason: 'EQUITY_LOW' }]
    })
  }
  t.same(own('seller'), [])
  t.same(own('customer'), ['/knockouts/0/missing'])
  t.same(own(undefined), ['/knockouts/0/missing'])
})

t.test('a condition has bounds or a value, of the feature’s type', async (t) => {
  const condition = (each: Condition) => knockout({}, [each])
  t.same(condition({ feature: 'profile.employees' }), ['/knockouts/0/when/0'])
  t.same(condition({ feature: 'profile.country', equals: 'CN', atLeast: 1 }), [
    '/knockouts/0/when/0',
    '/knockouts/0/when/0'
  ])
  t.same(condition({ feature: 'profile.country', atLeast: 1 }), ['/knockouts/0/when/0'])
  t.same(condition({ feature: 'profile.country', equals: 'CN' }), [])
  t.same(condition({ feature: 'profile.country', equals: true }), ['/knockouts/0/when/0/equals'])
  t.same(condition({ feature: 'statement.audited', equals: false }), [])
  t.same(condition({ feature: 'statement.audited', equals: 'no' }), ['/knockouts/0/when/0/equals'])
  t.same(condition({ feature: 'financial.horoscope', atLeast: 1 }), ['/knockouts/0/when/0/feature'])
})

t.test('nothing better speaks against the customer, nothing worse for it', async (t) => {
  const against = (each: Condition) => knockout({}, [each])
  const notch = (grades: number, each: Condition) =>
    faults({ notches: [{ id: 'n', name, when: [each], grades, reason: 'EQUITY_LOW' }] })
  const ratio = 'financial.equityRatio'
  const days = 'behaviour.weightedDaysLate'
  t.same(against({ feature: ratio, below: 0 }), [])
  t.same(against({ feature: ratio, atLeast: 0 }), ['/knockouts/0/when/0/atLeast'])
  t.same(against({ feature: days, atLeast: 90 }), [])
  t.same(against({ feature: days, below: 90 }), ['/knockouts/0/when/0/below'])
  t.same(notch(-1, { feature: ratio, below: 0 }), [])
  t.same(notch(-1, { feature: ratio, atLeast: 0 }), ['/notches/0/when/0/atLeast'])
  t.same(notch(1, { feature: ratio, atLeast: 0.9 }), [])
  t.same(notch(1, { feature: ratio, below: 0.9 }), ['/notches/0/when/0/below'])
  t.same(notch(1, { feature: days, atLeast: 9 }), ['/notches/0/when/0/atLeast'])
  t.same(notch(1, { feature: days, below: 9 }), [])
})

t.test('a notch moves by one to three whole grades', async (t) => {
  const notch = (change: Partial<Notch>) =>
    faults({ notches: [{ id: 'n', name, when: staff, grades: 1, reason: 'EQUITY_LOW', ...change }] })
  for (const grades of [-3, -1, 1, 3]) t.same(notch({ grades }), [])
  for (const grades of [-4, 0, 0.5, 1.5, 4, Number.NaN]) t.same(notch({ grades }), ['/notches/0/grades'])
  t.same(notch({ when: [] }), ['/notches/0/when'])
})

t.test('how many reasons there are, and against what', async (t) => {
  for (const adverseMax of [1, 4]) t.same(faults({ reasons: { adverseMax } }), [])
  for (const adverseMax of [0, 5, 1.5]) t.same(faults({ reasons: { adverseMax } }), ['/reasons/adverseMax'])
  for (const favourableMax of [0, 2]) t.same(faults({ reasons: { favourableMax } }), [])
  for (const favourableMax of [-1, 3, 0.5]) t.same(faults({ reasons: { favourableMax } }), ['/reasons/favourableMax'])
  t.same(faults({ reasons: { baseline: 'stated' } }), ['/characteristics/0/baseline', '/characteristics/1/baseline'])
  const off = { ...equity, id: 'off', enabled: false }
  const stated = [{ ...equity, baseline: 30 }, { ...late, baseline: 0 }, off]
  t.same(faults({ reasons: { baseline: 'stated' }, characteristics: stated }), [], 'nor need one that is switched off')
})

t.test('the cases come out as the model says', async (t) => {
  const expected = (expect: PointsModel['cases'][number]['expect'], features = fit.cases[0]?.features ?? {}) =>
    modelFaults({ ...fit, cases: [{ name: 'good', features, expect }] }).map(
      ({ pointer, detail }) => `${pointer} ${detail}`
    )
  t.same(expected({ status: 'rated', score: 600, grade: 'BB', advice: 'none', reasons: ['EQUITY_STRONG'] }), [])
  t.same(expected({ status: 'unrated' }), ['/cases/0/expect/status "good" comes out rated.'])
  t.same(expected({ status: 'rated', grade: 'A' }), ['/cases/0/expect/grade "good" is graded BB.'])
  t.same(expected({ status: 'rated', score: 601 }), ['/cases/0/expect/score "good" scores 600.'])
  t.same(expected({ status: 'rated', advice: 'refer' }), ['/cases/0/expect/advice "good" gives the advice none.'])
  t.same(expected({ status: 'rated', reasons: ['EQUITY_STRONG', 'EQUITY_LOW'] }), [
    '/cases/0/expect/reasons/1 "good" gives EQUITY_STRONG, PAYS_ON_TIME.'
  ])
  const middling = { 'financial.equityRatio': 0.3, 'behaviour.weightedDaysLate': 0 }
  const quiet = { ...fit, reasons: { adverseMax: 1, favourableMax: 0 } }
  const told = modelFaults({
    ...quiet,
    cases: [
      { name: 'best', features: fit.cases[0]?.features ?? {}, expect: { status: 'rated', reasons: ['PAYS_LATE'] } }
    ]
  })
  t.equal(told[0]?.detail, '"best" gives no reason.')
  t.same(expected({ status: 'rated', score: 570 }, middling), [])
})
