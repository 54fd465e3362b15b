import t from 'tap'
import {
  addresseeOf,
  type PolicyDocument,
  type Reader,
  type ReasonCode,
  reasonText
} from '../../../src/engine/index.ts'
import { installPolicy } from '../../../src/policies/commands.ts'
import { customerView } from '../../../src/wording/postings/customer-view.ts'
import { cny, givenLimit, PROFILE } from '../../given.ts'
import { settledFeed } from '../../settled-feed.ts'
import { contractService } from '../contract.ts'

type Body = Record<string, unknown>
interface Told {
  readonly code: ReasonCode
  readonly text: object
}

const READERS = ['sales', 'customer', 'auditor'] as const
const KINDS = ['company', 'sole_trader', 'individual'] as const

/** The names of all fields of an answer, however deep. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shapeOf(each)]))
}

/** The same without what a reader adds to it, and without what no two answers share. */
function withoutNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNames)
  if (typeof value !== 'object' || value === null) return value
  const isAdded = (name: string) => /^name$|Names?$|Words$|^toldReasons$/.test(name)
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) => (isAdded(name) ? [] : [[name, withoutNames(each)]]))
  )
}

t.test('every answer with sentences is told to three readers', async (t) => {
  const service = await contractService(t)
  const { send, refuses, deps } = service
  // A company that becomes a person is assessed as one; here it keeps its rating.
  const policy = deps.policy as PolicyDocument
  delete policy.check.fileChanged
  policy.version = 1_000
  await installPolicy(deps.db, deps.clock, policy)
  const customerOf = (kind: (typeof KINDS)[number]) => `C-${kind}`
  for (const kind of KINDS) {
    await givenLimit(service, customerOf(kind), '100000.00')
    await send('PUT', `/v1/customers/${customerOf(kind)}`, { ...PROFILE, kind, name: kind })
  }
  const asked = (customerId: string, orderId: string, amount: string) => ({ customerId, orderId, amount: cny(amount) })
  const isWorded = (t: Tap, told: readonly Told[], reader: Reader, kind: (typeof KINDS)[number], where: string) => {
    t.not(told.length, 0, where)
    const audience = { reader, addressee: addresseeOf(kind) }
    for (const { code, text } of told) t.same(text, reasonText(code, audience), `${where} ${code}`)
  }

  for (const kind of KINDS)
    await t.test(`200: checks and limits of a customer that is a ${kind}`, async (t) => {
      const customerId = customerOf(kind)
      for (const reader of READERS) {
        const query = `?reader=${reader}`
        const order = asked(customerId, `SO-${reader}`, '200000.00')
        const declined = (await send('POST', `/v1/credit-checks${query}`, order)).body
        const { checkId } = declined
        const held = (
          await send('POST', `/v1/credit-checks${query}`, asked(customerId, `SO-held-${reader}`, '20000.00'))
        ).body
        const more = { amount: cny('190000.00') }
        const dry = '&dryRun=true'
        const adjustments = `/v1/credit-checks/${held.checkId}/adjustments${query}${dry}`
        const increase = (await send('POST', adjustments, more)).body
        const decrease = (await send('POST', adjustments, { decrease: cny('1.00') })).body
        const answers: Record<string, { reasons: Told[] }> = {
          create: declined,
          'dry run': (await send('POST', `/v1/credit-checks${query}${dry}`, { ...order, orderId: 'SO-dry' })).body,
          read: (await send('GET', `/v1/credit-checks/${checkId}${query}`)).body,
          list: (await send('GET', `/v1/credit-checks${query}&orderId=SO-${reader}&customerId=${customerId}`)).body
            .items[0],
          batch: (
            await send('POST', `/v1/credit-check-batches${query}${dry}`, { checks: [{ ...order, orderId: 'SO-b' }] })
          ).body.results[0].check,
          increase: increase.decision,
          'blocked order': (await send('GET', `/v1/blocked-orders${query}&customerId=${customerId}`)).body.items.find(
            (each: Body) => each.checkId === checkId
          ),
          withdrawal: (await send('POST', `/v1/credit-checks/${checkId}/withdrawals${query}${dry}`, {})).body,
          limit: (await send('POST', `/v1/customers/${customerId}/limit-decisions${query}${dry}`, {})).body.proposal,
          'read limit': (await send('GET', `/v1/customers/${customerId}/limit-decisions${query}`)).body.items[0]
            .proposal,
          assessment: (await send('GET', `/v1/customers/${customerId}/assessments${query}`)).body.items[0]
        }
        // To auditors an assessment also names what each reason is about.
        if (reader === 'auditor') delete answers.assessment
        for (const [where, { reasons }] of Object.entries(answers)) isWorded(t, reasons, reader, kind, where)
        const ofHold = reader === 'customer' ? '赊销业务状态' : '人工信用冻结'
        t.match(held.steps[0], { name: { zh: ofHold }, resultName: { zh: '通过' } })
        t.same(increase.outcomeName, increase.decision.outcomeName, 'an increase')
        t.match(decrease, { outcomeName: { en: 'Approved', zh: '通过' }, decision: null })
        t.match(declined, { outcomeName: { zh: /./ }, alternatives: [{ name: { zh: /./ } }] })
        t.match(answers['read limit'], { modeName: { zh: '限额赊销' }, components: [{ name: { zh: /./ } }] })
      }
    })

  await t.test('200: a reader adds names and changes sentences alone; a language changes nothing', async (t) => {
    await settledFeed(service.deps.db)
    const [check] = (await send('GET', '/v1/credit-checks?outcome=referred')).body.items
    const paths = [
      `/v1/credit-checks/${check.checkId}`,
      '/v1/credit-checks',
      '/v1/blocked-orders',
      '/v1/customers/C-company/limit-decisions',
      '/v1/customers/C-company/headroom',
      '/v1/events',
      '/v1/customers/C-company/journal',
      '/v1/recheck-runs'
    ]
    for (const path of paths) {
      const plain = (await send('GET', path)).body
      const chinese = (await send('GET', path, undefined, { 'accept-language': 'zh' })).body
      t.same(unclocked(chinese), unclocked(plain), `${path} in Chinese`)
      for (const reader of READERS) {
        const { body } = await send('GET', `${path}?reader=${reader}`)
        const shown = reader === 'customer' ? customerView(plain) : plain
        t.same(shapeOf(withoutNames(body)), shapeOf(withoutNames(shown)), `${path} for ${reader}`)
        if (reader === 'sales') t.same(unclocked(withoutNames(body)), unclocked(withoutNames(plain)), path)
      }
    }
  })

  await t.test('200: every code in an answer to a named reader has its name in both languages', async (t) => {
    const paths = [
      '/v1/credit-checks',
      '/v1/blocked-orders',
      '/v1/customers/C-company/limit-decisions',
      '/v1/customers/C-company/assessments',
      '/v1/customers/C-company/headroom',
      '/v1/customers/C-company/journal',
      '/v1/events',
      '/v1/recheck-runs'
    ]
    const [{ assessmentId }] = (await send('GET', '/v1/customers/C-company/assessments')).body.items
    const more = `/v1/customers/C-company/assessments/${assessmentId}`
    for (const reader of READERS)
      for (const path of [...paths, more, `${more}/counterfactuals`]) {
        const { body } = await send('GET', `${path}?reader=${reader}`)
        t.same(namelessIn(body), [], `${path} for ${reader}`)
      }
    const file = { profile: PROFILE, inputs: {} }
    for (const reader of READERS) {
      const simulated = await send('POST', `/v1/assessments/simulate?reader=${reader}&counterfactuals=true`, file)
      t.same(namelessIn(simulated.body), [], `simulated for ${reader}`)
    }
    const [check] = (await send('GET', '/v1/credit-checks?outcome=referred&reader=auditor')).body.items
    const headroom = check.steps.find(({ code }: { code: string }) => code === 'headroom')
    t.match(headroom, {
      observedWords: { en: /^CNY [\d,]+\.00$/, zh: /元（CNY）$/ },
      thresholdWords: { zh: /元（CNY）$/ }
    })
    const grade = check.steps.find(({ code }: { code: string }) => code === 'rating_floor')
    t.match(grade, { observedWords: { zh: grade.observed } })
    const mode = check.steps.find(({ code }: { code: string }) => code === 'limit_in_force')
    t.match(mode, { observedWords: { en: 'Limited', zh: '限额赊销' }, thresholdWords: { zh: /年.*月.*日$/ } })
    t.match(check.block, { stateName: { zh: '待处理' } })
    const [limit] = (await send('GET', '/v1/customers/C-company/limit-decisions?reader=customer')).body.items
    t.match(limit, { stateName: { zh: '已生效' }, decision: { byName: { zh: '信用政策自动处理' } } })
  })

  await t.test('a version has a validator for each reader, and If-Match takes each of them', async (t) => {
    const [{ checkId }] = (await send('GET', '/v1/blocked-orders')).body.items
    const path = `/v1/credit-checks/${checkId}`
    const tagOf = async (query: string) => String((await send('GET', path + query)).headers.etag)
    const tags = await Promise.all(['', ...READERS.map((reader) => `?reader=${reader}`)].map(tagOf))
    t.equal(new Set(tags).size, 4)
    const decision = { decision: 'reject', reasonCode: 'NO', comment: 'No.' }
    for (const tag of tags)
      t.equal((await send('POST', `${path}/decisions?dryRun=true`, decision, { 'if-match': tag })).status, 200)
    const other = { 'if-match': '"99-sales"' }
    await refuses(
      t,
      { method: 'POST', url: `${path}/decisions`, body: decision, headers: other },
      'precondition-failed'
    )
  })

  await t.test('an answer is kept for its key in the words in which it was sent', async (t) => {
    const order = asked('C-sole_trader', 'SO-key', '300000.00')
    const keyed = { 'idempotency-key': 'words' }
    const first = await send('POST', '/v1/credit-checks?reader=customer', order, keyed)
    const again = await send('POST', '/v1/credit-checks?reader=customer', order, keyed)
    t.same([again.text, again.headers['idempotency-replayed']], [first.text, 'true'])
    await refuses(
      t,
      { method: 'POST', url: '/v1/credit-checks?reader=sales', body: order, headers: keyed },
      'idempotency-key-reused'
    )
    t.equal((await send('GET', '/v1/audit/self-check')).body.valid, true)
  })

  await t.test('400: a reader that does not exist', async (t) => {
    await refuses(t, { method: 'GET', url: '/v1/blocked-orders?reader=bank' }, 'validation-error', ['/query/reader'])
  })
})

/** Fields that hold codes, which people call by another name. */
const CODED =
  /^(kind|outcome|result|state|status|mode|gap|bindingConstraint|step|cause|type|advice|group|missing|direction|working|goal|daysLateBy|before|today|feature|id)$/
/** The names of these stand as `name`, because they say what the thing itself is. */
const BARE: readonly string[] = ['cause', 'type', 'kind', 'id']
/** Lists of ids of features, characteristics and rules, and records that have such ids as keys. */
const LISTED = /^(from|characteristics|clears|unavailableInputs|inputs|values)$/

/** The places of codes without a name. */
function namelessIn(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((each, index) => namelessIn(each, `${at}/${index}`))
  if (typeof value !== 'object' || value === null) return []
  const fields = value as Body
  return Object.entries(fields).flatMap(([name, each]) => {
    if (LISTED.test(name) && idsIn(each).length > 0) {
      const names = fields[`${name}Names`] as Record<string, unknown> | undefined
      const places = Array.isArray(each) ? Object.keys(each) : idsIn(each)
      return places.filter((place) => !isName(names?.[place])).map((place) => `${at}/${name}/${place}`)
    }
    if (typeof each !== 'string' || !CODED.test(name)) return namelessIn(each, `${at}/${name}`)
    // A model and a policy are told by id and version.
    if (name === 'id' && 'version' in fields) return []
    const named = fields[`${name}Name`] ?? (BARE.includes(name) ? fields.name : undefined)
    return isName(named) ? [] : [`${at}/${name}`]
  })
}

/** The ids that a list holds, or that are the keys of a record of plain values. */
function idsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.every((each) => typeof each === 'string') ? value : []
  if (typeof value !== 'object' || value === null) return []
  const isPlain = Object.values(value).every((each) => typeof each !== 'object' || each === null)
  return isPlain ? Object.keys(value) : []
}

/** A text in both languages that is no id. */
function isName(value: unknown): boolean {
  const { en = '', zh = '' } = (value ?? {}) as { en?: string; zh?: string }
  return /\S/.test(en) && /\p{Script=Han}/u.test(zh)
}

type Tap = Pick<typeof t, 'not' | 'same'>

/** Without the instant at which a list or a forecast was read. */
function unclocked(body: unknown): unknown {
  const { asOf: _asOf, ...rest } = body as Body
  return rest
}
