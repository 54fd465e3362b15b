import {
  type Audience,
  type RecordedDecision,
  type RecordedLimit,
  SALES,
  TEXTS,
  wordedCheck,
  wordedLimit
} from '../engine/index.ts'
import { canonicalJson, sha256 } from '../platform/values/canonical.ts'

/** The version of the texts in force. One letter that changes is another version. */
const IN_FORCE = sha256(canonicalJson(TEXTS)).slice(0, 12)

/** What decisions of the first edition stored for the seller's people is told them as it stands. */
const STORED = 'edition-1'

/** A decision about an order in words, with the version of these. */
export function toldCheck<Recorded extends RecordedDecision>(record: Recorded, audience: Audience = SALES) {
  const { reasons, alternatives, unblockedBy } = record
  const holdsTexts = [...reasons, ...alternatives, ...unblockedBy].some(({ text }) => text !== undefined)
  return { ...wordedCheck(record, audience), textsVersion: versionOf(holdsTexts, audience) }
}

/** A proposed limit in words, with the version of these. */
export function toldLimit<Recorded extends RecordedLimit>(record: Recorded, audience: Audience = SALES) {
  const holdsTexts = record.reasons.some(({ text }) => text !== undefined)
  return { ...wordedLimit(record, audience), textsVersion: versionOf(holdsTexts, audience) }
}

function versionOf(holdsTexts: boolean, { reader }: Audience): string {
  return holdsTexts && reader === 'sales' ? STORED : IN_FORCE
}
