import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { CHECK_STEPS, type CheckStep } from '../../src/engine/checks/steps/check-step.ts'
import { ALTERNATIVE_KINDS } from '../../src/engine/checks/words/advice-texts.ts'
import { EDITION, EDITIONS } from '../../src/engine/editions/edition.ts'
import { decideOrder, type StoredCheck } from './golden/check.ts'

const read = (name: string) => readFileSync(new URL(`golden/${name}`, import.meta.url), 'utf8')
const policy = JSON.parse(read('policy.json'))
const storedIn = (names: readonly string[]): StoredCheck[] =>
  names.flatMap((name) =>
    read(name)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
  )

/** The golden checks of each edition. */
const FILES: Readonly<Record<number, readonly string[]>> = {
  1: ['checks.jsonl'],
  2: ['checks-2.jsonl', 'checks-2-changed-files.jsonl']
}

for (const [edition, rules] of EDITIONS)
  t.test(`M15 the order checks of edition ${edition} come out again, byte for byte`, async (t) => {
    const stored = storedIn(FILES[edition] ?? [])
    const changed = stored.filter((each) => {
      const decided = decideOrder(policy, each, rules)
      return createHash('sha256').update(decided).digest('hex') !== each.sha256
    })
    t.equal(stored.length, edition === 1 ? 300 : 400)
    t.same(changed, [], 'a change that is meant to alter them raises the edition: src/engine/editions/README.md')
  })

t.test('they show every outcome, every step stopping an order, every exemption and every alternative', async (t) => {
  const rules = EDITIONS.get(EDITION)
  if (rules === undefined) throw new Error('the present edition is known')
  const decided = storedIn(FILES[EDITION] ?? []).map((each) => JSON.parse(decideOrder(policy, each, rules)))
  const steps: CheckStep[] = decided.flatMap(({ verdict }) => verdict.steps)
  const stopping = new Set(
    steps.flatMap(({ code, result }) => (['not_evaluable', 'refer', 'fail'].includes(result) ? [code] : []))
  )
  const kinds = new Set(decided.flatMap(({ alternatives }) => alternatives.map(({ kind }: { kind: string }) => kind)))
  t.same([...new Set(decided.map(({ verdict }) => verdict.outcome))].toSorted(), ['approved', 'declined', 'referred'])
  t.same(
    CHECK_STEPS.filter((code) => !stopping.has(code)),
    ['utilisation'],
    'which only warns'
  )
  const exemptions = [...new Set(steps.flatMap(({ exemptedBy }) => exemptedBy ?? []))]
  t.same(exemptions.toSorted(), ['credit_note', 'prepaid', 'rls_1'])
  t.same([...kinds].toSorted(), ALTERNATIVE_KINDS.toSorted())
})
