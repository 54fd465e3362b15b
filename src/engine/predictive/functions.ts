import type { FeatureValue } from '../features/feature.ts'
import { erf, normalCdf } from './links.ts'
import type { StepFunction } from './steps.ts'

/** What a step gives; undefined: nothing. */
export type StepValue = FeatureValue | undefined

/** A function of the values of its operands. Not a finite number where it is not defined there. */
export type Built = (operands: readonly StepValue[]) => StepValue

/** Functions that give nothing where an operand is missing. */
const STRICT: Readonly<Partial<Record<StepFunction, (...operands: FeatureValue[]) => StepValue>>> = {
  same: (value) => value,
  '+': (a, b) => Number(a) + Number(b),
  '-': (a, b) => Number(a) - Number(b),
  '*': (a, b) => Number(a) * Number(b),
  '/': (a, b) => Number(a) / Number(b),
  log10: (a) => Math.log10(Number(a)),
  ln: (a) => Math.log(Number(a)),
  sqrt: (a) => Math.sqrt(Number(a)),
  abs: (a) => Math.abs(Number(a)),
  exp: (a) => Math.exp(Number(a)),
  pow: (a, b) => Number(a) ** Number(b),
  threshold: (a, b) => (Number(a) > Number(b) ? 1 : 0),
  floor: (a) => Math.floor(Number(a)),
  ceil: (a) => Math.ceil(Number(a)),
  round: (a) => Math.round(Number(a)),
  // The sign is that of the divisor.
  modulo: (a, b) => Number(a) - Number(b) * Math.floor(Number(a) / Number(b)),
  expm1: (a) => Math.expm1(Number(a)),
  ln1p: (a) => Math.log1p(Number(a)),
  hypot: (a, b) => Math.hypot(Number(a), Number(b)),
  rint: (a) => halfToEven(Number(a)),
  sin: (a) => Math.sin(Number(a)),
  cos: (a) => Math.cos(Number(a)),
  tan: (a) => Math.tan(Number(a)),
  asin: (a) => Math.asin(Number(a)),
  acos: (a) => Math.acos(Number(a)),
  atan: (a) => Math.atan(Number(a)),
  sinh: (a) => Math.sinh(Number(a)),
  cosh: (a) => Math.cosh(Number(a)),
  tanh: (a) => Math.tanh(Number(a)),
  erf: (a) => erf(Number(a)),
  stdNormalCDF: (a) => normalCdf(Number(a)),
  equal: (a, b) => a === b,
  notEqual: (a, b) => a !== b,
  lessThan: (a, b) => a < b,
  lessOrEqual: (a, b) => a <= b,
  greaterThan: (a, b) => a > b,
  greaterOrEqual: (a, b) => a >= b,
  not: (a) => a !== true,
  uppercase: (a) => String(a).toUpperCase(),
  lowercase: (a) => String(a).toLowerCase(),
  trimBlanks: (a) => String(a).trim(),
  substring: (a, start, length) => substring(String(a), Number(start), Number(length)),
  stringLength: (a) => String(a).length,
  concat: (...operands) => operands.map(String).join('')
}

/** Functions that look at missing values themselves. */
const LENIENT: Readonly<Partial<Record<StepFunction, Built>>> = {
  isMissing: ([value]) => value === undefined,
  isNotMissing: ([value]) => value !== undefined,
  isIn: ([value, ...members]) => (value === undefined ? undefined : members.includes(value)),
  isNotIn: ([value, ...members]) => (value === undefined ? undefined : !members.includes(value)),
  and: (parts) => firstOr(parts, false),
  or: (parts) => firstOr(parts, true),
  xor: (parts) => (parts.includes(undefined) ? undefined : parts.filter((each) => each === true).length % 2 === 1),
  firstKnown: (parts) => parts.find((each) => each !== undefined),
  min: (operands) => ofNumbers(operands, (numbers) => Math.min(...numbers)),
  max: (operands) => ofNumbers(operands, (numbers) => Math.max(...numbers)),
  sum: (operands) => ofNumbers(operands, sum),
  avg: (operands) => ofNumbers(operands, (numbers) => sum(numbers) / numbers.length),
  median: (operands) => ofNumbers(operands, median),
  product: (operands) => ofNumbers(operands, (numbers) => numbers.reduce((all, each) => all * each, 1)),
  if: ([condition, then, otherwise]) => (condition === undefined ? undefined : condition === true ? then : otherwise)
}

/** The function of a name, with what it gives where an operand is missing. */
export function functionOf(name: StepFunction, missing: StepValue): Built {
  const lenient = LENIENT[name]
  if (lenient !== undefined) {
    if (missing === undefined) return lenient
    // Of a choice only what was chosen can be missing.
    if (name === 'if') return (operands) => lenient(operands) ?? missing
    return (operands) => (operands.includes(undefined) ? missing : lenient(operands))
  }
  const strict = STRICT[name]
  if (strict === undefined) throw new RangeError(`There is no function ${name}.`)
  return (operands) => (operands.includes(undefined) ? missing : strict(...(operands as FeatureValue[])))
}

/** `decisive` as soon as one part is; else the opposite, unless one is open. */
function firstOr(parts: readonly StepValue[], decisive: boolean): StepValue {
  if (parts.includes(decisive)) return decisive
  return parts.includes(undefined) ? undefined : !decisive
}

/** What is missing, or no number, does not count; of nothing there is nothing. */
function ofNumbers(operands: readonly StepValue[], of: (numbers: readonly number[]) => number): StepValue {
  const numbers = operands.filter((each) => typeof each === 'number')
  return numbers.length === 0 ? undefined : of(numbers)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

/** The middle number, or the mean of the two middle ones. Not a number of none. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const upper = sorted[sorted.length >> 1] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[(sorted.length >> 1) - 1] ?? Number.NaN) + upper) / 2
}

function halfToEven(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  if (rest !== 0.5) return Math.round(value)
  return below % 2 === 0 ? below : below + 1
}

/** Places count from 1, and the result is no longer than what there is. */
function substring(text: string, start: number, length: number): string {
  const from = Math.max(start - 1, 0)
  return text.slice(from, from + Math.max(length, 0))
}
