import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Does a piece of work that may take its time, and then rests for as long as it took: half of the
 * time belongs to those who wait for an answer. Throws what the work throws, and the signal's
 * reason when that ends the rest.
 */
export async function withDutyCycle<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  const start = performance.now()
  const result = await work()
  await sleep(performance.now() - start, undefined, { signal }).catch(() => signal.throwIfAborted())
  return result
}
