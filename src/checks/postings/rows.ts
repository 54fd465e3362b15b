import { CLOCK, customerChain, exposureTooLarge, situationText } from '../../accounts/store.ts'
import type { NewEntry, NewRow, Row } from '../../database.ts'
import {
  type CreditLine,
  decisionOf,
  type LineDecision,
  type Outlook,
  openAmountsOf,
  type Policy
} from '../../engine/index.ts'
import type { HeldItem } from '../../exposure-items/store.ts'
import type { CheckId, ItemId, OrderId } from '../../ids.ts'
import { type SentAnswer, type StoredAnswer, sentAnswer } from '../../platform/http/command.ts'
import type { ActorText } from '../../platform/values/actors.ts'
import { idOf, newId } from '../../platform/values/ids.ts'
import { addSeconds } from '../../platform/values/instants.ts'
import { audienceOf } from '../../wording/postings.ts'
import { lapsedBlock } from '../store/blocks.ts'
import type { Decided, DecidedAccount } from '../store/decisions.ts'
import { answeredCheck, answerOf, blockOf, reservationOf } from './answer.ts'
import { checkRow, type Decision, decisionAbout, recordOf } from './decision.ts'
import { type AskedCheck, type KnownCustomerFacts, lineOf, type ReservedOrder } from './facts.ts'

/** The rows of the decisions about one customer; without an account nothing is written. */
export interface DecisionRows {
  readonly account: DecidedAccount | undefined
  readonly decided: readonly Decided[]
  /** Entries beside those of the decisions. */
  readonly entries: readonly NewRow<'journal'>[]
  readonly blocks: readonly Row<'blockedOrders'>[]
  /** Items that a reservation covers from now on. */
  readonly coveredItems: readonly HeldItem[]
}

/** The decisions about one customer so far: the line that they leave, and their rows. */
export interface Draft {
  readonly policy: Policy
  readonly facts: KnownCustomerFacts
  line: CreditLine
  readonly chain: ReturnType<typeof customerChain>
  /** The last entry of the chain. */
  head: { readonly journalSeq: number; readonly journalHash: string }
  reservationsDueAt: string | null
  blockedOrders: number
  /** Since when, and after which order, waiting orders are to be decided again. */
  mark: Pick<Row<'creditAccounts'>, 'reevaluationDueAt' | 'reevaluationPlace'>
  /** A decision may have let an order pass that waits: what comes next is decided after it. */
  letsPass: boolean
  /** An order did not pass, but might on a later day, and no outlook is known. */
  wantsOutlook: boolean
  readonly decided: Decided[]
  readonly entries: NewRow<'journal'>[]
  readonly coveredItems: HeldItem[]
  /** By order. */
  readonly blocks: Map<OrderId, Row<'blockedOrders'>>
  /** By order. */
  readonly reserved: Map<OrderId, ReservedOrder>
  /** By `answerKey`. */
  readonly answered: Map<string, StoredAnswer>
}

/** The draft before the first decision. */
export function draftOf(policy: Policy, facts: KnownCustomerFacts): Draft {
  const { customerId, journalSeq, journalHash, reservationsDueAt, blockedOrders } = facts.account
  const { reevaluationDueAt, reevaluationPlace } = facts.account
  return {
    policy,
    facts,
    line: lineOf(facts),
    chain: customerChain(customerId),
    head: { journalSeq, journalHash },
    reservationsDueAt,
    blockedOrders,
    mark: { reevaluationDueAt, reevaluationPlace },
    letsPass: false,
    wantsOutlook: false,
    decided: [],
    entries: [],
    coveredItems: [],
    blocks: new Map(),
    reserved: new Map(),
    answered: new Map()
  }
}

/**
 * What is expected to make room; null: it is not known, or not with what the draft has reserved,
 * which makes room when it expires.
 */
export function outlookIn({ facts, reserved }: Draft): Outlook | null {
  return reserved.size === 0 ? facts.extra.outlook : null
}

/** Whether an outlook is wanted that can be read only when the draft has been written. */
export function wantsNewOutlook({ reserved }: Draft, { wantsOutlook }: LineDecision): boolean {
  return wantsOutlook && reserved.size > 0
}

/** The name under which a draft finds the answer of a key. */
export function answerKey(callerId: string, key: string): string {
  return `${callerId} ${key}`
}

/** Who asked, and what had become of the order before. */
interface Asked extends AskedCheck {
  /** The check whose block is decided again; null when a caller asked about the order. */
  readonly previousCheckId: CheckId | null
  /** The state that the block of an order takes when the order passes. */
  readonly closesAs: 'approved' | 'released'
}

/**
 * Adds a decision to the draft: its effects as rows, its entry, and the answer. Throws
 * `exposure-too-large` for an impossible total, and then leaves the draft as it was.
 */
export function addDecision(draft: Draft, made: LineDecision, asked: Asked): SentAnswer {
  const { facts, effects } = made
  if (effects === null) throw exposureTooLarge()
  const { now, order } = facts
  const ids = { checkId: newId('chk'), previousCheckId: asked.previousCheckId }
  const decision = decisionAbout(asked.wanted, ids, decisionOf(ids, draft.policy, facts, made.verdict))
  const check = checkRow(decision, order.amountMinor)
  const reservation = addReservation(draft, check, made, asked)
  const block = setBlock(draft, check, made, asked)
  const expiresAt = reservation?.expiresAt ?? null
  const entry = joinEntry(draft, entryOf(decision, check.document, made, expiresAt), { at: now, actor: asked.actor })
  const shown = {
    reservation: reservation === undefined ? null : reservationOf(reservation, facts.account.currency, now),
    block: block?.state === 'open' ? blockOf(block, now) : null
  }
  const { reader } = asked
  const value = answeredCheck(decision, shown, audienceOf(reader, draft.facts.kind))
  // Where nothing is to be said the stored document is the beginning of the answer, and kept once.
  const tail =
    reader === undefined && saysNothing(decision)
      ? `,${JSON.stringify({ textsVersion: value.textsVersion, ...shown }).slice(1)}`
      : null
  const text = tail === null ? JSON.stringify(value) : check.document.slice(0, -1) + tail
  const answer = sentAnswer(answerOf(201, value, reader), text)
  const stored = keepAnswer(draft, asked, answer)
  draft.decided.push({
    check,
    reason: made.verdict.reasons[0] ?? null,
    currency: facts.account.currency,
    reservedMinor: effects.reservedMinor,
    shipOn: order.shipOn,
    expiresAt,
    entry,
    answer: stored && { ...stored, body: tail ?? text }
  })
  draft.line = made.after
  draft.wantsOutlook ||= made.wantsOutlook
  return answer
}

/** Whether a decision has no sentences, as most approvals have none. */
function saysNothing({ reasons, alternatives, unblockedBy }: Decision): boolean {
  return reasons.length + alternatives.length + unblockedBy.length === 0
}

/** Ends the wait of an order whose time is up. */
export function addLapse(draft: Draft, block: Row<'blockedOrders'>): void {
  const { type, subject, payload } = lapseEntry(block)
  const entry = { type, subject, payload: { ...payload, moves: {} } }
  draft.entries.push(joinEntry(draft, entry, { at: draft.facts.now, actor: CLOCK }))
  draft.blocks.set(block.orderId, lapsedBlock(block, CLOCK))
  draft.blockedOrders -= 1
}

/** What the journal says of an order whose time is up. */
export function lapseEntry({ checkId, orderId, validUntil }: Row<'blockedOrders'>): NewEntry {
  return { type: 'order.lapsed', subject: checkId, payload: { orderId, validUntil } }
}

/** Reserves what the decision takes; undefined when that is nothing. */
function addReservation(
  draft: Draft,
  { customerId, checkId, orderId, decidedAt, document }: Row<'creditChecks'>,
  { facts: { order }, effects }: LineDecision,
  { wanted }: Asked
): Row<'reservations'> | undefined {
  if (effects === null || effects.reservedMinor === 0) return undefined
  const expiresAt = addSeconds(decidedAt, wanted.reserveSeconds ?? draft.policy.check.reservationTtlHours * 3_600)
  const reservation: Row<'reservations'> = {
    customerId,
    checkId,
    orderId,
    state: 'active',
    amountMinor: effects.reservedMinor,
    capturedMinor: 0,
    releasedMinor: 0,
    expiredMinor: 0,
    expiresAt,
    createdAt: decidedAt,
    resolvedAt: null,
    version: 1,
    shipOn: order.shipOn,
    atRiskSince: null
  }
  draft.reserved.set(orderId, { reservation, document })
  draft.reservationsDueAt = earlier(draft.reservationsDueAt, expiresAt)
  for (const { source, itemId } of effects.coveredItems)
    draft.coveredItems.push({ source, itemId: idOf<ItemId>(itemId), heldBy: checkId, heldUntil: expiresAt })
  // A reservation may be less than the items that it covers.
  if (effects.coveredItems.length > 0) markWaiting(draft)
  return reservation
}

/** Waiting orders are to be decided again. */
function markWaiting(draft: Draft): void {
  if (draft.blockedOrders === 0) return
  draft.mark = { ...draft.mark, reevaluationDueAt: draft.facts.now }
  draft.letsPass = true
}

/**
 * Opens, moves or ends the block of the order; undefined when it has none. An open block goes on
 * under the new check and keeps its place.
 */
function setBlock(
  draft: Draft,
  { customerId, checkId, orderId, amountMinor, decidedAt: now }: Row<'creditChecks'>,
  { effects }: LineDecision,
  { actor, wanted, closesAs }: Asked
): Row<'blockedOrders'> | undefined {
  const effect = effects?.block ?? 'none'
  if (effect === 'none') return undefined
  const before = draft.blocks.get(orderId) ?? draft.facts.extra.blocked.get(orderId)?.block
  const version = (before?.version ?? 0) + 1
  const waiting = before?.state === 'open' && before.validUntil > now ? before : undefined
  const block: Row<'blockedOrders'> =
    effect === 'ends' && before !== undefined
      ? { ...before, state: closesAs, closedAt: now, closedBy: actor, nextCheckId: checkId, version }
      : {
          customerId,
          orderId,
          checkId,
          state: 'open',
          automatic: wanted.reevaluate ?? true,
          amountMinor,
          request: JSON.stringify(wanted),
          askedBy: actor,
          openedAt: waiting?.openedAt ?? now,
          firstCheckId: waiting?.firstCheckId ?? checkId,
          validUntil: addSeconds(now, draft.policy.check.blockedOrderDays * 86_400),
          closedAt: null,
          closedBy: null,
          nextCheckId: null,
          releaseId: before?.releaseId ?? null,
          reasonCode: null,
          comment: null,
          version
        }
  draft.blocks.set(orderId, block)
  if (effect === 'opens') draft.blockedOrders += 1
  if (effect === 'ends') draft.blockedOrders -= 1
  // One that waits no more, or for a person only, holds up no other.
  if (effect === 'ends' || (before !== undefined && !block.automatic)) markWaiting(draft)
  return block
}

function entryOf(
  decision: Decision,
  document: string,
  { facts, effects }: LineDecision,
  expiresAt: string | null
): Omit<NewEntry, 'moves'> {
  const { reservedMinor = 0, coveredMinor = 0, coveredItems = [] } = effects ?? {}
  const covers = coveredItems.length > 0
  return {
    type: 'check.decided',
    subject: decision.checkId,
    payload: {
      ...recordOf(decision, document, facts),
      expiresAt,
      ...(covers ? { held: openAmountsOf(coveredItems) } : {}),
      moves: reservedMinor === 0 ? {} : { reservedMinor, ...(covers ? { ordersMinor: -coveredMinor } : {}) }
    }
  }
}

function joinEntry(
  draft: Draft,
  entry: Omit<NewEntry, 'moves'>,
  by: { readonly at: string; readonly actor: ActorText }
): NewRow<'journal'> {
  const [link] = draft.chain.join(draft.head, [entry], by)
  if (link === undefined) throw new Error('a chain takes what is joined to it')
  draft.head = { journalSeq: link.seq, journalHash: link.hash }
  return link
}

/** Stores the answer for the key of the check; undefined when it came without one. */
function keepAnswer(draft: Draft, { callerId, keyed }: Asked, { status, headers, body }: SentAnswer) {
  if (keyed === undefined) return undefined
  const { key, request } = keyed
  const stored = { callerId, key, request, status, headers: JSON.stringify(headers), body }
  draft.answered.set(answerKey(callerId, key), stored)
  return stored
}

const NO_ROWS: DecisionRows = { account: undefined, decided: [], entries: [], blocks: [], coveredItems: [] }

/** The rows of a draft; none without a decision. */
export function rowsOf(draft: Draft | undefined): DecisionRows {
  if (draft === undefined || draft.decided.length === 0) return NO_ROWS
  const { facts, line, head, reservationsDueAt, blockedOrders, mark, decided, entries, blocks, coveredItems } = draft
  const account = {
    customerId: facts.customerId,
    ...head,
    versionBefore: facts.account.version,
    reservedMinor: line.account.reservedMinor,
    ordersMinor: line.account.ordersMinor,
    reservationsDueAt,
    blockedOrders,
    ...mark,
    updatedAt: facts.now,
    situation: situationText(line.situation, draft.policy),
    situationOn: line.situation.asOf
  }
  return { account, decided, entries, blocks: [...blocks.values()], coveredItems }
}

/** The earlier of two instants in the service's own form; null means never. */
function earlier(left: string | null, right: string): string {
  return left === null || right < left ? right : left
}
