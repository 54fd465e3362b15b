import t, { type Test } from 'tap'
import { selfCheck } from '../../src/journal/commands/self-check.ts'
import { randomFrom } from '../fixtures/history/house.ts'
import { testService } from '../service.ts'
import { AUDITED, type Expected, expectedOf, NOT_AUDITED } from './tampered-columns.ts'
import { playTamperedHistory } from './tampered-history.ts'
import { type Column, cellsOf, columnsOf, type Outcome, tamper } from './tampering.ts'

/** `npm run prove` changes every value; a merge one of each audited column, always the same. */
const isWhole = process.env.CREDENCE_PROVE === 'whole'
const SEED = 11

type Tally = Record<Outcome, number>

t.test('a value that is changed behind the service’s back is found, or it is declared why it is not', async (t) => {
  const service = await testService(t)
  const { db } = service.deps
  await playTamperedHistory(service)
  await sound(t)
  const columns = Map.groupBy(await columnsOf(db), ({ table }) => table)
  t.same([...columns.keys()].toSorted(), [...Object.keys(AUDITED), ...Object.keys(NOT_AUDITED)].toSorted())

  const random = randomFrom(SEED)
  const sampleOf = <Each>(all: Each[]) => (isWhole ? all : all.splice(Math.floor(random() * all.length), 1))
  const talliedOf = async (column: Column) => {
    const tally: Tally = { found: 0, missed: 0, refused: 0 }
    for (const cell of sampleOf(await cellsOf(db, column))) tally[await tamper(db, cell)] += 1
    return tally
  }
  const sum = { found: 0, 'in part': 0, missed: 0, refused: 0 }

  for (const [table, declared] of Object.entries(AUDITED))
    await t.test(table, async (t) => {
      const expected = expectedOf(declared)
      const present = columns.get(table) ?? []
      t.same(
        present.map(({ name }) => name),
        [...expected.keys()].toSorted(),
        'every column is declared, once'
      )
      for (const column of present) {
        const { verdict, why } = expected.get(column.name) ?? { verdict: 'refused', why: '' }
        const tally = await talliedOf(column)
        t.ok(agrees(tally, verdict), `${column.name}: ${verdict} ${why} ${JSON.stringify(tally)}`)
        sum[verdict] += 1
      }
    })

  for (const [table, why] of Object.entries(NOT_AUDITED))
    await t.test(`${table}: ${why}`, async (t) => {
      for (const column of sampleOf(columns.get(table) ?? [])) {
        const { found } = await talliedOf(column)
        t.equal(found, 0, `${column.name} is audited: declare it`)
      }
    })

  t.comment(`columns of tables that are audited: ${JSON.stringify(sum)}`)
  await sound(t)

  async function sound(t: Test): Promise<void> {
    const { valid, findings } = await selfCheck(db)
    t.equal(valid, true, JSON.stringify(findings.filter((each) => !each.valid)))
  }
})

/** Whether the outcomes are those declared; of a sample, whether they may be. */
function agrees({ found, missed, refused }: Tally, verdict: Expected['verdict']): boolean {
  if (found + missed + refused === 0) return false
  if (verdict === 'found') return missed === 0 && (found > 0 || !isWhole)
  if (verdict === 'missed') return found === 0 && (missed > 0 || !isWhole)
  if (verdict === 'refused') return found + missed === 0
  return !isWhole || (found > 0 && missed > 0)
}
