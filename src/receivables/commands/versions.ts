import { Problem } from '../../platform/values/problem.ts'

/**
 * A document never goes back: throws `stale-version` for a version below the recorded one. Without
 * a version there is nothing to compare.
 */
export function assertNotStale(
  document: string,
  { wanted, recorded }: { readonly wanted: number | undefined; readonly recorded: number | null }
): void {
  if (wanted === undefined || recorded === null || wanted >= recorded) return
  throw new Problem('stale-version', `${document} is recorded at version ${recorded}; ${wanted} is older.`, {
    members: { sourceVersion: recorded }
  })
}
