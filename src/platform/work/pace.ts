import { setImmediate, setTimeout as sleep } from 'node:timers/promises'

/** Lets waiting requests and answers run. Long work calls it every few milliseconds. */
export async function yieldToEventLoop(): Promise<void> {
  await setImmediate()
}

/** The longest time that work may hold the event loop, in milliseconds. */
const SLICE_MS = 5

/**
 * Cuts long work into slices. Called after each step, it yields once the steps have filled a slice,
 * so others wait at most for a slice and a step.
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

/** Runs steps in slices and returns their result. Throws what a step throws. */
export async function inSlices<Result>(steps: Generator<unknown, Result, void>): Promise<Result> {
  const slice = slicer()
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value
    await slice()
  }
}

/**
 * Runs work, then rests as long as it took, so that requests get half of the time. Throws what the
 * work throws, and the reason of the signal when that ends the rest.
 */
export async function withDutyCycle<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  const start = performance.now()
  const result = await work()
  await sleep(performance.now() - start, undefined, { signal }).catch(() => signal.throwIfAborted())
  return result
}
