import type { ScoringModel } from '../engine/index.ts'

/** One place at which two documents of a model differ: a JSON pointer into the second. */
export interface ModelDifference {
  readonly pointer: string
  /** What stands there in each; undefined where there is nothing. */
  readonly before: unknown
  readonly after: unknown
}

/** They differ by what they are, not by what they do. */
const NAMES: readonly string[] = ['version', 'origin']

/**
 * Every place at which a document of a model differs from an earlier one, down to single values.
 * Entries of a list that have ids are compared with that of the same id; one that is left out has
 * the pointer that it had. The version and where a document came from do not count.
 */
export function modelDifferences(before: ScoringModel, after: ScoringModel): ModelDifference[] {
  const found: ModelDifference[] = []
  const without = (model: ScoringModel) =>
    Object.fromEntries(Object.entries(model).filter(([name]) => !NAMES.includes(name)))
  compare(found, '', without(before), without(after))
  return found
}

function compare(found: ModelDifference[], pointer: string, before: unknown, after: unknown): void {
  if (Object.is(before, after)) return
  if (Array.isArray(before) && Array.isArray(after)) compareLists(found, pointer, before, after)
  else if (isRecord(before) && isRecord(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)]))
      compare(found, `${pointer}/${escaped(name)}`, fieldOf(before, name), fieldOf(after, name))
  } else found.push({ pointer, before, after })
}

function compareLists(
  found: ModelDifference[],
  pointer: string,
  before: readonly unknown[],
  after: readonly unknown[]
): void {
  const ids = before.map(idOf)
  const hasIds = [...ids, ...after.map(idOf)].every((id) => id !== undefined)
  const places = after.map((each, index) => (hasIds ? ids.indexOf(idOf(each)) : index))
  for (const [index, each] of after.entries()) compare(found, `${pointer}/${index}`, before[places[index] ?? -1], each)
  for (const [index, each] of before.entries())
    if (!places.includes(index)) found.push({ pointer: `${pointer}/${index}`, before: each, after: undefined })
}

function idOf(entry: unknown): string | undefined {
  const id = isRecord(entry) ? fieldOf(entry, 'id') : undefined
  return typeof id === 'string' ? id : undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fieldOf(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
