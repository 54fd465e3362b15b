/** How fast something ran, in calls a second. */
interface Pace {
  readonly perSecond: number
  readonly rounds: number
}

const ROUNDS = 7
const ROUND_MS = 400

/**
 * Runs contestants in turns, so that a noisy neighbour hurts all of them alike, and answers the
 * median pace of each. `run(count)` does `count` calls and answers something that depends on all of
 * them, so that nothing can be optimised away.
 */
export async function race<Name extends string>(
  contestants: Readonly<Record<Name, (count: number) => number | Promise<number>>>
): Promise<Record<Name, Pace>> {
  const names = Object.keys(contestants) as Name[]
  const paces = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  const batches = {} as Record<Name, number>
  for (const name of names) batches[name] = await batchOf(contestants[name])
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of names) {
      const start = performance.now()
      keep(await contestants[name](batches[name]))
      paces[name].push((batches[name] * 1_000) / (performance.now() - start))
    }
  }
  return Object.fromEntries(names.map((name) => [name, { perSecond: median(paces[name]), rounds: ROUNDS }])) as Record<
    Name,
    Pace
  >
}

/** Prints a figure for machines: `RATIO name value` or `METRIC name value unit`. */
export function print(kind: 'RATIO' | 'METRIC', name: string, value: number, unit = ''): void {
  console.log(`${kind} ${name} ${Number(value.toPrecision(4))}${unit === '' ? '' : ` ${unit}`}`)
}

export function perSecond(pace: Pace): string {
  return `${Math.round(pace.perSecond).toLocaleString('en')}/s`.padStart(16)
}

/** As many calls as fill one round, after as many to warm up. */
async function batchOf(run: (count: number) => number | Promise<number>): Promise<number> {
  let count = 1
  for (;;) {
    const start = performance.now()
    keep(await run(count))
    const elapsed = performance.now() - start
    if (elapsed >= ROUND_MS / 2) return Math.max(1, Math.round((count * ROUND_MS) / elapsed))
    count = Math.ceil(count * (elapsed < 1 ? 10 : Math.min(10, (ROUND_MS * 0.6) / elapsed)))
  }
}

/** The middle of them; of two middles the larger. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

let sink = 0
function keep(value: number): void {
  sink += value
  if (sink === Number.POSITIVE_INFINITY) console.log(sink)
}
