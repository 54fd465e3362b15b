// npm run simulate -- --seeds N [--seed S] [--kills K] [--embedded] Plays N seeds from S on, and K
// kills of each kind, against a PostgreSQL of its own with several instances of the service, or the
// seeds on the embedded database with one. Ends by itself; the exit code is not 0 when an answer
// was wrong, something acknowledged was lost or the auditor found a breach.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.ts'
import { type Cluster, postgresPrograms, startCluster } from './cluster.ts'
import { playKills } from './kills.ts'
import { newTally, playSeeds, type Tally } from './seeds.ts'
import { type Fault, openStage, type Stage } from './stage.ts'

/**
 * One seed in so many is played with instances and a PostgreSQL that are killed. Which ones follows
 * from the number alone.
 */
const HARD_EVERY = 40
/** After so many seeds a stage gets a new database: a year passes in it for every few thousand. */
const SEEDS_PER_DATABASE = 400
const LANES = 3
const FROM = '2026-03-31T12:00:00.000Z'
const CHEAP = ['sessions', 'messages'] as const
const HARD = ['sessions', 'messages', 'instance', 'database'] as const

const whole = (name: string, text: string | undefined, otherwise: number) => {
  const number = text === undefined ? otherwise : Number(text)
  if (!Number.isSafeInteger(number) || number < 0 || number > 10_000_000)
    throw new RangeError(`--${name} takes a whole number from 0 to 10,000,000`)
  return number
}

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    seed: { type: 'string' },
    kills: { type: 'string' },
    embedded: { type: 'boolean', default: false }
  }
})
if (values.embedded && values.kills !== undefined)
  throw new RangeError('--kills needs a PostgreSQL: leave --embedded out')
const kills = whole('kills', values.kills, 0)
const count = whole('seeds', values.seeds, kills > 0 ? 0 : 1_000)
const first = whole('seed', values.seed, 1)

const programs = postgresPrograms()
if (programs === undefined && !values.embedded)
  throw new Error('PostgreSQL 15 or later must be installed: none was found.')
const folder = mkdtempSync(join(tmpdir(), 'credence-simulate-'))
chmodSync(folder, 0o711)
const clusters: Cluster[] = []
let databases = 0
const stop = async () => {
  for (const cluster of clusters) await cluster.stop()
  rmSync(folder, { recursive: true, force: true })
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop().then(() => process.exit(1)))

try {
  const failures =
    programs === undefined || values.embedded
      ? await embedded()
      : [...(await seeds(programs)), ...(await killing(programs))]
  for (const failure of failures) console.log(failure)
  console.log(failures.length === 0 ? 'sound' : 'NOT SOUND')
  process.exitCode = failures.length === 0 ? 0 : 1
} finally {
  await stop()
}

async function seeds(folderOfPrograms: string): Promise<string[]> {
  const all = Array.from({ length: count }, (_, index) => first + index)
  const hard = all.filter((seed) => seed % HARD_EVERY === 0)
  const cheap = all.filter((seed) => seed % HARD_EVERY !== 0)
  const tally = newTally()
  const failures: string[] = []
  const steady = cheap.length > 0 ? await cluster(folderOfPrograms) : undefined
  const shaken = hard.length > 0 ? await cluster(folderOfPrograms) : undefined
  const campaign = async (
    server: Cluster | undefined,
    list: number[],
    lanes: number,
    faults: readonly Fault['kind'][]
  ) => {
    for (
      let from = 0;
      server !== undefined && from < list.length && failures.length === 0;
      from += SEEDS_PER_DATABASE * lanes
    ) {
      const part = list.slice(from, from + SEEDS_PER_DATABASE * lanes)
      failures.push(...(await onNewStages(server, Math.min(lanes, part.length), part, faults, tally)))
      console.log(`${tally.seeds} of ${count} seeds: ${JSON.stringify(tally)}`)
    }
  }
  await Promise.all([campaign(steady, cheap, LANES, CHEAP), campaign(shaken, hard, 1, HARD)])
  return failures
}

/** One session serves one instance there: nothing runs at once, and nothing is cut. */
async function embedded(): Promise<string[]> {
  const dataDir = join(folder, 'embedded')
  const { socketDirectory, stop: close } = await startEmbeddedPostgres({ dataDir, fsync: false })
  const databaseUrl = `postgresql://postgres@localhost/postgres?host=${socketDirectory}`
  const tally = newTally()
  const stage = await openStage({ databaseUrl, poolMax: 1, inProcess: 1, processes: 0, from: FROM })
  try {
    const list = Array.from({ length: count }, (_, index) => first + index)
    return await playSeeds([stage], list.values(), [], tally)
  } finally {
    console.log(`${tally.seeds} of ${count} seeds: ${JSON.stringify(tally)}`)
    await stage.close()
    await close()
  }
}

async function onNewStages(
  server: Cluster,
  lanes: number,
  part: readonly number[],
  faults: readonly Fault['kind'][],
  tally: Tally
): Promise<string[]> {
  const hard = faults.includes('instance')
  const stages: Stage[] = []
  try {
    for (let lane = 0; lane < lanes; lane += 1) {
      const databaseUrl = server.urlOf(await newDatabase(server))
      const instances = hard ? { processes: 2, cluster: server } : { processes: 0 }
      stages.push(await openStage({ databaseUrl, inProcess: 2, ...instances, from: FROM }))
    }
    return await playSeeds(stages, part.values(), faults, tally)
  } finally {
    for (const stage of stages) await stage.close()
  }
}

async function killing(folderOfPrograms: string): Promise<string[]> {
  if (kills === 0) return []
  const server = await cluster(folderOfPrograms)
  return playKills(server, server.urlOf(await newDatabase(server)), kills, console.log)
}

async function cluster(folderOfPrograms: string): Promise<Cluster> {
  const started = await startCluster(folderOfPrograms, mkdtempSync(join(folder, 'cluster-')))
  clusters.push(started)
  return started
}

async function newDatabase(server: Cluster): Promise<string> {
  databases += 1
  const client = new pg.Client({ connectionString: server.urlOf('postgres') })
  await client.connect()
  try {
    await client.query(`create database stage_${databases}`)
    return `stage_${databases}`
  } finally {
    await client.end()
  }
}
