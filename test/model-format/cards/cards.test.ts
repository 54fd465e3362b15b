import t from 'tap'
import { fromFormat, type TextFormat } from '../../../src/model-format/formats.ts'
import { faultsFromText, modelFromText, resultOf, type Values } from '../text-models.ts'

const SCORECARDPY = `,variable,bin,points
0,basepoints,,450
1,years,"[-inf,5.0)",-20
2,years,"[5.0,12.5)%,%[12.5,20.0)",35
3,years,"[20.0,inf)",40
4,years,missing,-25
5,branch,"steel%,%wood",12
6,branch,"a, ""b""%,%missing",-8
`
const TOAD = JSON.stringify({
  years: { '[-inf ~ 5.0)': 210.4, '[5.0 ~ inf)': 255.1, nan: 215 },
  branch: { 'steel,wood': 240, retail: 221.5, else: 200, nan: 221.5 }
})
const OPTBINNING = `Variable,Bin,Points
years,"(-inf, 5.00)",20.5
years,"[5.00, inf)",61.25
years,Special,0.0
years,Missing,33
branch,"['steel' 'wood']",44
branch,"['it''s', ""the end""]",31
branch,Missing,31
`

t.test('models 6: cards of scorecardpy, toad and optbinning score as their tables say', async (t) => {
  const table: [TextFormat, string, [Values, number | null][]][] = [
    [
      'scorecardpy',
      SCORECARDPY,
      [
        [{ years: 4.99, branch: 'steel' }, 450 - 20 + 12],
        [{ years: 5, branch: 'wood' }, 450 + 35 + 12],
        [{ years: 13, branch: 'a, "b"' }, 450 + 35 - 8],
        [{ years: 20, branch: 'wood' }, 450 + 40 + 12],
        [{ branch: 'wood' }, 450 - 25 + 12],
        [{ years: 20 }, 450 + 40 - 8],
        [{ years: 20, branch: 'gold' }, null]
      ]
    ],
    [
      'toad',
      TOAD,
      [
        [{ years: 4, branch: 'wood' }, 210.4 + 240],
        [{ years: 5, branch: 'retail' }, 255.1 + 221.5],
        [{ branch: 'gold' }, 215 + 200],
        [{ years: 7 }, 255.1 + 221.5]
      ]
    ],
    [
      'optbinning',
      OPTBINNING,
      [
        [{ years: 4, branch: 'wood' }, 20.5 + 44],
        [{ years: 5, branch: 'the end' }, 61.25 + 31],
        [{}, 33 + 31],
        [{ years: 5, branch: 'gold' }, null]
      ]
    ]
  ]
  for (const [format, text, rows] of table) {
    const model = modelFromText(format, text)
    t.match(model, { origin: { format } })
    for (const [values, wanted] of rows) {
      const { score } = resultOf(model, values)
      t.ok(
        wanted === null ? score === null : Math.abs((score ?? 0) - wanted) < 1e-9,
        `${format} ${JSON.stringify(values)}: ${score} for ${wanted}`
      )
    }
  }
})

t.test('models 6: a card that cannot be read says why, with its line or pointer', async (t) => {
  const table: [TextFormat, string, string, RegExp][] = [
    ['scorecardpy', 'variable,bin\na,b\n', 'line 1', /no column "points"/],
    ['scorecardpy', 'variable,bin,points\nyears,"[1,2)",many\n', 'line 2', /"many" is no number of points/],
    ['scorecardpy', 'variable,bin,points\nyears,"[1,2)%,%[3,4)",1\n', 'line 2', /no bin/],
    ['scorecardpy', 'variable,bin,points\nyears,"[1,2),1\n', '', /never closed/],
    ['scorecardpy', 'variable;bin;points\nyears;"[1,2)";1\n', '', /no CSV with commas .* a quote stands within/],
    ['scorecardpy', 'variable,bin,points\nyears,"[1,2)", \n', 'line 2', /" " is no number of points/],
    ['scorecardpy', 'variable,bin,points\nbasepoints,,1\n', '', /holds no variable/],
    ['toad', '[1]', '', /no JSON of an object/],
    ['toad', '{"years": {"[0 ~ 1)": "x"}}', '/years/[0 ~0 1)', /"x" is no number of points/],
    ['toad', '{"years": {"[a ~ 1)": 1}}', '/years/[a ~0 1)', /bounds are no numbers/],
    ['toad', '{"years": {"[0 ~ 1)": ""}}', '/years/[0 ~0 1)', /"" is no number of points/],
    ['optbinning', `Variable,Bin,Points\nbranch,"['a' 'b' ... 'z']",3\n`, 'line 2', /abbreviated .* print it whole/],
    ['optbinning', 'Variable,Bin,Points\nyears,,3\n', 'line 2', /is no bin/]
  ]
  for (const [format, text, place, said] of table)
    t.match(faultsFromText(format, text), [{ pointer: place, detail: said }], `${format} ${text}`)
})

t.test('models 6: a value in no bin of scorecardpy has no score, which is told', async (t) => {
  const card = `variable,bin,points
basepoints,,450
years,"[-inf,5.0)",-20
years,"[5.0,inf)",35
branch,steel,12
branch,wood,-3
`
  const model = modelFromText('scorecardpy', card)
  const table: [Values, number | null][] = [
    [{ years: 4, branch: 'steel' }, 442],
    [{ years: 4, branch: 'gold' }, null],
    [{ years: 4 }, null],
    [{ branch: 'wood' }, null]
  ]
  for (const [values, wanted] of table) t.equal(resultOf(model, values).score, wanted, JSON.stringify(values))
  const found = fromFormat('scorecardpy', card)
  const told = 'notes' in found ? found.notes.map(({ detail }) => detail) : []
  t.ok(
    told.some((detail) => /^A value in no bin leaves the customer without a score.*scorecardpy adds no/.test(detail))
  )
})

t.test('models 6: an intercept-based card of optbinning asks for its intercept', async (t) => {
  const table = `Variable,Bin,Points
years,"(-inf, 5.00)",0
years,"[5.00, inf)",61.25
years,Missing,33
branch,['steel'],44
branch,Missing,0.0
`
  t.match(faultsFromText('optbinning', table), [{ detail: /add a row with the variable Intercept/ }])
  const values = { years: 9, branch: 'steel' }
  t.equal(resultOf(modelFromText('optbinning', `${table}Intercept,,310.5\n`), values).score, 310.5 + 61.25 + 44)
  t.equal(resultOf(modelFromText('optbinning', `${table}Intercept,,0\n`), values).score, 61.25 + 44)
})

t.test('models 6: what is hostile in a text leaves a model or faults', async (t) => {
  const texts = [
    '',
    '\u0000',
    '{',
    '[[[[',
    '{"__proto__": {"a": 1}}',
    'tree\nTree=0\n',
    'a,b,"',
    '{"constructor": {"nan": 1}}',
    '['.repeat(100_000)
  ]
  for (const format of ['lightgbm', 'xgboost', 'scorecardpy', 'toad', 'optbinning'] as const)
    for (const text of texts)
      t.ok(faultsFromText(format, text).length > 0 || modelFromText(format, text), `${format} ${text.slice(0, 20)}`)
  t.equal(({} as { a?: number }).a, undefined)
})

t.test('models 6: toad gives what is in no bin points of its own', async (t) => {
  const card = JSON.stringify({
    years: { '[-inf ~ -5.0)': 300, '[-5.0 ~ 5.0)': 210, '[5.0 ~ inf)': 255 },
    branch: { 'steel,nan': 240, retail: 221.5 },
    trade: { 'a,b': 10, c: 4 },
    region: { north: 7, else: 3 }
  })
  const model = modelFromText('toad', card)
  const table: [Values, number][] = [
    [{ years: 9, branch: 'retail', trade: 'a', region: 'north' }, 255 + 221.5 + 10 + 7],
    // A missing number is -1, a missing category "nan", and what is in no group earns the least.
    [{}, 210 + 240 + 4 + 3],
    [{ years: -9, branch: 'gold', trade: 'z', region: 'south' }, 300 + 221.5 + 4 + 3]
  ]
  for (const [values, wanted] of table) t.equal(resultOf(model, values).score, wanted, JSON.stringify(values))
})

t.test('models 6: a special value of scorecardpy comes before the range around it', async (t) => {
  const card = `variable,bin,points
basepoints,,100
years,"[-inf,5.0)",-20
years,"[5.0,inf)",40
years,"-999%,%missing",7
`
  const model = modelFromText('scorecardpy', card)
  for (const [years, wanted] of [
    [-999, 107],
    [undefined, 107],
    [-998, 80],
    [5, 140]
  ])
    t.equal(resultOf(model, { years }).score, wanted, `${years}`)
})

t.test('models 6: categories of optbinning without quotes keep their spaces', async (t) => {
  const model = modelFromText(
    'optbinning',
    'Variable,Bin,Points\nb,"[self employed, own]",5\nb,[other],1\nb,Missing,-1\n'
  )
  t.equal(resultOf(model, { b: 'self employed' }).score, 5)
})
