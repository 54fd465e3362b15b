import type { Row } from '../../database.ts'
import { type CheckDecision, type CheckFacts, EDITION, type RecordedDecision } from '../../engine/index.ts'
import type { CustomerId, OrderId } from '../../ids.ts'
import { sha256 } from '../../platform/values/canonical.ts'
import type { CreditCheck } from '../schema.ts'

/**
 * What is stored of a decision: the answer without its sentences, which are made when it is read,
 * and without its reservation and block, which change later.
 */
export type Decision = RecordedDecision & Readonly<Pick<CreditCheck, 'checkId' | 'previousCheckId' | keyof AskedIds>>

interface AskedIds {
  readonly customerId: CustomerId
  readonly orderId: OrderId
}

/** The decision of the engine, which takes ids for texts, with those that it was asked about. */
export function decisionAbout(
  { customerId, orderId }: AskedIds,
  { checkId, previousCheckId }: Pick<Decision, 'checkId' | 'previousCheckId'>,
  made: CheckDecision
): Decision {
  return { ...made, customerId, orderId, checkId, previousCheckId }
}

/**
 * What the journal says of a decision: its outcome, and the digest of the stored text.
 * The rest follows from the facts beside it, by the edition that is named.
 */
export function recordOf({ checkId, outcome, reasons, policy }: Decision, document: string, facts: CheckFacts) {
  const codes = reasons.map(({ code }) => code)
  const decision = { checkId, outcome, reasons: codes, policy, documentSha256: sha256(document) }
  return { edition: EDITION, decision, facts }
}

export function checkRow(decision: Decision, amountMinor: number): Row<'creditChecks'> {
  const { customerId, checkId, orderId, outcome, decidedAt } = decision
  return { customerId, checkId, orderId, outcome, amountMinor, decidedAt, document: JSON.stringify(decision) }
}
