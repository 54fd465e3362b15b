import { Problem } from '../values/problem.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

/** How waiting requests are worked on together. */
interface GroupCommit<Request extends object, Result> {
  /** Requests with the same key run in the order of arrival, never in two groups at once. */
  keyOf(request: Request): string
  /**
   * Works on a group. It returns once the shared part is done, with a promise for each request in
   * their order; what is left to do for one request delays others only if they have its key. Work
   * must not start for a request that `isLate`, because its caller waits no longer.
   */
  work(requests: readonly Request[], isLate: (request: Request) => boolean): Promise<readonly Promise<Result>[]>
  /** The most requests in one group. */
  sizeMax: number
  /** The most groups that run at once. */
  concurrentGroupsMax: number
  /**
   * How many requests a second group needs while one runs; 1 or more. Fewer wait for the end of the
   * first and go with later ones: many small groups cost more than they save.
   */
  secondGroupMin: number
  /** Milliseconds after arrival within which a request must start. */
  waitMsMax: number
}

interface Waiting<Request, Result> {
  readonly request: Request
  readonly key: string
  readonly resolve: (result: Result | Promise<Result>) => void
  readonly reject: (reason: unknown) => void
  /** By performance.now(). */
  readonly until: number
}

/** How often waiting requests are checked for lateness. */
const LOOK_MS = 250

function isLate({ until }: { readonly until: number }): boolean {
  return until <= performance.now()
}

/** The answer for a request that did not start in time. */
export function lateProblem(): Problem {
  return new Problem('temporary-reduced-capacity', details.late)
}

/**
 * Returns a function that takes one request and works on it together with the others waiting at
 * that moment. They share the fixed cost of a group, above all the wait for the commit. No group
 * waits to fill: while fewer than the most are running, one starts with whatever is there. A group
 * that fails as a whole fails its own requests only. A request that waits too long is refused with
 * `temporary-reduced-capacity` and never starts.
 */
export function groupCommit<Request extends object, Result>({
  keyOf,
  work,
  sizeMax,
  concurrentGroupsMax: underWayMax,
  secondGroupMin: furtherMin,
  waitMsMax
}: GroupCommit<Request, Result>): (request: Request) => Promise<Result> {
  let waiting: Waiting<Request, Result>[] = []
  const busy = new Map<string, number>()
  let underWay = 0
  let scheduled = false
  let isWatched = false

  // After the present turn of events, so that requests that arrive together go together.
  const schedule = () => {
    if (scheduled || waiting.length === 0 || underWay >= underWayMax) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      let started = true
      while (started && underWay < underWayMax) started = start()
    })
  }

  const start = (): boolean => {
    const group: Waiting<Request, Result>[] = []
    const rest: Waiting<Request, Result>[] = []
    dismissLate()
    for (const each of waiting) (group.length < sizeMax && !busy.has(each.key) ? group : rest).push(each)
    if (group.length < (underWay === 0 ? 1 : furtherMin)) return false
    waiting = rest
    for (const { key } of group) busy.set(key, (busy.get(key) ?? 0) + 1)
    underWay += 1
    void share(group)
    return true
  }

  const dismissLate = () => {
    const late = new Set(waiting.filter(isLate))
    if (late.size === 0) return
    waiting = waiting.filter((each) => !late.has(each))
    for (const { reject } of late) reject(lateProblem())
  }

  // One timer for all, and only while something waits. One for each request would cost more than
  // the checking.
  const watch = () => {
    if (isWatched || waiting.length === 0) return
    isWatched = true
    setTimeout(() => {
      isWatched = false
      dismissLate()
      watch()
    }, LOOK_MS)
  }

  const share = async (group: readonly Waiting<Request, Result>[]) => {
    try {
      const requests = group.map(({ request }) => request)
      const results = await work(requests, (request) => group.some((each) => each.request === request && isLate(each)))
      for (const [index, { resolve, reject, key }] of group.entries()) {
        const result = results[index]
        if (result === undefined) throw new Error('a group answers each of its requests')
        result.then(resolve, reject).finally(() => release(key))
      }
    } catch (reason) {
      for (const { reject, key } of group) {
        reject(reason)
        release(key)
      }
    } finally {
      underWay -= 1
      schedule()
    }
  }

  const release = (key: string) => {
    const left = (busy.get(key) ?? 0) - 1
    if (left > 0) busy.set(key, left)
    else busy.delete(key)
    schedule()
  }

  return (request) =>
    new Promise((resolve, reject) => {
      waiting.push({ request, key: keyOf(request), resolve, reject, until: performance.now() + waitMsMax })
      watch()
      schedule()
    })
}
