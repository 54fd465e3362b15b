import type { Deps } from '../../src/deps.ts'
import { rescoringWork } from '../../src/portfolio/commands/rescore.ts'
import { recheckWork } from '../../src/rechecks/commands/work.ts'
import { isRunDue, workAtRuns } from '../../src/runs/commands.ts'

/** Works at the runs over all open orders, as an instance does, until none is left. */
export async function workAtRechecks(deps: Deps, scheduleHour: number | null, signal: AbortSignal): Promise<void> {
  await workAtRuns(deps, recheckWork(deps, scheduleHour), signal)
}

export async function isRecheckDue(deps: Deps, scheduleHour: number | null): Promise<boolean> {
  return isRunDue(deps, recheckWork(deps, scheduleHour))
}

/** Works at the runs over the portfolio until none is left. */
export async function workAtRescorings(deps: Deps, signal: AbortSignal): Promise<void> {
  await workAtRuns(deps, rescoringWork(deps), signal)
}
