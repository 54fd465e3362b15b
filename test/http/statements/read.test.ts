import t from 'tap'
import { contractService } from '../contract.ts'

const statement = {
  periodEnd: '2025-12-31',
  months: 12,
  currency: 'CNY',
  unit: 1000,
  consolidated: true,
  audited: false,
  balanceSheet: { totalAssets: '10', totalLiabilities: '4', equity: '6' }
}

t.test('reading statements', async (t) => {
  const { send, refuses, unanswered } = await contractService(t)
  for (const customerId of ['C-1', 'C-2'])
    await send('PUT', `/v1/customers/${customerId}`, { kind: 'company', name: 'x' })
  await send('PUT', '/v1/customers/C-1/statements/FY2025', statement)
  await send('PUT', '/v1/customers/C-1/statements/FY2024', { ...statement, periodEnd: '2024-12-31' })

  await t.test('200: a statement is answered with its version as ETag', async (t) => {
    const answer = await send('GET', '/v1/customers/C-1/statements/FY2025')
    t.equal(answer.status, 200)
    t.equal(answer.headers.etag, '"1"')
    t.match(answer.body, { ...statement, statementId: 'FY2025', priorStatementId: 'FY2024' })
  })

  await t.test('200: the list tells of each statement without its figures', async (t) => {
    const answer = await send('GET', '/v1/customers/C-1/statements')
    const { balanceSheet: _figures, unit: _unit, ...summary } = statement
    const shown = { ...summary, customerId: 'C-1', version: 1, updatedAt: '2026-03-31T12:00:00.000Z' }
    t.same(answer.body, {
      items: [
        { ...shown, statementId: 'FY2024', periodEnd: '2024-12-31' },
        { ...shown, statementId: 'FY2025' }
      ]
    })
    t.same((await send('GET', '/v1/customers/C-2/statements')).body, { items: [] }, 'of this customer alone')
  })

  await t.test('404: a statement that is not recorded, or is another customer’s, is not found', async (t) => {
    await refuses(t, { method: 'GET', url: '/v1/customers/C-1/statements/FY2020' }, 'not-found')
    await refuses(t, { method: 'GET', url: '/v1/customers/C-2/statements/FY2025' }, 'not-found')
  })

  await t.test('case 20: an unknown customer is 404', async (t) => {
    await refuses(t, { method: 'GET', url: '/v1/customers/C-9/statements/FY2025' }, 'customer-not-found')
    await refuses(t, { method: 'GET', url: '/v1/customers/C-9/statements' }, 'customer-not-found')
  })

  await t.test('400: what is no id, parameter or cursor is refused', async (t) => {
    const at = (path: string) => ({ method: 'GET', url: `/v1/customers/C-1/statements${path}` }) as const
    await refuses(t, at('/_1'), 'validation-error', ['/params/statementId'])
    await refuses(t, at('?year=2025'), 'validation-error', ['/query/year'])
    await refuses(t, at('?cursor=QS0x'), 'invalid-cursor')
  })

  t.same(unanswered('getStatement', 'listStatements'), [], 'every documented answer was given')
})
