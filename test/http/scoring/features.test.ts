import t from 'tap'
import { contractService } from '../contract.ts'

const url = '/v1/features'

interface Listed {
  readonly id: string
  readonly group: string
  readonly legalClass: string
}

t.test('the feature catalogue', async (t) => {
  const { app, send, refuses, authorization, unanswered } = await contractService(t)
  const listed = async (query = ''): Promise<Listed[]> => (await send('GET', `${url}${query}`)).body.items
  const classIn = async (jurisdiction: string, id: string) =>
    (await listed(`?jurisdiction=${jurisdiction}`)).find((feature) => feature.id === id)?.legalClass

  await t.test('200: every input of a model with its type, unit, holder and both descriptions', async (t) => {
    const answer = await send('GET', url)
    t.equal(answer.status, 200)
    t.equal(answer.body.jurisdiction, 'GENERIC', 'the strictest unless another is named')
    const find = (id: string) => answer.body.items.find((feature: Listed) => feature.id === id)
    t.same(find('record.taxCreditGrade'), {
      id: 'record.taxCreditGrade',
      name: { en: 'Tax credit grade', zh: '纳税缴费信用级别' },
      group: 'evidence',
      type: 'category',
      unit: null,
      values: ['A', 'B', 'M', 'C', 'D'],
      heldBy: 'customer',
      influence: 'customer',
      description: { en: 'Tax credit grade.', zh: '纳税缴费信用级别。' },
      legalClass: 'allowed',
      legalReason: null,
      legalBasis: null
    })
    t.match(find('financial.currentRatio'), { group: 'statements', type: 'numeric', unit: 'times', heldBy: 'customer' })
    t.match(find('account.purchaseTrend'), { group: 'account_history', unit: 'ratio', heldBy: 'seller' })
    t.match(find('person.sex'), { legalClass: 'prohibited', legalReason: { en: /\S/, zh: /\S/ }, legalBasis: /1002/ })
    const ids = answer.body.items.map(({ id }: Listed) => id)
    t.equal(new Set(ids).size, ids.length)
  })

  await t.test('200: one group; the groups together are the whole', async (t) => {
    const groups = ['profile', 'statements', 'evidence', 'payment_behaviour', 'account_history']
    const parts = await Promise.all(groups.map((group) => listed(`?group=${group}`)))
    for (const [index, part] of parts.entries()) {
      t.not(part.length, 0, `${groups[index]} is not empty`)
      t.ok(part.every(({ group }) => group === groups[index]))
    }
    t.equal(parts.flat().length, (await listed()).length)
  })

  await t.test('200: the class is that of the jurisdiction', async (t) => {
    t.equal(await classIn('US', 'person.maritalStatus'), 'prohibited')
    t.equal(await classIn('EU', 'person.maritalStatus'), 'restricted')
    t.equal(await classIn('CN', 'person.religion'), 'prohibited')
    t.equal(await classIn('GENERIC', 'person.maritalStatus'), 'prohibited')
    t.equal(await classIn('US', 'financial.equityRatio'), 'allowed')
    t.equal((await send('GET', `${url}?jurisdiction=CN&group=profile`)).body.jurisdiction, 'CN')
  })

  await t.test('304: who holds the catalogue need not read it again', async (t) => {
    const { headers } = await send('GET', `${url}?group=profile`)
    const held = { authorization: await authorization('read'), 'if-none-match': String(headers.etag) }
    const again = await app.inject({ method: 'GET', url: `${url}?group=profile`, headers: held })
    t.match([again.statusCode, again.body], [304, ''])
    const other = await app.inject({ method: 'GET', url: `${url}?group=profile&jurisdiction=CN`, headers: held })
    t.equal(other.statusCode, 200, 'another jurisdiction is another answer')
  })

  await t.test('400: what is no group, no jurisdiction or no filter', async (t) => {
    await refuses(t, { method: 'GET', url: `${url}?group=ratios` }, 'validation-error', ['/query/group'])
    await refuses(t, { method: 'GET', url: `${url}?jurisdiction=cn` }, 'validation-error', ['/query/jurisdiction'])
    await refuses(t, { method: 'GET', url: `${url}?limit=10` }, 'validation-error', ['/query/limit'])
  })

  t.same(unanswered('listFeatures'), [], 'every documented answer was given')
})
