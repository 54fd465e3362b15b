import { parseArgs } from 'node:util'
import type { Kysely } from 'kysely'
import { confirmKeys, unconfirmedKeys } from './access/commands/confirm.ts'
import { createKey } from './access/commands.ts'
import { SCOPES } from './access/schema/scopes.ts'
import { listKeys } from './access/store.ts'
import { loadConfig } from './config.ts'
import type { Database } from './database.ts'
import type { KeyId } from './ids.ts'
import { type Clock, databaseClock, simulatedClock, simulatedNow } from './platform/database/clock.ts'
import { FolderInUseError } from './platform/database/folder-lock.ts'
import type { Scope } from './platform/http/auth.ts'
import { Problem } from './platform/values/problem.ts'
import { openOnServer } from './storage.ts'

const USAGE = `npm run keys -- create [--name NAME] [--scopes SCOPE,SCOPE] [--expires INSTANT]
npm run keys -- confirm [KEY_ID … | all]
npm run keys -- list

  create   makes an API key on the server, for whoever has lost theirs, and prints it: it is shown once
    --name     what the key is for (default: made on the server)
    --scopes   what it may do: ${Object.keys(SCOPES).join(', ')} (default: admin)
    --expires  from when it is refused, as 2027-01-31T00:00:00Z (default: never)
  confirm  lets keys approve that other keys have made; without names it lists those that wait
  list     prints all keys, revoked and expired ones too; no key itself
`

const COMMANDS = ['create', 'confirm', 'list'] as const

/** Keys that are read at once. */
const PAGE = 500

/** The command line is wrong: the message says what about it. */
class UsageError extends Error {}

/**
 * `npm run keys`: the API keys of the configured database, for whoever may run commands on the
 * server. Exit code 1: the command line is wrong; 2: it could not be done.
 */
process.exitCode = await main().catch((error: unknown) => {
  const message = error instanceof Problem ? error.detail.en : error instanceof Error ? error.message : String(error)
  const isUsage = error instanceof UsageError
  const stopped =
    error instanceof FolderInUseError
      ? ' The keys of an embedded database are reached while the service is stopped.'
      : ''
  process.stderr.write(`${message}${stopped}\n${isUsage ? `\n${USAGE}` : ''}`)
  return isUsage ? 1 : 2
})

async function main(): Promise<number> {
  const { command, names, ...wanted } = readArguments()
  const config = loadConfig()
  const { db, close } = await openOnServer(config, { writes: command !== 'list' })
  try {
    const isSimulated = (await simulatedNow(db)) !== undefined
    const clock = isSimulated ? simulatedClock(config.CREDENCE_TIME_ZONE) : databaseClock(config.CREDENCE_TIME_ZONE)
    if (command === 'create') await create(db, clock, wanted)
    else if (command === 'confirm') await confirm(db, clock, names)
    else await list(db)
  } finally {
    await close()
  }
  return 0
}

interface Wanted {
  readonly name: string
  readonly scopes: Scope[]
  readonly expiresAt?: string
}

interface Asked extends Wanted {
  readonly command: (typeof COMMANDS)[number]
  /** The keys that are confirmed. */
  readonly names: readonly string[]
}

function readArguments(): Asked {
  const { values, positionals } = parsed()
  const { name, scopes, expires } = values
  const [first, ...names] = positionals
  const command = COMMANDS.find((each) => each === first)
  if (command === undefined || (names.length > 0 && command !== 'confirm'))
    throw new UsageError(`Say what is to be done: ${COMMANDS.join(', ')}.`)
  const wanted = scopes.split(',').map((each) => each.trim())
  const unknown = wanted.filter((each) => !Object.hasOwn(SCOPES, each))
  if (unknown.length > 0)
    throw new UsageError(`There is no scope ${unknown.join(', ')}. Known are: ${Object.keys(SCOPES).join(', ')}.`)
  if (name.length < 1 || name.length > 200) throw new UsageError('A name has 1 to 200 characters.')
  const asked = { command, names, name, scopes: wanted as Scope[] }
  if (expires === undefined) return asked
  if (!/^\d{4}-\d\d-\d\dT/.test(expires) || Number.isNaN(Date.parse(expires)))
    throw new UsageError(`${expires} is not an instant: write it as 2027-01-31T00:00:00Z.`)
  return { ...asked, expiresAt: new Date(expires).toISOString() }
}

function parsed() {
  const options = {
    name: { type: 'string', default: 'made on the server' },
    scopes: { type: 'string', default: 'admin' },
    expires: { type: 'string' }
  } as const
  try {
    return parseArgs({ options, strict: true, allowPositionals: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** The key alone goes to standard output, so that it can be led into a file. */
async function create(db: Kysely<Database>, clock: Clock, wanted: Wanted): Promise<void> {
  const { value } = await createKey({ clock }, db, wanted)
  process.stderr.write(`Made ${value.keyId} (${value.scopes.join(', ')}). The key, shown this once:\n`)
  process.stdout.write(`${value.key}\n`)
}

/** At the word of whoever has this machine; without names those that wait are listed. */
async function confirm(db: Kysely<Database>, clock: Clock, names: readonly string[]): Promise<void> {
  const isList = names.length === 0
  const keys = isList
    ? await unconfirmedKeys(db, clock)
    : await confirmKeys(db, clock, names.includes('all') ? 'all' : names)
  if (isList && keys.length === 0) process.stdout.write('No key waits for a confirmation.\n')
  for (const { keyId, name, scopes, madeBy } of keys) {
    const said = `${keyId} ${name} (${scopes.join(', ')}), made by ${madeBy}`
    process.stdout.write(`${isList ? '' : 'confirmed '}${said}\n`)
  }
}

async function list(db: Kysely<Database>): Promise<void> {
  for (let after: KeyId | undefined; ; ) {
    const page = (await listKeys(db, after, PAGE)).slice(0, PAGE)
    for (const { keyId, scopes, createdAt, expiresAt, revokedAt, name } of page) {
      const end = expiresAt === null ? 'in force' : `expires ${expiresAt}`
      const state = revokedAt === null ? end : `revoked ${revokedAt}`
      process.stdout.write(
        `${keyId}  made ${createdAt}  ${state.padEnd(32)}  ${scopes.join(',').padEnd(12)}  ${name}\n`
      )
    }
    after = page.at(-1)?.keyId
    if (page.length < PAGE) return
  }
}
