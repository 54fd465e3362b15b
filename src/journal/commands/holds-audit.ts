import { creditMinor, type OpenAmount, openMinor, totalOpenMinor } from '../../engine/index.ts'
import type { CheckId, CustomerId, OrderId } from '../../ids.ts'
import { idOf } from '../../platform/values/ids.ts'
import type { AuditedEntry } from '../store/audit.ts'
import type { Payload } from './audited-payload.ts'
import type { Findings } from './findings.ts'
import type { ExpectedRows, Hold } from './rows-audit.ts'

const keyOf = ({ source, itemId }: Pick<OpenAmount, 'source' | 'itemId'>) => `${source} ${itemId}`

interface Step {
  readonly entry: AuditedEntry
  readonly payload: Payload
  readonly where: () => string
}

/**
 * Follows the reservations of one customer along its chain. Only those that are open are kept: one
 * that has ended is compared with its row and forgotten, so that a long history takes no room.
 */
export class HoldsAudit {
  /** How many reservations the chain opened, and how often an invoice captured one. */
  opened = 0
  captures = 0
  readonly #customerId: CustomerId
  readonly #findings: Findings
  readonly #rows: ExpectedRows
  readonly #open = new Map<string, Hold>()
  readonly #heldBy = new Map<OrderId, CheckId>()
  /** Which reservation holds an item. */
  readonly #holderOf = new Map<string, Hold>()
  /** What other documents took over of captures, and what persons ended of them. */
  readonly #parts = new Map<string, { passedMinor: number; releasedMinor: number }>()
  #decidedAt = ''
  #decidedSeq = 0

  constructor(customerId: CustomerId, findings: Findings, rows: ExpectedRows) {
    this.#customerId = customerId
    this.#findings = findings
    this.#rows = rows
  }

  /**
   * An approval that asks for credit opens a reservation of exactly that, which is answered;
   * nothing else does.
   */
  decided(
    entry: AuditedEntry,
    { decision, facts, moves, expiresAt, held: taken = [] }: Payload & Required<Pick<Payload, 'decision' | 'facts'>>,
    where: () => string
  ): Hold | undefined {
    const { order, now } = facts
    const orderId = idOf<OrderId>(order.orderId)
    this.#decidedAt = now
    this.#decidedSeq = entry.seq
    const amountMinor = decision.outcome === 'approved' ? creditMinor(order) : 0
    this.#findings.expect('I3', (moves.reservedMinor ?? 0) === amountMinor, () => `${where()}: holds another amount`)
    const movedMinor = amountMinor === 0 ? 0 : (order.recordedMinor ?? 0)
    const moved = movedMinor >= 0 && movedMinor + (moves.ordersMinor ?? 0) === 0
    this.#findings.expect('I11', moved, () => `${where()}: what items count for the order is not moved`)
    if (amountMinor === 0) return undefined
    const { checkId } = decision
    this.#findings.expect(
      'I11',
      taken.length === 0 || totalOpenMinor(taken) === movedMinor,
      () => `${where()}: holds other items`
    )
    const held = this.#heldBy.has(orderId) || this.#open.has(checkId)
    this.#findings.expect('I9', !held, () => `${where()}: order ${orderId} already held a reservation`)
    this.opened += 1
    this.#heldBy.set(orderId, checkId)
    const amounts = { amountMinor, capturedMinor: 0, releasedMinor: 0, expiredMinor: 0 }
    const items = new Map(taken.map((item) => [keyOf(item), item]))
    const { prepaidMinor } = order
    const hold: Hold = { checkId, orderId, prepaidMinor, expiresAt: expiresAt ?? '', items, ...amounts }
    this.#open.set(checkId, hold)
    for (const key of items.keys()) this.#holderOf.set(key, hold)
    return hold
  }

  /**
   * An entry about a reservation, or about an item that one may hold; of any other nothing is known
   * here.
   */
  step(entry: AuditedEntry, payload: Payload, where: () => string): void {
    if (ENDS_HOLD.has(entry.type)) this.#holdItem({ source: payload.source ?? '', itemId: entry.subject, openMinor: 0 })
    if (entry.type === 'exposure_item.converted' && payload.state === 'held')
      this.#holdItem({ source: payload.source ?? '', itemId: entry.subject, openMinor: payload.openMinor ?? 0 })
    this.#captureStep(entry, payload, where)
    if (entry.type === 'reconciliation.applied') for (const item of payload.held ?? []) this.#holdItem(item)
    const take = STEPS[entry.type]
    if (take === undefined) return
    const hold = this.#open.get(entry.subject)
    this.#findings.expect('I4', hold !== undefined, () => `${where()}: the reservation of ${entry.subject} is not open`)
    if (hold === undefined) return
    const before = openMinor(hold)
    take(this.#findings, hold, { entry, payload, where })
    const after = openMinor(hold)
    const moved = payload.moves.reservedMinor ?? 0
    this.#findings.expect('I3', moved === after - before && after >= 0, where)
    if (entry.type === 'reservation.expired') this.#wasSwept(hold)
    if (entry.type === 'reservation.captured') this.#capture(hold.checkId, payload.amountMinor ?? 0, payload, where)
    const open = entry.type === 'reservation.adjusted' ? after > 0 : payload.state === 'active'
    if (!open) this.#end(hold)
  }

  /**
   * A capture has its row: of an invoice that captured a reservation twice the second one has not.
   * It holds what was taken of the reservation, and of what earlier captures had beyond their
   * documents.
   */
  #capture(
    checkId: CheckId,
    takenMinor: number,
    { captureId, invoiceId, passed = [] }: Payload,
    where: () => string
  ): void {
    // A reservation that became an item had no row at first.
    if (captureId === undefined) return
    this.captures += 1
    for (const part of passed) this.#partsOf(part.captureId).passedMinor += part.amountMinor
    const amountMinor = passed.reduce((sum, each) => sum + each.amountMinor, takenMinor)
    const key = { customerId: this.#customerId, id: captureId }
    this.#rows.capture({ ...key, invoiceId: invoiceId ?? null, checkId, amountMinor, where: where() })
  }

  /** An entry about a capture by itself; of any other nothing is known here. */
  #captureStep({ type, subject }: AuditedEntry, payload: Payload, where: () => string): void {
    if (type === 'capture.passed_on') this.#capture(idOf<CheckId>(subject), 0, payload, where)
    if (type === 'capture.released') this.#released(payload, where)
  }

  /** A release takes what it says off what counts as captured, and moves nothing else. */
  #released({ captureId, amountMinor = 0, moves }: Payload, where: () => string): void {
    const moved = Object.entries(moves).every(
      ([name, minor]) => minor === (name === 'capturedMinor' ? -amountMinor : 0)
    )
    const holds = captureId !== undefined && amountMinor > 0 && moves.capturedMinor === -amountMinor && moved
    this.#findings.expect('I21', holds, () => `${where()}: releases otherwise than it says`)
    if (captureId !== undefined) this.#partsOf(captureId).releasedMinor += amountMinor
  }

  #partsOf(captureId: string): { passedMinor: number; releasedMinor: number } {
    const known = this.#parts.get(captureId) ?? { passedMinor: 0, releasedMinor: 0 }
    this.#parts.set(captureId, known)
    return known
  }

  /** A decision sweeps what is due first: none is made between a reservation's time and its end. */
  #wasSwept({ checkId, expiresAt }: Hold): void {
    this.#findings.expect(
      'I10',
      this.#decidedAt < expiresAt,
      () =>
        `${this.#customerId} entry ${this.#decidedSeq}: decided while the reservation of ${checkId} was due since ${expiresAt}`
    )
  }

  /** What a reservation holds of an item has changed. */
  #holdItem(item: OpenAmount): void {
    this.#holderOf.get(keyOf(item))?.items.set(keyOf(item), item)
  }

  #end(hold: Hold): void {
    for (const key of hold.items.keys()) if (this.#holderOf.get(key) === hold) this.#holderOf.delete(key)
    this.#open.delete(hold.checkId)
    if (this.#heldBy.get(hold.orderId) === hold.checkId) this.#heldBy.delete(hold.orderId)
    this.#rows.reservation({ customerId: this.#customerId, id: hold.checkId, hold, active: false })
  }

  /** What is passed on and released of all captures. */
  get givenUpMinor(): number {
    return [...this.#parts.values()].reduce((sum, part) => sum + part.passedMinor + part.releasedMinor, 0)
  }

  close(): void {
    for (const [id, parts] of this.#parts) this.#rows.parts({ customerId: this.#customerId, id, ...parts })
    for (const hold of this.#open.values()) {
      this.#wasSwept(hold)
      this.#rows.reservation({ customerId: this.#customerId, id: hold.checkId, hold, active: true })
    }
  }
}

/** What each kind of entry does to a reservation. */
const STEPS: Readonly<Record<string, (findings: Findings, hold: Hold, step: Step) => void>> = {
  'reservation.captured': (findings, hold, { entry, payload: { amountMinor = 0, state, items }, where }) => {
    beforeItsTime(findings, hold, entry, where)
    findings.expect('I5', Number.isSafeInteger(amountMinor) && amountMinor > 0, where)
    hold.capturedMinor += amountMinor
    if (state !== 'active') hold.releasedMinor += openMinor(hold)
    if (items !== undefined) holdsLess(findings, hold, items, where)
  },
  'reservation.released': (findings, hold, { entry, payload, where }) => {
    beforeItsTime(findings, hold, entry, where)
    givesBack(findings, hold, payload, where)
    hold.releasedMinor += openMinor(hold)
  },
  'reservation.expired': (findings, hold, { entry, payload, where }) => {
    findings.expect('I10', entry.at >= hold.expiresAt, () => `${where()}: expired before ${hold.expiresAt}`)
    givesBack(findings, hold, payload, where)
    hold.expiredMinor += openMinor(hold)
  },
  'reservation.adjusted': (findings, hold, { entry, payload: { moves, expiresAt }, where }) => {
    beforeItsTime(findings, hold, entry, where)
    hold.amountMinor += moves.reservedMinor ?? 0
    hold.expiresAt = expiresAt ?? hold.expiresAt
  }
}

function beforeItsTime(findings: Findings, { expiresAt }: Hold, { at }: AuditedEntry, where: () => string): void {
  findings.expect('I10', at < expiresAt, () => `${where()}: used after ${expiresAt}`)
}

/** Entries about an item after which no reservation holds it. */
const ENDS_HOLD: ReadonlySet<string> = new Set(['exposure_item.changed', 'exposure_item.closed'])

/** A capture takes from the items that its reservation holds, and adds nothing to them. */
function holdsLess(findings: Findings, hold: Hold, items: readonly OpenAmount[], where: () => string): void {
  const isLess = items.every((item) => item.openMinor <= (hold.items.get(keyOf(item))?.openMinor ?? 0))
  findings.expect('I19', isLess, () => `${where()}: items that the reservation did not hold`)
  for (const item of items) hold.items.set(keyOf(item), item)
}

/**
 * What is reserved falls by exactly what was open, and what is open of the items that were held
 * counts again: nothing else moves.
 */
function givesBack(findings: Findings, hold: Hold, { moves, items = [] }: Payload, where: () => string): void {
  const others = Object.entries(moves).filter(([name, moved]) => !GIVEN_BACK.has(name) && moved !== 0)
  const whole = (moves.reservedMinor ?? 0) === -openMinor(hold) && (moves.ordersMinor ?? 0) === totalOpenMinor(items)
  findings.expect('I19', whole && others.length === 0, where)
  const given = new Map(items.map((item) => [keyOf(item), item.openMinor]))
  const known = [...hold.items.keys(), ...given.keys()]
  const same = known.every((key) => (given.get(key) ?? 0) === (hold.items.get(key)?.openMinor ?? 0))
  findings.expect('I19', same, () => `${where()}: other items than the reservation held`)
}

const GIVEN_BACK: ReadonlySet<string> = new Set(['reservedMinor', 'ordersMinor'])
