import { type ReasonCode, reasonText } from '../../reasons/reasons.ts'
import type { Text } from '../../values/text.ts'
import { type Audience, joined, type Wording, worded } from '../../values/wording.ts'
import type { CheckDecision } from '../decision.ts'
import texts from '../texts.json' with { type: 'json' }
import { alternativeText, conditionText } from './advice-texts.ts'

type Parts = Pick<CheckDecision, 'reasons' | 'alternatives' | 'unblockedBy'>
type With<Said> = { readonly [Part in keyof Parts]: (Parts[Part][number] & Said)[] }

/** A decision as it is on file. Edition 1 stored its sentences for the seller's people with it. */
export type RecordedDecision = Omit<CheckDecision, keyof Parts> & With<{ readonly text?: Text }>

/** What else a decision says that its reasons depend on. */
type Grounds = Pick<CheckDecision, 'steps' | 'decidedAt'>

type ToldParts = With<{ readonly text: Text }>

/**
 * A decision with its sentences for one audience, from the texts in force. Where edition 1 stored
 * them, the seller's people get the stored ones.
 */
export function wordedCheck<Recorded extends With<{ readonly text?: Text }> & Grounds>(
  record: Recorded,
  audience: Audience
): Omit<Recorded, keyof Parts> & ToldParts {
  const { reasons, alternatives, unblockedBy } = record
  const kept = ({ text }: { readonly text?: Text }) => (audience.reader === 'sales' ? text : undefined)
  return {
    ...record,
    reasons: reasons.map((each) => ({ ...each, text: kept(each) ?? textOfReason(each.code, record, audience) })),
    alternatives: alternatives.map((each) => ({ ...each, text: kept(each) ?? alternativeText(each, audience) })),
    unblockedBy: unblockedBy.map((each) => ({ ...each, text: kept(each) ?? conditionText(each, audience) }))
  }
}

const UNRATED: Wording = texts.unrated
const RELEASED: Wording = texts.releasedAllTheSame

/**
 * A reason in words. Of a customer without a rating it says whether that was assessed; of what a
 * release waived, that a person let the order pass.
 */
function textOfReason(code: ReasonCode, { steps, decidedAt }: Grounds, audience: Audience): Text {
  if (code === 'RATING_MISSING' && steps.some((step) => step.code === 'rating_in_force' && step.dataAsOf !== decidedAt))
    return worded(UNRATED, audience)
  const text = reasonText(code, audience)
  const isWaived = steps.some(({ reason, exemptUntil }) => reason === code && exemptUntil !== null)
  return isWaived ? joined(text, worded(RELEASED, audience)) : text
}
