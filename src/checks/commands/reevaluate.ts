import { CLOCK, type LockedAccount, lockAccount, saveAccount } from '../../accounts/store.ts'
import type { NewEntry, Reader, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { inTransaction } from '../../platform/database/transaction.ts'
import { Problem } from '../../platform/values/problem.ts'
import {
  customersToReevaluate,
  lapseBlocks,
  noteReevaluation,
  overdueBlocks,
  type QueuePlace,
  queuedBlocks,
  reevaluatedTo
} from '../store/blocks.ts'
import { lookUp, standingsOf, writeTurn } from './standing.ts'
import { sweep } from './sweep.ts'
import { takeUpInTurn } from './turn.ts'

/** Who approves an order for which there is room after all. */
const REEVALUATION = 'reevaluation'

/** Blocked orders that are read and decided again at a time, and those of one customer in one transaction at most. */
const PAGE_SIZE = 50
const BLOCKS_MAX = 1_000

/** Orders that are asked about anew: each is decided in its place among those that wait, as it is asked about now. */
export interface AskedAnew {
  readonly orderIds: ReadonlySet<string>
  readonly decide: (orderId: string) => Promise<void>
}

const NOTHING_ANEW: AskedAnew = { orderIds: new Set(), decide: async () => undefined }

/**
 * Decides the blocked orders of a customer again, whose account is locked and swept: first come, first served, until one lacks nothing but
 * headroom. An order that something else stops holds nobody up. Each that passes now gets a new check that holds its amount; of the
 * others nothing changes. A manual hold stops all of them. Blocks whose time is up lapse. What is too much for one transaction stays marked,
 * and the next goes on there. Orders asked about anew that do not wait, or whose place is not reached, are left to the caller.
 * Answers how many of the others were approved.
 */
export async function reevaluate(
  deps: Deps,
  trx: Writer,
  locked: LockedAccount,
  anew: AskedAnew = NOTHING_ANEW
): Promise<number> {
  await lapse(trx, locked)
  const { customerId, holdReason, reevaluationDueAt } = locked.account
  const { approved, leftAfter } =
    holdReason === null ? await workAtQueue(deps, trx, locked, anew) : { approved: 0, leftAfter: undefined }
  const left = leftAfter && { dueAt: reevaluationDueAt ?? locked.now, after: leftAfter }
  await noteReevaluation(trx, customerId, left)
  return approved
}

async function workAtQueue(
  deps: Deps,
  trx: Writer,
  locked: LockedAccount,
  { orderIds, decide }: AskedAnew
): Promise<{ approved: number; leftAfter: QueuePlace | undefined }> {
  const { account, now } = locked
  const anew = new Set(orderIds)
  let after = reevaluatedTo(account)
  let approved = 0
  let looked = 0
  while (looked < BLOCKS_MAX) {
    const page = await queuedBlocks(trx, account.customerId, now, after, PAGE_SIZE)
    const place = page.findIndex(({ orderId }) => anew.has(orderId))
    const blocks = place < 0 ? page : page.slice(0, place)
    if (blocks.length > 0) {
      const taken = await takeUp(deps, trx, locked, blocks)
      approved += taken.approved
      if (taken.waits) return { approved, leftAfter: undefined }
      after = blocks.at(-1)
      looked += blocks.length
    }
    const next = page[place]
    if (next === undefined && page.length < PAGE_SIZE) return { approved, leftAfter: undefined }
    if (next === undefined) continue
    // If it still waits after that, or was not decided at all, it is read again like any other, and may hold up those behind it.
    anew.delete(next.orderId)
    await decide(next.orderId)
  }
  return { approved, leftAfter: after }
}

/** Ends the blocks whose time is up. */
async function lapse(trx: Writer, { account, ...moment }: LockedAccount): Promise<void> {
  const { customerId } = account
  let current = account
  for (;;) {
    const over = await overdueBlocks(trx, customerId, moment.now, BLOCKS_MAX)
    if (over.length === 0) return
    const entries = over.map(({ checkId, orderId, validUntil }): NewEntry => {
      return { type: 'order.lapsed', subject: checkId, payload: { orderId, validUntil } }
    })
    current = await saveAccount(trx, { account: current, ...moment }, CLOCK, entries, {
      changes: { blockedOrders: current.blockedOrders - over.length },
      writes: [lapseBlocks(customerId, over, CLOCK)],
      keepsSituation: true
    })
  }
}

async function takeUp(
  deps: Deps,
  trx: Writer,
  locked: LockedAccount,
  waiting: readonly Row<'blockedOrders'>[]
): Promise<{ approved: number; waits: boolean }> {
  const asked = waiting.map((block) => ({
    callerId: block.askedBy,
    wanted: JSON.parse(block.request),
    keyed: undefined
  }))
  const [stands] = await standingsOf(trx, deps, [{ customerId: locked.account.customerId, asked }], locked)
  const [standing] = stands?.standing ?? []
  if (stands === undefined || standing?.account === undefined) throw new Error('an account that is locked is there')
  const lookedUp = await lookUp(trx, locked, asked, stands.standing)
  const free = waiting.filter((_block, index) => stands.standing[index]?.heldBy === null)
  const account = { ...standing, account: standing.account }
  const how = { actor: REEVALUATION, as: 'approved' } as const
  const turn = takeUpInTurn(deps.policy, free, account, stands.situation, lookedUp, how)
  await writeTurn(trx, turn)
  return { approved: turn.decided.length, waits: turn.waits }
}

/** Customers that are looked for at a time. */
const CUSTOMERS_MAX = 100

/** Whether headroom may have risen for an order that waits. */
export async function isReevaluationDue({ db }: Pick<Deps, 'db'>): Promise<boolean> {
  return (await customersToReevaluate(db, 1)).length > 0
}

/** Decides all orders again for which headroom may have risen, customer by customer, each in a transaction of its own. */
export async function workAtReevaluations(deps: Deps, signal: AbortSignal): Promise<void> {
  await eachCustomer(deps, signal, customersToReevaluate, async (trx, locked) => {
    await reevaluate(deps, trx, locked)
  })
}

/**
 * Works at customers, each under the lock of its account and swept, for as long as some are found. One that fails keeps nobody waiting: its
 * error is thrown at the end of the round, for another attempt.
 */
export async function eachCustomer(
  deps: Deps,
  signal: AbortSignal,
  find: (db: Reader, limit: number) => Promise<string[]>,
  work: (trx: Writer, locked: LockedAccount) => Promise<void>
): Promise<void> {
  for (;;) {
    const customerIds = await find(deps.db, CUSTOMERS_MAX)
    const failures: unknown[] = []
    for (const customerId of customerIds) {
      signal.throwIfAborted()
      await inTransaction(deps.db, async (trx) => {
        await work(trx, await sweep(trx, await lockAccount(trx, deps.clock, customerId)))
      }).catch((error: unknown) => {
        // Nobody gets through where the database cannot be reached.
        if (error instanceof Problem && error.slug === 'temporary-reduced-capacity') throw error
        failures.push(error)
      })
    }
    if (failures.length > 0) throw failures[0]
    if (customerIds.length < CUSTOMERS_MAX) return
  }
}
