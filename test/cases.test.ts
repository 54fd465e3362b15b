import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const root = join(import.meta.dirname, '..')

/** The fault and bad-input cases of the service, by number. */
const LAST_CASE = 60

/** Cases of what the service does not have, and why. */
const NOT_HERE: Readonly<Record<number, string>> = {
  19: 'one database serves one organisation: there are no tenants',
  49: 'the service sends nothing to addresses that a caller names',
  50: 'no CSV is taken in'
}

t.test('every case has a test that bears its number, or a reason why it has none', async (t) => {
  const tested = new Set<number>()
  for (const file of globSync('test/**/*.test.ts', { cwd: root })) {
    for (const [, number] of readFileSync(join(root, file), 'utf8').matchAll(/['`"]case (\d+): /g))
      tested.add(Number(number))
  }
  for (let number = 1; number <= LAST_CASE; number += 1)
    t.not(tested.has(number), number in NOT_HERE, `case ${number}: ${NOT_HERE[number] ?? 'tested'}`)
  t.ok(
    [...tested].every((number) => number >= 1 && number <= LAST_CASE),
    'and there is no other number'
  )
})
