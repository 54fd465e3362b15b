import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import t, { type Test } from 'tap'
import ts from 'typescript'
import { ROLES, ROOMS, type Role } from '../house/import-rules.ts'
import { mayImport, nameInRooms, roleOf } from '../house/roles.ts'
import { temporaryFolder } from './temporary-folder.ts'

const root = join(import.meta.dirname, '..')

/** For some files what they may import and what they may not, as it would be written in them. */
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
    allowed: ['../platform/values/problem.ts', './texts.json'],
    refused: ['./schema.ts', './store.ts', '../customers/problems.ts', '../engine/index.ts', 'fastify', 'node:fs']
  },
  'src/limits/store.ts': {
    allowed: ['kysely', '../database.ts', '../platform/ids.ts', '../customers/store.ts'],
    refused: [
      '../engine/index.ts',
      '../engine/limit.ts',
      'fastify',
      '@fastify/type-provider-typebox',
      'pg',
      'node:fs',
      './commands.ts',
      './routes.ts',
      '../customers/commands.ts',
      '../customers/postings.ts',
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
    refused: ['ajv', '../customers/export.ts', './routes.ts']
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
    allowed: ['ajv', '../../engine/index.ts', '../../platform/values/canonical.ts', '../model-schema.ts', './xml.ts'],
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
      '../customers/schema.ts',
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
    allowed: ['typebox', 'env-schema', './platform/http/schema.ts'],
    refused: ['./app.ts', './limits/schema.ts']
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

/**
 * What the linter refuses in these files: the categories by `file:line`. The configuration is ours.
 */
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
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024
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

/** A file of the role for each place in which its files may stand; those of rooms in this room. */
function samplesOf({ files }: Role, room: string): string[] {
  const name = nameInRooms(files)
  if (name !== undefined) return [`src/${room}/${name}.ts`, `src/${room}/${name}/one.ts`]
  if (files.endsWith('/**'))
    return ['one', 'parts/one', 'parts/parts/one'].map((file) => `src/${files.replace('**', file)}.ts`)
  return (
    /^{(.+)}\.ts$/
      .exec(files)?.[1]
      ?.split(',')
      .map((file) => `src/${file}.ts`) ?? [`src/${files}`]
  )
}

t.test('the linter and the table of who may import whom say the same of every kind of file', (t) => {
  const files = ROLES.flatMap((role) => samplesOf(role, 'limits').map((path) => ({ role, path })))
  const packages = [...new Set(ROLES.flatMap(({ packages }) => packages)), '@fastify/swagger', 'node:fs', 'pg']
    .filter((name) => name !== 'any' && name !== 'node:' && name !== '@fastify')
    .map((from) => ({ from, isFile: false }))
  const targets = ['limits', 'customers'].flatMap((room) => ROLES.flatMap((role) => samplesOf(role, room)))
  const imported = [...new Set(['src/engine/index.ts', ...targets])].map((from) => ({ from, isFile: true }))
  const importsOf = (path: string) => [...packages, ...imported].filter(({ from }) => from !== path)
  const specifier = (path: string, { from, isFile }: { from: string; isFile: boolean }) => {
    const relative = posix.relative(posix.dirname(path), from)
    return isFile && !relative.startsWith('.') ? `./${relative}` : isFile ? relative : from
  }
  const lines = files.map(({ path }) => [
    path,
    importsOf(path).flatMap((each, index) => [
      `import { value${index} } from '${specifier(path, each)}'`,
      `import type { Type${index} } from '${specifier(path, each)}'`
    ])
  ])
  const found = refusals(t, Object.fromEntries(lines))
  for (const { role, path } of files) {
    const refused = importsOf(path).flatMap(({ from, isFile }) =>
      [false, true].map((isTypeOnly) => [from, isTypeOnly, !mayImport(role, path, { from, isFile, isTypeOnly })])
    )
    const linted = refused.map(([from, isTypeOnly], index) => {
      const categories = found.get(`${path}:${index + 1}`) ?? []
      return [from, isTypeOnly, categories.includes('lint/style/noRestrictedImports') || categories.includes('plugin')]
    })
    t.strictSame(linted, refused, path)
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

t.test('the linter refuses a circle of imports that only types close', (t) => {
  const found = refusals(t, {
    'src/engine/limits/limit.ts': ["import type { A } from '../policy/policy.ts'", 'export type B = A | 1'],
    'src/engine/policy/policy.ts': ["import { type B } from '../limits/limit.ts'", 'export type A = B | 2']
  })
  for (const file of ['src/engine/limits/limit.ts', 'src/engine/policy/policy.ts'])
    t.ok(found.get(`${file}:1`)?.includes('lint/suspicious/noImportCycles'), file)
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

t.test('every file of src has a role: one of its room, or one at the top', (t) => {
  const files = globSync('src/**/*.ts', { cwd: root })
  t.not(files.length, 0)
  for (const file of files) t.ok(roleOf(file), file)
  t.end()
})

t.test('the map of the architecture shows every room of the service, from the ground up', (t) => {
  const [, map = ''] = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').split('```')
  const service = ROOMS.filter((room) => !/^(engine|platform)\//.test(room))
  const shown = [...map.matchAll(/^ {2}([a-z-]+)\/ /gm)].map(([, room]) => room)
  t.strictSame(
    shown.filter((room) => room !== 'engine' && room !== 'platform'),
    service
  )
  for (const room of ROOMS) t.ok(existsSync(join(root, 'src', room)), room)
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

/** Its subject is what must not compile: there an error that is expected is a proof. */
const PROOFS_OF_TYPES = 'test/ids.test.ts'

t.test('a comment may not silence the linter or the compiler', (t) => {
  const silencer = new RegExp(`biome-${'ignore'}|@ts-${'(ignore|nocheck|expect-error)'}`)
  const files = globSync('{src,house,test,demo,bench,openapi}/**/*.ts', { cwd: root })
  for (const file of files.filter((file) => file !== PROOFS_OF_TYPES)) {
    t.notOk(silencer.test(readFileSync(join(root, file), 'utf8')), file)
  }
  t.end()
})
