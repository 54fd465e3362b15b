import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { sql } from 'kysely'
import t from 'tap'
import { loadConfig } from '../src/config.ts'
import { ENTRY_TYPES } from '../src/engine/index.ts'
import { selfCheck } from '../src/journal/commands/self-check.ts'
import { openService } from '../src/service.ts'
import { changeEveryText } from './changed-texts.ts'
import { restoredDatabase } from './database.ts'
import { redecideAll } from './fixtures/redecide.ts'

const FOLDER = join(import.meta.dirname, 'fixtures')

/** What a dump holds, as it was counted when it was made. */
interface Held {
  readonly entries: Readonly<Record<string, number>>
  readonly decided: Readonly<Record<string, number>>
}

// On a machine that others use too, a dump takes longer than most files are given.
t.setTimeout(300_000)

// Not one sentence has to be as it was for what was decided to come out again.
changeEveryText()

const dumps = globSync('*.sql.gz', { cwd: FOLDER }).map((file) => file.replace('.sql.gz', ''))

t.test('there is a dump of an earlier version', async (t) => t.ok(dumps.length > 0))

for (const dump of dumps) {
  t.test(`${dump} is brought up to date, audits valid, and is decided again to the same bytes`, async (t) => {
    const held = JSON.parse(readFileSync(join(FOLDER, `${dump}.json`), 'utf8')) as Held
    const settings = await restoredDatabase(t, gunzipSync(readFileSync(join(FOLDER, `${dump}.sql.gz`))).toString())
    const service = await openService(
      loadConfig({ ...settings, CREDENCE_SIMULATION: 'true', CREDENCE_ALLOW_UNSAFE_DURABILITY: 'true' })
    )
    t.teardown(() => service.close())
    const { db } = service.deps

    const { valid, customers, findings } = await selfCheck(db)
    t.same(
      findings.filter((each) => !each.valid),
      []
    )
    t.ok(valid)
    t.ok(customers >= 200, `${customers} customers`)

    const { rows } = await sql<{ type: string; count: number }>`
      select type, count(*)::integer as count from journal group by type order by type collate "C"`.execute(db)
    t.same(Object.fromEntries(rows.map(({ type, count }) => [type, count])), held.entries, 'every entry is there')
    for (const type of Object.keys(held.entries))
      t.ok(
        ENTRY_TYPES.some((known) => known === type),
        `${type} is known`
      )

    const again = Object.entries(await redecideAll(service.deps))
    for (const [kind, { differing }] of again) t.same(differing, [], `${kind} come to the same bytes`)
    t.same(
      Object.fromEntries(again.map(([kind, { count }]) => [kind, count])),
      held.decided,
      'everything was decided again'
    )
    t.equal(held.decided.checks, held.entries['check.decided'])
    t.equal(held.decided.assessments, held.entries['assessment.made'])
  })
}
