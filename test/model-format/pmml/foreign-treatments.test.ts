import t from 'tap'
import { compileModel, type FeatureValue, type ScoringModel, score } from '../../../src/engine/index.ts'
import { featuresFrom } from '../random-models.ts'
import { among, cardOf, characteristic, faultsFrom, is, modelFrom, regressionOf } from './foreign-pmml.ts'
import { pmmlInterpreter } from './pmml-interpreter.ts'

type Row = readonly [years: FeatureValue | undefined, wanted: number | null]

const predictionOf = (model: ScoringModel, years: FeatureValue | undefined): number | null =>
  score(compileModel(model), featuresFrom({ years }, '2026-03-31'), '2026-03-31').prediction ?? null

const field = (inner: string) => `<DataField name="years" optype="continuous" dataType="double">${inner}</DataField>`
const TABLE = '<RegressionTable intercept="1"><NumericPredictor name="years" coefficient="2"/></RegressionTable>'

/** A regression of points: twice the years, and one more. */
function points({ inner = '', mined = '', targets = '' }: { inner?: string; mined?: string; targets?: string }) {
  const parts = { fields: field(inner), mined: `<MiningField name="years" ${mined}/>` }
  return regressionOf(TABLE, { ...parts, attributes: 'functionName="regression"' }).replace(
    '<LocalTransformations>',
    `${targets}<LocalTransformations>`
  )
}

const INTERVAL = '<Interval closure="closedOpen" leftMargin="0" rightMargin="50"/>'

t.test('models 1: what is not valid, missing or far out is treated as the document says', async (t) => {
  const table: [string, Parameters<typeof points>[0], Row[]][] = [
    [
      'an interval',
      { inner: INTERVAL },
      [
        [0, 1],
        [50, null],
        [-1, null],
        [undefined, null]
      ]
    ],
    [
      'two intervals',
      { inner: `${INTERVAL}<Interval closure="openOpen" leftMargin="60"/>` },
      [
        [61, 123],
        [55, null]
      ]
    ],
    ['asIs', { inner: INTERVAL, mined: 'invalidValueTreatment="asIs"' }, [[60, 121]]],
    [
      'asMissing',
      { inner: INTERVAL, mined: 'invalidValueTreatment="asMissing" missingValueReplacement="3"' },
      [
        [60, 7],
        [undefined, 7]
      ]
    ],
    [
      'asValue',
      { inner: INTERVAL, mined: 'invalidValueTreatment="asValue" invalidValueReplacement="9"' },
      [
        [60, 19],
        [undefined, null]
      ]
    ],
    [
      'a value that is not valid',
      { inner: '<Value value="7" property="invalid"/>' },
      [
        [7, null],
        [8, 17]
      ]
    ],
    [
      'a value that is missing',
      { inner: '<Value value="-1" property="missing"/>', mined: 'missingValueReplacement="4"' },
      [[-1, 9]]
    ],
    [
      'no result without a value',
      { mined: 'missingValueTreatment="returnInvalid"' },
      [
        [undefined, null],
        [2, 5]
      ]
    ],
    ['a text for a number', { mined: 'missingValueReplacement="4"' }, [['2', null]]],
    [
      'limits',
      { mined: 'outliers="asExtremeValues" lowValue="0" highValue="10"' },
      [
        [-5, 1],
        [99, 21]
      ]
    ],
    [
      'beyond limits nothing',
      { mined: 'outliers="asMissingValues" lowValue="0" highValue="10" missingValueReplacement="2"' },
      [
        [-5, 5],
        [10, 21]
      ]
    ]
  ]
  for (const [name, parts, rows] of table) {
    const xml = points(parts)
    const { model } = modelFrom(xml, { predicts: 'points' })
    const interpreted = pmmlInterpreter(xml)
    for (const [years, wanted] of rows) {
      t.equal(predictionOf(model, years), wanted, `${name}: ${years}`)
      t.equal(interpreted({ years })?.value ?? null, wanted, `${name}: ${years}, by the standard`)
    }
  }
  const unknown: [string, RegExp][] = [
    ['invalidValueTreatment="asBefore"', /no treatment "asBefore" of invalid values/],
    ['invalidValueTreatment="asValue"', /With asValue there is an invalidValueReplacement/],
    ['outliers="asBefore"', /no treatment "asBefore" of outliers/],
    ['outliers="asExtremeValues"', /lowValue and highValue say what they are/]
  ]
  for (const [mined, detail] of unknown) t.match(faultsFrom(points({ mined }), { predicts: 'points' }), [{ detail }])
})

t.test('models 1: targets limit, rescale and cast what is predicted, in this order', async (t) => {
  const table: [string, number, number][] = [
    ['min="10"', 1, 10],
    ['max="10"', 9, 10],
    ['rescaleFactor="0.5" rescaleConstant="3"', 2, 5.5],
    ['max="10" rescaleFactor="0.25" rescaleConstant="0.4" castInteger="ceiling"', 9, 3],
    ['rescaleFactor="0.5" castInteger="round"', 2, 3],
    ['rescaleFactor="0.5" castInteger="floor"', 2, 2]
  ]
  for (const [attributes, years, wanted] of table) {
    const xml = points({ targets: `<Targets><Target ${attributes}/></Targets>` })
    t.equal(predictionOf(modelFrom(xml, { predicts: 'points' }).model, years), wanted, attributes)
    t.equal(pmmlInterpreter(xml)({ years })?.value, wanted, `${attributes}, by the standard`)
  }
  const strange = points({ targets: '<Targets><Target castInteger="truncate"/></Targets>' })
  t.match(faultsFrom(strange, { predicts: 'points' }), [{ detail: 'There is no castInteger "truncate".' }])
})

t.test(
  'models 1: what is not to be scored, and arrays that do not fit, are refused; other outputs are told',
  async (t) => {
    const branches = (n: number) =>
      characteristic('branch', [
        [1, among('branch', 'isIn', 'steel wood', n)],
        [2, among('branch', 'isNotIn', 'steel wood', n)]
      ])
    for (const no of ['false', '0', ' false ']) {
      const unscorable = cardOf(branches(2), { attributes: `useReasonCodes="false" isScorable="${no}"` })
      t.match(faultsFrom(unscorable), [{ pointer: '/PMML/Scorecard', detail: /not to be scored with \(isScorable\)/ }])
    }
    for (const yes of ['true', '1'])
      t.same(faultsFrom(cardOf(branches(2), { attributes: `useReasonCodes="0" isScorable="${yes}"` })), [])
    t.match(faultsFrom(cardOf(branches(3))), [{ detail: 'The array says that it holds "3" values, and holds 2.' }])
    t.same(faultsFrom(cardOf(branches(2))), [])
    const doubled =
      '<OutputField name="doubled" optype="continuous" dataType="double" feature="transformedValue"><Apply function="*"><FieldRef field="result"/><Constant>2</Constant></Apply></OutputField>'
    const xml = cardOf(
      characteristic('years', [
        [1, is('years', 'lessThan', 2)],
        [2, '<True/>']
      ])
    ).replace('</Output>', `${doubled}</Output>`)
    t.match(
      modelFrom(xml).notes.filter(({ pointer }) => pointer.includes('OutputField')),
      [
        {
          detail:
            'The output "doubled" (transformedValue) is not served: what is served is the answer of the model itself.'
        }
      ]
    )
    const served = modelFrom(xml, { output: 'doubled', predicts: 'points' }).model
    t.same([predictionOf(served, 1), predictionOf(served, 3)], [2, 4])
  }
)
