/**
 * What becomes of one version of a scoring model. `draft`: it may still be rewritten. `approved`:
 * another person than its author answers for it; from here on it never changes. `shadow`: it runs
 * on the same cases as the active model, and decides nothing. `active`: it decides for its segment,
 * alone. `retired`: it takes part no longer, for good.
 */
export const MODEL_STATES = ['draft', 'approved', 'shadow', 'active', 'retired'] as const
export type ModelState = (typeof MODEL_STATES)[number]

/** What is recorded of a version. `shipped`: it came with the service. */
export const MODEL_EVENTS = ['drafted', 'approved', 'shadowed', 'activated', 'retired', 'shipped'] as const
export type ModelEvent = (typeof MODEL_EVENTS)[number]

/** A change of state: from which states it is open, where it leads, and what is recorded. */
interface ModelStep {
  readonly from: readonly ModelState[]
  readonly to: ModelState
  readonly event: ModelEvent
}

/**
 * Every change of state that there is. A draft is approved first, whatever it is for; nothing leads
 * back.
 */
export const MODEL_STEPS = {
  approve: { from: ['draft'], to: 'approved', event: 'approved' },
  runInShadow: { from: ['approved'], to: 'shadow', event: 'shadowed' },
  activate: { from: ['approved', 'shadow'], to: 'active', event: 'activated' },
  retire: { from: ['approved', 'shadow', 'active'], to: 'retired', event: 'retired' }
} as const satisfies Record<string, ModelStep>
export type ModelStepName = keyof typeof MODEL_STEPS

/** Whether a version in this state may take the step. */
export function isStepOpen(state: ModelState, step: ModelStepName): boolean {
  return (MODEL_STEPS[step].from as readonly ModelState[]).includes(state)
}
