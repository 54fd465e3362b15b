import t from 'tap'
import { makeTemplateFolder, testDatabase } from './database.ts'
import { keys } from './keys-command.ts'
import { temporaryFolder } from './temporary-folder.ts'

const KEY = /^cred_[0-9a-hjkmnp-tv-z]{26}_[A-Za-z0-9_-]{43}$/

t.test('on the server a key is made and listed, also while the service runs on PostgreSQL', async (t) => {
  const { poolConfig, kind } = await testDatabase(t)
  const dataDir = temporaryFolder(t)
  if (kind === 'embedded') await makeTemplateFolder(dataDir)
  const environment: Record<string, string> =
    kind === 'embedded' ? { CREDENCE_DATA_DIR: dataDir } : { DATABASE_URL: poolConfig.connectionString ?? '' }

  const made = await keys(environment, 'create')
  t.equal(made.code, 0, made.stderr)
  t.match(made.stdout.trimEnd(), KEY, 'the key alone is on standard output')
  t.match(made.stderr, /^Made key_\w{26} \(admin\)\. The key, shown this once:\n$/)
  const until = ['--name', 'ERP', '--scopes', 'check,read', '--expires', '2099-01-31T00:00:00Z']
  t.equal((await keys(environment, 'create', ...until)).code, 0)
  const { stdout, code } = await keys(environment, 'list')
  t.equal(code, 0)
  const [first, second, ...others] = stdout.trimEnd().split('\n')
  t.same(others, [])
  t.match(first, /^key_\w{26} {2}made \S+ {2}in force +admin +made on the server$/)
  t.match(second, /expires 2099-01-31T00:00:00\.000Z +check,read +ERP$/)
  t.notOk(stdout.includes(made.stdout.trimEnd().split('_').at(-1) ?? ''), 'no key is listed')
  t.match(await keys(environment, 'create', '--expires', '2020-01-01T00:00:00Z'), { code: 2, stderr: /expired/ })

  const none = await keys(environment, 'confirm')
  t.match(none, { code: 0, stdout: 'No key waits for a confirmation.\n' }, 'what the server made needs none')
  t.match(await keys(environment, 'confirm', 'key_none'), { code: 2 })

  const table: [string[], RegExp][] = [
    [[], /^Say what is to be done: create, confirm, list\.\n\nnpm run keys/],
    [['create', '--scopes', 'root'], /^There is no scope root\. Known are: admin, /],
    [['list', '--all'], /--all/]
  ]
  for (const [args, said] of table) {
    const refused = await keys(environment, ...args)
    t.equal(refused.code, 1, args.join(' '))
    t.match(refused.stderr, said)
  }
})
