import fc from 'fast-check'
import t from 'tap'
import { openCategoriesFact, recordedCategories } from '../../src/accounts/store/exposure.ts'
import { readWithFacts } from '../../src/accounts/store.ts'
import { ITEMISED_CATEGORIES, minorOf } from '../../src/engine/index.ts'
import type { CustomerId } from '../../src/ids.ts'
import { idOf } from '../../src/platform/values/ids.ts'
import { cny, givenLimit } from '../given.ts'
import { TEST_DAY, testService } from '../service.ts'

type Event =
  | { readonly kind: 'item'; id: number; category: string; amount: number; statistical: boolean; from: number | null }
  | { readonly kind: 'close'; id: number }
  | { readonly kind: 'invoice'; id: number; amount: number; from: number | null }
  | { readonly kind: 'payment' | 'credit_note'; amount: number; applied: boolean }
  | { readonly kind: 'check'; amount: number; captured: boolean }

const id = fc.nat(3)
const amount = fc.integer({ min: 1, max: 90_000 })
const from = fc.option(id)
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({
    kind: fc.constant('item' as const),
    id,
    category: fc.constantFrom('order', 'delivery', 'special'),
    amount,
    statistical: fc.boolean(),
    from
  }),
  fc.record({ kind: fc.constant('close' as const), id }),
  fc.record({ kind: fc.constant('invoice' as const), id, amount, from }),
  fc.record({ kind: fc.constantFrom('payment' as const, 'credit_note' as const), amount, applied: fc.boolean() }),
  fc.record({ kind: fc.constant('check' as const), amount, captured: fc.boolean() })
)

t.test('the categories sum to the total, and the journal tells the same of each as the documents', async (t) => {
  const service = await testService(t)
  const { send, attempt, deps } = service
  let customers = 0
  let version = 0
  const money = (minor: number) => cny((minor / 100).toFixed(2))

  const happen = async (url: string, customerId: string, each: Event, place: number) => {
    version += 1
    const taken = (origin: number | null) =>
      origin === null ? {} : { convertedFrom: [{ itemId: `E-${origin}`, amount: money(1) }] }
    if (each.kind === 'item') {
      const { category, statistical } = each
      const body = { category, statistical, amount: money(each.amount), sourceVersion: version, ...taken(each.from) }
      return attempt('PUT', `${url}/exposure-items/E-${each.id}`, body)
    }
    if (each.kind === 'close') return attempt('DELETE', `${url}/exposure-items/E-${each.id}?sourceVersion=${version}`)
    if (each.kind === 'invoice') {
      const body = { amount: money(each.amount), issuedOn: TEST_DAY, dueOn: '2026-04-30', ...taken(each.from) }
      return attempt('PUT', `${url}/invoices/I-${each.id}`, body)
    }
    if (each.kind === 'check') {
      const order = { customerId, orderId: `O-${place}`, amount: money(each.amount) }
      const { body } = await send('POST', '/v1/credit-checks', order)
      if (!each.captured || body.reservation === null) return body
      const capture = { amount: money(1), invoiceId: `I-${place % 4}`, final: false }
      return send('POST', `/v1/credit-checks/${body.checkId}/captures`, capture)
    }
    const credit = { amount: money(each.amount), ...(each.applied ? {} : { allocations: [] }) }
    if (each.kind === 'payment')
      return send('POST', `${url}/payments`, { paymentId: `P-${place}`, receivedOn: TEST_DAY, ...credit })
    return send('POST', `${url}/credit-notes`, { creditNoteId: `N-${place}`, issuedOn: TEST_DAY, ...credit })
  }

  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 14 }), async (events) => {
      customers += 1
      const customerId = `C-${customers}`
      const url = `/v1/customers/${customerId}`
      await givenLimit(service, customerId, '500000.00')
      for (const [place, each] of events.entries()) await happen(url, customerId, each, place)
      const { body } = await send('GET', `${url}/exposure`)
      const { categories, total } = body.itemised
      const sum = (name: string) =>
        categories.reduce((all: number, figures: Record<string, { amount: string; currency: string }>) => {
          const figure = figures[name]
          return all + (figure === undefined ? Number.NaN : minorOf(figure))
        }, 0)
      for (const name of ['gross', 'counted', 'statistical', 'beyondHorizon', 'disputed'])
        t.equal(sum(name), minorOf(total[name]), `${name} of ${customerId}`)
      t.same(total.counted, body.exposure.total)
      const recorded = await recordedCategories(deps.db, deps.clock, idOf<CustomerId>(customerId), TEST_DAY)
      const fact = { open: openCategoriesFact(deps.clock, 0) }
      const { open } = (await readWithFacts(deps.db, deps.clock, idOf<CustomerId>(customerId), fact)).facts
      for (const category of ITEMISED_CATEGORIES) {
        const sums = open.find((each) => each.category === category)
        const counted = (sums?.grossMinor ?? 0) - (sums?.statisticalMinor ?? 0)
        t.equal(recorded[category], counted, `${category} of ${customerId}`)
      }
    }),
    { numRuns: 25 }
  )
  const { body } = await send('GET', '/v1/audit/self-check')
  t.equal(body.valid, true, JSON.stringify(body.findings.filter(({ valid }: { valid: boolean }) => !valid)))
})
