import type { Text } from '../../values/text.ts'
import { type Audience, joined, type Wording, worded } from '../../values/wording.ts'
import texts from '../texts.json' with { type: 'json' }

/** What could be done instead of an order that is not approved. */
export const ALTERNATIVE_KINDS = [
  'smaller_amount',
  'later_date',
  'split',
  'prepayment',
  'shorter_terms',
  'security'
] as const
export type AlternativeKind = (typeof ALTERNATIVE_KINDS)[number]

/** The condition under which a step no longer stops the order. */
export const CONDITION_KINDS = [
  'lift_hold',
  'renew_rating',
  'improve_rating',
  'decide_limit',
  'raise_limit',
  'lower_exposure',
  'resolve_dispute',
  'provide_security',
  'renew_security',
  'pay_overdue',
  'shorten_terms',
  'reconcile',
  'record_rate',
  'human_decision'
] as const
export type ConditionKind = (typeof CONDITION_KINDS)[number]

const ALTERNATIVES: Readonly<Record<AlternativeKind, Wording>> = texts.alternatives
const CONDITIONS: Readonly<Record<ConditionKind, Wording>> = texts.conditions
const WITH_TERMS: Wording = texts.withTerms
const PAY_AMOUNT: Wording = texts.payOverdueAmount
const PAY_BEFORE: Wording = texts.payOverdueBefore

/** An offer in words. One that needs shorter terms than the order asks for says so. */
export function alternativeText(
  { kind, termsDays }: { readonly kind: AlternativeKind; readonly termsDays: number | null },
  audience: Audience
): Text {
  const text = worded(ALTERNATIVES[kind], audience)
  const needsTerms = termsDays !== null && kind !== 'shorter_terms'
  return needsTerms ? joined(text, worded(WITH_TERMS, audience)) : text
}

interface Condition {
  readonly kind: ConditionKind
  readonly amount: object | null
  readonly invoiceDueBefore: string | null
}

/** A condition in words; of what is overdue it names the amount, the day or both. */
export function conditionText({ kind, amount, invoiceDueBefore }: Condition, audience: Audience): Text {
  if (kind === 'pay_overdue' && invoiceDueBefore === null) return worded(PAY_AMOUNT, audience)
  if (kind === 'pay_overdue' && amount === null) return worded(PAY_BEFORE, audience)
  return worded(CONDITIONS[kind], audience)
}
