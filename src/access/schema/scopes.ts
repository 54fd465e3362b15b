interface ScopeRow {
  /** What it allows, in words. */
  readonly allows: string
  /** The scopes that a key with this one has as well. */
  readonly includes: readonly string[]
}

const READ = ['read'] as const

/** What `write` adds up to, besides setting holds: all within the authority of the policy. */
const WRITTEN = ['documents', 'file', 'rates', 'limits', 'collateral', 'read'] as const

/** What an API key may be allowed. Every operation names the scope that it needs. */
export const SCOPES = {
  admin: {
    allows: 'everything',
    includes: ['write', ...WRITTEN, 'check', 'holds', 'release', 'approve', 'models', 'policies', 'keys', 'audit']
  },
  write: {
    allows:
      'documents, the credit file, rates, limits and collateral within the authority of the policy, setting holds',
    includes: WRITTEN
  },
  read: { allows: 'everything but API keys and what happens to the organisation', includes: [] },
  check: { allows: 'credit checks and their reservations, and read', includes: READ },
  documents: {
    allows: 'invoices, payments, credit notes, exposure items and reconciliations, and read',
    includes: READ
  },
  file: {
    allows: 'customers, statements, evidence, assessments and runs over the portfolio or over open orders, and read',
    includes: READ
  },
  rates: { allows: 'exchange rates, and read', includes: READ },
  limits: {
    allows: 'limits within the authority of the policy, and proposals of others, and read',
    includes: READ
  },
  collateral: { allows: 'securities, and read', includes: READ },
  holds: { allows: 'setting and lifting manual holds, and read', includes: READ },
  release: { allows: 'decisions about orders that are blocked, and read', includes: READ },
  approve: { allows: 'decisions about proposed limits and other change requests, and read', includes: READ },
  models: { allows: 'writing, approving and activating scoring models, and read', includes: READ },
  policies: { allows: 'policies, and read; no operation needs it yet', includes: READ },
  keys: { allows: 'API keys', includes: [] },
  audit: { allows: 'verifying the ledger, the journal of the organisation, and read', includes: READ }
} as const satisfies Record<string, ScopeRow>

type Scopes = typeof SCOPES
declare module '../../platform/http/auth.ts' {
  interface RouteScopes extends Scopes {}
}
