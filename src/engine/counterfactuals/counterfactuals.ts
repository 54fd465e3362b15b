import type { Feature, FeatureSet, FeatureValue } from '../features/feature.ts'
import type { CompiledModel } from '../scorecards/compiled-model.ts'
import type { ContributionState, ScoreResult } from '../scorecards/score-result.ts'
import { type ScoreOptions, scoreInOrder } from '../scorecards/scorecard.ts'
import { pdOfModel } from '../scorecards/scoring/pd-of-score.ts'
import type { BusinessDate } from '../values/dates.ts'
import { ADVICES, type Advice, compareGrades, GRADES, type Grade, gradeOfPd } from '../values/rating.ts'
import type { Text } from '../values/text.ts'
import type { Audience } from '../values/wording.ts'
import { type Changeable, changeableFeatures } from './changeable-features.ts'
import { type Choice, type SearchTask, smallestSets } from './counterfactual-search.ts'
import { changeText, type Target } from './counterfactual-text.ts'
import { influenceOf, isNoWorse, useOf } from './feature-cells.ts'

/**
 * `rating`: any rating at all. `advice`: that nobody need look at the case, or that it is no longer
 * declined. `grade`: a better grade.
 */
export const COUNTERFACTUAL_GOALS = ['rating', 'advice', 'grade'] as const
type CounterfactualGoal = (typeof COUNTERFACTUAL_GOALS)[number]

/** `improve`: the value has to change. `renew`: it is too old. `provide`: it is missing. */
export const CHANGE_KINDS = ['improve', 'renew', 'provide'] as const
type ChangeKind = (typeof CHANGE_KINDS)[number]

/** One change of a feature. */
interface Change {
  kind: ChangeKind
  feature: string
  /**
   * Ids of the characteristics that use the feature; empty where only conditions or requirements
   * do.
   */
  characteristics: string[]
  /** What is there now; null when it is missing. */
  from: FeatureValue | null
  asOf: BusinessDate | null
  /** The value that was tried: the nearest to the present one that is enough. */
  to: FeatureValue
  /** Every value that is enough, whatever else in its range it is. */
  target: Target
  /** Points that its characteristics then earn more. */
  points: number
  text: Text
}

/** A set of changes, and what scoring with all of them gave. */
interface Counterfactual {
  changes: Change[]
  score: number
  pd: number
  grade: Grade
  advice: Advice
  /** Points more than now. */
  points: number
  /**
   * Ids of the notches, ceilings and knock-outs that lowered the grade, or the advice, and then no
   * longer do.
   */
  clears: string[]
}

/** The smallest sets of changes that reach what is next. */
export interface Counterfactuals {
  /**
   * What the sets reach; null where there is nothing better. When there are none, what they would
   * have to reach.
   */
  goal: CounterfactualGoal | null
  /** The grade that is at least reached, for the goal `grade`. */
  grade: Grade | null
  sets: Counterfactual[]
  /**
   * Whether it is certain that no set changes fewer features and that none is left out before the
   * last one.
   */
  complete: boolean
}

interface CounterfactualOptions extends ScoreOptions {
  /** How many sets at most; 3 without it. */
  setsMax?: number
  /** How many times the customer may be scored anew; 5,000 without it. */
  rescoringsMax?: number
}

const SETS_MAX = 3
const RESCORINGS_MAX = 5_000

/**
 * The smallest sets of changes to features that the customer can influence that reach a rating,
 * where there is none; an advice without referral or decline, or failing that without a decline,
 * where there is one; otherwise, or where that cannot be reached, the next better grade. Empty at
 * the best grade. Advice and grade are never worse for it.
 *
 * Each set was scored: its score, PD and grade are what scoring gave. No part of a set reaches the
 * goal. The sets are of different features, first those of the fewest features, then of the fewest
 * attributes moved, then of the smallest relative change, then of most points. Up to three features
 * are searched without exception; a larger set is one in which nothing can be spared, and
 * `complete` is false.
 *
 * Features are changed independently of each other and take today's date. Ratios that share items,
 * such as those over total assets, in truth move together, and so do features of one statement:
 * what is asked for has to be met by a statement as a whole.
 *
 * Pure and total, and bounded in time whatever the model; the same inputs give the same sets in the
 * same order.
 */
export function counterfactuals(
  compiled: CompiledModel,
  features: FeatureSet,
  asOf: BusinessDate,
  options: CounterfactualOptions = {}
): Counterfactuals {
  const steps = counterfactualSteps(compiled, features, asOf, options)
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value
}

/**
 * The same, pausing before each scoring: for whoever must not be kept from all else for as long as
 * the search takes.
 */
export function* counterfactualSteps(
  compiled: CompiledModel,
  features: FeatureSet,
  asOf: BusinessDate,
  { setsMax = SETS_MAX, rescoringsMax = RESCORINGS_MAX, previousGrade = null }: CounterfactualOptions = {}
): Generator<void, Counterfactuals, void> {
  const given = compiled.features.map(({ id }) => (Object.hasOwn(features, id) ? features[id] : undefined))
  const rescore = (choices: readonly Choice[]): ScoreResult =>
    scoreInOrder(compiled, changed(given, choices, asOf), asOf, { previousGrade })
  const base = rescore([])
  const goals = goalsOf(base)
  const changeables = changeableFeatures(compiled, given, asOf, base.contributions)
  // What could move the result of a predictive model is not searched for.
  let complete = !isMovable(compiled)
  for (const goal of goals) {
    let left = Math.floor(rescoringsMax / goals.length)
    const reaches = (choices: readonly Choice[]) => {
      left -= 1
      return left < 0 ? null : isReached(goal, base, rescore(choices))
    }
    const task: SearchTask = { changeables, reaches, isPossible: possible(compiled, base, goal), setsMax }
    const found = yield* smallestSets(task)
    complete &&= found.complete
    if (found.sets.length === 0) continue
    const sets = found.sets.map((choices) => described(compiled, base, choices, rescore(choices)))
    return { goal: goal.kind, grade: goal.grade, sets, complete }
  }
  return { goal: goals[0]?.kind ?? null, grade: goals[0]?.grade ?? null, sets: [], complete }
}

/** Whether the customer can influence what a predictive model looks at. */
function isMovable({ model, features, predictive }: CompiledModel): boolean {
  const inputs = predictive?.inputs ?? []
  return inputs.some(({ feature }) => influenceOf(model, features[feature]?.id ?? '') === 'customer')
}

function changed(
  features: readonly (Feature | undefined)[],
  choices: readonly Choice[],
  asOf: BusinessDate
): (Feature | undefined)[] {
  const all = [...features]
  for (const { changeable, option } of choices)
    all[changeable.place] = { value: option.value, asOf, source: 'counterfactual' }
  return all
}

interface Goal {
  readonly kind: CounterfactualGoal
  /** The least that reaches it. */
  readonly grade: Grade | null
  readonly advice: Advice
}

/** What to aim at, one after the other until something is reached. */
function goalsOf({ grade, advice }: ScoreResult): Goal[] {
  if (grade === null) return [{ kind: 'rating', grade: null, advice }]
  const better = GRADES[GRADES.indexOf(grade) - 1]
  const milder = ADVICES.slice(0, ADVICES.indexOf(advice))
  return [
    ...milder.map((each): Goal => ({ kind: 'advice', grade: null, advice: each })),
    ...(better === undefined ? [] : [{ kind: 'grade', grade: better, advice } as const])
  ]
}

function isReached(goal: Goal, base: ScoreResult, { grade, advice }: ScoreResult): boolean {
  if (grade === null || ADVICES.indexOf(advice) > ADVICES.indexOf(goal.advice)) return false
  const least = goal.grade ?? base.grade
  return least === null || compareGrades(grade, least) <= 0
}

/** Room for the rounding of sums in another order. */
const TOLERANCE = 1e-6

/**
 * Whether more points could lead to the grade if every notch were up, hysteresis helped and every
 * unknown input gained as well.
 */
function possible(
  { model, characteristics }: CompiledModel,
  base: ScoreResult,
  { grade }: Goal
): SearchTask['isPossible'] {
  if (grade === null) return () => true
  const points = base.contributions.reduce((total, each) => total + each.points, base.basePoints)
  const reweighted = base.contributions.filter(
    ({ state }, index) => state === 'missing' && characteristics[index]?.source.missing.rule === 'reweight'
  )
  const slack = reweighted.reduce((total, each) => total + each.pointsLost, model.hysteresis?.points ?? 0) + TOLERANCE
  const up = (model.notches ?? []).reduce((total, { grades }) => total + Math.max(grades, 0), 0)
  const wanted = GRADES.indexOf(grade) + up
  return (gain) => GRADES.indexOf(gradeOfPd(pdOfModel(model, points + slack + gain))) <= wanted
}

function described(
  compiled: CompiledModel,
  base: ScoreResult,
  choices: readonly Choice[],
  { score, pd, grade, advice, ...after }: ScoreResult
): Counterfactual {
  const total = ({ contributions }: Pick<ScoreResult, 'contributions'>) =>
    contributions.reduce((sum, each) => sum + each.points, 0)
  const lowers = new Set(loweringIds(after))
  return {
    changes: choices.map((choice) => changeOf(compiled, choice)),
    score: score ?? Number.NaN,
    pd: pd ?? 1,
    grade: grade ?? 'D',
    advice,
    points: total(after) - total(base),
    clears: loweringIds(base).filter((id) => !lowers.has(id))
  }
}

function loweringIds({ notches, ceilings, knockouts }: Pick<ScoreResult, 'notches' | 'ceilings' | 'knockouts'>) {
  const lowering = [...notches.filter(({ grades }) => grades < 0), ...ceilings, ...knockouts]
  return lowering.filter(({ applied }) => applied).map(({ id }) => id)
}

const KIND_OF: Readonly<Record<ContributionState, ChangeKind>> = {
  present: 'improve',
  stale: 'renew',
  missing: 'provide'
}

function changeOf(compiled: CompiledModel, { changeable, option }: Choice): Change {
  const { place, id, state, value, asOf } = changeable
  const target = targetOf(changeable, option.cell)
  return {
    kind: KIND_OF[state],
    feature: id,
    characteristics: useOf(compiled, place).characteristics.map(
      (index) => compiled.characteristics[index]?.source.id ?? ''
    ),
    from: value,
    asOf,
    to: option.value,
    target,
    points: option.gain,
    text: changeText(compiled, { feature: id, state, value, asOf, target, to: option.value })
  }
}

const STATE_OF: Readonly<Record<ChangeKind, ContributionState>> = {
  improve: 'present',
  renew: 'stale',
  provide: 'missing'
}

/** A change in words for one audience. */
export function wordedChange(
  compiled: CompiledModel,
  { kind, feature, from: value, asOf, target, to }: Change,
  audience: Audience
): Text {
  return changeText(compiled, { feature, state: STATE_OF[kind], value, asOf, target, to }, audience)
}

/** Every neighbouring cell that is no worse is enough as well. */
function targetOf({ cells }: Changeable, cell: Choice['option']['cell']): Target {
  if (cell.values.length > 0)
    return { values: cells.filter((each) => isNoWorse(each, cell)).flatMap(({ values }) => values) }
  let first = cells.indexOf(cell)
  let last = first
  const isEnough = (place: number) => {
    const each = cells[place]
    return each !== undefined && isNoWorse(each, cell)
  }
  while (isEnough(first - 1)) first -= 1
  while (isEnough(last + 1)) last += 1
  const from = cells[first]?.from ?? Number.NEGATIVE_INFINITY
  const below = cells[last]?.below ?? Number.POSITIVE_INFINITY
  return {
    ...(Number.isFinite(from) ? { atLeast: from } : {}),
    ...(Number.isFinite(below) ? { below } : {})
  }
}
