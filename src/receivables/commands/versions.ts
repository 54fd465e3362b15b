import { Problem } from '../../platform/values/problem.ts'
import { type Said, said } from '../../platform/values/said.ts'
import texts from '../texts.json' with { type: 'json' }

const { details } = texts

/**
 * A document never goes back: throws `stale-version` for a version below the recorded one. Without
 * a version there is nothing to compare.
 */
export function assertNotStale(
  document: Said,
  { wanted, recorded }: { readonly wanted: number | undefined; readonly recorded: number | null }
): void {
  if (wanted === undefined || recorded === null || wanted >= recorded) return
  throw new Problem(
    'stale-version',
    said(details.older, { document, recorded: String(recorded), wanted: String(wanted) }),
    {
      members: { sourceVersion: recorded }
    }
  )
}
