import { exposureTooLarge, saveAccount } from '../../accounts/store.ts'
import type { NewEntry, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import {
  type Audience,
  type CheckFacts,
  decideOrder,
  decisionOf,
  type LineDecision,
  minorOf,
  nameOfOutcome,
  type Policy,
  type Reader,
  toMoney
} from '../../engine/index.ts'
import type { CheckId } from '../../ids.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/command.ts'
import { etagOf } from '../../platform/http/etag.ts'
import { newId } from '../../platform/values/ids.ts'
import { fieldProblem, Problem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import { adjust, assertActive } from '../../reservations/postings/steps.ts'
import { sweep } from '../../reservations/postings/sweep.ts'
import { audienceOf, shownTo, toldCheck } from '../../wording/postings.ts'
import { namedReservation, reservationOf } from '../postings/answer.ts'
import { assessingFirst } from '../postings/assess-first.ts'
import { type AssessedAhead, withAssessedFile } from '../postings/changed-file.ts'
import { type Decision, decisionAbout, recordOf } from '../postings/decision.ts'
import { type LockedLine, loadLine, releaseOfReserved } from '../postings/facts.ts'
import { retryWaiting } from '../postings/queue.ts'
import type { Adjustment, NewAdjustment } from '../schema.ts'
import { liveReleases } from '../store/blocks.ts'
import texts from '../texts.json' with { type: 'json' }
import { lockReservation } from './reservation.ts'

const { details } = texts

type Adjust = (trx: Writer, caller: Caller, checkId: CheckId, wanted: NewAdjustment, reader?: Reader) => Promise<Answer>

/**
 * Does work with the function that changes a reservation. Where the file of the customer is to be
 * assessed before more is reserved, all of the work is done once more.
 */
export async function adjusting(deps: Deps, work: (adjust: Adjust) => Promise<void>): Promise<void> {
  await assessingFirst(deps, (ahead) => work((...asked) => adjustReservation(deps, ahead, ...asked)))
}

/**
 * Changes the amount of a reservation. Only the difference is decided, so nothing is given up in
 * between. A decrease is never refused, down to what is captured. An increase is decided like an
 * order of the difference, with all steps; when that is not approved the reservation stays as it
 * was, and the answer says why.
 */
async function adjustReservation(
  deps: Deps,
  ahead: AssessedAhead,
  trx: Writer,
  caller: Caller,
  checkId: CheckId,
  wanted: NewAdjustment,
  reader?: Reader
): Promise<Answer> {
  const { locked, reservation, document, kind } = await lockReservation(deps, trx, checkId)
  const audience = audienceOf(reader, kind)
  const { account, now } = locked
  assertActive(reservation, now)
  const amountMinor = wantedMinor(wanted, reservation, account.currency)
  const changeMinor = amountMinor - reservation.amountMinor
  const made = {
    adjustmentId: newId('adj'),
    checkId,
    outcome: 'approved',
    change: toMoney(changeMinor, account.currency),
    reason: wanted.reason ?? null,
    decision: null,
    adjustedAt: now
  } as const
  if (changeMinor === 0) return answerOf(200, made, reservation, { currency: account.currency, now, audience })
  if (changeMinor < 0)
    return record(trx, caller, { account, now }, { made, reservation, amountMinor, changeMinor, facts: null, audience })
  const swept = await sweep(trx, await withAssessedFile(trx, deps, locked, ahead))
  if (swept.account.reevaluationDueAt !== null) await retryWaiting(trx, deps, swept)
  const original = JSON.parse(document) as Decision
  const current = await loadLine(trx, deps, locked)
  const { facts, verdict, effects } = await decideIncrease(trx, deps.policy, current, reservation, {
    original,
    changeMinor
  })
  if (effects === null) throw exposureTooLarge()
  const ids = { checkId, previousCheckId: null }
  const decision = decisionAbout(reservation, ids, decisionOf(ids, deps.policy, facts, verdict))
  const decided = { ...made, outcome: decision.outcome, decision, adjustedAt: now }
  const change = { made: decided, reservation, amountMinor, changeMinor, facts, audience }
  return record(trx, caller, { account: current.account, now }, change)
}

/**
 * Decides the increase like an order of that amount, on the account as it stands after the sweep.
 */
async function decideIncrease(
  trx: Writer,
  policy: Policy,
  { line }: LockedLine,
  { customerId, orderId, checkId, amountMinor: heldMinor }: Row<'reservations'>,
  { original, changeMinor }: { original: Decision; changeMinor: number }
): Promise<LineDecision> {
  const { kind, prepaid, termsDays, shipOn } = original
  const more = {
    orderId,
    kind,
    amountMinor: changeMinor,
    prepaidMinor: 0,
    heldMinor,
    termsDays,
    shipOn,
    original: null
  }
  const given = (await liveReleases(trx, customerId, [orderId], line.now, [checkId])).get(orderId)
  const known = { release: releaseOfReserved(given, prepaid), items: [], isBlocked: false, outlook: null }
  return decideOrder(policy, line, more, known)
}

/** An adjustment as it is recorded, without the sentences of its decision. */
type Made = Omit<Adjustment, 'reservation' | 'decision'> & { readonly decision: Decision | null }

interface Decided {
  readonly made: Made
  readonly reservation: Row<'reservations'>
  readonly amountMinor: number
  readonly changeMinor: number
  /** Null for a decrease, which needs no decision. */
  readonly facts: CheckFacts | null
  readonly audience: Audience | undefined
}

async function record(
  trx: Writer,
  caller: Caller,
  { account, now }: { account: Row<'creditAccounts'>; now: string },
  { made, reservation, amountMinor, changeMinor, facts, audience }: Decided
): Promise<Answer> {
  const { adjustmentId, decision, reason } = made
  const working = {
    adjustmentId,
    changeMinor,
    reason,
    ...(facts === null || decision === null ? {} : recordOf(decision, JSON.stringify(decision), facts))
  }
  const locked = { account, now, today: '' }
  if (made.outcome !== 'approved') {
    const entry: NewEntry = { type: 'adjustment.refused', subject: reservation.checkId, payload: working }
    await saveAccount(trx, locked, caller.actor, [entry], { keepsSituation: true })
    return answerOf(201, made, reservation, { currency: account.currency, now, audience })
  }
  const { entries, writes, reservation: row } = await adjust(trx, locked, reservation, amountMinor, working)
  await saveAccount(trx, locked, caller.actor, entries, { writes })
  return answerOf(201, made, row, { currency: account.currency, now, audience })
}

/** The new amount as a whole. */
function wantedMinor(
  { amount, increase, decrease }: NewAdjustment,
  { amountMinor }: Row<'reservations'>,
  currency: string
): number {
  const given = [amount, increase, decrease].filter((money) => money !== undefined)
  const [money] = given
  if (money === undefined || given.length > 1) throw fieldProblem('', 'one_of', details.oneOf)
  if (money.currency !== currency)
    throw new Problem('currency-mismatch', said(details.reservationCurrency, { currency }))
  if (amount !== undefined) return minorOf(amount)
  return increase === undefined ? amountMinor - minorOf(money) : amountMinor + minorOf(money)
}

function answerOf(
  status: 200 | 201,
  made: Made,
  row: Row<'reservations'>,
  { currency, now, audience }: { currency: string; now: string; audience: Audience | undefined }
): Answer {
  const decision = made.decision === null ? null : toldCheck(made.decision, audience)
  const names = audience === undefined ? {} : { outcomeName: nameOfOutcome(made.outcome, audience) }
  const reservation = namedReservation(reservationOf(row, currency, now), audience)
  const told: Adjustment = { ...made, ...names, decision, reservation }
  const value = shownTo(told, audience?.reader)
  return { status, value, location: `/v1/credit-checks/${made.checkId}`, etag: etagOf(row.version, audience?.reader) }
}
