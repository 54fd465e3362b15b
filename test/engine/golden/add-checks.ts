// `node test/engine/golden/add-checks.ts checks-2.jsonl 300` writes so many golden order checks
// of the present edition. A file that exists is never written again: it holds what an earlier
// edition decided.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { EDITION, rulesOf } from '../../../src/engine/editions/edition.ts'
import type { CheckPolicy } from '../../../src/engine/policy/check-policy.ts'
import { anyFacts, anyTightFacts } from '../check-cases.ts'
import { decideOrder } from './check.ts'

const [name = '', count = '300'] = process.argv.slice(2)
const rules = rulesOf(EDITION)
if (rules === undefined) throw new Error('the present edition is known')
const policy = JSON.parse(readFileSync(new URL('policy.json', import.meta.url), 'utf8'))

/**
 * Most by the policy as it stands; some by one that differs where its own steps would hardly be
 * seen.
 */
const anyChange: fc.Arbitrary<Partial<CheckPolicy>> = fc.constantFrom<Partial<CheckPolicy>>(
  {},
  {},
  {},
  { headroomBasis: 'horizon', horizonDays: 30 },
  { headroomExceeded: 'fail', largestOrderShareOfLimit: 0.4, termsExceeded: 'fail' },
  { shareOverdue: { referFromShare: 0.3, failFromShare: 0.6, minimumAmount: [] }, securityLapsed: 'fail' },
  { oldestOverdue: { referAfterDays: 5, failAfterDays: 15, minimumAmount: [] } },
  { fileChanged: { knockout: 'refer', other: 'assess' } },
  { fileChanged: { knockout: 'refer', other: 'assess' } },
  { fileChanged: { knockout: 'refer', other: 'assess' } },
  { fileChanged: { knockout: 'refer', other: 'assess' } },
  { fileChanged: { knockout: 'assess', other: 'refer' }, gradeBelowFloor: 'refer' }
)
const anyStored = fc.record({ check: anyChange, facts: fc.oneof(anyFacts, anyTightFacts) })

const lines = fc.sample(anyStored, { seed: 15, numRuns: Number(count) }).map((stored) => {
  const sha256 = createHash('sha256')
    .update(decideOrder(policy, stored, rules))
    .digest('hex')
  return JSON.stringify({ sha256, ...stored })
})
writeFileSync(new URL(name, import.meta.url), `${lines.join('\n')}\n`, { flag: 'wx' })
