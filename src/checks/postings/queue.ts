import { CLOCK, type LockedAccount, saveAccount } from '../../accounts/store.ts'
import type { Row, Writer } from '../../database.ts'
import type { OrderId } from '../../ids.ts'
import {
  lapseBlocks,
  noteReevaluation,
  overdueBlocks,
  type QueuePlace,
  queuedBlocks,
  reevaluatedTo
} from '../store/blocks.ts'
import { REEVALUATION, retryBlocked, writeLocked } from './decide.ts'
import { askedOfBlock, loadLockedFacts, type Rules } from './facts.ts'
import { lapseEntry } from './rows.ts'

/**
 * Blocked orders that are read and decided together; also the most of one customer in one
 * transaction.
 */
const PAGE_SIZE = 50
const BLOCKS_MAX = 1_000

/**
 * Decides the blocked orders of a customer again, with its account locked and swept: first come,
 * first served, up to the first that lacks only headroom. An order with another obstacle holds up
 * no other. Each order that passes gets a new check that reserves its amount; nothing changes for
 * the others. A manual hold stops all of them. Blocks whose time is up lapse. What is too much for
 * one transaction stays marked, and the next one goes on there. Returns how many were approved.
 */
export async function retryWaiting(trx: Writer, rules: Rules, locked: LockedAccount): Promise<number> {
  const queue = walkQueue(trx, rules, locked, new Set())
  for (;;) {
    const step = await queue.next()
    if (step.done) return step.value
  }
}

/**
 * The same, where the caller asks about some orders anew: when the place of one is reached, its
 * number is yielded, and the caller decides it as asked now. An order that does not wait, or whose
 * place is not reached, is not yielded.
 */
export async function* walkQueue(
  trx: Writer,
  rules: Rules,
  locked: LockedAccount,
  askedAnew: ReadonlySet<OrderId>
): AsyncGenerator<OrderId, number, void> {
  await lapse(trx, locked)
  const { customerId, holdReason, reevaluationDueAt } = locked.account
  const walk = holdReason === null ? yield* walkPages(trx, rules, locked, new Set(askedAnew)) : NOT_WALKED
  const left = walk.leftAfter && { dueAt: reevaluationDueAt ?? locked.now, after: walk.leftAfter }
  await noteReevaluation(trx, customerId, left)
  return walk.approved
}

interface Walk {
  readonly approved: number
  /** The last order that was decided again, when some behind it are left for later. */
  readonly leftAfter: QueuePlace | undefined
}

const NOT_WALKED: Walk = { approved: 0, leftAfter: undefined }

async function* walkPages(
  trx: Writer,
  rules: Rules,
  locked: LockedAccount,
  anew: Set<OrderId>
): AsyncGenerator<OrderId, Walk, void> {
  const { account, now } = locked
  let after = reevaluatedTo(account)
  let approved = 0
  let retried = 0
  while (retried < BLOCKS_MAX) {
    const page = await queuedBlocks(trx, account.customerId, now, after, PAGE_SIZE)
    const place = page.findIndex(({ orderId }) => anew.has(orderId))
    const blocks = place < 0 ? page : page.slice(0, place)
    if (blocks.length > 0) {
      const retry = await retryPage(trx, rules, locked, blocks)
      approved += retry.approved
      if (retry.waits) return { approved, leftAfter: undefined }
      after = blocks.at(-1)
      retried += blocks.length
    }
    const next = page[place]
    if (next === undefined && page.length < PAGE_SIZE) return { approved, leftAfter: undefined }
    if (next === undefined) continue
    // If it still waits, or was not decided, it is read again like any other and may hold up
    // others.
    anew.delete(next.orderId)
    yield next.orderId
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
    current = await saveAccount(trx, { account: current, ...moment }, CLOCK, over.map(lapseEntry), {
      changes: { blockedOrders: current.blockedOrders - over.length },
      writes: [lapseBlocks(customerId, over, CLOCK)],
      keepsSituation: true
    })
  }
}

async function retryPage(
  trx: Writer,
  rules: Rules,
  locked: LockedAccount,
  waiting: readonly Row<'blockedOrders'>[]
): Promise<{ approved: number; waits: boolean }> {
  const facts = await loadLockedFacts(trx, rules, locked, waiting.map(askedOfBlock))
  const free = waiting.filter((_block, index) => facts.each[index]?.reservedBy === null)
  const { rows, waits } = retryBlocked(rules.policy, facts, free, { actor: REEVALUATION, closesAs: 'approved' })
  await writeLocked(trx, rows)
  return { approved: rows.decided.length, waits }
}
