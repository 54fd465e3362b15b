import { spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import ts from 'typescript'
import { temporaryFolder } from './temporary-folder.ts'

const root = join(import.meta.dirname, '..')

/** For each kind of file what it may import, and what it may not: the table of the architecture, one line an import. */
const IMPORT_RULES: Record<string, { allowed: string[]; refused: string[] }> = {
  'src/engine/ratios.ts': {
    allowed: ['./money.ts', './parts/flows.ts'],
    refused: [
      'node:fs',
      'typebox',
      'kysely',
      '../database.ts',
      '../platform/ids.ts',
      '../limits/store.ts',
      './../limits/store.ts'
    ]
  },
  'src/engine/parts/flows.ts': {
    allowed: ['./stocks.ts', '../money.ts'],
    refused: ['node:fs', 'kysely', '../../platform/ids.ts', '../../limits/schema.ts', '../../database.ts']
  },
  'src/platform/problem.ts': {
    allowed: ['./ids.ts', 'fastify', 'kysely', 'node:fs', './parts/name.ts'],
    refused: ['../engine/index.ts', '../database.ts', '../config.ts', '../limits/schema.ts', './../limits/store.ts']
  },
  'src/platform/parts/name.ts': {
    allowed: ['../ids.ts', 'fastify'],
    refused: ['../../engine/index.ts', '../../database.ts', '../../limits/schema.ts', '../../config.ts']
  },
  'src/limits/schema.ts': {
    allowed: ['typebox', '../engine/index.ts', '../platform/schema.ts', '../customers/schema.ts'],
    refused: [
      '../engine/limit.ts',
      './store.ts',
      './commands.ts',
      '../customers/store.ts',
      '../database.ts',
      'fastify',
      'kysely',
      '../platform/../customers/store.ts'
    ]
  },
  'src/limits/problems.ts': {
    allowed: ['../platform/values/problem.ts'],
    refused: ['./schema.ts', './store.ts', '../customers/problems.ts', '../engine/index.ts', 'fastify', 'node:fs']
  },
  'src/limits/store.ts': {
    allowed: ['kysely', '../database.ts', '../platform/ids.ts'],
    refused: [
      '../engine/index.ts',
      '../engine/limit.ts',
      'fastify',
      '@fastify/type-provider-typebox',
      'pg',
      'node:fs',
      './commands.ts',
      './routes.ts',
      '../customers/store.ts',
      '../deps.ts',
      '../config.ts'
    ]
  },
  'src/limits/commands.ts': {
    allowed: [
      '../engine/index.ts',
      './store.ts',
      '../customers/store.ts',
      '../platform/ids.ts',
      '../database.ts',
      '../deps.ts'
    ],
    refused: [
      '../engine/limit.ts',
      'fastify',
      '@fastify/type-provider-typebox',
      'kysely',
      'node:fs',
      './routes.ts',
      '../customers/commands.ts',
      '../app.ts',
      '../config.ts'
    ]
  },
  'src/limits/commands/approve.ts': {
    allowed: [
      '../../engine/index.ts',
      '../store.ts',
      './propose.ts',
      '../../customers/store.ts',
      '../../platform/ids.ts'
    ],
    refused: [
      '../../engine/limit.ts',
      'fastify',
      'kysely',
      '../routes.ts',
      '../../customers/commands.ts',
      '../../app.ts'
    ]
  },
  'src/models/commands.ts': {
    allowed: ['../engine/index.ts', './store.ts', '../model-format/pmml/export.ts', '../model-format/pmml/import.ts'],
    refused: ['fast-xml-parser', '../customers/export.ts', './routes.ts']
  },
  'src/model-format/model-schema.ts': {
    allowed: ['typebox', 'ajv', 'ajv/dist/2020.js', '../engine/index.ts', '../platform/http/schema.ts'],
    refused: [
      '../engine/limit.ts',
      '../models/store.ts',
      '../models/commands.ts',
      '../database.ts',
      'fastify',
      'node:fs'
    ]
  },
  'src/model-format/pmml/import.ts': {
    allowed: [
      'fast-xml-parser',
      '../../engine/index.ts',
      '../../platform/values/canonical.ts',
      '../model-schema.ts',
      './xml.ts'
    ],
    refused: ['../../engine/limit.ts', '../../models/store.ts', '../../database.ts', 'fastify', 'kysely', 'node:fs']
  },
  'src/limits/routes.ts': {
    allowed: [
      'fastify',
      '@fastify/type-provider-typebox',
      'typebox',
      './schema.ts',
      './commands.ts',
      './store.ts',
      '../platform/page.ts',
      '../deps.ts'
    ],
    refused: [
      '../engine/index.ts',
      'kysely',
      'pg',
      '../database.ts',
      '../customers/commands.ts',
      '../customers/store.ts',
      '../app.ts'
    ]
  },
  'src/config.ts': {
    allowed: ['typebox', 'env-schema'],
    refused: ['./app.ts', './platform/schema.ts', './limits/schema.ts']
  },
  'src/database.ts': {
    allowed: ['kysely', './engine/index.ts', './platform/json.ts'],
    refused: ['./limits/schema.ts', './config.ts', './app.ts', 'fastify']
  },
  'src/app.ts': {
    allowed: [
      'fastify',
      './config.ts',
      './limits/routes.ts',
      './limits/store.ts',
      './engine/index.ts',
      './platform/http.ts'
    ],
    refused: ['./main.ts']
  },
  'src/main.ts': {
    allowed: ['./app.ts', './config.ts', './service.ts', './platform/postgres.ts', 'close-with-grace', 'node:fs'],
    refused: ['./limits/commands.ts', './engine/index.ts', './database.ts', 'fastify', 'kysely']
  }
}

/** Schemas lend their types, and nothing else, to what lies behind the routes. */
const TYPES_ONLY = {
  'src/limits/store.ts': ['./schema.ts'],
  'src/limits/commands.ts': ['./schema.ts', '../customers/schema.ts']
}

/** Expressions that the linter refuses, by file. */
const REFUSED_CODE: Record<string, string[]> = {
  'src/engine/code.ts': [
    'export const a = new Date(0)',
    'export const b = Date.now()',
    'export const c = Math.random()',
    'export const d = performance.now()',
    'export const e = (1).toLocaleString()',
    "export const f = 'a'.localeCompare('b')",
    'export const g = new Intl.NumberFormat()',
    'export async function h(): Promise<number> { return 1 }',
    'export const i = async () => 1',
    "export const j = import('./money.ts')",
    "export type K = import('../limits/schema.ts').Limit",
    'export const l = process.pid',
    'console.log(1)'
  ],
  'src/checks/store.ts': [
    'export const a = new Date()',
    'export const b = Date.now()',
    'export const c = Math.random()',
    'export const d = performance.now()'
  ],
  'src/checks/commands.ts': [
    'export const a = new Date()',
    'export const b = Date.now()',
    'export const c = Math.random()',
    "export const d = import('fastify')",
    'export const e = process.env'
  ],
  'src/platform/code.ts': [
    "export const a = process.env['HOME']",
    'export const b = process.env.HOME',
    'export default 1',
    'export enum C { One }',
    'export const d: any = 1',
    "export const e = 'text'.at(0)!",
    "export type F = import('../limits/schema.ts').Limit"
  ]
}

interface Finding {
  readonly category: string
  readonly location: { readonly path: string; readonly start: { readonly line: number } }
}

/** Writes the files into a copy of the house's layout, with the same configuration, and answers `file:line` of what is refused, by category. */
function refusals(t: Test, files: Record<string, string[]>): Map<string, string[]> {
  const folder = temporaryFolder(t)
  for (const name of ['biome.json', 'lint', 'package.json', '.gitignore'])
    cpSync(join(root, name), join(folder, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const [file, lines] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), `${lines.join('\n')}\n`)
  }
  const biome = join(root, 'node_modules', '.bin', 'biome')
  const run = spawnSync(biome, ['lint', '--reporter=json', '--max-diagnostics=none', 'src'], {
    cwd: folder,
    encoding: 'utf8'
  })
  const { diagnostics }: { diagnostics: Finding[] } = JSON.parse(run.stdout)
  const found = new Map<string, string[]>()
  for (const { category, location } of diagnostics) {
    const place = `${location.path}:${location.start.line}`
    found.set(place, [...(found.get(place) ?? []), category])
  }
  return found
}

t.test('the linter refuses every import that the architecture does not list, and no other', (t) => {
  const lineOf = (source: string, index: number) => `import { name${index} } from '${source}'`
  const lines = Object.entries(IMPORT_RULES).map(
    ([file, { allowed, refused }]) => [file, [...allowed, ...refused].map(lineOf)] as const
  )
  const found = refusals(t, Object.fromEntries(lines))
  for (const [file, { allowed, refused }] of Object.entries(IMPORT_RULES)) {
    for (const [index, source] of [...allowed, ...refused].entries()) {
      const isRefused = found.get(`${file}:${index + 1}`)?.includes('lint/style/noRestrictedImports') ?? false
      t.equal(
        isRefused,
        index >= allowed.length,
        `${file} ${index < allowed.length ? 'may' : 'may not'} import ${source}`
      )
    }
  }
  t.end()
})

t.test('behind the routes a schema lends its types, not its values', (t) => {
  const lines = Object.entries(TYPES_ONLY).map(
    ([file, sources]) =>
      [
        file,
        sources.flatMap((source) => [`import type { T } from '${source}'`, `import { v } from '${source}'`])
      ] as const
  )
  const found = refusals(t, Object.fromEntries(lines))
  for (const [file, written] of lines) {
    for (const [index, line] of written.entries()) {
      const categories = found.get(`${file}:${index + 1}`) ?? []
      t.notOk(categories.includes('lint/style/noRestrictedImports'), `${file}: ${line}`)
      t.equal(categories.includes('plugin'), !line.startsWith('import type'), `${file}: ${line}`)
    }
  }
  t.end()
})

t.test('the linter refuses clocks, chance, the environment and unclear TypeScript where they do not belong', (t) => {
  const found = refusals(t, REFUSED_CODE)
  for (const [file, written] of Object.entries(REFUSED_CODE)) {
    for (const [index, line] of written.entries()) {
      const categories = (found.get(`${file}:${index + 1}`) ?? []).filter((category) => !category.includes('noUnused'))
      t.not(categories.length, 0, `${file}: ${line}`)
    }
  }
  t.end()
})

t.test('every file of a room is its schema, its problems, its store, its commands or its routes', (t) => {
  // The formats of a model, and their conversion into one another: pure functions, no role of a write.
  const isRoom = (file: string) => !/^src\/(engine|platform|model-format)\//.test(file)
  const inRooms = globSync('src/*/**/*.ts', { cwd: root }).filter(isRoom)
  t.not(inRooms.length, 0)
  for (const file of inRooms) {
    // A role that outgrows one file becomes a folder of that name, with a file for each operation.
    const role = /^src\/[a-z-]+\/((schema|problems|store|commands|routes)\.ts|(store|commands)\/[a-z-]+\.ts)$/
    t.ok(role.test(file), file)
  }
  t.end()
})

t.test('the top of src holds the process, the table of contents and what every room shares', (t) => {
  const known = ['main', 'app', 'audit', 'config', 'database', 'deps', 'problems', 'service', 'storage']
  for (const file of globSync('src/*.ts', { cwd: root })) t.ok(known.includes(basename(file, '.ts')), file)
  t.end()
})

t.test('every function that the engine exports says what it is or guarantees', (t) => {
  for (const file of globSync('src/engine/**/*.ts', { cwd: root })) {
    const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ES2024, true)
    for (const statement of source.statements) {
      for (const name of exportedFunctionsOf(statement))
        t.not(ts.getJSDocCommentsAndTags(statement).length, 0, `${file}: ${name}`)
    }
  }
  t.end()
})

function exportedFunctionsOf(statement: ts.Statement): string[] {
  const isExported =
    ts.canHaveModifiers(statement) &&
    ts.getModifiers(statement)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword)
  if (!isExported) return []
  if (ts.isFunctionDeclaration(statement)) return [statement.name?.text ?? 'unnamed']
  if (!ts.isVariableStatement(statement)) return []
  return statement.declarationList.declarations
    .filter(
      ({ initializer }) =>
        initializer !== undefined && (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer))
    )
    .map(({ name }) => name.getText())
}

t.test('a comment may not silence the linter or the compiler', (t) => {
  const silencer = new RegExp(`biome-${'ignore'}|@ts-${'(ignore|nocheck|expect-error)'}`)
  for (const file of globSync('{src,test,demo,bench,openapi}/**/*.ts', { cwd: root })) {
    t.notOk(silencer.test(readFileSync(join(root, file), 'utf8')), file)
  }
  t.end()
})
