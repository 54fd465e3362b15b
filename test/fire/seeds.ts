import fc from 'fast-check'
import { type Round, roundsOf, tell } from './drawn.ts'
import { play } from './simulation.ts'
import type { Fault, Stage } from './stage.ts'

/** What was played, added up. */
export interface Tally {
  seeds: number
  commands: number
  losses: number
  faults: Record<Fault['kind'], number>
}

export function newTally(): Tally {
  return { seeds: 0, commands: 0, losses: 0, faults: { sessions: 0, messages: 0, instance: 0, database: 0 } }
}

/** How long a failure is made shorter. */
const SHRINK_MS = 60_000

/**
 * Plays what a seed gives. A failure is shortened as long as it still fails, and answered in words
 * with the commands that are left.
 */
async function playSeed(
  stage: Stage,
  seed: number,
  faults: readonly Fault['kind'][],
  tally: Tally
): Promise<string | undefined> {
  let played = 0
  let shortenedUntil = Number.POSITIVE_INFINITY
  const property = fc.asyncProperty(roundsOf(faults), async (rounds) => {
    // What is slow has not failed: the time counts from the first failure on.
    fc.pre(performance.now() < shortenedUntil)
    played += 1
    if (played === 1) count(tally, rounds)
    await play(stage, `S-${seed}-${played}`, rounds).catch((error: unknown) => {
      shortenedUntil = Math.min(shortenedUntil, performance.now() + SHRINK_MS)
      throw error
    })
  })
  const details = await fc.check(property, { seed, numRuns: 1, unbiased: true })
  if (!details.failed) return undefined
  const [rounds = []] = details.counterexample ?? []
  const why = details.errorInstance instanceof Error ? details.errorInstance.message : String(details.errorInstance)
  return `seed ${seed} failed; shortened ${details.numShrinks} times, these rounds fail:\n${tell(rounds)}\n  ${why}`
}

function count(tally: Tally, rounds: readonly Round[]): void {
  tally.seeds += 1
  for (const { drawn, fault } of rounds) {
    tally.commands += drawn.length
    tally.losses += drawn.filter(({ loss }) => loss !== null).length
    if (fault !== null) tally.faults[fault.kind] += 1
  }
}

/** Asks the auditor, part by part. Answers what it found, or nothing when the ledger is sound. */
export async function audited({ ask }: Stage): Promise<string | undefined> {
  const path = '/v1/audit/self-check'
  let cursor: unknown
  do {
    const query = typeof cursor === 'string' ? `?cursor=${encodeURIComponent(cursor)}` : ''
    const { status, body } = await ask({ method: 'GET', path: path + query })
    if (status !== 200 || body.valid !== true) {
      const findings = (body.findings ?? []) as { valid: boolean }[]
      return `the auditor: ${status} ${JSON.stringify(findings.filter(({ valid }) => !valid))}`
    }
    cursor = body.nextCursor
  } while (cursor !== undefined)
  return undefined
}

/**
 * Plays seeds on several stages at once, each as long as there are seeds, and asks the auditor of
 * each stage afterwards. Answers what failed; the first failure ends it all.
 */
export async function playSeeds(
  stages: readonly Stage[],
  seeds: Iterator<number>,
  faults: readonly Fault['kind'][],
  tally: Tally
): Promise<string[]> {
  const failures: string[] = []
  const lane = async (stage: Stage) => {
    while (failures.length === 0) {
      const { value: seed, done } = seeds.next()
      if (done === true) break
      const failure = await playSeed(stage, seed, faults, tally)
      if (failure !== undefined) failures.push(failure)
    }
    const found = await audited(stage)
    if (found !== undefined) failures.push(found)
  }
  await Promise.all(stages.map(lane))
  return failures
}
