import type { Static } from 'typebox'
import { clientId, idField } from './platform/http/schema.ts'

/**
 * Every id on one page: its type, and its shape on the wire. No two are of one kind, so that the id
 * of another thing does not compile. What the service makes has its prefix for its kind, which is
 * why `newId('chk')` gives a `CheckId`. The engine takes ids as texts and decides nothing by them.
 */

export const CustomerId = clientId<'customer'>()
export type CustomerId = Static<typeof CustomerId>

export const OrderId = clientId<'order'>()
export type OrderId = Static<typeof OrderId>

export const InvoiceId = clientId<'invoice'>()
export type InvoiceId = Static<typeof InvoiceId>

/** The number of a payment, a credit note or an adjustment. */
export const CreditId = clientId<'credit'>()
export type CreditId = Static<typeof CreditId>

/** The number of an exposure item within its system. */
export const ItemId = clientId<'item'>()
export type ItemId = Static<typeof ItemId>

export const SecurityId = clientId<'security'>()
export type SecurityId = Static<typeof SecurityId>

export const StatementId = clientId<'statement'>()
export type StatementId = Static<typeof StatementId>

export const ModelId = clientId<'model'>()
export type ModelId = Static<typeof ModelId>

export const CheckId = idField('chk')
export type CheckId = Static<typeof CheckId>

export const CaptureId = idField('cap')
export type CaptureId = Static<typeof CaptureId>

export const AdjustmentId = idField('adj')
export type AdjustmentId = Static<typeof AdjustmentId>

export const ReleaseId = idField('rel')
export type ReleaseId = Static<typeof ReleaseId>

export const AssessmentId = idField('asm')
export type AssessmentId = Static<typeof AssessmentId>

export const LimitDecisionId = idField('lim')
export type LimitDecisionId = Static<typeof LimitDecisionId>

export const EvidenceId = idField('evd')
export type EvidenceId = Static<typeof EvidenceId>

export const ReconciliationId = idField('rec')
export type ReconciliationId = Static<typeof ReconciliationId>

export const RunId = idField('run')
export type RunId = Static<typeof RunId>

export const ChangeRequestId = idField('chg')
export type ChangeRequestId = Static<typeof ChangeRequestId>

export const KeyId = idField('key')
export type KeyId = Static<typeof KeyId>

/** A person that an API key may name. */
export const PersonId = idField('per')
export type PersonId = Static<typeof PersonId>
