import t from 'tap'
import { inputsOf, type PointsModel, rulesOf } from '../../../src/engine/index.ts'
import { givenCustomer, STATEMENT } from '../../given.ts'
import { contractService } from '../contract.ts'
import { givenActive, givenShadow, modelOf } from '../models/given-model.ts'
import { rescored } from '../portfolio/running.ts'

/** Judges by the years in business and by the branch, which calls say, and by nothing else. */
const byCalls: PointsModel = {
  ...modelOf('by-calls'),
  inputs: [
    { id: 'years', type: 'numeric', from: 'call', description: { en: 'Years in business', zh: '经营年限' } },
    { id: 'branch', type: 'category', from: 'call', description: { en: 'Branch', zh: '行业' } },
    { id: 'listed', type: 'boolean', from: 'call', description: { en: 'Listed', zh: '上市' } },
    { id: 'staff', type: 'numeric', whole: true, from: 'call', description: { en: 'Staff', zh: '员工人数' } }
  ],
  minimumCoverage: 0,
  evidence: [{ id: 'any', name: { en: 'Any', zh: '任意' }, requires: [{ group: 'profile', coverageAtLeast: 0 }] }],
  characteristics: [
    {
      id: 'age',
      name: { en: 'Years', zh: '年限' },
      group: 'profile',
      feature: 'years',
      type: 'numeric',
      weight: 60,
      missing: { rule: 'worst' },
      maxAgeDays: 90,
      reason: 'CHARACTERISTIC_WEAK',
      strength: 'CHARACTERISTIC_STRONG',
      attributes: [
        { to: 5, points: 0 },
        { from: 5, points: 120 }
      ]
    },
    {
      id: 'branch',
      name: { en: 'Branch', zh: '行业' },
      group: 'profile',
      feature: 'branch',
      type: 'category',
      weight: 40,
      missing: { rule: 'worst' },
      reason: 'CHARACTERISTIC_WEAK',
      strength: 'CHARACTERISTIC_STRONG',
      attributes: [
        { values: ['steel'], points: 80 },
        { values: ['retail'], points: 0 }
      ]
    }
  ],
  cases: [{ name: 'old steel', features: { years: 9, branch: 'steel' }, expect: { status: 'rated', score: 500 } }]
}

t.test('models row 4: inputs that a call gives', async (t) => {
  const service = await contractService(t)
  const { send, refuses, clockTo } = service
  const url = (customerId: string) => `/v1/customers/${customerId}/assessments`
  const assess = async (customerId: string, body: object = {}) => (await send('POST', url(customerId), body)).body
  const ratingOf = async (customerId: string) => (await send('GET', `/v1/customers/${customerId}/rating`)).body
  await givenCustomer(service, 'C-1')
  await givenCustomer(service, 'C-2')

  await t.test('400: a model that declares none takes none', async (t) => {
    const request = { method: 'POST', url: url('C-1'), body: { inputs: { years: 9 } } } as const
    const { body } = await refuses(t, request, 'validation-error', ['/inputs/years'])
    t.match(body.errors[0], { code: 'unknown_input', detail: /takes no input "years" from a call, nor any other\./ })
    t.notOk('unavailableInputs' in (await assess('C-1')))
    t.notOk('inputs' in (await assess('C-1', { inputs: {} })), 'an empty list is none')
  })

  await givenActive(service, byCalls)

  await t.test('201: the values count as of the day of the call, and are recorded with what follows', async (t) => {
    const values = { years: 9, branch: 'steel' }
    const made = await assess('C-1', { inputs: values })
    t.match(made, { status: 'rated', score: 500, coverage: 1, inputs: { givenOn: '2026-03-31', values } })
    t.match(made.contributions, [
      { feature: 'years', value: 9, asOf: '2026-03-31', source: 'call' },
      { feature: 'branch', value: 'steel', asOf: '2026-03-31', source: 'call' }
    ])
    t.notOk('unavailableInputs' in made)
    t.same((await send('GET', `${url('C-1')}/${made.assessmentId}`)).body, made, 'reading it gives the same')
    t.same((await send('GET', url('C-1'))).body.items[0], made)
    const entry = (await send('GET', '/v1/customers/C-1/journal')).body.items.at(-1)
    t.match(JSON.parse(entry.payload), { inputs: { givenOn: '2026-03-31', values }, result: { score: 500 } })
    t.equal((await send('GET', '/v1/audit/self-check')).body.valid, true)
  })

  await t.test('400: a key that no object may hold is told by its name and place', async (t) => {
    const body400 = { inputs: { years: 9, constructor: 1 } }
    const request = { method: 'POST', url: url('C-1'), body: body400 } as const
    const { body } = await refuses(t, request, 'reserved-json-key')
    t.match(body, {
      type: '/problems/reserved-json-key',
      title: 'A key of the JSON has a name that is not accepted',
      detail: 'The key "constructor", at byte 22 of the body, is not accepted.',
      remedy: /another name than/
    })
  })

  await t.test('201: what was not given counts as missing, and the answer says which', async (t) => {
    const none = await assess('C-1')
    t.match(none, { score: 300, coverage: 0, unavailableInputs: ['years', 'branch'] })
    t.notOk('inputs' in none)
    const some = await assess('C-1', { inputs: { years: 9, branch: null, listed: true } })
    t.match(some, { score: 420, unavailableInputs: ['branch'], inputs: { values: { branch: null, listed: true } } })
  })

  await t.test('200: a reader is told what the model calls its inputs; the customer is not', async (t) => {
    const { assessmentId } = await assess('C-1', { inputs: { years: 2, branch: null } })
    const path = `${url('C-1')}/${assessmentId}`
    const [years, branch] = byCalls.inputs?.map(({ description }) => description) ?? []
    const named = {
      unavailableInputsNames: [branch],
      inputs: { valuesNames: { years, branch } },
      contributions: [{ featureName: years }, { featureName: branch }]
    }
    for (const reader of ['sales', 'auditor']) {
      t.match((await send('GET', `${path}?reader=${reader}`)).body, named, reader)
      t.match((await send('GET', `${url('C-1')}?reader=${reader}`)).body.items[0], named, `the list for ${reader}`)
    }
    for (const query of ['', '?reader=customer'])
      t.notMatch((await send('GET', path + query)).text, /(from|values|Inputs)Names"|Years in business/, query)
    const better = (await send('GET', `${path}/counterfactuals?reader=auditor`)).body
    for (const { changes } of better.sets)
      for (const each of changes) t.match(each, { featureName: { zh: /./ }, characteristicsNames: [{ zh: /./ }] })
  })

  await t.test('400: another name, or another type, is told with its place', async (t) => {
    const faults = async (inputs: object, ...pointers: string[]) => {
      const request = { method: 'POST', url: url('C-1'), body: { inputs } } as const
      return (await refuses(t, request, 'validation-error', pointers)).body
    }
    const { errors } = await faults({ yeers: 9, 'a/b~c': 1 }, '/inputs/yeers', '/inputs/a~1b~0c')
    t.match(
      errors[0].detail,
      'Version 1 of the model by-calls takes no input "yeers" from a call: did you mean "years"?'
    )
    t.match(errors[1].detail, 'Known are: years, branch, listed, staff.')
    t.match((await faults({ years: '9' }, '/inputs/years')).detail, 'The input years must be a number or null.')
    t.match((await faults({ branch: 9 }, '/inputs/branch')).detail, 'must be a text or null')
    t.match((await faults({ listed: 'yes' }, '/inputs/listed')).detail, 'must be true or false or null')
    t.match((await faults({ staff: 1.5 }, '/inputs/staff')).detail, 'The input staff must be a whole number or null.')
    await faults({ 'financial.equityRatio': 0.9 }, '/inputs/financial.equityRatio')
    await faults({ years: [9] }, '/inputs/years')
    await faults({ branch: 'x'.repeat(201) }, '/inputs/branch')
    await faults(Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`i${index}`, 1])), '/inputs')
  })

  await t.test('200: the same file, simulated, gives the same; counterfactuals rest on the values', async (t) => {
    const profile = { kind: 'company', country: 'CN', industry: '46', registeredOn: '2009-05-18' }
    const file = { profile, statements: [{ statementId: 'FY2025', statement: STATEMENT }] }
    const simulated = (body: object) => send('POST', '/v1/assessments/simulate?counterfactuals=true', body)
    const inputs = { years: 2, branch: 'steel' }
    const { body } = await simulated({ ...file, inputs })
    const made = await assess('C-1', { inputs })
    for (const field of ['score', 'grade', 'contributions']) t.same(body[field], made[field], field)
    const { body: sets } = await send('GET', `${url('C-1')}/${made.assessmentId}/counterfactuals`)
    t.same(sets, body.counterfactuals)
    t.match((await simulated(file)).body, { unavailableInputs: ['years', 'branch'] })
    const wrong = { ...file, inputs: { yeers: 2 } }
    await refuses(t, { method: 'POST', url: '/v1/assessments/simulate', body: wrong }, 'validation-error', [
      '/inputs/yeers'
    ])
  })

  await t.test('decided again from what is on file, every assessment comes to the same bytes', async (t) => {
    const { db, models } = service.deps
    const rows = await db.selectFrom('assessments').selectAll().execute()
    for (const row of rows) {
      const { assessmentId, customerId, madeAt, working, ...stored } = JSON.parse(row.document)
      const compiled = await models.find(db, row.modelId, row.modelVersion)
      if (compiled === undefined) throw new Error('the model is on file')
      const facts = inputsOf(stored.contributions, stored.otherInputs)
      const again = rulesOf()?.assessment(compiled, facts, stored.asOf, stored.previousGrade)
      t.equal(JSON.stringify(again), JSON.stringify(stored))
    }
    t.ok(rows.length > 5)
  })

  await t.test('a run over the portfolio takes what the last call gave, as of its day', async (t) => {
    const inputs = { years: 9, branch: 'steel' }
    const called = await assess('C-2', { inputs })
    await rescored(service)
    t.equal((await ratingOf('C-2')).assessmentId, called.assessmentId, 'the outcome is the same: nothing new')
    await clockTo('2026-07-15')
    await rescored(service)
    const [run] = (await send('GET', url('C-2'))).body.items
    t.match(run, { working: 'recomputed', score: 380, inputs: { givenOn: '2026-03-31', values: inputs } })
    t.match(run.contributions, [
      { feature: 'years', value: 9, asOf: '2026-03-31', state: 'stale' },
      { feature: 'branch', value: 'steel', asOf: '2026-03-31', source: 'call', state: 'present' }
    ])
    t.notOk('unavailableInputs' in run)
    const none = await assess('C-2')
    t.match(none, { score: 300, unavailableInputs: ['years', 'branch'] })
    await rescored(service)
    t.equal((await ratingOf('C-2')).assessmentId, none.assessmentId, 'the last call gave nothing')
    t.equal((await send('GET', '/v1/audit/self-check')).body.valid, true)
  })

  await t.test('a challenger sees its own inputs, which the same call may give', async (t) => {
    await givenShadow(service, {
      ...byCalls,
      id: 'challenger',
      inputs: [
        { id: 'visits', type: 'numeric', from: 'call', description: { en: 'Visits', zh: '走访次数' } },
        { id: 'years', type: 'numeric', description: { en: 'Years', zh: '年限' } }
      ],
      characteristics: [
        { ...byCalls.characteristics[0], feature: 'visits', weight: 100 }
      ] as PointsModel['characteristics'],
      cases: [{ name: 'often', features: { visits: 9 }, expect: { status: 'rated', score: 420 } }]
    })
    const made = await assess('C-1', { inputs: { years: 9, visits: 6 } })
    t.match(made, { score: 420, model: { id: 'by-calls' }, unavailableInputs: ['branch'] })
    const { items } = (await send('GET', `${url('C-1')}/${made.assessmentId}/shadow-assessments`)).body
    t.match(items, [{ model: { id: 'challenger' }, score: 420 }])
    const without = await assess('C-1', { inputs: { years: 9 } })
    const shadows = (await send('GET', `${url('C-1')}/${without.assessmentId}/shadow-assessments`)).body.items
    t.match(shadows, [{ score: 300, assessment: { unavailableInputs: ['visits'] } }])
  })
})
