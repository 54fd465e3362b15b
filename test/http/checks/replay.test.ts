import { sql } from 'kysely'
import t from 'tap'
import { replay } from '../../../src/checks/commands/replay.ts'
import { cny, givenCustomer, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

t.test('replaying credit checks', async (t) => {
  const service = await contractService(t)
  const { send, refuses } = service
  await givenLimit(service, 'C-1', '100000.00')
  await givenCustomer(service, 'C-2')
  const decided = async (customerId: string, orderId: string, amount: string) => {
    const order = { customerId, orderId, amount: cny(amount), termsDays: 120 }
    return (await send('POST', '/v1/credit-checks', order)).body
  }
  const replayed = async (checkId: string) => (await send('GET', `/v1/credit-checks/${checkId}/replay`)).body

  await t.test('200: every outcome comes out again, byte for byte, whatever has happened since', async (t) => {
    const checks = [
      (await send('POST', '/v1/credit-checks', { customerId: 'C-1', orderId: 'SO-1', amount: cny('10.00') })).body,
      await decided('C-1', 'SO-2', '200000.00'),
      await decided('C-2', 'SO-1', '1.00')
    ]
    await send('PUT', '/v1/customers/C-1/hold', { reason: 'since then' })
    await send('POST', `/v1/credit-checks/${checks[0].checkId}/releases`, {})
    for (const { checkId, outcome, policy } of checks) {
      t.match(await replayed(checkId), {
        checkId,
        same: true,
        differences: [],
        outcome,
        policy,
        journal: { seq: Number }
      })
    }
  })

  await t.test('200: an order in another currency than the account’s comes out again as well', async (t) => {
    await send('PUT', '/v1/exchange-rates/USD/CNY/2026-03-30', { rate: 7.1, source: 'Central bank' })
    const amount = { amount: '20.00', currency: 'USD' }
    const { body } = await send('POST', '/v1/credit-checks', { customerId: 'C-1', orderId: 'SO-9', amount })
    t.match(body.original, { ...amount, rate: 7.1 })
    t.match(await replayed(body.checkId), { same: true, differences: [] })
  })

  await t.test('200: what was changed behind the service’s back is named', async (t) => {
    const { checkId } = await decided('C-1', 'SO-3', '5.00')
    const { db } = service.deps
    await sql`alter table credit_checks disable trigger all`.execute(db)
    await sql`update credit_checks set document = replace(document, '"declined"', '"approved"') where check_id = ${checkId}`.execute(
      db
    )
    t.match(await replayed(checkId), { same: false, differences: ['/outcome'], outcome: 'declined' })
  })

  await t.test('404: no such check', async (t) => {
    const url = '/v1/credit-checks/chk_00000000000000000000000000/replay'
    await refuses(t, { method: 'GET', url }, 'not-found')
  })

  await t.test('200: a decision of an earlier version of the policy is replayed with that version', async (t) => {
    const { checkId, policy } = await decided('C-2', 'SO-3', '1.00')
    const { policy: inForce } = service.deps
    const next = { ...inForce, version: inForce.version + 1, check: { ...inForce.check, utilisationWarnShare: 0.01 } }
    const later = { ...service.deps, policy: next }
    t.match(await replay(later, checkId), { same: true, policy })
  })

  await t.test('200: a long history is not gone through', async (t) => {
    const { checkId } = await decided('C-2', 'SO-4', '1.00')
    for (let times = 1; times <= 40; times += 1) {
      await service.clockTo(`2026-04-${String((times % 28) + 1).padStart(2, '0')}`)
      await send('PUT', '/v1/customers/C-2/hold', { reason: `reason ${times}` })
    }
    t.match(await replayed(checkId), { same: true })
  })

  await t.test('409: the policy that decided is not on file', async (t) => {
    const { checkId } = await decided('C-2', 'SO-2', '1.00')
    const { db } = service.deps
    await sql`update credit_checks set document = replace(document, '"id":"standard","version":', '"id":"standard","version":7')
      where check_id = ${checkId}`.execute(db)
    await refuses(t, { method: 'GET', url: `/v1/credit-checks/${checkId}/replay` }, 'policy-not-loaded')
  })

  await t.test('400: what is no id of a check', (t) =>
    refuses(t, { method: 'GET', url: '/v1/credit-checks/SO-1/replay' }, 'validation-error')
  )

  t.same(service.unanswered('replayCreditCheck'), [], 'every documented answer was given')
})
