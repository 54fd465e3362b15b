import { globSync, readFileSync } from 'node:fs'
import t from 'tap'
import type { Said } from '../src/platform/values/said.ts'
import { FORBIDDEN } from './forbidden-words.ts'
import { englishIn } from './said-in-chinese.ts'

/** The texts of the service and its platform; those of the engine have a test of their own. */
const FILES = globSync('src/**/texts.json').filter((file) => !file.startsWith('src/engine/'))
const ALL = FILES.flatMap((file) => textsIn(JSON.parse(readFileSync(file, 'utf8')), [file.split('/texts')[0] ?? '']))

function textsIn(value: object, path: readonly string[]): { path: string; text: Said }[] {
  if ('en' in value && 'zh' in value) return [{ path: path.join(' '), text: value as Said }]
  return Object.entries(value).flatMap(([name, each]) => textsIn(each, [...path, name]))
}

const placesOf = (text: string) =>
  [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name))].toSorted()

/** Titles are names of problems; parts and states stand within sentences. */
const isSentence = (path: string) => !/ title$| (parts|states|kinds) /.test(path)

t.test('every text is there in English and in Chinese, each in its own script', async (t) => {
  t.ok(ALL.length > 200)
  for (const { path, text } of ALL) {
    t.same(Object.keys(text), ['en', 'zh'], path)
    t.notMatch(text.en, /\p{Script=Han}|^\s|\s$|^$/u, `${path} in English`)
    t.match(text.zh, /\p{Script=Han}/u, `${path} in Chinese`)
    t.notMatch(text.zh, /^\s|\s$/u, `${path} in Chinese`)
    // Between Chinese characters only the full-width forms of these are right.
    t.notMatch(text.zh, /\p{Script=Han}[,;:!?]\p{Script=Han}/u, `${path} in Chinese punctuation`)
    t.same(englishIn(text.zh), [], `${path} without English`)
    if (!isSentence(path)) continue
    t.match(text.en, /[.?}]$/, `${path} is a sentence in English`)
    t.match(text.zh, /[。？}]$/, `${path} is a sentence in Chinese`)
  }
})

t.test('both languages name the same values', async (t) => {
  for (const { path, text } of ALL) if (!path.includes(' problems ')) t.same(placesOf(text.zh), placesOf(text.en), path)
})

t.test('no text says what is forbidden', async (t) => {
  for (const { what, pattern } of FORBIDDEN.filter(({ language }) => language === 'zh'))
    t.same(
      ALL.filter(({ text }) => pattern.test(text.zh)).map(({ path }) => path),
      [],
      what
    )
})

t.test('every sentence is given the values that it names, and every sentence is said', async (t) => {
  for (const file of FILES) {
    const room = file.replace('/texts.json', '')
    const { details = {} } = JSON.parse(readFileSync(file, 'utf8')) as { details?: Record<string, Said> }
    const code = globSync(`${room}/**/*.ts`).map((each) => readFileSync(each, 'utf8'))
    const said = code.flatMap((each) =>
      [...each.matchAll(/\bsaid\(\s*details\.(\w+),\s*\{([^;]*?)\}\s*\)(?=[\s,;:.)\]]|$)/g)].map(([, name, given]) => ({
        name,
        given
      }))
    )
    for (const [name, text] of Object.entries(details)) {
      const places = placesOf(text.en)
      const calls = said.filter((each) => each.name === name)
      const uses = code.flatMap((each) => [...each.matchAll(new RegExp(`\\bdetails\\.${name}\\b`, 'g'))]).length
      t.ok(uses > 0, `${room} ${name} is said`)
      t.equal(calls.length, places.length > 0 ? uses : 0, `${room} ${name} is said with its values`)
      for (const { given = '' } of calls) t.same(namesIn(given), places, `${room} ${name} with its values`)
    }
  }
})

/** The names of the members of an object as it is written: `{ a, b: c(d, { e }) }` has a and b. */
function namesIn(given: string): string[] {
  let flat = given
  for (let before = ''; before !== flat; ) {
    before = flat
    flat = flat.replace(/\([^()]*\)|\{[^{}]*\}|`[^`]*`|'[^']*'/g, '')
  }
  return flat
    .split(',')
    .map((each) => (each.split(':')[0] ?? '').trim())
    .filter((name) => name !== '')
    .toSorted()
}
