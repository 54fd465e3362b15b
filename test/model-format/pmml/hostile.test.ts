import fc from 'fast-check'
import t from 'tap'
import { toPmml } from '../../../src/model-format/pmml/cards/export.ts'
import { fromPmml } from '../../../src/model-format/pmml/import.ts'
import { numberOf, readXml } from '../../../src/model-format/pmml/read/xml.ts'
import { woeModel } from '../../engine/woe-model.ts'
import { cardOf, characteristic, faultsFrom, is, join } from './foreign-pmml.ts'

const card = cardOf(
  characteristic('one', [
    [1, is('years', 'lessThan', 2)],
    [2, '<True/>']
  ])
)

t.test('no text is an exception: what cannot be read is told', async (t) => {
  const bomb = `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;">]>`
  const external = '<!DOCTYPE PMML [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
  const deep = join('and', '<True/>').replace(
    '<True/>',
    () => `${'<CompoundPredicate booleanOperator="and">'.repeat(5_000)}<True/>${'</CompoundPredicate>'.repeat(5_000)}`
  )
  const table: [string, string, RegExp][] = [
    ['nothing', '', /well-formed/],
    ['text', 'hello', /well-formed/],
    ['JSON', '{"model": 1}', /well-formed/],
    ['cut short', card.slice(0, -20), /well-formed/],
    ['tags crossed', '<PMML><a></PMML></a>', /well-formed/],
    ['two roots', `${card}${card.slice(card.indexOf('<PMML'))}`, /well-formed/],
    ['a bomb of entities', card.replace('<PMML', `${bomb}<PMML a="&lol2;"`), /document type/],
    ['a file as an entity', card.replace('<PMML', `${external}<PMML a="&secret;"`), /document type/],
    ['a document type within a comment', card.replace('<Header', '<!-- <!DOCTYPE x> --><Header'), /document type/],
    ['an entity of nobody', card.replace('Sample card', '&lol;'), /entity &lol;/],
    ['a character that is none', card.replace('Sample card', '&#x110000;'), /character/],
    ['ten million characters', card.replace('Sample card', 'x'.repeat(10_000_000)), /longer than/],
    ['nested deep', cardOf(characteristic('one', [[1, deep]])), /nested/],
    ['nested deeper', '<a>'.repeat(500_000), /well-formed/],
    ['an attribute twice', card.replace('functionName=', 'functionName="x" functionName='), /repeated/],
    ['another root', '<html><body/></html>', /<html>, not <PMML>/],
    ['no version', card.replace(' version="4.2"', ''), /PMML "" is not read/],
    ['an old version', card.replace('"4.2"', '"3.2"'), /PMML "3.2" is not read/],
    ['a version of the future', card.replace('"4.2"', '"5.0"'), /is not read/],
    ['no model', card.replace(/<Scorecard[\s\S]*<\/Scorecard>/, ''), /no <Scorecard>/],
    ['another model', card.replaceAll('Scorecard', 'ClusteringModel'), /no <Scorecard>/],
    ['two models', card.replace(/<Scorecard[\s\S]*<\/Scorecard>/, '$&$&'), /more than one model/],
    ['no data dictionary', card.replace(/<DataDictionary[\s\S]*<\/DataDictionary>/, ''), /no field "years"/],
    ['a field twice', card.replace(/<DataField name="years"[^>]*>/, '$&$&'), /two fields of the name "years"/],
    ['a field without a name', card.replace('<DataField name="years"', '<DataField'), /has a name/]
  ]
  for (const [name, xml, said] of table) {
    const faults = faultsFrom(xml)
    t.ok(
      faults.some(({ code, detail }) => code === 'invalid' && said.test(detail)),
      `${name}: ${JSON.stringify(faults).slice(0, 400)}`
    )
  }
})

t.test('a name used twice is not two characteristics of one id', async (t) => {
  const two = characteristic('one', [
    [1, is('years', 'lessThan', 2)],
    [2, '<True/>']
  ])
  const result = fromPmml(cardOf(two + two))
  t.match('model' in result && result.model.characteristics, [{ id: 'one' }, { id: 'one-2' }])
})

t.test('no document makes endless work', async (t) => {
  const many = (count: number, of: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => of(index)).join('')
  const wide = cardOf(
    characteristic('one', [
      [
        1,
        `<CompoundPredicate booleanOperator="or">${many(20_000, (index) => is('years', 'equal', index))}</CompoundPredicate>`
      ]
    ])
  )
  t.match(faultsFrom(wide), [{ detail: /too many/ }])
  const bins = many(
    10_000,
    (index) =>
      `<DiscretizeBin binValue="${index}"><Interval closure="closedOpen" leftMargin="${index}" rightMargin="${index + 1}"/></DiscretizeBin>`
  )
  const derived = `<DerivedField name="bins" optype="continuous" dataType="double"><Discretize field="years">${bins}</Discretize></DerivedField>`
  t.match(faultsFrom(cardOf(characteristic('one', [[1, is('bins', 'lessThan', 2)]]), { derived })), [
    { detail: /too many/ }
  ])
  const attributes = Array.from({ length: 200 }, (_, index) => [index, is('years', 'lessThan', index)] as const)
  t.match(faultsFrom(cardOf(characteristic('one', [...attributes, [0, '<True/>']]))), [
    { pointer: '/PMML/Scorecard#/characteristics/0/attributes' }
  ])
  t.equal(faultsFrom(cardOf(many(5_000, () => '<Characteristic/>'))).length, 100)
})

t.test('an Extension that is hostile is told as well', async (t) => {
  const xml = toPmml(woeModel())
  const extension = (text: string) => xml.replace(/(name="model">)[^<]*/, (_, start: string) => `${start}${text}`)
  const texts = [
    '',
    '{',
    'null',
    '[]',
    '1',
    '"x"',
    '{}',
    '{"kind":"woe"}',
    '{"kind":"woe","characteristics":[null]}',
    '{"characteristics":[{"id":"address"},{"id":"housing"},{"id":"telephone"}]}',
    '{"__proto__":{"kind":"woe"}}',
    '['.repeat(100_000),
    `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`
  ]
  for (const text of texts) t.not(faultsFrom(extension(text)).length, 0, text.slice(0, 50))
  t.equal(({} as { kind?: string }).kind, undefined)
})

t.test('whatever is changed in a document, there is a model or there are faults', async () => {
  const documents = [
    toPmml(woeModel()),
    toPmml(woeModel(), { as: 'regression' }),
    card,
    toPmml(woeModel(), { as: 'regression' }).replace(/<Extension[\s\S]*?<\/Extension>/g, '')
  ]
  const pieces = fc.constantFrom(
    '',
    '<',
    '>',
    '"',
    '&',
    '&lt;',
    '/>',
    '-',
    '1e999',
    'NaN',
    '0',
    '"4.4"',
    'isMissing',
    '<True/>',
    '\u0000',
    '\ud800',
    '[',
    '{}'
  )
  fc.assert(
    fc.property(
      fc.constantFrom(...documents),
      fc.nat(),
      fc.nat({ max: 40 }),
      fc.oneof(pieces, fc.string({ maxLength: 5 })),
      (document, place, length, piece) => {
        const at = place % document.length
        const result = fromPmml(document.slice(0, at) + piece + document.slice(at + length))
        return 'model' in result || result.faults.length > 0
      }
    ),
    { numRuns: 1_500 }
  )
})

t.test('numbers are those of XML Schema', async (t) => {
  const table: [string | undefined, number | undefined][] = [
    ['1', 1],
    ['-1.5', -1.5],
    ['+.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['1E-3', 0.001],
    [' 7 ', 7],
    ['', undefined],
    [' ', undefined],
    [undefined, undefined],
    ['0x10', undefined],
    ['1_000', undefined],
    ['1,5', undefined],
    ['Infinity', undefined],
    ['INF', undefined],
    ['NaN', undefined],
    ['1e999', undefined],
    ['e5', undefined],
    ['.', undefined]
  ]
  for (const [text, wanted] of table) t.equal(numberOf(text), wanted, `${text}`)
})

t.test('text, CDATA and character references are read, comments and instructions are not', async (t) => {
  const found = readXml(
    '\ufeff<?xml version="1.0"?><!-- a --><p:a x="1&#10;&lt;&amp;amp;"><?pi x?>b<![CDATA[&amp;<c/>]]>&#x4e2d;<!-- d --><p:e/></p:a>'
  )
  if ('fault' in found) throw new Error(found.fault)
  t.equal(found.name, 'a')
  t.equal(found.attributes.get('x'), '1\n<&amp;')
  t.equal(found.text, 'b&amp;<c/>中')
  t.same(
    found.children.map(({ place }) => place),
    ['/a/e']
  )
})
