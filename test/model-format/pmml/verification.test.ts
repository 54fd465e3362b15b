import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { type CardModel, compileModel, type ScoringModel, score } from '../../../src/engine/index.ts'
import { toPmml } from '../../../src/model-format/pmml/cards/export.ts'
import { fromPmml, type PmmlImport } from '../../../src/model-format/pmml/import.ts'
import { readXml, type XmlElement } from '../../../src/model-format/pmml/read/xml.ts'
import { isWithin } from '../../../src/model-format/pmml/verification/verify.ts'
import { woeModel } from '../../engine/woe-model.ts'
import { featuresFrom } from '../random-models.ts'
import { cardOf, characteristic, faultsFrom, is, modelFrom, regressionOf } from './foreign-pmml.ts'

type Cells = Readonly<Record<string, string | number>>

/** A document with rows behind its model. */
function withRows(xml: string, fields: readonly string[], rows: readonly Cells[], more = ''): string {
  const declared = fields.map((field) => `<VerificationField field="${field}" column="${columnOf(field)}" ${more}/>`)
  const table = rows.map(
    (cells) =>
      `<row>${Object.entries(cells)
        .map(([field, value]) => `<${columnOf(field)}>${value}</${columnOf(field)}>`)
        .join('')}</row>`
  )
  const verification = `<ModelVerification recordCount="${rows.length}"><VerificationFields>${declared.join('')}</VerificationFields><InlineTable>${table.join('')}</InlineTable></ModelVerification>`
  return xml.replace(/<\/(Scorecard|RegressionModel|TreeModel|MiningModel)>\s*<\/PMML>/, `${verification}$&`)
}

const columnOf = (field: string) => field.replace(/\W/g, '_')

const card = cardOf(
  characteristic(
    'age',
    [
      [5, is('years', 'isMissing')],
      [10, is('years', 'lessThan', 5)],
      [40, '<True/>']
    ],
    'reasonCode="AGE" baselineScore="40"'
  ) +
    characteristic(
      'trade',
      [
        [20, is('branch', 'equal', 'steel')],
        [0, '<True/>']
      ],
      'reasonCode="TRADE" baselineScore="20"'
    ),
  { attributes: 'initialScore="100" reasonCodeAlgorithm="pointsBelow"' }
).replace(
  '</Output>',
  '<OutputField name="code" feature="reasonCode" rank="1" dataType="string" optype="categorical"/></Output>'
)

t.test('models 1: rows that come out are no hindrance, complete or not', async (t) => {
  const rows = [
    { years: 3, branch: 'steel', result: 130, code: 'AGE' },
    { years: 7, branch: 'wood', result: 140, code: 'TRADE' },
    { branch: 'steel', result: 125, code: 'AGE' },
    { years: 9, branch: 'steel', result: 160 },
    { result: 105 }
  ]
  const { model } = modelFrom(withRows(card, ['years', 'branch', 'result', 'code'], rows))
  t.equal(model.kind, undefined, 'a card of ours')
})

t.test('models 1: a row that does not come out is told with its field, what was expected and what came', async (t) => {
  const table: [Cells, RegExp][] = [
    [
      { years: 3, branch: 'steel', result: 131 },
      /Row 2 .* for "result" the document expects "131", and the model gives 130\./
    ],
    [{ branch: 'steel', result: 130 }, /expects "130", and the model gives 125\./],
    [
      { years: 3, branch: 'steel', result: 130, code: 'TRADE' },
      /for "code" the document expects "TRADE", and the model gives "AGE"/
    ],
    [{ years: 3, branch: 'steel', result: 'many' }, /expects "many", and the model gives 130\./]
  ]
  for (const [row, said] of table) {
    const faults = faultsFrom(withRows(card, ['years', 'branch', 'result', 'code'], [{ years: 7, result: 140 }, row]))
    t.equal(faults.length, 1)
    t.match(faults[0]?.pointer, '/PMML/Scorecard/ModelVerification/InlineTable/row[2]')
    t.match(faults[0]?.detail, said)
  }
})

const regression = regressionOf(
  '<RegressionTable targetCategory="bad" intercept="-1"><NumericPredictor name="years" coefficient="-0.5"/></RegressionTable><RegressionTable targetCategory="good" intercept="0"/>',
  { mined: '<MiningField name="years"/><MiningField name="outcome" usageType="target"/>' }
).replace(
  '</Output>',
  '<OutputField name="p_bad" feature="probability" value="bad" dataType="double" optype="continuous"/><OutputField name="p_good" feature="probability" value="good" dataType="double" optype="continuous"/><OutputField name="twice" feature="transformedValue" dataType="double" optype="continuous"><Apply function="*"><FieldRef field="p_bad"/><Constant dataType="double">2</Constant></Apply></OutputField><OutputField name="sure" feature="confidence" dataType="double" optype="continuous"/></Output>'
)

t.test('models 1: probabilities, classes and outputs that transform are verified alike', async (t) => {
  const p = 1 / (1 + Math.exp(2))
  const row = { years: 2, outcome: 'good', p_bad: p, p_good: 1 - p, twice: 2 * p, result: 'good' }
  const fields = ['years', 'outcome', 'p_bad', 'p_good', 'twice', 'result']
  modelFrom(withRows(regression, fields, [row]))
  for (const [field, value, got] of [
    ['p_bad', 0.2, String(p)],
    ['p_good', 0.2, String(1 - p)],
    ['twice', 0.2, String(2 * p)],
    ['outcome', 'bad', '"good"'],
    ['result', 'bad', '"good"']
  ] as const) {
    const [fault, second] = faultsFrom(withRows(regression, fields, [{ ...row, [field]: value }]))
    t.equal(second, undefined)
    t.match(fault?.detail, `for "${field}" the document expects "${value}", and the model gives ${got.slice(0, 8)}`)
  }
  const { notes } = modelFrom(withRows(regression, [...fields, 'sure'], [{ ...row, sure: 1 }]))
  t.ok(notes.some(({ detail }) => /The result "sure" was not verified/.test(detail)))
})

t.test('models 1: what is within the precision of the document comes out', async (t) => {
  const table: [expected: number, found: number, precision: number, zero: number, isIn: boolean][] = [
    [100, 100.00009, 1e-6, 1e-16, true],
    [100, 100.00011, 1e-6, 1e-16, false],
    [-100, -100.00009, 1e-6, 1e-16, true],
    [-100, 100, 1e-6, 1e-16, false],
    [0, 1e-17, 1e-6, 1e-16, true],
    [0, 1e-15, 1e-6, 1e-16, false],
    [1e-5, -1e-5, 1e-6, 1e-4, true],
    [1e-5, 2e-4, 1e-6, 1e-4, false],
    [100, 110, 0.1, 0, true]
  ]
  for (const [expected, found, precision, zero, wanted] of table)
    t.equal(isWithin(expected, found, precision, zero), wanted, `${found} for ${expected}`)
  const rows = [{ years: 3, branch: 'steel', result: 131 }]
  modelFrom(withRows(card, ['years', 'branch', 'result'], rows, 'precision="0.01"'))
  t.match(faultsFrom(withRows(card, ['years', 'branch', 'result'], rows, 'precision="0.001"')), [{ detail: /131/ }])
  t.match(faultsFrom(withRows(card, ['years', 'result'], rows, 'precision="-1"')), [
    { detail: /precision is a number/ }
  ])
})

t.test('models 1: rows that ask for what is not there are told, or noted', async (t) => {
  const told = (xml: string, choices: PmmlImport = {}) => JSON.stringify(fromPmml(xml, choices))
  t.match(told(withRows(card, ['years', 'nobody'], [{ years: 1, nobody: 2 }])), /nobody.* is neither a field/)
  for (const name of ['constructor', '__proto__', 'toString']) {
    const field = `<VerificationField field="${name}" column="${name}"/>`
    const xml = withRows(card, ['years'], [{ years: 1 }]).replace(
      '</VerificationFields>',
      `${field}</VerificationFields>`
    )
    t.match(told(xml), /is neither a field of the model/)
  }
  const elsewhere = withRows(card, ['years'], []).replace('<InlineTable></InlineTable>', '<TableLocator/>')
  t.match(told(elsewhere), /not in the document: they were not run/)
  const many = Array.from({ length: 1_200 }, () => ({ years: 3, branch: 'steel', result: 130 }))
  t.match(told(withRows(card, ['years', 'branch', 'result'], many)), /Of 1200 rows the first 1000 were run/)
  const wrong = Array.from({ length: 200 }, () => ({ years: 3, branch: 'steel', result: 1 }))
  t.equal(faultsFrom(withRows(card, ['years', 'branch', 'result'], wrong)).length, 20)
})

t.test('models 3: a card of risk points gives the reasons that its document ranks', async (t) => {
  const risk = card.replace('"pointsBelow"', '"pointsAbove"').replaceAll(/baselineScore="\d+"/g, 'baselineScore="0"')
  const rows = [
    { years: 7, branch: 'steel', result: 160, code: 'AGE' },
    { years: 3, branch: 'steel', result: 130, code: 'TRADE' }
  ]
  const xml = withRows(risk, ['years', 'branch', 'result', 'code'], rows)
  const { model } = modelFrom(xml, { predicts: 'riskPoints' })
  const { reasons } = score(
    compileModel(model),
    featuresFrom({ years: 7, branch: 'steel' }, '2026-03-31'),
    '2026-03-31'
  )
  t.match(reasons, [
    { modelCode: 'AGE', points: 40, direction: 'adverse' },
    { modelCode: 'TRADE', points: 20, direction: 'adverse' }
  ])
  const back = fromPmml(toPmml(model))
  t.strictSame('model' in back && back.model, model)
})

// ---- our own documents

const folder = new URL('../../../models/', import.meta.url)
const shipped = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name): CardModel => JSON.parse(readFileSync(new URL(name, folder), 'utf8')))

function rowsOf(xml: string): { fields: Map<string, string>; rows: Map<string, string>[] } {
  const root = readXml(xml)
  assert.ok(!('fault' in root))
  const all = (element: XmlElement, name: string): XmlElement[] =>
    element.children.flatMap((each) => [...(each.name === name ? [each] : []), ...all(each, name)])
  const [verification] = all(root, 'ModelVerification')
  assert.ok(verification !== undefined)
  const fields = all(verification, 'VerificationField').map(
    ({ attributes }) => [attributes.get('column') ?? '', attributes.get('field') ?? ''] as const
  )
  const rows = all(verification, 'row').map(
    ({ children }) => new Map(children.map(({ name, text }) => [name, text] as const))
  )
  return { fields: new Map(fields), rows }
}

t.test('models 1: our own documents bring rows along that meet every characteristic, missing values too', async (t) => {
  for (const model of [...shipped, woeModel()] as ScoringModel[]) {
    for (const as of model.kind === 'woe' ? (['scorecard', 'regression'] as const) : (['scorecard'] as const)) {
      const xml = toPmml(model, { as })
      const { fields, rows } = rowsOf(xml)
      t.ok(rows.length >= 3 && rows.length <= 40, `${model.id} as ${as}: ${rows.length} rows`)
      for (const [column, field] of fields) {
        const met = new Set(rows.map((row) => row.get(column)))
        if (column.startsWith('input')) t.ok(met.size >= 2, `${model.id}: ${field} has ${[...met]}`)
        else if (column === 'answer') t.notOk(met.has(undefined), `${model.id}: every row has an answer`)
      }
      const wrong = xml.replace(/<answer>[^<]*</, '<answer>123456<')
      t.match(fromPmml(wrong), { faults: [{ detail: /expects "123456"/ }] })
    }
  }
})

/** A tree on the logarithm of a number, which a number below 0 has none of. */
const treeOfLogarithm = `<PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4"><Header/>
<DataDictionary><DataField name="years" optype="continuous" dataType="double"/><DataField name="y" optype="continuous" dataType="double"/></DataDictionary>
<TreeModel functionName="regression" missingValueStrategy="defaultChild" splitCharacteristic="binarySplit">
<MiningSchema><MiningField name="years"/><MiningField name="y" usageType="target"/></MiningSchema>
<LocalTransformations><DerivedField name="log" optype="continuous" dataType="double"><Apply function="ln"><FieldRef field="years"/></Apply></DerivedField></LocalTransformations>
<Node id="1" defaultChild="2"><True/><Node id="2" score="1"><SimplePredicate field="log" operator="lessThan" value="0"/></Node><Node id="3" score="2"><SimplePredicate field="log" operator="greaterOrEqual" value="0"/></Node></Node>
</TreeModel></PMML>`

t.test('models 1: an empty cell says that there is no result, of many rows at once as of one', async (t) => {
  const rows = [{ years: 2, y: 2 }, { years: 0.5, y: 1 }, { y: 1 }, { years: -1, y: '' }]
  const { model } = modelFrom(withRows(treeOfLogarithm, ['years', 'y'], rows), { predicts: 'points' })
  t.equal(score(compileModel(model), featuresFrom({ years: -1 }, '2026-03-31'), '2026-03-31').prediction, null)
  const [fault] = faultsFrom(withRows(treeOfLogarithm, ['years', 'y'], [{ years: 2, y: '' }]), { predicts: 'points' })
  t.match(fault?.detail, /expects "", and the model gives 2\./)
})
