import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { EDITIONS } from '../../src/engine/editions/edition.ts'
import { decide } from './golden/decide.ts'
import { limitDigests } from './golden/limits.ts'

const lines = readFileSync(new URL('golden/decisions.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')

t.test('M15 two hundred decisions of an earlier release come out again, byte for byte', async (t) => {
  const decisions = lines.map((line) => JSON.parse(line))
  const changed = decisions.filter(
    ({ sha256, file }) => createHash('sha256').update(decide(file)).digest('hex') !== sha256
  )
  t.equal(decisions.length, 200)
  t.same(changed, [], 'a change that is meant to alter them raises the edition: src/engine/editions/README.md')
  const shown = decisions.map(({ file }) => JSON.parse(decide(file)))
  t.ok(new Set(shown.map(({ assessment }) => assessment.grade)).size >= 6, 'they show most grades')
  t.same(
    new Set(shown.map(({ check }) => check.outcome)),
    new Set(['approved', 'referred', 'declined']),
    'and every outcome'
  )
})

for (const [edition, rules] of EDITIONS)
  t.test(`M15 two hundred limits of edition ${edition} come out again, byte for byte`, async (t) => {
    const stored = JSON.parse(readFileSync(new URL(`golden/limits-${edition}.json`, import.meta.url), 'utf8'))
    t.equal(stored.length, 200)
    t.same(limitDigests(rules), stored, 'a change that is meant to alter them raises the edition')
  })
