import t from 'tap'
import { isExpiryDue, workAtExpiries } from '../../../src/checks/commands/expire.ts'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

const AT = (time: string) => `2026-03-31T${time}.000Z`

t.test('the clock ends a reservation, whether or not anything has swept it', async (t) => {
  const service = await contractService(t)
  const { send, refuses, clockTo } = service
  const check = (customerId: string, orderId: string, amount: string, more: object = {}) =>
    send('POST', '/v1/credit-checks', {
      customerId,
      orderId,
      amount: cny(amount),
      reserveSeconds: 60,
      reevaluate: false,
      ...more
    })
  const exposure = async (customerId: string) => (await send('GET', `/v1/customers/${customerId}/exposure`)).body
  const typesOf = async (customerId: string) =>
    (await send('GET', `/v1/customers/${customerId}/journal`)).body.items.map(({ type }: { type: string }) => type)
  await givenLimit(service, 'C-1', '100000.00')
  const { body: first } = await check('C-1', 'SO-1', '100000.00')
  t.match(first, { outcome: 'approved', reservation: { state: 'active', expiresAt: AT('12:01:00') } })

  await t.test('it holds its amount until the last millisecond', async (t) => {
    await clockTo('2026-03-31T12:00:59.999Z')
    t.match(await exposure('C-1'), { exposure: { reserved: cny('100000.00') }, available: cny('0.00') })
    t.match((await send('GET', `/v1/credit-checks/${first.checkId}`)).body, { reservation: { state: 'active' } })
    t.match((await check('C-1', 'SO-2', '0.01')).body, {
      outcome: 'referred',
      reasons: [{ code: 'LIMIT_EXCEEDED' }, { code: 'NOTHING_PAID_YET' }, { code: 'UTILISATION_HIGH' }]
    })
  })

  await t.test('at its instant reads show it expired although nothing was written', async (t) => {
    const before = await service.footprint()
    await clockTo(AT('12:01:00'))
    t.match(await exposure('C-1'), {
      exposure: { reserved: cny('0.00'), total: cny('0.00') },
      available: cny('100000.00'),
      asOf: AT('12:01:00')
    })
    const { body } = await send('GET', `/v1/credit-checks/${first.checkId}`)
    t.match(body.reservation, {
      state: 'expired',
      open: cny('0.00'),
      expired: cny('100000.00'),
      released: cny('0.00'),
      resolvedAt: AT('12:01:00')
    })
    t.match((await send('GET', '/v1/customers/C-1/limit')).body, { available: cny('100000.00') })
    t.equal(await service.footprint(), before)
  })

  await t.test('lists tell active from expired by the clock as well', async (t) => {
    const listed = async (state: string) =>
      (await send('GET', `/v1/credit-checks?customerId=C-1&reservation=${state}`)).body.items.map(
        ({ checkId }: { checkId: string }) => checkId
      )
    t.same(await listed('active'), [])
    t.same(await listed('expired'), [first.checkId])
  })

  await t.test('case 37: neither capture nor release is taken after its time', async (t) => {
    const url = `/v1/credit-checks/${first.checkId}`
    const captured = { amount: cny('1.00'), invoiceId: 'INV-1', final: false }
    const answer = await refuses(
      t,
      { method: 'POST', url: `${url}/captures`, body: captured },
      'reservation-already-expired'
    )
    t.match(answer.body, { state: 'expired', detail: /expired since 2026-03-31T12:01:00.000Z/ })
    await refuses(t, { method: 'POST', url: `${url}/releases`, body: {} }, 'reservation-already-expired')
  })

  await t.test(
    '201: the same order may be held again, and the end of the old reservation is recorded before',
    async (t) => {
      const again = await check('C-1', 'SO-1', '100000.00')
      t.match(again, { status: 201, body: { outcome: 'approved', availableBefore: cny('100000.00') } })
      t.not(again.body.checkId, first.checkId)
      t.same((await typesOf('C-1')).slice(-3), ['check.decided', 'reservation.expired', 'check.decided'])
      t.match(await exposure('C-1'), { exposure: { reserved: cny('100000.00') } })
      const { body } = await send('GET', `/v1/credit-checks/${first.checkId}`)
      t.match(body, { reservation: { state: 'expired', resolvedAt: AT('12:01:00'), version: 2 } })
    }
  )

  await t.test('an expired reservation never causes a decline: another order takes its place', async (t) => {
    await clockTo(AT('12:02:00'))
    t.match(await check('C-1', 'SO-3', '100000.00'), { status: 201, body: { outcome: 'approved' } })
  })

  await t.test('many that expired are ended at once, and only what was still open comes free', async (t) => {
    await givenLimit(service, 'C-2', '100000.00')
    for (let index = 0; index < 10; index += 1) await check('C-2', `SO-${index}`, '10000.00')
    const { items } = (await send('GET', '/v1/credit-checks?customerId=C-2&orderId=SO-0')).body
    const partly = `/v1/credit-checks/${items[0].checkId}`
    await send('POST', `${partly}/captures`, { amount: cny('4000.00'), invoiceId: 'INV-1', final: false })
    await clockTo(AT('12:05:00'))
    t.match(await exposure('C-2'), { exposure: { captured: cny('4000.00'), reserved: cny('0.00') } })
    t.match((await check('C-2', 'SO-10', '96000.01')).body, { outcome: 'referred', availableBefore: cny('96000.00') })
    t.match((await check('C-2', 'SO-11', '96000.00')).body, { outcome: 'approved' }, 'all that is not captured')
    t.match((await send('GET', partly)).body, {
      reservation: { state: 'expired', captured: cny('4000.00'), expired: cny('6000.00'), resolvedAt: AT('12:03:00') }
    })
    t.equal((await typesOf('C-2')).filter((type: string) => type === 'reservation.expired').length, 10)
  })

  await t.test('the policy says how long an approval holds when the caller does not', async (t) => {
    await givenLimit(service, 'C-3', '100000.00')
    const { body } = await check('C-3', 'SO-1', '1.00', { reserveSeconds: undefined })
    t.equal(body.reservation.expiresAt, '2026-04-07T12:05:00.000Z', '168 hours')
  })

  await t.test(
    'I10: at customers for whom nothing is decided the background ends what is due, and on record',
    async (t) => {
      await givenLimit(service, 'C-4', '100000.00')
      const { body: short } = await check('C-4', 'SO-1', '1000.00')
      const { body: given } = await check('C-4', 'SO-2', '1000.00', { reserveSeconds: 90 })
      await check('C-4', 'SO-3', '1000.00', { reserveSeconds: 3_600 })
      await send('POST', `/v1/credit-checks/${given.checkId}/releases`, {})
      const due = () => isExpiryDue(service.deps)
      await workAtExpiries(service.deps, new AbortController().signal)
      t.equal(await due(), false)
      const before = Date.parse(short.decidedAt)
      await clockTo(new Date(before + 60_000).toISOString())
      t.equal(await due(), true)
      await workAtExpiries(service.deps, new AbortController().signal)
      t.equal(await due(), false)
      t.equal((await typesOf('C-4')).at(-1), 'reservation.expired')
      await clockTo(new Date(before + 90_000).toISOString())
      await workAtExpiries(service.deps, new AbortController().signal)
      t.equal(await due(), false, 'what had ended before is not looked for again')
      t.match(await exposure('C-4'), { exposure: { reserved: cny('1000.00') } })
    }
  )

  await t.test('complaint 18: what has timed out since an instant is listed', async (t) => {
    const since = async (instant: string, more = '') =>
      (await send('GET', `/v1/credit-checks?customerId=C-4&since=${instant}${more}`)).body.items.map(
        ({ orderId }: { orderId: string }) => orderId
      )
    const { items } = (await send('GET', '/v1/credit-checks?customerId=C-4&reservation=expired')).body
    const ended = items[0].reservation.resolvedAt
    t.same(await since(ended, '&reservation=expired'), ['SO-1'])
    t.same(await since(new Date(Date.parse(ended) + 1).toISOString(), '&reservation=expired'), [])
    t.same(await since('2026-03-31T00:00:00Z'), ['SO-2', 'SO-1'], 'however it ended')
    await clockTo('2026-04-30')
    t.same(await since(ended, '&reservation=expired'), ['SO-3', 'SO-1'], 'whether or not anything has swept it')
    const listed = async (query: string) =>
      (await send('GET', `/v1/credit-checks?reservation=expired${query}`)).body as {
        items: { checkId: string; customerId: string; reservation: { state: string } }[]
        nextCursor?: string
      }
    const all = (await listed('&limit=200')).items
    const ids = all.map(({ checkId }) => checkId)
    t.same(ids, ids.toSorted().toReversed(), 'newest first, of every customer')
    t.ok(new Set(all.map(({ customerId }) => customerId)).size > 1)
    t.ok(all.every(({ reservation }) => reservation.state === 'expired'))
    const paged: string[] = []
    for (let cursor = ''; ; ) {
      const page = await listed(`&limit=1${cursor}`)
      paged.push(...page.items.map(({ checkId }) => checkId))
      if (page.nextCursor === undefined) break
      if (paged.length === 1) await workAtExpiries(service.deps, new AbortController().signal)
      cursor = `&cursor=${page.nextCursor}`
    }
    t.same(paged, ids, 'a cursor stays where it was while reservations are swept')
    t.same((await listed('&outcome=declined')).items, [])
    t.same((await listed('&customerId=C-4&orderId=SO-3')).items.length, 1)
    await refuses(t, { method: 'GET', url: '/v1/credit-checks?since=yesterday' }, 'validation-error', ['/query/since'])
  })

  await t.test('the ledger is sound after all this', async (t) => {
    const { body } = await send('GET', '/v1/audit/self-check')
    t.equal(body.valid, true, JSON.stringify(body.findings))
  })
})
