import { kindsOf } from '../../customers/store.ts'
import type { Reader, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import {
  ACTOR_NAMES,
  nameOfOutcome,
  type Reader as ReasonReader,
  RUN_STATE_NAMES,
  reasonText
} from '../../engine/index.ts'
import type { RunId } from '../../ids.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/command.ts'
import type { Page } from '../../platform/http/page.ts'
import type { RunKind } from '../../runs/postings/kind.ts'
import * as life from '../../runs/postings/life.ts'
import type { RunWithRows } from '../../runs/store.ts'
import { audienceOf, namedFor, shownTo } from '../../wording/postings.ts'
import type { RecheckRun, RecheckRunQuery } from '../schema.ts'

/** Runs over all open orders. A result is an order that would not be approved any more. */
export const RECHECK: RunKind<RecheckRun['counts']> = {
  name: 'recheck',
  path: 'recheck-runs',
  noCounts: { customers: 0, orders: 0, atRisk: 0, approved: 0, failed: 0 },
  problems: { active: 'recheck-run-active', ended: 'recheck-run-finished' },
  rowsShown: { results: 1_500, failures: 600 }
}

/** Asks for a run over all open orders. Throws `recheck-run-active`. */
export async function createRecheck({ clock }: Deps, trx: Writer, caller: Caller): Promise<Answer> {
  const runId = await life.startRun(trx, clock, RECHECK, { requestedBy: caller.actor })
  return { status: 201, value: await readRecheck(trx, runId), location: `/v1/recheck-runs/${runId}` }
}

/** Ends a run where it stands. Throws `not-found` and `recheck-run-finished`. */
export async function cancelRecheck(
  { clock }: Deps,
  trx: Writer,
  runId: RunId,
  reader?: ReasonReader
): Promise<Answer> {
  await life.cancelRun(trx, clock, RECHECK, runId)
  return { status: 200, value: await readRecheck(trx, runId, reader) }
}

/** One run. Throws `not-found`. */
export async function readRecheck(db: Reader, runId: RunId, reader?: ReasonReader): Promise<RecheckRun> {
  const [run] = await told(db, [shown(await life.readRun(db, RECHECK, runId))], reader)
  if (run === undefined) throw new Error('a run that is read is there')
  return run
}

/** Runs, newest first. */
export async function pageOfRechecks(db: Reader, { reader, ...query }: RecheckRunQuery): Promise<Page<RecheckRun>> {
  const page = await life.pageOfRuns(db, RECHECK, query, shown)
  return { ...page, items: await told(db, page.items, reader) }
}

/** Runs with their findings in words, where a reader is named. */
async function told(db: Reader, runs: readonly RecheckRun[], reader: ReasonReader | undefined): Promise<RecheckRun[]> {
  if (reader === undefined) return [...runs]
  const customers = runs.flatMap(({ findings }) => findings.map(({ customerId }) => customerId))
  const kinds = reader === 'customer' ? await kindsOf(db, customers) : undefined
  return runs.map(({ findings, ...run }) => {
    const told = findings.map((finding) => {
      const audience = audienceOf(reader, kinds?.get(finding.customerId))
      const toldReasons = finding.reasons.map((code) => ({ code, text: reasonText(code, audience) }))
      return { ...finding, outcomeName: nameOfOutcome(finding.outcome, audience), toldReasons }
    })
    const names = { state: RUN_STATE_NAMES, requestedBy: ACTOR_NAMES }
    return shownTo({ ...namedFor(run, names, audienceOf(reader)), findings: told }, reader)
  })
}

function shown(run: RunWithRows): RecheckRun {
  const { runId, state, scheduledOn, results, failures } = run
  return {
    runId,
    state,
    scheduledOn,
    counts: { ...RECHECK.noCounts, ...run.counts },
    findings: results.map(
      ({ subject, content }) => ({ customerId: subject, ...content }) as RecheckRun['findings'][number]
    ),
    failures: life.failuresOf(failures),
    ...life.courseOf(run)
  }
}
