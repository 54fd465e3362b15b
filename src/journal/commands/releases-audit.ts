import { type CheckFacts, proportionOf, type ReleaseFacts } from '../../engine/index.ts'
import type { CheckId, OrderId } from '../../ids.ts'
import { sameJson } from '../../platform/values/canonical.ts'
import { idOf } from '../../platform/values/ids.ts'
import type { AuditedEntry } from '../store/audit.ts'
import type { Payload } from './audited-payload.ts'
import type { Hold } from './rows-audit.ts'

/** A release as a person gave it, with the reservations that its order got since. */
interface GivenRelease {
  readonly release: ReleaseFacts
  readonly holds: Hold[]
}

/** Follows the releases of one customer along its chain: of each order the last one counts. */
export class ReleasesAudit {
  readonly #byOrder = new Map<OrderId, GivenRelease>()

  /** An entry that gives a release or ends one; of any other nothing is known here. */
  step({ type, actor }: AuditedEntry, { orderId, release }: Payload): void {
    if (orderId === undefined) return
    if (type === 'order.rejected') this.#byOrder.delete(orderId)
    if (type === 'order.released' && release?.by === actor) this.#byOrder.set(orderId, { release, holds: [] })
  }

  /** An order got a reservation: what is captured of it uses up the release that the order has. */
  opened(hold: Hold): void {
    this.#byOrder.get(hold.orderId)?.holds.push(hold)
  }

  /**
   * Whether a decision rests on the release that its order has, for no more than is left of it.
   * More for a reservation is asked of the release less what was prepaid; its own captures are part
   * of what it asks.
   */
  isGiven({ release, order }: Pick<CheckFacts, 'release' | 'order'>, checkId: CheckId): boolean {
    const given = this.#byOrder.get(idOf<OrderId>(order.orderId))
    if (release === null || given === undefined) return false
    const { amountMaxMinor, ...terms } = release
    const { amountMaxMinor: givenMinor, ...givenTerms } = given.release
    const usedMinor = given.holds.reduce(
      (sum, hold) => sum + (hold.checkId === checkId ? hold.prepaidMinor : used(hold)),
      0
    )
    return sameJson(terms, givenTerms) && amountMaxMinor <= givenMinor - usedMinor
  }
}

/** What is captured of a reservation takes its share of what was prepaid along. */
function used({ amountMinor, capturedMinor, prepaidMinor }: Hold): number {
  return capturedMinor + proportionOf(capturedMinor, prepaidMinor, amountMinor)
}
