import { setImmediate, setTimeout as sleep } from 'node:timers/promises'

/**
 * Lets requests and answers that wait have their turn: long work in the process asks for it every
 * few milliseconds.
 */
export async function yieldToEventLoop(): Promise<void> {
  await setImmediate()
}

/** How long work may hold the event loop before others have their turn, in milliseconds. */
const SLICE_MS = 5

/**
 * Cuts long work into slices: called after each of its steps, it lets others run once the steps
 * since then have taken a slice. Nobody waits for the work longer than for a slice and a step.
 */
export function slicer(): () => Promise<void> | undefined {
  let since = performance.now()
  return () => {
    if (performance.now() - since < SLICE_MS) return undefined
    return yieldToEventLoop().then(() => {
      since = performance.now()
    })
  }
}

/** Goes through steps in slices, and answers what they come to. Throws what a step throws. */
export async function inSlices<Result>(steps: Generator<unknown, Result, void>): Promise<Result> {
  const slice = slicer()
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value
    await slice()
  }
}

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
