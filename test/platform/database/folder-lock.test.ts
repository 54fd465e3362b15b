import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { FolderInUseError, lockFolder } from '../../../src/platform/database/folder-lock.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

/** Puts down the lock of another holder: this process's own, but for what is changed. */
async function strangerIn(folder: string, changes: object): Promise<string> {
  const own = await lockFolder(folder)
  const [name = ''] = readdirSync(folder)
  const holder = JSON.parse(readFileSync(join(folder, name), 'utf8'))
  await own.release()
  const file = join(folder, 'lock.stranger')
  writeFileSync(file, JSON.stringify({ ...holder, token: 'stranger', ...changes }))
  return file
}

t.test('a folder has one holder, and is free again after release', async (t) => {
  const folder = temporaryFolder(t)
  const lock = await lockFolder(folder)
  await t.rejects(lockFolder(folder), FolderInUseError)
  await lock.release()
  t.same(readdirSync(folder), [], 'nothing is left')
  const next = await lockFolder(folder)
  await next.release()
})

t.test('of many that come at once at most one gets the folder, also when a dead holder is in the way', async (t) => {
  const folder = temporaryFolder(t)
  await strangerIn(folder, { startedAt: 'long ago' })
  const answers = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)))
  const locks = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  t.ok(locks.length <= 1, `${locks.length} got it`)
  for (const answer of answers) if (answer.status === 'rejected') t.ok(answer.reason instanceof FolderInUseError)
  for (const lock of locks) await lock.release()
  t.same(readdirSync(folder), [])
})

t.test('two processes that start together do not both give way for good', async (t) => {
  const folder = temporaryFolder(t)
  const answers = await Promise.allSettled([lockFolder(folder), lockFolder(folder)])
  const locks = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  t.equal(locks.length, 1)
  await locks[0]?.release()
})

t.test(
  'a lock left by a process whose id now belongs to another is removed, with what its owner left behind',
  async (t) => {
    const folder = temporaryFolder(t)
    const leftover = join(temporaryFolder(t), 'leftover')
    mkdirSync(leftover)
    await strangerIn(folder, { pid: process.ppid, startedAt: 'long ago', leftovers: [leftover] })
    const lock = await lockFolder(folder)
    t.notOk(existsSync(leftover))
    await lock.release()
    t.same(readdirSync(folder), [])
  }
)

t.test('a holder on another machine that shares the disk is respected while its heart beats', async (t) => {
  const folder = temporaryFolder(t)
  const file = await strangerIn(folder, { host: 'another machine' })
  let beats = 0
  const heart = setInterval(() => utimesSync(file, 1, ++beats), 100)
  t.teardown(() => clearInterval(heart))
  await t.rejects(lockFolder(folder), {
    name: 'FolderInUseError',
    message: `The data folder ${folder} is in use by process`
  })
})

t.test('a lock from another machine or container whose heart is still is taken over', async (t) => {
  const folder = temporaryFolder(t)
  await strangerIn(folder, { host: 'another machine' })
  const lock = await lockFolder(folder)
  await lock.release()
})

t.test('a lock file that holds no lock is not respected', async (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'lock.x'), 'half writ')
  const lock = await lockFolder(folder)
  await lock.release()
})
