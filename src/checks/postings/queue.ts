import { CLOCK, type LockedAccount, saveAccount } from '../../accounts/store.ts'
import type { NewEntry, Row, Writer } from '../../database.ts'
import {
  lapseBlocks,
  noteReevaluation,
  overdueBlocks,
  type QueuePlace,
  queuedBlocks,
  reevaluatedTo
} from '../store/blocks.ts'
import { takeUpInTurn } from './decide.ts'
import { lookUp, type Rules, standingsOf, writeTurn } from './facts.ts'

/** Who approves an order for which there is room after all. */
const REEVALUATION = 'reevaluation'

/**
 * Blocked orders that are read and decided again at a time, and those of one customer in one
 * transaction at most.
 */
const PAGE_SIZE = 50
const BLOCKS_MAX = 1_000

/**
 * Orders that are asked about anew: each is decided in its place among those that wait, as it is
 * asked about now.
 */
interface AskedAnew {
  readonly orderIds: ReadonlySet<string>
  readonly decide: (orderId: string) => Promise<void>
}

const NOTHING_ANEW: AskedAnew = { orderIds: new Set(), decide: async () => undefined }

/**
 * Decides the blocked orders of a customer again, whose account is locked and swept: first come,
 * first served, until one lacks nothing but headroom. An order that something else stops holds
 * nobody up. Each that passes now gets a new check that holds its amount; of the others nothing
 * changes. A manual hold stops all of them. Blocks whose time is up lapse. What is too much for one
 * transaction stays marked, and the next goes on there. Orders asked about anew that do not wait,
 * or whose place is not reached, are left to the caller. Answers how many of the others were
 * approved.
 */
export async function reevaluate(
  rules: Rules,
  trx: Writer,
  locked: LockedAccount,
  anew: AskedAnew = NOTHING_ANEW
): Promise<number> {
  await lapse(trx, locked)
  const { customerId, holdReason, reevaluationDueAt } = locked.account
  const { approved, leftAfter } =
    holdReason === null ? await workAtQueue(rules, trx, locked, anew) : { approved: 0, leftAfter: undefined }
  const left = leftAfter && { dueAt: reevaluationDueAt ?? locked.now, after: leftAfter }
  await noteReevaluation(trx, customerId, left)
  return approved
}

async function workAtQueue(
  rules: Rules,
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
      const taken = await takeUp(rules, trx, locked, blocks)
      approved += taken.approved
      if (taken.waits) return { approved, leftAfter: undefined }
      after = blocks.at(-1)
      looked += blocks.length
    }
    const next = page[place]
    if (next === undefined && page.length < PAGE_SIZE) return { approved, leftAfter: undefined }
    if (next === undefined) continue
    // If it still waits after that, or was not decided at all, it is read again like any other, and
    // may hold up those behind it.
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
  rules: Rules,
  trx: Writer,
  locked: LockedAccount,
  waiting: readonly Row<'blockedOrders'>[]
): Promise<{ approved: number; waits: boolean }> {
  const asked = waiting.map((block) => ({
    callerId: block.askedBy,
    wanted: JSON.parse(block.request),
    keyed: undefined
  }))
  const [stands] = await standingsOf(trx, rules, [{ customerId: locked.account.customerId, asked }], locked)
  const [standing] = stands?.standing ?? []
  if (stands === undefined || standing?.account === undefined) throw new Error('an account that is locked is there')
  const lookedUp = await lookUp(trx, locked, asked, stands.standing)
  const free = waiting.filter((_block, index) => stands.standing[index]?.heldBy === null)
  const account = { ...standing, account: standing.account }
  const how = { actor: REEVALUATION, as: 'approved' } as const
  const turn = takeUpInTurn(rules.policy, free, account, stands.situation, lookedUp, how)
  await writeTurn(trx, turn)
  return { approved: turn.decided.length, waits: turn.waits }
}
