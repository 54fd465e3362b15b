import { setTimeout as sleep } from 'node:timers/promises'

interface Turns {
  /** How long everybody rests after each. */
  readonly restMs: number
  /** So many may wait. */
  readonly waitingMax: number
}

/**
 * Lets dear work in, one piece after the other and with a rest in between: what is asked for more
 * often than that waits, and leaves the time to others. Answers undefined where too much waits
 * already.
 */
export function takingTurns({
  restMs,
  waitingMax
}: Turns): <Result>(work: () => Promise<Result>) => Promise<Result> | undefined {
  let waiting = 0
  let turn: Promise<unknown> = Promise.resolve()
  return (work) => {
    if (waiting >= waitingMax) return undefined
    waiting += 1
    const result = turn.then(work).finally(() => {
      waiting -= 1
    })
    turn = result.then(
      () => sleep(restMs),
      () => undefined
    )
    return result
  }
}
