import { countable, customerChain, customerNotFound, situationText } from '../../accounts/store.ts'
import type { NewEntry, Row, Writer } from '../../database.ts'
import {
  type CheckFacts,
  type CheckStepCode,
  checkOrder,
  creditMinor,
  creditWithinHorizonMinor,
  decisionOf,
  formatAmount,
  isHealedByTime,
  isObstacle,
  minorOf,
  type OrderFacts,
  openMinor,
  openParts,
  type Policy,
  type ReleaseFacts,
  rateOf,
  type Situation,
  shipsBeyondHorizon,
  sumOpen
} from '../../engine/index.ts'
import { type HeldItem, holdItems } from '../../exposure-items/store.ts'
import { replayedAnswer, type SentAnswer, type StoredAnswer, sentAnswer } from '../../platform/http/deciding.ts'
import { newId } from '../../platform/values/ids.ts'
import { addSeconds } from '../../platform/values/instants.ts'
import { Problem } from '../../platform/values/problem.ts'
import type { NewCreditCheck } from '../schema.ts'
import { markForReevaluation } from '../store/blocks.ts'
import { type Decided, type DecidedAccount, writeDecisions } from '../store/decisions.ts'
import { answerOf, blockOf, checkOf, reservationOf } from './answer.ts'
import { accountFacts, checkRow, type Decision, recordOf } from './decision.ts'
import type { AskedCheck, CustomerFacts, ExtraFacts, KnownCustomerFacts, ReservedOrder } from './facts.ts'
import { orderOf } from './order.ts'

/** What became of one check: its answer, or why it was refused. */
export type CheckOutcome = PromiseSettledResult<SentAnswer>

/** What is to be written of the decisions about one customer; no account: nothing is. */
interface DecisionRows {
  readonly account: DecidedAccount | undefined
  readonly decided: readonly Decided[]
  readonly blocks: readonly Row<'blockedOrders'>[]
  /** Items whose place a reservation takes now. */
  readonly coveredItems: readonly HeldItem[]
}

/** What became of the checks of one customer, in their order, and what is to be written of them. */
export interface CustomerDecisions {
  readonly customerId: string
  readonly outcomes: readonly CheckOutcome[]
  readonly rows: DecisionRows
  /** An order did not pass that might on a later day: with an outlook its answer says when. */
  readonly wantsOutlook: boolean
}

/**
 * Decides the checks of each customer one after the other, each on what those before it left, so
 * that together they take no more than the limit. A check that is refused writes nothing and
 * changes nothing for the others. Without an outlook the same is decided, and no answer tells of a
 * later day. Throws nothing: what is refused is an outcome.
 */
export function decideCustomers(policy: Policy, customers: readonly CustomerFacts[]): CustomerDecisions[] {
  return customers.map((facts) => decideCustomer(policy, facts))
}

function decideCustomer(policy: Policy, facts: CustomerFacts): CustomerDecisions {
  const { customerId, account, asked, each, extra } = facts
  const deciding = account === null ? undefined : new Deciding(policy, { ...facts, account })
  const outcomes = asked.map((check, index): CheckOutcome => {
    const { answered, reservedBy } = each[index] ?? {}
    try {
      if (check.keyed !== undefined && answered !== undefined)
        return { status: 'fulfilled', value: replayedAnswer(answered, check.keyed) }
      if (deciding === undefined) throw customerNotFound(customerId)
      return { status: 'fulfilled', value: deciding.decide(check, extra.reserved.get(reservedBy ?? '')) }
    } catch (reason) {
      return { status: 'rejected', reason }
    }
  })
  return {
    customerId,
    outcomes,
    rows: deciding?.rows ?? NO_ROWS,
    wantsOutlook: deciding?.wantsOutlook ?? false
  }
}

const NO_ROWS: DecisionRows = { account: undefined, decided: [], blocks: [], coveredItems: [] }

/**
 * Writes what was decided about a customer whose account is locked. Orders that wait are to be
 * decided again where a reservation may be less than the items that it covers, and where an order
 * that held up those behind it waits no more.
 */
export async function writeLocked(
  trx: Writer,
  { account, decided, blocks, coveredItems }: DecisionRows
): Promise<void> {
  if (account === undefined) return
  // One that waits for a person alone holds up nobody either.
  const mayLetPass = coveredItems.length > 0 || blocks.some(({ state, automatic }) => state !== 'open' || !automatic)
  if (mayLetPass && account.blockedOrders > 0) await markForReevaluation(trx, account.customerId, account.updatedAt)
  const written = await writeDecisions(trx, { accounts: [account], decided, blocks })
  if (written.size === 0) throw new Error('an account that is locked cannot have changed')
  if (coveredItems.length > 0) await holdItems(trx, account.customerId, coveredItems, account.updatedAt)
}

/** Who has blocked orders decided again. */
interface Retrial {
  readonly actor: string
  /** What becomes of the block of an order that passes now. */
  readonly closesAs: 'approved' | 'released'
}

/**
 * Decides blocked orders once more, in their order, and keeps what is approved: a new check that
 * reserves the amount. Of an order that still does not pass nothing is written. One that waits for
 * headroom alone holds up those behind it: they do not overtake it. `waits` says whether one did.
 */
export function retryBlocked(
  policy: Policy,
  facts: KnownCustomerFacts,
  blocks: readonly Row<'blockedOrders'>[],
  retrial: Retrial
): { readonly rows: DecisionRows; readonly waits: boolean } {
  const deciding = new Deciding(policy, facts)
  const waits = blocks.some((block) => deciding.retry(block, retrial) === 'waits')
  return { rows: deciding.rows, waits }
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
export function obstructedOrder(policy: Policy, facts: KnownCustomerFacts, block: Row<'blockedOrders'>): Obstructed {
  return new Deciding(policy, facts).obstructed(block)
}

/** The account as it moves from one decision to the next. */
class Deciding {
  readonly decided: Decided[] = []
  readonly coveredItems: HeldItem[] = []
  wantsOutlook = false
  readonly #policy: Policy
  readonly #now: string
  readonly #today: string
  readonly #extra: ExtraFacts
  readonly #versionBefore: number
  readonly #reservedHere = new Map<string, ReservedOrder>()
  readonly #answeredHere = new Map<string, StoredAnswer>()
  readonly #blocks = new Map<string, Row<'blockedOrders'>>()
  #account: Row<'creditAccounts'>
  #situation: Situation

  constructor(policy: Policy, { account, now, today, situation, extra }: KnownCustomerFacts) {
    this.#policy = policy
    this.#account = account
    this.#versionBefore = account.version
    this.#now = now
    this.#today = today
    this.#situation = situation
    this.#extra = extra
  }

  get rows(): DecisionRows {
    const blocks = [...this.#blocks.values()]
    return { account: this.#after(), decided: this.decided, blocks, coveredItems: this.coveredItems }
  }

  decide({ callerId, wanted, keyed }: AskedCheck, reservedBefore: ReservedOrder | undefined): SentAnswer {
    const answered = keyed && this.#answeredHere.get(`${callerId} ${keyed.key}`)
    if (keyed !== undefined && answered !== undefined) return replayedAnswer(answered, keyed)
    const order = this.#orderOf(wanted)
    const reserved = this.#reservedHere.get(wanted.orderId) ?? reservedBefore
    if (reserved !== undefined && order.kind === 'order')
      return reservedAnswer(reserved, this.#atRateOf(reserved, wanted) ?? order, keyed !== undefined, this.#now)
    const release = this.#extra.blocked.get(wanted.orderId)?.release ?? null
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
    const { outlook } = this.#extra
    if (outlook === null) {
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
  retry(block: Row<'blockedOrders'>, { actor, closesAs }: Retrial): 'approved' | 'blocked' | 'waits' {
    const wanted = JSON.parse(block.request) as NewCreditCheck
    try {
      const before = this.#extra.blocked.get(block.orderId)
      const facts = this.#factsOf(this.#orderOf(wanted), before?.release ?? null)
      const { outcome, steps } = checkOrder(this.#policy, facts)
      if (outcome !== 'approved') {
        const headroomAlone = steps.filter(isObstacle).every(({ code }) => code.startsWith('headroom'))
        return headroomAlone ? 'waits' : 'blocked'
      }
      const ids = { checkId: newId('chk'), previousCheckId: block.checkId }
      this.#record(decisionOf(ids, this.#policy, facts), facts, { callerId: actor, wanted, keyed: undefined }, closesAs)
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
    return orderOf(wanted, this.#account.currency, this.#extra.rates, this.#today)
  }

  /**
   * The order as it came to with the rate with which it is held: a new day brings a new rate, and
   * no other order.
   */
  #atRateOf({ document }: ReservedOrder, wanted: NewCreditCheck): OrderFacts | undefined {
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
    return creditMinor(order) === 0 ? [] : (this.#extra.recorded.get(order.orderId) ?? [])
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
        ...recordOf(decision, check.document, facts),
        expiresAt,
        ...(items.length > 0 ? { held: openParts(items) } : {}),
        moves
      }
    }
    const [link] = customerChain(account.customerId).join(account, [entry], now, callerId)
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
      this.coveredItems.push(...items.map(({ source, itemId }) => ({ source, itemId, ...held })))
    }
    if (reservation !== undefined) this.#reservedHere.set(wanted.orderId, { reservation, document: check.document })
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
    const before = this.#blocks.get(orderId) ?? this.#extra.blocked.get(orderId)?.block
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

  #after(): DecidedAccount | undefined {
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
function reservedAnswer(
  { reservation, document }: ReservedOrder,
  order: OrderFacts,
  hasKey: boolean,
  now: string
): SentAnswer {
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
