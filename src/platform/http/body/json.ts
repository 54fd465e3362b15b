import { isUtf8 } from 'node:buffer'
import { Problem } from '../../values/problem.ts'
import { said } from '../../values/said.ts'
import texts from '../texts.json' with { type: 'json' }
import type { BodyBounds } from './bounds.ts'

const { details } = texts

const DEPTH_MAX = 20

/** Looks at so many bytes in one step. */
const STEP_BYTES = 65_536

const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c]
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d]

/**
 * Parses a request body in steps and refuses what JSON.parse lets pass: a duplicate key (the last
 * would win), a prototype key, absurd nesting, more than the operation can take, and text that
 * Postgres cannot store or UTF-8 cannot carry. Nothing is built from a body that is refused for it.
 */
export function* strictJson(bytes: Buffer, bounds: BodyBounds): Generator<void, unknown, void> {
  if (!isUtf8(bytes)) throw new Problem('malformed-json', details.notUtf8)
  yield* inspect(bytes, bounds)
  const text = bytes.toString('utf8')
  if (LATE_CONTROLS.test(text)) throw new Problem('unsupported-character', details.bodyControl)
  yield
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw malformed(cause)
  }
}

function malformed(cause: unknown): Problem {
  // The message of the parser quotes the body by code unit, so it may cut a character in half.
  const message = cause instanceof Error ? cause.message.slice(0, 160).toWellFormed() : 'unreadable'
  const position = / position (\d+)/.exec(message)?.[1]
  const place = position === undefined ? '' : said(texts.parts.atPosition, { position }).zh
  return new Problem('malformed-json', said(details.notJson, { fault: { en: message, zh: place } }), { cause })
}

/** A list or object that is open where the scan stands. */
interface Container {
  /** The keys of an object so far; null in a list. */
  readonly keys: Set<string> | null
  entries: number
}

/** Scans the bytes once before they are parsed, so that a hostile body builds no structure. */
function* inspect(bytes: Buffer, bounds: BodyBounds): Generator<void, void, void> {
  const count = counter(bounds)
  const open: Container[] = []
  let pause = STEP_BYTES
  for (let at = 0; at < bytes.length; ) {
    if (at >= pause) {
      pause = at + STEP_BYTES
      yield
    }
    if (bytes[at] === QUOTE) at = inspectString(bytes, at, open.at(-1), count)
    else {
      inspectMark(bytes[at], open, count)
      at += 1
    }
  }
}

/** Returns the place after the string that begins here. */
function inspectString(bytes: Buffer, start: number, within: Container | undefined, count: Counter): number {
  const end = endOfString(bytes, start)
  if (within?.keys && nextSignificant(bytes, end.at) === COLON) {
    count.key()
    assertKeyAllowed(stringValue(bytes, start, end), within.keys, start)
  } else if (end.escapes) stringValue(bytes, start, end)
  return end.at
}

function inspectMark(byte: number | undefined, open: Container[], count: Counter): void {
  if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
    count.container()
    open.push({ keys: byte === OPEN_OBJECT ? new Set() : null, entries: 1 })
    if (open.length > DEPTH_MAX) throw new Problem('too-complex', said(details.tooDeep, { levels: DEPTH_MAX }))
  } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) open.pop()
  else if (byte === COMMA) count.entry(open.at(-1))
}

/** Counts what a body holds; each of its functions throws `too-complex` beyond the bounds. */
function counter({ keysMax, entriesMax, valuesMax, spare }: BodyBounds) {
  let [keys, containers, values] = [0, 0, 0]
  const value = () => {
    values += 1
    if (values > valuesMax + spare) throw new Problem('too-complex', said(details.tooManyValues, { valuesMax }))
  }
  return {
    key: () => {
      keys += 1
      if (keys > keysMax) throw new Problem('too-complex', said(details.tooManyKeys, { keysMax }))
    },
    // Objects and lists are dearer than what they hold: there are no more of them than keys.
    container: () => {
      containers += 1
      if (containers > keysMax) throw new Problem('too-complex', said(details.tooManyContainers, { keysMax }))
      value()
    },
    entry: (within: Container | undefined) => {
      if (within === undefined) return
      within.entries += 1
      if (within.entries > entriesMax + spare) {
        throw new Problem(
          'too-complex',
          within.keys === null
            ? said(details.listTooLong, { entriesMax })
            : said(details.objectTooLarge, { entriesMax })
        )
      }
      value()
    }
  }
}
type Counter = ReturnType<typeof counter>

/** Names by which an object could be made to be another: no body holds them as keys. */
export const RESERVED_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype']

function assertKeyAllowed(key: string, scope: Set<string>, start: number): void {
  if (RESERVED_KEYS.includes(key))
    throw new Problem('reserved-json-key', said(details.keyReserved, { key, at: start + 1 }))
  if (scope.has(key))
    throw new Problem('duplicate-json-key', said(details.keyTwice, { key: key.slice(0, 64).toWellFormed() }))
  scope.add(key)
}

/** The place after a string, and whether anything in it is escaped. */
interface StringEnd {
  readonly at: number
  readonly escapes: boolean
}

function endOfString(bytes: Buffer, start: number): StringEnd {
  let at = start + 1
  let escapes = false
  while (at < bytes.length && bytes[at] !== QUOTE) {
    if (bytes[at] === BACKSLASH) {
      escapes = true
      at += 2
    } else at += 1
  }
  return { at: at + 1, escapes }
}

function nextSignificant(bytes: Buffer, start: number): number | undefined {
  let at = start
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x09 || bytes[at] === 0x0d) at += 1
  return bytes[at]
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

function stringValue(bytes: Buffer, start: number, { at, escapes }: StringEnd): string {
  if (!escapes) return bytes.toString('utf8', start + 1, at - 1)
  const literal = bytes.toString('utf8', start, at)
  try {
    const value: unknown = JSON.parse(literal)
    if (typeof value === 'string') {
      if (hasControlCharacter(value)) throw new Problem('unsupported-character', details.textControl)
      if (!value.isWellFormed()) throw new Problem('unsupported-character', details.textSurrogate)
      return value
    }
  } catch (error) {
    if (error instanceof Problem) throw error
  }
  return literal
}
