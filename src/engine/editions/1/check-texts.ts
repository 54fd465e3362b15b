import type { AlternativeKind, ConditionKind } from '../../checks/words/advice-texts.ts'
import type { ReasonCode } from '../../reasons/reasons.ts'
import type { Text } from '../../values/text.ts'
import { joined } from '../../values/wording.ts'
import texts from './texts.json' with { type: 'json' }

const REASONS: Readonly<Partial<Record<ReasonCode, Text>>> = texts.reasons
const ALTERNATIVES: Readonly<Record<AlternativeKind, Text>> = texts.alternatives
const CONDITIONS: Readonly<Record<ConditionKind, Text>> = texts.conditions

/** The sentence that edition 1 stored with a reason. */
export function reasonText(code: ReasonCode): Text {
  const text = REASONS[code]
  if (text === undefined) throw new Error(`edition 1 gives no reason ${code}`)
  return text
}

/** The same with an offer. */
export function alternativeText(offer: { readonly kind: AlternativeKind; readonly termsDays: number | null }): Text {
  const text = ALTERNATIVES[offer.kind]
  const needsTerms = offer.termsDays !== null && offer.kind !== 'shorter_terms'
  return needsTerms ? joined(text, texts.withTerms) : text
}

/** The same with a condition. */
export function conditionText(kind: ConditionKind): Text {
  return CONDITIONS[kind]
}
