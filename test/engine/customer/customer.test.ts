import { readFileSync } from 'node:fs'
import t from 'tap'
import { CUSTOMER_KINDS } from '../../../src/engine/customer/customer.ts'

t.test('the kinds of customer are those that the database accepts', async (t) => {
  const first = readFileSync(new URL('../../../migrations/0001_foundation.sql', import.meta.url), 'utf8')
  const customers = first.slice(first.indexOf('create table customers'))
  const [, listed = ''] = /kind in \(([^)]*)\)/.exec(customers) ?? []
  t.same(
    CUSTOMER_KINDS,
    listed.split(', ').map((kind) => kind.slice(1, -1))
  )
})
