import type { Reader } from '../../database.ts'
import {
  believedSettlement,
  discountLeft,
  isBelieved,
  type Settlement,
  settlementWorth,
  settlesShareMaxOf
} from '../../engine/index.ts'
import type { CustomerId } from '../../ids.ts'
import { ratesOfDay } from '../../rates/store.ts'
import { auditedSettlements, auditedTakeovers } from '../store/audit.ts'
import type { AllocationTold, Payload } from './audited-payload.ts'
import type { Findings } from './findings.ts'

/**
 * Compares what the documents of some customers took over with what they have. Those that took
 * more before there was a bound are told of.
 */
export async function auditTakeovers(
  db: Reader,
  findings: Findings,
  customerIds: readonly CustomerId[]
): Promise<void> {
  for (const { customerId, exceeded, earlier, firstEarlier } of await auditedTakeovers(db, customerIds)) {
    findings.expect('I21', exceeded === null, () => `${customerId}: ${exceeded} took over more than it has`)
    if (firstEarlier !== null) findings.remark('I21', earlier, `${customerId}: ${firstEarlier}`)
  }
}

/** Verifies that of what a caller stated no more counts than the rules let. */
export function auditAllocations(findings: Findings, payload: Payload, where: () => string): void {
  const { allocations = [], discount, share = 0 } = payload
  if (discount !== undefined) {
    const isEarned = discount.settledMinor <= discountLeft(discount, share)
    findings.expect('I22', isEarned, () => `${where()}: a discount that the money has not earned`)
  }
  for (const { amountMinor, settledMinor = amountMinor, usedMinor = amountMinor, ...told } of allocations) {
    if (told.asked === undefined) continue
    const most = countedOf(told.asked, told)
    const holds = usedMinor === most.usedMinor && settledMinor === most.settledMinor
    findings.expect('I22', holds, () => `${where()}: settles otherwise than what was stated is worth`)
  }
}

function countedOf(asked: Settlement, { worth, shareMax = 0 }: Pick<AllocationTold, 'worth' | 'shareMax'>): Settlement {
  if (worth !== undefined) return believedSettlement(asked, worth, shareMax)
  const minor = Math.min(asked.usedMinor, asked.settledMinor)
  return { usedMinor: minor, settledMinor: minor }
}

/**
 * Tells of settlements between currencies from before there was a bound whose two sides are worth
 * more or less than it lets pass, at the rates that are on file now.
 */
export async function auditEarlierSettlements(
  db: Reader,
  findings: Findings,
  customerIds: readonly CustomerId[]
): Promise<void> {
  for (const { settlement, invoice, credit, accountCurrency: to } of await auditedSettlements(db, customerIds)) {
    const rates = await ratesOfDay(db, [invoice.originalCurrency], { to, onDate: credit.datedOn })
    const worth = settlementWorth(settlement, { invoice, credit, accountCurrency: to }, rates)
    if (isBelieved(worth, settlesShareMaxOf({}))) continue
    const { customerId, invoiceId } = invoice
    findings.remark('I22', 1, `${customerId}: ${credit.kind} ${credit.creditId} of invoice ${invoiceId}`)
  }
}
