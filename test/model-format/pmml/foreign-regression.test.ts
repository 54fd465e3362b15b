import t from 'tap'
import { compileModel, pdOfModel, type ScoringModel, score } from '../../../src/engine/index.ts'
import { nextUp } from '../../../src/model-format/pmml/read/cells.ts'
import { featuresFrom } from '../random-models.ts'
import { faultsFrom, modelFrom, regressionOf, scoreOf } from './foreign-pmml.ts'

const bin = (value: number, margins: string, closure = 'closedOpen'): string =>
  `<DiscretizeBin binValue="${value}"><Interval closure="${closure}" ${margins}/></DiscretizeBin>`
const row = (name: string, value: number): string => `<row><from>${name}</from><to>${value}</to></row>`

/** Weights of evidence of two inputs, ln(good/bad), or with `sign` -1 ln(bad/good). */
const derivedWith = (sign: 1 | -1): string => `
  <DerivedField name="w years" optype="continuous" dataType="double"><Discretize field="years" mapMissingTo="${sign * -1.5}">
    ${bin(sign * -1.5, 'rightMargin="2"', 'openClosed')}${bin(sign * 0.3, 'leftMargin="2" rightMargin="8"', 'openOpen')}${bin(sign * 1.1, 'leftMargin="8"')}
  </Discretize></DerivedField>
  <DerivedField name="w branch" optype="continuous" dataType="double"><MapValues outputColumn="to" mapMissingTo="${sign * -0.9}" defaultValue="${sign * -0.9}">
    <FieldColumnPair field="branch" column="from"/><InlineTable>${row('steel', sign * 0.6)}${row('wood', sign * -0.7)}</InlineTable>
  </MapValues></DerivedField>`

const tables = (intercept: number, years: number, branch: number, first: string, second: string): string =>
  `<RegressionTable intercept="${intercept}" targetCategory="${first}"><NumericPredictor name="w years" coefficient="${years}"/>
   <NumericPredictor name="w branch" coefficient="${branch}"/></RegressionTable>
   <RegressionTable intercept="0" targetCategory="${second}"/>`

/** 1 / (1 + e^-(-1.2 - 0.8 · years - 1.4 · branch)), by hand. */
const pdOf = (years: number, branch: number): number => 1 / (1 + Math.exp(1.2 + 0.8 * years + 1.4 * branch))

const pdFrom = (model: ScoringModel, values: Record<string, string | number>): number => {
  const result = score(compileModel(model), featuresFrom(values, '2026-03-31'), '2026-03-31')
  return pdOfModel(model, result.score ?? Number.NaN)
}

t.test('a regression on weights of evidence is a statistical model, whatever its signs and categories', async (t) => {
  const of = (xml: string, bad?: string) => modelFrom(xml, bad === undefined ? {} : { bad }).model
  const [good, bad] = [derivedWith(1), derivedWith(-1)]
  const softmax = `<RegressionTable intercept="-1" targetCategory="default">${tables(0, -0.8, -1.4, '', '')
    .split('\n')
    .map((line) => line.replace(/<\/?RegressionTable[^>]*>/g, ''))
    .join('')}</RegressionTable><RegressionTable intercept="0.2" targetCategory="no"/>`
  const variants: [string, ScoringModel][] = [
    ['of the bad, ln(good/bad)', of(regressionOf(tables(-1.2, -0.8, -1.4, 'bad', 'good'), { derived: good }))],
    ['of the good, ln(good/bad)', of(regressionOf(tables(1.2, 0.8, 1.4, 'good', 'bad'), { derived: good }))],
    ['of the bad, ln(bad/good)', of(regressionOf(tables(-1.2, 0.8, 1.4, '1', '0'), { derived: bad }), '1')],
    ['of the good, ln(bad/good)', of(regressionOf(tables(1.2, -0.8, -1.4, 'no', 'default'), { derived: bad }))],
    ['of a category that is named', of(regressionOf(tables(-1.2, -0.8, -1.4, 'Q', 'P'), { derived: good }), 'Q')],
    ['of the other than is named', of(regressionOf(tables(1.2, 0.8, 1.4, 'Q', 'P'), { derived: good }), 'P')],
    [
      'with softmax',
      of(
        regressionOf(softmax, {
          derived: good,
          attributes: 'functionName="classification" normalizationMethod="softmax"'
        })
      )
    ]
  ]
  for (const [name, model] of variants) {
    const table: [Record<string, string | number>, number][] = [
      [{ years: 2, branch: 'steel' }, pdOf(-1.5, 0.6)],
      [{ years: nextUp(2), branch: 'wood' }, pdOf(0.3, -0.7)],
      [{ years: 8, branch: 'steel' }, pdOf(1.1, 0.6)],
      [{ years: 8, branch: 'glass' }, pdOf(1.1, -0.9)],
      [{ branch: 'wood' }, pdOf(-1.5, -0.7)],
      [{ years: 100 }, pdOf(1.1, -0.9)]
    ]
    for (const [values, pd] of table) {
      const found = pdFrom(model, values)
      t.ok(Math.abs(found - Math.max(pd, 0.0005)) < 1e-6, `${name} ${JSON.stringify(values)}: ${found} for ${pd}`)
    }
    t.ok(model.kind === 'woe' && model.characteristics.every(({ coefficient }) => coefficient < 0), name)
    t.match(model.characteristics, [
      { id: 'years', attributes: [{ to: nextUp(2), woe: -1.5 }, { woe: 0.3 }, { from: 8, woe: 1.1 }] },
      {
        id: 'branch',
        attributes: [
          { values: ['steel'], woe: 0.6 },
          { values: ['wood'], woe: -0.7 }
        ]
      }
    ])
  }
})

t.test('the values of a category may each have a coefficient; one that adds nothing is left out', async (t) => {
  const fields = `<DataField name="branch" optype="categorical" dataType="string"><Value value="glass"/><Value value="steel"/><Value value="wood"/></DataField>
    <DataField name="member" optype="categorical" dataType="boolean"/><DataField name="size" optype="categorical" dataType="integer"/>`
  const predictors = [
    ['branch', 'steel', 0.5],
    ['branch', 'wood', 0.8],
    ['member', 'true', -0.4],
    ['size', '1', 0]
  ].map(
    ([name, value, coefficient]) =>
      `<CategoricalPredictor name="${name}" value="${value}" coefficient="${coefficient}"/>`
  )
  const xml = regressionOf(
    `<RegressionTable intercept="-2" targetCategory="yes">${predictors.join('')}</RegressionTable><RegressionTable intercept="0" targetCategory="no"/>`,
    { fields }
  )
  const { model, notes } = modelFrom(xml, { bad: 'yes' })
  const pd = (sum: number) => 1 / (1 + Math.exp(2 - sum))
  const table: [string, boolean, number][] = [
    ['steel', true, pd(0.5 - 0.4)],
    ['wood', false, pd(0.8)],
    ['glass', false, pd(0)]
  ]
  for (const [branch, member, wanted] of table) {
    const result = score(compileModel(model), featuresFrom({ branch, member }, '2026-03-31'), '2026-03-31')
    t.ok(Math.abs(pdOfModel(model, result.score ?? Number.NaN) - wanted) < 1e-6, branch)
  }
  t.ok(
    notes.some(({ detail }) => detail.includes('withholding it pays')),
    'the reference is more than the worst'
  )
  t.same(
    model.characteristics.map(({ id }) => id),
    ['branch', 'member']
  )
})

t.test('a regression that is no scorecard is refused, with its place and what to do', async (t) => {
  const derived = derivedWith(1)
  const plain = tables(-1, -1, -1, 'bad', 'good')
  const attributes = (text: string) => regressionOf(plain, { derived, attributes: text })
  const predictor = (inner: string) =>
    regressionOf(
      `<RegressionTable intercept="0" targetCategory="bad">${inner}</RegressionTable><RegressionTable intercept="0" targetCategory="good"/>`,
      { derived }
    )
  const table: [string, string, RegExp][] = [
    ['a regression of a number', attributes('functionName="regression"'), /does not say what the number means/],
    ['one table', regressionOf('<RegressionTable intercept="0" targetCategory="bad"/>'), /two tables/],
    [
      'three tables',
      regressionOf(`${plain}<RegressionTable intercept="0" targetCategory="ugly"/>`, { derived }),
      /two tables/
    ],
    ['two full tables', regressionOf(plain + plain.replaceAll('bad', 'x'), { derived }), /two tables/],
    [
      'a reference with predictors',
      regressionOf(
        plain.replace('"good"/>', '"good"><NumericPredictor name="w years" coefficient="1"/></RegressionTable>'),
        { derived }
      ),
      /reference/
    ],
    ['classes that tell nothing', regressionOf(tables(-1, -1, -1, 'A', 'B'), { derived }), /Say which of "A" and "B"/],
    ['classes that are both bad', regressionOf(tables(-1, -1, -1, 'bad', 'default'), { derived }), /Say which/],
    [
      'an intercept that is none',
      regressionOf(plain.replace('intercept="-1"', 'intercept="low"'), { derived }),
      /intercept is a number/
    ],
    ['a coefficient that is none', predictor('<NumericPredictor name="w years" coefficient="x"/>'), /coefficient/],
    [
      'a product',
      predictor('<NumericPredictor name="w years" coefficient="-1"/><PredictorTerm coefficient="1"/>'),
      /multiplies numbers/
    ],
    ['an unknown field', predictor('<NumericPredictor name="income" coefficient="1"/>'), /no field "income"/],
    ['a category without a value', predictor('<CategoricalPredictor name="branch" coefficient="1"/>'), /has its value/],
    ['nothing', predictor(''), /no predictor/],
    ['no effect', predictor('<NumericPredictor name="w years" coefficient="0"/>'), /other than 0/],
    [
      'bins of a word',
      regressionOf(plain, { derived: derived.replace('Discretize field="years"', 'Discretize field="branch"') }),
      /Only numbers/
    ],
    [
      'a bin without an interval',
      regressionOf(plain, { derived: derived.replace(/<Interval[^>]*>/, '') }),
      /A bin has an interval/
    ],
    ['an interval that is none', regressionOf(plain, { derived: derived.replace('closedOpen', 'half') }), /closure/],
    [
      'a table of other columns',
      regressionOf(plain, { derived: derived.replace('column="from"', 'column="name"') }),
      /A row has the columns/
    ],
    [
      'two columns',
      regressionOf(plain, {
        derived: derived.replace('<InlineTable>', '<FieldColumnPair field="years" column="x"/><InlineTable>')
      }),
      /A row has the columns/
    ]
  ]
  for (const [name, xml, said] of table) {
    const faults = faultsFrom(xml)
    t.ok(
      faults.some(({ pointer, detail }) => pointer.startsWith('/PMML/') && said.test(detail)),
      `${name}: ${JSON.stringify(faults)}`
    )
  }
  t.match(faultsFrom(regressionOf(tables(-1, -1, -1, 'A', 'B'), { derived }), { bad: 'C' }), [{ detail: /Say which/ }])
})

t.test(
  'models 1: what stands for a missing value, and rounding up, are within the lowest and highest score',
  async (t) => {
    const table = '<RegressionTable intercept="0"><NumericPredictor name="years" coefficient="1.25"/></RegressionTable>'
    const mined = `<MiningField name="years" outliers="asExtremeValues" lowValue="0" highValue="9" missingValueReplacement="-50"/>`
    const xml = regressionOf(table, {
      mined: `${mined}<MiningField name="y" usageType="target"/>`,
      attributes: 'functionName="regression"'
    }).replace(
      '<LocalTransformations>',
      '<Targets><Target field="y" castInteger="ceiling"/></Targets><LocalTransformations>'
    )
    const { model } = modelFrom(xml, { predicts: 'points' })
    const { scoreLowest, scoreHighest } = compileModel(model)
    t.same([scoreLowest, scoreHighest], [-62, 12])
    t.same([scoreOf(model, {}), scoreOf(model, { years: 99 })], [-62, 12])
  }
)

t.test('models 1: outliers that a part of a model treats anew are refused', async (t) => {
  const xml = `<PMML version="4.4"><Header/>
<DataDictionary><DataField name="years" optype="continuous" dataType="double"/></DataDictionary>
<MiningModel functionName="regression"><MiningSchema><MiningField name="years"/></MiningSchema>
<Segmentation multipleModelMethod="sum"><Segment><True/>
<RegressionModel functionName="regression"><MiningSchema><MiningField name="years" outliers="asExtremeValues" lowValue="0" highValue="9"/></MiningSchema>
<RegressionTable intercept="1"><NumericPredictor name="years" coefficient="2"/></RegressionTable></RegressionModel>
</Segment></Segmentation></MiningModel></PMML>`
  t.match(faultsFrom(xml, { predicts: 'points' }), [{ detail: /^Outliers are treated in the outer model here/ }])
})

const predictionOf = (model: ScoringModel, values: Record<string, string | number | undefined>) =>
  score(compileModel(model), featuresFrom(values, '2026-03-31'), '2026-03-31')

t.test('models 2: a category counts the same however a tool has coded it', async (t) => {
  const derived = (expression: string) =>
    `<DerivedField name="steel" optype="continuous" dataType="double">${expression}</DerivedField>`
  const numeric = '<NumericPredictor name="steel" coefficient="-0.7"/>'
  const codings: [string, string, string][] = [
    ['CategoricalPredictor', '<CategoricalPredictor name="branch" value="steel" coefficient="-0.7"/>', ''],
    ['NormDiscrete', numeric, derived('<NormDiscrete field="branch" value="steel" mapMissingTo="0"/>')],
    [
      'MapValues',
      numeric,
      derived(
        `<MapValues outputColumn="to" mapMissingTo="0" defaultValue="0"><FieldColumnPair field="branch" column="from"/><InlineTable>${row('steel', 1)}</InlineTable></MapValues>`
      )
    ],
    [
      'Apply',
      numeric,
      derived(
        '<Apply function="if" mapMissingTo="0"><Apply function="equal"><FieldRef field="branch"/><Constant dataType="string">steel</Constant></Apply><Constant dataType="double">1</Constant><Constant dataType="double">0</Constant></Apply>'
      )
    ]
  ]
  for (const [name, predictor, fields] of codings) {
    const xml = regressionOf(
      `<RegressionTable intercept="-1" targetCategory="bad">${predictor}</RegressionTable><RegressionTable intercept="0" targetCategory="good"/>`,
      { derived: fields }
    )
    const { model } = modelFrom(xml)
    for (const [branch, sum] of [
      ['steel', -1.7],
      ['wood', -1],
      [undefined, -1]
    ] as const) {
      const { prediction, score: points } = predictionOf(model, { branch })
      const found = prediction ?? pdOfModel(model, points ?? Number.NaN)
      t.ok(Math.abs(found - 1 / (1 + Math.exp(-sum))) < 1e-6, `${name}, ${branch}: ${found}`)
    }
  }
})

t.test('models 5: which category is the event is never guessed', async (t) => {
  const of = (first: string, second: string) =>
    regressionOf(
      `<RegressionTable intercept="-3" targetCategory="${first}"><NumericPredictor name="years" coefficient="0.5"/></RegressionTable><RegressionTable intercept="0" targetCategory="${second}"/>`
    )
  for (const [first, second] of [
    ['yes', 'no'],
    ['1', '0'],
    ['true', 'false'],
    ['repaid', 'lost'],
    ['good customers', 'bad customers']
  ] as const) {
    t.match(faultsFrom(of(first, second)), [{ detail: /Say which of .* is the bad one/ }], first)
    t.match(faultsFrom(of(first, second), { bad: 'perhaps' }), [{ detail: /there is no "perhaps"/ }])
    for (const [bad, sum] of [
      [first, -2],
      [second, 2]
    ] as const) {
      const { prediction } = predictionOf(modelFrom(of(first, second), { bad }).model, { years: 2 })
      t.ok(Math.abs((prediction ?? Number.NaN) - 1 / (1 + Math.exp(-sum))) < 1e-12, `${bad}: ${prediction}`)
    }
  }
  t.ok(modelFrom(of('bad', 'good')), 'what is called bad is')
})

t.test('models 8: numbers, categories and interactions, by each link, explained against the mean', async (t) => {
  const table =
    '<NumericPredictor name="years" coefficient="-0.25"/><CategoricalPredictor name="branch" value="steel" coefficient="0.5"/><PredictorTerm coefficient="0.125"><FieldRef field="years"/><FieldRef field="rooms"/></PredictorTerm>'
  const links: [string, (sum: number) => number, number][] = [
    ['logit', (sum) => 1 / (1 + Math.exp(-sum)), 1e-12],
    ['probit', () => 0.5 * (1 + 0.5204998778130465), 1e-12],
    ['cloglog', (sum) => 1 - Math.exp(-Math.exp(sum)), 1e-12]
  ]
  for (const [method, inverse, near] of links) {
    // Years 2, three rooms, steel: -0.5 + 0.5 + 0.75 and the intercept; of probit Φ(√½) is known.
    const sum = method === 'probit' ? Math.SQRT1_2 : 0.25
    const xml = regressionOf(
      `<RegressionTable intercept="${sum - 0.75}" targetCategory="bad">${table}</RegressionTable><RegressionTable intercept="0" targetCategory="good"/>`,
      { attributes: `functionName="classification" normalizationMethod="${method}"` }
    ).replace(
      '<LocalTransformations>',
      '<ModelStats><UnivariateStats field="years"><NumericInfo mean="4"/></UnivariateStats></ModelStats><LocalTransformations>'
    )
    const { model } = modelFrom(xml)
    const made = predictionOf(model, { years: 2, rooms: 3, branch: 'steel' })
    const wanted = inverse(sum)
    t.ok(Math.abs((made.prediction ?? Number.NaN) - wanted) < near, `${method}: ${made.prediction} for ${wanted}`)
    const total = made.contributions.reduce((all, { points }) => all + points, made.basePoints)
    t.ok(Math.abs(total - (made.score ?? Number.NaN)) < 1e-9)
    t.equal(predictionOf(model, { years: 2, branch: 'steel' }).prediction, null, 'without rooms there is no result')
    const years = made.contributions.find(({ id }) => id === 'years')
    // Two years less than the mean add half to the log-odds of bad, 20 points double them.
    if (method === 'logit') t.ok(Math.abs((years?.points ?? 0) + (0.5 * 20) / Math.LN2) < 1e-9, String(years?.points))
  }
})

t.test('models 10: numbers are not voted on, and targets are those of the model', async (t) => {
  const of = (method: string, target = 'loss') => `<PMML version="4.4"><Header/>
<DataDictionary><DataField name="years" optype="continuous" dataType="double"/><DataField name="loss" optype="continuous" dataType="double"/></DataDictionary>
<MiningModel functionName="regression"><MiningSchema><MiningField name="loss" usageType="target"/><MiningField name="years"/></MiningSchema>
<Targets><Target field="${target}" rescaleFactor="2"/></Targets>
<Segmentation multipleModelMethod="${method}"><Segment><True/><RegressionModel functionName="regression"><MiningSchema><MiningField name="years"/></MiningSchema><RegressionTable intercept="1"><NumericPredictor name="years" coefficient="2"/></RegressionTable></RegressionModel></Segment></Segmentation></MiningModel></PMML>`
  t.equal(scoreOf(modelFrom(of('average'), { predicts: 'points' }).model, { years: 3 }), 14)
  for (const method of ['majorityVote', 'weightedMajorityVote'])
    t.match(faultsFrom(of(method), { predicts: 'points' }), [
      { pointer: '/PMML/MiningModel/Segmentation', detail: /is no way to make one number of several models/ }
    ])
  t.match(faultsFrom(of('average', 'years'), { predicts: 'points' }), [
    { pointer: '/PMML/MiningModel/Targets/Target', detail: /"years", which the model does not predict/ }
  ])
})

t.test('models 10: a threshold of missing predictions is refused', async (t) => {
  const segment =
    '<Segment><True/><RegressionModel functionName="regression"><MiningSchema><MiningField name="years"/></MiningSchema><RegressionTable intercept="1"><NumericPredictor name="years" coefficient="2"/></RegressionTable></RegressionModel></Segment>'
  const of = (threshold: string) => `<PMML version="4.4"><Header/>
<DataDictionary><DataField name="years" optype="continuous" dataType="double"/></DataDictionary>
<MiningModel functionName="regression"><MiningSchema><MiningField name="years"/></MiningSchema>
<Segmentation multipleModelMethod="sum" missingPredictionTreatment="skipSegment" missingThreshold="${threshold}">${segment}${segment}</Segmentation></MiningModel></PMML>`
  t.match(faultsFrom(of('0.4'), { predicts: 'points' }), [{ detail: /missingThreshold/ }])
  t.match(faultsFrom(of('1'), { predicts: 'points' }), [])
  const unknown = of('1').replace('skipSegment', 'somehow')
  t.match(faultsFrom(unknown, { predicts: 'points' }), [{ detail: /no missingPredictionTreatment "somehow"/ }])
  const outliers = of('1').replace(
    'name="years"/></MiningSchema>\n',
    'name="years" outliers="somehow"/></MiningSchema>\n'
  )
  t.match(faultsFrom(outliers, { predicts: 'points' }), [{ detail: /no treatment "somehow" of outliers/ }])
})
