import { ROLES, type Role } from './import-rules.ts'
import { nameInRooms, WHOLE_FOLDERS } from './roles.ts'
import { rightsOf } from './words.ts'

/** The linter's configuration of who may import whom; `biome.json` extends it. */
export function importRulesOfLinter(): object {
  return { overrides: ROLES.flatMap((role) => [...purityOf(role), ...importsOf(role)]) }
}

/** Where files of a role stand, by how deep that is: 1 for the top of `src/`. */
interface Place {
  readonly includes: readonly string[]
  readonly depth: number
}

function placesOf({ files }: Role): Place[] {
  const name = nameInRooms(files)
  const outside = WHOLE_FOLDERS.map((folder) => `!src/${folder}/**`)
  if (name !== undefined)
    return [
      { includes: [`src/*/${name}.ts`, ...outside], depth: 2 },
      { includes: [`src/*/${name}/*.ts`, ...outside], depth: 3 }
    ]
  if (!files.endsWith('/**')) return [{ includes: [`src/${files}`], depth: 1 }]
  // The deeper place fits the shallower one's patterns too: it comes later, so its rule counts.
  return [2, 3, 4].map((depth) => ({ includes: [`src/${files.replace('**', `${'*/'.repeat(depth - 2)}**`)}`], depth }))
}

function importsOf(role: Role): object[] {
  return placesOf(role).map(({ includes, depth }) => {
    const options = { patterns: [{ group: refusedFor(role, depth), message: rightsOf(role) }] }
    return { includes, linter: { rules: { style: { noRestrictedImports: { level: 'error', options } } } } }
  })
}

/** What a file at this depth may not import, as it would write it. The last that fits counts. */
function refusedFor(role: Role, depth: number): string[] {
  const all = role.packages === 'any' ? ['./**', '../**'] : ['**']
  const packages = role.packages === 'any' ? [] : role.packages.flatMap(packagePatterns)
  const own = nameInRooms(role.files) === undefined ? [] : [`./${nameInRooms(role.files)}`]
  // Its own folder comes first: what refuses to leave it must not refuse what is allowed outside.
  const imports = role.imports.toSorted((left, right) => Number(right === role.files) - Number(left === role.files))
  const files = [...imports, ...(role.types ?? []), ...own].flatMap((each) => specifiers(each, role, depth))
  const except = (role.except ?? []).flatMap((each) => specifiers(each, role, depth))
  return [...all, ...packages, ...new Set(files.flatMap(allowed)), ...except]
}

function packagePatterns(name: string): string[] {
  return name.endsWith(':') ? [`!${name}*`] : [`!${name}`, `!${name}/**`]
}

/** A pattern that allows, and for a folder one that refuses to leave it again by way of `..`. */
function allowed(specifier: string): string[] {
  return specifier.endsWith('**') ? [`!${specifier}`, `${specifier}/../**`] : [`!${specifier}`]
}

/** How a file of the role, this deep, writes what the pattern names. */
function specifiers(pattern: string, role: Role, depth: number): string[] {
  const top = '../'.repeat(depth - 1) || './'
  const name = /^(?:rooms|\.)\/([a-z-]+)$/.exec(pattern)?.[1]
  if (name === undefined && pattern === role.files)
    return Array.from({ length: depth - 1 }, (_, up) => `${'../'.repeat(up) || './'}**`)
  if (pattern.startsWith('./') && name === undefined) return [depth === 2 ? pattern : `.${pattern}`]
  if (name === undefined) return [`${top}${pattern}`]
  const room = depth === 2 ? './' : '../'
  const isInFolder = depth === 3 && nameInRooms(role.files) === name
  const inOthers = pattern.startsWith('./') ? [] : [`${top}*/${name}.ts`, `${top}*/${name}/*.ts`]
  return [...inOthers, `${room}${name}.ts`, isInFolder ? './*.ts' : `${room}${name}/*.ts`]
}

const PURE = 'The engine is pure: whatever it needs to know comes in as an argument.'
const NO_CLOCK = 'Time comes from the database’s clock: see platform/database/clock.ts.'
const CLOCKS = ['Date', 'performance', 'crypto', 'setTimeout', 'setInterval', 'setImmediate']
const SURROUNDINGS = [
  'AbortController',
  'Buffer',
  'Intl',
  'Worker',
  'clearImmediate',
  'clearInterval',
  'clearTimeout',
  'console',
  'fetch',
  'global',
  'globalThis',
  'process',
  'queueMicrotask',
  'require'
]

/** What the role may not use, though nothing has to be imported for it. */
function purityOf(role: Role): object[] {
  const isPure = role.purity === 'pure'
  const names = isPure ? [...CLOCKS, ...SURROUNDINGS] : CLOCKS
  const deniedGlobals = Object.fromEntries(names.map((name) => [name, isPure ? PURE : NO_CLOCK]))
  const style = { noRestrictedGlobals: { level: 'error', options: { deniedGlobals } } }
  const plugins = [
    ...(role.purity ? [`./lint/${isPure ? 'engine-is-pure' : 'no-clock-or-chance'}.grit`] : []),
    ...(role.types ? ['./lint/schema-types-only.grit'] : [])
  ]
  const includes = [...new Set(placesOf(role).flatMap((place) => place.includes))]
  return plugins.length === 0 ? [] : [{ includes, linter: { rules: role.purity ? { style } : {} }, plugins }]
}
