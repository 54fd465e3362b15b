import t, { type Test } from 'tap'
import { cny, givenCustomer, givenLimit, givenRated, setLimit } from '../../given.ts'
import { type ContractService, contractService } from '../contract.ts'

const url = '/v1/credit-checks'

t.test('deciding an order', async (t) => {
  const service = await contractService(t)
  const { send, refuses, footprint } = service
  await givenLimit(service, 'C-1', '100000.00')

  await t.test('201: an order within the limit is approved and held', async (t) => {
    const answer = await send('POST', url, orderOf('C-1', 'SO-1', '40000.00', { termsDays: 30 }))
    t.equal(answer.status, 201)
    t.equal(answer.headers.location, `${url}/${answer.body.checkId}`)
    t.equal(answer.headers.etag, '"1"')
    t.match(answer.body, {
      checkId: /^chk_[0-9a-z]{26}$/,
      customerId: 'C-1',
      orderId: 'SO-1',
      amount: cny('40000.00'),
      outcome: 'approved',
      exposureBefore: { receivables: cny('0.00'), captured: cny('0.00'), reserved: cny('0.00'), total: cny('0.00') },
      availableBefore: cny('100000.00'),
      availableAfter: cny('60000.00'),
      policy: { id: 'standard', version: 4 },
      decidedAt: '2026-03-31T12:00:00.000Z'
    })
    t.match(answer.body, {
      kind: 'order',
      prepaid: cny('0.00'),
      termsDays: 30,
      shipOn: null,
      original: null,
      releaseId: null,
      previousCheckId: null,
      block: null
    })
    t.match(answer.body.reasons, [{ code: 'NOTHING_PAID_YET' }], 'nothing speaks against it; one thing is not known')
    t.equal(answer.body.reasons.length, 1)
    t.same(answer.body.reservation, {
      state: 'active',
      amount: cny('40000.00'),
      captured: cny('0.00'),
      released: cny('0.00'),
      expired: cny('0.00'),
      open: cny('40000.00'),
      expiresAt: '2026-04-07T12:00:00.000Z',
      resolvedAt: null,
      version: 1
    })
    t.same((await send('GET', `${url}/${answer.body.checkId}`)).body, answer.body, 'reading it gives the same')
    t.match((await send('GET', '/v1/customers/C-1/exposure')).body, {
      exposure: { reserved: cny('40000.00'), total: cny('40000.00') },
      available: cny('60000.00')
    })
    const { items } = (await send('GET', '/v1/customers/C-1/journal')).body
    t.match(items.at(-1), { type: 'check.decided', subject: answer.body.checkId })
    t.match(JSON.parse(items.at(-1).payload), {
      decision: { outcome: 'approved' },
      facts: { order: { orderId: 'SO-1', amountMinor: 4_000_000, termsDays: 30 }, today: '2026-03-31' },
      moves: { reservedMinor: 4_000_000 }
    })
  })

  await t.test('201: every step tells what was observed and what was required, whatever the others say', async (t) => {
    const { body } = await send('POST', url, orderOf('C-1', 'SO-2', '60000.01', { termsDays: 120 }))
    t.match(body, { outcome: 'referred', reservation: null, availableAfter: cny('60000.00') })
    const shown = body.steps.map((step: Record<string, unknown>) => [
      step.code,
      step.result,
      step.observed,
      step.threshold,
      step.reason
    ])
    t.same(shown, [
      ['manual_hold', 'pass', null, null, null],
      ['rating_in_force', 'pass', '2027-03-31', '2026-03-31', null],
      ['rating_floor', 'pass', 'BBB', 'B', null],
      ['rating_advice', 'pass', 'none', null, null],
      ['file_changed', 'pass', null, '2026-03-31T12:00:00.000Z', null],
      ['limit_in_force', 'pass', 'limited', '2027-03-31', null],
      ['headroom', 'refer', '60000.01', '60000.00', 'LIMIT_EXCEEDED'],
      ['headroom_horizon', 'warn', '60000.01', '60000.00', 'LIMIT_EXCEEDED'],
      ['largest_order', 'pass', 0.600001, 1, null],
      ['oldest_overdue', 'pass', 0, 30, null],
      ['share_overdue', 'pass', 0, 0.5, null],
      ['overdue_severity', 'pass', 0, 5_000_000, null],
      ['payment_index', 'warn', null, 30, 'NOTHING_PAID_YET'],
      ['dunning_level', 'pass', 0, 2, null],
      ['terms', 'refer', 120, 60, 'TERMS_TOO_LONG'],
      ['sources_fresh', 'pass', null, 72, null],
      ['security', 'pass', null, '2026-03-31', null],
      ['utilisation', 'warn', 1, 0.9, 'UTILISATION_HIGH']
    ])
    t.same(
      body.reasons.map(({ code }: { code: string }) => code),
      ['LIMIT_EXCEEDED', 'TERMS_TOO_LONG', 'NOTHING_PAID_YET', 'UTILISATION_HIGH'],
      'the gravest first'
    )
    for (const { text } of body.reasons) t.ok(text.en.length > 10 && /\p{Script=Han}/u.test(text.zh))
    t.match((await send('GET', '/v1/customers/C-1/exposure')).body, { exposure: { reserved: cny('40000.00') } })
  })

  await t.test('201: exposure that equals the limit is within it', async (t) => {
    const { body } = await send('POST', url, orderOf('C-1', 'SO-3', '60000.00'))
    t.match(body, { outcome: 'approved', availableAfter: cny('0.00') })
    t.equal(body.reasons.at(-1).code, 'UTILISATION_HIGH')
  })

  await t.test('201: what is prepaid is neither asked of the limit nor held', async (t) => {
    const prepaid = { prepaid: cny('250000.00'), shipOn: '2026-05-01' }
    await givenLimit(service, 'C-5', '100000.00')
    const { body } = await send('POST', url, orderOf('C-5', 'PRE-1', '340000.00', prepaid))
    t.match(body, { outcome: 'approved', amount: cny('340000.00'), ...prepaid, availableAfter: cny('10000.00') })
    t.match(body.reservation, { amount: cny('90000.00'), open: cny('90000.00') })
    const again = await send('POST', url, orderOf('C-5', 'PRE-1', '340000.00', prepaid))
    t.match(again, { status: 200, body: { checkId: body.checkId } }, 'the same order again is the same check')
    for (const change of [{ prepaid: cny('250000.01') }, { shipOn: '2026-05-02' }, { shipOn: undefined }]) {
      const other = {
        method: 'POST',
        url,
        body: orderOf('C-5', 'PRE-1', '340000.00', { ...prepaid, ...change })
      } as const
      await refuses(t, other, 'order-already-reserved')
    }
  })

  await t.test(
    '201: a credit note and an order that is prepaid in full pass whatever is owed, and hold nothing',
    async (t) => {
      await givenCustomer(service, 'C-6')
      const orders = {
        credit_note: { kind: 'credit_note' },
        prepaid: { prepaid: cny('900000.00') }
      }
      for (const [by, more] of Object.entries(orders)) {
        const { status, body } = await send('POST', url, orderOf('C-6', 'PRE-2', '900000.00', more))
        t.match({ status, body }, { status: 201, body: { outcome: 'approved', reservation: null, reasons: [] } }, by)
        t.same(
          body.steps.map(({ exemptedBy }: { exemptedBy: string | null }) => exemptedBy),
          [null, ...new Array(17).fill(by)],
          `${by}: every step but the manual hold is exempt`
        )
      }
      t.match((await send('GET', '/v1/customers/C-6/exposure')).body, { exposure: { total: cny('0.00') } })
      await send('PUT', '/v1/customers/C-6/hold', { reason: 'Court order' })
      for (const more of Object.values(orders)) {
        const { body } = await send(
          'POST',
          url,
          orderOf('C-6', 'SO-2', '1.00', { ...more, ...('prepaid' in more ? { prepaid: cny('1.00') } : {}) })
        )
        t.match(body, { outcome: 'declined', reasons: [{ code: 'MANUAL_HOLD' }] }, 'a manual hold stops them')
      }
    }
  )

  await t.test(
    'case 28: without a key the order that is held gets its check again, and nothing is written',
    async (t) => {
      const { body } = await send('GET', `${url}?orderId=SO-1`)
      const before = await footprint()
      const answer = await send('POST', url, orderOf('C-1', 'SO-1', '40000.00', { termsDays: 30 }))
      t.equal(answer.status, 200)
      const { changedSince, ...check } = answer.body
      t.same(check, body.items[0])
      t.equal(changedSince.outcome, 'approved')
      t.equal(answer.headers['idempotency-replayed'], undefined)
      t.equal(await footprint(), before)
    }
  )

  await t.test(
    'case 34: an order that is held takes no other amount, no other terms, and no new decision under a new key',
    async (t) => {
      const { body } = await send('GET', `${url}?orderId=SO-1`)
      const other = { method: 'POST', url, body: orderOf('C-1', 'SO-1', '40000.01') } as const
      const answer = await refuses(t, other, 'order-already-reserved')
      t.equal(answer.body.checkId, body.items[0].checkId)
      const longer = { method: 'POST', url, body: orderOf('C-1', 'SO-1', '40000.00', { termsDays: 60 }) } as const
      t.equal((await refuses(t, longer, 'order-already-reserved')).body.checkId, body.items[0].checkId)
      const headers = { 'idempotency-key': 'another' }
      const same = {
        method: 'POST',
        url,
        body: orderOf('C-1', 'SO-1', '40000.00', { termsDays: 30 }),
        headers
      } as const
      t.equal((await refuses(t, same, 'order-already-reserved')).body.checkId, body.items[0].checkId)
    }
  )

  await t.test('the number of an order is the customer’s own: another customer’s order may have it too', async (t) => {
    await givenLimit(service, 'C-2', '50000.00')
    t.match(await send('POST', url, orderOf('C-2', 'SO-1', '1.00')), { status: 201, body: { outcome: 'approved' } })
  })

  await t.test('200: a dry run decides, holds nothing and uses no key up', async (t) => {
    const before = await footprint()
    const headers = { 'idempotency-key': 'dry' }
    const answer = await send('POST', `${url}?dryRun=true`, orderOf('C-2', 'SO-2', '49999.00'), headers)
    t.match(answer, { status: 200, body: { outcome: 'approved', reservation: { state: 'active' } } })
    t.equal(await footprint(), before)
  })

  await t.test('case 20: a customer that is not known is never approved', async (t) => {
    await refuses(t, { method: 'POST', url, body: orderOf('C-9', 'SO-1', '1.00') }, 'customer-not-found')
  })

  await t.test(
    'case 10: an order in another currency is converted at the rate of the day, and refused without one',
    async (t) => {
      const body = { ...orderOf('C-1', 'SO-9', '1.00'), amount: { amount: '100.00', currency: 'USD' } }
      const answer = await refuses(t, { method: 'POST', url, body }, 'rate-missing')
      t.match(answer.body.detail, /between USD and CNY/)
      const rate = { rate: 7.1234, source: 'Central bank' }
      t.equal((await send('PUT', '/v1/exchange-rates/USD/CNY/2026-03-30', rate)).status, 201)
      const { status, body: check } = await send('POST', url, body)
      t.equal(status, 201)
      t.match(check, {
        amount: { amount: '712.34', currency: 'CNY' },
        original: { amount: '100.00', currency: 'USD', rate: 7.1234, ratedOn: '2026-03-30', basis: 'direct' }
      })
    }
  )

  await malformedOrders(t, service)
  await idempotentChecks(t, service)
  await t.test('the ledger is sound after all this', async (t) => {
    const { body } = await send('GET', '/v1/audit/self-check')
    t.equal(body.valid, true, JSON.stringify(body.findings))
  })
  t.same(service.unanswered('checkCredit'), [], 'every documented answer was given')
})

async function malformedOrders(t: Test, { refuses }: ContractService) {
  const refused: Record<string, { change: object; pointer: string }> = {
    'no order number': { change: { orderId: undefined }, pointer: '/orderId' },
    'no customer': { change: { customerId: undefined }, pointer: '/customerId' },
    'no amount': { change: { amount: undefined }, pointer: '/amount' },
    'case 3: a field that does not exist': { change: { amont: cny('1.00') }, pointer: '/amont' },
    'case 7: an amount of zero': { change: { amount: cny('0') }, pointer: '/amount/amount' },
    'case 7: an amount below zero': { change: { amount: cny('-1.00') }, pointer: '/amount/amount' },
    'case 8: an amount as a number': { change: { amount: { amount: 1, currency: 'CNY' } }, pointer: '/amount/amount' },
    'case 9: three decimals': { change: { amount: cny('1.001') }, pointer: '/amount/amount' },
    'case 13: an order number with a slash': { change: { orderId: 'SO/1' }, pointer: '/orderId' },
    'more prepaid than ordered': { change: { prepaid: cny('1.01') }, pointer: '/prepaid/amount' },
    'prepaid in another currency': {
      change: { prepaid: { amount: '1.00', currency: 'USD' } },
      pointer: '/prepaid/currency'
    },
    'a prepaid credit note': { change: { kind: 'credit_note', prepaid: cny('1.00') }, pointer: '/prepaid' },
    'a kind that does not exist': { change: { kind: 'invoice' }, pointer: '/kind' },
    'case 14: a day that does not exist': { change: { shipOn: '2026-02-30' }, pointer: '/shipOn' },
    'terms of more than a year': { change: { termsDays: 366 }, pointer: '/termsDays' },
    'terms of half a day': { change: { termsDays: 0.5 }, pointer: '/termsDays' },
    'a hold of less than a minute': { change: { reserveSeconds: 59 }, pointer: '/reserveSeconds' },
    'a hold of more than a year': { change: { reserveSeconds: 31_536_001 }, pointer: '/reserveSeconds' }
  }
  for (const [name, { change, pointer }] of Object.entries(refused)) {
    await t.test(`400: ${name}`, async (t) => {
      const body = { ...orderOf('C-1', 'SO-8', '1.00'), ...change }
      await refuses(t, { method: 'POST', url, body }, 'validation-error', [pointer])
    })
  }
}

async function idempotentChecks(t: Test, service: ContractService) {
  const { send, attempt, refuses, footprint, authorization } = service
  await givenLimit(service, 'C-3', '100000.00')
  const order = orderOf('C-3', 'SO-1', '60000.00')
  const key = (value: string) => ({ 'idempotency-key': value })

  await t.test('case 30: the same key and the same request give the same bytes and one effect', async (t) => {
    const first = await send('POST', url, order, key('one'))
    t.match(first, { status: 201, body: { outcome: 'approved' } })
    t.equal(first.headers['idempotency-replayed'], undefined)
    const before = await footprint()
    const reordered = { amount: order.amount, orderId: order.orderId, customerId: order.customerId }
    for (const [body, value] of [
      [order, 'one'],
      [reordered, 'one'],
      [order, '"one"']
    ] as const) {
      const again = await send('POST', url, body, key(value))
      t.equal(again.status, 201)
      t.equal(again.text, first.text)
      t.equal(again.headers['idempotency-replayed'], 'true')
      for (const name of ['location', 'etag', 'content-type']) t.equal(again.headers[name], first.headers[name])
    }
    t.equal(await footprint(), before)
  })

  await t.test('case 30: the bytes stay the same after the reservation has moved on', async (t) => {
    const { text, body } = await send('POST', url, order, key('one'))
    await send('POST', `${url}/${body.checkId}/captures`, { amount: cny('1.00'), invoiceId: 'INV-1', final: true })
    t.equal((await send('POST', url, order, key('one'))).text, text)
    t.match((await send('GET', `${url}/${body.checkId}`)).body, { reservation: { state: 'partially_captured' } })
  })

  await t.test('case 31: the same key with another request says where they differ', async (t) => {
    const other = { ...order, amount: cny('60000.01'), termsDays: 30 }
    const answer = await refuses(t, { method: 'POST', url, body: other, headers: key('one') }, 'idempotency-key-reused')
    t.same(answer.body.differing, ['/body/amount/amount', '/body/termsDays'])
    const path = `${url}/chk_00000000000000000000000000/releases`
    const elsewhere = await refuses(
      t,
      { method: 'POST', url: path, body: {}, headers: key('one') },
      'idempotency-key-reused'
    )
    t.same(elsewhere.body.differing.toSorted(), ['/body/amount', '/body/customerId', '/body/orderId', '/url'])
  })

  await t.test('a key belongs to the caller that sent it', async (t) => {
    const headers = { ...key('one'), authorization: await authorization('check') }
    const answer = await send('POST', url, orderOf('C-3', 'SO-2', '1.00'), headers)
    t.match(answer, { status: 201, body: { outcome: 'approved' } })
    t.equal(answer.headers['idempotency-replayed'], undefined)
  })

  await t.test('case 33: a decline stays a decline for its key', async (t) => {
    const large = orderOf('C-3', 'SO-3', '150000.00', { reevaluate: false })
    const first = await send('POST', url, large, key('large'))
    t.match(first, { status: 201, body: { outcome: 'referred' } })
    await setLimit(service, 'C-3', '400000.00')
    const again = await send('POST', url, large, key('large'))
    t.equal(again.text, first.text)
    t.equal(again.headers['idempotency-replayed'], 'true')
    t.match(await attempt('POST', url, large, key('large, now')), { status: 400 }, 'a key holds no blank')
    t.match((await send('POST', url, large, key('large-now'))).body, { outcome: 'approved' }, 'a new key decides anew')
  })

  await t.test('case 29: a key that cannot be one is refused', async (t) => {
    for (const value of ['', 'a b', 'x'.repeat(256)])
      await refuses(t, { method: 'POST', url, body: order, headers: key(value) }, 'idempotency-key-invalid')
  })

  await t.test('a request that is refused does not use its key up', async (t) => {
    const body = orderOf('C-4', 'SO-1', '1.00')
    await refuses(t, { method: 'POST', url, body, headers: key('early') }, 'customer-not-found')
    await givenLimit(service, 'C-4', '10000.00')
    t.match(await send('POST', url, body, key('early')), { status: 201, body: { outcome: 'approved' } })
  })
}

t.test('why an order is not approved', async (t) => {
  const service = await contractService(t)
  const { send, clockTo } = service
  const codes = async (customerId: string, orderId: string, amount: string, more: object = {}) => {
    const { status, body } = await send(
      'POST',
      url,
      orderOf(customerId, orderId, amount, { reevaluate: false, ...more })
    )
    const weighty = body.steps.filter(({ result }: { result: string }) => result !== 'pass' && result !== 'warn')
    const steps = weighty.map(({ code, result }: { code: string; result: string }) => `${code} ${result}`)
    t.equal(status, 201)
    t.equal(body.reservation === null, body.outcome !== 'approved', 'only an approval holds anything')
    const reasons = body.reasons.map(({ code }: { code: string }) => code)
    // Few customers here have paid anything, and the answers say so.
    return { outcome: body.outcome, steps, reasons: reasons.filter((code: string) => code !== 'NOTHING_PAID_YET') }
  }

  await t.test('201: without a rating and a limit an order is referred', async (t) => {
    await givenCustomer(service, 'N-1')
    t.same(await codes('N-1', 'SO-1', '1.00', { termsDays: 30 }), {
      outcome: 'referred',
      steps: [
        'rating_in_force refer',
        'rating_floor not_evaluable',
        'rating_advice not_evaluable',
        'limit_in_force refer',
        'headroom not_evaluable',
        'largest_order not_evaluable',
        'terms not_evaluable'
      ],
      reasons: ['RATING_MISSING', 'LIMIT_MISSING']
    })
  })

  await t.test(
    '201: an order that does not pass is told what would, now and later, and what would let it pass',
    async (t) => {
      await givenLimit(service, 'N-20', '100000.00')
      const invoice = { amount: cny('40000.00'), issuedOn: '2026-03-01', dueOn: '2026-04-10' }
      await send('PUT', '/v1/customers/N-20/invoices/I-1', invoice)
      await send('POST', url, orderOf('N-20', 'SO-1', '10000.00'))
      const { body } = await send('POST', url, orderOf('N-20', 'SO-2', '70000.00'))
      t.equal(body.outcome, 'referred')
      t.match(body.alternatives, [
        { kind: 'smaller_amount', amount: cny('50000.00'), text: { en: /approved now/, zh: /批准/ } },
        { kind: 'later_date', date: '2026-04-25', amount: null },
        {
          kind: 'split',
          parts: [
            { amount: cny('50000.00'), date: '2026-03-31' },
            { amount: cny('20000.00'), date: '2026-04-25' }
          ]
        },
        { kind: 'prepayment', amount: cny('20000.00') },
        { kind: 'security', amount: cny('20000.00') }
      ])
      t.match(body.unblockedBy, [
        { step: 'headroom', kind: 'raise_limit', amount: cny('120000.00') },
        { step: 'headroom', kind: 'lower_exposure', amount: cny('20000.00') },
        { step: 'headroom', kind: 'provide_security', amount: cny('20000.00') }
      ])
      const replayed = await send('GET', `${url}/${body.checkId}/replay`)
      t.match(replayed.body, { same: true, differences: [] }, 'what was expected is part of the facts')
      t.match((await send('POST', url, orderOf('N-20', 'SO-3', '50000.01'))).body, { outcome: 'referred' })
      const smaller = await send('POST', url, orderOf('N-20', 'SO-4', '50000.00'))
      t.match(smaller.body, { outcome: 'approved', alternatives: [], unblockedBy: [] }, 'and the offer holds')
    }
  )

  await t.test('201: an order beyond the whole limit is referred for both reasons', async (t) => {
    await givenLimit(service, 'N-2', '100000.00')
    t.match(await codes('N-2', 'SO-1', '100000.01'), {
      outcome: 'referred',
      steps: ['headroom refer', 'largest_order refer'],
      reasons: ['LIMIT_EXCEEDED', 'ORDER_TOO_LARGE', 'UTILISATION_HIGH']
    })
  })

  await t.test('case 44: a manual hold declines, and once it is lifted the order is approved', async (t) => {
    await send('PUT', '/v1/customers/N-2/hold', { reason: 'Bill returned unpaid' })
    t.match(await codes('N-2', 'SO-2', '1.00'), {
      outcome: 'declined',
      steps: ['manual_hold fail'],
      reasons: ['MANUAL_HOLD']
    })
    await send('DELETE', '/v1/customers/N-2/hold')
    t.match(await codes('N-2', 'SO-2', '1.00'), { outcome: 'approved' })
  })

  await t.test('201: an old debt refers after thirty days and declines after ninety', async (t) => {
    await givenLimit(service, 'N-3', '100000.00')
    const owe = (invoiceId: string, amount: string, dueOn: string) =>
      send('PUT', `/v1/customers/N-3/invoices/${invoiceId}`, { amount: cny(amount), issuedOn: '2025-12-01', dueOn })
    await owe('I-1', '1000.00', '2026-03-01')
    t.match(await codes('N-3', 'SO-1', '1.00'), { outcome: 'approved' }, 'thirty days')
    await owe('I-2', '1000.00', '2026-02-28')
    t.match(await codes('N-3', 'SO-2', '1.00'), { outcome: 'referred', steps: ['oldest_overdue refer'] })
    await owe('I-3', '1000.00', '2025-12-31')
    t.match(await codes('N-3', 'SO-3', '1.00'), { outcome: 'referred' }, 'ninety days')
    await owe('I-4', '1000.00', '2025-12-30')
    t.match(await codes('N-3', 'SO-4', '1.00'), {
      outcome: 'declined',
      steps: ['oldest_overdue fail'],
      reasons: ['OVERDUE_TOO_OLD']
    })
    await owe('I-5', '8000.00', '2026-03-30')
    t.match(await codes('N-3', 'SO-5', '1.00'), {
      outcome: 'declined',
      reasons: ['OVERDUE_TOO_OLD', 'OVERDUE_BALANCE_HIGH']
    })
  })

  await t.test('201: a disputed debt counts as exposure, not as overdue', async (t) => {
    await givenLimit(service, 'N-4', '100000.00')
    const invoice = { amount: cny('30000.00'), issuedOn: '2025-10-01', dueOn: '2025-11-01', disputed: true }
    await send('PUT', '/v1/customers/N-4/invoices/I-1', invoice)
    t.match(await codes('N-4', 'SO-1', '70000.01'), { outcome: 'referred', steps: ['headroom refer'] })
    t.match(await codes('N-4', 'SO-1', '70000.00'), { outcome: 'approved' })
  })

  await t.test('201: invoices and captures use the limit up like reservations', async (t) => {
    await givenLimit(service, 'N-5', '100000.00')
    await send('PUT', '/v1/customers/N-5/invoices/I-1', {
      amount: cny('50000.00'),
      issuedOn: '2026-03-01',
      dueOn: '2026-05-01'
    })
    const { body } = await send('POST', url, orderOf('N-5', 'SO-1', '30000.00'))
    await send('POST', `${url}/${body.checkId}/captures`, { amount: cny('20000.00'), invoiceId: 'I-2', final: false })
    const next = await send('POST', url, orderOf('N-5', 'SO-2', '20000.01'))
    t.match(next.body, {
      outcome: 'referred',
      exposureBefore: {
        receivables: cny('50000.00'),
        captured: cny('20000.00'),
        reserved: cny('10000.00'),
        total: cny('80000.00')
      }
    })
    t.match(await codes('N-5', 'SO-3', '20000.00'), { outcome: 'approved' })
  })

  await t.test('201: money paid ahead makes room beyond the limit', async (t) => {
    await givenLimit(service, 'N-6', '10000.00')
    await send('POST', '/v1/customers/N-6/payments', {
      paymentId: 'P-1',
      receivedOn: '2026-03-31',
      amount: cny('5000.00')
    })
    t.match((await send('POST', url, orderOf('N-6', 'SO-1', '10000.00'))).body, {
      outcome: 'approved',
      availableBefore: cny('15000.00'),
      availableAfter: cny('5000.00')
    })
  })

  await t.test('201: terms that are as long as granted pass', async (t) => {
    await givenLimit(service, 'N-7', '10000.00')
    t.match(await codes('N-7', 'SO-1', '1.00', { termsDays: 60 }), { outcome: 'approved' })
    t.match(await codes('N-7', 'SO-2', '1.00', { termsDays: 61 }), { outcome: 'referred', steps: ['terms refer'] })
  })

  await t.test('case 43: a limit that falls below the exposure leaves what is held and refuses the next', async (t) => {
    await givenLimit(service, 'N-8', '100000.00')
    const { body } = await send('POST', url, orderOf('N-8', 'SO-1', '80000.00'))
    await setLimit(service, 'N-8', '50000.00')
    t.match((await send('GET', '/v1/customers/N-8/exposure')).body, {
      overLimit: true,
      available: cny('-30000.00'),
      exposure: { reserved: cny('80000.00') }
    })
    t.match(await codes('N-8', 'SO-2', '0.01'), {
      outcome: 'referred',
      steps: ['headroom refer'],
      reasons: ['LIMIT_EXCEEDED', 'UTILISATION_HIGH']
    })
    const captured = { amount: cny('80000.00'), invoiceId: 'I-1', final: true }
    t.equal((await send('POST', `${url}/${body.checkId}/captures`, captured)).status, 201, 'what is held is honoured')
  })

  await t.test('201: a grade below the floor declines, whatever limit is still in force', async (t) => {
    await givenLimit(service, 'N-10', '100000.00')
    await send('PUT', '/v1/customers/N-10/invoices/I-1', {
      amount: cny('1000.00'),
      issuedOn: '2025-06-01',
      dueOn: '2025-09-01'
    })
    await send('POST', '/v1/customers/N-10/assessments', {})
    t.match(await codes('N-10', 'SO-1', '1.00'), {
      outcome: 'declined',
      steps: ['rating_floor fail', 'oldest_overdue fail'],
      reasons: ['RATING_BELOW_FLOOR', 'OVERDUE_TOO_OLD']
    })
  })

  await t.test('case 44: a rating that has expired refers, and the limit that rests on it too', async (t) => {
    await givenRated(service, 'N-9')
    await setLimit(service, 'N-9', '10000.00')
    await clockTo('2027-03-31')
    t.match(await codes('N-9', 'SO-1', '1.00'), { outcome: 'approved' }, 'the last day counts')
    await clockTo('2027-04-01')
    t.match(await codes('N-9', 'SO-2', '1.00'), {
      outcome: 'referred',
      steps: ['rating_in_force refer', 'limit_in_force refer', 'headroom refer'],
      reasons: ['RATING_EXPIRED', 'LIMIT_EXPIRED', 'LIMIT_EXCEEDED']
    })
  })
})

function orderOf(customerId: string, orderId: string, amount: string, more: object = {}) {
  return { customerId, orderId, amount: cny(amount), ...more }
}
