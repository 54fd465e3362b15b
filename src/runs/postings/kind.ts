import type { Writer } from '../../database.ts'
import type { RunId } from '../../ids.ts'
import type { ActorText } from '../../platform/values/actors.ts'
import { Problem, type ProblemSlug } from '../../platform/values/problem.ts'
import { type Said, said, withinLength } from '../../platform/values/said.ts'
import type { NewRunRow, RowsRead } from '../store.ts'
import texts from '../texts.json' with { type: 'json' }

const { details } = texts

/** How far a run is; `failed` is counted by the machine, all else by its kind. */
export interface RunCounts {
  readonly failed: number
}

/** What is fixed about a kind of run: what it takes to ask for one, to cancel it and to read it. */
export interface RunKind<Counts extends RunCounts = RunCounts> {
  /** Its name in the table, and that of its queue: small letters and hyphens. */
  readonly name: string
  /** The last part of its address. */
  readonly path: string
  /** The counts of a run that has not begun. */
  readonly noCounts: Counts
  readonly problems: {
    /** Another run of the kind is queued or running. */
    readonly active: ProblemSlug
    /** A run that is to be cancelled has ended. */
    readonly ended: ProblemSlug
  }
  /** So many of its first rows are shown with a run. */
  readonly rowsShown: RowsRead
}

/** How a kind of run is worked at. The loop, the states and what becomes of faults are not its. */
export interface RunWork<
  Counts extends RunCounts = RunCounts,
  Parameters extends object = object,
  Cursor extends object = object
> {
  readonly kind: RunKind<Counts>
  /**
   * Hour of the day from which the schedule asks for a run, once a day; null: callers alone ask.
   */
  readonly scheduleHour: number | null
  /** Whether it rests for as long as it works: for work whose locks others wait for. */
  readonly rests: boolean
  /**
   * The next part behind a cursor; undefined: nothing is left. It only reads, and locks nothing.
   */
  find(run: RunTaken<Parameters>, cursor: Cursor | null): Promise<RunPart<Counts, Cursor> | undefined>
}

/** A run as its kind is told of it. */
export interface RunTaken<Parameters extends object> {
  readonly runId: RunId
  readonly requestedBy: ActorText
  readonly parameters: Parameters
}

/** A part of a run that is worked at in one transaction. */
export interface RunPart<Counts extends RunCounts = RunCounts, Cursor extends object = object> {
  /**
   * Where the run stands after it, if that is known before the work: then the parts behind it are
   * found meanwhile.
   */
  readonly endsAt?: Cursor
  /** What must be done before its transaction is opened. */
  readonly prepared?: Promise<unknown>
  /** How often it is tried while others hold an account for longer than the database waits. */
  readonly attemptsMax: number
  /** Does the work. What it writes is kept only together with the step. */
  work(trx: Writer): Promise<RunStep<Counts, Cursor>>
  /** The step over the part when its work failed for this reason, of which nothing was kept. */
  recordFailure(reason: Said): RunStep<Counts, Cursor> | Promise<RunStep<Counts, Cursor>>
}

/** What a part adds to its run, and where the run stands after it. */
export interface RunStep<Counts extends RunCounts = RunCounts, Cursor extends object = object> {
  readonly counts: Partial<Omit<Counts, 'failed'>>
  readonly rows: readonly NewRunRow[]
  readonly cursor: Cursor
}

const REASON_LENGTH_MAX = 300

/** The row that says why a subject was passed over, in as many words as are shown. */
export function failedRow({ subject, reason }: { readonly subject: string; readonly reason: Said }): NewRunRow {
  const { en, zh } = withinLength(reason, REASON_LENGTH_MAX)
  return { subject, failed: true, content: { reason: en.toWellFormed(), zh: zh.toWellFormed() } }
}

/** Why the work of a customer failed. What is no problem is a fault of the service itself. */
export function failureReason(error: unknown): Said {
  if (error instanceof Problem) return error.detail
  const message = error instanceof Error ? error.message : String(error)
  return said(details.unexpected, { message })
}
