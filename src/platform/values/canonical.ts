import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'

/** The RFC 8785 text of a JSON value: the same value has the same bytes on every machine. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('the value has no JSON form')
  return text
}

/** SHA-256 of a text in UTF-8, as lower-case hexadecimal. */
export function sha256(text: string | Uint8Array): string {
  return hash('sha256', text, 'hex')
}

/**
 * Whether two JSON values have the same canonical form; the order of names does not count. Cheaper
 * than writing both.
 */
export function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (!isObject(left) || !isObject(right)) return false
  if (Array.isArray(left) !== Array.isArray(right)) return false
  const names = Object.keys(left)
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && sameJson(left[name], right[name]))
  )
}

/** Whether one JSON value says all that another does, and at most names more. */
export function includesJson(whole: unknown, part: unknown): boolean {
  if (whole === part) return true
  if (!isObject(whole) || !isObject(part)) return false
  if (Array.isArray(whole) !== Array.isArray(part)) return false
  if (Array.isArray(whole) && Object.keys(whole).length !== Object.keys(part).length) return false
  return Object.keys(part).every((name) => Object.hasOwn(whole, name) && includesJson(whole[name], part[name]))
}

const DIFFERENCES_MAX = 10

/** JSON pointers at which two JSON values differ, at most ten. An absent value counts as null. */
export function differences(left: unknown, right: unknown, pointer = ''): string[] {
  if (canonicalJson(left) === canonicalJson(right)) return []
  if (!isObject(left) || !isObject(right)) return [pointer]
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])]
  const step = (name: string) => `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
  return keys
    .flatMap((name) => differences(left[name] ?? null, right[name] ?? null, step(name)))
    .slice(0, DIFFERENCES_MAX)
}

/** A list counts as well: its places are its names. */
function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
