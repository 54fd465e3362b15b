import t from 'tap'
import { loadConfig } from '../src/config.ts'
import { openService } from '../src/service.ts'
import { keys } from './keys-command.ts'
import { temporaryFolder } from './temporary-folder.ts'

t.test('of an embedded database keys are reached while the service is stopped', async (t) => {
  const dataDir = temporaryFolder(t)
  const environment = { CREDENCE_DATA_DIR: dataDir }
  t.match(await keys(environment, 'list'), { code: 2, stderr: /^There is no database in / })
  const service = await openService(loadConfig({ ...environment, CREDENCE_ALLOW_UNSAFE_DURABILITY: 'true' }))
  const busy = await keys(environment, 'create')
  await service.close()
  t.equal(busy.code, 2)
  t.match(busy.stderr, /is in use by process \d+: stop that process first, .* while the service is stopped\.\n$/)
  t.equal((await keys(environment, 'create')).code, 0)
})
