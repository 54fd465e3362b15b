import type { Names } from './naming.ts'
import texts from './texts.json' with { type: 'json' }

/** What people call what in the service acts by itself, and the states of its long runs. */
export const ACTOR_NAMES: Names = texts.actors
export const RUN_STATE_NAMES: Names = texts.runStates
