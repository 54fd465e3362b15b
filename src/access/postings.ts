import type { Reader } from '../database.ts'
import type { Caller, Scope } from '../platform/http/auth.ts'
import type { ActorText } from '../platform/values/actors.ts'
import { Problem } from '../platform/values/problem.ts'
import { type Said, said } from '../platform/values/said.ts'
import { relationOf } from './store/lineage.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

/** Scopes with which a key can approve what others propose. */
export const APPROVING_SCOPES: readonly Scope[] = ['admin', 'approve', 'release', 'models', 'keys']

/** Whether a key with these scopes can approve what others propose. */
export function canApprove(scopes: readonly Scope[]): boolean {
  return scopes.some((scope) => APPROVING_SCOPES.includes(scope))
}

/** Whether a key is that of everybody named: the same, one of its rotation, or of its person. */
export async function isSameActor(db: Reader, named: readonly ActorText[], caller: Caller): Promise<boolean> {
  for (const actor of new Set(named)) {
    if (actor === caller.actor) continue
    const { isSame } = await relationOf(db, caller.keyId, [actor])
    if (!isSame) return false
  }
  return true
}

/** What is recorded of an approval by whoever is alone. */
export interface OnePerson {
  readonly onePerson?: true
}

/**
 * The one rule of four eyes: what some have proposed is approved by somebody else. The approver is
 * none of them, by whatever key, and neither made the key of one of them nor has a key from one of
 * them, directly or through others; and the key of the approver was confirmed. Throws `four-eyes`
 * and `key-unconfirmed`. Where one person has to do (`isOnePerson`), another key is enough, and the
 * answer says so: `onePerson`.
 */
export async function fourEyes(
  db: Reader,
  {
    proposers,
    approver,
    isOnePerson
  }: { readonly proposers: readonly ActorText[]; readonly approver: Caller; readonly isOnePerson: boolean },
  what: Said
): Promise<OnePerson> {
  const { isSame, isLine, isConfirmed } = await relationOf(db, approver.keyId, proposers)
  if (isSame) throw new Problem('four-eyes', said(details.sameKey, { what }))
  if (!isLine && isConfirmed) return {}
  if (isOnePerson) return { onePerson: true }
  if (isLine) throw new Problem('four-eyes', said(details.sameLine, { what }))
  throw new Problem('key-unconfirmed', said(details.unconfirmed, { keyId: approver.keyId }))
}
