import { reasonText } from '../../reasons/reasons.ts'
import type { Text } from '../../values/text.ts'
import type { Audience } from '../../values/wording.ts'
import type { CheckDecision } from '../decision.ts'
import { alternativeText, conditionText } from './advice-texts.ts'

type Parts = Pick<CheckDecision, 'reasons' | 'alternatives' | 'unblockedBy'>
type With<Said> = { readonly [Part in keyof Parts]: (Parts[Part][number] & Said)[] }

/** A decision as it is on file. Edition 1 stored its sentences for the seller's people with it. */
export type RecordedDecision = Omit<CheckDecision, keyof Parts> & With<{ readonly text?: Text }>

type ToldParts = With<{ readonly text: Text }>

/**
 * A decision with its sentences for one audience, from the texts in force. Where edition 1 stored
 * them, the seller's people get the stored ones.
 */
export function wordedCheck<Recorded extends With<{ readonly text?: Text }>>(
  record: Recorded,
  audience: Audience
): Omit<Recorded, keyof Parts> & ToldParts {
  const { reasons, alternatives, unblockedBy } = record
  const kept = ({ text }: { readonly text?: Text }) => (audience.reader === 'sales' ? text : undefined)
  return {
    ...record,
    reasons: reasons.map((each) => ({ ...each, text: kept(each) ?? reasonText(each.code, audience) })),
    alternatives: alternatives.map((each) => ({ ...each, text: kept(each) ?? alternativeText(each, audience) })),
    unblockedBy: unblockedBy.map((each) => ({ ...each, text: kept(each) ?? conditionText(each.kind, audience) }))
  }
}
