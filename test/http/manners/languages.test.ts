import t from 'tap'
import { PROBLEMS } from '../../../src/problems.ts'
import { contractService } from '../contract.ts'

const ZH = { 'accept-language': 'zh-CN, zh;q=0.9' }

t.test('every kind of problem has its title and remedy in both languages', async (t) => {
  for (const [slug, { title, remedy }] of Object.entries(PROBLEMS)) {
    t.notMatch(title.en + remedy.en, /\p{Script=Han}/u, slug)
    t.match(title.zh, /^.*\p{Script=Han}.*[^。]$/u, slug)
    t.match(remedy.zh, /^.*\p{Script=Han}.*。$/u, slug)
    t.notMatch(title.zh + remedy.zh, /我方|\p{Script=Han}[,;:!?]\p{Script=Han}/u, slug)
    // What a caller has to write stands in both.
    const codes = (text: string) => [...new Set(text.match(/`[^`]+`|\/[\w/{}?=-]+/g))].toSorted()
    t.same(codes(remedy.zh), codes(remedy.en), slug)
  }
})

t.test('problems are said in the language that is asked for', async (t) => {
  const service = await contractService(t)
  const { attempt } = service
  const requests = [
    ['GET', '/v1/customers/C-1', undefined, {}],
    ['GET', '/v1/nowhere', undefined, {}],
    ['DELETE', '/v1/customers', undefined, {}],
    ['GET', '/v1/blocked-orders?reader=bank&limit=0', undefined, {}],
    ['POST', '/v1/credit-checks', { customerId: 'C-1', amonut: 1 }, {}],
    ['POST', '/v1/credit-checks', '{', {}],
    ['GET', '/v1/ratings', undefined, { authorization: 'Bearer nobody' }]
  ] as const

  await t.test('its shape stays, and so do its codes', async (t) => {
    for (const [method, url, body, headers] of requests) {
      const english = await attempt(method, url, body, headers)
      const chinese = await attempt(method, url, body, { ...headers, ...ZH })
      t.match(english.headers, { 'content-language': 'en', vary: 'Accept-Language' }, url)
      t.match(chinese.headers, { 'content-language': 'zh', vary: 'Accept-Language' }, url)
      t.equal(chinese.status, english.status)
      t.equal(chinese.body.type, english.body.type)
      t.match([chinese.body.title, chinese.body.remedy], [/\p{Script=Han}/u, /\p{Script=Han}/u], url)
      t.notMatch(english.text, /\p{Script=Han}/u, url)
      t.same(Object.keys(chinese.body), Object.keys(english.body))
      const places = ({ errors = [] }: { errors?: { pointer: string; code: string }[] }) =>
        errors.map(({ pointer, code, ...rest }) => [pointer, code, Object.keys(rest)])
      t.same(places(chinese.body), places(english.body), url)
    }
  })

  await t.test(
    '400: what is no request of the service is refused in the language that it asks for first',
    async (t) => {
      const refusedIn = async (headers: Record<string, string>) => attempt('GET', '/%E0%A4%A', undefined, headers)
      const chinese = await refusedIn(ZH)
      t.match(chinese.headers, { 'content-language': 'zh' })
      t.match(chinese.body.title, /^\p{Script=Han}/u)
      for (const headers of [{}, { 'accept-language': 'de, zh' }]) {
        const english = await refusedIn(headers)
        t.match(english.headers, { 'content-language': 'en' })
        t.match(english.body.title, /^[A-Z]/)
      }
    }
  )

  await t.test('400: each field is told in Chinese, and the detail is all of them', async (t) => {
    const { body } = await attempt('GET', '/v1/blocked-orders?reader=bank&limit=0', undefined, ZH)
    t.same(
      body.errors.map(({ detail }: { detail: string }) => detail).toSorted(),
      [
        '查询参数 limit 不得小于 1，现为 0。',
        '查询参数 reader 须为 sales、customer、auditor 之一，不能是“bank”。'
      ].toSorted()
    )
    for (const { detail } of body.errors) t.ok(body.detail.includes(detail))
  })

  await t.test(
    'what is wrong is told in Chinese in every room, with amounts and days as people write them',
    async (t) => {
      const profile = { kind: 'company', name: 'Acme', country: 'CN' }
      await service.send('PUT', '/v1/customers/C-1', profile)
      const invoice = { amount: { amount: '1234567.00', currency: 'CNY' }, issuedOn: '2026-01-02', dueOn: '2026-01-01' }
      const payment = {
        paymentId: 'P-1',
        amount: { amount: '1000.00', currency: 'CNY' },
        receivedOn: '2026-01-02',
        allocations: [{ invoiceId: 'I-9', amount: { amount: '2500.00', currency: 'CNY' } }]
      }
      const id = '0'.repeat(26)
      const table: readonly (readonly [Parameters<typeof attempt>[0], string, unknown, string | RegExp])[] = [
        ['DELETE', `/v1/api-keys/key_${id}`, undefined, `没有 API 密钥 key_${id}。`],
        ['GET', '/v1/customers/C-9/exposure', undefined, '没有客户 C-9。'],
        [
          'PUT',
          '/v1/customers/C-2',
          { ...profile, registeredOn: '2199-01-31' },
          /^registeredOn 为 2199年1月31日，晚于今天/
        ],
        ['PUT', '/v1/customers/C-2', { ...profile, parentCustomerId: 'C-2' }, '客户 C-2 被指定为自己的母公司。'],
        ['GET', `/v1/credit-checks/chk_${id}`, undefined, `没有订单信用检查 chk_${id}。`],
        ['GET', `/v1/customers/C-1/limit-decisions/lim_${id}`, undefined, `该客户没有授信审批 lim_${id}。`],
        ['GET', `/v1/customers/C-1/assessments/asm_${id}`, undefined, `该客户没有信用评估 asm_${id}。`],
        ['GET', '/v1/customers/C-1/statements/2025', undefined, '该客户没有财务报表 2025。'],
        ['GET', `/v1/customers/C-1/evidence/evd_${id}`, undefined, `该客户没有资料 evd_${id}。`],
        ['GET', '/v1/customers/C-1/securities/S-9', undefined, '该客户没有增信措施 S-9。'],
        ['GET', '/v1/models/none/versions/3', undefined, '模型 none 没有第 3 版。'],
        ['GET', '/v1/policies/none/versions/3', undefined, '信用政策 none 没有第 3 版。'],
        ['GET', '/v1/exchange-rates/USD/CNY/2026-01-02', undefined, '未登记 2026年1月2日以 CNY 计的 USD 汇率。'],
        ['GET', `/v1/rescoring-runs/run_${id}`, undefined, `没有批量任务 run_${id}。`],
        ['GET', `/v1/customers/C-1/reconciliations/rec_${id}`, undefined, `该客户没有对账 rec_${id}。`],
        ['GET', '/v1/customers/C-1/invoices/I-9', undefined, '该客户没有发票 I-9。'],
        ['PUT', '/v1/customers/C-1/invoices/I-1', invoice, 'dueOn（2026年1月1日）早于 issuedOn（2026年1月2日）。'],
        [
          'POST',
          '/v1/customers/C-1/payments',
          payment,
          /之和为 2,500.00 元（CNY），而未核销金额为 1,000.00 元（CNY）。$/
        ]
      ]
      for (const [method, url, body, wanted] of table) {
        const english = await attempt(method, url, body)
        const { body: problem } = await attempt(method, url, body, ZH)
        if (typeof wanted === 'string') t.equal(problem.detail, wanted, url)
        else t.match(problem.detail, wanted, url)
        t.notMatch(english.body.detail, /\p{Script=Han}/u, url)
        t.equal(problem.type, english.body.type, url)
      }
    }
  )

  await t.test('200: what a kind of problem means', async (t) => {
    const { headers, body } = await attempt('GET', '/problems/customer-not-found', undefined, ZH)
    t.match(headers, { 'content-language': 'zh', vary: 'Accept-Language' })
    t.equal(body.title, '没有该客户')
    const { body: all } = await attempt('GET', '/problems', undefined, ZH)
    for (const { title } of all.items) t.match(title, /\p{Script=Han}/u)
  })

  await t.test('200: a problem within a batch is told so too', async (t) => {
    const batch = { checks: [{ customerId: 'C-1' }, {}] }
    const { body } = await attempt('POST', '/v1/credit-check-batches?dryRun=true', batch, ZH)
    for (const { problem } of body.results) t.match(problem.title, /\p{Script=Han}/u)
  })
})
