import {
  type Audience,
  addresseeOf,
  type CustomerKind,
  type Names,
  namedCheck,
  namedLimit,
  type Reader,
  type RecordedDecision,
  type RecordedLimit,
  SALES,
  TEXTS,
  type Text,
  withNames,
  wordedCheck,
  wordedLimit
} from '../engine/index.ts'
import { canonicalJson, sha256 } from '../platform/values/canonical.ts'
import { customerView } from './postings/customer-view.ts'

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

/**
 * An answer as its reader may be shown it: all of it, but to the customer, who is not told what the
 * seller's people keep to themselves.
 */
export function shownTo<Answer>(answer: Answer, reader: Reader | undefined): Answer {
  return reader === 'customer' ? customerView(answer) : answer
}

/** A thing with what people call codes of its fields, where a reader is named. */
export function namedFor<Thing extends object, Field extends keyof Thing & string>(
  thing: Thing,
  names: Readonly<Record<Field, Names>>,
  audience: Audience | undefined
): Thing & { readonly [Each in Field as `${Each}Name`]?: Text } {
  return audience === undefined ? thing : withNames(thing, names, audience)
}

/** A decision about an order in words, with the version of these. */
export function toldCheck<Recorded extends RecordedDecision>(record: Recorded, audience?: Audience) {
  const { reasons, alternatives, unblockedBy } = record
  const holdsTexts = [...reasons, ...alternatives, ...unblockedBy].some(({ text }) => text !== undefined)
  const told = { ...wordedCheck(record, audience ?? SALES), textsVersion: versionOf(holdsTexts, audience) }
  return audience === undefined ? told : namedCheck(told, audience)
}

/** A proposed limit in words, with the version of these. */
export function toldLimit<Recorded extends RecordedLimit>(record: Recorded, audience?: Audience) {
  const holdsTexts = record.reasons.some(({ text }) => text !== undefined)
  const told = { ...wordedLimit(record, audience ?? SALES), textsVersion: versionOf(holdsTexts, audience) }
  return audience === undefined ? told : namedLimit(told, audience)
}

function versionOf(holdsTexts: boolean, audience: Audience = SALES): string {
  return holdsTexts && audience.reader === 'sales' ? STORED : TEXTS_IN_FORCE
}
