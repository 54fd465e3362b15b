import { assessedBefore } from '../../checks/postings/assess-first.ts'
import type { Deps } from '../../deps.ts'
import type { CheckId, CustomerId } from '../../ids.ts'
import { failedRow, type RunWork } from '../../runs/postings/kind.ts'
import type { RecheckRun } from '../schema.ts'
import { nextOpenCustomer } from '../store/reserved-orders.ts'
import { recheckCustomer } from './at-risk.ts'
import { RECHECK } from './recheck-runs.ts'

/** Where a run stands: behind this customer, or within its orders, behind that check. */
interface RecheckCursor {
  readonly customerId: CustomerId
  readonly checkId: CheckId | null
}

/** How often a customer is tried whose account others hold for longer than the database waits. */
const ATTEMPTS = 3

/** Rechecks open orders, customer by customer; from this hour on once a day. */
export function recheckWork(
  deps: Deps,
  scheduleHour: number | null
): RunWork<RecheckRun['counts'], object, RecheckCursor> {
  return {
    kind: RECHECK,
    scheduleHour,
    rests: true,
    find: async (_run, cursor) => {
      const afterCheckId = cursor?.checkId ?? null
      const isWithin = cursor !== null && afterCheckId !== null
      const customerId = isWithin ? cursor.customerId : await nextOpenCustomer(deps.db, cursor?.customerId ?? null)
      if (customerId === undefined) return undefined
      const customers = isWithin ? 0 : 1
      const prepared = assessedBefore(deps, customerId)
      return {
        prepared,
        attemptsMax: ATTEMPTS,
        work: async (trx) => {
          const place = { customerId, afterCheckId }
          const { orders, approved, findings, checkCursor } = await recheckCustomer(trx, deps, place, await prepared)
          return {
            counts: { customers, orders, atRisk: findings.length, approved },
            rows: findings.map((content) => ({ subject: customerId, failed: false, content })),
            cursor: { customerId, checkId: checkCursor }
          }
        },
        recordFailure: (reason) => ({
          counts: { customers },
          rows: [failedRow({ subject: customerId, reason })],
          cursor: { customerId, checkId: null }
        })
      }
    }
  }
}
