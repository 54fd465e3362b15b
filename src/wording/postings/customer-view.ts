import { isReasonCode } from '../../engine/index.ts'
import { parseActor } from '../../platform/values/actors.ts'

/** What stands for a text that the customer is not told and that cannot be null. */
const WITHHELD = 'withheld'

type Fields = Readonly<Record<string, unknown>>
/** What the customer is told instead of a value; undefined: the field is left out. */
type Instead = (value: unknown, holder: Fields) => unknown

const nothing: Instead = () => null
const none: Instead = () => []
const leftOut: Instead = () => undefined
const whoActed: Instead = (value) =>
  typeof value !== 'string' || parseActor(value)?.kind === 'system' ? value : WITHHELD

/**
 * The steps of a check whose figures are the customer's own: what it asks for and has left, what it
 * owes and how it pays. What is observed by the others is the seller's business.
 */
const OWN_FIGURES: readonly unknown[] = [
  'limit_in_force',
  'headroom',
  'headroom_horizon',
  'oldest_overdue',
  'share_overdue',
  'overdue_severity',
  'payment_index',
  'terms',
  'utilisation'
]
/** Those of them that are compared with what the customer was granted, not with the policy. */
const OWN_BOUNDS: readonly unknown[] = ['limit_in_force', 'headroom', 'headroom_horizon', 'terms']

/**
 * What the customer is not told, wherever it stands in an answer: what people of the seller wrote
 * for themselves and who they are, how the policy and the model measure, what the journal holds.
 */
const NOT_TOLD: Readonly<Record<string, Instead>> = {
  comment: nothing,
  reasonCode: nothing,
  // Beside reasons that are codes there are those that somebody wrote.
  reason: (value) => (typeof value === 'string' && isReasonCode(value) ? value : null),
  failedReason: nothing,
  failedReasonText: () => undefined,
  failures: none,

  by: whoActed,
  actor: whoActed,
  askedBy: whoActed,
  closedBy: whoActed,
  proposedBy: whoActed,
  requestedBy: whoActed,

  observed: (value, { code }) => (OWN_FIGURES.includes(code) ? value : null),
  threshold: (value, { code }) => (OWN_BOUNDS.includes(code) ? value : null),
  observedWords: (value, { code }) => (OWN_FIGURES.includes(code) ? value : undefined),
  thresholdWords: (value, { code }) => (OWN_BOUNDS.includes(code) ? value : undefined),
  unblockedBy: (value) => (Array.isArray(value) ? value.map(withoutGrade) : value),
  components: (value) => (Array.isArray(value) ? value.map(withoutFigures) : value),

  contributions: none,
  otherInputs: none,
  notches: none,
  ceilings: none,
  knockouts: none,
  characteristics: none,
  clears: none,
  from: (value) => (Array.isArray(value) ? [] : value),
  fromNames: leftOut,
  characteristicsNames: leftOut,
  clearsNames: leftOut,
  worthMost: nothing,
  prediction: nothing,
  modelCode: leftOut,
  inputs: leftOut,
  withoutEasing: leftOut,
  unavailableInputs: leftOut,
  unavailableInputsNames: leftOut,

  payload: () => '{}',
  // Securities and evidence bear ids that the seller's people gave them.
  subject: (value, { type }) => (/^(security|evidence)\./.test(String(type)) ? WITHHELD : value)
}

/** A component of a limit: only what was asked for is the customer's own figure. */
function withoutFigures({ inputsNames: _names, ...component }: Fields): Fields {
  return { ...component, amount: component.id === 'request' ? component.amount : null, inputs: {} }
}

/** The grade that would do is the policy's. */
function withoutGrade(condition: Fields): Fields {
  return { ...condition, grade: null }
}

/**
 * An answer as the customer may be shown it. It has the same fields; what is not told is null,
 * empty or `withheld`, and what is optional is left out.
 */
export function customerView<Answer>(answer: Answer): Answer {
  return viewOf(answer) as Answer
}

function viewOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(viewOf)
  if (typeof value !== 'object' || value === null) return value
  const holder = value as Fields
  const told = Object.entries(holder).flatMap(([name, each]) => {
    const instead = Object.hasOwn(NOT_TOLD, name) ? NOT_TOLD[name]?.(each, holder) : viewOf(each)
    return instead === undefined ? [] : [[name, instead] as const]
  })
  return Object.fromEntries(told)
}
