import { readFileSync } from 'node:fs'
import t from 'tap'
import { modelFaults } from '../../../src/engine/governance/model-faults.ts'
import type { ReasonCode } from '../../../src/engine/reasons/reasons.ts'
import type { NumericCharacteristic, PointsModel } from '../../../src/engine/scorecards/scoring-model.ts'

const shipped: PointsModel = JSON.parse(readFileSync(new URL('../company-1.json', import.meta.url), 'utf8'))

t.test('a fit model has no fault: its own cases come out as stated', async (t) => {
  t.same(modelFaults(shipped), [])
  t.ok(shipped.cases.length >= 10)
})

/** Spoils the first characteristic, which is numeric and rising. */
const first = (spoil: (each: NumericCharacteristic) => void) => (model: PointsModel) => {
  const each = model.characteristics[0]
  if (each?.type === 'numeric') spoil(each)
}
const attribute = (index: number, change: { from?: number; to?: number; points?: number }) =>
  first((each) => {
    Object.assign(each.attributes[index] ?? {}, change)
  })

t.test('each fault is found and pointed at', async (t) => {
  const table: [string, (model: PointsModel) => void][] = [
    [
      '/version',
      (m) => {
        m.version = 0.5
      }
    ],
    [
      '/scaling/odds',
      (m) => {
        m.scaling.odds = 0
      }
    ],
    [
      '/scaling/pointsToDoubleOdds',
      (m) => {
        m.scaling.pointsToDoubleOdds = -20
      }
    ],
    [
      '/basePoints',
      (m) => {
        m.basePoints = 0.5
      }
    ],
    [
      '/minimumCoverage',
      (m) => {
        m.minimumCoverage = 2
      }
    ],
    [
      '/characteristics',
      (m) => {
        m.characteristics.pop()
      }
    ],
    [
      '/characteristics/1/id',
      (m) => {
        if (m.characteristics[1] !== undefined) m.characteristics[1].id = 'equityRatio'
      }
    ],
    [
      '/characteristics/0/feature',
      first((each) => {
        each.feature = 'financial.horoscope'
      })
    ],
    [
      '/characteristics/0/type',
      first((each) => {
        each.feature = 'profile.country'
      })
    ],
    [
      '/characteristics/0/reason',
      first((each) => {
        each.reason = 'NO_SUCH' as ReasonCode
      })
    ],
    [
      '/characteristics/0/strength',
      first((each) => {
        each.strength = 'NO_SUCH' as ReasonCode
      })
    ],
    [
      '/characteristics/0/weight',
      first((each) => {
        each.weight = 30
      })
    ],
    [
      '/characteristics/0/maxAgeDays',
      first((each) => {
        each.maxAgeDays = 0
      })
    ],
    [
      '/characteristics/0/missing/points',
      first((each) => {
        each.missing = { rule: 'points', points: 1 }
      })
    ],
    [
      '/characteristics/0/attributes',
      first((each) => {
        each.attributes = []
      })
    ],
    ['/characteristics/0/attributes/0/from', attribute(0, { from: -5 })],
    ['/characteristics/0/attributes/8/to', attribute(8, { to: 2 })],
    ['/characteristics/0/attributes/1/to', attribute(1, { to: 0.09 })],
    ['/characteristics/0/attributes/1/to', attribute(1, { to: 0.11 })],
    ['/characteristics/0/attributes/1/to', attribute(2, { from: Number.NaN })],
    ['/characteristics/0/attributes/2/points', attribute(2, { points: 1 })],
    ['/characteristics/0/attributes/2/points', attribute(2, { points: 10.5 })],
    [
      '/evidence',
      (m) => {
        m.evidence = []
      }
    ],
    [
      '/evidence/0/requires',
      (m) => {
        if (m.evidence[0] !== undefined) m.evidence[0].requires = []
      }
    ],
    [
      '/evidence/0/requires/0',
      (m) => {
        if (m.evidence[0] !== undefined) m.evidence[0].requires = [{ group: 'profile', coverageAtLeast: 1.1 }]
      }
    ],
    [
      '/evidence/0/requires/0/feature',
      (m) => {
        if (m.evidence[0] !== undefined)
          m.evidence[0].requires = [{ feature: 'behaviour.weightedDaysLate', atLeast: 5 }]
      }
    ],
    [
      '/ceilings/0/bestGrade',
      (m) => {
        if (m.ceilings[0] !== undefined) m.ceilings[0].bestGrade = 'D'
      }
    ],
    [
      '/knockouts/0/when',
      (m) => {
        if (m.knockouts[0] !== undefined) m.knockouts[0].when = []
      }
    ],
    [
      '/knockouts/0/when/0',
      (m) => {
        if (m.knockouts[0] !== undefined) m.knockouts[0].when = [{ feature: 'profile.country', atLeast: 1 }]
      }
    ],
    [
      '/knockouts/0/when/0/equals',
      (m) => {
        if (m.knockouts[0] !== undefined) m.knockouts[0].when = [{ feature: 'profile.country', equals: true }]
      }
    ],
    [
      '/knockouts/0/missing',
      (m) => {
        if (m.knockouts[0] !== undefined) m.knockouts[0].missing = 'clear'
      }
    ],
    [
      '/knockouts/0/when/0/below',
      (m) => {
        if (m.knockouts[0] !== undefined) m.knockouts[0].when = [{ feature: 'behaviour.weightedDaysLate', below: 1 }]
      }
    ],
    [
      '/cases',
      (m) => {
        m.cases = []
      }
    ],
    [
      '/cases/0/expect/grade',
      (m) => {
        if (m.cases[0] !== undefined) m.cases[0].expect.grade = 'AAA'
      }
    ],
    [
      '/cases/0/expect/reasons/0',
      (m) => {
        if (m.cases[0] !== undefined) m.cases[0].expect.reasons = ['PAYS_LATE']
      }
    ],
    [
      '/cases/0/features/financial.horoscope',
      (m) => {
        if (m.cases[0] !== undefined) m.cases[0].features['financial.horoscope'] = 1
      }
    ]
  ]
  for (const [pointer, spoil] of table) {
    const model = structuredClone(shipped)
    spoil(model)
    const faults = modelFaults(model)
    t.ok(
      faults.some((each) => each.pointer === pointer),
      `${pointer}: ${JSON.stringify(faults.slice(0, 3))}`
    )
    for (const { detail } of faults) t.match(detail, /^.+\.$/)
  }
})

t.test('a gap and an overlap are told apart, with the numbers', async (t) => {
  const spoiled = (to: number): string => {
    const model = structuredClone(shipped)
    attribute(1, { to })(model)
    return modelFaults(model)
      .map((each) => each.detail)
      .join(' ')
  }
  t.match(spoiled(0.09), /Gap: no range holds 0\.09 to 0\.1\./)
  t.match(spoiled(0.11), /Overlap: two ranges hold 0\.1 to 0\.11\./)
})

t.test('a stated weight is more than 0 and agrees with the points to half a percent', async (t) => {
  const faultsOf = (weight: number): string[] => {
    const model = structuredClone(shipped)
    const [each, other] = model.characteristics
    if (each === undefined || other === undefined) throw new Error('the model has characteristics')
    other.weight += each.weight - weight
    each.weight = weight
    return modelFaults(model).map(({ pointer, detail }) => `${pointer} ${detail}`)
  }
  t.same(faultsOf(10), [])
  t.same(faultsOf(10.5), [], 'half a percent off')
  const far = ['/characteristics/0/weight', '/characteristics/1/weight']
  t.same(
    faultsOf(11).map((each) => each.split(' ')[0]),
    far
  )
  t.match(faultsOf(11)[0], /The points make up 10 % of the scorecard, the weight says 11 %\./)
  t.ok(faultsOf(0).includes('/characteristics/0/weight A weight is more than 0.'))
  t.ok(faultsOf(-1).includes('/characteristics/0/weight A weight is more than 0.'))
})

t.test('a yes or no needs an attribute for both, and no value twice', async (t) => {
  const model = structuredClone(shipped)
  const base = model.characteristics[14]
  if (base === undefined) throw new Error('the model has fifteen characteristics')
  const { id, name, group, weight, reason, strength } = base
  model.characteristics[14] = {
    id,
    name,
    group,
    weight,
    reason,
    strength,
    feature: 'profile.country',
    type: 'category',
    missing: { rule: 'worst' },
    attributes: [
      { values: ['CN', 'DE'], points: 24 },
      { values: ['DE'], points: 0 }
    ]
  }
  t.same(modelFaults(model), [
    {
      pointer: '/characteristics/14/attributes/1/values/0',
      code: 'invalid',
      detail: 'The value "DE" is in two attributes.',
      zh: '值 "DE" 出现在两个分档中。'
    }
  ])
})
