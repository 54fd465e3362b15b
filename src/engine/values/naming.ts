import type { Text } from './text.ts'
import { type Audience, type Wording, worded } from './wording.ts'

/** What people call codes. */
export type Names = Readonly<Record<string, Wording>>

type NamesOf<Field extends string> = { readonly [Each in Field as `${Each}Name`]?: Text }

/** What people call a code; undefined for null and for a word that is no code. */
export function nameIn(names: Names, code: unknown, audience: Audience): Text | undefined {
  const wording = typeof code === 'string' && Object.hasOwn(names, code) ? names[code] : undefined
  return wording === undefined ? undefined : worded(wording, audience)
}

/**
 * A thing with what people call the codes in some of its fields: `state` has `stateName` beside it.
 * What has no name gets none.
 */
export function withNames<Thing extends object, Field extends keyof Thing & string>(
  thing: Thing,
  names: Readonly<Record<Field, Names>>,
  audience: Audience
): Thing & NamesOf<Field> {
  const found = Object.entries<Names>(names).flatMap(([field, of]) => {
    const name = nameIn(of, (thing as Readonly<Record<string, unknown>>)[field], audience)
    return name === undefined ? [] : [[`${field}Name`, name] as const]
  })
  return { ...thing, ...(Object.fromEntries(found) as NamesOf<Field>) }
}
