import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { type Breach, breachesOf, type Gate } from '../house/gates.ts'
import { readTree } from '../house/tree.ts'
import { temporaryFolder } from './temporary-folder.ts'

const root = join(import.meta.dirname, '..')

/** A house of these files, each with its text. */
type Files = Readonly<Record<string, string>>

function houseOf(t: Test, files: Files): string {
  const folder = temporaryFolder(t)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

/** What one rule says of a house of these files. */
function breachesIn(t: Test, gate: Gate, files: Files): Breach[] {
  return breachesOf(readTree(houseOf(t, files))).filter((breach) => breach.gate === gate)
}

const linesOf = (count: number, line: string) => `${line}\n`.repeat(count)

t.test('a circle that only types close is found, and both of its files are named with the way back', (t) => {
  const circle = {
    'src/engine/limits/limit.ts': "import type { Policy } from '../policy/policy.ts'\nexport type Limit = Policy | 1\n",
    'src/engine/policy/policy.ts': "import { type Limit } from '../limits/limit.ts'\nexport type Policy = Limit | 2\n"
  }
  const files = breachesIn(t, 'circles of files', circle)
  t.strictSame(files.map(({ key }) => key).sort(), ['src/engine/limits/limit.ts', 'src/engine/policy/policy.ts'])
  t.match(
    files[0]?.sentence,
    /^src\/engine\/limits\/limit\.ts .*limit\.ts → src\/engine\/policy\/policy\.ts → src\/engine\/limits\/limit\.ts/
  )
  const rooms = breachesIn(t, 'circles of rooms', circle)
  t.strictSame(rooms.map(({ key }) => key).sort(), ['engine/limits', 'engine/policy'])
  t.end()
})

t.test('a circle by way of a type that is imported in place, and of what is passed on, is found', (t) => {
  const files = breachesIn(t, 'circles of files', {
    'demo/a.ts': "export type A = import('./b.ts').B\n",
    'demo/b.ts': "export { C as B } from './c.ts'\n",
    'demo/c.ts': "export * from './a.ts'\nexport type C = 1\n"
  })
  t.strictSame(files.map(({ key }) => key).sort(), ['demo/a.ts', 'demo/b.ts', 'demo/c.ts'])
  t.end()
})

t.test('what only leads to a circle is not in it', (t) => {
  const files = breachesIn(t, 'circles of files', {
    'demo/a.ts': "import './b.ts'\n",
    'demo/b.ts': "import './c.ts'\n",
    'demo/c.ts': "import './b.ts'\n"
  })
  t.strictSame(files.map(({ key }) => key).sort(), ['demo/b.ts', 'demo/c.ts'])
  t.end()
})

t.test('an import of a room that stands above is an arrow up; one of a room below is not', (t) => {
  const arrows = breachesIn(t, 'arrows up', {
    'src/receivables/commands.ts': "import { reserve } from '../checks/store.ts'\n",
    'src/checks/commands.ts': "import { invoices } from '../receivables/store.ts'\n",
    'src/checks/store.ts': 'export const reserve = 1\n',
    'src/receivables/store.ts': 'export const invoices = 1\n',
    'src/engine/values/money.ts': "import type { Limit } from '../limits/limit.ts'\nexport type Money = Limit\n",
    'src/engine/limits/limit.ts': 'export type Limit = 1\n'
  })
  t.strictSame(arrows.map(({ key }) => key).sort(), ['engine/values → engine/limits', 'receivables → checks'])
  t.match(
    arrows.find(({ key }) => key.startsWith('rec'))?.sentence,
    /^src\/receivables\/commands\.ts:1 imports src\/checks\/store\.ts/
  )
  t.end()
})

t.test('an import that the role of a file does not allow is an arrow up, by whatever way its path goes', (t) => {
  const arrows = breachesIn(t, 'arrows up', {
    'src/checks/store.ts': "import { commit } from './commands.ts'\nimport type { Order } from './schema.ts'\n",
    'src/checks/commands.ts': "import { Order } from './schema.ts'\nimport fastify from 'fastify'\n",
    'src/checks/postings.ts':
      "import { lock } from '../accounts/../accounts/store.ts'\nimport { commit } from './commands.ts'\n",
    'src/checks/schema.ts': 'export const Order = 1\n',
    'src/accounts/store.ts': 'export const lock = 1\n'
  })
  t.strictSame(
    arrows.map(({ key }) => key),
    [
      'src/checks/commands.ts → src/checks/schema.ts',
      'src/checks/commands.ts → fastify',
      'src/checks/postings.ts → src/checks/commands.ts',
      'src/checks/store.ts → src/checks/commands.ts'
    ]
  )
  t.match(arrows.at(-1)?.sentence, /^src\/checks\/store\.ts:1 imports src\/checks\/commands\.ts\. A store may import /)
  t.end()
})

t.test('a file has a role and stands in a room, and a room has its place in the order', (t) => {
  const lost = breachesIn(t, 'without a place', {
    'src/checks/helpers.ts': '',
    'src/checks/commands/desk.ts': '',
    'src/engine/money.ts': '',
    'src/engine/index.ts': '',
    'src/engine/values/money.ts': '',
    'src/somewhere/store.ts': '',
    'src/utilities.ts': ''
  })
  t.strictSame(lost.map(({ key }) => key).sort(), [
    'somewhere',
    'src/checks/helpers.ts',
    'src/engine/money.ts',
    'src/utilities.ts'
  ])
  t.end()
})

t.test('fifteen files may stand side by side, the sixteenth is one too many', (t) => {
  const files = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`src/checks/commands/a${index}.ts`, '']))
  t.strictSame(breachesIn(t, 'large folders', files(15)), [])
  const [large, ...others] = breachesIn(t, 'large folders', { ...files(16), 'src/checks/commands/more/b.ts': '' })
  t.match(large, { key: 'src/checks/commands', sentence: /^src\/checks\/commands holds 16 files/ })
  t.strictSame(others, [])
  t.end()
})

t.test('a file has at most 500 lines, unless it is a table or a test', (t) => {
  const code = 'export function sign(value: number) {\n  if (value < 0) return -1\n  return 1\n}\n'
  const table =
    'export const RATES = { one: (value: number) => value / 2 }\nexport function two() {\n  return RATES\n}\n'
  const large = breachesIn(t, 'large files', {
    'src/checks/store.ts': code + linesOf(497, '1'),
    'src/rates/store.ts': code + linesOf(496, '1'),
    'src/checks/schema.ts': table + linesOf(900, '1'),
    'test/checks.test.ts': code + linesOf(900, '1'),
    'bench/load.ts': code + linesOf(500, '1')
  })
  t.match(large, [
    { key: 'bench/load.ts', sentence: /^bench\/load\.ts has 504 lines/ },
    { key: 'src/checks/store.ts', sentence: /^src\/checks\/store\.ts has 501 lines/ }
  ])
  t.end()
})

t.test('what branches, loops or works in steps is no table', (t) => {
  const bodies = [
    'if (a) b()',
    'for (const a of b) a()',
    'while (a) b()',
    'switch (a) {}',
    'try { a() } finally { b() }'
  ]
  const functions = [
    'function a() {\n const b = 1\n return b\n}',
    'const a = () => { b() }',
    'class A { b() { c(); return 1 } }'
  ]
  for (const [index, text] of [...bodies, ...functions].entries()) {
    const files = { 'src/checks/store.ts': `${text}\n${linesOf(500, '1')}` }
    t.equal(breachesIn(t, 'large files', files).length, 1, `${index}: ${text}`)
  }
  t.end()
})

t.test('a comment has at most 100 columns, beside code too; code and texts may be wider', (t) => {
  const wide = 'x'.repeat(98)
  const comments = breachesIn(t, 'long comments', {
    'demo/comments.ts': [
      `// ${wide.slice(1)}`,
      `// ${wide}`,
      `const a = 1 // ${wide}`,
      `/** ${wide} */`,
      `/*\n ${wide} x\n*/`,
      `const b = '// ${wide}'`,
      `const c = \`\${a} // ${wide}`,
      `// ${wide}\``,
      `const d = /\\/\\/${wide}/`,
      `/* short */ const e = '${wide}'`,
      'function f() {',
      `  // ${wide}`,
      '}',
      ''
    ].join('\n')
  })
  t.strictSame(
    comments.map(({ sentence }) => sentence.split(' ')[0]),
    [2, 3, 4, 6, 14].map((line) => `demo/comments.ts:${line}`)
  )
  t.end()
})

t.test('an export that nothing else imports is dead', (t) => {
  const dead = breachesIn(t, 'dead exports', {
    'demo/used.ts': [
      'export const used = 1',
      'export const { own, passed } = { own: used, passed: 2 }',
      'export type Unused = typeof own',
      'export function named() {}',
      'export class Renamed {}',
      'const late = 1',
      'export { late }',
      'export interface Open { first: 1 }'
    ].join('\n'),
    'demo/passes.ts': "export { named, Renamed as Other, used as lost } from './used.ts'\nexport * from './all.ts'\n",
    'demo/all.ts': 'export const first = 1\nexport const second = 2\n',
    'demo/whole.ts': 'export const third = 3\n',
    'test/uses.ts': [
      "import { used, passed } from '../demo/used.ts'",
      "import { named, type Other, first } from '../demo/passes.ts'",
      "import * as whole from '../demo/whole.ts'",
      "declare module '../demo/used.ts' { interface Open { second: 2 } }"
    ].join('\n')
  })
  t.strictSame(
    dead.map(({ sentence }) => sentence.split(',')[0]),
    [
      'demo/all.ts:2 exports second',
      'demo/passes.ts:1 exports lost',
      'demo/used.ts:2 exports own',
      'demo/used.ts:3 exports Unused',
      'demo/used.ts:7 exports late'
    ]
  )
  t.end()
})

t.test('what the engine promises as a package needs no user here', (t) => {
  const dead = breachesIn(t, 'dead exports', {
    'src/engine/index.ts': "export { promised } from './limits/limit.ts'\n",
    'src/engine/limits/limit.ts': 'export const promised = 1\nexport const internal = 2\n'
  })
  t.strictSame(
    dead.map(({ key }) => key),
    ['internal']
  )
  t.end()
})

t.test(
  'the command fails for a breach and for a table that is out of date, mends what it may, and then passes',
  (t) => {
    const folder = houseOf(t, {
      'src/checks/store.ts': `// ${'x'.repeat(100)}\n`,
      'lint/import-rules.json': '{}'
    })
    cpSync(join(root, 'ARCHITECTURE.md'), join(folder, 'ARCHITECTURE.md'))
    const house = (...options: string[]) =>
      spawnSync(process.execPath, [join(root, 'house/main.ts'), ...options], { cwd: folder, encoding: 'utf8' })
    const before = house()
    t.equal(before.status, 1)
    t.match(before.stdout, /^src\/checks\/store\.ts:1 has a comment beyond column 100\./m)
    t.match(before.stdout, /^lint\/import-rules\.json differs from house\/import-rules\.ts/m)
    writeFileSync(join(folder, 'src/checks/store.ts'), '')
    const mended = house('--write')
    t.equal(mended.status, 0, mended.stdout + mended.stderr)
    t.equal(house().status, 0)
    t.equal(
      readFileSync(join(folder, 'lint/import-rules.json'), 'utf8'),
      readFileSync(join(root, 'lint/import-rules.json'), 'utf8')
    )
    writeFileSync(join(folder, 'ARCHITECTURE.md'), 'no table\n')
    t.match(house().stdout, /^ARCHITECTURE\.md differs from house\/import-rules\.ts/m)
    t.end()
  }
)
