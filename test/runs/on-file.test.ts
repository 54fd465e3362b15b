import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { sql } from 'kysely'
import t from 'tap'
import { loadConfig } from '../../src/config.ts'
import { pageOfRuns } from '../../src/portfolio/commands/runs.ts'
import { pageOfRechecks } from '../../src/rechecks/commands/recheck-runs.ts'
import { openService } from '../../src/service.ts'
import { restoredDatabase } from '../database.ts'
import { workAtRechecks, workAtRescorings } from './at-work.ts'

// On a machine that others use too, a dump takes longer than most files are given.
t.setTimeout(300_000)

/** The last version with a table for each kind of run left this one. */
const DUMP = join(import.meta.dirname, '..', 'fixtures', '0014-edition-1.sql.gz')

/** Runs as that version left them in the middle of their work, and one that broke off. */
const INTERRUPTED = `
  insert into rescoring_runs (run_id, state, kind, rated_before, requested_by, total, scored, changed, unrated, failed,
    failures, cursor, pending, created_at, started_at, finished_at, failed_reason) values
    ('run_7zzzzzzzzzzzzzzzzzzzzzzzz2', 'failed', null, null, 'key_1', 3, 1, 1, 0, 2,
      '[{"customerId": "K-900", "reason": "one"}, {"customerId": "K-901", "reason": "two"}]', 'K-901', '{}',
      '2026-06-01T08:00:00.5Z', '2026-06-01T08:00:01Z', '2026-06-01T08:00:02Z', 'The service failed. Its log says why.'),
    ('run_7zzzzzzzzzzzzzzzzzzzzzzzz3', 'running', 'company', '2099-01-01T00:00:00.250Z', 'key_1', 9, 0, 0, 0, 0,
      '[]', (select max(customer_id) from customers where customer_id not in (select max(customer_id) from customers)),
      array[(select min(customer_id) from customers where kind = 'company')], '2026-06-01T08:00:00Z', '2026-06-01T08:00:01Z',
      null, null);
  insert into recheck_runs (run_id, state, scheduled_on, requested_by, customers, orders, at_risk, approved, findings,
    failed, failures, cursor, check_cursor, created_at, started_at, finished_at, failed_reason) values
    ('run_7zzzzzzzzzzzzzzzzzzzzzzzz4', 'running', null, 'key_1', 7, 2, 1, 0,
      '[{"customerId": "K-900", "orderId": "SO-1", "checkId": "chk_1", "outcome": "declined", "reasons": ["MANUAL_HOLD"],
        "since": "2026-06-01T08:00:00.000Z"}]', 1, '[{"customerId": "K-901", "reason": "one"}]', 'zz', null,
      '2026-06-01T08:00:00Z', '2026-06-01T08:00:01Z', null, null);
  create table rescorings_before as table rescoring_runs;
  create table rechecks_before as table recheck_runs;`

interface Before {
  readonly [column: string]: unknown
}

/** What every run was answered with by its own columns, and since then in Chinese. */
const courseOf = ({ runId, state, failures, failedReason, requestedBy, createdAt, startedAt, finishedAt }: Before) => ({
  runId,
  state,
  failures,
  failedReason,
  ...(failedReason === null ? {} : { failedReasonText: { en: failedReason, zh: '服务发生故障，原因见其日志。' } }),
  requestedBy,
  createdAt,
  startedAt,
  finishedAt
})

t.test('runs of the version before have the same ids and answers, and go on where they stood', async (t) => {
  const dump = `${gunzipSync(readFileSync(DUMP)).toString()}\n${INTERRUPTED}`
  const settings = await restoredDatabase(t, dump)
  const service = await openService(
    loadConfig({ ...settings, CREDENCE_SIMULATION: 'true', CREDENCE_ALLOW_UNSAFE_DURABILITY: 'true' })
  )
  t.teardown(() => service.close())
  const { deps } = service
  const { db } = deps

  const { rows: rescorings } = await sql<Before>`select * from rescorings_before order by run_id desc`.execute(db)
  t.ok(rescorings.length >= 4)
  t.same(
    (await pageOfRuns(db, { limit: 200 })).items,
    rescorings.map(({ kind, ratedBefore, total, scored, changed, unrated, failed, ...run }) => ({
      ...courseOf(run),
      filter: { kind, ratedBefore },
      counts: { total, scored, changed, unrated, failed }
    }))
  )

  const { rows: rechecks } = await sql<Before>`select * from rechecks_before order by run_id desc`.execute(db)
  t.ok(rechecks.length >= 10)
  t.ok(
    rechecks.some(({ findings }) => (findings as object[]).length > 1),
    'some found several orders'
  )
  t.same(
    (await pageOfRechecks(db, { limit: 200 })).items,
    rechecks.map(({ scheduledOn, findings, customers, orders, atRisk, approved, failed, ...run }) => ({
      ...courseOf(run),
      scheduledOn,
      findings,
      counts: { customers, orders, atRisk, approved, failed }
    }))
  )

  const never = new AbortController().signal
  await workAtRechecks(deps, null, never)
  const [recheck] = (await pageOfRechecks(db, { limit: 1 })).items
  t.match(recheck, { runId: /4$/, state: 'done', counts: { customers: 7, atRisk: 1, failed: 1 } }, 'nobody was left')
  await workAtRescorings(deps, never)
  const [rescoring] = (await pageOfRuns(db, { limit: 1 })).items
  t.match(rescoring, { runId: /3$/, state: 'done' })
  const { scored = 0, failed = 0 } = rescoring?.counts ?? {}
  t.ok([1, 2].includes(scored + failed), `the one pending, and who came behind if a company: ${scored} and ${failed}`)
})
