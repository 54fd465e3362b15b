import t from 'tap'
import { loadConfig } from '../src/config.ts'
import type { KeyId, ModelId } from '../src/ids.ts'
import { putModel } from '../src/models/commands.ts'
import { inTransaction } from '../src/platform/database/transaction.ts'
import { idOf } from '../src/platform/values/ids.ts'
import { openService } from '../src/service.ts'
import { keyActor } from './actors.ts'
import { FIRST } from './http/models/first-importer.ts'
import { temporaryFolder } from './temporary-folder.ts'

const CHANGE = {
  caller: { keyId: idOf<KeyId>('key_1'), actor: keyActor('key_1'), scopes: ['admin'] },
  path: { modelId: idOf<ModelId>('card'), version: 1 },
  ifMatch: undefined
} as const

t.test('real business and simulated time never share a database', async (t) => {
  const real = { CREDENCE_DATA_DIR: temporaryFolder(t) }
  const first = await openService(loadConfig(real))
  t.match(await first.firstKey(), { text: /^cred_/, file: undefined }, 'the first start makes a key')
  t.equal(await first.firstKey(), undefined, 'once')
  t.same(first.toReimport, [])
  await inTransaction(first.deps.db, (trx) => putModel(first.deps, trx, CHANGE, FIRST))
  await first.close()
  await t.rejects(openService(loadConfig({ ...real, CREDENCE_SIMULATION: 'true' })), /holds real business/)
  const again = await openService(loadConfig(real))
  t.same(again.toReimport, ['card 1 (draft)'], 'models row 4: what an earlier importer made is told at the start')
  t.equal(await again.firstKey(), undefined, 'and the real service still starts')
  await again.close()

  const simulated = { CREDENCE_DATA_DIR: temporaryFolder(t) }
  await (await openService(loadConfig({ ...simulated, CREDENCE_SIMULATION: 'true' }))).close()
  await t.rejects(openService(loadConfig(simulated)), /filled under a simulated clock/)
})

t.test('a setting that is unknown or wrong stops the start, and is named', async (t) => {
  t.throws(() => loadConfig({ CREDENCE_CURENCY: 'USD' }), /no setting CREDENCE_CURENCY/)
  t.throws(() => loadConfig({ PORT: 'http' }), /PORT must be a whole number/)
  await t.rejects(openService(loadConfig({ CREDENCE_CURRENCY: 'XXX' })), /not an ISO 4217 currency/)
  await t.rejects(openService(loadConfig({ DATABASE_URL: 'postgres' })), /DATABASE_URL is not a URL/)
})
