import type { Deps } from '../../deps.ts'
import type { KeyId } from '../../ids.ts'
import { keepUse } from '../store.ts'

/** Which keys were used, until it is written down. */
interface KeyUse {
  /** Notes that a key is used: nothing is written, so no request waits. */
  note(keyId: KeyId): void
  /** Writes down what was noted since. */
  keep(): Promise<void>
}

/** When keys are used, to the minute, in one statement for all of them. */
export function keyUse({ db, clock }: Pick<Deps, 'db' | 'clock'>): KeyUse {
  let noted = new Set<KeyId>()
  return {
    note: (keyId) => void noted.add(keyId),
    keep: async () => {
      if (noted.size === 0) return
      const used = [...noted]
      noted = new Set()
      await keepUse(db, clock, used)
    }
  }
}
