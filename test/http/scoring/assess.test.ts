import t from 'tap'
import { cny, givenCustomer, PROFILE, STATEMENT } from '../../given.ts'
import { contractService } from '../contract.ts'

t.test('assessing a customer', async (t) => {
  const service = await contractService(t)
  const { send, refuses, footprint, clockTo } = service
  const urlOf = (customerId: string) => `/v1/customers/${customerId}/assessments`
  const ratingOf = async (customerId: string) => (await send('GET', `/v1/customers/${customerId}/rating`)).body
  await givenCustomer(service, 'C-1')

  await t.test('200: before the first assessment there is no rating', async (t) => {
    t.same(await ratingOf('C-1'), {
      customerId: 'C-1',
      state: 'unrated',
      grade: null,
      validUntil: null,
      assessmentId: null,
      ratedAt: null,
      fileChangedAt: null
    })
  })

  await t.test('201: the assessment explains itself and sets the rating', async (t) => {
    const answer = await send('POST', urlOf('C-1'), {})
    t.equal(answer.status, 201)
    t.equal(answer.headers.location, `${urlOf('C-1')}/${answer.body.assessmentId}`)
    const { body } = answer
    t.match(body, {
      assessmentId: /^asm_[0-9a-z]{26}$/,
      customerId: 'C-1',
      madeAt: '2026-03-31T12:00:00.000Z',
      asOf: '2026-03-31',
      model: { id: 'company' },
      status: 'rated',
      grade: 'BBB',
      gradeBeforeKnockouts: 'BBB'
    })
    t.ok(body.pd > 0 && body.pd < 1 && body.coverage >= 0.3 && body.coverage <= 1)
    const points = body.contributions.reduce((sum: number, part: { points: number }) => sum + part.points, 0)
    t.equal(Math.round(body.basePoints + points), Math.round(body.score), 'the contributions sum to the score')
    for (const { name, text } of [...body.contributions, ...body.reasons]) t.ok((name ?? text).en && (name ?? text).zh)
    t.ok(body.reasons.length >= 1 && body.reasons.length <= 6)
    t.same((await send('GET', String(answer.headers.location))).body, body, 'reading it gives the same')
    t.same(await ratingOf('C-1'), {
      customerId: 'C-1',
      state: 'in_force',
      grade: 'BBB',
      validUntil: '2027-03-31',
      assessmentId: body.assessmentId,
      ratedAt: '2026-03-31T12:00:00.000Z',
      fileChangedAt: null
    })
    const { items } = (await send('GET', '/v1/customers/C-1/journal')).body
    t.match(items.at(-1), { type: 'assessment.made', subject: body.assessmentId })
    t.match(JSON.parse(items.at(-1).payload), { result: { score: body.score }, previousGrade: null })
  })

  await t.test('a simulation over the same facts gives the same result, and stores nothing', async (t) => {
    const invoice = { amount: cny('5000.00'), issuedOn: '2026-01-05', dueOn: '2026-02-04' }
    for (let number = 1; number <= 4; number += 1) await send('PUT', `/v1/customers/C-1/invoices/I-${number}`, invoice)
    const payment = { paymentId: 'P-1', receivedOn: '2026-02-20', amount: cny('15000.00') }
    await send('POST', '/v1/customers/C-1/payments', payment)
    const { body: stored } = await send('POST', urlOf('C-1'), {})
    const paid = { settlements: [{ settledOn: '2026-02-20', amount: cny('5000.00') }] }
    const file = {
      profile: PROFILE,
      statements: [{ statementId: 'FY2025', statement: STATEMENT }],
      invoices: [1, 2, 3, 4].map((number) => ({ invoiceId: `I-${number}`, ...invoice, ...(number < 4 ? paid : {}) }))
    }
    const before = await footprint()
    const { previousGrade } = stored
    t.equal(previousGrade, 'BBB')
    const { status, body } = await send('POST', '/v1/assessments/simulate', { ...file, previousGrade })
    t.equal(status, 200)
    const { assessmentId: _id, customerId: _customer, madeAt: _at, working: _working, ...result } = stored
    t.same(body, result)
    t.equal(await footprint(), before)
  })

  await t.test('201: a serious overdue knocks the grade out, and the answer shows by what', async (t) => {
    await givenCustomer(service, 'C-2')
    const invoice = { amount: cny('1000.00'), issuedOn: '2025-06-01', dueOn: '2025-09-01' }
    await send('PUT', '/v1/customers/C-2/invoices/I-1', invoice)
    const { body } = await send('POST', urlOf('C-2'), {})
    t.match(body, { status: 'rated', grade: 'D', pd: 1 })
    t.not(body.gradeBeforeKnockouts, 'D')
    t.ok(body.knockouts.some((knockout: Record<string, unknown>) => knockout.id === 'default' && knockout.applied))
    t.ok(body.reasons.some(({ code }: { code: string }) => code === 'CUSTOMER_IN_DEFAULT'))
  })

  await t.test('201: too little known is unrated, and says what it could come to', async (t) => {
    await send('PUT', '/v1/customers/C-3', { ...PROFILE, name: 'x' })
    const { body } = await send('POST', urlOf('C-3'), {})
    t.match(body, { status: 'unrated', score: null, pd: null, grade: null })
    t.ok(body.range.scoreMin <= body.range.scoreMax)
    t.match(await ratingOf('C-3'), { state: 'unrated', grade: null, assessmentId: body.assessmentId })
  })

  await t.test('case 44: a rating is in force on its last day and expired on the next', async (t) => {
    await clockTo('2027-03-31')
    t.match(await ratingOf('C-2'), { state: 'in_force', grade: 'D' })
    await clockTo('2027-04-01')
    t.match(await ratingOf('C-2'), { state: 'expired', grade: 'D', validUntil: '2027-03-31' })
    t.match((await send('GET', '/v1/ratings')).body.items, [
      { customerId: 'C-1', state: 'expired' },
      { customerId: 'C-2', state: 'expired' },
      { customerId: 'C-3', state: 'unrated' }
    ])
  })

  await t.test('201: an assessment that ends unrated withdraws the rating', async (t) => {
    await givenCustomer(service, 'C-4')
    await clockTo('2027-06-01')
    await send('POST', urlOf('C-4'), {})
    t.match(await ratingOf('C-4'), { state: 'in_force' })
    await clockTo('2027-08-01')
    const { body } = await send('POST', urlOf('C-4'), {})
    t.match(body, { status: 'unrated', grade: null }, 'the accounts are older than eighteen months')
    t.same(await ratingOf('C-4'), {
      customerId: 'C-4',
      state: 'unrated',
      grade: null,
      validUntil: null,
      assessmentId: body.assessmentId,
      ratedAt: '2027-08-01T12:00:00.000Z',
      fileChangedAt: null
    })
  })

  await t.test('200: a dry run assesses and changes nothing', async (t) => {
    const before = await footprint()
    const answer = await send('POST', `${urlOf('C-1')}?dryRun=true`, {}, { 'idempotency-key': 'dry' })
    t.match(answer, { status: 200, body: { customerId: 'C-1' } })
    t.equal(await footprint(), before)
  })

  await t.test('case 30: the same key assesses once and gives the same bytes', async (t) => {
    const headers = { 'idempotency-key': 'assess' }
    const first = await send('POST', urlOf('C-1'), {}, headers)
    t.equal(first.status, 201)
    const before = await footprint()
    const again = await send('POST', urlOf('C-1'), {}, headers)
    t.match(again, { status: 201, text: first.text, headers: { 'idempotency-replayed': 'true' } })
    t.equal(await footprint(), before)
    const other = { method: 'POST', url: urlOf('C-2'), body: {}, headers } as const
    t.same((await refuses(t, other, 'idempotency-key-reused')).body.differing, ['/url'])
    await refuses(t, { ...other, headers: { 'idempotency-key': '' } }, 'idempotency-key-invalid')
  })

  await t.test('409: without a model for its kind a customer is not assessed', async (t) => {
    await send('PUT', '/v1/customers/P-1', { kind: 'individual', name: 'x' })
    await send('POST', '/v1/models/individual/versions/2/retirements', {}, { 'if-match': '"1"' })
    const answer = await refuses(t, { method: 'POST', url: urlOf('P-1'), body: {} }, 'model-missing')
    t.match(answer.body.detail, /kind individual/)
  })

  await t.test('what cannot be assessed is refused', async (t) => {
    await refuses(t, { method: 'POST', url: urlOf('C-9'), body: {} }, 'customer-not-found')
    await refuses(t, { method: 'POST', url: urlOf('C-1'), body: { grade: 'AAA' } }, 'validation-error', ['/grade'])
    await refuses(t, { method: 'POST', url: urlOf('C-1') }, 'validation-error')
  })

  t.same(service.unanswered('assessCustomer'), [], 'every documented answer was given')
})
