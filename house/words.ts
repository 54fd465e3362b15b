import type { Role } from './import-rules.ts'
import { nameInRooms } from './roles.ts'

const NAMES: Readonly<Record<string, string>> = {
  '**': 'every file',
  'engine/**': 'the engine',
  'engine/index.ts': 'the engine’s door',
  'platform/**': 'the platform',
  'model-format/**': 'the models’ formats'
}

/** What a file of this role may import, as a sentence. */
export function rightsOf(role: Role): string {
  const sentence = `${role.name} may import ${importsOf(role)}${role.note === undefined ? '' : `: ${role.note}`}.`
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}

/** The rights of all roles as a table of ARCHITECTURE.md. */
export function rightsTable(roles: readonly Role[]): string {
  const lines = roles.map((role) => `| ${filesOf(role)} | ${importsOf(role)} | ${role.note ?? ''} |`)
  return ['| file | may import | note |', '|---|---|---|', ...lines].join('\n')
}

function filesOf({ files }: Role): string {
  const name = nameInRooms(files)
  if (name !== undefined) return `\`${name}.ts\`, \`${name}/\``
  return `\`${files.includes('/') ? '' : 'src/'}${files}\``
}

function importsOf(role: Role): string {
  const packages = role.packages === 'any' ? ['any package'] : role.packages.map((name) => `\`${name}\``)
  const types = (role.types ?? []).map((pattern) => `types of ${inWords(pattern)}`)
  const except = (role.except ?? []).map((pattern) => `, but not ${inWords(pattern)}`)
  return listed([...role.imports.map(inWords), ...types, ...packages]) + except.join('')
}

function inWords(pattern: string): string {
  const name = nameInRooms(pattern)
  if (name !== undefined) return `any ${name}`
  return pattern.startsWith('./') ? `its own ${pattern.slice(2)}` : (NAMES[pattern] ?? `\`${pattern}\``)
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}
