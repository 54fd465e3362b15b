import type { Erp } from './erp.ts'
import type { Order } from './orders.ts'

const CURRENCY = 'USD'

/** What the service said about one order. */
export interface Decided {
  readonly order: Order
  readonly outcome: 'approved' | 'referred' | 'declined'
  readonly reasons: readonly string[]
}

export interface Replayed {
  readonly decided: readonly Decided[]
  /**
   * Exposure of each customer at the end of the last day with an order, in the order of the
   * customers.
   */
  readonly exposures: readonly { customerId: string; total: number; limit: number }[]
  readonly customerIds: readonly string[]
  readonly days: number
}

/** Requests of different customers that run side by side. */
const ABREAST = 8

/**
 * Plays a seller's business day by day through the API, with the service's clock following the
 * data: payments on the day on which they were made, then the day's orders, each checked before it
 * is delivered; on the first day of each month every customer is assessed anew. An order that is
 * referred or declined was delivered in reality: its invoice is recorded as the fact that it is.
 */
export async function replay(erp: Erp, orders: readonly Order[], progress: (done: number) => void): Promise<Replayed> {
  const ordersByDay = Map.groupBy(orders, (order) => order.issuedOn)
  const settledByDay = Map.groupBy(orders, (order) => order.settledOn)
  const days = [...new Set([...ordersByDay.keys(), ...settledByDay.keys()])].toSorted()
  const lastOrderDay = orders.at(-1)?.issuedOn
  const known = new Set<string>()
  const decided: Decided[] = []
  let exposures: Replayed['exposures'] = []
  let month = ''
  let done = 0
  for (const day of days) {
    await erp.put('/simulation/clock', { now: `${day}T09:00:00.000Z` })
    if (day.slice(0, 7) !== month) {
      month = day.slice(0, 7)
      await abreast([...known], async (customerId) => reassess(erp, customerId))
    }
    const settled = settledByDay.get(day) ?? []
    const paidAtOnce = settled.filter((order) => order.issuedOn === day)
    await byCustomer(
      settled.filter((order) => order.issuedOn < day),
      (order) => pay(erp, order)
    )
    await byCustomer(ordersByDay.get(day) ?? [], async (order) => {
      if (!known.has(order.customerId)) {
        known.add(order.customerId)
        await erp.put(`/v1/customers/${order.customerId}`, {
          kind: 'company',
          name: `Customer ${order.customerId}`,
          currency: CURRENCY
        })
      }
      decided.push(await deliver(erp, order))
      done += 1
      progress(done)
    })
    await byCustomer(paidAtOnce, (order) => pay(erp, order))
    if (day === lastOrderDay) exposures = await exposuresOf(erp, [...known])
  }
  return { decided, exposures, customerIds: [...known].toSorted(), days: days.length }
}

async function reassess(erp: Erp, customerId: string): Promise<void> {
  await erp.post(`/v1/customers/${customerId}/assessments`, {})
  await erp.post(`/v1/customers/${customerId}/limit-decisions`, {})
}

/** Order, credit check, delivery under an approval, invoice. */
async function deliver(erp: Erp, order: Order): Promise<Decided> {
  const amount = { amount: order.amount, currency: CURRENCY }
  const orderId = `SO-${order.invoiceId}`
  const check = await erp.post<{ checkId: string; outcome: Decided['outcome']; reasons: { code: string }[] }>(
    '/v1/credit-checks',
    { customerId: order.customerId, orderId, amount },
    orderId
  )
  if (check.outcome === 'approved') {
    await erp.post(`/v1/credit-checks/${check.checkId}/captures`, { amount, invoiceId: order.invoiceId, final: true })
  }
  const { issuedOn, dueOn, disputed } = order
  await erp.put(`/v1/customers/${order.customerId}/invoices/${order.invoiceId}`, {
    amount,
    issuedOn,
    dueOn,
    orderId,
    disputed
  })
  return { order, outcome: check.outcome, reasons: check.reasons.map(({ code }) => code) }
}

async function pay(erp: Erp, order: Order): Promise<void> {
  const amount = { amount: order.amount, currency: CURRENCY }
  await erp.post(`/v1/customers/${order.customerId}/payments`, {
    paymentId: `PAY-${order.invoiceId}`,
    receivedOn: order.settledOn,
    amount,
    allocations: [{ invoiceId: order.invoiceId, amount }]
  })
}

async function exposuresOf(erp: Erp, customerIds: readonly string[]): Promise<Replayed['exposures']> {
  const exposures: { customerId: string; total: number; limit: number }[] = []
  await abreast(customerIds, async (customerId) => {
    const account = await erp.get<{ exposure: { total: { amount: string } }; limit: { amount: { amount: string } } }>(
      `/v1/customers/${customerId}/exposure`
    )
    exposures.push({
      customerId,
      total: Number(account.exposure.total.amount),
      limit: Number(account.limit.amount.amount)
    })
  })
  return exposures.toSorted((left, right) => right.total - left.total || (left.customerId < right.customerId ? -1 : 1))
}

/** One customer's orders keep their order; different customers do not wait for each other. */
async function byCustomer(orders: readonly Order[], handle: (order: Order) => Promise<void>): Promise<void> {
  const groups = [...Map.groupBy(orders, (order) => order.customerId).values()]
  await abreast(groups, async (group) => {
    for (const order of group) await handle(order)
  })
}

/** Runs a task for each item, a few at a time. */
export async function abreast<Item>(items: readonly Item[], task: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items]
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await task(item)
  }
  await Promise.all(Array.from({ length: Math.min(ABREAST, items.length) }, worker))
}
