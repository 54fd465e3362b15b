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

  await t.test('400: what is no request of the service is refused in English', async (t) => {
    const { headers, body } = await attempt('GET', '/%E0%A4%A', undefined, ZH)
    t.match(headers, { 'content-language': 'en' })
    t.match(body.title, /^[A-Z]/)
  })

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
