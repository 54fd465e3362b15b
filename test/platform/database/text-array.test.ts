import fc from 'fast-check'
import t from 'tap'
import { connect } from '../../../src/platform/database/postgres.ts'
import { textArray } from '../../../src/platform/database/text-array.ts'
import { testDatabase } from '../../database.ts'

t.test('the database reads exactly the texts that were sent', async (t) => {
  const { poolConfig } = await testDatabase(t)
  const { pool } = connect(poolConfig)
  t.teardown(() => pool.end())
  const readBack = async (values: readonly (string | null)[]) => {
    const { rows } = await pool.query('select $1::text[] as texts', [textArray(values)])
    return rows[0].texts
  }
  for (const values of [[], [''], [null], ['NULL', null, '"', '\\', '{a,b}', '额度 🙂', "o'clock"]])
    t.same(await readBack(values), values)
  // What the service takes in: well-formed and without U+0000, which PostgreSQL has no place for.
  const text = fc.string({ unit: 'grapheme' }).filter((each) => !each.includes('\u0000') && each.isWellFormed())
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(text), { maxLength: 50 }), async (values) =>
      t.same(await readBack(values), values)
    ),
    { numRuns: 100 }
  )
})

t.test('numbers are sent as the database writes them', (t) => {
  t.same(textArray([12, -3]), textArray(['12', '-3']))
  t.end()
})
