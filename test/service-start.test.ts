import t from 'tap'
import { loadConfig } from '../src/config.ts'
import { openService } from '../src/service.ts'
import { temporaryFolder } from './temporary-folder.ts'

t.test('real business and simulated time never share a database', async (t) => {
  const real = { CREDENCE_DATA_DIR: temporaryFolder(t) }
  const first = await openService(loadConfig(real))
  t.match(await first.firstKey(), /^cred_/, 'the first start makes a key')
  t.equal(await first.firstKey(), undefined, 'once')
  await first.close()
  await t.rejects(openService(loadConfig({ ...real, CREDENCE_SIMULATION: 'true' })), /holds real business/)
  const again = await openService(loadConfig(real))
  t.equal(await again.firstKey(), undefined, 'and the real service still starts')
  await again.close()

  const simulated = { CREDENCE_DATA_DIR: temporaryFolder(t) }
  await (await openService(loadConfig({ ...simulated, CREDENCE_SIMULATION: 'true' }))).close()
  await t.rejects(openService(loadConfig(simulated)), /filled under a simulated clock/)
})

t.test('a setting that is unknown or wrong stops the start, and is named', async (t) => {
  t.throws(() => loadConfig({ CREDENCE_CURENCY: 'USD' }), /Unknown setting CREDENCE_CURENCY/)
  t.throws(() => loadConfig({ PORT: 'http' }), /PORT must be integer/)
  await t.rejects(openService(loadConfig({ CREDENCE_CURRENCY: 'XXX' })), /not an ISO 4217 currency/)
  await t.rejects(openService(loadConfig({ DATABASE_URL: 'postgres' })), /DATABASE_URL is not a URL/)
})
