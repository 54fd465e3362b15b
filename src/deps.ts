import type { Reader } from './database.ts'
import type { CompiledModel, Policy } from './engine/index.ts'
import type { Clock } from './platform/clock.ts'

/** What every room is given: the database, the one clock, and the models and policies in force. Built once, in app.ts. */
export interface Deps {
  readonly db: Reader
  readonly clock: Clock
  readonly models: readonly CompiledModel[]
  readonly policy: Policy
  /** Currency of an account whose customer names none. */
  readonly currency: string
}
