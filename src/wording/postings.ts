import {
  type Audience,
  addresseeOf,
  type CustomerKind,
  namedCheck,
  namedLimit,
  type Reader,
  type RecordedDecision,
  type RecordedLimit,
  SALES,
  TEXTS,
  wordedCheck,
  wordedLimit
} from '../engine/index.ts'
import { canonicalJson, sha256 } from '../platform/values/canonical.ts'

/** The version of the texts in force. One letter that changes is another version. */
export const TEXTS_IN_FORCE = sha256(canonicalJson(TEXTS)).slice(0, 12)

/** What decisions of the first edition stored for the seller's people is told them as it stands. */
const STORED = 'edition-1'

/**
 * For whom an answer is, undefined where nobody was named: then it is for the seller's people, and
 * its codes have no names. Without a kind the customer is addressed as a business.
 */
export function audienceOf(reader: Reader, kind?: CustomerKind | null): Audience
export function audienceOf(reader: Reader | undefined, kind?: CustomerKind | null): Audience | undefined
export function audienceOf(reader: Reader | undefined, kind?: CustomerKind | null): Audience | undefined {
  return reader === undefined ? undefined : { reader, addressee: addresseeOf(kind ?? 'company') }
}

/** A decision about an order in words, with the version of these. */
export function toldCheck<Recorded extends RecordedDecision>(record: Recorded, audience?: Audience) {
  const { reasons, alternatives, unblockedBy } = record
  const holdsTexts = [...reasons, ...alternatives, ...unblockedBy].some(({ text }) => text !== undefined)
  const told = { ...wordedCheck(record, audience ?? SALES), textsVersion: versionOf(holdsTexts, audience) }
  return audience === undefined ? told : namedCheck(told)
}

/** A proposed limit in words, with the version of these. */
export function toldLimit<Recorded extends RecordedLimit>(record: Recorded, audience?: Audience) {
  const holdsTexts = record.reasons.some(({ text }) => text !== undefined)
  const told = { ...wordedLimit(record, audience ?? SALES), textsVersion: versionOf(holdsTexts, audience) }
  return audience === undefined ? told : namedLimit(told)
}

function versionOf(holdsTexts: boolean, audience: Audience = SALES): string {
  return holdsTexts && audience.reader === 'sales' ? STORED : TEXTS_IN_FORCE
}
