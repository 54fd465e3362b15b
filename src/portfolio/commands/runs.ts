import type { Reader, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import type { RunId } from '../../ids.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/command.ts'
import type { Page } from '../../platform/http/page.ts'
import { addSeconds } from '../../platform/values/instants.ts'
import type { RunKind } from '../../runs/postings/kind.ts'
import * as life from '../../runs/postings/life.ts'
import type { RunWithRows } from '../../runs/store.ts'
import type { NewRescoringRun, RescoringRun, RescoringRunQuery } from '../schema.ts'
import { countCustomers } from '../store/customers.ts'

/** Runs that score the portfolio anew. Of its customers, only those that failed have a row. */
export const RESCORING: RunKind<RescoringRun['counts']> = {
  name: 'rescoring',
  path: 'rescoring-runs',
  noCounts: { total: 0, scored: 0, changed: 0, unrated: 0, failed: 0 },
  problems: { active: 'rescoring-run-active', ended: 'rescoring-run-finished' },
  rowsShown: { results: 0, failures: 600 }
}

/** Starts a run over the portfolio. Throws `rescoring-run-active`. */
export async function createRun(
  { clock }: Deps,
  trx: Writer,
  caller: Caller,
  { kind, ratedBefore }: NewRescoringRun
): Promise<Answer> {
  // Instants are shown in UTC, whatever the offset with which they came.
  const parameters = { kind: kind ?? null, ratedBefore: ratedBefore === undefined ? null : addSeconds(ratedBefore, 0) }
  const total = await countCustomers(trx, parameters)
  const runId = await life.startRun(trx, clock, RESCORING, {
    requestedBy: caller.actor,
    parameters,
    counts: { total }
  })
  return { status: 201, value: await readRun(trx, runId), location: `/v1/rescoring-runs/${runId}` }
}

/** Stops a run where it is. Throws `not-found` and `rescoring-run-finished`. */
export async function cancelRun({ clock }: Deps, trx: Writer, runId: RunId): Promise<Answer> {
  await life.cancelRun(trx, clock, RESCORING, runId)
  return { status: 200, value: await readRun(trx, runId) }
}

/** One run. Throws `not-found`. */
export async function readRun(db: Reader, runId: RunId): Promise<RescoringRun> {
  return shown(await life.readRun(db, RESCORING, runId))
}

/** Runs, newest first. */
export async function pageOfRuns(db: Reader, query: RescoringRunQuery): Promise<Page<RescoringRun>> {
  return life.pageOfRuns(db, RESCORING, query, shown)
}

function shown(run: RunWithRows): RescoringRun {
  const { kind, ratedBefore } = run.parameters as RescoringRun['filter']
  return {
    runId: run.runId,
    state: run.state,
    filter: { kind, ratedBefore },
    counts: { ...RESCORING.noCounts, ...run.counts },
    failures: life.failuresOf(run.failures),
    ...life.courseOf(run)
  }
}
