import t from 'tap'
import { temporaryFolder } from '../temporary-folder.ts'
import { postgresPrograms, startCluster } from './cluster.ts'
import { playKills } from './kills.ts'

/**
 * So many of an instance and as many of PostgreSQL; `npm run simulate -- --kills 50` kills more.
 */
const KILLS = 3

t.setTimeout(1_200_000)

const programs = postgresPrograms()
const isReal = Boolean(process.env.TEST_DATABASE_URL)
const skip =
  isReal && programs !== undefined ? false : 'killed is only a PostgreSQL of its own, where one can be started'

t.test(
  'kill -9 under load: what was acknowledged is there with the same bytes, and nothing else',
  { skip },
  async (t) => {
    const cluster = await startCluster(programs ?? '', temporaryFolder(t))
    t.teardown(() => cluster.stop())
    const failures = await playKills(cluster, cluster.urlOf('postgres'), KILLS, (line) => t.comment(line))
    t.same(failures, [])
  }
)
