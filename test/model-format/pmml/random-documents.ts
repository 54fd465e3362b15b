import type { Row, Value } from './pmml-interpreter.ts'

/*
 * PMML documents at random, of every kind that is read, with treatments of what is missing, invalid
 * or far out, and rows to go with them. The same seed makes the same document.
 */

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function uniform(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

class Dice {
  readonly #next: () => number
  constructor(seed: number) {
    this.#next = uniform(seed)
  }
  /** A whole number from 0, below `count`. */
  below(count: number): number {
    return Math.floor(this.#next() * count)
  }
  chance(share: number): boolean {
    return this.#next() < share
  }
  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item
  }
  /** A decimal with one place, from -size to size. */
  decimal(size: number): number {
    return (this.below(20 * size + 1) - 10 * size) / 10 + 0
  }
  many<Item>(least: number, most: number, make: (index: number) => Item): Item[] {
    return Array.from({ length: least + this.below(most - least + 1) }, (_, index) => make(index))
  }
}

type FieldKind = 'number' | 'word' | 'yes'
interface Field {
  readonly name: string
  readonly kind: FieldKind
  readonly isInteger: boolean
  readonly data: string
  readonly mining: string
}

const WORDS = ['red', 'green', 'blue', 'grey sky', 'a&amp;b'] as const
const plain = (word: string) => word.replace('&amp;', '&')

interface RandomDocument {
  readonly kind: string
  readonly xml: string
  readonly rows: readonly Row[]
  /** What its importer has to say. */
  readonly choices: { readonly bad?: string; readonly predicts?: 'points' | 'probability' | 'logOdds' }
  readonly isClassification: boolean
}

const DATA_TYPES = { word: 'string', yes: 'boolean' } as const
const NUMBER_TYPES = ['double', 'double', 'double', 'float', 'integer'] as const

function fieldOf(dice: Dice, name: string, kind: FieldKind): Field {
  const dataType = kind === 'number' ? dice.pick(NUMBER_TYPES) : DATA_TYPES[kind]
  const optype = kind === 'number' ? 'continuous' : 'categorical'
  const data = `<DataField name="${name}" optype="${optype}" dataType="${dataType}">${validity(dice, kind)}</DataField>`
  const isInteger = dataType === 'integer'
  return { name, kind, isInteger, data, mining: `<MiningField name="${name}" ${treatment(dice, kind)}/>` }
}

function validity(dice: Dice, kind: FieldKind): string {
  const maybe = (share: number, text: string) => (dice.chance(share) ? text : '')
  const words = WORDS.slice(0, 4).map((word) => `<Value value="${word}"/>`)
  if (kind === 'word') return maybe(0.5, words.join('')) + maybe(0.2, '<Value value="n/a" property="missing"/>')
  if (kind === 'yes') return ''
  const closure = dice.pick(['closedClosed', 'openOpen', 'closedOpen', 'openClosed'])
  const margins = dice.pick(['leftMargin="-8" rightMargin="8"', 'leftMargin="-8"', 'rightMargin="8"'])
  return [
    maybe(0.3, `<Interval closure="${closure}" ${margins}/>`),
    maybe(0.2, '<Value value="-9" property="missing"/>'),
    maybe(0.1, '<Value value="7" property="invalid"/>')
  ].join('')
}

function treatment(dice: Dice, kind: FieldKind): string {
  const some = kind === 'number' ? dice.decimal(5) : kind === 'yes' ? 'true' : dice.pick(WORDS.slice(0, 3))
  const ofInvalid = dice.pick(['', '', 'returnInvalid', 'asIs', 'asMissing', 'asValue'])
  const ofMissing = dice.chance(0.3) ? `missingValueReplacement="${some}"` : 'missingValueTreatment="returnInvalid"'
  const ofOutliers = `outliers="${dice.pick(['asMissingValues', 'asExtremeValues'])}" lowValue="-6" highValue="6"`
  return [
    ofInvalid === '' ? '' : `invalidValueTreatment="${ofInvalid}"`,
    ofInvalid === 'asValue' ? `invalidValueReplacement="${some}"` : '',
    ofMissing.startsWith('missingValueReplacement') || dice.chance(0.1) ? ofMissing : '',
    kind === 'number' && dice.chance(0.2) ? ofOutliers : ''
  ].join(' ')
}

function valueFor(dice: Dice, { kind, isInteger }: Field): Value | undefined {
  if (dice.chance(0.15)) return undefined
  if (kind === 'yes') return dice.chance(0.95) ? dice.chance(0.5) : 'yes'
  if (kind === 'word') return dice.chance(0.85) ? plain(dice.pick(WORDS)) : dice.pick(['n/a', 'unheard of', ''])
  const number = dice.chance(isInteger ? 0.1 : 0.5) ? dice.decimal(10) : dice.below(21) - 10
  return dice.chance(0.97) ? number : String(number)
}

/** How deep expressions are nested. */
const TOP = 2
const OF_ONE = [
  'abs',
  'floor',
  'ceil',
  'round',
  'rint',
  'exp',
  'expm1',
  'sin',
  'cos',
  'tan',
  'atan',
  'sinh',
  'cosh',
  'tanh'
]
const OF_SOME = ['sqrt', 'ln', 'log10', 'ln1p', 'asin', 'acos']
const OF_TWO = ['+', '-', '*', '/', 'pow', 'threshold', 'modulo', 'hypot']
const OF_MANY = ['min', 'max', 'sum', 'avg', 'median', 'product']
const ROUNDED = ['erf', 'stdNormalCDF']
const COMPARISONS = ['equal', 'notEqual', 'lessThan', 'lessOrEqual', 'greaterThan', 'greaterOrEqual']

const applied = (name: string, operands: readonly string[], more = ''): string =>
  `<Apply function="${name}" ${more}>${operands.join('')}</Apply>`

/** What is made of fields while a document is written. */
class Writer {
  readonly dice: Dice
  readonly fields: readonly Field[]
  derived: string[] = []
  constructor(dice: Dice) {
    this.dice = dice
    this.fields = [
      fieldOf(dice, 'x', 'number'),
      fieldOf(dice, 'y', 'number'),
      fieldOf(dice, 'z', 'number'),
      fieldOf(dice, 'word', 'word'),
      fieldOf(dice, 'flag', 'yes')
    ]
  }
  field(...kinds: FieldKind[]): Field {
    return this.dice.pick(this.fields.filter(({ kind }) => kinds.includes(kind)))
  }
  simple(field = this.field('number', 'word', 'yes')): string {
    const { dice } = this
    if (dice.chance(0.12))
      return `<SimplePredicate field="${field.name}" operator="${dice.pick(['isMissing', 'isNotMissing'])}"/>`
    if (field.kind === 'word' && dice.chance(0.5)) {
      const words = dice.many(1, 3, () => dice.pick(WORDS))
      const array = words.map((word) => (word.includes(' ') ? `"${word}"` : word)).join(' ')
      return `<SimpleSetPredicate field="word" booleanOperator="${dice.pick(['isIn', 'isNotIn'])}"><Array n="${words.length}" type="string">${array}</Array></SimpleSetPredicate>`
    }
    const operators =
      field.kind === 'number'
        ? ['lessThan', 'lessOrEqual', 'greaterThan', 'greaterOrEqual', 'equal', 'notEqual']
        : ['equal', 'notEqual']
    const value =
      field.kind === 'number' ? dice.decimal(8) : field.kind === 'yes' ? dice.pick(['true', 'false']) : dice.pick(WORDS)
    return `<SimplePredicate field="${field.name}" operator="${dice.pick(operators)}" value="${value}"/>`
  }
  predicate(depth = 2): string {
    const { dice } = this
    if (depth === 0 || dice.chance(0.5)) return this.simple()
    const operator = dice.pick(['and', 'or', 'xor', 'surrogate'])
    const parts = dice.many(2, 3, () => this.predicate(depth - 1))
    return `<CompoundPredicate booleanOperator="${operator}">${parts.join('')}</CompoundPredicate>`
  }
  /** An expression that gives a number. */
  expression(depth = TOP): string {
    const { dice } = this
    const operand = () =>
      depth > 0 ? this.expression(depth - 1) : dice.chance(0.7) ? this.reference() : constant(dice.decimal(5))
    const kind = dice.below(13)
    if (depth === 0 || kind === 0) return this.reference()
    if (kind <= 2) return this.apply(dice.pick(OF_TWO), [operand(), operand()])
    if (kind === 3) return this.apply(dice.pick(OF_MANY), dice.many(1, 3, operand))
    if (kind <= 5) return this.apply(dice.pick(OF_ONE), [operand()])
    // Some functions are defined for a part of the numbers alone.
    if (kind === 6) return this.apply(dice.pick(OF_SOME), [dice.chance(0.5) ? applied('abs', [operand()]) : operand()])
    // Of what two computers round differently, no further function makes a step.
    if (kind === 7 && depth === TOP) return this.apply(dice.pick(ROUNDED), [this.reference()])
    if (kind === 8) return applied('if', [this.condition(depth - 1), ...dice.many(1, 2, operand)])
    if (kind === 9) return applied('stringLength', [this.text(depth)])
    return this.mapping()
  }
  /** A function with one of the treatments of what is missing or not valid. */
  apply(name: string, operands: readonly string[]): string {
    const { dice } = this
    const more = dice.pick([
      '',
      '',
      `mapMissingTo="${dice.decimal(3)}"`,
      `defaultValue="${dice.decimal(3)}"`,
      'invalidValueTreatment="asMissing"',
      'invalidValueTreatment="asIs"',
      `invalidValueTreatment="returnInvalid" defaultValue="${dice.decimal(3)}"`
    ])
    return applied(name, operands, more)
  }
  /** One of two expressions, by a condition. */
  choice(): string {
    return applied('if', [this.condition(TOP), this.expression(1), this.expression(1)])
  }
  /** An expression that is true or false. */
  condition(depth: number): string {
    const { dice } = this
    const kind = dice.below(depth > 0 ? 7 : 5)
    const word = () => `<Constant dataType="string">${dice.pick(WORDS)}</Constant>`
    switch (kind) {
      case 0:
        return applied(dice.pick(COMPARISONS), [this.expression(depth), constant(dice.decimal(4))])
      case 1:
        return applied(dice.pick(['equal', 'notEqual']), [this.text(depth), word()])
      case 2:
        return applied(dice.pick(['isIn', 'isNotIn']), [this.text(depth), ...dice.many(1, 3, word)])
      case 3: {
        const numbers = dice.many(1, 3, () => constant(dice.below(21) - 10))
        return applied(dice.pick(['isIn', 'isNotIn']), [this.reference(), ...numbers])
      }
      case 4: {
        const field = `<FieldRef field="${this.field('number', 'word', 'yes').name}"/>`
        return applied(dice.pick(['isMissing', 'isNotMissing', 'isValid', 'isNotValid']), [field])
      }
      case 5:
        return applied('not', [this.condition(depth - 1)])
      default:
        return applied(
          dice.pick(['and', 'or']),
          dice.many(2, 3, () => this.condition(depth - 1))
        )
    }
  }
  /** An expression that is a text. */
  text(depth: number): string {
    const { dice } = this
    const kind = dice.below(6)
    if (depth === 0 || kind <= 1) return '<FieldRef field="word"/>'
    const inner = () => this.text(depth - 1)
    const whole = (value: number) => `<Constant dataType="integer">${value}</Constant>`
    if (kind === 2) return applied('substring', [inner(), whole(1 + dice.below(3)), whole(dice.below(4))])
    if (kind === 3) return applied('concat', dice.many(2, 3, inner))
    return applied(dice.pick(['uppercase', 'lowercase', 'trimBlanks']), [inner()])
  }
  reference(): string {
    const { dice } = this
    const more = dice.chance(0.2) ? ` mapMissingTo="${dice.decimal(3)}"` : ''
    return `<FieldRef field="${this.field('number').name}"${more}/>`
  }
  /** A curve, bins, a table or an indicator. */
  mapping(): string {
    const { dice } = this
    const missing = dice.chance(0.5) ? `mapMissingTo="${dice.decimal(2)}"` : ''
    const otherwise = dice.chance(0.6) ? `defaultValue="${dice.decimal(2)}"` : ''
    switch (dice.below(4)) {
      case 0: {
        const points = dice.many(2, 4, () => dice.decimal(3))
        const norms = points.map((norm, index) => `<LinearNorm orig="${index * 3 - 4}" norm="${norm}"/>`)
        const outliers = dice.pick(['', 'outliers="asMissingValues"', 'outliers="asExtremeValues"'])
        return `<NormContinuous field="${this.field('number').name}" ${missing} ${outliers}>${norms.join('')}</NormContinuous>`
      }
      case 1:
        return `<NormDiscrete field="word" value="${dice.pick(WORDS)}" ${missing}/>`
      case 2: {
        const bins = dice.many(1, 3, (index) => {
          const closure = dice.pick(['closedOpen', 'openClosed', 'closedClosed', 'openOpen'])
          return `<DiscretizeBin binValue="${dice.decimal(4)}"><Interval closure="${closure}" leftMargin="${index * 3 - 5}" rightMargin="${index * 3 - 1}"/></DiscretizeBin>`
        })
        return `<Discretize field="${this.field('number').name}" dataType="double" ${missing} ${otherwise}>${bins.join('')}</Discretize>`
      }
      default: {
        const rows = dice.many(
          1,
          4,
          () => `<row><a>${dice.pick(WORDS)}</a><b>${dice.chance(0.5)}</b><c>${dice.decimal(4)}</c></row>`
        )
        return `<MapValues outputColumn="c" dataType="double" ${missing} ${otherwise}><FieldColumnPair field="word" column="a"/><FieldColumnPair field="flag" column="b"/><InlineTable>${rows.join('')}</InlineTable></MapValues>`
      }
    }
  }
  derive(expression: string): string {
    const name = `d${this.derived.length}`
    const dataType = this.dice.pick(NUMBER_TYPES)
    this.derived.push(
      `<DerivedField name="${name}" optype="continuous" dataType="${dataType}">${expression}</DerivedField>`
    )
    return name
  }
  mined(target = ''): string {
    return `<MiningSchema>${this.fields.map(({ mining }) => mining).join('')}${target}</MiningSchema>`
  }
  locals(): string {
    return this.derived.length > 0 ? `<LocalTransformations>${this.derived.join('')}</LocalTransformations>` : ''
  }
}

const constant = (value: number) => `<Constant dataType="double">${value}</Constant>`

// ---- scorecards

function card(
  writer: Writer,
  options: { points?: 'whole' | 'fraction'; wide?: boolean; complex?: boolean; derived?: boolean }
): string {
  const { dice } = writer
  const { points = 'whole', wide = false, complex = false, derived = false } = options
  const worth = () => (points === 'whole' ? dice.below(60) - 10 : dice.decimal(40))
  const usesReasons = dice.chance(0.7)
  const algorithm = dice.pick(['pointsBelow', 'pointsAbove'])
  const characteristics = dice.many(1, 4, (index) => {
    const field = writer.field('number', 'word', 'yes')
    const name = derived ? writer.derive(writer.expression()) : field.name
    const predicate = () =>
      derived
        ? `<SimplePredicate field="${name}" operator="${dice.pick(['lessThan', 'greaterOrEqual'])}" value="${dice.decimal(5)}"/>`
        : wide
          ? writer.predicate()
          : writer.simple(field)
    const code = () => (usesReasons ? ` reasonCode="R${dice.below(4)}"` : '')
    const attribute = (inner: string) =>
      complex && dice.chance(0.4)
        ? `<Attribute${dice.chance(0.2) ? code() : ''}>${inner}<ComplexPartialScore>${writer.expression()}</ComplexPartialScore></Attribute>`
        : `<Attribute partialScore="${worth()}"${dice.chance(0.2) ? code() : ''}>${inner}</Attribute>`
    const attributes = dice.many(1, 4, () => attribute(predicate()))
    if (dice.chance(0.8)) attributes.push(attribute('<True/>'))
    const baseline = usesReasons ? ` baselineScore="${worth()}"` : ''
    return `<Characteristic name="ch ${index}"${code()}${baseline}>${attributes.join('')}</Characteristic>`
  })
  return `<Scorecard modelName="card" functionName="regression" initialScore="${worth()}" useReasonCodes="${usesReasons}" reasonCodeAlgorithm="${algorithm}">${writer.mined()}@TARGETS@${writer.locals()}<Characteristics>${characteristics.join('')}</Characteristics></Scorecard>`
}

// ---- regressions

function regression(
  writer: Writer,
  options: {
    link?: string
    dummies?: boolean
    terms?: boolean
    categories?: boolean
    isNumber?: boolean
    twoTables?: boolean
    choices?: boolean
  }
): string {
  const { dice } = writer
  const { link = 'logit', isNumber = false, twoTables = false } = options
  const table = (target: string) => {
    const predictors = dice.many(1, 3, () => {
      const isDerived = options.choices === true || dice.chance(0.3)
      const derived = options.choices === true ? () => writer.choice() : () => writer.expression()
      const name = isDerived ? writer.derive(derived()) : writer.field('number').name
      const exponent = options.terms && dice.chance(0.4) ? ` exponent="${dice.pick([2, 3])}"` : ''
      return `<NumericPredictor name="${name}" coefficient="${dice.decimal(1)}"${exponent}/>`
    })
    if (options.dummies)
      for (const word of WORDS.slice(0, 3)) {
        const missing = dice.chance(0.5) ? ' mapMissingTo="0"' : ''
        const name = writer.derive(`<NormDiscrete field="word" value="${word}"${missing}/>`)
        predictors.push(`<NumericPredictor name="${name}" coefficient="${dice.decimal(2)}"/>`)
      }
    if (options.categories) {
      for (const word of WORDS.slice(0, 4))
        predictors.push(`<CategoricalPredictor name="word" value="${word}" coefficient="${dice.decimal(2)}"/>`)
      predictors.push(`<CategoricalPredictor name="flag" value="true" coefficient="${dice.decimal(2) || 0.3}"/>`)
    }
    if (options.terms) {
      const factors = dice.many(1, 3, () => `<FieldRef field="${writer.field('number').name}"/>`)
      predictors.push(`<PredictorTerm coefficient="${dice.decimal(1)}">${factors.join('')}</PredictorTerm>`)
    }
    // One coefficient is other than 0, so that the document tells somebody apart.
    return `<RegressionTable intercept="${dice.decimal(2)}"${target}>${predictors.join('')}<NumericPredictor name="x" coefficient="0.7"/></RegressionTable>`
  }
  const functionName = isNumber ? 'regression' : 'classification'
  const isFirst = dice.chance(0.5)
  const names = isFirst ? ['bad', 'good'] : ['good', 'bad']
  const tables = isNumber
    ? table('')
    : table(` targetCategory="${names[0]}"`) +
      (twoTables
        ? table(` targetCategory="${names[1]}"`)
        : `<RegressionTable intercept="${dice.chance(0.5) ? 0 : dice.decimal(1)}" targetCategory="${names[1]}"/>`)
  return `<RegressionModel modelName="regression" functionName="${functionName}" normalizationMethod="${link}">${writer.mined()}@TARGETS@${writer.locals()}${tables}</RegressionModel>`
}

// ---- trees

interface TreeOptions {
  readonly isClassification: boolean
  readonly strategy?: string
  readonly wide?: boolean
  readonly isInner?: boolean
  /** Leaves have a score and no distribution. */
  readonly votes?: boolean
}

function leafParts(
  dice: Dice,
  { isClassification, votes }: TreeOptions,
  records: number
): { score: string; inner: string } {
  if (!isClassification) return { score: ` score="${dice.decimal(3)}"`, inner: '' }
  const bad = dice.below(records + 1)
  const isBad = bad * 2 > records
  const distribution = `<ScoreDistribution value="bad" recordCount="${bad}"/><ScoreDistribution value="good" recordCount="${records - bad}"/>`
  return { score: ` score="${isBad ? 'bad' : 'good'}"`, inner: votes ? '' : distribution }
}

let ids = 0
function node(
  writer: Writer,
  options: TreeOptions,
  predicate: string,
  depth: number
): { xml: string; id: string; records: number } {
  const { dice } = writer
  ids += 1
  const id = `n${ids}`
  const isWeighted = options.strategy === 'weightedConfidence' || options.strategy === 'aggregateNodes'
  if (depth === 0 || (depth < 3 && dice.chance(0.15))) {
    const records = 1 + dice.below(30)
    const { score, inner } = leafParts(dice, options, records)
    return { xml: `<Node id="${id}"${score} recordCount="${records}">${predicate}${inner}</Node>`, id, records }
  }
  const children: { xml: string; id: string; records: number }[] = []
  if (isWeighted || dice.chance(0.6)) {
    for (const each of pair(writer)) children.push(node(writer, options, each, depth - 1))
  } else {
    for (const each of dice.many(1, 3, () => (options.wide ? writer.predicate(1) : writer.simple())))
      children.push(node(writer, options, each, depth - 1))
    if (dice.chance(0.5)) children.push(node(writer, options, '<True/>', depth - 1))
  }
  const records = children.reduce((sum, child) => sum + child.records, 0)
  const { score, inner } = leafParts(dice, options, records)
  const fallback = options.strategy === 'defaultChild' ? ` defaultChild="${dice.pick(children).id}"` : ''
  return {
    xml: `<Node id="${id}"${score} recordCount="${records}"${fallback}>${predicate}${inner}${children.map(({ xml }) => xml).join('')}</Node>`,
    id,
    records
  }
}

/** Two predicates of which exactly one holds. */
function pair({ dice, ...writer }: Writer): readonly [string, string] {
  const numbers = writer.fields.filter(({ kind }) => kind === 'number')
  const field = dice.pick(numbers).name
  const value = dice.decimal(6)
  const [one, other] = dice.pick([
    ['lessThan', 'greaterOrEqual'],
    ['lessOrEqual', 'greaterThan'],
    ['greaterThan', 'lessOrEqual']
  ] as const)
  if (dice.chance(0.7))
    return [
      `<SimplePredicate field="${field}" operator="${one}" value="${value}"/>`,
      `<SimplePredicate field="${field}" operator="${other}" value="${value}"/>`
    ]
  const word = dice.pick(WORDS)
  return [
    `<SimplePredicate field="word" operator="equal" value="${word}"/>`,
    `<SimplePredicate field="word" operator="notEqual" value="${word}"/>`
  ]
}

const STRATEGIES = ['none', 'defaultChild', 'lastPrediction', 'nullPrediction'] as const
const WEIGHTED = ['weightedConfidence', 'aggregateNodes'] as const

function tree(writer: Writer, options: TreeOptions): string {
  const { dice } = writer
  const strategy = options.strategy ?? dice.pick(STRATEGIES)
  const last = dice.chance(0.5) ? ' noTrueChildStrategy="returnLastPrediction"' : ''
  const root = node(writer, { ...options, strategy }, '<True/>', 3)
  const head = options.isInner ? innerSchema(writer) : writer.mined()
  const functionName = options.isClassification ? 'classification' : 'regression'
  const targets = options.isInner ? '' : '@TARGETS@'
  return `<TreeModel functionName="${functionName}" missingValueStrategy="${strategy}"${last}>${head}${targets}${root.xml}</TreeModel>`
}

function innerSchema({ fields }: Writer): string {
  return `<MiningSchema>${fields.map(({ name }) => `<MiningField name="${name}"/>`).join('')}</MiningSchema>`
}

// ---- several models

function segments(writer: Writer, method: string, inner: () => string, predicate: () => string): string {
  const { dice } = writer
  const isWeighted = method.startsWith('weighted')
  const all = dice.many(
    2,
    5,
    () => `<Segment${isWeighted ? ` weight="${1 + dice.below(5)}"` : ''}>${predicate()}${inner()}</Segment>`
  )
  const treatment = dice.pick([
    '',
    '',
    ' missingPredictionTreatment="skipSegment"',
    ' missingPredictionTreatment="returnMissing"'
  ])
  return `<Segmentation multipleModelMethod="${method}"${treatment}>${all.join('')}</Segmentation>`
}

function ensemble(
  writer: Writer,
  methods: readonly string[],
  options: TreeOptions,
  predicate: () => string = () => '<True/>'
): string {
  const method = writer.dice.pick(methods)
  const inner = segments(writer, method, () => tree(writer, { ...options, isInner: true }), predicate)
  const functionName = options.isClassification ? 'classification' : 'regression'
  return `<MiningModel functionName="${functionName}">${writer.mined()}@TARGETS@${inner}</MiningModel>`
}

/** Boosted trees whose sum goes through a logistic regression, as tools write them. */
function boosted(writer: Writer): string {
  const { dice } = writer
  const options: TreeOptions = { isClassification: false, isInner: true }
  const sum = segments(
    writer,
    'sum',
    () => tree(writer, options),
    () => '<True/>'
  )
  const rescale = dice.chance(0.5)
    ? `<Targets><Target field="t" rescaleConstant="${dice.decimal(1)}" rescaleFactor="${dice.pick([0.5, 2])}"/></Targets>`
    : ''
  const first = `<MiningModel functionName="regression">${innerSchema(writer)}<Output><OutputField name="margin" dataType="double" optype="continuous" feature="predictedValue"/><OutputField name="half" dataType="double" optype="continuous" feature="transformedValue"><Apply function="/"><FieldRef field="margin"/><Constant dataType="double">2</Constant></Apply></OutputField></Output>${rescale}${sum}</MiningModel>`
  const used = dice.pick(['margin', 'half'])
  const last = `<RegressionModel functionName="classification" normalizationMethod="logit"><MiningSchema><MiningField name="${used}"/></MiningSchema><RegressionTable intercept="${dice.decimal(1)}" targetCategory="bad"><NumericPredictor name="${used}" coefficient="1"/></RegressionTable><RegressionTable intercept="0" targetCategory="good"/></RegressionModel>`
  return `<MiningModel functionName="classification">${writer.mined()}<Segmentation multipleModelMethod="modelChain"><Segment>${'<True/>'}${first}</Segment><Segment><True/>${last}</Segment></Segmentation></MiningModel>`
}

type Kind = readonly [
  name: string,
  make: (writer: Writer) => string,
  choices?: { readonly predicts?: 'points' | 'probability' | 'logOdds'; readonly isNumber?: boolean }
]

const NUMBER = { predicts: 'logOdds', isNumber: true } as const
const CARD = { isNumber: true } as const

/** Every kind of document, with how it is made. */
const KINDS: readonly Kind[] = [
  ['card of whole points', (w) => card(w, {}), CARD],
  ['card of fractions', (w) => card(w, { points: 'fraction' }), CARD],
  ['card on several fields', (w) => card(w, { wide: true }), CARD],
  ['card of computed points', (w) => card(w, { complex: true }), CARD],
  ['card on derived fields', (w) => card(w, { derived: true }), CARD],
  ['logistic regression', (w) => regression(w, {})],
  [
    'regression with other links',
    (w) => regression(w, { link: w.dice.pick(['probit', 'cloglog', 'loglog', 'cauchit']) })
  ],
  ['regression with dummies', (w) => regression(w, { dummies: true })],
  ['regression with categories', (w) => regression(w, { categories: true })],
  ['regression with interactions', (w) => regression(w, { terms: true })],
  ['softmax of two tables', (w) => regression(w, { link: 'softmax', twoTables: true, categories: w.dice.chance(0.5) })],
  [
    'regression of a number',
    (w) => regression(w, { isNumber: true, link: w.dice.pick(['none', 'exp', 'logit']), terms: w.dice.chance(0.5) }),
    NUMBER
  ],
  ['regression on conditions', (w) => regression(w, { isNumber: true, link: 'none', choices: true }), NUMBER],
  ['regression tree', (w) => tree(w, { isClassification: false }), NUMBER],
  ['classification tree', (w) => tree(w, { isClassification: true })],
  ['tree of compound predicates', (w) => tree(w, { isClassification: true, wide: true })],
  ['tree with weighted ways', (w) => tree(w, { isClassification: true, strategy: w.dice.pick(WEIGHTED) })],
  ['sum of trees', (w) => ensemble(w, ['sum', 'weightedSum'], { isClassification: false }), NUMBER],
  ['average of trees', (w) => ensemble(w, ['average', 'weightedAverage'], { isClassification: true })],
  [
    'vote of trees',
    (w) => ensemble(w, ['majorityVote', 'weightedMajorityVote'], { isClassification: true, votes: w.dice.chance(0.5) })
  ],
  ['middle of trees', (w) => ensemble(w, ['max', 'median'], { isClassification: false }), NUMBER],
  [
    'trees with conditions',
    (w) => ensemble(w, ['sum', 'average', 'weightedAverage'], { isClassification: false }, () => w.simple()),
    NUMBER
  ],
  ['first of trees', (w) => ensemble(w, ['selectFirst'], { isClassification: true }, () => w.simple())],
  ['the one of all trees', (w) => ensemble(w, ['selectAll'], { isClassification: true }, () => w.simple())],
  ['boosted trees', boosted]
]

/** The kinds that documents are made of, in turn. */
export const DOCUMENT_KINDS = KINDS.map(([name]) => name)

/** The document of a seed; seeds one after the other go through all kinds in turn. */
export function randomDocument(seed: number): RandomDocument {
  const dice = new Dice(seed * 7_919 + 1)
  const writer = new Writer(dice)
  const [kind, make, { predicts, isNumber = false } = {}] = KINDS[seed % KINDS.length] as Kind
  ids = 0
  const written = make(writer).replace('@TARGETS@', isNumber ? targets(dice) : priors(dice))
  const used = writer.fields.filter(({ name }) =>
    new RegExp(`(field|name)="${name}"`).test(written.replace(/<MiningField [^>]*>/g, ''))
  )
  const unused = writer.fields.filter((field) => !used.includes(field)).map(({ name }) => name)
  const model = unused.reduce(
    (text, name) => text.replace(new RegExp(`<MiningField name="${name}"[^>]*>`, 'g'), ''),
    written
  )
  const dictionary = used.map(({ data }) => data).join('')
  const xml = `<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary>${dictionary}</DataDictionary>${model}</PMML>`
  const rows = Array.from({ length: 8 }, () =>
    Object.fromEntries(used.map((field) => [field.name, valueFor(dice, field)]))
  )
  const choices = { ...(isNumber ? {} : { bad: 'bad' }), ...(predicts === undefined ? {} : { predicts }) }
  return { kind, xml, rows, choices, isClassification: !isNumber }
}

function targets(dice: Dice): string {
  if (dice.chance(0.7)) return ''
  const at = [
    dice.chance(0.4) ? 'min="-20"' : '',
    dice.chance(0.4) ? 'max="30"' : '',
    dice.chance(0.5) ? `rescaleFactor="${dice.pick([0.5, 2, -1])}"` : '',
    dice.chance(0.5) ? `rescaleConstant="${dice.decimal(4)}"` : '',
    dice.chance(0.3) ? `castInteger="${dice.pick(['round', 'ceiling', 'floor'])}"` : ''
  ].join(' ')
  const value = dice.chance(0.3) ? `<TargetValue defaultValue="${dice.decimal(4)}"/>` : ''
  return `<Targets><Target ${at}>${value}</Target></Targets>`
}

function priors(dice: Dice): string {
  if (dice.chance(0.85)) return ''
  return '<Targets><Target><TargetValue value="bad" priorProbability="0.2"/><TargetValue value="good" priorProbability="0.8"/></Target></Targets>'
}
