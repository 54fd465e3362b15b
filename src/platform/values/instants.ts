/** An instant some seconds later, RFC 3339 in UTC. Arithmetic only: nothing here reads a clock. */
export function addSeconds(instant: string, seconds: number): string {
  return new Date(Date.parse(instant) + seconds * 1_000).toISOString()
}

const INSTANT =
  /^((?:19|2[01])\d\d-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/

/**
 * RFC 3339 with an offset, on a real day from 1900 to 2199, without leap seconds: what JavaScript
 * and Postgres read alike.
 */
export function isInstant(text: string): boolean {
  const day = INSTANT.exec(text)?.[1]
  if (day === undefined) return false
  const midnight = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day)
}
