import type { Database, ListedModel, Reader } from './database.ts'
import type { CompiledModel, Jurisdiction, Policy, Segment } from './engine/index.ts'
import type { ModelId } from './ids.ts'
import type { Clock } from './platform/database/clock.ts'
import type { Reports } from './platform/database/reports.ts'
import type { Jobs } from './platform/work/jobs.ts'
import type { Tally } from './platform/work/tally.ts'

/**
 * What every room is given: the database, the one clock, the models and the policy in force. Built
 * once, in service.ts.
 */
export interface Deps {
  /** What decisions rest on and are written to; also reads of one thing, which follow its write. */
  readonly db: Reader
  /**
   * For lists, journals, audits, reports and days that are past. Never for a decision: it may be a
   * replica that lags. The embedded database has one session, which serves both.
   */
  readonly reports: Reports<Database>
  readonly clock: Clock
  readonly models: ModelRegistry
  readonly policy: Policy
  /** Currency of an account whose customer names none. */
  readonly currency: string
  /** Whose law decides which features a model may use. */
  readonly jurisdiction: Jurisdiction
  /** One person has to do: another key is enough for an approval, and it says so. */
  readonly onePerson: boolean
  /** Has what is due in the background begun with. */
  readonly jobs: Pick<Jobs, 'look' | 'lookSoon'>
  /** What has happened in this process, for metrics. */
  readonly tally: Tally
}

/** A version of a scoring model that takes part in assessments, ready for scoring. */
export interface ModelInForce {
  readonly modelId: ModelId
  readonly version: number
  readonly segment: Segment
  readonly sha256: string
  readonly compiled: CompiledModel
}

/** A version that runs on the same cases and decides nothing; null where it cannot be compiled. */
export type ShadowModel = Omit<ModelInForce, 'compiled'> & { readonly compiled: CompiledModel | null }

/** At most one active model for each segment, and any number in shadow. */
export interface ModelsInForce {
  readonly active: readonly ModelInForce[]
  readonly shadows: readonly ShadowModel[]
}

export interface ModelRegistry {
  /**
   * As a transaction sees them, or as they were listed in another statement. Each version is
   * compiled once in the process.
   */
  inForce(db: Reader, listed?: readonly ListedModel[]): Promise<ModelsInForce>
  /** One version, whatever its state; undefined where there is none. */
  find(db: Reader, modelId: ModelId, version: number): Promise<CompiledModel | undefined>
}
