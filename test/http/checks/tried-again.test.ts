import t from 'tap'
import { cny, givenLimit } from '../../given.ts'
import { testService } from '../../service.ts'

const url = '/v1/credit-checks'

t.test('an order that is tried again finds no room in the end of its own reservation', async (t) => {
  const service = await testService(t)
  await givenLimit(service, 'C-1', '10000.00')
  const order = { customerId: 'C-1', orderId: 'SO-1', amount: cny('8000.00'), reserveSeconds: 86_400 }
  t.equal((await service.send('POST', url, order)).body.outcome, 'approved')
  const invoice = { amount: cny('5000.00'), issuedOn: '2026-03-30', dueOn: '2026-06-30', disputed: true }
  await service.send('PUT', '/v1/customers/C-1/invoices/I-1', invoice)
  const { body } = await service.send('POST', `${url}?dryRun=true`, order)
  t.match(body, { outcome: 'referred', availableBefore: cny('5000.00') })
  t.same(
    body.alternatives.map(({ kind }: { readonly kind: string }) => kind),
    ['smaller_amount', 'prepayment', 'security']
  )
})
