import { ACCESS_PROBLEMS } from './access/problems.ts'
import { ACCOUNTS_PROBLEMS } from './accounts/problems.ts'
import { APPROVALS_PROBLEMS } from './approvals/problems.ts'
import { BLOCKED_ORDERS_PROBLEMS } from './blocked-orders/problems.ts'
import { CHECKS_PROBLEMS } from './checks/problems.ts'
import { CUSTOMERS_PROBLEMS } from './customers/problems.ts'
import { EVIDENCE_PROBLEMS } from './evidence/problems.ts'
import { EXPOSURE_ITEMS_PROBLEMS } from './exposure-items/problems.ts'
import { LIMITS_PROBLEMS } from './limits/problems.ts'
import { MODELS_PROBLEMS } from './models/problems.ts'
import { PLATFORM_PROBLEMS, type ProblemCatalogue, type ProblemSlug } from './platform/values/problem.ts'
import { POLICIES_PROBLEMS } from './policies/problems.ts'
import { PORTFOLIO_PROBLEMS } from './portfolio/problems.ts'
import { RATES_PROBLEMS } from './rates/problems.ts'
import { RECEIVABLES_PROBLEMS } from './receivables/problems.ts'
import { RECHECKS_PROBLEMS } from './rechecks/problems.ts'
import { RECONCILIATIONS_PROBLEMS } from './reconciliations/problems.ts'
import { RESERVATIONS_PROBLEMS } from './reservations/problems.ts'
import { SECURITIES_PROBLEMS } from './securities/problems.ts'
import { STATEMENTS_PROBLEMS } from './statements/problems.ts'

/** The platform's problems and those of each room. One that is left out does not compile. */
const ROWS: ProblemCatalogue = {
  ...PLATFORM_PROBLEMS,
  ...ACCESS_PROBLEMS,
  ...ACCOUNTS_PROBLEMS,
  ...APPROVALS_PROBLEMS,
  ...BLOCKED_ORDERS_PROBLEMS,
  ...CHECKS_PROBLEMS,
  ...CUSTOMERS_PROBLEMS,
  ...EVIDENCE_PROBLEMS,
  ...EXPOSURE_ITEMS_PROBLEMS,
  ...LIMITS_PROBLEMS,
  ...MODELS_PROBLEMS,
  ...POLICIES_PROBLEMS,
  ...PORTFOLIO_PROBLEMS,
  ...RATES_PROBLEMS,
  ...RECEIVABLES_PROBLEMS,
  ...RECHECKS_PROBLEMS,
  ...RECONCILIATIONS_PROBLEMS,
  ...RESERVATIONS_PROBLEMS,
  ...SECURITIES_PROBLEMS,
  ...STATEMENTS_PROBLEMS
}

/** Every slug as it was published: a new one goes to the end, none is renamed or taken away. */
const PUBLISHED = [
  'malformed-json',
  'malformed-request',
  'duplicate-json-key',
  'too-complex',
  'unsupported-character',
  'validation-error',
  'invalid-cursor',
  'idempotency-key-invalid',
  'unauthenticated',
  'insufficient-scope',
  'authority-exceeded',
  'four-eyes',
  'not-found',
  'customer-not-found',
  'method-not-allowed',
  'not-acceptable',
  'request-timeout',
  'api-key-in-use',
  'currency-not-supported',
  'rate-missing',
  'account-currency-fixed',
  'customer-cycle',
  'invoice-not-found',
  'allocation-exceeds-invoice',
  'allocation-exceeds-credit',
  'exposure-too-large',
  'invoice-below-settled',
  'stale-version',
  'conversion-origin-missing',
  'conversion-exceeds-open',
  'conversion-irreversible',
  'exposure-item-closed',
  'exposure-item-held',
  'exposure-item-below-converted',
  'stale-import',
  'incomplete-import',
  'adjustment-below-captured',
  'order-not-blocked',
  'recheck-run-active',
  'manual-hold-in-force',
  'already-recorded',
  'order-already-reserved',
  'order-also-held',
  'currency-mismatch',
  'capture-exceeds-reservation',
  'reservation-already-captured',
  'reservation-already-released',
  'reservation-already-expired',
  'reservation-absent',
  'invoice-already-captured',
  'model-missing',
  'policy-not-loaded',
  'model-version-missing',
  'model-published',
  'model-step-closed',
  'limit-decision-closed',
  'stale-approval',
  'evidence-already-withdrawn',
  'security-already-withdrawn',
  'rescoring-run-active',
  'rescoring-run-finished',
  'precondition-failed',
  'payload-too-large',
  'uri-too-long',
  'unsupported-media-type',
  'idempotency-key-reused',
  'unbalanced-statement',
  'pmml-unfit',
  'model-text-unfit',
  'model-form',
  'model-unfit',
  'precondition-required',
  'headers-too-large',
  'quota-exceeded',
  'internal-error',
  'temporary-reduced-capacity',
  'contention',
  'outcome-unknown',
  'storage-exhausted',
  'shutting-down',
  'recheck-run-finished',
  'model-inputs-unavailable',
  'reserved-json-key',
  'rate-unconfirmed',
  'key-unconfirmed',
  'api-key-ended',
  'change-request-closed',
  'capture-exceeds-invoice',
  'release-exceeds-capture',
  'discount-not-earned'
] as const satisfies readonly ProblemSlug[]

type Published = Pick<ProblemCatalogue, (typeof PUBLISHED)[number]>

/** Every kind of problem that the service answers, in the order of publication. */
export const PROBLEMS: ProblemCatalogue = Object.fromEntries(PUBLISHED.map((slug) => [slug, ROWS[slug]])) as Published
