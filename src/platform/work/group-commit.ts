import { Problem } from '../values/problem.ts'

/** How requests that wait are worked at together. */
interface GroupCommit<Request extends object, Result> {
  /**
   * Requests with the same key are worked at in the order in which they came, never in two groups
   * at once.
   */
  keyOf(request: Request): string
  /**
   * Works at a group. It answers once what the group shares is done, with a promise for each
   * request, in their order: what is still to be done for one of them keeps the others waiting only
   * where they have its key. Nothing more is begun for a request that `isLate`: nobody waits for it
   * any longer than for what is under way.
   */
  work(requests: readonly Request[], isLate: (request: Request) => boolean): Promise<readonly Promise<Result>[]>
  /** Requests in one group at most. */
  sizeMax: number
  /** Groups under way at once at most. */
  concurrentGroupsMax: number
  /**
   * How many requests a further group needs beside one that is under way; 1 or more. Fewer wait for
   * its end, and go with those that come meanwhile: many small groups cost more than they save.
   */
  secondGroupMin: number
  /** How long a request waits for its group at most, in milliseconds from when it came. */
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

/** How often requests that wait are looked through for those whose time is up. */
const LOOK_MS = 250

function isLate({ until }: { readonly until: number }): boolean {
  return until <= performance.now()
}

/** What is answered to a request whose time was up before it was begun. */
export function lateProblem(): Problem {
  return new Problem('temporary-reduced-capacity', 'Too much is under way: the request was not begun in its time.')
}

/**
 * Answers a function that takes one request and works at it together with the others that wait at
 * that moment, so that what a group costs once, above all the wait for a commit, is shared. Nobody
 * waits for a group to fill: while fewer groups are under way than may be, one starts with whatever
 * is there. A group that fails as a whole fails its own requests and no others. A request that
 * still waits when its time is up is refused with `temporary-reduced-capacity`, and is never begun.
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

  // After the events of this turn, so that requests that arrive together go together.
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

  // One timer for all, and only while something waits: one for each request would cost more than
  // the looking.
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
