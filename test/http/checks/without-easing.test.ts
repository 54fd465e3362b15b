import t from 'tap'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

const STEPS = ['oldest_overdue', 'share_overdue', 'overdue_severity', 'dunning_level']

t.test('what passes because an overdue invoice was disputed or put off says so in its step', async (t) => {
  const service = await contractService(t)
  const { send, clockTo } = service
  const invoice = { amount: cny('60000.00'), issuedOn: '2025-10-01', dueOn: '2025-11-30', dunningLevel: 4 }
  let order = 0
  const check = async (customerId: string, query = '') => {
    order += 1
    const asked = { customerId, orderId: `SO-${order}`, amount: cny('100.00') }
    return (await send('POST', `/v1/credit-checks${query}`, asked)).body
  }
  type Step = { code: string; result: string; withoutEasing?: object }
  const easedOf = ({ steps }: { steps: Step[] }) =>
    Object.fromEntries(steps.flatMap((step) => (step.withoutEasing ? [[step.code, step.withoutEasing]] : [])))
  const put = async (customerId: string, changes: object) => {
    const path = `/v1/customers/${customerId}/invoices/INV-1`
    const { headers } = await send('GET', path)
    return (await send('PUT', path, { ...invoice, ...changes }, { 'if-match': String(headers.etag) })).body
  }
  for (const customerId of ['C-PUT', 'C-OFF', 'C-SNAP', 'C-EARLY']) {
    await givenLimit(service, customerId, '500000.00')
    if (customerId === 'C-EARLY') continue
    await send('PUT', `/v1/customers/${customerId}/invoices/INV-1`, invoice)
    const { outcome, steps } = await check(customerId, '?dryRun=true')
    t.equal(outcome, 'declined', 'the invoice has been due for 121 days')
    t.same(
      steps.filter(({ result }: Step) => result === 'fail').map(({ code }: Step) => code),
      ['oldest_overdue', 'share_overdue', 'dunning_level']
    )
    t.same(easedOf({ steps }), {})
  }
  // 60,000.00 open, all of it overdue since 2025-11-30, that is 121 days: 7,260,000 amount-days.
  const without = {
    oldest_overdue: { result: 'fail', observed: 121, invoices: 1 },
    share_overdue: { result: 'fail', observed: 1, invoices: 1 },
    overdue_severity: { result: 'refer', observed: 7_260_000, invoices: 1 },
    dunning_level: { result: 'fail', observed: 4, invoices: 1 }
  }

  await t.test('disputed', async (t) => {
    t.equal((await put('C-PUT', { disputed: true })).easedDueOn, '2025-11-30')
    const { body: journal } = await send('GET', '/v1/customers/C-PUT/journal?limit=200')
    const entry = journal.items.findLast(({ type }: { type: string }) => type === 'invoice.changed')
    t.match(JSON.parse(entry.payload), { disputed: true, easedDueOn: '2025-11-30' })
    const decided = await check('C-PUT')
    t.same(easedOf(decided), without)
    for (const { code, result } of decided.steps) if (STEPS.includes(code)) t.equal(result, 'pass', code)
    t.match((await send('GET', `/v1/credit-checks/${decided.checkId}/replay`)).body, { same: true, differences: [] })
    t.same(easedOf((await send('GET', `/v1/credit-checks/${decided.checkId}`)).body), without)
    const told = async (reader: string) =>
      (await send('GET', `/v1/credit-checks/${decided.checkId}?reader=${reader}`)).body
    t.match(easedOf(await told('auditor')), {
      oldest_overdue: { resultName: { zh: /./ }, observedWords: { en: '121 days', zh: '121 天' } }
    })
    t.same(easedOf(await told('customer')), {}, 'the customer is not told how it would be without its dispute')
    await put('C-PUT', {})
    t.same(easedOf(await check('C-PUT', '?dryRun=true')), {}, 'taken back, the steps fail by themselves')
  })

  await t.test('put off', async (t) => {
    t.equal((await put('C-OFF', { dueOn: '2026-06-30', dunningLevel: 0 })).easedDueOn, '2025-11-30')
    const { dunning_level: _reminders, ...others } = without
    t.same(easedOf(await check('C-OFF')), others)
    await clockTo('2026-07-01')
    const later = easedOf(await check('C-OFF', '?dryRun=true'))
    t.match(later, { oldest_overdue: { result: 'fail', observed: 213 } }, 'due a second time, for a day')
    t.notOk('share_overdue' in later, 'it is overdue by either day')
    await clockTo('2026-03-31')
  })

  await t.test('by a snapshot of the ERP', async (t) => {
    const open = cny('60000.00')
    await send('POST', '/v1/customers/C-SNAP/reconciliations', {
      snapshotAt: '2026-03-31T12:00:00Z',
      apply: true,
      control: { count: 1, totals: [cny('60000.00')] },
      invoices: [{ ...invoice, invoiceId: 'INV-1', open, disputed: true }]
    })
    t.same(easedOf(await check('C-SNAP')), without)
  })

  await t.test('disputed before it was due is no easing', async (t) => {
    const path = '/v1/customers/C-EARLY/invoices/INV-1'
    const { body } = await send('PUT', path, { ...invoice, dueOn: '2026-04-10', disputed: true })
    t.notOk('easedDueOn' in body)
    await clockTo('2026-05-31')
    t.same(easedOf(await check('C-EARLY')), {})
  })

  t.equal((await send('GET', '/v1/audit/self-check')).body.valid, true)
})
