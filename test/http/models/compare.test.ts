import t from 'tap'
import { givenCustomer, STATEMENT } from '../../given.ts'
import { contractService } from '../contract.ts'
import { givenApproved, givenShadow, modelOf, pathOf } from './given-model.ts'

t.test('comparing a challenger with the champion', async (t) => {
  const service = await contractService(t)
  const { send, refuses, clockTo } = service
  const compare = async (id: string, query = '') =>
    (await send('GET', `${pathOf(modelOf(id))}/comparison${query}`)).body
  const cases = [{ name: 'nobody', features: {}, expect: { status: 'unrated' as const } }]
  await givenShadow(service, modelOf('strict', { basePoints: 100, cases }))
  await givenShadow(service, modelOf('generous', { basePoints: 900, cases }))
  await givenApproved(service, modelOf('waiting'))
  const decided: { customerId: string; assessmentId: string; grade: string | null; score: number; pd: number }[] = []
  const assess = async (customerId: string) =>
    decided.push((await send('POST', `/v1/customers/${customerId}/assessments`, {})).body)
  for (let number = 1; number <= 3; number += 1) {
    await givenCustomer(service, `C-${number}`)
    await assess(`C-${number}`)
  }
  await clockTo('2026-04-02')
  await assess('C-1')
  // Accounts that are too old for both.
  await send('PUT', '/v1/customers/C-4', { kind: 'company', name: 'Old accounts' })
  const old = { ...STATEMENT, periodEnd: '2020-12-31' }
  await send('PUT', '/v1/customers/C-4/statements/FY2020', old)
  await assess('C-4')
  const rated = decided.filter(({ grade }) => grade !== null)

  await t.test('200: a stricter one gives worse grades to all, and by how much is told', async (t) => {
    const body = await compare('strict')
    t.match(body, {
      modelId: 'strict',
      version: 1,
      from: null,
      to: null,
      cases: 5,
      customers: 4,
      bothRated: 4,
      unrated: { byChampionOnly: 0, byChallengerOnly: 0, byBoth: 1 },
      failed: 0,
      shareSame: 0,
      shareBetter: 0,
      shareWorse: 1,
      champions: [{ modelId: 'company', cases: 5 }],
      note: { code: 'insufficient_data' }
    })
    t.equal(body.migrations.length, 2)
    t.match(body.migrations, [
      { championGrade: rated[0]?.grade, cases: 4 },
      { championGrade: null, challengerGrade: null, cases: 1 }
    ])
    const mean = (field: 'score' | 'pd') => rated.reduce((sum, each) => sum + each[field], 0) / rated.length
    t.ok(Math.abs(body.champion.meanScore - mean('score')) < 1e-9)
    t.ok(Math.abs(body.champion.meanPd - mean('pd')) < 1e-9)
    t.ok(body.challenger.meanPd > body.champion.meanPd)
    t.ok(body.note.text.en && body.note.text.zh)
  })

  await t.test('200: each customer stands once among the largest differences, with both opinions', async (t) => {
    const { largestDifferences } = await compare('strict')
    t.same(
      largestDifferences.map(({ customerId }: { customerId: string }) => customerId),
      ['C-1', 'C-2', 'C-3']
    )
    const [first] = largestDifferences
    const newest = decided[3]
    t.equal(first.assessmentId, newest?.assessmentId, 'the newest of equal ones')
    t.same(first.champion, { grade: newest?.grade, score: newest?.score, pd: newest?.pd })
    const url = `/v1/customers/C-1/assessments/${first.assessmentId}/shadow-assessments`
    const { items } = (await send('GET', url)).body
    const said = items.find(({ model }: { model: { id: string } }) => model.id === 'strict')
    t.same(first.challenger, { grade: said.grade, score: said.score, pd: said.pd })
  })

  await t.test('200: a more generous one gives better grades', async (t) => {
    t.match(await compare('generous'), { shareBetter: 1, shareSame: 0, shareWorse: 0 })
  })

  await t.test('200: of a period, its first and last day included', async (t) => {
    t.match(await compare('strict', '?from=2026-04-01'), { cases: 2, customers: 2, from: '2026-04-01', to: null })
    t.match(await compare('strict', '?from=2026-04-02&to=2026-04-02'), { cases: 2 })
    t.match(await compare('strict', '?to=2026-03-31'), { cases: 3, unrated: { byBoth: 0 } })
    t.match(await compare('strict', '?to=2026-03-30'), { cases: 0 })
  })

  await t.test('200: a version that ran beside nothing has no case, and no share', async (t) => {
    t.match(await compare('waiting'), {
      cases: 0,
      customers: 0,
      shareSame: null,
      champion: { meanScore: null, meanPd: null },
      champions: [],
      migrations: [],
      largestDifferences: [],
      note: { code: 'insufficient_data' }
    })
  })

  await t.test('200: thirty cases that both rated need no note', async (t) => {
    for (let number = rated.length; number < 30; number += 1) await assess('C-2')
    const body = await compare('generous')
    t.match(body, { bothRated: 30, note: null })
    t.equal(body.largestDifferences.length, 3)
  })

  await t.test('404 and 400: what is not there, and what is no period', async (t) => {
    const get = (url: string) => ({ method: 'GET', url }) as const
    await refuses(t, get('/v1/models/strict/versions/2/comparison'), 'not-found')
    const path = `${pathOf(modelOf('strict'))}/comparison`
    await refuses(t, get(`${path}?from=2026-04-02&to=2026-04-01`), 'validation-error', ['/query/to'])
    await refuses(t, get(`${path}?from=yesterday`), 'validation-error', ['/query/from'])
    await refuses(t, get(`${path}?since=2026-04-01`), 'validation-error', ['/query/since'])
  })

  t.same(service.unanswered('compareModel'), [], 'every documented answer was given')
})
