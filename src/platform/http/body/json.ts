import { Problem } from '../../values/problem.ts'

const DEPTH_MAX = 20
const KEYS_MAX = 5_000

/**
 * Parses a request body and refuses what JSON.parse lets pass: a duplicate key (the last would
 * win), a prototype key, absurd nesting, and text that Postgres cannot store or UTF-8 cannot carry.
 */
export function parseStrictJson(text: string, keysMax = KEYS_MAX): unknown {
  inspect(text, keysMax)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw malformed(cause)
  }
}

function malformed(cause: unknown): Problem {
  // The message of the parser quotes the body by code unit, so it may cut a character in half.
  const said = cause instanceof Error ? cause.message.slice(0, 160).toWellFormed() : 'unreadable'
  return new Problem('malformed-json', `The body could not be read as JSON: ${said}.`, { cause })
}

/** Scans the text once before it is parsed, so that a hostile body builds no structure. */
function inspect(text: string, keysMax: number): void {
  if (!text.isWellFormed()) throw new Problem('unsupported-character', 'The body holds an unpaired surrogate.')
  if (LATE_CONTROLS.test(text)) throw new Problem('unsupported-character', 'The body holds a control character.')
  const open: (Set<string> | null)[] = []
  let keys = 0
  let at = 0
  while (at < text.length) {
    const character = text[at]
    if (character === '"') {
      const end = endOfString(text, at)
      const following = nextSignificant(text, end)
      const value = stringValue(text.slice(at, end))
      const scope = open.at(-1)
      if (following === ':' && scope) {
        keys += 1
        assertKeysBounded(keys, keysMax)
        assertKeyAllowed(value, scope)
      }
      at = end
      continue
    }
    if (character === '{') open.push(new Set())
    else if (character === '[') open.push(null)
    else if (character === '}' || character === ']') open.pop()
    if (open.length > DEPTH_MAX) throw new Problem('too-complex', `The body is nested deeper than ${DEPTH_MAX} levels.`)
    at += 1
  }
}

function assertKeysBounded(keys: number, keysMax: number): void {
  if (keys > keysMax) throw new Problem('too-complex', `The body has more than ${keysMax} keys.`)
}

function assertKeyAllowed(key: string, scope: Set<string>): void {
  if (key === '__proto__' || key === 'constructor' || key === 'prototype') {
    throw new Problem('malformed-json', `The key "${key}" is not accepted.`)
  }
  if (scope.has(key))
    throw new Problem('duplicate-json-key', `The key "${key.slice(0, 64).toWellFormed()}" stands twice in one object.`)
  scope.add(key)
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function nextSignificant(text: string, start: number): string | undefined {
  let at = start
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\t' || text[at] === '\r') at += 1
  return text[at]
}

/** DEL and the C1 control characters. JSON allows them; it already refuses the C0 ones. */
const LATE_CONTROLS = /[\u007f-\u009f]/

/**
 * Postgres cannot store U+0000. Of the other control characters only tab and line ends belong in a
 * text.
 */
function hasControlCharacter(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return true
  }
  return LATE_CONTROLS.test(text)
}

function stringValue(literal: string): string {
  if (!literal.includes('\\')) return literal.slice(1, -1)
  try {
    const value: unknown = JSON.parse(literal)
    if (typeof value === 'string') {
      if (hasControlCharacter(value)) throw new Problem('unsupported-character', 'A text holds a control character.')
      if (!value.isWellFormed()) throw new Problem('unsupported-character', 'A text holds an unpaired surrogate.')
      return value
    }
  } catch (error) {
    if (error instanceof Problem) throw error
  }
  return literal
}
