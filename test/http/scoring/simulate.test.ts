import t from 'tap'
import { cny, PROFILE, STATEMENT } from '../../given.ts'
import { contractService } from '../contract.ts'

const url = '/v1/assessments/simulate'

t.test('assessing a file without storing it', async (t) => {
  const { send, refuses, footprint, unanswered } = await contractService(t)
  const file = { profile: PROFILE, statements: [{ statementId: 'FY2025', statement: STATEMENT }] }
  const invoice = { invoiceId: 'I-1', amount: cny('100.00'), issuedOn: '2026-01-01', dueOn: '2026-01-31' }

  const item = {
    evidenceId: 'E-1',
    kind: 'court_record',
    observedOn: '2026-03-30',
    source: 'register',
    facts: { openCases: 1 }
  }

  await t.test('200: what the model says of the file, and nothing is written', async (t) => {
    const before = await footprint()
    const answer = await send('POST', url, file)
    t.match(answer, {
      status: 200,
      body: { status: 'rated', grade: 'BBB', asOf: '2026-03-31', model: { id: 'company' } }
    })
    t.equal(answer.body.assessmentId, undefined)
    t.equal((await send('POST', url, file)).text, answer.text, 'the same file gives the same bytes')
    t.equal(await footprint(), before)
  })

  await t.test('200: only what is dated on or before the day of the assessment is used', async (t) => {
    const { body } = await send('POST', url, { ...file, asOf: '2025-12-30' })
    t.match(body, { status: 'unrated', asOf: '2025-12-30' }, 'the accounts are of the next day')
    t.match((await send('POST', url, { ...file, asOf: '2025-12-31' })).body, { status: 'rated' })
  })

  await t.test('200: a file with nothing in it is unrated', async (t) => {
    t.match(await send('POST', url, { profile: { kind: 'company' } }), { status: 200, body: { status: 'unrated' } })
  })

  await t.test('200: the order of the invoices does not matter', async (t) => {
    const later = { ...invoice, invoiceId: 'I-2', dueOn: '2026-03-01' }
    const one = await send('POST', url, { ...file, invoices: [invoice, later] })
    t.equal((await send('POST', url, { ...file, invoices: [later, invoice] })).text, one.text)
  })

  await t.test('200: evidence and what is known of a person may be part of the file', async (t) => {
    t.match(await send('POST', url, { ...file, evidence: [item] }), { status: 200, body: { status: 'rated' } })
    const person = { occupation: 'self_employed', dependants: 2, monthlyIncome: cny('12500.00') }
    const body = { profile: { kind: 'sole_trader', person } }
    t.match(await send('POST', url, body), { status: 200, body: { status: 'unrated', model: { id: 'sole-trader' } } })
  })

  await t.test('422: a statement that does not add up is refused, and told where', async (t) => {
    const balanceSheet = { ...STATEMENT.balanceSheet, totalAssets: '15300' }
    const statement = { ...STATEMENT, balanceSheet }
    const body = { ...file, statements: [...file.statements, { statementId: 'FY2024', statement }] }
    await refuses(t, { method: 'POST', url, body }, 'unbalanced-statement', [
      '/statements/1/statement/balanceSheet/totalAssets'
    ])
  })

  await t.test('409: without a model for its kind a file is not assessed', async (t) => {
    await send('POST', '/v1/models/individual/versions/2/retirements', {}, { 'if-match': '"1"' })
    await refuses(t, { method: 'POST', url, body: { profile: { kind: 'individual' } } }, 'model-missing')
  })

  const refused: Record<string, { body: object; pointer: string }> = {
    'no profile': { body: {}, pointer: '/profile' },
    'case 3: a name, which no model may use': {
      body: { profile: { ...PROFILE, name: 'x' } },
      pointer: '/profile/name'
    },
    'an invoice that is due before it is issued': {
      body: { ...file, invoices: [{ ...invoice, dueOn: '2025-12-31' }] },
      pointer: '/invoices/0/dueOn'
    },
    'an invoice in another currency than the file': {
      body: { ...file, currency: 'USD', invoices: [invoice] },
      pointer: '/invoices/0/amount/currency'
    },
    'a settlement in another currency': {
      body: {
        ...file,
        invoices: [
          { ...invoice, settlements: [{ settledOn: '2026-02-01', amount: { amount: '1.00', currency: 'USD' } }] }
        ]
      },
      pointer: '/invoices/0/settlements/0/amount/currency'
    },
    'evidence with facts of another kind': {
      body: { ...file, evidence: [{ ...item, facts: { score: 7 } }] },
      pointer: '/evidence/0/facts/score'
    },
    'evidence that contradicts itself': {
      body: { ...file, evidence: [item, { ...item, facts: { openCases: 0, dishonestDebtor: true } }] },
      pointer: '/evidence/1/facts/dishonestDebtor'
    },
    'a person with a trait that is not kept': {
      body: { ...file, profile: { kind: 'individual', person: { sex: 'female' } } },
      pointer: '/profile/person/sex'
    },
    'case 14: a day that does not exist': { body: { ...file, asOf: '2026-02-30' }, pointer: '/asOf' }
  }
  for (const [name, { body, pointer }] of Object.entries(refused)) {
    await t.test(`400: ${name}`, (t) => refuses(t, { method: 'POST', url, body }, 'validation-error', [pointer]))
  }

  t.same(unanswered('simulateAssessment'), [], 'every documented answer was given')
})
