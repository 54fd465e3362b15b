import t from 'tap'
import { testDatabase } from '../database.ts'
import { TEST_DAY } from '../service.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { postgresPrograms, startCluster } from './cluster.ts'
import { newTally, playSeeds } from './seeds.ts'
import { openStage, type Stage } from './stage.ts'

t.setTimeout(3_000_000)

const FROM = `${TEST_DAY}T12:00:00.000Z`
const isReal = Boolean(process.env.TEST_DATABASE_URL)
/**
 * Where nothing runs at once and no session can be ended, a few seeds show that the reference and
 * the service agree.
 */
const SEEDS = isReal ? 100 : 12
const LANES = isReal ? 3 : 1
const HARD_SEEDS = 5

function* numbers(from: number, count: number): Generator<number> {
  for (let number = from; number < from + count; number += 1) yield number
}

t.test(`${SEEDS} seeds: whatever is lost or cut, every answer is one that the reference allows`, async (t) => {
  const stages: Stage[] = []
  for (let lane = 0; lane < LANES; lane += 1) {
    const { poolConfig } = await testDatabase(t)
    const { connectionString, host } = poolConfig
    const databaseUrl = connectionString ?? `postgresql://postgres@localhost/postgres?host=${host}`
    const instances = isReal ? { inProcess: 2 } : { inProcess: 1, poolMax: 1 }
    const stage = await openStage({ databaseUrl, ...instances, processes: 0, from: FROM })
    t.teardown(() => stage.close())
    stages.push(stage)
  }
  const tally = newTally()
  const failures = await playSeeds(stages, numbers(1, SEEDS), isReal ? ['sessions', 'messages'] : [], tally)
  for (const failure of failures) t.fail(failure)
  t.equal(tally.seeds, SEEDS)
  t.comment(JSON.stringify(tally))
})

const programs = postgresPrograms()
const skip =
  !isReal || programs === undefined ? 'processes are killed only where a PostgreSQL of its own can be started' : false

t.test(`${HARD_SEEDS} seeds with kill -9 of instances and of PostgreSQL`, { skip }, async (t) => {
  const cluster = await startCluster(programs ?? '', temporaryFolder(t))
  t.teardown(() => cluster.stop())
  const databaseUrl = cluster.urlOf('postgres')
  const stage = await openStage({ databaseUrl, inProcess: 2, processes: 2, cluster, from: FROM })
  t.teardown(() => stage.close())
  const tally = newTally()
  const failures = await playSeeds(
    [stage],
    numbers(1, HARD_SEEDS),
    ['sessions', 'messages', 'instance', 'database'],
    tally
  )
  for (const failure of failures) t.fail(failure)
  t.equal(tally.seeds, HARD_SEEDS)
  t.comment(JSON.stringify(tally))
})
