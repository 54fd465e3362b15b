import { execFile } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { loadConfig } from '../src/config.ts'
import { openService } from '../src/service.ts'
import { makeTemplateFolder, testDatabase } from './database.ts'
import { temporaryFolder } from './temporary-folder.ts'

const root = join(import.meta.dirname, '..')
const KEY = /^cred_[0-9a-hjkmnp-tv-z]{26}_[A-Za-z0-9_-]{43}$/

/** The admin keys of a service that was started on this database, and what became of the first. */
async function firstKeyOf(t: Test, environment: Record<string, string>) {
  const dataDir = temporaryFolder(t)
  // Migrated before, which takes the longest of a start.
  if (environment.CREDENCE_DATA_DIR === undefined) await makeTemplateFolder(dataDir)
  const settings = { CREDENCE_DATA_DIR: dataDir, CREDENCE_ALLOW_UNSAFE_DURABILITY: 'true', ...environment }
  const service = await openService(loadConfig(settings))
  try {
    const key = await service.firstKey()
    const rows = await service.deps.db.selectFrom('apiKeys').select(['keyId', 'scopes', 'name']).execute()
    return { key, rows, settings }
  } finally {
    await service.close()
  }
}

t.test('the first admin key is written into a file that does not exist, for this user alone', async (t) => {
  const file = join(temporaryFolder(t), 'admin-key')
  const { key, rows } = await firstKeyOf(t, { CREDENCE_ADMIN_KEY_FILE: file })
  const text = readFileSync(file, 'utf8').trim()
  t.match(text, KEY)
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.same(key, { text, file })
  t.match(rows, [{ keyId: `key_${text.split('_')[1]}`, scopes: ['admin'] }])
})

t.test('a first key that was brought is taken, as the guide makes one', async (t) => {
  const guide = readFileSync(join(root, 'docs/guides/operate.md'), 'utf8')
  const line = /^ +(printf 'cred_.*) > admin-key$/m.exec(guide)?.[1] ?? ''
  const text = await new Promise<string>((resolve, reject) =>
    execFile('bash', ['-c', line], (error, stdout) => (error === null ? resolve(stdout) : reject(error)))
  )
  t.match(text.trimEnd(), KEY)
  const file = join(temporaryFolder(t), 'admin-key')
  writeFileSync(file, text)
  const { rows, settings } = await firstKeyOf(t, { CREDENCE_ADMIN_KEY_FILE: file })
  t.match(rows, [{ keyId: `key_${text.split('_')[1]}` }])
  writeFileSync(file, 'nothing')
  const again = await firstKeyOf(t, settings)
  t.equal(again.key, undefined, 'where there are keys it is not looked at')
  t.equal(again.rows.length, 1)
})

t.test('a file of the first key that holds none, or cannot be read or written, stops the start', async (t) => {
  const folder = temporaryFolder(t)
  const none = join(folder, 'none')
  writeFileSync(none, 'secret-but-no-key\n')
  const refused = firstKeyOf(t, { CREDENCE_ADMIN_KEY_FILE: none })
  await t.rejects(refused, /CREDENCE_ADMIN_KEY_FILE names .*none, which holds no API key/)
  await refused.catch((error: Error) => t.notMatch(error.message, /secret-but/, 'and is not told'))
  const nowhere = join(folder, 'missing', 'admin-key')
  await t.rejects(firstKeyOf(t, { CREDENCE_ADMIN_KEY_FILE: nowhere }), /which cannot be written: ENOENT/)
})

t.test('two instances that start at once make one key', async (t) => {
  const { poolConfig, kind } = await testDatabase(t)
  if (kind === 'embedded') {
    t.pass('an embedded database has one instance')
    return
  }
  const settings = loadConfig({ DATABASE_URL: poolConfig.connectionString, CREDENCE_ALLOW_UNSAFE_DURABILITY: 'true' })
  const services = [await openService(settings), await openService(settings)]
  const made = await Promise.all(services.map((service) => service.firstKey()))
  for (const service of services) await service.close()
  t.equal(made.filter((each) => each !== undefined).length, 1)
})

t.test('without a file, what starts the service sees the key on standard error alone', async (t) => {
  const dataDir = temporaryFolder(t)
  await makeTemplateFolder(dataDir)
  const env = {
    PATH: process.env.PATH,
    PORT: '0',
    CREDENCE_DATA_DIR: dataDir,
    CREDENCE_ALLOW_UNSAFE_DURABILITY: 'true'
  }
  const child = execFile(process.execPath, [join(root, 'src/main.ts')], { env })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const said = { stdout: '', stderr: '' }
  const { promise: shown, resolve } = Promise.withResolvers<unknown>()
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.on('data', (chunk) => {
      said[name] += chunk
      if (said.stderr.includes('cred_')) resolve(true)
    })
  await Promise.race([shown, ended])
  child.kill('SIGTERM')
  await ended
  t.match(said.stderr, /^Admin API key, shown this once: cred_\S+\n$/)
  t.match(said.stdout, /^Credence is ready at /)
  t.notMatch(said.stdout, /cred_/)
})
