import { existsSync, mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { FolderInUseError, lockFolder } from '../../src/platform/folder-lock.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const strangerIn = (folder: string, changes: object) => {
  const holder = { token: 'stranger', pid: process.pid, host: 'another machine', startedAt: '1', leftovers: [], ...changes }
  writeFileSync(join(folder, 'lock'), JSON.stringify(holder))
}

t.test('a folder has one holder, and is free again after release', async (t) => {
  const folder = temporaryFolder(t)
  const lock = await lockFolder(folder)
  await t.rejects(lockFolder(folder), FolderInUseError)
  await lock.release()
  t.same(readdirSync(folder), [], 'nothing is left')
  await (await lockFolder(folder)).release()
})

t.test('of many that come at once exactly one gets the folder, also when a dead holder is in the way', async (t) => {
  const folder = temporaryFolder(t)
  const own = await lockFolder(folder)
  const holder = JSON.parse(readFileSync(join(folder, 'lock'), 'utf8'))
  await own.release()
  writeFileSync(join(folder, 'lock'), JSON.stringify({ ...holder, token: 'dead', startedAt: 'long ago' }))
  const answers = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)))
  const locks = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  t.equal(locks.length, 1)
  for (const answer of answers) if (answer.status === 'rejected') t.ok(answer.reason instanceof FolderInUseError)
  await locks[0]?.release()
  t.same(readdirSync(folder), [])
})

t.test('what a dead holder left behind is removed with its lock', async (t) => {
  const folder = temporaryFolder(t)
  const own = await lockFolder(folder)
  const holder = JSON.parse(readFileSync(join(folder, 'lock'), 'utf8'))
  await own.release()
  const leftover = join(folder, 'leftover')
  mkdirSync(leftover)
  strangerIn(folder, { ...holder, token: 'dead', startedAt: 'long ago', leftovers: [leftover] })
  const lock = await lockFolder(folder)
  t.notOk(existsSync(leftover))
  await lock.release()
})

t.test('a holder on another machine that shares the disk is respected while its heart beats', async (t) => {
  const folder = temporaryFolder(t)
  strangerIn(folder, {})
  let beats = 0
  const heart = setInterval(() => utimesSync(join(folder, 'lock'), 1, ++beats), 100)
  await t.rejects(lockFolder(folder), FolderInUseError)
  clearInterval(heart)
})

t.test('a lock from another machine or container whose heart is still is taken over', async (t) => {
  const folder = temporaryFolder(t)
  strangerIn(folder, {})
  const lock = await lockFolder(folder)
  await lock.release()
})

t.test('a lock file that holds no lock is not respected', async (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'lock'), 'half writ')
  const lock = await lockFolder(folder)
  await lock.release()
})
