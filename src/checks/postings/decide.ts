import { customerNotFound } from '../../accounts/store.ts'
import type { Row, Writer } from '../../database.ts'
import {
  type CheckStepCode,
  decideOrder,
  type KnownOrder,
  type OrderFacts,
  obstaclesOf,
  type Policy,
  retryInOrder,
  type WaitingOrder
} from '../../engine/index.ts'
import { holdItems } from '../../exposure-items/store.ts'
import type { CheckId, CustomerId, OrderId } from '../../ids.ts'
import { replayedAnswer, type SentAnswer } from '../../platform/http/command.ts'
import { type ActorText, systemActor } from '../../platform/values/actors.ts'
import { Problem } from '../../platform/values/problem.ts'
import type { NewCreditCheck } from '../schema.ts'
import { writeDecisions } from '../store/decisions.ts'
import { type AskedCheck, askedOfBlock, type CustomerFacts, type KnownCustomerFacts, type Queue } from './facts.ts'
import { orderOf } from './order.ts'
import { reservedAnswer } from './reserved-order.ts'
import {
  addDecision,
  addLapse,
  answerKey,
  type DecisionRows,
  type Draft,
  draftOf,
  outlookIn,
  rowsOf,
  wantsNewOutlook
} from './rows.ts'

/** The outcome of one check: its answer, or why it was refused. */
export type CheckOutcome = PromiseSettledResult<SentAnswer>

/**
 * The outcomes of the checks of one customer, in their order, and the rows to write. Checks without
 * an outcome are to be decided when the rows have been written.
 */
export interface CustomerDecisions {
  readonly customerId: CustomerId
  readonly outcomes: readonly CheckOutcome[]
  readonly rows: DecisionRows
  /** An order did not pass, but might on a later day: with an outlook its answer says when. */
  readonly wantsOutlook: boolean
  /** The last outcome may let orders pass that wait: they come before what has no outcome yet. */
  readonly letsPass: boolean
}

/**
 * Decides the checks of each customer one after another, each on the line that the last one left,
 * so that together they stay within the limit. A refused check writes nothing and changes nothing
 * for the others. Without an outlook the decisions are the same, but no answer names a later day.
 * The checks end before the first whose outlook is not known until the rows have been written,
 * which is never the first of all, unless orders that waited have passed before it; and behind one
 * that may let waiting orders pass. Throws nothing: a refusal is an outcome.
 */
export function decideCustomers(policy: Policy, customers: readonly CustomerFacts[]): CustomerDecisions[] {
  return customers.map((facts) => {
    const { customerId, account, queue } = facts
    const draft = account === null ? undefined : draftOf(policy, { ...facts, account })
    if (draft !== undefined && queue !== null) decideWaiting(draft, queue)
    const outcomes = outcomesOf(draft, facts)
    const { wantsOutlook = false, letsPass = false } = draft ?? {}
    return { customerId, outcomes, rows: rowsOf(draft), wantsOutlook, letsPass }
  })
}

function outcomesOf(draft: Draft | undefined, { customerId, asked, each }: CustomerFacts): CheckOutcome[] {
  const outcomes: CheckOutcome[] = []
  for (const [place, check] of asked.entries()) {
    const { answered, reservedBy = null } = each[place] ?? {}
    try {
      const repeated = answered && check.keyed && replayedAnswer(answered, check.keyed)
      if (repeated === undefined && draft === undefined) throw customerNotFound(customerId)
      const value = repeated ?? (draft && decideCheck(draft, check, reservedBy))
      if (value === undefined) return outcomes
      outcomes.push({ status: 'fulfilled', value })
      if (draft?.letsPass) return outcomes
    } catch (reason) {
      outcomes.push({ status: 'rejected', reason })
    }
  }
  return outcomes
}

/** The actor that approves an order when there is room after all. */
export const REEVALUATION = systemActor('reevaluation')

/** Decides all that waits before what is asked now; a manual hold stops it. */
function decideWaiting(draft: Draft, { overdue, waiting }: Queue): void {
  for (const block of overdue) addLapse(draft, block)
  if (draft.facts.account.holdReason === null)
    retryInDraft(draft, waiting, { actor: REEVALUATION, closesAs: 'approved' })
  draft.mark = { reevaluationDueAt: null, reevaluationPlace: null }
  draft.letsPass = false
}

/** Decides one check; undefined, and nothing decided, where the draft must be written first. */
function decideCheck(draft: Draft, check: AskedCheck, reservedBy: CheckId | null): SentAnswer | undefined {
  const { policy, facts } = draft
  const { keyed } = check
  const answered = keyed && draft.answered.get(answerKey(check.callerId, keyed.key))
  if (keyed !== undefined && answered !== undefined) return replayedAnswer(answered, keyed)
  const order = orderToday(facts, check.wanted)
  const reserved =
    draft.reserved.get(check.wanted.orderId) ?? (reservedBy === null ? undefined : facts.extra.reserved.get(reservedBy))
  if (reserved !== undefined && order.kind === 'order') return reservedAnswer(draft, reserved, check, order)
  const decision = decideOrder(policy, draft.line, order, knownOf(draft, check.wanted.orderId))
  if (wantsNewOutlook(draft, decision)) return undefined
  return addDecision(draft, decision, { ...check, previousCheckId: null, closesAs: 'approved' })
}

function orderToday({ account, today, extra }: KnownCustomerFacts, wanted: NewCreditCheck): OrderFacts {
  return orderOf(wanted, account.currency, extra.rates, today)
}

/** What is known of an order, including the decisions of the draft. */
function knownOf(draft: Draft, orderId: OrderId): KnownOrder {
  const { facts, blocks } = draft
  const { extra } = facts
  const before = extra.blocked.get(orderId)
  return {
    release: before?.release ?? null,
    items: extra.recorded.get(orderId) ?? [],
    isBlocked: (blocks.get(orderId) ?? before?.block)?.state === 'open',
    outlook: outlookIn(draft)
  }
}

/** Writes the decisions about a customer whose account is locked. */
export async function writeLocked(trx: Writer, { account, coveredItems, ...rows }: DecisionRows): Promise<void> {
  if (account === undefined) return
  const written = await writeDecisions(trx, { accounts: [account], ...rows })
  if (written.size === 0) throw new Error('an account that is locked cannot have changed')
  if (coveredItems.length > 0) await holdItems(trx, account.customerId, coveredItems, account.updatedAt)
}

/** The actor of a new decision of blocked orders. */
interface Retrial {
  readonly actor: ActorText
  /** The state that the block of an order takes when it passes now. */
  readonly closesAs: 'approved' | 'released'
}

/**
 * Decides blocked orders once more, in their order, and keeps the approvals: each is a new check
 * that reserves the amount. For an order that still does not pass nothing is written. `waits` says
 * whether an order that lacks only headroom holds up those behind it.
 */
export function retryBlocked(
  policy: Policy,
  facts: KnownCustomerFacts,
  blocks: readonly Row<'blockedOrders'>[],
  retrial: Retrial
): { readonly rows: DecisionRows; readonly waits: boolean } {
  const draft = draftOf(policy, facts)
  const waits = retryInDraft(draft, blocks, retrial)
  return { rows: rowsOf(draft), waits }
}

function retryInDraft(draft: Draft, blocks: readonly Row<'blockedOrders'>[], { actor, closesAs }: Retrial): boolean {
  const queue = blocks.flatMap((block) => waitingOrder(draft, block) ?? [])
  const { approved, heldUpBy } = retryInOrder(draft.policy, draft.line, queue)
  for (const { waiting, decision } of approved) {
    const { block, wanted } = waiting
    addDecision(draft, decision, {
      actor,
      callerId: actor,
      wanted,
      keyed: undefined,
      previousCheckId: block.checkId,
      closesAs
    })
  }
  return heldUpBy !== null
}

interface WaitingBlock extends WaitingOrder {
  readonly block: Row<'blockedOrders'>
  readonly wanted: NewCreditCheck
}

/**
 * A blocked order as it is asked about today; undefined when that is impossible, and the order
 * stays as it is.
 */
function waitingOrder(draft: Draft, block: Row<'blockedOrders'>): WaitingBlock | undefined {
  const { wanted } = askedOfBlock(block)
  try {
    return { block, wanted, order: orderToday(draft.facts, wanted), known: knownOf(draft, block.orderId) }
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}

/** The outcome of an order today and its obstacles, without any earlier release. */
interface Obstructed {
  /**
   * In the currency of the account. For an order in another currency it moves with the rate of the
   * day.
   */
  readonly amountMinor: number
  readonly obstacles: readonly CheckStepCode[]
}

/** The blocked order as it was asked about, decided on the account as it stands. */
export function obstructedOrder(policy: Policy, facts: KnownCustomerFacts, block: Row<'blockedOrders'>): Obstructed {
  const draft = draftOf(policy, facts)
  const order = orderToday(facts, askedOfBlock(block).wanted)
  const known = { ...knownOf(draft, block.orderId), release: null }
  const { verdict } = decideOrder(policy, draft.line, order, known)
  return { amountMinor: order.amountMinor, obstacles: obstaclesOf(verdict) }
}
