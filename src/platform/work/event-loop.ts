import { setImmediate } from 'node:timers/promises'

/**
 * Lets requests and answers that wait have their turn: long work in the process asks for it every
 * few milliseconds.
 */
export async function letOthersRun(): Promise<void> {
  await setImmediate()
}
