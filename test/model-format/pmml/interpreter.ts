import { XMLParser } from 'fast-xml-parser'

/*
 * A small interpreter of PMML, written from the specification and from nothing of ours: it says
 * what a document means to others. http://dmg.org/pmml/v4-4/Scorecard.html, Regression.html,
 * TreeModel.html (predicates), Functions.html.
 */

type Value = number | string | boolean
type Values = Readonly<Record<string, Value | undefined>>

interface Tag {
  name: string
  at: Record<string, string>
  inner: Tag[]
  text: string
}

interface Scored {
  /** Undefined where no attribute of some characteristic is true: the card then has no score. */
  score: number | undefined
  pd: number | undefined
  partials: { name: string; points: number; reasonCode: string; below: number }[]
}

interface PmmlInterpreter {
  score: (values: Values) => Scored
  /** Of the first category, by a RegressionModel. */
  probability: (values: Values) => number | undefined
  /** Names of fields that are used without having been declared. */
  undeclared: string[]
}

export function interpreterOf(xml: string): PmmlInterpreter {
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
  const types = new Map(all(root, 'DataField').map(({ at }) => [at.name ?? '', at.dataType ?? '']))
  const mined = new Set(all(root, 'MiningField').map(({ at }) => at.name ?? ''))
  const derived = new Map(all(root, 'DerivedField').map((tag) => [tag.at.name ?? '', tag]))
  const undeclared = all(root, 'SimplePredicate')
    .concat(all(root, 'SimpleSetPredicate'), all(root, 'Discretize'), all(root, 'FieldColumnPair'))
    .map(({ at }) => at.field ?? '')
    .filter(
      (field) =>
        !(types.has(field) && mined.has(field)) && all(root, 'OutputField').every(({ at }) => at.name !== field)
    )

  const read = (field: string, values: Values): Value | undefined => {
    const tag = derived.get(field)
    if (tag !== undefined) return evaluate(tag.inner[0], values)
    const value = Object.hasOwn(values, field) ? values[field] : undefined
    return types.get(field) === 'double' && !Number.isFinite(value) ? undefined : value
  }
  const literal = (field: string, text: string): Value =>
    types.get(field) === 'double' ? Number(text) : types.get(field) === 'boolean' ? text === 'true' : text

  function evaluate(tag: Tag | undefined, values: Values): number | undefined {
    if (tag === undefined) throw new Error('no expression')
    const operands = () => tag.inner.map((each) => evaluate(each, values) ?? Number.NaN)
    const number = (text: string | undefined) => (text === undefined ? undefined : Number(text))
    switch (tag.name) {
      case 'Constant':
        return Number(tag.text)
      case 'FieldRef':
        return Number(read(tag.at.field ?? '', values))
      case 'Apply': {
        const [a = Number.NaN, b = Number.NaN] = operands()
        const result: Record<string, number> = {
          '+': a + b,
          '-': a - b,
          '*': a * b,
          '/': a / b,
          exp: Math.exp(a),
          round: Math.round(a),
          max: Math.max(a, b)
        }
        return result[tag.at.function ?? '']
      }
      case 'Discretize': {
        const value = read(tag.at.field ?? '', values)
        if (typeof value !== 'number') return number(tag.at.mapMissingTo)
        const bin = tag.inner.find(({ inner: [interval] }) => interval !== undefined && within(value, interval.at))
        return number(bin?.at.binValue ?? tag.at.defaultValue)
      }
      case 'MapValues': {
        const [pair] = all(tag, 'FieldColumnPair')
        const value = read(pair?.at.field ?? '', values)
        if (value === undefined) return number(tag.at.mapMissingTo)
        const cell = (row: Tag, column: string | undefined) => row.inner.find(({ name }) => name === column)?.text
        const row = all(tag, 'row').find((each) => cell(each, pair?.at.column) === String(value))
        return number(row === undefined ? tag.at.defaultValue : cell(row, tag.at.outputColumn))
      }
      default:
        throw new Error(`no ${tag.name}`)
    }
  }

  /** True, false, or undefined for UNKNOWN. */
  function truth(tag: Tag, values: Values): boolean | undefined {
    if (tag.name === 'CompoundPredicate') {
      const parts = tag.inner.map((each) => truth(each, values))
      const decisive = tag.at.booleanOperator === 'or'
      if (parts.includes(decisive)) return decisive
      return parts.includes(undefined) ? undefined : !decisive
    }
    const value = read(tag.at.field ?? '', values)
    if (tag.at.operator === 'isMissing') return value === undefined
    if (tag.at.operator === 'isNotMissing') return value !== undefined
    if (value === undefined) return undefined
    return tag.name === 'SimpleSetPredicate' ? isMember(tag.inner[0], value) : compares(tag, value)
  }

  function isMember(array: Tag | undefined, value: Value): boolean {
    const members = [...(array?.text ?? '').matchAll(/"([^"]*)"/g)].map(([, member]) => member)
    if (members.length !== Number(array?.at.n)) throw new Error('n is wrong')
    return members.includes(String(value))
  }

  function compares({ name, at }: Tag, value: Value): boolean {
    const bound = literal(at.field ?? '', at.value ?? '')
    const results: Record<string, boolean> = {
      equal: value === bound,
      lessThan: value < bound,
      greaterOrEqual: value >= bound
    }
    const result = name === 'SimplePredicate' ? results[at.operator ?? ''] : undefined
    if (result === undefined) throw new Error(`no ${name} ${at.operator}`)
    return result
  }

  const score = (values: Values): Scored => {
    const [card] = all(root, 'Scorecard')
    if (card?.at.useReasonCodes !== 'true' || card.at.reasonCodeAlgorithm !== 'pointsBelow')
      throw new Error('no reasons')
    const partials: Scored['partials'] = []
    for (const each of all(card, 'Characteristic')) {
      const attribute = all(each, 'Attribute').find((one) => truth(one.inner[0] ?? one, values) === true)
      if (attribute === undefined) return { score: undefined, pd: undefined, partials }
      const points = Number(attribute.at.partialScore)
      const below = Number(each.at.baselineScore) - points
      const reasonCode = attribute.at.reasonCode ?? each.at.reasonCode ?? ''
      partials.push({ name: each.at.name ?? '', points, reasonCode, below })
    }
    const total = partials.reduce((sum, { points }) => sum + points, 0) + Number(card.at.initialScore)
    const outputs = all(card, 'OutputField')
    const predicted = outputs.find(({ at }) => at.feature === 'predictedValue')?.at.name ?? ''
    const pd = outputs.find(({ at }) => at.feature === 'transformedValue')
    types.set(predicted, 'double')
    return { score: total, pd: evaluate(pd?.inner[0], { ...values, [predicted]: total }), partials }
  }

  const probability = (values: Values): number | undefined => {
    const [first] = all(root, 'RegressionTable')
    let sum = Number(first?.at.intercept)
    for (const { at } of all(first ?? root, 'NumericPredictor')) {
      const value = read(at.name ?? '', values)
      if (typeof value !== 'number') return undefined
      sum += Number(at.coefficient) * value
    }
    return 1 / (1 + Math.exp(-sum))
  }
  return { score, probability, undeclared }
}

function within(value: number, { closure, leftMargin, rightMargin }: Record<string, string>): boolean {
  const left =
    leftMargin === undefined ||
    (closure?.startsWith('closed') ? value >= Number(leftMargin) : value > Number(leftMargin))
  const right =
    rightMargin === undefined ||
    (closure?.endsWith('Closed') ? value <= Number(rightMargin) : value < Number(rightMargin))
  return left && right
}

/** Every element of a name below another, in the order of the document. */
function all(tag: Tag, name: string): Tag[] {
  return tag.inner.flatMap((each) => [...(each.name === name ? [each] : []), ...all(each, name)])
}

function tagOf(node: object): Tag {
  const { ':@': at = {}, ...held } = node as Record<string, unknown>
  const [[name = '', content] = []] = Object.entries(held)
  const inside = Array.isArray(content) ? (content as Record<string, unknown>[]) : []
  const text = inside.map((each) => each['#text'] ?? '').join('')
  const inner = inside.filter((each) => !('#text' in each)).map(tagOf)
  return { name, at: at as Record<string, string>, inner: inner.filter((each) => each.name !== 'Extension'), text }
}
