import { ROLES, type Role } from './import-rules.ts'
import type { Import } from './tree.ts'

/** The folders of `src/` that are one role as a whole: no other role has files in them. */
export const WHOLE_FOLDERS = ROLES.flatMap(({ files }) => /^(.+)\/\*\*$/.exec(files)?.[1] ?? [])

/** The room of a file; undefined at the top of `src/`, of the platform and of the engine. */
export function roomOf(path: string): string | undefined {
  return /^src\/((?:engine|platform)\/[^/]+|(?!engine\/|platform\/)[^/]+)\/./.exec(path)?.[1]
}

/** The role of a file; undefined if it has none. */
export function roleOf(path: string): Role | undefined {
  return ROLES.find(({ files }) => fits(path, files))
}

/** What the files of a role that every room may have are called: `store` of `rooms/store`. */
export function nameInRooms(files: string): string | undefined {
  return /^rooms\/(.+)$/.exec(files)?.[1]
}

/** Whether the role lets a file at `path` import this. Files of one role in one room may do so. */
export function mayImport(
  role: Role,
  path: string,
  { from, isFile, isTypeOnly }: Omit<Import, 'names' | 'line'>
): boolean {
  if (!isFile) return role.packages === 'any' || role.packages.some((name) => isOfPackage(from, name))
  const isOneOf = (patterns: readonly string[] = []) => patterns.some((each) => fits(from, each, roomOf(path)))
  if (isOneOf(role.except)) return false
  if (isOneOf(role.imports) || (isTypeOnly && isOneOf(role.types))) return true
  return isOneOf([`./${nameInRooms(role.files)}`])
}

function isOfPackage(specifier: string, name: string): boolean {
  return specifier === name || specifier.startsWith(name.endsWith(':') ? name : `${name}/`)
}

/** Whether a pattern of the table, seen from a file in this room, names the file at `path`. */
function fits(path: string, pattern: string, room?: string): boolean {
  const role = /^(?:rooms|\.)\/[a-z-]+$/.test(pattern) ? '(\\.ts|/[^/]+\\.ts)' : ''
  const expression = pattern
    .replaceAll('.ts', '\\.ts')
    .replace(/^\.\//, `${room}/`)
    .replace(/^rooms\//, `(?!(?:${WHOLE_FOLDERS.join('|')})/)[^/]+/`)
    .replace(/\*\*$/, '.+')
    .replace(/\{(.+)\}/, (_, names: string) => `(?:${names.replaceAll(',', '|')})`)
  return new RegExp(`^src/${expression}${role}$`).test(path)
}
