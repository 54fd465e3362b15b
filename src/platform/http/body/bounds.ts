import type { TSchema } from 'typebox'
import { components } from '../schema.ts'

/** How much a body may hold. It is counted on the bytes, before anything is built from them. */
export interface BodyBounds {
  readonly keysMax: number
  /** The most entries of one list or object that fit. */
  readonly entriesMax: number
  /** The most entries that fit of all lists and objects together, and of these themselves. */
  readonly valuesMax: number
  /** So many more than fit are read all the same. */
  readonly spare: number
}

const KEYS_MAX = 5_000

/** A list that is too long by a little, and a mistyped key, are named by their place. */
const SPARE = 200

/** The bounds of a body that no schema describes. */
export const UNDESCRIBED: BodyBounds = { keysMax: KEYS_MAX, entriesMax: KEYS_MAX, valuesMax: 2 * KEYS_MAX, spare: 0 }

/**
 * The bounds of a body by its schema: what fits, and a little more. Of a part that the schema does
 * not describe the keys are the bound; of a body that it does not describe at all, the bytes too.
 */
export function boundsOf(schema: TSchema, keysMax = KEYS_MAX): BodyBounds {
  const { entries, values } = new Sizes({ entries: keysMax, values: 2 * keysMax }).of(schema as Described, UNBOUNDED)
  return { keysMax, entriesMax: entries, valuesMax: values, spare: SPARE }
}

/** The keywords of a schema that say how much fits it. */
interface Described {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Described>>
  readonly additionalProperties?: boolean | Described
  readonly patternProperties?: Readonly<Record<string, Described>>
  readonly maxProperties?: number
  readonly items?: Described
  readonly maxItems?: number
  readonly anyOf?: readonly Described[]
  readonly allOf?: readonly Described[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
}

interface Size {
  /** The most entries of one list or object. */
  readonly entries: number
  /** The most values in all, itself included. */
  readonly values: number
}

const SCALAR: Size = { entries: 0, values: 1 }
const UNBOUNDED: Size = { entries: Number.POSITIVE_INFINITY, values: Number.POSITIVE_INFINITY }

/** Reckons how much fits a schema. */
class Sizes {
  readonly #named = new Map<string, Size>()
  readonly #undescribed: Size

  /** With the size of a part that no schema describes. */
  constructor(undescribed: Size) {
    this.#undescribed = undescribed
  }

  of(schema: Described, undescribed = this.#undescribed): Size {
    const { $ref, anyOf, allOf, type } = schema
    if ($ref !== undefined) return this.#ofNamed($ref.replace(/#$/, ''), undescribed)
    if (anyOf !== undefined) return choiceOf(anyOf, (each) => this.of(each, undescribed))
    // Each part says more of the same value, so the least bound holds.
    if (allOf !== undefined) {
      const { allOf: _parts, ...whole } = schema
      return sizeBy(
        Math.min,
        [whole, ...allOf].map((each) => this.of(each, undescribed))
      )
    }
    if (schema.enum !== undefined || schema.const !== undefined) return SCALAR
    if (type === undefined) return undescribed
    return sizeBy(
      Math.max,
      [type].flat().map((each) => this.#ofType(each, schema, undescribed))
    )
  }

  #ofNamed(name: string, undescribed: Size): Size {
    const before = this.#named.get(name)
    if (before !== undefined) return before
    // A schema that holds itself has no bound of its own.
    this.#named.set(name, undescribed)
    const schema = components().find((each) => (each as { $id?: string }).$id === name)
    const size = schema === undefined ? undescribed : this.of(schema as Described, undescribed)
    this.#named.set(name, size)
    return size
  }

  #ofType(type: string, schema: Described, undescribed: Size): Size {
    if (type === 'array') return this.#repeated(schema.items ?? {}, schema.maxItems)
    return type === 'object' ? this.#ofObject(schema, undescribed) : SCALAR
  }

  #ofObject(
    { properties, additionalProperties, patternProperties, maxProperties }: Described,
    undescribed: Size
  ): Size {
    const fields = Object.values(properties ?? {}).map((each) => this.of(each))
    const others = [...Object.values(patternProperties ?? {}), additionalProperties].filter(
      (each) => typeof each === 'object'
    )
    // A field more than those that are named is mistyped, and there is a little more room for that.
    const open =
      additionalProperties === true || (additionalProperties === undefined && fields.length + others.length === 0)
    if (open) return undescribed
    const sizes = [...fields, ...others.map((each) => this.#repeated(each, maxProperties))]
    return {
      entries: Math.max(fields.length, ...sizes.map(({ entries }) => entries)),
      values: sizes.reduce((sum, { values }) => sum + values, 1)
    }
  }

  #repeated(schema: Described, times = this.#undescribed.entries): Size {
    const { entries, values } = this.of(schema)
    return { entries: Math.max(times, entries), values: 1 + times * values }
  }
}

/** The bound of a choice; a branch that takes anything is there to be answered, and bounds none. */
function choiceOf(branches: readonly Described[], sizeOf: (branch: Described) => Size): Size {
  const described = branches.filter(({ $ref, type, anyOf, allOf }) => $ref ?? type ?? anyOf ?? allOf)
  return sizeBy(Math.max, (described.length > 0 ? described : branches).map(sizeOf))
}

function sizeBy(choose: (...values: number[]) => number, sizes: readonly Size[]): Size {
  return {
    entries: choose(...sizes.map(({ entries }) => entries)),
    values: choose(...sizes.map(({ values }) => values))
  }
}
