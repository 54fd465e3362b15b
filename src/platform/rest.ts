import { setTimeout as sleep } from 'node:timers/promises'

/** However long the work took, in milliseconds. */
const REST_MS_MAX = 1_000

/**
 * Does a piece of work that nobody waits for, and then rests for as long as it took, at most a second: half of the time at least belongs to
 * those who wait for an answer. Throws what the work throws, and an AbortError when the signal ends the rest.
 */
export async function unhurried<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  const start = performance.now()
  const result = await work()
  await sleep(Math.min(performance.now() - start, REST_MS_MAX), undefined, { signal })
  return result
}
