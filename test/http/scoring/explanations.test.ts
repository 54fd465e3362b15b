import t from 'tap'
import { type ReasonCode, reasonText } from '../../../src/engine/reasons/reasons.ts'
import { cny, givenCustomer, PROFILE, STATEMENT } from '../../given.ts'
import { contractService } from '../contract.ts'

interface Named {
  id: string
  name: { en: string; zh: string }
}

interface ToldReason {
  from: string[]
  readonly code: ReasonCode
  readonly text: { readonly en: string; readonly zh: string }
  readonly message: string
}

t.test('explaining an assessment', async (t) => {
  const service = await contractService(t)
  const { send, refuses } = service
  const url = '/v1/customers/C-1/assessments'
  await givenCustomer(service, 'C-1')
  const { body: made } = await send('POST', url, {})
  const path = `${url}/${made.assessmentId}`
  const file = { profile: PROFILE, statements: [{ statementId: 'FY2025', statement: STATEMENT }] }

  await t.test('200: the reasons are worded for the reader that is named, sales when none is', async (t) => {
    for (const [query, reader] of [
      ['', 'sales'],
      ['?reader=sales', 'sales'],
      ['?reader=customer', 'customer'],
      ['?reader=auditor', 'auditor']
    ] as const) {
      const told = [
        (await send('GET', `${path}${query}`)).body,
        (await send('GET', `${url}${query}`)).body.items[0],
        (await send('POST', `/v1/assessments/simulate${query}`, file)).body,
        (await send('POST', `${url}?dryRun=true${query.replace('?', '&')}`, {})).body
      ]
      for (const { reasons, contributions } of told as { reasons: ToldReason[]; contributions: Named[] }[]) {
        t.not(reasons.length, 0)
        for (const { code, text, message, from } of reasons) {
          const names = contributions.filter(({ id }) => from.includes(id)).map(({ name }) => name)
          const about = { en: names.map(({ en }) => en).join('; '), zh: names.map(({ zh }) => zh).join('、') }
          const wanted = reasonText(code, { reader, addressee: 'company' }, names.length === 0 ? undefined : about)
          t.same(text, wanted, `${code} for ${reader}`)
          t.equal(message, text.en)
        }
      }
    }
  })

  await t.test('200: a message is in the language that suits best, English when none does', async (t) => {
    for (const [accepted, language] of [
      ['zh', 'zh'],
      ['zh-CN, en;q=0.5', 'zh'],
      ['fr, zh;q=0.2, en;q=0.1', 'zh'],
      ['en-GB', 'en'],
      ['fr', 'en'],
      ['*', 'en'],
      ['', 'en'],
      ['zh;q=0', 'en'],
      ['(nonsense', 'en']
    ] as const) {
      const asked = { 'accept-language': accepted }
      const answers = [
        await send('GET', path, undefined, asked),
        await send('GET', url, undefined, asked),
        await send('POST', '/v1/assessments/simulate', file, asked),
        await send('POST', `${url}?dryRun=true`, {}, asked)
      ]
      for (const { headers, body } of answers) {
        t.match(headers, { 'content-language': language, vary: /Accept-Language/ }, accepted)
        for (const { text, message } of (body.items?.[0] ?? body).reasons) t.equal(message, text[language])
      }
    }
  })

  await t.test('304: each language and each reader has a version of its own', async (t) => {
    const tags = await Promise.all(
      ['?reader=sales', '?reader=customer'].flatMap((query) =>
        ['en', 'zh'].map(async (language) => {
          const { headers } = await send('GET', path + query, undefined, { 'accept-language': language })
          return String(headers.etag)
        })
      )
    )
    t.equal(new Set(tags).size, 4)
  })

  await t.test('what is recorded is codes: sentences are made when it is read', async (t) => {
    const rows = await service.deps.db.selectFrom('assessments').select('document').execute()
    for (const { document } of rows) {
      const { reasons } = JSON.parse(document) as { reasons: object[] }
      for (const reason of reasons) t.same(Object.keys(reason).toSorted(), ['code', 'direction', 'from', 'points'])
    }
  })

  await t.test('201: a repetition gets the first answer and its language, whatever it accepts', async (t) => {
    const headers = { 'idempotency-key': 'told', 'accept-language': 'zh' }
    const first = await send('POST', `${url}?reader=customer`, {}, headers)
    t.match(first, { status: 201, headers: { 'content-language': 'zh' } })
    const again = await send('POST', `${url}?reader=customer`, {}, { ...headers, 'accept-language': 'en' })
    t.match(again, { status: 201, text: first.text })
    t.match(again.headers, { 'content-language': 'zh', 'idempotency-replayed': 'true' })
    const other = { method: 'POST', url: `${url}?reader=sales`, body: {}, headers } as const
    t.same((await refuses(t, other, 'idempotency-key-reused')).body.differing, ['/url'])
  })

  await t.test('400: a reader that does not exist, said in the language that is asked for', async (t) => {
    for (const [method, place, body] of [
      ['GET', path, undefined],
      ['GET', url, undefined],
      ['POST', url, {}],
      ['POST', '/v1/assessments/simulate', file]
    ] as const) {
      const headers = { 'accept-language': 'zh' }
      const wrong = { method, url: `${place}?reader=bank`, body, headers }
      const answer = await refuses(t, wrong, 'validation-error', ['/query/reader'])
      t.match(answer, {
        headers: { 'content-language': 'zh', vary: 'Accept-Language' },
        body: { detail: /sales、customer、auditor/ }
      })
    }
    const missing = {
      method: 'GET',
      url: `${url}/asm_00000000000000000000000000`,
      headers: { 'accept-language': 'zh' }
    } as const
    t.equal((await refuses(t, missing, 'not-found')).headers['content-language'], 'zh')
  })

  const changesOf = (body: { sets: { changes: { text: { en: string; zh: string }; message: string }[] }[] }) =>
    body.sets.flatMap(({ changes }) => changes)

  await t.test('200: what would have led to the next grade, in the language that is asked for', async (t) => {
    const answer = await send('GET', `${path}/counterfactuals`, undefined, { 'accept-language': 'zh' })
    t.match(answer, { status: 200, headers: { 'content-language': 'zh', vary: 'Accept-Language' } })
    const { body } = answer
    t.match(body, { goal: 'grade', grade: 'A' })
    for (const { message, text } of changesOf(body)) t.equal(message, text.zh)
    for (const { message, text } of changesOf((await send('GET', `${path}/counterfactuals?reader=customer`)).body))
      t.equal(message, text.en)
  })

  await t.test(
    '200: an invoice that is long overdue is to be paid, and the new assessment is what was said',
    async (t) => {
      await givenCustomer(service, 'C-2')
      const invoice = { amount: cny('1000.00'), issuedOn: '2025-06-01', dueOn: '2025-09-01' }
      await send('PUT', '/v1/customers/C-2/invoices/I-1', invoice)
      const { body: defaulted } = await send('POST', '/v1/customers/C-2/assessments', {})
      const { body } = await send('GET', `/v1/customers/C-2/assessments/${defaulted.assessmentId}/counterfactuals`)
      t.match(body, { goal: 'grade', grade: 'C', complete: true })
      const [first, second] = body.sets
      t.match(first, { clears: ['default'], grade: 'CC' })
      t.same(first.changes[0], {
        kind: 'improve',
        feature: 'behaviour.longestOverdueDays',
        characteristics: ['longestOverdueDays'],
        from: 211,
        asOf: '2026-03-31',
        to: 180,
        target: { below: 181 },
        points: 0,
        text: {
          en: 'Lower the days past due of the oldest overdue invoice from 211 days to at most 180 days.',
          zh: '最长逾期天数由 211 天降至不超过 180 天。'
        },
        message: 'Lower the days past due of the oldest overdue invoice from 211 days to at most 180 days.'
      })
      t.match(second.changes, [{ feature: 'behaviour.shareOverdue', to: 0.0499 }])
      const payment = { paymentId: 'P-9', receivedOn: '2026-03-31', amount: cny('1000.00') }
      await send('POST', '/v1/customers/C-2/payments', payment)
      const { body: paid } = await send('POST', '/v1/customers/C-2/assessments', {})
      t.not(paid.grade, 'D')
      const same = await send('GET', `/v1/customers/C-2/assessments/${defaulted.assessmentId}/counterfactuals`)
      t.same(same.body, body, 'of the earlier assessment it stays what it was')
    }
  )

  await t.test('200: without a rating it is what to provide', async (t) => {
    await send('PUT', '/v1/customers/C-3', { ...PROFILE, name: 'x' })
    const { body: unrated } = await send('POST', '/v1/customers/C-3/assessments', {})
    const { body } = await send('GET', `/v1/customers/C-3/assessments/${unrated.assessmentId}/counterfactuals`)
    t.match(body, { goal: 'rating', grade: null })
    t.ok(changesOf(body).length >= 2)
    t.match(body.sets[0].changes, [{ kind: 'provide', from: null }, { kind: 'provide' }])
  })

  await t.test('200: a simulation tells the same when it is asked to, and not otherwise', async (t) => {
    const asked = await send('POST', '/v1/assessments/simulate?counterfactuals=true&reader=customer', file)
    const { counterfactuals, ...rest } = asked.body
    t.same(counterfactuals, (await send('GET', `${path}/counterfactuals?reader=customer`)).body)
    const plain = await send('POST', '/v1/assessments/simulate?counterfactuals=false&reader=customer', file)
    t.same(plain.body, rest)
    const improved = { ...file, previousGrade: 'BB' }
    t.equal((await send('POST', '/v1/assessments/simulate', improved)).body.previousGrade, 'BB')
    const wrong = { method: 'POST', url: '/v1/assessments/simulate?counterfactuals=maybe', body: file } as const
    await refuses(t, wrong, 'validation-error', ['/query/counterfactuals'])
  })

  await t.test('404: an assessment that does not exist, or is another customer’s', async (t) => {
    const unknown = `${url}/asm_00000000000000000000000000/counterfactuals`
    await refuses(t, { method: 'GET', url: unknown }, 'not-found')
    const elsewhere = `/v1/customers/C-2/assessments/${made.assessmentId}/counterfactuals`
    await refuses(t, { method: 'GET', url: elsewhere }, 'not-found')
    await refuses(t, { method: 'GET', url: `${path}/counterfactuals?reader=bank` }, 'validation-error', [
      '/query/reader'
    ])
  })

  await t.test('409: an assessment by a version of a model that is no longer here', async (t) => {
    const { models } = service.deps
    Object.assign(service.deps, { models: { ...models, find: async () => undefined } })
    const answer = await refuses(t, { method: 'GET', url: `${path}/counterfactuals` }, 'model-version-missing')
    t.match(answer.body.detail, /Version 3 of company/)
    t.equal((await send('GET', path)).status, 200, 'the assessment itself is read as ever')
    Object.assign(service.deps, { models })
  })

  t.same(service.unanswered('getCounterfactuals', 'getAssessment'), [], 'every documented answer was given')
})
