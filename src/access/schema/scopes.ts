interface ScopeRow {
  /** What it allows, in words. */
  readonly allows: string
  /** The scopes that a key with this one has as well. */
  readonly includes: readonly string[]
}

/** What an API key may be allowed. Every operation names the scope that it needs. */
export const SCOPES = {
  admin: { allows: 'everything', includes: ['write', 'release', 'check', 'read'] },
  write: { allows: 'the credit file, and read', includes: ['read'] },
  release: { allows: 'decisions about orders that are blocked, and read', includes: ['read'] },
  check: { allows: 'credit checks and their reservations, and read', includes: ['read'] },
  read: { allows: 'everything but API keys', includes: [] }
} as const satisfies Record<string, ScopeRow>

type Scopes = typeof SCOPES
declare module '../../platform/http/auth.ts' {
  interface RouteScopes extends Scopes {}
}
