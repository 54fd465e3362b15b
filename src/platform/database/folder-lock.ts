import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readdir, readFile, readlink, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import Type, { type Static } from 'typebox'
import { Check } from 'typebox/value'

/** How often the holder of a lock shows that it lives, and how long a newcomer watches for it. */
const HEARTBEAT_MS = 1_000
const WATCH_MS = 4_000

/** Two that start in the same instant both give way; they try again after unequal waits. */
const ATTEMPTS_MAX = 5
const WAIT_MS_MIN = 20
const WAIT_MS_SPREAD = 100

const PREFIX = 'lock.'

/**
 * Who holds a folder. A process id alone says nothing after a reboot, or from within another
 * container.
 */
const Holder = Type.Object({
  token: Type.String(),
  pid: Type.Integer(),
  /**
   * Boot, process namespace and start of the process: together they tell a recycled process id from
   * its first owner.
   */
  host: Type.String(),
  startedAt: Type.String(),
  /**
   * Folders that are worthless without their holder; whoever takes a dead holder's place removes
   * them.
   */
  leftovers: Type.Array(Type.String(), { maxItems: 10 })
})
type Holder = Static<typeof Holder>

interface FolderLock {
  release(): Promise<void>
}

/** A folder is in use by another process that lives. The message is a sentence for the operator. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError'
}

/**
 * Takes a folder for this process alone, until release or until the process dies by whatever cause.
 *
 * Each asker puts down a file of its own, and only then looks for others: of two, at least one sees
 * the other, so never both hold the folder. A file's name is never used twice, so removing that of
 * a dead holder can hit no one else. A file outlives a killed process, and is judged: on the same
 * machine by process id and start time, which survive neither a crash nor a reboot; seen from
 * elsewhere (another container or host that shares the disk) by whether its time stamp still moves.
 * Throws FolderInUseError when another holder lives.
 */
export async function lockFolder(folder: string, leftovers: readonly string[] = []): Promise<FolderLock> {
  const self = await describeSelf(leftovers)
  const file = join(folder, `${PREFIX}${self.token}`)
  await takePlace(folder, file, self)
  const heartbeat = setInterval(() => {
    const now = Date.now() / 1_000
    // A missed beat is no reason to stop serving; the next one follows.
    utimes(file, now, now).catch(() => undefined)
  }, HEARTBEAT_MS)
  heartbeat.unref()
  return {
    release: async () => {
      clearInterval(heartbeat)
      await rm(file, { force: true })
    }
  }
}

async function takePlace(folder: string, file: string, self: Holder): Promise<void> {
  let other: Holder | undefined
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if (attempt > 0) await delay(WAIT_MS_MIN + Math.random() * WAIT_MS_SPREAD)
    await createWhole(file, `${JSON.stringify(self)}\n`)
    try {
      other = await otherHolder(folder, self.token)
    } catch (error) {
      await rm(file, { force: true })
      throw error
    }
    if (other === undefined) return
    await rm(file, { force: true })
  }
  throw new FolderInUseError(
    `The data folder ${folder} is in use by process ${other?.pid}: stop that process first, or choose another folder for this one.`
  )
}

/** Another that lives; the dead are removed, with what they left behind. */
async function otherHolder(folder: string, token: string): Promise<Holder | undefined> {
  const names = await readdir(folder)
  for (const name of names.filter((name) => name.startsWith(PREFIX) && name !== `${PREFIX}${token}`)) {
    const file = join(folder, name)
    const holder = await readHolder(file)
    if (holder !== undefined && (await lives(file, holder))) return holder
    for (const leftover of holder?.leftovers ?? []) await rm(leftover, { recursive: true, force: true })
    await rm(file, { force: true })
  }
  return undefined
}

/** A reader finds the file with all its text, or not at all. */
async function createWhole(file: string, text: string): Promise<void> {
  const draft = join(dirname(file), `draft.${basename(file)}`)
  await writeFile(draft, text, { mode: 0o600 })
  await rename(draft, file)
}

async function lives(file: string, holder: Holder): Promise<boolean> {
  if (holder.host !== (await hostIdentity())) return heartbeatMoves(file)
  const startedAt = await processStart(holder.pid)
  if (startedAt !== undefined) return startedAt === holder.startedAt
  return exists(holder.pid) && heartbeatMoves(file)
}

async function heartbeatMoves(file: string): Promise<boolean> {
  const before = await modifiedAt(file)
  const until = performance.now() + WATCH_MS
  while (performance.now() < until) {
    await delay(HEARTBEAT_MS / 4)
    const now = await modifiedAt(file)
    if (now === undefined) return false
    if (now !== before) return true
  }
  return false
}

async function describeSelf(leftovers: readonly string[]): Promise<Holder> {
  const [host, startedAt] = await Promise.all([hostIdentity(), processStart(process.pid)])
  return { token: randomUUID(), pid: process.pid, host, startedAt: startedAt ?? 'unknown', leftovers: [...leftovers] }
}

/** The same text for processes whose process ids mean the same thing. */
async function hostIdentity(): Promise<string> {
  try {
    const [boot, processes] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readlink('/proc/self/ns/pid')
    ])
    return `${boot.trim()} ${processes}`
  } catch {
    return hostname()
  }
}

/**
 * When a process started, in whatever unit the system counts; undefined when there is no such
 * process, or none that we may see.
 */
async function processStart(pid: number): Promise<string | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The second field, the command, may hold spaces and brackets: count from behind it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [state, start] = [fields[0], fields[19]]
    return state === 'Z' || state === 'X' ? undefined : start
  } catch {
    return process.platform === 'linux' ? undefined : processStartByPs(pid)
  }
}

async function processStartByPs(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)], { env: { LC_ALL: 'C' } })
    return stdout.trim() || undefined
  } catch {
    return undefined
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !hasCode(error, 'ESRCH')
  }
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const holder: unknown = JSON.parse(await readFile(file, 'utf8'))
    return Check(Holder, holder) ? holder : undefined
  } catch {
    return undefined
  }
}

async function modifiedAt(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mtimeMs
  } catch {
    return undefined
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
