import type { ErrorObject } from 'ajv'
import type { FieldError } from '../../values/problem.ts'
import { CLIENT_ID_PATTERN, VISIBLE_PATTERN } from '../schema.ts'
import { faultInChinese } from './faults-in-chinese.ts'
import { charactersIn, nearestWord } from './spelling.ts'

/**
 * The keyword of the rule between an amount and its currency. The rule belongs to the money object,
 * its faults to the amount.
 */
export const MONEY_FAULT = 'amount'

/** Where the parts of a request stand in a pointer, and the word for their fields. */
const PARTS: Readonly<Record<string, { place: string; noun: string }>> = {
  body: { place: '', noun: 'field' },
  querystring: { place: '/query', noun: 'query parameter' },
  params: { place: '/params', noun: 'path parameter' },
  headers: { place: '/headers', noun: 'header' },
  settings: { place: '/settings', noun: 'setting' }
}

/**
 * Returns each faulty field of one part of a request (`body`, `querystring`, `params` or `headers`)
 * once, with a sentence that can be read aloud. Of several faults of a field the most telling one
 * is kept. `faults` come from Ajv with `verbose`; a fault of a choice is dropped when one of its
 * branches says more. Beyond `fieldsMax` fields none is put into words.
 */
export function fieldFaults(
  faults: readonly ErrorObject[],
  part: string,
  fieldsMax = Number.POSITIVE_INFINITY
): FieldError[] {
  const byPointer = Map.groupBy(
    faults.filter(({ keyword }) => keyword !== 'if' && keyword !== 'anyOf'),
    (fault) => pointerOf(fault, part)
  )
  const told = [...byPointer]
  // "Must not be null" is worth saying only when nothing else is wrong with the value or inside it.
  const telling = told.filter(([, same]) => same.some(({ params }) => params.type !== 'null'))
  return (telling.length > 0 ? telling : told)
    .slice(0, fieldsMax)
    .map(([pointer, same]) => fieldError(pointer, same, part))
}

function pointerOf({ keyword, instancePath, params }: ErrorObject, part: string): string {
  const within = params.additionalProperty ?? params.missingProperty ?? (keyword === MONEY_FAULT ? 'amount' : undefined)
  const field = within === undefined ? '' : `/${escaped(String(within).slice(0, 64))}`
  return `${PARTS[part]?.place ?? ''}${instancePath}${field}`
}

function fieldError(pointer: string, same: readonly ErrorObject[], part: string): FieldError {
  const fault = same.toSorted((left, right) => rank(left) - rank(right))[0] as ErrorObject
  const { place, noun } = PARTS[part] ?? { place: '', noun: 'field' }
  const { keyword, params, parentSchema } = fault
  const subject =
    pointer === '' ? 'The body' : `The ${noun} ${place === '' ? pointer : pointer.slice(place.length + 1)}`
  const types = same.flatMap((each) => (each.keyword === 'type' ? [each.params.type].flat() : []))
  const zh = faultInChinese({ fault, types, field: pointer.slice(place.length + (place === '' ? 0 : 1)), part })
  if (keyword === 'additionalProperties') {
    const known = Object.keys(parentSchema?.properties ?? {})
    return { pointer, code: 'unknown_field', detail: unknownField(String(params.additionalProperty), known, noun), zh }
  }
  if (keyword === 'required') return { pointer, code: 'missing_field', detail: `${subject} is required.`, zh }
  const detail = `${subject} ${keyword === 'type' ? wrongType(fault, types as string[]) : misfit(fault)}`
  return { pointer, code: keyword, detail: detail.endsWith('?') ? detail : `${detail}.`, zh }
}

/**
 * The lower, the more telling: the form of a field says more than its length, and both say more
 * than "not null".
 */
function rank({ keyword, params }: ErrorObject): number {
  if (keyword === MONEY_FAULT) return 0
  if (keyword === 'type') return params.type === 'null' ? 4 : 3
  if (keyword === 'pattern') return params.pattern === VISIBLE_PATTERN ? 2 : 1
  return keyword === 'format' ? 1 : 2
}

function unknownField(name: string, known: readonly string[], noun: string): string {
  const shown = `There is no ${noun} "${name.slice(0, 64)}" here`
  const meant = nearestWord(name, known)
  if (meant !== undefined) return `${shown}: did you mean "${meant}"?`
  return known.length === 0 ? `${shown}.` : `${shown}. Known are: ${known.slice(0, 40).join(', ')}.`
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null'
}

function wrongType({ instancePath, data, parentSchema }: ErrorObject, types: readonly string[]): string {
  const wanted = alternatives([...new Set(types)].map((type) => TYPES[type] ?? type))
  const absent = instancePath === '' && (data === undefined || data === null)
  return `must be ${wanted}${exampleIn(parentSchema, ' ')}, ${absent ? 'and there is none' : `not ${named(data)}`}`
}

/** The words for a pattern, where the fields that have it describe themselves instead. */
const PATTERNS: Readonly<Record<string, string>> = {
  [CLIENT_ID_PATTERN]: 'a letter or digit, then up to 63 of letters, digits and . _ ~ -'
}

const FORMS: Readonly<Record<string, string>> = {
  date: 'a date that exists, such as "2026-03-31"',
  'date-time': 'an instant that exists, such as "2026-03-31T08:15:00.000Z"',
  currency: 'the ISO 4217 code of a currency, such as "CNY"',
  email: 'an e-mail address, such as "credit@example.com"'
}

/** What a value of the right type must be, in words. */
function misfit({ keyword, message, params, data, parentSchema }: ErrorObject): string {
  const limit = Number(params.limit)
  switch (keyword) {
    case 'enum':
      return misspelled(params.allowedValues as unknown[], data)
    case 'pattern': {
      if (params.pattern === VISIBLE_PATTERN) return 'must not be blank'
      const form = PATTERNS[params.pattern] ?? formIn(parentSchema?.description)
      return `has not the form that it needs${form === undefined ? '' : `: ${form}`}${exampleIn(parentSchema, ', ')}`
    }
    case 'format': {
      const form = FORMS[String(params.format)]
      return form === undefined ? (message ?? 'is not valid') : `must be ${form}`
    }
    case 'minLength':
      return limit === 1 ? 'must not be empty' : `must have at least ${limit} characters`
    case 'maxLength':
      return `may have at most ${counted(limit, 'character')}, and has ${charactersIn(String(data))}`
    case 'minItems':
      return `must hold at least ${counted(limit, 'entry')}, and holds ${sizeOf(data)}`
    case 'maxItems':
      return `may hold at most ${counted(limit, 'entry')}, and holds ${sizeOf(data)}`
    case 'uniqueItems':
      return `must not hold an entry twice: ${Math.min(params.i, params.j)} and ${Math.max(params.i, params.j)}, counted from 0, are the same`
    case 'minProperties':
      return `must hold at least ${counted(limit, 'field')}, and holds ${sizeOf(data)}`
    case 'maxProperties':
      return `may hold at most ${counted(limit, 'field')}, and holds ${sizeOf(data)}`
    case 'minimum':
      return `must be at least ${limit}, and is ${data}`
    case 'maximum':
      return `may be at most ${limit}, and is ${data}`
    case 'exclusiveMinimum':
      return `must be more than ${limit}, and is ${data}`
    case 'exclusiveMaximum':
      return `must be less than ${limit}, and is ${data}`
    default:
      return message ?? 'is not valid'
  }
}

/** A longer sentence is not read. */
const WORDS_MAX = 30

function misspelled(allowed: readonly unknown[], data: unknown): string {
  const words = allowed.map(String)
  const meant = typeof data === 'string' ? nearestWord(data, words) : undefined
  const listed = words.length > WORDS_MAX ? `one of ${words.length} words, such as ${words[0]}` : alternatives(words)
  const wanted = `must be ${listed}, not ${named(data)}`
  return meant === undefined || words.length === 1 ? wanted : `${wanted}: did you mean "${meant}"?`
}

/**
 * A value as part of a sentence. Only a short plain text is repeated, because a caller's text must
 * not speak for us.
 */
function named(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value === 'number') return `the number ${value}`
  if (typeof value !== 'string') return String(value)
  if (value === '') return 'an empty text'
  return /^[\w.:+-]{1,40}$/.test(value) ? `"${value}"` : 'another text'
}

function exampleIn(schema: ErrorObject['parentSchema'], before: string): string {
  const [example] = schema?.examples ?? []
  const shown = example === undefined ? '' : JSON.stringify(example)
  return shown === '' || shown.length > 200 ? '' : `${before}such as ${shown}`
}

function sizeOf(value: unknown): number | string {
  return Object.keys(value as object).length || 'none'
}

function counted(count: number, noun: 'character' | 'entry' | 'field'): string {
  if (count === 1) return `one ${noun}`
  return `${count} ${noun === 'entry' ? 'entries' : `${noun}s`}`
}

function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

/**
 * A description as part of another sentence: `A letter` becomes `a letter`, while `ISO 4217` stays.
 */
function formIn(description: string | undefined): string | undefined {
  if (description === undefined || description.includes('. ')) return undefined
  return /^[A-Z](?![A-Z])/.test(description) ? description[0]?.toLowerCase() + description.slice(1) : description
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
