import { globSync, readFileSync } from 'node:fs'
import t from 'tap'

/** Words that others gave a name, and that are no words of ours. */
const NAMES_OF_OTHERS = ['银行授信额度']

/** The rows of the glossary, each with its Chinese words and those that stand nowhere. */
function glossary(): { word: string; terms: string[]; rivals: string[] }[] {
  const [, section = ''] = readFileSync('ARCHITECTURE.md', 'utf8').split('\n## Glossary\n')
  const rows = section.split('\n').filter((line) => line.startsWith('| '))
  return rows.slice(1).map((row) => {
    const [, word = '', , terms = '', rivals = ''] = row.split('|').map((cell) => cell.trim())
    return { word, terms: chineseIn(terms), rivals: chineseIn(rivals) }
  })
}

function chineseIn(text: string): string[] {
  return text.match(/\p{Script=Han}+/gu) ?? []
}

/** Every text in Chinese that a reader may get: of texts.json, of code, of models and policies. */
function allTexts(): { place: string; zh: string }[] {
  const files = globSync(['src/**/texts.json', 'models/*.json', 'policies/*.json'])
  const code = globSync('src/**/*.ts')
  // What edition 1 stored stays as it was.
  const isOfToday = (file: string) => !file.startsWith('src/engine/editions/')
  return [
    ...files.filter(isOfToday).flatMap((file) => textsIn(JSON.parse(readFileSync(file, 'utf8')), file)),
    ...code
      .filter(isOfToday)
      .flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(/'[^'\n]*'|`[^`\n]*`/g)].flatMap(([zh]) =>
          /\p{Script=Han}/u.test(zh) ? [{ place: file, zh }] : []
        )
      )
  ]
}

function textsIn(value: unknown, place: string): { place: string; zh: string }[] {
  if (typeof value !== 'object' || value === null) return []
  if ('zh' in value && typeof value.zh === 'string') return [{ place, zh: value.zh }]
  return Object.entries(value).flatMap(([name, each]) => textsIn(each, `${place} ${name}`))
}

const ROWS = glossary()
const TEXTS = allTexts()

t.test('every Chinese word of the glossary is used in a text', async (t) => {
  t.ok(ROWS.length > 40 && TEXTS.length > 1_500)
  for (const { word, terms } of ROWS)
    for (const term of terms)
      t.ok(
        TEXTS.some(({ zh }) => zh.includes(term)),
        `${word}: ${term}`
      )
})

t.test('no word that it replaces stands in any text, except within a word of the glossary', async (t) => {
  const terms = [...NAMES_OF_OTHERS, ...ROWS.flatMap((row) => row.terms)].toSorted((a, b) => b.length - a.length)
  const known = new RegExp(terms.join('|'), 'gu')
  const rest = TEXTS.map(({ place, zh }) => ({ place, zh: zh.replace(known, '·') }))
  for (const { word, rivals } of ROWS)
    for (const rival of rivals)
      t.same(
        rest.filter(({ zh }) => zh.includes(rival)),
        [],
        `${word}: ${rival}`
      )
})

t.test('one word has one meaning', async (t) => {
  const rivals = ROWS.flatMap((row) => row.rivals)
  t.equal(new Set(rivals).size, rivals.length)
  // A credit note is told of twice: by itself, and as one of the things that settle an invoice.
  const terms = ROWS.flatMap((row) => row.terms).filter((term) => term !== '红字发票')
  t.equal(new Set(terms).size, terms.length)
  t.same(
    rivals.filter((rival) => terms.includes(rival)),
    []
  )
})
