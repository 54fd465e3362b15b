/** An instant some seconds later, RFC 3339 in UTC. Arithmetic only: nothing here reads a clock. */
export function addSeconds(instant: string, seconds: number): string {
  return new Date(Date.parse(instant) + seconds * 1_000).toISOString()
}
