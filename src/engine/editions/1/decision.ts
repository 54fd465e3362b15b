import { type CheckDecision, decisionOf as withoutTexts } from '../../checks/decision.ts'
import type { RecordedDecision } from '../../checks/words/worded-check.ts'
import { alternativeText, conditionText, reasonText } from './check-texts.ts'

/** The document of edition 1: that of the next one, with the sentences for the seller's people. */
export function decisionOf(...decided: Parameters<typeof withoutTexts>): RecordedDecision {
  const decision: CheckDecision = withoutTexts(...decided)
  const { reasons, alternatives, unblockedBy } = decision
  return {
    ...decision,
    reasons: reasons.map(({ code }) => ({ code, text: reasonText(code) })),
    alternatives: alternatives.map((each) => ({ ...each, text: alternativeText(each) })),
    unblockedBy: unblockedBy.map((each) => ({ ...each, text: conditionText(each.kind) }))
  }
}
