import t from 'tap'
import { cny } from '../../given.ts'
import { contractService } from '../contract.ts'

const url = '/v1/customers/C-1/evidence'
const search = {
  kind: 'court_record',
  observedOn: '2026-03-30',
  validUntil: '2026-09-30',
  source: '中国执行信息公开网',
  facts: { openCases: 2, judgementDebtor: true, dishonestDebtor: false, amount: cny('80000.00') }
}
const withFacts = (kind: string, facts: object) => ({ ...search, kind, facts })

t.test('POST /v1/customers/{customerId}/evidence', async (t) => {
  const { send, refuses, footprint, unanswered } = await contractService(t)
  await send('PUT', '/v1/customers/C-1', { kind: 'company', name: 'Orient Steel' })

  await t.test('201: an item is recorded as it stands, journaled, and can be read again', async (t) => {
    const answer = await send('POST', url, search)
    t.equal(answer.status, 201)
    const { evidenceId, recordedBy, ...shown } = answer.body
    t.match(evidenceId, /^evd_/)
    t.match(recordedBy, /^key_/)
    t.equal(answer.headers.location, `${url}/${evidenceId}`)
    t.equal(answer.headers.etag, '"1"')
    const recordedAt = '2026-03-31T12:00:00.000Z'
    t.same(shown, { customerId: 'C-1', ...search, recordedAt, withdrawal: null, version: 1 })
    t.same((await send('GET', `${url}/${evidenceId}`)).body, answer.body)
    const entry = (await send('GET', '/v1/customers/C-1/journal')).body.items.at(-1)
    t.match(entry, { type: 'evidence.recorded', subject: evidenceId })
    t.match(JSON.parse(entry.payload), {
      kind: 'court_record',
      observedOn: '2026-03-30',
      evidenceSha256: /^[0-9a-f]{64}$/
    })
    t.notMatch(entry.payload, /80000|执行/, 'the journal proves what was recorded without keeping it')
  })

  await t.test('201: every kind with all that it can state', async (t) => {
    const remarks = 'As told on the telephone'
    const kinds: Record<string, object> = {
      agency_report: { score: 71.5, rating: 'BBB', paymentIndex: 80, recommendedLimit: cny('500000.00'), remarks },
      bank_reference: { quality: 'good', relationYears: 12, creditLine: cny('1000000.00'), remarks },
      trade_reference: {
        experience: 'slow',
        daysLate: 12,
        creditLimit: cny('50000.00'),
        highestCredit: cny('42000.00'),
        relationYears: 3,
        remarks
      },
      court_record: { openCases: 0, judgementDebtor: false, dishonestDebtor: false, remarks },
      tax_record: { creditGrade: 'M', arrears: true, arrearsAmount: cny('1200.00'), remarks },
      insolvency_record: { state: 'none', remarks },
      loan_record: {
        classification: 'special_mention',
        overdueLoans: 1,
        monthsPastDue: 2,
        overdueAmount: { amount: '9000.00', currency: 'USD' },
        remarks
      },
      site_visit: { operating: true, site: 4, remarks },
      interview: { management: 3, cooperation: 5, remarks },
      qualitative: { management: 3, marketPosition: 2, product: 4, site: 1, cooperation: 5, remarks }
    }
    for (const [kind, facts] of Object.entries(kinds)) {
      const answer = await send('POST', url, withFacts(kind, facts))
      t.match([answer.status, answer.body.kind], [201, kind])
      t.same(answer.body.facts, facts, kind)
    }
  })

  await t.test('201: an item of today, and one that is valid for ever or for its own day alone', async (t) => {
    const { validUntil: _none, ...open } = search
    t.match(await send('POST', url, { ...open, observedOn: '2026-03-31' }), { status: 201, body: { validUntil: null } })
    const oneDay = { ...search, observedOn: '2026-03-31', validUntil: '2026-03-31' }
    t.equal((await send('POST', url, oneDay)).status, 201)
  })

  await t.test('200: a dry run answers what would be and writes nothing', async (t) => {
    const before = await footprint()
    const answer = await send('POST', `${url}?dryRun=true`, search)
    t.match(answer, { status: 200, body: { kind: 'court_record', version: 1 } })
    t.equal(answer.headers.location, undefined)
    t.equal(await footprint(), before)
  })

  await t.test('a repetition with the same key records nothing more; without a key it is another item', async (t) => {
    const headers = { 'idempotency-key': 'search-1' }
    const first = await send('POST', url, search, headers)
    const before = await footprint()
    const again = await send('POST', url, search, headers)
    t.match([again.status, again.headers['idempotency-replayed'], again.text], [201, 'true', first.text])
    t.equal(await footprint(), before)
    t.not((await send('POST', url, search)).body.evidenceId, first.body.evidenceId)
    const other = { ...search, source: 'another register' }
    await refuses(t, { method: 'POST', url, body: other, headers }, 'idempotency-key-reused')
    await refuses(
      t,
      { method: 'POST', url, body: search, headers: { 'idempotency-key': 'ä' } },
      'idempotency-key-invalid'
    )
  })

  const refused: Record<string, { body: object; pointers: string[] }> = {
    'a day that lies ahead': { body: { ...search, observedOn: '2026-04-01' }, pointers: ['/observedOn'] },
    'a validity that ends before it begins': {
      body: { ...search, validUntil: '2026-03-29' },
      pointers: ['/validUntil']
    },
    'a day that does not exist': { body: { ...search, observedOn: '2026-02-30' }, pointers: ['/observedOn'] },
    'a kind that does not exist': { body: { ...search, kind: 'gossip' }, pointers: ['/kind'] },
    'no kind': { body: { ...search, kind: undefined }, pointers: ['/kind'] },
    'no source': { body: { ...search, source: undefined }, pointers: ['/source'] },
    'an empty source': { body: { ...search, source: ' ' }, pointers: ['/source'] },
    'no facts': { body: { ...search, facts: undefined }, pointers: ['/facts'] },
    'facts that say nothing': { body: withFacts('court_record', {}), pointers: ['/facts'] },
    'remarks alone': { body: withFacts('court_record', { remarks: 'x' }), pointers: ['/facts'] },
    'a fact of another kind': { body: withFacts('court_record', { score: 70 }), pointers: ['/facts/score'] },
    'a fact that no kind has': { body: withFacts('qualitative', { sex: 'f' }), pointers: ['/facts/sex'] },
    'a count that is no whole number': {
      body: withFacts('court_record', { openCases: 0.5 }),
      pointers: ['/facts/openCases']
    },
    'a count below zero': { body: withFacts('court_record', { openCases: -1 }), pointers: ['/facts/openCases'] },
    'a count as a text': { body: withFacts('court_record', { openCases: '2' }), pointers: ['/facts/openCases'] },
    'a yes as a text': { body: withFacts('tax_record', { arrears: 'yes' }), pointers: ['/facts/arrears'] },
    'an index above 100': { body: withFacts('agency_report', { score: 100.1 }), pointers: ['/facts/score'] },
    'a mark of 6': { body: withFacts('qualitative', { management: 6 }), pointers: ['/facts/management'] },
    'a mark of 0': { body: withFacts('qualitative', { management: 0 }), pointers: ['/facts/management'] },
    'a word that is not of the list': {
      body: withFacts('tax_record', { creditGrade: 'E' }),
      pointers: ['/facts/creditGrade']
    },
    'an amount with too many decimals': {
      body: withFacts('tax_record', { arrearsAmount: cny('1.005') }),
      pointers: ['/facts/arrearsAmount/amount']
    },
    'facts that contradict each other': {
      body: withFacts('court_record', { openCases: 0, judgementDebtor: false, dishonestDebtor: true }),
      pointers: ['/facts/dishonestDebtor']
    },
    'an id of one’s own': { body: { ...search, evidenceId: 'E-1' }, pointers: ['/evidenceId'] },
    'a day of knowledge of one’s own': { body: { ...search, knownOn: '2020-01-01' }, pointers: ['/knownOn'] }
  }
  for (const [name, { body, pointers }] of Object.entries(refused)) {
    await t.test(`400: ${name} is refused`, (t) =>
      refuses(t, { method: 'POST', url, body }, 'validation-error', pointers)
    )
  }

  await t.test('404: evidence of an unknown customer is refused', async (t) => {
    await refuses(t, { method: 'POST', url: url.replace('C-1', 'C-9'), body: search }, 'customer-not-found')
  })

  t.same(unanswered('recordEvidence'), [], 'every documented answer was given')
})
