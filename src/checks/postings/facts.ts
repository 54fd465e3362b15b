import { type AskedSituation, situationsOf } from '../../accounts/store/situation.ts'
import { keptSituation, type LockedAccount } from '../../accounts/store.ts'
import type { AppliedRate, Reader, Row, Writer } from '../../database.ts'
import { amountIn, emptySituation, minorPerMajor, type Policy, type Situation } from '../../engine/index.ts'
import { holdItems, itemsOfOrders } from '../../exposure-items/store.ts'
import type { Clock } from '../../platform/database/clock.ts'
import { rateFor } from '../../rates/store.ts'
import { findBlocks, liveReleases, markForReevaluation } from '../store/blocks.ts'
import { readStandings, type Standing, writeDecisions } from '../store/decisions.ts'
import { findCheck } from '../store.ts'
import type { AskedCheck, Held, KnownOrder, LookedUp, WrittenTurn } from './decide.ts'

/** By which clock and which policy is decided. */
export interface Rules {
  readonly clock: Clock
  readonly policy: Policy
}

/** Checks of one customer. */
export interface OfCustomer {
  readonly customerId: string
  readonly asked: readonly AskedCheck[]
}

export interface CustomerStanding {
  readonly standing: readonly Standing[]
  readonly situation: Situation
}

/**
 * What stands for each customer's checks, all read in one moment. Under a lock that moment is the
 * one at which the lock was ours: what was due then has been swept, and nothing falls due in
 * between.
 */
export async function standingsOf(
  db: Reader,
  { clock, policy }: Rules,
  customers: readonly OfCustomer[],
  moment?: Pick<LockedAccount, 'now' | 'today'>
): Promise<CustomerStanding[]> {
  const questions = customers.flatMap(({ customerId, asked }) =>
    asked.map(({ callerId, wanted: { orderId }, keyed }) => ({
      customerId,
      orderId,
      callerId,
      key: keyed?.key ?? null
    }))
  )
  const read = await readStandings(db, clock, questions)
  const standings =
    moment === undefined ? read : read.map((each) => ({ ...each, now: moment.now, today: moment.today }))
  const situations = await currentSituations(db, policy, standings)
  let from = 0
  return customers.map(({ customerId, asked }) => {
    const standing = standings.slice(from, from + asked.length)
    from += asked.length
    return { standing, situation: situations.get(customerId) ?? emptySituation(standing[0]?.today ?? '') }
  })
}

/**
 * The situation of each customer: as it is kept beside the account, or worked out anew where that
 * is of another day or was made invalid.
 */
async function currentSituations(
  db: Reader,
  policy: Policy,
  standings: readonly Standing[]
): Promise<Map<string, Situation>> {
  const situations = new Map<string, Situation>()
  const asked: AskedSituation[] = []
  for (const { account, today } of standings) {
    if (account === undefined || situations.has(account.customerId)) continue
    const kept = keptSituation(account, today, policy)
    if (kept !== undefined) situations.set(account.customerId, kept)
    else asked.push(askedSituation(policy, account))
  }
  if (asked.length === 0) return situations
  const day = { today: standings[0]?.today ?? '', horizonDays: policy.check.horizonDays }
  return new Map([...situations, ...(await situationsOf(db, asked, day))])
}

function askedSituation({ check }: Policy, { customerId, currency }: Row<'creditAccounts'>): AskedSituation {
  return {
    customerId,
    itemMinimumMinor: amountIn(check.oldestOverdue.minimumAmount, currency),
    minorPerMajor: minorPerMajor(currency)
  }
}

/** What the standings alone do not say. */
export async function lookUp(
  trx: Writer,
  { account, today, now }: LockedAccount,
  asked: readonly AskedCheck[],
  standing: readonly Standing[]
): Promise<LookedUp> {
  const held = new Map<string, Held>()
  for (const checkId of new Set(standing.flatMap(({ heldBy }) => heldBy ?? []))) {
    const found = await findCheck(trx, account.customerId, checkId)
    if (found?.reservation === undefined) throw new Error(`the reservation of ${checkId} has no check`)
    held.set(checkId, { reservation: found.reservation, document: found.check.document })
  }
  const rates = new Map<string, AppliedRate | undefined>()
  for (const currency of new Set(asked.map(({ wanted }) => wanted.amount.currency))) {
    if (currency !== account.currency) rates.set(currency, await rateFor(trx, currency, account.currency, today))
  }
  const ordersThat = (are: (each: Standing) => boolean) =>
    asked.flatMap(({ wanted }, index) => {
      const each = standing[index]
      return each !== undefined && are(each) ? [wanted.orderId] : []
    })
  const known = await knownOrders(
    trx,
    account.customerId,
    ordersThat(({ wasBlocked }) => wasBlocked),
    now
  )
  const recorded = await recordedOrders(
    trx,
    account.customerId,
    ordersThat(({ isRecorded }) => isRecorded)
  )
  return { held, rates, known, recorded }
}

/** The items that count for some orders, by order. */
async function recordedOrders(
  trx: Writer,
  customerId: string,
  orderIds: readonly string[]
): Promise<LookedUp['recorded']> {
  if (orderIds.length === 0) return new Map()
  return Map.groupBy(await itemsOfOrders(trx, customerId, orderIds), ({ itemId }) => itemId)
}

/** Of these orders those that were blocked before, with the release that still holds for each. */
async function knownOrders(
  trx: Writer,
  customerId: string,
  orderIds: readonly string[],
  now: string
): Promise<Map<string, KnownOrder>> {
  if (orderIds.length === 0) return new Map()
  const blocks = await findBlocks(trx, customerId, orderIds)
  const releases = await liveReleases(trx, customerId, orderIds, now)
  return new Map(blocks.map((block) => [block.orderId, { block, release: releases.get(block.orderId) ?? null }]))
}

/**
 * Writes what was decided about a customer whose account is locked. The items of orders that hold
 * their amount now are held by that; since a reservation may be less than they were, and an order
 * that waits no more held up those behind it, orders that wait are to be decided again.
 */
export async function writeTurn(trx: Writer, { account, decided, blocks, takenOver }: WrittenTurn): Promise<void> {
  if (account === undefined) return
  // One that waits for a person alone holds up nobody either.
  const mayLetPass = takenOver.length > 0 || blocks.some(({ state, automatic }) => state !== 'open' || !automatic)
  if (mayLetPass && account.blockedOrders > 0) await markForReevaluation(trx, account.customerId, account.updatedAt)
  const written = await writeDecisions(trx, { accounts: [account], decided, blocks })
  if (written.size === 0) throw new Error('an account that is locked cannot have changed')
  if (takenOver.length > 0) await holdItems(trx, account.customerId, takenOver, account.updatedAt)
}
