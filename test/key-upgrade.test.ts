import { execFile } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { createKey } from '../src/access/commands.ts'
import { loadConfig } from '../src/config.ts'
import { openService } from '../src/service.ts'
import { makeTemplateFolder } from './database.ts'
import { keys } from './keys-command.ts'
import { temporaryFolder } from './temporary-folder.ts'

const MAIN = join(import.meta.dirname, '..', 'src', 'main.ts')

/** What a start says on standard output once it is ready: one write. */
async function saidAtStart(settings: Record<string, string>): Promise<string> {
  const child = execFile(process.execPath, [MAIN], { env: { PATH: process.env.PATH, PORT: '0', ...settings } })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  let said = ''
  const { promise: ready, resolve } = Promise.withResolvers<unknown>()
  child.stdout?.on('data', (chunk) => {
    said += chunk
    if (said.includes('Rights: ')) resolve(true)
  })
  await Promise.race([ready, ended])
  child.kill('SIGTERM')
  await ended
  return said
}

t.test('keys from before are confirmed once, and the start says how', async (t) => {
  const dataDir = temporaryFolder(t)
  await makeTemplateFolder(dataDir)
  const settings = { CREDENCE_DATA_DIR: dataDir, CREDENCE_ALLOW_UNSAFE_DURABILITY: 'true' }
  const { deps, firstKey, close } = await openService(loadConfig(settings))
  await firstKey()
  const { keyId } = (await createKey(deps, deps.db, { name: 'Chief', scopes: ['admin'] })).value
  await createKey(deps, deps.db, { name: 'ERP', scopes: ['check'] })
  // As the migration leaves all keys but the first.
  const all = deps.db.updateTable('apiKeys').set({ confirmedAt: null, confirmedBy: null })
  await all.where('name', 'in', ['Chief', 'ERP']).execute()
  await close()

  const line = `These keys approve nothing until they are confirmed: ${keyId} (Chief). On this machine: npm run keys -- confirm <key id>, or confirm all\n`
  t.ok((await saidAtStart(settings)).includes(line), 'those that can approve are named')
  t.notMatch(await saidAtStart({ ...settings, CREDENCE_ONE_PERSON: 'true' }), /until they are confirmed/)
  t.equal((await keys(settings, 'confirm', 'all')).code, 0)
  t.notMatch(await saidAtStart(settings), /until they are confirmed/, 'once')
})
