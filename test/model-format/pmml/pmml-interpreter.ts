import { XMLParser } from 'fast-xml-parser'

/*
 * An interpreter of PMML 4.4, written from the standard alone: it says what a document means to
 * others. It takes the plainest way to every answer, reads the text anew where it likes, and shares
 * nothing with the importer, which it is there to judge. http://dmg.org/pmml/v4-4: DataDictionary,
 * MiningSchema, Transformations, BuiltinFunctions, Scorecard, Regression, TreeModel,
 * MultipleModels, Targets, Output.
 */

export type Value = number | string | boolean
type Known = Value | undefined
export type Row = Readonly<Record<string, Known>>

export interface Answer {
  /** The value of the target; undefined where there is no prediction. */
  readonly value: Known
  /** Of a classification, the probability of each category. */
  readonly probabilities: ReadonlyMap<string, number> | undefined
  /** Of a Scorecard: codes by their points, most first; those of less than 0 points are none. */
  readonly reasons: readonly { readonly code: string; readonly points: number }[]
  readonly outputs: ReadonlyMap<string, Known>
}

/** A row that a document does not accept, or for which it has no result. */
class NoResult extends Error {}

interface Tag {
  readonly name: string
  readonly at: Readonly<Record<string, string>>
  readonly inner: readonly Tag[]
  readonly text: string
}

/** Looks a field up; undefined where it is missing. */
type Scope = (field: string) => Known

interface Typed {
  readonly dataType: string
  readonly optype: string
}

interface Document {
  readonly fields: ReadonlyMap<string, Tag>
  readonly common: readonly Tag[]
}

const MODELS = ['Scorecard', 'RegressionModel', 'TreeModel', 'MiningModel']

/** What a document answers for a row; undefined where it has no result for it. */
export function pmmlInterpreter(xml: string): (row: Row) => Answer | undefined {
  const root = parsed(xml)
  const [dictionary] = named(root, 'DataDictionary')
  const [transformations] = named(root, 'TransformationDictionary')
  const document: Document = {
    fields: new Map(
      (dictionary === undefined ? [] : named(dictionary, 'DataField')).map((tag) => [tag.at.name ?? '', tag])
    ),
    common: transformations === undefined ? [] : named(transformations, 'DerivedField')
  }
  const model = root.inner.find(({ name }) => MODELS.includes(name))
  if (model === undefined) throw new Error('no model')
  return (row) => {
    try {
      return evaluate(document, model, (field) => (Object.hasOwn(row, field) ? row[field] : undefined), true)
    } catch (error) {
      if (error instanceof NoResult) return undefined
      throw error
    }
  }
}

function evaluate(document: Document, model: Tag, outer: Scope, isTop: boolean): Answer {
  if (model.at.isScorable === 'false') throw new NoResult()
  const scope = scopeOf(document, model, outer, isTop)
  const raw = ((): Omit<Answer, 'outputs'> => {
    switch (model.name) {
      case 'Scorecard':
        return scorecard(document, model, scope)
      case 'RegressionModel':
        return regression(document, model, scope)
      case 'TreeModel':
        return tree(document, model, scope)
      default:
        return mining(document, model, scope)
    }
  })()
  const answer = targeted(model, raw)
  return { ...answer, outputs: outputsOf(document, model, scope, answer) }
}

// ---- fields

function typeOf(document: Document, model: Tag, field: string): Typed {
  const found =
    document.fields.get(field) ??
    [...document.common, ...derivedIn(model)].find(({ at }) => at.name === field) ??
    undefined
  return { dataType: found?.at.dataType ?? 'double', optype: found?.at.optype ?? 'continuous' }
}

function derivedIn(model: Tag): readonly Tag[] {
  const [local] = named(model, 'LocalTransformations')
  return local === undefined ? [] : named(local, 'DerivedField')
}

/** The fields that a model sees: its mining fields, treated, and what is derived from them. */
function scopeOf(document: Document, model: Tag, outer: Scope, isTop: boolean): Scope {
  const [schema] = named(model, 'MiningSchema')
  const mined = new Map<string, Known>()
  for (const field of schema === undefined ? [] : named(schema, 'MiningField')) {
    const usage = field.at.usageType ?? 'active'
    if (usage !== 'active') continue
    const name = field.at.name ?? ''
    const source = document.fields.get(name)
    mined.set(
      name,
      isTop && source !== undefined ? treated(source, field, outer(name)) : inherited(source, field, outer(name))
    )
  }
  const derived = new Map([...document.common, ...derivedIn(model)].map((tag) => [tag.at.name ?? '', tag]))
  const scope: Scope = (name) => {
    if (mined.has(name)) return mined.get(name)
    const tag = derived.get(name)
    if (tag !== undefined) {
      const [expression] = content(tag)
      if (expression === undefined) throw new Error(`${name} has no expression`)
      return cast(express(document, model, expression, scope), tag.at.dataType ?? 'double')
    }
    return outer(name)
  }
  return scope
}

/** A field of an inner model has been treated further out; here only its own replacements act. */
function inherited(source: Tag | undefined, field: Tag, value: Known): Known {
  return value ?? missing(source, field)
}

function missing(source: Tag | undefined, field: Tag): Known {
  if (field.at.missingValueTreatment === 'returnInvalid') throw new NoResult()
  const replacement = field.at.missingValueReplacement
  return replacement === undefined ? undefined : literal(replacement, source?.at.dataType ?? 'double')
}

function treated(source: Tag, field: Tag, given: Known): Known {
  const dataType = source.at.dataType ?? 'string'
  if (given === undefined) return missing(source, field)
  const value = asType(given, dataType)
  const listed = named(source, 'Value')
  const among = (property: string) =>
    listed.filter(({ at }) => (at.property ?? 'valid') === property).map(({ at }) => literal(at.value ?? '', dataType))
  if (value !== undefined && among('missing').includes(value)) return missing(source, field)
  if (value === undefined || !isValid(source, value, among('valid'), among('invalid'))) {
    switch (field.at.invalidValueTreatment ?? 'returnInvalid') {
      case 'asIs':
        // As it was given, as far as it can be worked with.
        return value ?? (dataType === 'integer' && typeof given === 'number' ? given : undefined)
      case 'asMissing':
        return missing(source, field)
      case 'asValue':
        return literal(field.at.invalidValueReplacement ?? '', dataType)
      default:
        throw new NoResult()
    }
  }
  return outlier(source, field, value)
}

function isValid(source: Tag, value: Value, valid: readonly Known[], invalid: readonly Known[]): boolean {
  if (invalid.includes(value)) return false
  const intervals = named(source, 'Interval')
  if (intervals.length > 0 && typeof value === 'number')
    return intervals.some((interval) => within(interval, value)) || valid.includes(value)
  return valid.length === 0 || valid.includes(value)
}

function outlier(source: Tag, field: Tag, value: Value): Known {
  const { outliers = 'asIs', lowValue, highValue } = field.at
  if (outliers === 'asIs' || typeof value !== 'number') return value
  const low = Number(lowValue)
  const high = Number(highValue)
  if (value >= low && value <= high) return value
  if (outliers === 'asMissingValues') return missing(source, field)
  return value < low ? low : high
}

/** The value as one of the type of its field; undefined for what is none. */
function asType(value: Value, dataType: string): Known {
  switch (dataType) {
    case 'string':
      return typeof value === 'string' ? value : undefined
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined
    case 'float':
      return typeof value === 'number' && Number.isFinite(value) ? Math.fround(value) : undefined
    case 'integer':
      return Number.isInteger(value) ? value : undefined
    default:
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined
  }
}

function literal(text: string, dataType: string): Value {
  switch (dataType) {
    case 'string':
      return text
    case 'boolean':
      return text === 'true' || text === '1'
    case 'float':
      return Math.fround(Number(text))
    default:
      return Number(text)
  }
}

/** What an expression gave, as the type that its field has. */
function cast(value: Known, dataType: string): Known {
  if (value === undefined) return undefined
  switch (dataType) {
    case 'string':
      return String(value)
    case 'boolean':
      return typeof value === 'boolean' ? value : value === 'true' || value === 1
    case 'float':
      return Math.fround(Number(value))
    default:
      return Number(value)
  }
}

function within({ at }: Tag, value: number): boolean {
  const { closure = 'openOpen', leftMargin, rightMargin } = at
  const isAbove =
    leftMargin === undefined ||
    (closure.startsWith('closed') ? value >= Number(leftMargin) : value > Number(leftMargin))
  const isBelow =
    rightMargin === undefined ||
    (closure.endsWith('Closed') ? value <= Number(rightMargin) : value < Number(rightMargin))
  return isAbove && isBelow
}

// ---- expressions

function express(document: Document, model: Tag, tag: Tag, scope: Scope): Known {
  switch (tag.name) {
    case 'Constant':
      return literal(tag.text, tag.at.dataType ?? (Number.isNaN(Number(tag.text)) ? 'string' : 'double'))
    case 'FieldRef':
      return (
        scope(tag.at.field ?? '') ?? mapped(tag.at.mapMissingTo, typeOf(document, model, tag.at.field ?? '').dataType)
      )
    case 'NormContinuous':
      return normContinuous(tag, scope(tag.at.field ?? ''))
    case 'NormDiscrete': {
      const value = scope(tag.at.field ?? '')
      if (value === undefined) return mapped(tag.at.mapMissingTo, 'double')
      return value === literal(tag.at.value ?? '', typeOf(document, model, tag.at.field ?? '').dataType) ? 1 : 0
    }
    case 'Discretize': {
      const value = scope(tag.at.field ?? '')
      const type = tag.at.dataType ?? 'string'
      if (value === undefined) return mapped(tag.at.mapMissingTo, type)
      const bin = named(tag, 'DiscretizeBin').find((each) =>
        named(each, 'Interval').some((one) => within(one, Number(value)))
      )
      return mapped(bin?.at.binValue ?? tag.at.defaultValue, type)
    }
    case 'MapValues':
      return mapValues(document, model, tag, scope)
    case 'Apply':
      return apply(document, model, tag, scope)
    default:
      throw new Error(`no ${tag.name}`)
  }
}

function mapped(text: string | undefined, dataType: string): Known {
  return text === undefined ? undefined : literal(text, dataType)
}

function normContinuous(tag: Tag, value: Known): Known {
  if (value === undefined) return mapped(tag.at.mapMissingTo, 'double')
  const x = Number(value)
  const norms = named(tag, 'LinearNorm').map(({ at }) => ({ from: Number(at.orig), to: Number(at.norm) }))
  const first = norms[0]
  const last = norms.at(-1)
  if (first === undefined || last === undefined) throw new Error('no LinearNorm')
  const isOutlier = x < first.from || x > last.from
  if (isOutlier && tag.at.outliers === 'asMissingValues') return mapped(tag.at.mapMissingTo, 'double')
  if (isOutlier && tag.at.outliers === 'asExtremeValues') return x < first.from ? first.to : last.to
  let at = 0
  while (at < norms.length - 2 && x > (norms[at + 1]?.from ?? 0)) at += 1
  const left = norms[at] ?? first
  const right = norms[at + 1] ?? last
  return left.to + ((x - left.from) / (right.from - left.from)) * (right.to - left.to)
}

function mapValues(document: Document, model: Tag, tag: Tag, scope: Scope): Known {
  const type = tag.at.dataType ?? 'string'
  const pairs = named(tag, 'FieldColumnPair').map(({ at }) => ({
    column: at.column ?? '',
    value: scope(at.field ?? ''),
    dataType: typeOf(document, model, at.field ?? '').dataType
  }))
  if (pairs.some(({ value }) => value === undefined)) return mapped(tag.at.mapMissingTo, type)
  const [table] = named(tag, 'InlineTable')
  const cell = (row: Tag, column: string) => row.inner.find(({ name }) => name === column)?.text
  const found = (table === undefined ? [] : named(table, 'row')).find((row) =>
    pairs.every(({ column, value, dataType }) => {
      const text = cell(row, column)
      return text !== undefined && literal(text, dataType) === value
    })
  )
  return mapped(found === undefined ? tag.at.defaultValue : cell(found, tag.at.outputColumn ?? ''), type)
}

function apply(document: Document, model: Tag, tag: Tag, scope: Scope): Known {
  const name = tag.at.function ?? ''
  const of = (one: Tag | undefined) => (one === undefined ? undefined : express(document, model, one, scope))
  const operands = content(tag)
  const otherwise = (value: Known): Known => value ?? constant(tag.at.defaultValue)
  if (name === 'if') {
    const condition = of(operands[0])
    if (condition === undefined) return otherwise(constant(tag.at.mapMissingTo))
    return otherwise(condition === true ? of(operands[1]) : of(operands[2]))
  }
  const values = operands.map(of)
  if (tag.at.mapMissingTo !== undefined && values.includes(undefined)) return otherwise(constant(tag.at.mapMissingTo))
  const result = call(name, values)
  if (typeof result === 'number' && !Number.isFinite(result)) {
    if (tag.at.invalidValueTreatment !== 'asMissing') throw new NoResult()
    return otherwise(undefined)
  }
  return otherwise(result)
}

function constant(text: string | undefined): Known {
  if (text === undefined) return undefined
  return Number.isNaN(Number(text)) ? (text === 'true' || text === 'false' ? text === 'true' : text) : Number(text)
}

/** A built-in function. Most of them are missing where an operand is. */
function call(name: string, values: readonly Known[]): Known {
  const [a, b] = values
  switch (name) {
    case 'isMissing':
    case 'isNotValid':
      return a === undefined
    case 'isNotMissing':
    case 'isValid':
      return a !== undefined
    case 'and':
    case 'or':
      return compound(name, values as readonly (boolean | undefined)[])
    case 'not':
      return a === undefined ? undefined : a !== true
    case 'isIn':
    case 'isNotIn':
      return a === undefined ? undefined : values.slice(1).includes(a) === (name === 'isIn')
    case 'concat':
      return values.includes(undefined) ? undefined : values.map(String).join('')
    default:
      if (AGGREGATES.includes(name))
        return aggregate(
          name,
          values.filter((each) => typeof each === 'number')
        )
      return values.includes(undefined)
        ? undefined
        : (comparison(name, a as Value, b as Value) ?? arithmetic(name, values))
  }
}

/** These ignore what is missing. */
const AGGREGATES = ['min', 'max', 'sum', 'avg', 'median', 'product']

function aggregate(name: string, values: readonly number[]): Known {
  const [first] = values
  if (first === undefined) return undefined
  const sum = values.reduce((total, each) => total + each, 0)
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  switch (name) {
    case 'min':
      return sorted[0]
    case 'max':
      return sorted.at(-1)
    case 'sum':
      return sum
    case 'avg':
      return sum / values.length
    case 'median':
      return Number.isInteger(middle)
        ? ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
        : sorted[Math.floor(middle)]
    default:
      return values.reduce((total, each) => total * each, 1)
  }
}

function comparison(name: string, a: Value, b: Value): boolean | undefined {
  const results: Record<string, boolean> = {
    equal: a === b,
    notEqual: a !== b,
    lessThan: a < b,
    lessOrEqual: a <= b,
    greaterThan: a > b,
    greaterOrEqual: a >= b
  }
  return results[name]
}

function arithmetic(name: string, values: readonly Known[]): Known {
  const [x, y, z] = values.map(Number)
  const a = x ?? Number.NaN
  const b = y ?? Number.NaN
  const text = String(values[0])
  const results: Record<string, () => Value> = {
    '+': () => a + b,
    '-': () => a - b,
    '*': () => a * b,
    '/': () => a / b,
    log10: () => Math.log10(a),
    ln: () => Math.log(a),
    sqrt: () => Math.sqrt(a),
    abs: () => Math.abs(a),
    exp: () => Math.exp(a),
    pow: () => a ** b,
    threshold: () => (a > b ? 1 : 0),
    floor: () => Math.floor(a),
    ceil: () => Math.ceil(a),
    round: () => Math.floor(a + 0.5),
    modulo: () => a - b * Math.floor(a / b),
    uppercase: () => text.toUpperCase(),
    lowercase: () => text.toLowerCase(),
    trimBlanks: () => text.trim(),
    substring: () => text.slice(b - 1, b - 1 + (z ?? 0)),
    stringLength: () => text.length,
    rint: () => evenly(a),
    sin: () => Math.sin(a),
    cos: () => Math.cos(a),
    tan: () => Math.tan(a),
    asin: () => Math.asin(a),
    acos: () => Math.acos(a),
    atan: () => Math.atan(a),
    sinh: () => Math.sinh(a),
    cosh: () => Math.cosh(a),
    erf: () => errorFunction(a),
    expm1: () => Math.expm1(a),
    ln1p: () => Math.log1p(a),
    hypot: () => Math.hypot(a, b),
    tanh: () => Math.tanh(a),
    stdNormalCDF: () => normal(a)
  }
  const found = results[name]
  if (found === undefined) throw new Error(`no function ${name}`)
  return found()
}

/** The nearest whole number, and the even one of two that are as near. */
function evenly(value: number): number {
  const [below, above] = [Math.floor(value), Math.ceil(value)]
  if (value - below !== above - value) return value - below < above - value ? below : above
  return below % 2 === 0 ? below : above
}

/** The error function by its series, and far out by the continued fraction of its complement. */
function errorFunction(x: number): number {
  if (x < 0) return -errorFunction(-x)
  if (x > 3) {
    let fraction = 0
    for (let step = 200; step >= 1; step -= 1) fraction = step / 2 / (x + fraction)
    return 1 - Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction)
  }
  let term = x
  let sum = x
  for (let step = 1; step < 200; step += 1) {
    term *= (2 * x * x) / (2 * step + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}

// ---- predicates: true, false, or undefined for UNKNOWN

const PREDICATES = ['SimplePredicate', 'CompoundPredicate', 'SimpleSetPredicate', 'True', 'False']

function holds(document: Document, model: Tag, tag: Tag, scope: Scope): boolean | undefined {
  switch (tag.name) {
    case 'True':
      return true
    case 'False':
      return false
    case 'SimplePredicate': {
      const value = scope(tag.at.field ?? '')
      const { operator = '' } = tag.at
      if (operator === 'isMissing') return value === undefined
      if (operator === 'isNotMissing') return value !== undefined
      if (value === undefined) return undefined
      return comparison(
        operator,
        value,
        literal(tag.at.value ?? '', typeOf(document, model, tag.at.field ?? '').dataType)
      )
    }
    case 'SimpleSetPredicate': {
      const value = scope(tag.at.field ?? '')
      if (value === undefined) return undefined
      const { dataType } = typeOf(document, model, tag.at.field ?? '')
      const [array] = named(tag, 'Array')
      const members = arrayOf(array?.text ?? '').map((text) => literal(text, dataType))
      return members.includes(value) === (tag.at.booleanOperator === 'isIn')
    }
    default:
      return compound(
        tag.at.booleanOperator ?? '',
        content(tag).map((each) => holds(document, model, each, scope))
      )
  }
}

function compound(operator: string, parts: readonly (boolean | undefined)[]): boolean | undefined {
  switch (operator) {
    case 'and':
      return parts.includes(false) ? false : parts.includes(undefined) ? undefined : true
    case 'or':
      return parts.includes(true) ? true : parts.includes(undefined) ? undefined : false
    case 'xor':
      return parts.includes(undefined) ? undefined : parts.filter(Boolean).length % 2 === 1
    default:
      return parts.find((each) => each !== undefined)
  }
}

/** Values parted by spaces; one in quotes may hold spaces, and a quote behind a backslash. */
function arrayOf(text: string): string[] {
  const found: string[] = []
  let word = ''
  let isQuoted = false
  let isOpen = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? ''
    if (isQuoted && character === '\\' && text[at + 1] === '"') {
      word += '"'
      at += 1
    } else if (character === '"') {
      isQuoted = !isQuoted
      isOpen = true
    } else if (!isQuoted && /\s/.test(character)) {
      if (isOpen) found.push(word)
      word = ''
      isOpen = false
    } else {
      word += character
      isOpen = true
    }
  }
  return isOpen ? [...found, word] : found
}

function predicateIn(tag: Tag): Tag {
  return tag.inner.find(({ name }) => PREDICATES.includes(name)) ?? { name: 'True', at: {}, inner: [], text: '' }
}

// ---- models

type Raw = Omit<Answer, 'outputs'>

function scorecard(document: Document, model: Tag, scope: Scope): Raw {
  let score = Number(model.at.initialScore ?? 0)
  const useReasons = model.at.useReasonCodes !== 'false'
  const points = new Map<string, number>()
  const [list] = named(model, 'Characteristics')
  for (const characteristic of list === undefined ? [] : named(list, 'Characteristic')) {
    const attribute = named(characteristic, 'Attribute').find(
      (each) => holds(document, model, predicateIn(each), scope) === true
    )
    if (attribute === undefined) throw new NoResult()
    const [complex] = named(attribute, 'ComplexPartialScore')
    const [expression] = complex === undefined ? [] : content(complex)
    const partial =
      expression === undefined ? Number(attribute.at.partialScore) : express(document, model, expression, scope)
    if (partial === undefined) return { value: undefined, probabilities: undefined, reasons: [] }
    score += Number(partial)
    const baseline = characteristic.at.baselineScore ?? model.at.baselineScore
    const code = attribute.at.reasonCode ?? characteristic.at.reasonCode
    if (!useReasons || baseline === undefined || code === undefined) continue
    const above = Number(partial) - Number(baseline)
    points.set(code, (points.get(code) ?? 0) + (model.at.reasonCodeAlgorithm === 'pointsAbove' ? above : -above))
  }
  const reasons = [...points].filter(([, each]) => each >= 0).map(([code, each]) => ({ code, points: each }))
  return { value: score, probabilities: undefined, reasons: reasons.sort((a, b) => b.points - a.points) }
}

/** The cumulative normal distribution by its series, and far out by its continued fraction. */
export function normal(x: number): number {
  if (x < -6) {
    let fraction = 0
    for (let step = 200; step >= 1; step -= 1) fraction = step / (-x + fraction)
    return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI) / (-x + fraction)
  }
  if (x > 6) return 1 - normal(-x)
  let term = x
  let sum = x
  for (let step = 1; step < 400; step += 1) {
    term *= (x * x) / (2 * step + 1)
    sum += term
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI)
}

const LINKS: Readonly<Record<string, (y: number) => number>> = {
  none: (y) => y,
  logit: (y) => 1 / (1 + Math.exp(-y)),
  softmax: (y) => 1 / (1 + Math.exp(-y)),
  exp: (y) => Math.exp(y),
  probit: normal,
  cloglog: (y) => 1 - Math.exp(-Math.exp(y)),
  loglog: (y) => Math.exp(-Math.exp(-y)),
  cauchit: (y) => 0.5 + Math.atan(y) / Math.PI
}

function regression(document: Document, model: Tag, scope: Scope): Raw {
  const tables = named(model, 'RegressionTable')
  const results = tables.map((table) => tableResult(document, model, table, scope))
  const method = model.at.normalizationMethod ?? 'none'
  const link = LINKS[method]
  if (results.includes(undefined)) return { value: undefined, probabilities: undefined, reasons: [] }
  const ys = results as number[]
  if (model.at.functionName !== 'classification') {
    if (link === undefined) throw new Error(`no ${method}`)
    return { value: link(ys[0] ?? 0), probabilities: undefined, reasons: [] }
  }
  const names = tables.map(({ at }) => at.targetCategory ?? '')
  return classified(names, probabilitiesOf(method, ys))
}

function probabilitiesOf(method: string, ys: readonly number[]): number[] {
  const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0)
  if (method === 'softmax') {
    const powers = ys.map((y) => Math.exp(y - Math.max(...ys)))
    return powers.map((each) => each / sum(powers))
  }
  if (method === 'simplemax') return ys.map((y) => y / sum(ys))
  const link = LINKS[method]
  if (link === undefined) throw new Error(`no ${method}`)
  if (ys.length === 2 || method === 'none') {
    const others = ys.slice(0, -1).map(link)
    return [...others, 1 - sum(others)]
  }
  return ys.map(link)
}

function classified(names: readonly string[], shares: readonly number[]): Raw {
  const probabilities = new Map(names.map((name, index) => [name, shares[index] ?? 0]))
  const [winner] = [...probabilities].sort((a, b) => b[1] - a[1])
  return { value: winner?.[0], probabilities, reasons: [] }
}

/**
 * All predictors are looked at before one that is missing leaves the table without a result: one
 * may not be valid.
 */
function tableResult(document: Document, model: Tag, table: Tag, scope: Scope): number | undefined {
  const parts = table.inner.map((tag) => predictor(document, model, tag, scope))
  const known = parts.filter((part) => part !== undefined)
  if (known.length < parts.length) return undefined
  return known.reduce((sum, part) => sum + part, Number(table.at.intercept))
}

function predictor(document: Document, model: Tag, tag: Tag, scope: Scope): number | undefined {
  const coefficient = Number(tag.at.coefficient)
  const name = tag.at.name ?? ''
  if (tag.name === 'NumericPredictor') {
    const value = scope(name)
    return value === undefined ? undefined : coefficient * Number(value) ** Number(tag.at.exponent ?? 1)
  }
  if (tag.name === 'CategoricalPredictor') {
    const isOf = scope(name) === literal(tag.at.value ?? '', typeOf(document, model, name).dataType)
    return isOf ? coefficient : 0
  }
  const factors = named(tag, 'FieldRef').map(({ at }) => scope(at.field ?? ''))
  if (factors.includes(undefined)) return undefined
  return factors.reduce<number>((product, each) => product * Number(each), coefficient)
}

// ---- trees

/** What a node gives: a number, or the share of each category. */
interface Leaf {
  readonly score: string | undefined
  readonly shares: ReadonlyMap<string, number>
}

function leafOf(node: Tag): Leaf {
  const listed = named(node, 'ScoreDistribution')
  const total = listed.reduce((sum, { at }) => sum + Number(at.probability ?? at.recordCount ?? 0), 0)
  const shares = new Map(
    listed.map(({ at }) => [at.value ?? '', Number(at.probability ?? at.recordCount ?? 0) / (total || 1)])
  )
  return { score: node.at.score, shares }
}

function tree(document: Document, model: Tag, scope: Scope): Raw {
  const isClassification = model.at.functionName === 'classification'
  const [root] = named(model, 'Node')
  if (root === undefined) throw new Error('no Node')
  const found = holds(document, model, predicateIn(root), scope) === true ? descend(document, model, root, scope) : []
  const nothing: Raw = { value: undefined, probabilities: undefined, reasons: [] }
  const total = found.reduce((sum, { weight }) => sum + weight, 0)
  if (total === 0) return nothing
  if (!isClassification) {
    if (found.some(({ leaf }) => leaf.score === undefined)) return nothing
    return {
      ...nothing,
      value: found.reduce((sum, { leaf, weight }) => sum + (weight / total) * Number(leaf.score), 0)
    }
  }
  const shares = new Map<string, number>()
  for (const { leaf, weight } of found) {
    const all = leaf.shares.size > 0 ? leaf.shares : new Map(leaf.score === undefined ? [] : [[leaf.score, 1]])
    for (const [name, share] of all) shares.set(name, (shares.get(name) ?? 0) + (share * weight) / total)
  }
  if (shares.size === 0) return nothing
  const [only] = found
  const [winner] = [...shares].sort((a, b) => b[1] - a[1])
  return { value: found.length === 1 ? only?.leaf.score : winner?.[0], probabilities: shares, reasons: [] }
}

interface Reached {
  readonly leaf: Leaf
  readonly weight: number
}

/**
 * Where a record ends below a node that is true: at one leaf, or at several with weights. Nowhere
 * where there is no prediction.
 */
function descend(document: Document, model: Tag, node: Tag, scope: Scope): readonly Reached[] {
  const strategy = model.at.missingValueStrategy ?? 'none'
  const children = named(node, 'Node')
  if (children.length === 0) return [{ leaf: leafOf(node), weight: 1 }]
  const truth = children.map((child) => holds(document, model, predicateIn(child), scope))
  for (const [index, child] of children.entries()) {
    if (truth[index] === true) return descend(document, model, child, scope)
    if (truth[index] === false || strategy === 'none') continue
    if (strategy === 'nullPrediction') return []
    if (strategy === 'lastPrediction') return [{ leaf: leafOf(node), weight: 1 }]
    if (strategy === 'defaultChild') {
      const chosen = children.find(({ at }) => at.id !== undefined && at.id === node.at.defaultChild)
      if (chosen === undefined) throw new Error('no default child')
      return descend(document, model, chosen, scope)
    }
    const open = children.filter((_, place) => truth[place] !== false)
    const records = open.reduce((sum, { at }) => sum + Number(at.recordCount), 0)
    return open.flatMap((each) =>
      descend(document, model, each, scope).map(({ leaf, weight }) => ({
        leaf,
        weight: (weight * Number(each.at.recordCount)) / records
      }))
    )
  }
  const isLast = model.at.noTrueChildStrategy === 'returnLastPrediction' && node.at.score !== undefined
  return isLast ? [{ leaf: leafOf(node), weight: 1 }] : []
}

// ---- several models

interface Voice {
  readonly weight: number
  readonly answer: Answer
}

const NOTHING: Raw = { value: undefined, probabilities: undefined, reasons: [] }

function mining(document: Document, model: Tag, scope: Scope): Raw {
  const [segmentation] = named(model, 'Segmentation')
  if (segmentation === undefined) throw new Error('no Segmentation')
  const method = segmentation.at.multipleModelMethod ?? ''
  const segments = named(segmentation, 'Segment')
  if (method === 'modelChain') return chain(document, model, segments, scope)
  const chosen = segments.filter((segment) => holds(document, model, predicateIn(segment), scope) === true)
  if (method === 'selectFirst') {
    const [first] = chosen
    return first === undefined ? NOTHING : evaluate(document, modelOf(first), scope, false)
  }
  const all = chosen.map((segment) => ({
    weight: Number(segment.at.weight ?? 1),
    answer: evaluate(document, modelOf(segment), scope, false)
  }))
  const isSkipped = segmentation.at.missingPredictionTreatment === 'skipSegment'
  const voices = isSkipped ? all.filter(({ answer }) => answer.value !== undefined) : all
  if (voices.length === 0 || voices.some(({ answer }) => answer.value === undefined)) return NOTHING
  if (method === 'selectAll') return voices.length === 1 ? (voices[0]?.answer ?? NOTHING) : NOTHING
  return model.at.functionName === 'classification' ? votes(method, voices) : combined(method, voices)
}

function modelOf(segment: Tag): Tag {
  const inner = segment.inner.find(({ name }) => MODELS.includes(name))
  if (inner === undefined) throw new Error('no model in a segment')
  return inner
}

/** Each model sees what those before it put out; the last one answers. */
function chain(document: Document, model: Tag, segments: readonly Tag[], scope: Scope): Raw {
  const passed = new Map<string, Known>()
  const wider: Scope = (name) => (passed.has(name) ? passed.get(name) : scope(name))
  let last: Raw = NOTHING
  for (const segment of segments) {
    if (holds(document, model, predicateIn(segment), wider) !== true) continue
    const answer = evaluate(document, modelOf(segment), wider, false)
    for (const [name, value] of answer.outputs) passed.set(name, value)
    last = answer
  }
  return last
}

function combined(method: string, voices: readonly Voice[]): Raw {
  const isWeighted = method.startsWith('weighted')
  const values = voices.map(({ answer, weight }) => ({ value: Number(answer.value), weight: isWeighted ? weight : 1 }))
  const sum = values.reduce((total, { value, weight }) => total + value * weight, 0)
  const weights = values.reduce((total, { weight }) => total + weight, 0)
  const sorted = values.map(({ value }) => value)
  const results: Record<string, Known> = {
    sum,
    weightedSum: sum,
    average: sum / weights,
    weightedAverage: sum / weights,
    max: Math.max(...sorted),
    median: aggregate('median', sorted)
  }
  return { value: results[method], probabilities: undefined, reasons: [] }
}

function votes(method: string, voices: readonly Voice[]): Raw {
  const isWeighted = method.startsWith('weighted')
  const shares = new Map<string, number>()
  let total = 0
  for (const { answer, weight } of voices) {
    const own = isWeighted ? weight : 1
    total += own
    const isVote = /majorityVote/i.test(method)
    const given = isVote
      ? new Map([[String(answer.value), 1]])
      : (answer.probabilities ?? new Map([[String(answer.value), 1]]))
    for (const [name, share] of given) shares.set(name, (shares.get(name) ?? 0) + own * share)
  }
  return classified(
    [...shares.keys()],
    [...shares.values()].map((each) => each / total)
  )
}

// ---- targets and outputs

function targeted(model: Tag, raw: Raw): Raw {
  const [targets] = named(model, 'Targets')
  const [target] = targets === undefined ? [] : named(targets, 'Target')
  if (target === undefined) return raw
  const { at } = target
  if (raw.probabilities !== undefined || model.at.functionName === 'classification') {
    if (raw.value !== undefined) return raw
    const priors = named(target, 'TargetValue').filter((each) => each.at.priorProbability !== undefined)
    if (priors.length === 0) return raw
    return classified(
      priors.map((each) => each.at.value ?? ''),
      priors.map((each) => Number(each.at.priorProbability))
    )
  }
  const [standIn] = named(target, 'TargetValue')
  // A default stands for the target itself. What follows is done to what was predicted.
  if (raw.value === undefined) return { ...raw, value: mapped(standIn?.at.defaultValue, 'double') }
  const limited = Math.min(
    Math.max(Number(raw.value), Number(at.min ?? Number.NEGATIVE_INFINITY)),
    Number(at.max ?? Number.POSITIVE_INFINITY)
  )
  const rescaled = limited * Number(at.rescaleFactor ?? 1) + Number(at.rescaleConstant ?? 0)
  const whole: Record<string, number> = {
    round: Math.floor(rescaled + 0.5),
    ceiling: Math.ceil(rescaled),
    floor: Math.floor(rescaled)
  }
  return { ...raw, value: whole[at.castInteger ?? ''] ?? rescaled }
}

function outputsOf(document: Document, model: Tag, scope: Scope, answer: Raw): ReadonlyMap<string, Known> {
  const [output] = named(model, 'Output')
  const outputs = new Map<string, Known>()
  const wider: Scope = (name) => (outputs.has(name) ? outputs.get(name) : scope(name))
  for (const tag of output === undefined ? [] : named(output, 'OutputField')) {
    outputs.set(tag.at.name ?? '', outputOf(document, model, tag, wider, answer))
  }
  return outputs
}

function outputOf(document: Document, model: Tag, tag: Tag, scope: Scope, answer: Raw): Known {
  const feature = tag.at.feature ?? 'predictedValue'
  if (feature === 'predictedValue') return answer.value
  if (feature === 'probability') {
    const of = tag.at.value ?? String(answer.value)
    return answer.value === undefined ? undefined : (answer.probabilities?.get(of) ?? 0)
  }
  if (feature === 'reasonCode') return answer.reasons[Number(tag.at.rank ?? 1) - 1]?.code
  const [expression] = content(tag)
  if (expression === undefined) throw new Error(`no ${feature}`)
  return cast(express(document, model, expression, scope), tag.at.dataType ?? 'double')
}

// ---- the text

function named(tag: Tag, name: string): readonly Tag[] {
  return tag.inner.filter((each) => each.name === name)
}

/** What a tag holds beside extensions. */
function content(tag: Tag): readonly Tag[] {
  return tag.inner.filter(({ name }) => name !== 'Extension')
}

function parsed(xml: string): Tag {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    trimValues: false,
    parseTagValue: false,
    htmlEntities: true
  })
  const [root] = (parser.parse(xml) as object[]).map(tagOf).filter(({ name }) => name === 'PMML')
  if (root === undefined) throw new Error('no PMML')
  return root
}

function tagOf(node: object): Tag {
  const { ':@': at = {}, ...held } = node as Record<string, unknown>
  const [[name = '', inside] = []] = Object.entries(held)
  const all = Array.isArray(inside) ? (inside as Record<string, unknown>[]) : []
  const text = all.map((each) => each['#text'] ?? '').join('')
  return { name, at: at as Record<string, string>, inner: all.filter((each) => !('#text' in each)).map(tagOf), text }
}
