import t from 'tap'
import { compileModel, type ScoringModel, score } from '../../../src/engine/index.ts'
import { DEFAULT_SCALING } from '../../../src/model-format/pmml/import.ts'
import { nextUp } from '../../../src/model-format/pmml/read/cells.ts'
import { featuresFrom } from '../random-models.ts'
import { among, cardIn, cardOf, characteristic, faultsFrom, is, join, modelFrom, scoreOf } from './foreign-pmml.ts'

/**
 * A card as another tool writes it: missing values first, ranges open and closed on either side,
 * sets, and a yes or no.
 */
const sample = cardOf(
  [
    characteristic(
      'Branch Score',
      [
        [-9, is('branch', 'isMissing')],
        [19, among('branch', 'isIn', '"retail trade"', 1)],
        [3, among('branch', 'isIn', 'steel "wood  and paper" shipping', 3)],
        [1, '<True/>']
      ],
      'reasonCode="RC1" baselineScore="10"'
    ),
    characteristic(
      'years',
      [
        [-1, is('years', 'isMissing')],
        [-1, is('years', 'lessOrEqual', 2)],
        [12, join('and', is('years', 'greaterThan', 2), is('years', 'lessThan', 10))],
        [25, is('years', 'greaterOrEqual', 10)]
      ],
      'reasonCode="COMPANY_YOUNG" baselineScore="18"'
    ),
    characteristic(
      'member',
      [
        [8, is('member', 'equal', 'true')],
        [0, is('member', 'equal', 'false')]
      ],
      'reasonCode="RC3" baselineScore="5"'
    )
  ].join(''),
  { attributes: 'useReasonCodes="true" reasonCodeAlgorithm="pointsBelow" initialScore="100" baselineMethod="other"' }
)

t.test('a card of another tool becomes a model that can be published and scores as its document says', async (t) => {
  const { model, notes } = modelFrom(sample)
  const table: [Record<string, string | number | boolean | undefined>, number | null][] = [
    [{ branch: 'retail trade', years: 30, member: true }, 100 + 19 + 25 + 8],
    [{ branch: 'wood  and paper', years: 2, member: false }, 100 + 3 - 1 + 0],
    [{ branch: 'steel', years: nextUp(2), member: false }, 100 + 3 + 12],
    [{ branch: 'wood and paper', years: 9.999, member: true }, 100 + 1 + 12 + 8],
    [{ branch: 'never seen', years: 10, member: true }, 100 + 1 + 25 + 8],
    [{ branch: undefined, years: undefined, member: true }, 100 - 9 - 1 + 8],
    [{ branch: 'steel', years: 5, member: undefined }, null]
  ]
  for (const [values, wanted] of table) t.equal(scoreOf(model, values), wanted, JSON.stringify(values))
  t.match(model, {
    id: 'Sample-card',
    version: 1,
    name: { en: 'Sample card', zh: 'Sample card' },
    description: { en: 'A sample of another tool' },
    segment: 'company',
    scaling: DEFAULT_SCALING,
    basePoints: 100,
    reasons: { baseline: 'stated' },
    inputs: [
      { id: 'branch', type: 'category' },
      { id: 'years', type: 'numeric', description: { en: 'Years in business' } },
      { id: 'member', type: 'boolean' }
    ],
    cases: [{ features: { branch: 'retail trade', years: 10, member: true }, expect: { score: 152 } }]
  })
  t.match(model.characteristics, [
    {
      id: 'Branch-Score',
      missing: { rule: 'points', points: -9 },
      unseen: { rule: 'points', points: 1 },
      baseline: 10
    },
    { id: 'years', missing: { rule: 'worst' }, reason: 'COMPANY_YOUNG', baseline: 18 },
    { id: 'member', missing: { rule: 'unrated' }, reason: 'CHARACTERISTIC_WEAK', strength: 'CHARACTERISTIC_STRONG' }
  ])
  t.strictSame(cardIn(model).characteristics[1]?.attributes, [
    { to: nextUp(2), points: -1 },
    { from: nextUp(2), to: 10, points: 12 },
    { from: 10, points: 25 }
  ])
  t.same(
    notes.map(({ detail }) => detail.slice(0, 40)),
    [
      'The document does not say what points me',
      '"RC1" is no reason of the catalogue: CHA',
      '"RC3" is no reason of the catalogue: CHA',
      'The document says neither which evidence'
    ]
  )
  t.equal(notes[1]?.pointer, '/PMML/Scorecard/Characteristics/Characteristic[1]')
})

t.test('what the document does not say comes from the importer', async (t) => {
  const scaling = { points: 100, odds: 5, pointsToDoubleOdds: 7 }
  const { model, notes } = modelFrom(sample, { id: 'ours', version: 4, segment: 'sole_trader', scaling })
  t.match(model, { id: 'ours', version: 4, segment: 'sole_trader', scaling })
  t.notOk(notes.some(({ detail }) => detail.includes('what points mean')))
})

t.test('predicates become ranges and sets: the first true attribute wins', async (t) => {
  const rest = '<True/>'
  const up = nextUp
  const table: [string, string, object[]][] = [
    [
      'a closed upper bound',
      is('years', 'lessOrEqual', 5),
      [
        { to: up(5), points: 1 },
        { from: up(5), points: 2 }
      ]
    ],
    [
      'an open lower bound',
      is('years', 'greaterThan', -0.1),
      [
        { to: up(-0.1), points: 2 },
        { from: up(-0.1), points: 1 }
      ]
    ],
    [
      'zero',
      is('years', 'greaterThan', 0),
      [
        { to: 5e-324, points: 2 },
        { from: 5e-324, points: 1 }
      ]
    ],
    [
      'one number',
      is('years', 'equal', 3),
      [
        { to: 3, points: 2 },
        { from: 3, to: up(3), points: 1 },
        { from: up(3), points: 2 }
      ]
    ],
    [
      'all but one',
      is('years', 'notEqual', 3),
      [
        { to: 3, points: 1 },
        { from: 3, to: up(3), points: 2 },
        { from: up(3), points: 1 }
      ]
    ],
    [
      'two ranges',
      join('or', is('years', 'lessThan', 1), is('years', 'greaterOrEqual', 9)),
      [
        { to: 1, points: 1 },
        { from: 1, to: 9, points: 2 },
        { from: 9, points: 1 }
      ]
    ],
    [
      'either of two',
      join('xor', is('years', 'greaterOrEqual', 1), is('years', 'greaterOrEqual', 9)),
      [
        { to: 1, points: 2 },
        { from: 1, to: 9, points: 1 },
        { from: 9, points: 2 }
      ]
    ],
    [
      'one within another',
      join('and', is('years', 'lessThan', 9), join('and', is('years', 'greaterOrEqual', 1), '<True/>')),
      [
        { to: 1, points: 2 },
        { from: 1, to: 9, points: 1 },
        { from: 9, points: 2 }
      ]
    ],
    [
      'the first that is not open',
      join('surrogate', is('years', 'lessThan', 1), '<False/>'),
      [
        { to: 1, points: 1 },
        { from: 1, points: 2 }
      ]
    ],
    [
      'numbers in a set',
      among('years', 'isIn', '1 2', 2),
      [
        { to: 1, points: 2 },
        { from: 1, to: up(1), points: 1 },
        { from: up(1), to: 2, points: 2 },
        { from: 2, to: up(2), points: 1 },
        { from: up(2), points: 2 }
      ]
    ],
    [
      'an order of numbers',
      is('rooms', 'lessThan', 3),
      [
        { to: 3, points: 1 },
        { from: 3, points: 2 }
      ]
    ],
    ['a word', is('branch', 'equal', 'a &amp; b'), [{ values: ['a & b'], points: 1 }]],
    ['quotes in a set', among('branch', 'isIn', '"say \\"hi\\"" \'b', 2), [{ values: ['say "hi"', "'b"], points: 1 }]],
    [
      'yes',
      is('member', 'equal', 'TRUE'),
      [
        { values: [true], points: 1 },
        { values: [false], points: 2 }
      ]
    ],
    [
      'not yes',
      is('member', 'notEqual', '1'),
      [
        { values: [true], points: 2 },
        { values: [false], points: 1 }
      ]
    ]
  ]
  const other = characteristic('other', [
    [-50, is('rooms', 'isMissing')],
    [-50, is('rooms', 'lessThan', 4)],
    [0, '<True/>']
  ])
  for (const [name, predicate, attributes] of table) {
    const { model } = modelFrom(
      cardOf(
        characteristic('one', [
          [0, is(/field="(\w+)"/.exec(predicate)?.[1] ?? '', 'isMissing')],
          [1, predicate],
          [predicate.includes('branch') ? 0 : 2, rest]
        ]) + other
      )
    )
    t.strictSame(cardIn(model).characteristics[0]?.attributes, attributes, name)
  }
})

const years = (missing: string | number, ...more: string[]): string =>
  cardOf(
    characteristic('years', [
      [missing, is('years', 'isMissing')],
      [10, is('years', 'lessThan', 5)],
      [40, is('years', 'greaterOrEqual', 5)]
    ]) + more.join('')
  )

t.test('models 1: a missing value earns what the document gives it; more than the worst is told', async (t) => {
  const table: [number, object | undefined, number, boolean][] = [
    [10, { rule: 'worst' }, 10, false],
    [3, { rule: 'points', points: 3 }, 3, false],
    [25, undefined, 25, true]
  ]
  for (const [missing, rule, earned, isNoted] of table) {
    const { model, notes } = modelFrom(years(missing))
    const [first] = model.characteristics
    t.strictSame(first !== undefined && 'missing' in first ? first.missing : undefined, rule)
    t.equal(scoreOf(model, {}), earned)
    t.equal(
      notes.some(({ detail }) => detail.includes('withholding it pays')),
      isNoted
    )
  }
})

t.test('what is in no attribute: by its points, as missing, or not at all', async (t) => {
  const branch = (missing: number | undefined, other: number | undefined) =>
    modelFrom(
      cardOf(
        characteristic('branch', [
          ...(missing === undefined ? [] : [[missing, is('branch', 'isMissing')] as const]),
          [10, is('branch', 'equal', 'a')],
          [40, is('branch', 'equal', 'b')],
          ...(other === undefined ? [] : [[other, is('branch', 'isNotMissing')] as const])
        ])
      )
    )
  const table: [number | undefined, number | undefined, object | undefined, number | null][] = [
    [2, 10, { rule: 'worst' }, 10],
    [2, 5, { rule: 'points', points: 5 }, 5],
    [2, 30, undefined, 30],
    [5, 2, undefined, 2],
    [5, undefined, undefined, null],
    [undefined, 5, { rule: 'points', points: 5 }, 5],
    [undefined, undefined, undefined, null]
  ]
  for (const [missing, other, rule, earned] of table) {
    const { model, notes } = branch(missing, other)
    const [found] = model.characteristics
    t.strictSame(found !== undefined && 'unseen' in found ? found.unseen : undefined, rule)
    t.equal(scoreOf(model, { branch: 'z' }), earned)
    const differing = notes.filter(({ detail }) => !detail.startsWith('Nothing rests on'))
    t.equal(differing.length, model.kind === 'predictive' ? 3 : 2, JSON.stringify(notes))
  }
})

t.test('models 3: a baseline is kept where all have one, and reasons are those of the document', async (t) => {
  const of = (attributes: string, more = '') =>
    modelFrom(
      cardOf(
        characteristic(
          'years',
          [
            [1, is('years', 'isMissing')],
            [1, is('years', 'lessThan', 5)],
            [2, '<True/>']
          ],
          more
        ),
        { attributes }
      )
    )
  t.match(of('baselineScore="7"').model, { reasons: { baseline: 'stated' }, characteristics: [{ baseline: 7 }] })
  t.match(of('baselineScore="7"', 'baselineScore="8"').model.characteristics, [{ baseline: 8 }])
  t.equal(of('').model.reasons, undefined)
  for (const no of ['false', '0']) t.equal(of(`useReasonCodes="${no}" baselineScore="7"`).model.reasons, undefined)
  t.match(of('baselineScore="7" reasonCodeAlgorithm="pointsAbove"').model, {
    reasons: { baseline: 'stated', ranking: 'above' }
  })
  const own = modelFrom(
    cardOf(
      `<Characteristic name="years"><Attribute partialScore="1" reasonCode="RC1">${is('years', 'isMissing')}</Attribute><Attribute partialScore="1" reasonCode="PAYS_LATE">${is('years', 'lessThan', 5)}</Attribute><Attribute partialScore="2" reasonCode="RC2"><True/></Attribute></Characteristic>`,
      { attributes: '' }
    )
  ).model
  t.match(cardIn(own).characteristics, [
    { reason: 'PAYS_LATE', attributes: [{ reasonCode: 'PAYS_LATE' }, { reasonCode: 'RC2' }] }
  ])
})

t.test('models 3: what earns everyone the same is a reason all the same, or it is told', async (t) => {
  const years = characteristic(
    'years',
    [
      [1, is('years', 'isMissing')],
      [1, is('years', 'lessThan', 5)],
      [2, '<True/>']
    ],
    'reasonCode="Y" baselineScore="3"'
  )
  const rooms = (predicate: string, baseline: number) =>
    characteristic(
      'rooms',
      [
        [4, predicate],
        [4, '<True/>']
      ],
      `reasonCode="R" baselineScore="${baseline}"`
    )
  const reasonsOf = (model: ScoringModel) =>
    score(compileModel(model), featuresFrom({ years: 9, rooms: 2 }, '2026-03-31'), '2026-03-31').reasons.flatMap(
      ({ modelCode, points, direction }) => (direction === 'adverse' ? [[modelCode, points]] : [])
    )
  const of = (constant: string) => modelFrom(cardOf(years + constant, { attributes: '' }))
  const spoken = of(rooms(is('rooms', 'lessThan', 5), 9))
  t.same(reasonsOf(spoken.model), [
    ['R', 5],
    ['Y', 1]
  ])
  const silent = of(rooms(is('rooms', 'lessThan', 5), 4))
  t.notOk(silent.model.kind, 'nothing is lost against its baseline, so that it is a part of the base')
  t.same(reasonsOf(silent.model), [['Y', 1]])
  const told = /^The characteristic "rooms" earns everyone the same, whatever is known: it is never a reason here\./
  const blind = of(rooms('<True/>', 9))
  t.ok(blind.notes.some(({ detail }) => told.test(detail)))
  t.same(reasonsOf(blind.model), [['Y', 1]])
  for (const { notes } of [spoken, silent]) t.notOk(notes.some(({ detail }) => told.test(detail)))
})

t.test(
  'fields: features of the catalogue, odd names, values that mean missing, replacements and outliers',
  async (t) => {
    const card = (field: string, dataField: string, mined: string) =>
      cardOf(
        characteristic('one', [
          [0, is(field, 'isMissing')],
          [10, is(field, 'lessThan', 5)],
          [40, '<True/>']
        ]),
        {
          fields: dataField,
          mined
        }
      )
    const number = (name: string, inner = '') =>
      `<DataField name="${name}" optype="continuous" dataType="float">${inner}</DataField>`
    const feature = modelFrom(card('financial.equityRatio', number('financial.equityRatio'), ''))
    t.equal(feature.model.inputs, undefined)
    t.match(feature.model.characteristics, [{ feature: 'financial.equityRatio', group: 'statements' }])
    const odd = modelFrom(card('§ Umsatz/Jahr (€)', number('§ Umsatz/Jahr (€)'), ''))
    t.match(odd.model.inputs, [{ id: 'Umsatz-Jahr', description: { en: '§ Umsatz/Jahr (€)' } }])
    t.ok(odd.notes.some(({ detail }) => detail.includes('Umsatz-Jahr')))
    const withMissing = modelFrom(card('x', number('x', '<Value value="-1" property="missing"/>'), '')).model
    t.same(
      [-1, -2, 7].map((x) => scoreOf(withMissing, { x })),
      [0, 10, 40]
    )
    const replaced = modelFrom(card('x', number('x'), '<MiningField name="x" missingValueReplacement="3"/>')).model
    t.same(
      [undefined, 3, 7].map((x) => scoreOf(replaced, { x })),
      [10, 10, 40]
    )
    const clamped = '<MiningField name="x" outliers="asExtremeValues" lowValue="-10" highValue="9"/>'
    const extreme = modelFrom(card('x', number('x'), clamped)).model
    t.same(
      [1, 7, 1e9, -1e9].map((x) => scoreOf(extreme, { x })),
      [10, 40, 40, 10]
    )
    const dropped = modelFrom(card('x', number('x'), clamped.replace('asExtremeValues', 'asMissingValues'))).model
    t.same(
      [1, 9, 9.001, -11].map((x) => scoreOf(dropped, { x })),
      [10, 40, 0, 0]
    )
  }
)

t.test('a field that is derived by bins is seen through', async (t) => {
  const derived = `
    <DerivedField name="alias" optype="continuous" dataType="double"><FieldRef field="years"/></DerivedField>
    <DerivedField name="age band" optype="categorical" dataType="string"><Discretize field="alias" mapMissingTo="none" defaultValue="old">
      <DiscretizeBin binValue="young"><Interval closure="openClosed" rightMargin="3"/></DiscretizeBin>
      <DiscretizeBin binValue="middle"><Interval closure="openOpen" leftMargin="3" rightMargin="9"/></DiscretizeBin>
    </Discretize></DerivedField>
    <DerivedField name="is steel" optype="continuous" dataType="double"><NormDiscrete field="branch" value="steel"/></DerivedField>`
  const card = characteristic('band', [
    [5, among('age band', 'isIn', 'young none', 2)],
    [6, is('age band', 'equal', 'middle')],
    [7, '<True/>']
  ])
  const steel = characteristic('steel', [
    [1, is('is steel', 'equal', 1)],
    [2, '<True/>']
  ])
  const fields = `<DataField name="years" optype="continuous" dataType="double"/>
    <DataField name="branch" optype="categorical" dataType="string"><Value value="steel"/><Value value="wood"/></DataField>`
  const { model } = modelFrom(cardOf(card + steel, { derived, fields }))
  t.match(model.inputs, [
    { id: 'years', type: 'numeric' },
    { id: 'branch', type: 'category' }
  ])
  const scores = [3, nextUp(3), 8.9, 9, undefined].map((each) => scoreOf(model, { years: each, branch: 'wood' }))
  t.same(scores, [5 + 2, 6 + 2, 6 + 2, 7 + 2, 5 + 2])
  t.equal(scoreOf(model, { years: 3, branch: 'steel' }), 5 + 1)
})

t.test('what all earn alike belongs to the base', async (t) => {
  const { model } = modelFrom(
    years(
      0,
      characteristic('all', [[7, '<True/>']]),
      characteristic('same', [
        [5, is('rooms', 'lessThan', 3)],
        [5, '<True/>']
      ])
    )
  )
  t.match(model, { basePoints: 12, characteristics: [{ id: 'years', weight: 100 }] })
  t.equal(model.characteristics.length, 1)
})

t.test('weights are the shares of the points and add up to 100, also where one tells nobody apart', async (t) => {
  const flat = characteristic('flat', [
    [0, is('rooms', 'isMissing')],
    [5, is('rooms', 'isNotMissing')]
  ])
  const third = characteristic('third', [
    [0, is('member', 'equal', 'true')],
    [60, is('member', 'equal', 'false')]
  ])
  const { model } = modelFrom(years(0, flat, third))
  t.same(
    model.characteristics.map((each) => 'weight' in each && each.weight),
    [33.3333, 0.0001, 66.6666]
  )
})

t.test('what no card of ours can do is refused, with its place and what to do', async (t) => {
  const one = (predicate: string, points: number | string = 1) =>
    cardOf(
      characteristic('one', [
        [points, predicate],
        [2, '<True/>']
      ])
    )
  const at = '/PMML/Scorecard/Characteristics/Characteristic'
  const attribute = `${at}/Attribute[1]`
  const derived = '<DerivedField name="sum" optype="continuous" dataType="double"><Apply function="+"/></DerivedField>'
  const loop = '<DerivedField name="loop" optype="continuous" dataType="double"><FieldRef field="loop"/></DerivedField>'
  const date = '<DataField name="years" optype="continuous" dataType="date"/>'
  const table: [string, string, RegExp][] = [
    ['no points', one(is('years', 'lessThan', 2), 'many'), /partialScore/],
    ['an unknown field', one(is('age', 'lessThan', 2)), /no field "age"/],
    [
      'a field of no use',
      cardOf(characteristic('one', [[1, is('years', 'lessThan', 2)]]), { fields: date }),
      /type "date"/
    ],
    [
      'a computed field',
      cardOf(characteristic('one', [[1, is('sum', 'lessThan', 2)]]), { derived }),
      /has no operands/
    ],
    [
      'a circle',
      cardOf(characteristic('one', [[1, is('loop', 'lessThan', 2)]]), { derived: loop }),
      /refers to itself/
    ],
    ['an unknown operator', one(is('years', 'about', 2)), /no operator "about"/],
    ['an order of words', one(is('branch', 'lessThan', 'b')), /orders what has no order/],
    ['a word for a number', one(is('years', 'lessThan', 'two')), /"two" is no value of a numeric field/],
    ['a number for a yes', one(is('member', 'equal', 'maybe')), /no value of a boolean field/],
    ['an unknown set operator', one(among('branch', 'in', 'a')), /no operator "in"/],
    ['a set without members', one('<SimpleSetPredicate field="branch" booleanOperator="isIn"/>'), /<Array>/],
    ['a set of other things', one(among('years', 'isIn', 'a')), /"a" is no value/],
    ['an unknown compound', one(join('nor', is('years', 'lessThan', 2))), /no operator "nor"/],
    ['an empty compound', one(join('and')), /no predicates/],
    ['something strange in a compound', one(join('and', '<Interval/>')), /<Interval> is no predicate/],
    ['no predicate', one(''), /has a predicate/],
    ['no attribute', cardOf('<Characteristic name="one"/>'), /at least one <Attribute>/],
    ['a card without effect', cardOf(characteristic('one', [[1, '<True/>']])), /everyone the same/],
    ['no characteristic', cardOf(''), /at least one <Characteristic>/],
    ['a computed score', one(`${is('years', 'lessThan', 2)}<ComplexPartialScore/>`), /computed has an expression/],
    [
      'a start that is none',
      cardOf(characteristic('one', [[1, '<True/>']]), { attributes: 'initialScore="x"' }),
      /initialScore is a number/
    ],
    [
      'outliers of unknown size',
      cardOf(characteristic('one', [[1, is('years', 'lessThan', 2)]]), {
        mined: '<MiningField name="years" outliers="asExtremeValues"/>'
      }),
      /lowValue/
    ],
    [
      'a replacement of another kind',
      cardOf(characteristic('one', [[1, is('years', 'lessThan', 2)]]), {
        mined: '<MiningField name="years" missingValueReplacement="x"/>'
      }),
      /no value of a numeric/
    ]
  ]
  for (const [name, xml, said] of table) {
    const faults = faultsFrom(xml)
    t.ok(
      faults.some(({ pointer, detail }) => pointer.startsWith('/PMML/') && said.test(detail)),
      `${name}: ${JSON.stringify(faults)}`
    )
  }
  t.equal(faultsFrom(one(is('years', 'lessThan', 2), 'many'))[0]?.pointer, attribute)
})

t.test(
  'models 6: fractional points, values without points and characteristics on two fields score as they say',
  async (t) => {
    const of = (attributes: readonly (readonly [number | string, string])[], more = '') =>
      modelFrom(cardOf(characteristic('one', attributes), { attributes: `useReasonCodes="false" ${more}` })).model
    const fraction = of(
      [
        [1.25, is('years', 'lessThan', 2)],
        [2, '<True/>']
      ],
      'initialScore="0.5"'
    )
    t.same(
      [1, 3, undefined].map((years) => scoreOf(fraction, { years })),
      [1.75, 2.5, 2.5]
    )
    const gap = of([
      [1, is('years', 'lessThan', 2)],
      [2, is('years', 'greaterThan', 3)]
    ])
    t.same(
      [1, 2.5, 4, undefined].map((years) => scoreOf(gap, { years })),
      [1, null, 2, null]
    )
    const half = of([
      [1, is('member', 'equal', 'true')],
      [2, is('member', 'isMissing')]
    ])
    t.same(
      [true, false, undefined].map((member) => scoreOf(half, { member })),
      [1, null, 2]
    )
    const two = of([
      [1, join('and', is('years', 'lessThan', 2), is('rooms', 'lessThan', 2))],
      [2, '<True/>']
    ])
    t.match(two.characteristics, [{ feature: 'years', features: ['rooms'] }])
    t.same(
      [{ years: 1, rooms: 1 }, { years: 1, rooms: 3 }, { years: 1 }].map((values) => scoreOf(two, values)),
      [1, 2, 2]
    )
  }
)

t.test('models 9: computed points and fields are worked out, and explained by the characteristic', async (t) => {
  const derived = `<DerivedField name="per room" optype="continuous" dataType="double"><Apply function="/"><FieldRef field="years"/><FieldRef field="rooms"/></Apply></DerivedField>
    <DerivedField name="curve" optype="continuous" dataType="double"><NormContinuous field="per room" outliers="asExtremeValues"><LinearNorm orig="0" norm="10"/><LinearNorm orig="4" norm="30"/></NormContinuous></DerivedField>`
  const complex = `<Attribute><SimplePredicate field="per room" operator="greaterThan" value="1"/><ComplexPartialScore><Apply function="+"><FieldRef field="curve"/><Constant>0.5</Constant></Apply></ComplexPartialScore></Attribute><Attribute partialScore="3"><True/></Attribute>`
  const { model } = modelFrom(
    cardOf(`<Characteristic name="space">${complex}</Characteristic>`, {
      derived,
      attributes: 'initialScore="100" useReasonCodes="false"'
    })
  )
  t.match(model.characteristics, [{ id: 'space', name: { en: 'space' }, feature: 'years', features: ['rooms'] }])
  const table: [Record<string, number>, number | null][] = [
    [{ years: 6, rooms: 3 }, 100 + 20 + 0.5],
    [{ years: 60, rooms: 3 }, 100 + 30 + 0.5],
    [{ years: 1, rooms: 3 }, 103],
    [{ years: 1 }, 103],
    [{ years: 1, rooms: 0 }, null]
  ]
  for (const [values, wanted] of table) t.equal(scoreOf(model, values), wanted, JSON.stringify(values))
  const { contributions, basePoints } = score(
    compileModel(model),
    featuresFrom({ years: 6, rooms: 3 }, '2026-03-31'),
    '2026-03-31'
  )
  t.equal(basePoints, 100)
  t.match(contributions, [{ id: 'space', points: 20.5, attribute: 0, state: 'present' }])
})
