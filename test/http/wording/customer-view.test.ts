import t from 'tap'
import { newId } from '../../../src/platform/values/ids.ts'
import { cny, givenLimit, PROFILE } from '../../given.ts'
import { contractService } from '../contract.ts'

/** What stands in every text that people of the seller write for themselves. */
const MARK = 'NOT-FOR-CUSTOMERS'
/** That, and the id of whoever acted. */
const INTERNAL = new RegExp(`${MARK}|"(key|per)_`)

/** Where an answer tells too much. */
function around(text: string): string {
  const at = INTERNAL.exec(text)?.index
  return at === undefined ? '' : text.slice(Math.max(0, at - 100), at + 60)
}

interface Documented {
  readonly paths: Record<string, Record<string, { operationId: string; parameters?: { name?: string; in?: string }[] }>>
}

t.test('no answer to the customer holds what the people of the seller keep to themselves', async (t) => {
  const service = await contractService(t)
  const { send, authorization } = service
  const customer = '/v1/customers/C-1'
  const comment = `${MARK} comment`
  const seen = new Map<string, string>()
  const tell = async (operationId: string, method: 'GET' | 'POST', path: string, body?: object, headers = {}) => {
    const { text, body: told } = await send(
      method,
      `${path}${path.includes('?') ? '&' : '?'}reader=customer`,
      body,
      headers
    )
    seen.set(operationId, (seen.get(operationId) ?? '') + text)
    return told
  }
  const as = async (scope: 'release' | 'admin') => ({ authorization: await authorization(scope) })

  await givenLimit(service, 'C-1', '100000.00')
  await send('PUT', customer, {
    ...PROFILE,
    name: 'Orient Steel',
    contacts: [{ name: `${MARK} contact`, role: `${MARK} role` }],
    identifiers: [{ scheme: 'crm', value: `${MARK}-1` }]
  })
  const facts = { quality: 'poor', remarks: `${MARK} notes` }
  for (const [kind, stated] of [
    ['bank_reference', facts],
    ['court_record', { openCases: 2 }]
  ] as const)
    await send('POST', `${customer}/evidence`, {
      kind,
      observedOn: '2026-03-30',
      source: `${MARK} source`,
      facts: stated
    })
  const order = (orderId: string, amount: string) => ({ customerId: 'C-1', orderId, amount: cny(amount) })

  await t.test('200: assessments', async (t) => {
    const made = await tell('assessCustomer', 'POST', `${customer}/assessments`, {})
    const path = `${customer}/assessments/${made.assessmentId}`
    const read = await tell('getAssessment', 'GET', path)
    await tell('listAssessments', 'GET', `${customer}/assessments`)
    const better = await tell('getCounterfactuals', 'GET', `${path}/counterfactuals`)
    await tell('listShadowAssessments', 'GET', `${path}/shadow-assessments`)
    const file = {
      profile: PROFILE,
      evidence: [
        { evidenceId: `${MARK}-e`, kind: 'bank_reference', observedOn: '2026-03-30', source: `${MARK} source`, facts }
      ]
    }
    await tell('simulateAssessment', 'POST', '/v1/assessments/simulate?counterfactuals=true', file)
    const { contributions, otherInputs, notches, ceilings, knockouts } = read
    t.same([contributions, otherInputs, notches, ceilings, knockouts], [[], [], [], [], []])
    t.match(read.reasons[0].text, { zh: /./ })
    t.same(read.reasons[0].from, [])
    t.not(better.sets.length, 0)
    for (const { changes, clears } of better.sets) {
      t.same(clears, [])
      for (const { characteristics, text } of changes) t.same(characteristics, [], text.zh)
    }
  })

  await t.test('200: limits', async (t) => {
    const asked = { requested: cny('200000.00'), refer: true, comment }
    const proposed = await tell('decideLimit', 'POST', `${customer}/limit-decisions`, asked)
    const path = `${customer}/limit-decisions/${proposed.limitDecisionId}`
    const approval = { verdict: 'approve', comment }
    await tell('approveLimit', 'POST', `${path}/approvals`, approval, { ...(await as('admin')), 'if-match': '"1"' })
    const read = await tell('getLimitDecision', 'GET', path)
    await tell('listLimitDecisions', 'GET', `${customer}/limit-decisions`)
    t.match(read, { comment: null, proposedBy: 'withheld', decision: { by: 'withheld', comment: null } })
    for (const { id, amount, inputs, explanation } of read.proposal.components) {
      t.same({ amount, inputs }, { amount: id === 'request' ? cny('200000.00') : null, inputs: {} }, id)
      t.notMatch(`${explanation.en}${explanation.zh}`, /%|times|倍|÷/, `${id} says no figure of the policy`)
    }
  })

  await t.test('200: orders', async (t) => {
    const held = await tell('checkCredit', 'POST', '/v1/credit-checks', order('SO-1', '20000.00'))
    const path = `/v1/credit-checks/${held.checkId}`
    await tell('adjustReservation', 'POST', `${path}/adjustments`, { increase: cny('500000.00'), reason: comment })
    await tell('captureReservation', 'POST', `${path}/captures`, {
      amount: cny('1000.00'),
      invoiceId: 'I-1',
      final: false
    })
    const { captures } = await tell('getCreditCheck', 'GET', path)
    await tell('releaseCapture', 'POST', `${path}/captures/${captures[0].captureId}/releases`, { reason: comment })
    await tell('releaseReservation', 'POST', `${path}/releases`, { reason: comment })
    await send('PUT', `${customer}/securities/${MARK}-policy`, {
      kind: 'guarantee',
      provider: `${MARK} guarantor`,
      amount: cny('1000.00'),
      coverShare: 1,
      validFrom: '2025-01-01',
      validUntil: '2026-03-30',
      required: true
    })
    await send('PUT', `${customer}/hold`, { reason: `${MARK} hold` })
    for (const orderId of ['SO-2', 'SO-3', 'SO-4']) {
      const { checkId } = await tell('checkCredit', 'POST', '/v1/credit-checks', order(orderId, '30000.00'))
      const blocked = `/v1/credit-checks/${checkId}`
      const seen = { ...(await as('release')), 'if-match': '"1"' }
      if (orderId === 'SO-2') {
        const rejection = { decision: 'reject', reasonCode: `${MARK}-CODE`, comment }
        await tell('decideBlockedOrder', 'POST', `${blocked}/decisions`, rejection, seen)
      }
      if (orderId === 'SO-3') await tell('withdrawOrder', 'POST', `${blocked}/withdrawals`, { reason: comment })
      const read = await tell('getCreditCheck', 'GET', blocked)
      t.match(read.steps[0], { code: 'manual_hold', result: 'fail', observed: null })
      t.match(
        read.steps.find(({ code }: { code: string }) => code === 'headroom'),
        { observed: '30000.00' }
      )
      t.match(read.block, { comment: null, reasonCode: null })
    }
    await tell('checkCreditBatch', 'POST', '/v1/credit-check-batches', { checks: [order('SO-5', '1.00')] })
    await tell('listCreditChecks', 'GET', '/v1/credit-checks?limit=200')
    for (const state of ['open', 'rejected', 'withdrawn'])
      await tell('listBlockedOrders', 'GET', `/v1/blocked-orders?state=${state}`)
    await tell('getHeadroom', 'GET', `${customer}/headroom`)
    await send('DELETE', `${customer}/hold`)
    const waiting = await send('GET', '/v1/blocked-orders?customerId=C-1')
    for (const { checkId } of waiting.body.items) {
      const { headers } = await send('GET', `/v1/credit-checks/${checkId}`)
      const released = { decision: 'release', reasonCode: `${MARK}-CODE`, comment }
      const seen = { ...(await as('release')), 'if-match': String(headers.etag) }
      await tell('decideBlockedOrder', 'POST', `/v1/credit-checks/${checkId}/decisions`, released, seen)
    }
    t.not(waiting.body.items.length, 0)
  })

  await t.test('200: runs and the journal', async (t) => {
    const { runId } = (await send('POST', '/v1/recheck-runs', {})).body
    await tell('getRecheckRun', 'GET', `/v1/recheck-runs/${runId}`)
    await tell('listRecheckRuns', 'GET', '/v1/recheck-runs')
    await tell('cancelRecheckRun', 'POST', `/v1/recheck-runs/${runId}/cancellations`, {})
    const events = await tell('listEvents', 'GET', '/v1/events?limit=200')
    const entries = await tell('listJournal', 'GET', `${customer}/journal?limit=200`)
    for (const { items } of [events, entries])
      for (const each of items) t.match(each, { payload: '{}', name: { en: /./, zh: /./ } })
    const lines = await send('GET', `${customer}/journal?reader=customer`, undefined, {
      accept: 'application/x-ndjson'
    })
    t.match(lines.text, /"name":/)
    seen.set('listJournal', seen.get('listJournal') + lines.text)
  })

  await t.test('every operation with a reader was asked, and none of them told', async (t) => {
    const { paths } = service.app.swagger() as unknown as Documented
    const operations = Object.values(paths).flatMap((path) => Object.values(path))
    const withReader = operations.filter(({ parameters = [] }) => parameters.some(({ name }) => name === 'reader'))
    t.same([...seen.keys()].toSorted(), withReader.map(({ operationId }) => operationId).toSorted())
    for (const [operationId, text] of seen)
      t.equal(INTERNAL.exec(text)?.index, undefined, `${operationId} ${around(text)}`)
    t.match(`"${newId('key')}"`, INTERNAL)
    t.match((await send('GET', '/v1/credit-checks')).text, MARK, 'others are told')
  })
})
