/**
 * The reference: what one customer's account does, said as simply as possible. It knows no locks,
 * no journal and no failures, and of no other customer; the service under fire must behave like it,
 * whatever breaks. Amounts are in minor units, time is in seconds since the account began.
 */

import { type Account, expire, exposure, itemLeft, note } from './account.ts'
import type { Acts, Command, List } from './commands.ts'
import { DOCUMENT_ACTS, shownCredit, shownInvoice } from './documents.ts'
import { ORDER_ACTS, shown } from './orders.ts'
import { SNAPSHOT_ACTS } from './snapshots.ts'

/** What a command does to an account, and what it answers. */
export function act(before: Account, command: Command): { account: Account; result: string } {
  const account = structuredClone(before)
  expire(account)
  const result = ACTS[command.do](account, command as never)
  return { account, result }
}

const ACTS: Acts<Command['do']> = {
  ...ORDER_ACTS,
  ...DOCUMENT_ACTS,
  ...SNAPSHOT_ACTS,

  limit: (account, { amount }) => {
    account.limit = amount
    note(account, 'limit.applied')
    return `201 ${amount}`
  },

  hold: (account) => {
    if (!account.held) note(account, 'hold.set')
    account.held = true
    return '200 true'
  },

  lift: (account) => {
    if (account.held) note(account, 'hold.lifted')
    account.held = false
    return '200 false'
  },

  rate: (account, { day, rate }) => {
    account.rates[day] = rate
    return '200'
  },

  tick: (account, { seconds }) => {
    account.now += seconds
    expire(account)
    return '200'
  },

  exposure: (account) => {
    const { receivables, captured, reserved, orders, deliveries, total } = exposure(account)
    return `200 ${receivables} ${captured} ${reserved} ${orders} ${deliveries} ${account.limit - total} ${account.held}`
  },

  list: (account, { of }) => `200 ${listed(account, of).sort().join(', ')}`,

  reservation: (account, { check }) => {
    const held = account.reservations[check]
    if (held === undefined) return '404 not-found'
    if (held !== null) return `200 ${shown(held)}`
    return `200 ${Object.values(account.blocks).find((block) => block.check === check)?.state ?? 'null'}`
  }
}

function listed(account: Account, of: List): string[] {
  const { invoices, credits, items } = account
  if (of === 'invoices') return Object.entries(invoices).map(([number, each]) => `I-${number} ${shownInvoice(each)}`)
  if (of === 'exposure-items') return Object.keys(items).map((item) => `${item} ${itemLeft(account, item)}`)
  const kind = of === 'payments' ? 'payment' : 'credit_note'
  return Object.entries(credits).flatMap(([name, credit]) => {
    const [itsKind, number] = name.split(' ')
    return itsKind === kind ? [`${kind === 'payment' ? 'P' : 'N'}-${number} ${shownCredit(credit)}`] : []
  })
}
