import { type Id, idOf } from './ids.ts'

/**
 * What in the service acts by itself. A word that was published stays: it stands in entries and
 * rows.
 */
export const SYSTEM_ACTORS = [
  'policy',
  'clock',
  'reevaluation',
  'recheck',
  'file_change',
  'schedule',
  'shipped',
  // Whoever has the machine that the service runs on: its first start and its settings.
  'operator'
] as const
type SystemActor = (typeof SYSTEM_ACTORS)[number]

/** Who did something: an API key, a person that a key names, or a part of the service. */
export type Actor =
  | { readonly kind: 'key'; readonly id: Id<'key'> }
  | { readonly kind: 'person'; readonly id: Id<'per'> }
  | { readonly kind: 'system'; readonly id: SystemActor }

declare const written: unique symbol

/** An actor as it is recorded and answered: its id alone, which says of which kind it is. */
export type ActorText = string & { readonly [written]: 'actor' }

/** The one text of an actor. */
export function formatActor({ id }: Actor): ActorText {
  return id as string as ActorText
}

const MADE_ID = /^(key|per)_[0-9a-hjkmnp-tv-z]{26}$/

/** The actor that a text names; undefined for a text of no actor, as somebody may have written. */
export function parseActor(text: string): Actor | undefined {
  const prefix = MADE_ID.exec(text)?.[1]
  if (prefix === 'key') return { kind: 'key', id: idOf<Id<'key'>>(text) }
  if (prefix === 'per') return { kind: 'person', id: idOf<Id<'per'>>(text) }
  const id = SYSTEM_ACTORS.find((word) => word === text)
  return id === undefined ? undefined : { kind: 'system', id }
}

/** A part of the service, as it is recorded. */
export function systemActor(id: SystemActor): ActorText {
  return formatActor({ kind: 'system', id })
}

/** Whom a key acts for, as it is recorded: the person that it names, otherwise the key. */
export function actorOfKey(key: { readonly keyId: Id<'key'>; readonly personId: Id<'per'> | null }): ActorText {
  return formatActor(key.personId === null ? { kind: 'key', id: key.keyId } : { kind: 'person', id: key.personId })
}
