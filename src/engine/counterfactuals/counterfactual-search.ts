import type { Changeable, Option } from './changeable-features.ts'

/** A feature with the option that is tried. */
export interface Choice {
  readonly changeable: Changeable
  readonly option: Option
}

/**
 * Whether a set of changes reaches what is wanted: by scoring with it. Null when no more scorings
 * are left.
 */
type Trial = (choices: readonly Choice[]) => boolean | null

export interface SearchTask {
  readonly changeables: readonly Changeable[]
  readonly reaches: Trial
  /** Whether so many points more could still reach it; it may say yes too often, never no. */
  readonly isPossible: (gain: number) => boolean
  readonly setsMax: number
}

interface SearchResult {
  /** From the smallest set to the largest, one for each combination of features. */
  readonly sets: readonly (readonly Choice[])[]
  /** Whether it is certain that no set is smaller and that none is left out. */
  readonly complete: boolean
}

/** Combinations of up to so many features are all looked at. */
const EXHAUSTIVE_FEATURES_MAX = 3
/** A set of more changes than this is no advice any more. */
const CHANGES_MAX = 8
/** How many ways of having everything at its best are tried. */
const WAYS_MAX = 128
/** How many combinations of options are weighed, without being scored, before a search gives up. */
const OPTIONS_WEIGHED_MAX = 200_000

/**
 * The smallest sets of changes that reach what is wanted: of fewest features; among these of fewest
 * steps, then of the smallest relative change, then of most points, then the earlier ones of the
 * model.
 *
 * Scoring never answers worse for a cell that is no worse in anything that the model looks at. So a
 * combination of features is worth a closer look only when it reaches what is wanted at its best,
 * and where even the best of everything does not, nothing does. Sets of one to three features are
 * so found without exception. Of larger ones a single set is looked for, by giving up one change
 * after the other while what is wanted is still reached.
 *
 * It pauses before each scoring, so that whoever asks may do something else in between.
 */
export function* smallestSets(task: SearchTask): Generator<void, SearchResult, void> {
  const { changeables } = task
  const search = { task, weighed: 0, cutShort: false }
  const atBest = yield* everythingAtBest(search)
  if (atBest === null) return { sets: [], complete: true }
  const largest = Math.min(EXHAUSTIVE_FEATURES_MAX, changeables.length)
  for (let size = 1; size <= largest && !search.cutShort; size += 1) {
    const sets = yield* setsOfSize(search, size)
    if (sets.length > 0) return { sets: sets.map(({ choices }) => choices), complete: !search.cutShort }
  }
  if (!search.cutShort && changeables.length <= largest) return { sets: [], complete: true }
  const large = yield* givenUp(task, atBest)
  return { sets: large === null ? [] : [large], complete: false }
}

/**
 * Everything changed to its best in the way that reaches what is wanted; null when it is certain
 * that no way does. Where no cell is best in all that the model looks at, each of the best is
 * tried, and leaving it as it is.
 */
function* everythingAtBest(search: Search): Generator<void, readonly Choice[] | null, void> {
  const { changeables, reaches } = search.task
  const first = changeables.map((changeable) => ({ changeable, option: changeable.best[0] }))
  const ways = changeables.map((changeable) => {
    const choices = changeable.best.map((option) => [{ changeable, option }])
    return changeable.isSupreme ? choices.slice(0, 1) : [...choices, []]
  })
  if (ways.reduce((count, each) => count * each.length, 1) > WAYS_MAX) return first
  for (const way of products(ways)) {
    yield
    const choices = way.flat()
    if (choices.length > 0 && reaches(choices) !== false) return choices
  }
  return null
}

interface Search {
  readonly task: SearchTask
  weighed: number
  /** Whether scorings or options ran out. */
  cutShort: boolean
}

/** A set of changes, with the figures that rank it. */
interface Weighed {
  readonly choices: readonly Choice[]
  readonly steps: number
  readonly size: number
  readonly gain: number
}

function weigh(choices: readonly Choice[]): Weighed {
  const total = (of: (option: Option) => number) => choices.reduce((sum, { option }) => sum + of(option), 0)
  return {
    choices,
    steps: total(({ steps }) => steps),
    size: total(({ size }) => size),
    gain: total(({ gain }) => gain)
  }
}

function compare(a: Weighed, b: Weighed): number {
  return a.steps - b.steps || a.size - b.size || b.gain - a.gain || comparePlaces(a.choices, b.choices)
}

function comparePlaces(a: readonly Choice[], b: readonly Choice[]): number {
  for (const [index, { changeable }] of a.entries()) {
    const difference = changeable.place - (b[index]?.changeable.place ?? changeable.place)
    if (difference !== 0) return difference
  }
  return 0
}

function* setsOfSize(search: Search, size: number): Generator<void, Weighed[], void> {
  const { changeables, setsMax } = search.task
  const found: Weighed[] = []
  for (const combination of combinations(changeables, size)) {
    if (search.cutShort) break
    if (!(yield* reachesAtBest(search, combination))) continue
    const worst = found.length < setsMax ? undefined : found.at(-1)
    const set = yield* smallestOf(search, combination, worst?.steps ?? Number.POSITIVE_INFINITY)
    if (set === null) continue
    found.push(set)
    found.sort(compare)
    found.splice(setsMax)
  }
  return found
}

function* combinations<T>(all: readonly T[], size: number, from = 0): Generator<T[]> {
  if (size === 0) yield []
  else
    for (let index = from; index <= all.length - size; index += 1)
      for (const rest of combinations(all, size - 1, index + 1)) yield [all[index] as T, ...rest]
}

/** Null when it does not, or when nothing more may be scored. */
function tried(search: Search, choices: readonly Choice[]): boolean {
  const reached = search.task.reaches(choices)
  if (reached === null) search.cutShort = true
  return reached === true
}

function isPossible(search: Search, choices: readonly Choice[]): boolean {
  search.weighed += 1
  if (search.weighed > OPTIONS_WEIGHED_MAX) search.cutShort = true
  return !search.cutShort && search.task.isPossible(weigh(choices).gain)
}

function* reachesAtBest(search: Search, combination: readonly Changeable[]): Generator<void, boolean, void> {
  for (const choices of products(
    combination.map((changeable) => changeable.best.map((option) => ({ changeable, option })))
  )) {
    yield
    if (isPossible(search, choices) && tried(search, choices)) return true
    if (search.cutShort) return false
  }
  return false
}

function* products<T>(lists: readonly (readonly T[])[]): Generator<T[]> {
  const [first, ...rest] = lists
  if (first === undefined) yield []
  else for (const choice of first) for (const others of products(rest)) yield [choice, ...others]
}

/** The smallest set of one combination of features, of at most so many steps. */
function* smallestOf(
  search: Search,
  combination: readonly Changeable[],
  stepsMax: number
): Generator<void, Weighed | null, void> {
  const most = combination.reduce((sum, { options }) => sum + Math.max(...options.map(({ steps }) => steps)), 0)
  for (let steps = 0; steps <= Math.min(most, stepsMax); steps += 1) {
    const sets = [...ofSteps(combination, steps)].filter((choices) => isPossible(search, choices)).map(weigh)
    for (const set of sets.sort(compare)) {
      yield
      if (tried(search, set.choices)) return set
    }
    if (search.cutShort) return null
  }
  return null
}

function* ofSteps(combination: readonly Changeable[], steps: number): Generator<Choice[]> {
  const [changeable, ...rest] = combination
  if (changeable === undefined) {
    if (steps === 0) yield []
    return
  }
  for (const option of changeable.options) {
    if (option.steps > steps) return
    if (rest.length === 0 && option.steps < steps) continue
    for (const others of ofSteps(rest, steps - option.steps)) yield [{ changeable, option }, ...others]
  }
}

/**
 * A set in which no change can be spared, from the best of everything; null when there is none of a
 * size that could be advised.
 */
function* givenUp({ reaches }: SearchTask, atBest: readonly Choice[]): Generator<void, readonly Choice[] | null, void> {
  if (reaches(atBest) !== true) return null
  let kept = atBest
  for (const each of atBest.toSorted((a, b) => a.option.gain - b.option.gain)) {
    yield
    const without = kept.filter((other) => other.changeable !== each.changeable)
    if (reaches(without) === true) kept = without
  }
  if (kept.length > CHANGES_MAX) return null
  for (const { changeable } of kept) {
    for (const option of changeable.options) {
      yield
      const eased = kept.map((other) => (other.changeable === changeable ? { changeable, option } : other))
      if (reaches(eased) !== true) continue
      kept = eased
      break
    }
  }
  return yield* spared(kept, reaches)
}

/**
 * The smallest part of a set that reaches as much; null when scorings run out before that is
 * certain.
 */
function* spared(set: readonly Choice[], reaches: Trial): Generator<void, readonly Choice[] | null, void> {
  for (let size = 1; size < set.length; size += 1) {
    for (const part of combinations(set, size)) {
      yield
      const reached = reaches(part)
      if (reached === null) return null
      if (reached) return part
    }
  }
  return set
}
