import type { KeyId } from '../src/ids.ts'
import { type ActorText, formatActor } from '../src/platform/values/actors.ts'
import { idOf } from '../src/platform/values/ids.ts'

/** A key as it is recorded, whether there is one or not. */
export function keyActor(text: string): ActorText {
  return formatActor({ kind: 'key', id: idOf<KeyId>(text) })
}
