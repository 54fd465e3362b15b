import { countable, customerNotFound, situationText } from '../../accounts/store.ts'
import type { AppliedRate, NewEntry, Row } from '../../database.ts'
import {
  type CheckFacts,
  type CheckStepCode,
  checkOrder,
  creditMinor,
  creditWithinHorizonMinor,
  formatAmount,
  isHealedByTime,
  isObstacle,
  minorOf,
  type OrderFacts,
  type Outlook,
  openMinor,
  openParts,
  type Policy,
  type ReleaseFacts,
  rateOf,
  type Situation,
  shipsBeyondHorizon,
  sumOpen
} from '../../engine/index.ts'
import type { HeldItem } from '../../exposure-items/store.ts'
import {
  type KeyedRequest,
  replayedAnswer,
  type SentAnswer,
  type StoredAnswer,
  sentAnswer
} from '../../platform/http/deciding.ts'
import { joinLinks } from '../../platform/values/hash-chain.ts'
import { newId } from '../../platform/values/ids.ts'
import { addSeconds } from '../../platform/values/instants.ts'
import { Problem } from '../../platform/values/problem.ts'
import type { NewCreditCheck } from '../schema.ts'
import type { Decided, DecidedAccount, Standing, StandingAccount } from '../store/decisions.ts'
import { answerOf, blockOf, checkOf, reservationOf } from './answer.ts'
import { accountFacts, checkRow, type Decision, decisionOf, digestOf } from './decision.ts'
import { orderOf } from './order.ts'

/** The active reservation of an order with the decision that made it. */
export interface Held {
  readonly reservation: Row<'reservations'>
  readonly document: string
}

/** An order that was blocked before. */
export interface KnownOrder {
  readonly block: Row<'blockedOrders'>
  /** The release that a person gave it and that is not over yet, less what was captured on it. */
  readonly release: ReleaseFacts | null
}

/** What has to be looked up for some checks only. */
export interface LookedUp {
  /** What orders hold already, by check. */
  readonly held: ReadonlyMap<string, Held>
  /** Orders that were blocked before, by their number. */
  readonly known: ReadonlyMap<string, KnownOrder>
  /** The items of the ledger that count for an order itself, by its number. */
  readonly recorded: ReadonlyMap<string, readonly Row<'exposureItems'>[]>
  /** The rates of the day, by the currency of an order; absent: there is none. */
  readonly rates: ReadonlyMap<string, AppliedRate | undefined>
  /** What is expected to make room; absent: it was not looked up. */
  readonly outlook?: Outlook | undefined
}

/** One order that is to be decided, and who asks. */
export interface AskedCheck {
  readonly callerId: string
  readonly wanted: NewCreditCheck
  /** Absent: the caller sent no Idempotency-Key. */
  readonly keyed: KeyedRequest | undefined
}

/**
 * What became of the checks of one customer, in their order, and what is to be written of them; no
 * account: nothing is.
 */
export interface Turn {
  readonly outcomes: readonly PromiseSettledResult<SentAnswer>[]
  readonly account: DecidedAccount | undefined
  readonly decided: readonly Decided[]
  /**
   * An order did not pass that might on a later day: with the outlook of the account its answer
   * says when.
   */
  readonly wantsOutlook: boolean
  readonly blocks: readonly Row<'blockedOrders'>[]
  /** Items whose place a reservation takes now. */
  readonly takenOver: readonly HeldItem[]
}

/**
 * Decides the checks of one customer one after the other, each on what those before it left, so
 * that together they take no more than the limit. A check that is refused writes nothing and
 * changes nothing for the others. The standings are of one moment; `situation` is that of the
 * account on its day. Without an outlook the same is decided, and no answer tells of a later day.
 * Throws nothing: what is refused is an outcome.
 */
export function decideInTurn(
  policy: Policy,
  asked: readonly AskedCheck[],
  standings: readonly Standing[],
  situation: Situation,
  lookedUp: LookedUp
): Turn {
  const [first] = standings
  const turn =
    first?.account === undefined
      ? undefined
      : new Deciding(policy, { ...first, account: first.account }, situation, lookedUp)
  const outcomes = asked.map((each, index): PromiseSettledResult<SentAnswer> => {
    const standing = standings[index]
    try {
      if (each.keyed !== undefined && standing?.answered !== undefined)
        return { status: 'fulfilled', value: replayedAnswer(standing.answered, each.keyed) }
      if (turn === undefined) throw customerNotFound(each.wanted.customerId)
      return { status: 'fulfilled', value: turn.decide(each, lookedUp.held.get(standing?.heldBy ?? '')) }
    } catch (reason) {
      return { status: 'rejected', reason }
    }
  })
  return {
    outcomes,
    account: turn?.after(),
    decided: turn?.decided ?? [],
    blocks: turn?.blocks ?? [],
    takenOver: turn?.takenOver ?? [],
    wantsOutlook: turn?.wantsOutlook ?? false
  }
}

/** What is to be written of a turn. */
export type WrittenTurn = Pick<Turn, 'account' | 'decided' | 'blocks' | 'takenOver'>

/** How orders that are blocked are taken up again, and by whom. */
interface TakenUp {
  readonly actor: string
  /** What becomes of the block of an order that passes now. */
  readonly as: 'approved' | 'released'
}

/**
 * Decides orders that are blocked once more, in their order, and keeps what is approved: a new
 * check that holds the amount. Of an order that still does not pass nothing is written. One that
 * waits for headroom alone holds up those behind it: they do not overtake it. Answers whether one
 * did.
 */
export function takeUpInTurn(
  policy: Policy,
  blocks: readonly Row<'blockedOrders'>[],
  standing: StandingAccount,
  situation: Situation,
  lookedUp: LookedUp,
  how: TakenUp
): WrittenTurn & { readonly waits: boolean } {
  const turn = new Deciding(policy, standing, situation, lookedUp)
  const waits = blocks.some((block) => turn.takeUp(block, how) === 'waits')
  return { account: turn.after(), decided: turn.decided, blocks: turn.blocks, takenOver: turn.takenOver, waits }
}

/**
 * What an order comes to today, and the steps that stand in its way, whatever was released before.
 */
interface Obstructed {
  /**
   * In the currency of the account: of an order in another one it moves with the rate of the day.
   */
  readonly amountMinor: number
  readonly obstacles: readonly CheckStepCode[]
}

/** The order that is blocked, as it was asked about, on the account as it stands. */
export function obstructedOrder(
  policy: Policy,
  block: Row<'blockedOrders'>,
  standing: StandingAccount,
  situation: Situation,
  lookedUp: LookedUp
): Obstructed {
  return new Deciding(policy, standing, situation, lookedUp).obstructed(block)
}

/** The account as it moves from one decision to the next. */
class Deciding {
  readonly decided: Decided[] = []
  readonly takenOver: HeldItem[] = []
  wantsOutlook = false
  readonly #policy: Policy
  readonly #now: string
  readonly #today: string
  readonly #lookedUp: LookedUp
  readonly #versionBefore: number
  readonly #heldHere = new Map<string, Held>()
  readonly #answeredHere = new Map<string, StoredAnswer>()
  readonly #blocks = new Map<string, Row<'blockedOrders'>>()
  #account: Row<'creditAccounts'>
  #situation: Situation

  constructor(policy: Policy, { account, now, today }: StandingAccount, situation: Situation, lookedUp: LookedUp) {
    this.#policy = policy
    this.#account = account
    this.#versionBefore = account.version
    this.#now = now
    this.#today = today
    this.#situation = situation
    this.#lookedUp = lookedUp
  }

  get blocks(): readonly Row<'blockedOrders'>[] {
    return [...this.#blocks.values()]
  }

  decide({ callerId, wanted, keyed }: AskedCheck, heldBefore: Held | undefined): SentAnswer {
    const answered = keyed && this.#answeredHere.get(`${callerId} ${keyed.key}`)
    if (keyed !== undefined && answered !== undefined) return replayedAnswer(answered, keyed)
    const order = this.#orderOf(wanted)
    const held = this.#heldHere.get(wanted.orderId) ?? heldBefore
    if (held !== undefined && order.kind === 'order')
      return heldAnswer(held, this.#atRateOf(held, wanted) ?? order, keyed !== undefined, this.#now)
    const release = this.#lookedUp.known.get(wanted.orderId)?.release ?? null
    const { facts, decision } = this.#decision(this.#factsOf(order, release))
    return this.#record(decision, facts, { callerId, wanted, keyed }, 'approved')
  }

  /**
   * What is decided on these facts; of an order that might pass on a later day with the outlook,
   * where that was looked up.
   */
  #decision(facts: CheckFacts): { facts: CheckFacts; decision: Decision } {
    const ids = { checkId: newId('chk'), previousCheckId: null }
    const decision = decisionOf(ids, this.#policy, facts)
    if (decision.outcome === 'approved' || !isHealedByTime(decision)) return { facts, decision }
    const { outlook } = this.#lookedUp
    if (outlook === undefined) {
      this.wantsOutlook = true
      return { facts, decision }
    }
    const looking = { ...facts, outlook }
    return { facts: looking, decision: decisionOf(ids, this.#policy, looking) }
  }

  /**
   * `waits`: it lacks nothing but headroom. An order that cannot be read as it was asked about
   * stays as it is.
   */
  takeUp(block: Row<'blockedOrders'>, { actor, as }: TakenUp): 'approved' | 'blocked' | 'waits' {
    const wanted = JSON.parse(block.request) as NewCreditCheck
    try {
      const known = this.#lookedUp.known.get(block.orderId)
      const facts = this.#factsOf(this.#orderOf(wanted), known?.release ?? null)
      const { outcome, steps } = checkOrder(this.#policy, facts)
      if (outcome !== 'approved') {
        const headroomAlone = steps.filter(isObstacle).every(({ code }) => code.startsWith('headroom'))
        return headroomAlone ? 'waits' : 'blocked'
      }
      const ids = { checkId: newId('chk'), previousCheckId: block.checkId }
      this.#record(decisionOf(ids, this.#policy, facts), facts, { callerId: actor, wanted, keyed: undefined }, as)
      return 'approved'
    } catch (error) {
      if (error instanceof Problem) return 'blocked'
      throw error
    }
  }

  obstructed(block: Row<'blockedOrders'>): Obstructed {
    const facts = this.#factsOf(this.#orderOf(JSON.parse(block.request) as NewCreditCheck), null)
    const { steps } = checkOrder(this.#policy, facts)
    return { amountMinor: facts.order.amountMinor, obstacles: steps.filter(isObstacle).map(({ code }) => code) }
  }

  #orderOf(wanted: NewCreditCheck): OrderFacts {
    return orderOf(wanted, this.#account.currency, this.#lookedUp.rates, this.#today)
  }

  /**
   * The order as it came to with the rate with which it is held: a new day brings a new rate, and
   * no other order.
   */
  #atRateOf({ document }: Held, wanted: NewCreditCheck): OrderFacts | undefined {
    const { original } = JSON.parse(document) as Decision
    if (original?.currency !== wanted.amount.currency) return undefined
    return orderOf(wanted, this.#account.currency, new Map([[original.currency, rateOf(original)]]), this.#today)
  }

  /**
   * What the order is decided on: the account without what items count for this very order already.
   */
  #factsOf(order: OrderFacts, release: ReleaseFacts | null): CheckFacts {
    const [now, today] = [this.#now, this.#today]
    const items = this.#itemsOf(order)
    const common = { release, outlook: null, now, today }
    if (items.length === 0)
      return { account: accountFacts(this.#account), situation: this.#situation, order, ...common }
    const recordedMinor = sumOpen(items)
    const later = items.filter(({ shipOn }) => shipsBeyondHorizon(this.#policy.check, shipOn, today))
    const beyondHorizonMinor = this.#situation.beyondHorizonMinor - sumOpen(later)
    return {
      account: accountFacts({ ...this.#account, ordersMinor: this.#account.ordersMinor - recordedMinor }),
      situation: { ...this.#situation, beyondHorizonMinor },
      order: { ...order, recordedMinor },
      ...common
    }
  }

  /**
   * The items that the order takes over when it is approved; one that asks for no credit holds
   * nothing, and takes over nothing.
   */
  #itemsOf(order: OrderFacts): readonly Row<'exposureItems'>[] {
    return creditMinor(order) === 0 ? [] : (this.#lookedUp.recorded.get(order.orderId) ?? [])
  }

  #record(
    decision: Decision,
    facts: CheckFacts,
    { callerId, wanted, keyed }: AskedCheck,
    closesAs: 'approved' | 'released'
  ): SentAnswer {
    const now = this.#now
    const account = this.#account
    const { order } = facts
    const heldMinor = decision.outcome === 'approved' ? creditMinor(order) : 0
    const reservedMinor = countable(account.reservedMinor + heldMinor)
    const ttlSeconds = wanted.reserveSeconds ?? this.#policy.check.reservationTtlHours * 3_600
    const expiresAt = heldMinor > 0 ? addSeconds(now, ttlSeconds) : null
    const check = checkRow(decision, order.amountMinor)
    const reservation = expiresAt === null ? undefined : newReservation(check, heldMinor, order.shipOn, expiresAt)
    const block = this.#block(decision, order, { callerId, wanted }, closesAs)
    const shown = {
      reservation: reservation === undefined ? null : reservationOf(reservation, account.currency, now),
      block: block?.state === 'open' ? blockOf(block, now) : null
    }
    // What becomes of the decision comes last in the answer, so that the stored document is its
    // beginning.
    const tail = `,${JSON.stringify(shown).slice(1)}`
    const answer = sentAnswer(answerOf(201, { ...decision, ...shown }), check.document.slice(0, -1) + tail)
    const items = heldMinor > 0 ? this.#itemsOf(order) : []
    const movedMinor = sumOpen(items)
    const moves =
      heldMinor > 0 ? { reservedMinor: heldMinor, ...(items.length > 0 ? { ordersMinor: -movedMinor } : {}) } : {}
    const entry: Omit<NewEntry, 'moves'> = {
      type: 'check.decided',
      subject: decision.checkId,
      payload: {
        decision: digestOf(decision, check.document),
        facts,
        expiresAt,
        ...(items.length > 0 ? { held: openParts(items) } : {}),
        moves
      }
    }
    const [link] = joinLinks(account, [entry], now, callerId)
    if (link === undefined) throw new Error('a chain takes what is joined to it')
    this.#account = {
      ...account,
      reservedMinor,
      ordersMinor: account.ordersMinor - movedMinor,
      reservationsDueAt: earlier(account.reservationsDueAt, expiresAt),
      blockedOrders: this.#account.blockedOrders,
      journalSeq: link.seq,
      journalHash: link.hash
    }
    const laterMinor = heldMinor === 0 ? 0 : heldMinor - creditWithinHorizonMinor(this.#policy.check, facts)
    const left = heldMinor > 0 ? facts.situation : this.#situation
    this.#situation = { ...left, beyondHorizonMinor: left.beyondHorizonMinor + laterMinor }
    if (expiresAt !== null) {
      const held = { heldBy: decision.checkId, heldUntil: expiresAt }
      this.takenOver.push(...items.map(({ source, itemId }) => ({ source, itemId, ...held })))
    }
    if (reservation !== undefined) this.#heldHere.set(wanted.orderId, { reservation, document: check.document })
    const { status, body } = answer
    const stored = keyed && { request: keyed.request, status, headers: JSON.stringify(answer.headers) }
    if (stored !== undefined) this.#answeredHere.set(`${callerId} ${keyed?.key}`, { ...stored, body })
    this.decided.push({
      check,
      heldMinor,
      shipOn: order.shipOn,
      expiresAt,
      entry: link,
      answer: stored && { callerId, key: keyed?.key ?? '', ...stored, body: tail }
    })
    return answer
  }

  /**
   * Blocks an order that was not approved, or ends the block of one that was; undefined: neither. A
   * block that is open already goes on under the new check and keeps its place.
   */
  #block(
    { checkId, outcome }: Decision,
    { orderId, kind, amountMinor }: OrderFacts,
    { callerId, wanted }: Pick<AskedCheck, 'callerId' | 'wanted'>,
    closesAs: 'approved' | 'released'
  ): Row<'blockedOrders'> | undefined {
    if (kind !== 'order') return undefined
    const now = this.#now
    const before = this.#blocks.get(orderId) ?? this.#lookedUp.known.get(orderId)?.block
    const open = before?.state === 'open' ? before : undefined
    if (outcome === 'approved' && open === undefined) return undefined
    const version = (before?.version ?? 0) + 1
    const waiting = open !== undefined && open.validUntil > now ? open : undefined
    const block: Row<'blockedOrders'> =
      outcome === 'approved' && open !== undefined
        ? { ...open, state: closesAs, closedAt: now, closedBy: callerId, nextCheckId: checkId, version }
        : {
            customerId: this.#account.customerId,
            orderId,
            checkId,
            state: 'open',
            automatic: wanted.reevaluate ?? true,
            amountMinor,
            request: JSON.stringify(wanted),
            askedBy: callerId,
            openedAt: waiting?.openedAt ?? now,
            firstCheckId: waiting?.firstCheckId ?? checkId,
            validUntil: addSeconds(now, this.#policy.check.blockedOrderDays * 86_400),
            closedAt: null,
            closedBy: null,
            nextCheckId: null,
            releaseId: before?.releaseId ?? null,
            reasonCode: null,
            comment: null,
            version
          }
    const opened = Number(block.state === 'open') - Number(open !== undefined)
    this.#account = { ...this.#account, blockedOrders: this.#account.blockedOrders + opened }
    this.#blocks.set(orderId, block)
    return block
  }

  after(): DecidedAccount | undefined {
    if (this.decided.length === 0) return undefined
    const { customerId, reservedMinor, ordersMinor, reservationsDueAt, blockedOrders, journalSeq, journalHash } =
      this.#account
    return {
      customerId,
      versionBefore: this.#versionBefore,
      reservedMinor,
      ordersMinor,
      reservationsDueAt,
      blockedOrders,
      journalSeq,
      journalHash,
      updatedAt: this.#now,
      situation: situationText(this.#situation, this.#policy),
      situationOn: this.#situation.asOf
    }
  }
}

/**
 * The check that holds the order's reservation, for a caller who asks the same again: what it holds
 * now, on the same terms.
 */
function heldAnswer({ reservation, document }: Held, order: OrderFacts, hasKey: boolean, now: string): SentAnswer {
  const check = checkOf({ check: { document }, reservation }, now)
  const same =
    reservation.amountMinor === creditMinor(order) &&
    minorOf(check.prepaid) === order.prepaidMinor &&
    check.termsDays === order.termsDays &&
    check.shipOn === order.shipOn
  if (hasKey || !same) {
    const { currency } = check.amount
    const open = formatAmount(openMinor(reservation), currency)
    const detail = `Order ${reservation.orderId} holds ${open} ${currency} until ${reservation.expiresAt} by check ${reservation.checkId}.`
    throw new Problem('order-already-reserved', detail, { members: { checkId: reservation.checkId } })
  }
  return sentAnswer(answerOf(200, check))
}

function newReservation(
  { customerId, checkId, orderId, decidedAt }: Row<'creditChecks'>,
  amountMinor: number,
  shipOn: string | null,
  expiresAt: string
): Row<'reservations'> {
  return {
    customerId,
    checkId,
    orderId,
    state: 'active',
    amountMinor,
    capturedMinor: 0,
    releasedMinor: 0,
    expiredMinor: 0,
    expiresAt,
    createdAt: decidedAt,
    resolvedAt: null,
    version: 1,
    shipOn,
    atRiskSince: null
  }
}

/** The earlier of two instants in the service's own form, where null is never. */
function earlier(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return left ?? right
  return left < right ? left : right
}
