import type { CreditFile } from '../features/credit-file.ts'
import type { BusinessDate } from '../values/dates.ts'
import { isKnown } from '../values/known.ts'
import type { Segment } from './scoring-model.ts'

/**
 * The segment whose model judges a credit file as it was known on a day, out of those that have a
 * model in force. A company that has never handed in a statement goes to `thin_file`, and to
 * `company` where there is no model for that. An old or disowned statement was handed in all the
 * same. Undefined when nobody judges customers of this kind. Never throws.
 */
export function segmentOf(
  { profile, statements }: Pick<CreditFile, 'profile' | 'statements'>,
  asOf: BusinessDate,
  inForce: readonly Segment[]
): Segment | undefined {
  const filed = statements.some(({ statement, knownOn }) => isKnown(statement.periodEnd, knownOn, asOf))
  const wanted: readonly Segment[] = profile.kind === 'company' && !filed ? ['thin_file', 'company'] : [profile.kind]
  return wanted.find((segment) => inForce.includes(segment))
}

/**
 * Of the models in force, the one that decides on a file as it was known on a day; undefined where
 * none does.
 */
export function championOf<Each extends { readonly segment: Segment }>(
  active: readonly Each[],
  file: Pick<CreditFile, 'profile' | 'statements'>,
  asOf: BusinessDate
): Each | undefined {
  const segments = active.map(({ segment }) => segment)
  const wanted = segmentOf(file, asOf, segments)
  return active.find(({ segment }) => segment === wanted)
}
