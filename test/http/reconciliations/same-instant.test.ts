import t, { type Test } from 'tap'
import { cny } from '../../given.ts'
import { type ContractService, contractService } from '../contract.ts'

const SNAPSHOT = '2026-03-31T12:00:00.000Z'
const days = { issuedOn: '2026-03-01', dueOn: '2026-04-30' }

/** What a system says is open of its invoices of 1,000 and of its orders. */
interface Open {
  readonly invoices: Readonly<Record<string, number>>
  readonly orders?: Readonly<Record<string, readonly [open: number, sourceVersion: number]>>
}

function snapshot({ invoices, orders = {} }: Open, changes: object = {}) {
  const sum = [...Object.values(invoices), ...Object.values(orders).map(([open]) => open)].reduce((a, b) => a + b, 0)
  return {
    snapshotAt: SNAPSHOT,
    apply: true,
    control: {
      count: Object.keys(invoices).length + Object.keys(orders).length,
      totals: [cny(sum.toFixed(2))]
    },
    invoices: Object.entries(invoices).map(([invoiceId, open]) => ({
      invoiceId,
      amount: cny('1000.00'),
      open: cny(open.toFixed(2)),
      ...days
    })),
    items: Object.entries(orders).map(([itemId, [open, sourceVersion]]) => ({
      itemId,
      category: 'order',
      open: cny(open.toFixed(2)),
      sourceVersion
    })),
    ...changes
  }
}

const FIRST: Open = { invoices: { 'A-1': 400, 'A-2': 1_000 }, orders: { 'SO-1': [70, 2], 'SO-2': [30, 2] } }
const SECOND: Open = { invoices: { 'A-1': 600, 'A-2': 250 }, orders: { 'SO-1': [80, 2], 'SO-2': [40, 3] } }

/** A customer with two open invoices and two open orders. */
async function given({ send }: ContractService, customerId: string): Promise<string> {
  const base = `/v1/customers/${customerId}`
  await send('PUT', base, { kind: 'company', name: customerId })
  for (const id of ['A-1', 'A-2']) await send('PUT', `${base}/invoices/${id}`, { amount: cny('1000.00'), ...days })
  for (const id of ['SO-1', 'SO-2'])
    await send('PUT', `${base}/exposure-items/${id}`, { category: 'order', amount: cny('50.00'), sourceVersion: 1 })
  return base
}

async function openOf({ send }: ContractService, base: string) {
  const open = async (path: string) => (await send('GET', `${base}/${path}`)).body.open.amount
  return {
    'A-1': await open('invoices/A-1'),
    'A-2': await open('invoices/A-2'),
    'SO-1': await open('exposure-items/SO-1'),
    'SO-2': await open('exposure-items/SO-2')
  }
}

async function sound(t: Test, { send }: ContractService): Promise<void> {
  const { body } = await send('GET', '/v1/audit/self-check')
  t.equal(body.valid, true, JSON.stringify(body.findings.filter(({ valid }: { valid: boolean }) => !valid)))
}

t.test('of two snapshots of one instant', async (t) => {
  const service = await contractService(t)
  const { send, clockTo } = service
  const reconcile = async (base: string, open: Open, changes: object = {}) =>
    (await send('POST', `${base}/reconciliations`, snapshot(open, changes))).body

  await t.test('in that very instant, the one that comes later says what is so', async (t) => {
    const base = await given(service, 'C-1')
    t.match((await reconcile(base, FIRST)).counts, { different: 3, older: 0 })
    t.match((await reconcile(base, SECOND)).counts, { different: 4, older: 0 })
    t.same(await openOf(service, base), { 'A-1': '600.00', 'A-2': '250.00', 'SO-1': '80.00', 'SO-2': '40.00' })
    t.match((await reconcile(base, FIRST)).counts, { different: 3, older: 1 }, 'but no version of a document runs back')
    t.same(await openOf(service, base), { 'A-1': '400.00', 'A-2': '1000.00', 'SO-1': '70.00', 'SO-2': '40.00' })
    await sound(t, service)
  })

  await t.test('later, what the first one changed stays, and is told; the rest follows the second', async (t) => {
    const [base, other] = [await given(service, 'C-2'), await given(service, 'C-3')]
    await clockTo('2026-03-31T12:10:00.000Z')
    t.match((await reconcile(base, FIRST)).counts, { different: 3, older: 0 })
    const second = await reconcile(base, SECOND)
    const stayed = second.differences.filter(({ kind }: { kind: string }) => kind === 'older')
    t.same(
      stayed.map(({ id }: { id: string }) => id),
      ['A-1', 'SO-1'],
      'A-2 was as the first one said, and a higher version of SO-2 decides'
    )
    t.same(await openOf(service, base), { 'A-1': '400.00', 'A-2': '250.00', 'SO-1': '70.00', 'SO-2': '40.00' })

    const played = async () => {
      await reconcile(other, FIRST)
      const { counts, exposureBefore, exposureAfter } = await reconcile(other, SECOND)
      return { counts, exposureBefore, exposureAfter }
    }
    const { counts, exposureBefore, exposureAfter } = second
    t.same(await played(), { counts, exposureBefore, exposureAfter }, 'so it is whenever it is played')
    t.same(await openOf(service, other), await openOf(service, base))
    await sound(t, service)
  })

  await t.test('one of a later instant says what is so, of all that the others changed', async (t) => {
    const answer = await reconcile('/v1/customers/C-2', SECOND, { snapshotAt: '2026-03-31T12:10:00.000Z' })
    t.match(answer.counts, { different: 2, older: 0 })
    t.same(await openOf(service, '/v1/customers/C-2'), {
      'A-1': '600.00',
      'A-2': '250.00',
      'SO-1': '80.00',
      'SO-2': '40.00'
    })
    await sound(t, service)
  })

  await t.test('sent at once, one comes after the other, whole', async (t) => {
    const base = await given(service, 'C-4')
    const at = { snapshotAt: '2026-03-31T12:10:00.000Z' }
    const answers = await Promise.all([reconcile(base, FIRST, at), reconcile(base, SECOND, at)])
    const later = answers.find(({ exposureBefore }) => exposureBefore.amount !== '2100.00')
    const earlier = answers.find((answer) => answer !== later)
    t.same(later.exposureBefore, earlier.exposureAfter, 'the later one begins where the other ended')
    t.same((await send('GET', `${base}/exposure`)).body.exposure.total, later.exposureAfter)
    await sound(t, service)
  })

  await t.test('each of another system is of its own items alone', async (t) => {
    const base = await given(service, 'C-5')
    await reconcile(base, FIRST)
    const items = [{ itemId: 'SO-1', category: 'order', open: cny('5.00'), sourceVersion: 1 }]
    const control = { count: 1, totals: [cny('5.00')] }
    const other = await reconcile(base, SECOND, { source: 'wms', invoices: undefined, items, control })
    t.match(other.counts, { missing: 1, extra: 0, older: 0 })
    t.equal((await openOf(service, base))['SO-1'], '70.00')
    await sound(t, service)
  })
})
