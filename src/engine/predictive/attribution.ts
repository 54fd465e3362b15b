import { functionOf, type StepValue } from './functions.ts'
import { INVERSE_LINKS } from './links.ts'
import { type FirstTrue, firstTrues, type Program, placeOf, type Slots } from './program.ts'
import type { ApplyStep, CardStep, CombineStep, LinearStep, TreesStep } from './steps.ts'
import { shapOf } from './tree-shap.ts'
import { asComparable, type CompiledTrees } from './trees.ts'

/**
 * What a value is made of: `base`, what it would be on average, and what each characteristic adds.
 * Together they are the value.
 */
export interface Shares {
  readonly base: number
  readonly parts: Float64Array
}

/** A step that a characteristic speaks in, and its value on average. */
export interface Claim {
  readonly characteristic: number
  readonly mean: number
}

/**
 * Works out the shares of one step from those of the steps before it; undefined where it is made of
 * nothing that is explained.
 */
type Explain = (slots: Slots, shares: readonly (Shares | undefined)[]) => Shares | undefined

export interface Attribution {
  readonly count: number
  readonly explains: readonly (Explain | undefined)[]
}

/**
 * Prepares the explanation of a program by `count` characteristics: by the steps that they claim,
 * and by their ids in cards.
 */
export function compileAttribution(
  { steps, places }: Program,
  claims: ReadonlyMap<string, Claim>,
  characteristics: ReadonlyMap<string, number>,
  count: number
): Attribution {
  const at = (id: string) => placeOf(places, id)
  const explains = steps.map(({ source, of, trees }, place): Explain | undefined => {
    const claim = claims.get(source.id)
    if (claim !== undefined) return claimed(claim, place, count)
    switch (source.do) {
      case 'linear':
        return linearShares(source, at, count)
      case 'link':
        return throughOne(at(source.of), place, INVERSE_LINKS[source.link])
      case 'rescale':
      case 'curve':
        return throughOne(at(source.of), place, (value) => asComparable(rerun(steps[place]?.run, at(source.of), value)))
      case 'trees':
        return treesShares(source, trees as CompiledTrees, at, claims, count)
      case 'combine':
        return combineShares(source, at, count)
      case 'card':
        return cardShares(source, at, characteristics, count)
      case 'apply':
        return of.length === 0 ? undefined : applyShares(source, at, place, count)
      default:
        return undefined
    }
  })
  return { count, explains }
}

/**
 * The shares of the result of a row that has been worked out. What is made of nothing that is
 * explained stands in the base.
 */
export function sharesOf({ explains, count }: Attribution, { result }: Program, slots: Slots): Shares {
  const shares: (Shares | undefined)[] = []
  for (const explain of explains) shares.push(explain?.(slots, shares))
  return shares[result] ?? { base: asComparable(slots[result]), parts: new Float64Array(count) }
}

function claimed({ characteristic, mean }: Claim, place: number, count: number): Explain {
  return (slots) => {
    const value = asComparable(slots[place])
    if (Number.isNaN(value)) return undefined
    const parts = new Float64Array(count)
    parts[characteristic] = value - mean
    return { base: mean, parts }
  }
}

function linearShares({ intercept, terms }: LinearStep, at: (id: string) => number, count: number): Explain {
  const places = terms.map(({ of }) => at(of))
  return (slots, shares) => {
    let base = intercept
    const parts = new Float64Array(count)
    for (const [index, { coefficient, exponent = 1 }] of terms.entries()) {
      const place = places[index] as number
      const value = asComparable(slots[place])
      const own = shares[place]
      if (own === undefined) {
        base += coefficient * value ** exponent
        continue
      }
      const scale = exponent === 1 ? coefficient : coefficient * slope(own.base, value, (x) => x ** exponent)
      base += coefficient * own.base ** exponent
      add(parts, own.parts, scale)
    }
    return { base, parts }
  }
}

/** How steep a function is between two points; 0 where they are one. */
function slope(from: number, to: number, of: (x: number) => number): number {
  return from === to ? 0 : (of(to) - of(from)) / (to - from)
}

function add(sums: Float64Array, parts: Float64Array, scale: number): void {
  for (let index = 0; index < sums.length; index += 1)
    sums[index] = (sums[index] as number) + scale * (parts[index] as number)
}

/**
 * A function of one step stretches its shares: by what it makes of the way from the base to the
 * value.
 */
function throughOne(of: number, place: number, call: (value: number) => number): Explain {
  return (slots, shares) => {
    const own = shares[of]
    const value = asComparable(slots[place])
    // What stands for a missing value is made of nothing.
    if (own === undefined || slots[of] === undefined || Number.isNaN(value)) return undefined
    const base = call(own.base)
    return stretched(own, Number.isFinite(base) ? base : value, value)
  }
}

/** Shares that make up another value from another base, in the same proportions. */
function stretched({ parts }: Shares, base: number, value: number): Shares {
  const total = parts.reduce((sum, each) => sum + each, 0)
  if (total === 0) return { base: value, parts: new Float64Array(parts.length) }
  return { base, parts: parts.map((each) => (each * (value - base)) / total) }
}

function rerun(
  run: ((slots: Slots, inputs: readonly undefined[]) => StepValue | null) | undefined,
  of: number,
  value: number
): StepValue {
  const slots: Slots = []
  slots[of] = value
  return run?.(slots, []) ?? undefined
}

/**
 * Each field of the trees is explained by who claims it, or by the shares of the step that it is.
 */
function treesShares(
  { fields, combine }: TreesStep,
  { trees, shap }: CompiledTrees,
  at: (id: string) => number,
  claims: ReadonlyMap<string, Claim>,
  count: number
): Explain {
  const places = fields.map(at)
  const owners = fields.map((field) => claims.get(field)?.characteristic)
  const scale = combine === 'average' ? 1 / trees.length : 1
  return (slots, shares) => {
    const values = Float64Array.from(places, (place) => asComparable(slots[place]))
    const made = shap()
    const found = shapOf(made, values)
    const parts = new Float64Array(count)
    let base = scale * made.base
    for (let index = 0; index < found.length; index += 1) {
      const part = scale * (found[index] as number)
      const owner = owners[index]
      const own = owner === undefined ? shares[places[index] as number] : undefined
      if (owner !== undefined) parts[owner] = (parts[owner] as number) + part
      else if (own === undefined) base += part
      else {
        const { base: rest, parts: through } = stretched(own, 0, part)
        base += rest
        add(parts, through, 1)
      }
    }
    return { base, parts }
  }
}

/** Sums and averages are those of the shares; of a choice, the shares of the chosen one. */
function combineShares({ how, of, missing }: CombineStep, at: (id: string) => number, count: number): Explain {
  const all = of.map(({ step, weight = 1, when }) => ({
    place: at(step),
    weight,
    when: when === undefined ? undefined : at(when)
  }))
  return (slots, shares) => {
    const chosen = all.filter(({ when }) => when === undefined || slots[when] === true)
    const known = missing === 'skip' ? chosen.filter(({ place }) => slots[place] !== undefined) : chosen
    const total = known.reduce((sum, { weight }) => sum + weight, 0)
    let base = 0
    const parts = new Float64Array(count)
    for (const { place, weight } of combined(how, known, slots)) {
      const scale = how === 'sum' ? weight : how === 'average' ? weight / total : weight
      const own = shares[place]
      base += scale * (own?.base ?? asComparable(slots[place]))
      if (own !== undefined) add(parts, own.parts, scale)
    }
    return { base, parts }
  }
}

interface Weighted {
  readonly place: number
  readonly weight: number
}

/** Those that the result is made of, by their weights in it. */
function combined(how: CombineStep['how'], known: readonly Weighted[], slots: Slots): readonly Weighted[] {
  if (how === 'sum' || how === 'average') return known
  const sorted = known.toSorted((a, b) => asComparable(slots[a.place]) - asComparable(slots[b.place]))
  const half = sorted.length >> 1
  if (how === 'median' && sorted.length % 2 === 0 && half > 0)
    return sorted.slice(half - 1, half + 1).map(({ place }) => ({ place, weight: 0.5 }))
  const one = how === 'max' ? sorted.at(-1) : how === 'median' ? sorted[half] : known[0]
  return one === undefined ? [] : [{ place: one.place, weight: 1 }]
}

function cardShares(
  step: CardStep,
  at: (id: string) => number,
  characteristics: ReadonlyMap<string, number>,
  count: number
): Explain {
  const firsts = firstTrues(step, at)
  return (slots) => {
    const parts = new Float64Array(count)
    let base = step.initial
    for (const [index, { id, attributes }] of step.characteristics.entries()) {
      const worth = attributes[(firsts[index] as FirstTrue)(slots)]?.points
      const points = typeof worth === 'string' ? asComparable(slots[at(worth)]) : (worth ?? 0)
      const owner = characteristics.get(id)
      if (owner === undefined) base += points
      else parts[owner] = (parts[owner] as number) + points
    }
    return { base, parts }
  }
}

/**
 * A function of several steps: from its value at their bases each in turn goes to its own value,
 * and what that adds is shared.
 */
function applyShares(source: ApplyStep, at: (id: string) => number, place: number, count: number): Explain {
  const call = functionOf(source.function, source.missing)
  const places = source.to.map((each) => (typeof each === 'string' ? at(each) : undefined))
  const constants = source.to.map(
    (each): StepValue => (typeof each === 'object' ? each.text : typeof each === 'string' ? undefined : each)
  )
  return (slots, shares) => {
    const value = slots[place]
    if (typeof value !== 'number') return undefined
    const now = places.map((each, index) => (each === undefined ? constants[index] : slots[each]))
    const operands = now.map((each, index) => shares[places[index] ?? -1]?.base ?? each)
    let before = asComparable(call(operands))
    if (!Number.isFinite(before)) return undefined
    const base = before
    const parts = new Float64Array(count)
    for (const [index, each] of places.entries()) {
      const own = shares[each ?? -1]
      if (own === undefined) continue
      operands[index] = now[index]
      const after = asComparable(call(operands))
      if (!Number.isFinite(after)) return undefined
      const through = stretched(own, before, after)
      add(parts, through.parts, 1)
      before = after
    }
    const total = parts.reduce((sum, each) => sum + each, 0)
    return Math.abs(base + total - value) <= 1e-9 * Math.max(1, Math.abs(value)) ? { base, parts } : undefined
  }
}
