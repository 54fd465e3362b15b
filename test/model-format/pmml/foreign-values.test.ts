import t from 'tap'
import { compileModel, type FeatureValue, type ScoringModel, score } from '../../../src/engine/index.ts'
import { toPmml } from '../../../src/model-format/pmml/cards/export.ts'
import { featuresFrom } from '../random-models.ts'
import { cardOf, characteristic, faultsFrom, is, modelFrom, regressionOf, scoreOf } from './foreign-pmml.ts'
import { pmmlInterpreter } from './pmml-interpreter.ts'

type Values = Readonly<Record<string, FeatureValue | undefined>>

const predictionOf = (model: ScoringModel, values: Values): number | null =>
  score(compileModel(model), featuresFrom(values, '2026-03-31'), '2026-03-31').prediction ?? null

/** A regression of a number on one field, which is points; what stands around it is given. */
const numberOf = (derived: string, predictor: string, parts: { fields?: string; mined?: string } = {}) =>
  regressionOf(
    `<RegressionTable intercept="0"><NumericPredictor name="${predictor}" coefficient="1"/></RegressionTable>`,
    { ...parts, derived, attributes: 'functionName="regression"' }
  )

const pointsFrom = (xml: string) => modelFrom(xml, { predicts: 'points' })

const INTEGER = '<DataField name="rooms" optype="continuous" dataType="integer"/>'
const mined = (more: string) => `<MiningField name="rooms" ${more}/>`

t.test('models 1: a number that is not whole is no valid value of an integer field', async (t) => {
  const treatments: [string, number | null][] = [
    ['', null],
    ['invalidValueTreatment="returnInvalid"', null],
    ['invalidValueTreatment="asIs"', 1.7],
    ['invalidValueTreatment="asMissing"', null],
    ['invalidValueTreatment="asMissing" missingValueReplacement="4"', 4],
    ['invalidValueTreatment="asValue" invalidValueReplacement="9"', 9]
  ]
  for (const [more, wanted] of treatments) {
    const xml = numberOf('', 'rooms', { fields: INTEGER, mined: mined(more) })
    const { model } = pointsFrom(xml)
    const interpreted = pmmlInterpreter(xml)
    for (const [rooms, answer] of [
      [1.7, wanted],
      [2, 2],
      [-3, -3]
    ] as const) {
      t.equal(predictionOf(model, { rooms }), answer, `${more}: ${rooms}`)
      t.equal(interpreted({ rooms })?.value ?? null, answer, `${more}: ${rooms}, by the standard`)
    }
    const written = toPmml(model)
    t.match(written, /<DataField name="rooms" [^>]*dataType="integer"/)
    t.same(modelFrom(written).model, model, `${more}: it comes back as it was`)
    t.equal(pmmlInterpreter(written)({ rooms: 1.7 })?.value ?? null, wanted, `${more}: others read the same`)
  }
})

t.test('models 1: an integer field of a card is an input that takes whole numbers', async (t) => {
  const rooms = characteristic('rooms', [
    [1, is('rooms', 'lessThan', 1.5)],
    [9, is('rooms', 'lessThan', 1.8)],
    [7, is('rooms', 'lessThan', 4)],
    [4, is('rooms', 'greaterOrEqual', 4)],
    [1, is('rooms', 'isMissing')]
  ])
  const cardWith = (more: string) => modelFrom(cardOf(rooms, { fields: INTEGER, mined: mined(more) })).model
  const whole = cardWith('')
  t.match(whole, { inputs: [{ id: 'rooms', type: 'numeric', whole: true }] })
  t.notOk(whole.kind, 'a points-based card')
  t.match(
    whole.cases,
    [{ features: { rooms: 2 }, expect: { score: 7 } }],
    'no range without a whole number is the best'
  )
  t.same(
    [1, 2, 3, 4, undefined].map((value) => scoreOf(whole, { rooms: value })),
    [1, 7, 7, 4, 1]
  )
  t.equal(scoreOf(whole, { rooms: 1.7 }), 1, 'any other is refused in a call, and counts as missing elsewhere')
  const asIs = cardWith('invalidValueTreatment="asIs"')
  t.notOk(asIs.inputs?.[0]?.whole)
  t.equal(scoreOf(asIs, { rooms: 1.7 }), 9)
  const asMissing = cardWith('invalidValueTreatment="asMissing"')
  t.equal(asMissing.kind, 'predictive')
  t.equal(scoreOf(asMissing, { rooms: 1.7 }), 1)
  const written = toPmml(whole)
  t.match(written, /<DataField name="rooms" [^>]*dataType="integer"/)
  t.same(modelFrom(written).model, whole)
})

t.test('models 1: rows of verification know what is no value of an integer field', async (t) => {
  const table = (value: number | string, wanted: number | string) =>
    `<ModelVerification><VerificationFields><VerificationField field="rooms"/><VerificationField field="result"/></VerificationFields>
    <InlineTable><row><rooms>${value}</rooms><result>${wanted}</result></row></InlineTable></ModelVerification>`
  const card = cardOf(
    characteristic('rooms', [
      [1, is('rooms', 'lessThan', 2)],
      [2, is('rooms', 'greaterOrEqual', 2)],
      [1, is('rooms', 'isMissing')]
    ]),
    { fields: INTEGER, mined: mined('') }
  )
  const withRow = (value: number, wanted: number | string) =>
    card.replace('</Scorecard>', `${table(value, wanted)}</Scorecard>`)
  t.same(faultsFrom(withRow(1, 1)), [])
  t.same(faultsFrom(withRow(1.7, '')), [], 'it has no result')
  t.match(faultsFrom(withRow(1.7, 1)), [{ detail: /^Row 1 of <ModelVerification> does not come out/ }])
})

t.test('models 9: a derived field that is declared as integer is told where it may not be one', async (t) => {
  const field = (expression: string) =>
    `<DerivedField name="d" optype="continuous" dataType="integer">${expression}</DerivedField>`
  const half = '<Apply function="/"><FieldRef field="years"/><Constant dataType="double">2</Constant></Apply>'
  const notesOf = (expression: string) =>
    pointsFrom(numberOf(field(expression), 'd')).notes.filter(({ detail }) => /declared as integer/.test(detail))
  t.equal(notesOf(half).length, 1)
  t.equal(notesOf(`<Apply function="floor">${half}</Apply>`).length, 0)
})

t.test('models 9: a derived field of type float has 32 bits in a card as everywhere', async (t) => {
  const near = 0.3
  const below = near - 1e-12
  const derived = (dataType: string) =>
    `<DerivedField name="d" optype="continuous" dataType="${dataType}"><FieldRef field="years"/></DerivedField>`
  const card = (dataType: string) =>
    cardOf(
      characteristic('one', [
        [1, is('d', 'lessThan', near)],
        [2, '<True/>']
      ]),
      { derived: derived(dataType) }
    )
  for (const [dataType, wanted] of [
    ['float', 2],
    ['double', 1]
  ] as const) {
    const { model } = modelFrom(card(dataType))
    t.equal(scoreOf(model, { years: below }), wanted, dataType)
    t.equal(pmmlInterpreter(card(dataType))({ years: below })?.value, wanted, `${dataType}, by the standard`)
  }
  const binned = `<DerivedField name="d" optype="continuous" dataType="float"><Discretize field="years" dataType="float"><DiscretizeBin binValue="0.3"><Interval closure="openOpen" rightMargin="2"/></DiscretizeBin></Discretize></DerivedField>`
  const sum = pointsFrom(numberOf(binned, 'd')).model
  t.equal(predictionOf(sum, { years: 1 }), Math.fround(0.3))
})

t.test('models 1: what is declared as float beside fields is told', async (t) => {
  const xml = numberOf('', 'years', { mined: '<MiningField name="years"/><MiningField name="y" usageType="target"/>' })
    .replace('</DataDictionary>', '<DataField name="y" optype="continuous" dataType="float"/></DataDictionary>')
    .replace('<RegressionModel ', '<RegressionModel x-mathContext="float" ')
  const told = pointsFrom(xml).notes.map(({ detail }) => detail)
  t.ok(told.some((detail) => /^x-mathContext is float/.test(detail)))
  t.ok(told.some((detail) => /^The target is declared as float/.test(detail)))
})

t.test(
  'models 1: results of functions that are not valid are treated as the document says, or it is told',
  async (t) => {
    const inverse = (more: string) =>
      `<DerivedField name="d" optype="continuous" dataType="double"><Apply function="/" ${more}><Constant dataType="double">1</Constant><FieldRef field="years"/></Apply></DerivedField>`
    const table: [string, number | null, number][] = [
      ['', null, 0],
      ['invalidValueTreatment="returnInvalid" defaultValue="5"', null, 0],
      ['invalidValueTreatment="asIs" defaultValue="5"', null, 1],
      ['invalidValueTreatment="asMissing" defaultValue="5"', 5, 0],
      ['invalidValueTreatment="asMissing"', null, 0]
    ]
    for (const [more, wanted, told] of table) {
      const xml = numberOf(inverse(more), 'd')
      const { model, notes } = pointsFrom(xml)
      t.equal(predictionOf(model, { years: 0 }), wanted, more)
      t.equal(pmmlInterpreter(xml)({ years: 0 })?.value ?? null, wanted, `${more}, by the standard`)
      t.equal(predictionOf(model, { years: 4 }), 0.25, more)
      t.equal(notes.filter(({ detail }) => /^asIs does not say/.test(detail)).length, told, more)
    }
    t.match(faultsFrom(numberOf(inverse('invalidValueTreatment="asValue"'), 'd'), { predicts: 'points' }), [
      { detail: 'A function has no treatment "asValue" of results that are not valid.' }
    ])
    const unknown = '<Apply function="normalCDF"><FieldRef field="years"/></Apply>'
    const field = `<DerivedField name="d" optype="continuous" dataType="double">${unknown}</DerivedField>`
    t.match(faultsFrom(numberOf(field, 'd'), { predicts: 'points' }), [
      { detail: 'The function "normalCDF" is not worked out here: write out what it does.' }
    ])
  }
)

t.test('models 1: the default of a target stands as it is, and is neither limited nor rescaled nor cast', async (t) => {
  const withTarget = (attributes: string) =>
    numberOf('', 'years').replace(
      '<LocalTransformations>',
      `<Targets><Target ${attributes}><TargetValue defaultValue="432.25"/></Target></Targets><LocalTransformations>`
    )
  const table: [string, number, number][] = [
    ['', 10, 0],
    ['max="100"', 10, 1],
    ['rescaleFactor="2"', 20, 1],
    ['rescaleConstant="1.25"', 11.25, 1],
    ['min="20" rescaleFactor="0.5" rescaleConstant="0.25" castInteger="floor"', 10, 1]
  ]
  for (const [attributes, known, told] of table) {
    const xml = withTarget(attributes)
    const { model, notes } = pointsFrom(xml)
    const interpreted = pmmlInterpreter(xml)
    t.same([predictionOf(model, { years: 10 }), predictionOf(model, {})], [known, 432.25], attributes)
    t.same(
      [interpreted({ years: 10 })?.value, interpreted({})?.value],
      [known, 432.25],
      `${attributes}, by the standard`
    )
    t.equal(
      notes.filter(({ detail }) => /^The defaultValue of the target stands/.test(detail)).length,
      told,
      attributes
    )
    const written = toPmml(model)
    t.same(modelFrom(written).model, model, `${attributes}: it comes back as it was`)
    t.equal(pmmlInterpreter(written)({})?.value, 432.25, `${attributes}: others read the same`)
  }
})

t.test('models 1: a model on file that rescales what stands for a missing result goes out as it is', async (t) => {
  const { model } = pointsFrom(numberOf('', 'years'))
  if (model.kind !== 'predictive') throw new Error('a predictive model was expected')
  const { steps, result } = model.predictor
  const rescale = { id: 'scaled', do: 'rescale', of: result, factor: 2, max: 50, otherwise: 70 } as const
  const before = {
    ...model,
    predictor: { ...model.predictor, steps: [...steps, rescale], result: 'scaled' },
    cases: []
  }
  t.same([predictionOf(before, { years: 10 }), predictionOf(before, {})], [20, 100])
  const interpreted = pmmlInterpreter(toPmml(before))
  t.same([interpreted({ years: 10 })?.value, interpreted({})?.value], [20, 100])
})

t.test('models 1, 9: names of objects are names like any other', async (t) => {
  const fields = ['constructor', '__proto__', 'toString']
    .map((name) => `<DataField name="${name}" optype="categorical" dataType="string"/>`)
    .join('')
  const all = ['constructor', '__proto__', 'toString'].map((name) => `<MiningField name="${name}"/>`).join('')
  const derived = `<DerivedField name="d" optype="continuous" dataType="double"><MapValues outputColumn="prototype" dataType="double" defaultValue="7">
    <FieldColumnPair field="constructor" column="constructor"/><FieldColumnPair field="__proto__" column="__proto__"/><FieldColumnPair field="toString" column="toString"/>
    <InlineTable><row><constructor>a</constructor><__proto__>b</__proto__><toString>c</toString><prototype>3</prototype></row></InlineTable></MapValues></DerivedField>`
  const { model, notes } = pointsFrom(numberOf(derived, 'd', { fields, mined: all }))
  const inputs = (model.inputs ?? []).map(({ id }) => id)
  t.same(inputs, ['constructor-2', 'proto__', 'toString'], 'each can be named in a call')
  t.ok(notes.some(({ detail }) => detail === 'The field "constructor" is the input "constructor-2" here.'))
  const [one = '', two = '', three = ''] = inputs
  t.equal(predictionOf(model, { [one]: 'a', [two]: 'b', [three]: 'c' }), 3)
  t.equal(predictionOf(model, { [one]: 'a', [two]: 'b', [three]: 'x' }), 7)
  t.equal(predictionOf(model, { [one]: 'a', [two]: 'b' }), null)
  t.same(modelFrom(toPmml(model)).model, model)
  t.equal(({} as { b?: string }).b, undefined)
})
