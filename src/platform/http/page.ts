import Type, { type Static, type TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { canonicalJson, sha256 } from '../values/canonical.ts'
import { Problem } from '../values/problem.ts'
import { ClientId, clientId, idField } from './schema.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

export const PAGE_LIMIT_DEFAULT = 50

export interface Page<Item> {
  items: Item[]
  nextCursor?: string
}

/** The list that is read, and its filters. A cursor is bound to both. */
export interface Listing {
  readonly list: string
  readonly [filter: string]: string | number | boolean | undefined
}

/**
 * Makes a page from rows of which one more was read than asked for. The cursor holds the last key
 * and is bound to the listing.
 */
export function pageOfRows<Item>(
  rows: readonly Item[],
  limit: number,
  listing: Listing,
  keyOf: (item: Item) => string
): Page<Item> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  if (rows.length <= limit || last === undefined) return { items }
  return { items, nextCursor: cursorOf(keyOf(last), listing) }
}

/**
 * The key after which the page starts; throws `invalid-cursor` for a cursor of another list or
 * other filters, and for one that holds no key of this list. Anyone can make a cursor: so what it
 * holds is checked like any other input.
 */
export function keyOfCursor<Key>(
  cursor: string | undefined,
  listing: Listing,
  { read }: Pick<ListKey<Key>, 'read'>
): Key | undefined {
  if (cursor === undefined) return undefined
  const text = Buffer.from(cursor, 'base64url')
    .toString('utf8')
    .slice(SIGNATURE_LENGTH + 1)
  const key = cursorOf(text, listing) === cursor ? read(text) : undefined
  if (key === undefined) throw new Problem('invalid-cursor', details.cursor)
  return key
}

/** What a list is in the order of, and how a cursor holds it. */
export interface ListKey<Key> {
  /** The text of the key of an item. */
  of(item: Key): string
  /** The key that a text holds; undefined when it holds none. */
  read(text: string): Key | undefined
}

type FieldsOf<Fields extends Record<string, TSchema>> = { readonly [Name in keyof Fields]: Static<Fields[Name]> }

/** A key of some fields, each with its schema, in this order. */
export function listKey<const Fields extends Record<string, TSchema>>(
  fields: Fields,
  separator = ' '
): ListKey<FieldsOf<Fields>> {
  const named = Object.entries(fields)
  return {
    of: (item) => named.map(([name]) => item[name]).join(separator),
    read: (text) => {
      const parts = named.length === 1 ? [text] : text.split(separator)
      if (parts.length !== named.length) return undefined
      const values = named.map(([, schema], index) => valueIn(parts[index] ?? '', schema))
      if (values.includes(undefined)) return undefined
      return Object.fromEntries(named.map(([name], index) => [name, values[index]])) as FieldsOf<Fields>
    }
  }
}

/** A key of several forms, held as JSON. */
export function jsonKey<Schema extends TSchema>(schema: Schema): ListKey<Static<Schema>> {
  return {
    of: (item) => JSON.stringify(item),
    read: (text) => {
      try {
        const value: unknown = JSON.parse(text)
        return Check(schema, value) ? (value as Static<Schema>) : undefined
      } catch {
        return undefined
      }
    }
  }
}

function valueIn(text: string, schema: TSchema): unknown {
  const isNumber = (schema as { type?: unknown }).type === 'integer'
  const value = isNumber ? Number(text) : text
  return Check(schema, value) && String(value) === text ? value : undefined
}

/** The fields of keys, each as the database takes it. */
export const KeyField = {
  clientId,
  name: ClientId,
  madeId: idField,
  clientIdOrNone: <Kind extends string>() => Type.Union([clientId<Kind>(), Type.Literal('')]),
  number: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  numberOrNone: Type.Integer({ minimum: -1, maximum: Number.MAX_SAFE_INTEGER }),
  version: Type.Integer({ minimum: 0, maximum: 2_147_483_647 }),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  date: Type.String({ pattern: '^[1-9]\\d{3}-', format: 'date' }),
  instant: Type.String({ pattern: '^[1-9]\\d{3}-\\d{2}-\\d{2}T[0-9:.]{12}Z$', format: 'date-time' })
}

const SIGNATURE_LENGTH = 16

/** The cursor of the page after this key. */
export function cursorOf(key: string, listing: Listing): string {
  const signature = sha256(canonicalJson([listing, key])).slice(0, SIGNATURE_LENGTH)
  return Buffer.from(`${signature}\n${key}`, 'utf8').toString('base64url')
}
