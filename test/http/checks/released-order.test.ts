import t, { type Test } from 'tap'
import { toMoney } from '../../../src/engine/index.ts'
import { givenLimit } from '../../given.ts'
import { workAtRechecks } from '../../runs/at-work.ts'
import { TEST_DAY } from '../../service.ts'
import { contractService } from '../contract.ts'

const url = '/v1/credit-checks'
const customerId = 'C-1'
const RELEASE = { decision: 'release', reasonCode: 'PROMISED', comment: 'Seen.', tolerance: { share: 0.5 } }
const cny = (minor: number) => toMoney(minor, 'CNY')

/** What a person lets pass, in fen: the order of 120,000 yuan and half as much again. */
const RELEASED = 18_000_000

/** A reservation as this test reckons it, by additions alone. */
interface Held {
  checkId: string
  amount: number
  captured: number
  prepaid: number
}

/** An order with what became of it. */
interface Order {
  readonly orderId: string
  /** Undefined: it holds nothing now. */
  held: Held | undefined
  /** What ended reservations have used of the release, with their share of what was prepaid. */
  used: number
  invoices: number
}

t.test('whatever happens to a released order, and in whatever order, no more passes than was released', async (t) => {
  const service = await contractService(t)
  const { send } = service
  service.deps.policy.check.releaseToleranceShareMax = 0.5
  await givenLimit(service, customerId, '10000.00')
  const person = { authorization: await service.authorization('release'), 'if-match': '"1"' }
  const sums = { reserved: 0, captured: 0, receivables: 0 }

  const ask = async (orderId: string, amount: number, prepaid: number, dryRun = false) =>
    (await send('POST', `${url}?dryRun=${dryRun}`, { customerId, orderId, amount: cny(amount), prepaid: cny(prepaid) }))
      .body
  const adjust = async ({ checkId }: Held, change: object, dryRun = false) =>
    (await send('POST', `${url}/${checkId}/adjustments?dryRun=${dryRun}`, change)).body

  const leftOf = ({ held, used }: Order) => RELEASED - used - (held === undefined ? 0 : held.amount + held.prepaid)
  const hold = async (order: Order): Promise<Held> => {
    if (order.held !== undefined) return order.held
    const { checkId, outcome } = await ask(order.orderId, 6_000_003, 1_000_001)
    t.equal(outcome, 'approved')
    sums.reserved += 5_000_002
    order.held = { checkId, amount: 5_000_002, captured: 0, prepaid: 1_000_001 }
    return order.held
  }
  const end = (order: Order, { amount, captured, prepaid }: Held) => {
    sums.reserved -= amount - captured
    order.used += captured + Math.round((captured * prepaid) / amount)
    order.held = undefined
  }
  const capture = async (order: Order, minor: number) => {
    const held = await hold(order)
    order.invoices += 1
    const body = { amount: cny(minor), invoiceId: `${order.orderId}-${order.invoices}`, final: false }
    await send('POST', `${url}/${held.checkId}/captures`, body)
    held.captured += minor
    sums.captured += minor
    sums.reserved -= minor
    return held
  }

  const STEPS: Readonly<Record<string, (order: Order) => Promise<unknown>>> = {
    capture: (order) => capture(order, 1_000_001),
    'final capture': async (order) => {
      const held = await capture(order, 2_000_003)
      const rest = { amount: cny(1), invoiceId: `${order.orderId}-final`, final: true }
      await send('POST', `${url}/${held.checkId}/captures`, rest)
      held.captured += 1
      sums.captured += 1
      sums.reserved -= 1
      end(order, held)
    },
    increase: async (order) => {
      const held = await hold(order)
      t.match(await adjust(held, { increase: cny(100_007) }), { outcome: 'approved' })
      held.amount += 100_007
      sums.reserved += 100_007
    },
    decrease: async (order) => {
      const held = await hold(order)
      await adjust(held, { decrease: cny(500_009) })
      held.amount -= 500_009
      sums.reserved -= 500_009
    },
    cancel: async (order) => {
      const held = await hold(order)
      await send('POST', `${url}/${held.checkId}/releases`, {})
      end(order, held)
    },
    invoice: async (order) => {
      await capture(order, 700_001)
      const invoice = { amount: cny(700_001), issuedOn: TEST_DAY, dueOn: '2026-12-31' }
      await send('PUT', `/v1/customers/${customerId}/invoices/${order.orderId}-${order.invoices}`, invoice)
      sums.captured -= 700_001
      sums.receivables += 700_001
    },
    recheck: async () => {
      await send('POST', '/v1/recheck-runs', {})
      await workAtRechecks(service.deps, null, new AbortController().signal)
      const [run] = (await send('GET', '/v1/recheck-runs?limit=1')).body.items
      t.match(run, { state: 'done', counts: { atRisk: 0, failed: 0 } }, 'every order is still released')
    }
  }

  /** The balance, and the last unit that passes: of an increase, or of the order asked again. */
  const agrees = async (t: Test, order: Order, after: string) => {
    const { exposure } = (await send('GET', `/v1/customers/${customerId}/exposure`)).body
    const { reserved, captured, receivables } = exposure
    const expected = { reserved: cny(sums.reserved), captured: cny(sums.captured), receivables: cny(sums.receivables) }
    t.same({ reserved, captured, receivables }, expected, after)
    const left = leftOf(order)
    const { held, orderId } = order
    const probe = async (minor: number) =>
      held === undefined ? ask(orderId, minor, 100, true) : adjust(held, { increase: cny(minor) }, true)
    t.match(await probe(left), { outcome: 'approved' }, `${after}: ${left} is left`)
    t.match(await probe(left + 1), { outcome: 'referred' }, `${after}: a unit more is not released`)
  }

  const names = Object.keys(STEPS)
  for (const first of names)
    for (const second of names)
      await t.test(`${first}, then ${second}`, async (t) => {
        const orderId = `${first} ${second}`.replaceAll(' ', '-')
        const asked = await ask(orderId, 12_000_000, 1_999_999)
        t.equal(asked.outcome, 'referred')
        const { body } = await send('POST', `${url}/${asked.checkId}/decisions`, RELEASE, person)
        const held = { checkId: body.checkId, amount: 10_000_001, captured: 0, prepaid: 1_999_999 }
        sums.reserved += held.amount
        const order: Order = { orderId, held, used: 0, invoices: 0 }
        await agrees(t, order, 'released')
        for (const name of [first, second]) {
          await STEPS[name]?.(order)
          await agrees(t, order, name)
        }
      })
  const { body } = await send('GET', '/v1/audit/self-check')
  t.equal(body.valid, true, JSON.stringify(body.findings.filter(({ valid }: { valid: boolean }) => !valid)))
})
