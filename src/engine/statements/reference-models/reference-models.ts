import { roundToMillionths } from '../../values/rounding.ts'
import type { Text } from '../../values/text.ts'
import { completeItems, type Statement } from '../statement.ts'
import { type ItemId, priorName, STATEMENT_ITEMS } from '../statement-items.ts'
import type { RatioGap } from '../statement-term.ts'
import { REFERENCE_MODEL_IDS, REFERENCE_MODELS, type ReferenceModelId } from './reference-catalogue.ts'
import type {
  Context,
  ItemReader,
  ReferenceModel,
  ReferenceSource,
  ReferenceZone,
  Variable
} from './reference-model.ts'

/** One variable of a model: the value is the constant plus each of these times its coefficient. */
interface ReferenceInput {
  id: string
  formula: string
  coefficient: number
  /** Null when it has none. */
  value: number | null
  /** Items of the formula that are not shown, and so count as none. Left out without any. */
  countedAsNone?: ItemId[]
}

/** One reference model's answer with its whole working. */
export interface ReferenceResult {
  id: ReferenceModelId
  name: Text
  /** Finite, at most six decimals. */
  value: number | null
  /** Null without a value, and where `assumed` says that the level of the value is not known. */
  zone: ReferenceZone | null
  /** Of failure, 0..1, where the paper defines one; null as the zone is. */
  probability: number | null
  /** Of the emerging-market form alone. */
  ratingEquivalent: string | null
  /** Why there is no value. */
  reason?: RatioGap
  /**
   * What is missing, by the names of the statement's items; those of the prior statement are named
   * `priorRevenue` and so on.
   */
  missing?: string[]
  /**
   * What had to be assumed: the value compares companies of one currency and year, and does not say
   * how likely failure is.
   */
  assumed?: 'priceIndex'
  constant: number
  inputs: ReferenceInput[]
  source: ReferenceSource
}

/** What the models need beside the statement. */
export interface ReferenceOptions {
  /** The statement before, by `priorOf`. It may differ in unit and length. */
  prior?: Statement
  /**
   * The price level for Ohlson's SIZE, more than 0: how many units of the statement's currency buy
   * what one US dollar bought in 1968, times 100. For US dollars that is the deflator of the US
   * gross national product with 1968 = 100, at the end of the year before the statement's; for
   * another currency that times the units of it that a dollar costs. Without it 100 is assumed: a
   * later, larger price level would make the company smaller and its O worse, so then the result
   * has a value to rank by, but no zone and no probability.
   */
  priceIndex?: number
}

const PRICE_INDEX_ASSUMED = 100

/**
 * Every reference model for one statement, in the order of the catalogue.
 *
 * Pure and total: a value is finite or null with the reason. A zero or negative denominator gives
 * no value, since dividing by it could flatter; nor does a negative figure in an item that cannot
 * be negative, save revenue. Multiplying all amounts by the same factor changes nothing but
 * Ohlson's SIZE.
 */
export function referenceModels(statement: Statement, options: ReferenceOptions = {}): ReferenceResult[] {
  const { prior, priceIndex } = options
  const figures: Figures = {
    now: figuresOf(statement, 1),
    before: prior === undefined ? undefined : figuresOf(prior, prior.unit / statement.unit),
    context: {
      worth: statement.unit / 100,
      priceIndex: isPositive(priceIndex) ? priceIndex : PRICE_INDEX_ASSUMED
    }
  }
  return REFERENCE_MODEL_IDS.map((id) => resultOf(id, figures, isPositive(priceIndex)))
}

/**
 * The figures of one statement in hundredths of the unit of the statement in question, flows for
 * twelve months.
 */
type Amounts = ReadonlyMap<ItemId, number>

interface Figures {
  readonly now: Amounts
  readonly before: Amounts | undefined
  readonly context: Context
}

function figuresOf(statement: Statement, factor: number): Amounts {
  const amounts = new Map<ItemId, number>()
  for (const [item, value] of Object.entries(completeItems(statement).values)) {
    const id = item as ItemId
    const isFlow = STATEMENT_ITEMS[id].part !== 'balanceSheet'
    amounts.set(id, (Math.round(value * 100) * factor * (isFlow ? 12 : 1)) / (isFlow ? statement.months : 1))
  }
  return amounts
}

function isPositive(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value > 0
}

/**
 * Revenue below zero, odd as it is, only ever counts against a company: as a numerator it lowers a
 * value, else it gives none.
 */
const CANNOT_BE_NEGATIVE: ReadonlySet<string> = new Set(
  Object.entries(STATEMENT_ITEMS).flatMap(([id, { sign }]) => (sign === 'non_negative' && id !== 'revenue' ? [id] : []))
)

type VariableValue = { value: number; countedAsNone: ItemId[] } | { gap: RatioGap; missing: string[] }

function resultOf(id: ReferenceModelId, figures: Figures, priceLevelKnown: boolean): ReferenceResult {
  const model: ReferenceModel = REFERENCE_MODELS[id]
  const variables = Object.entries(model.variables)
  const found = variables.map(([, variable]) => variableValue(variable, figures))
  const inputs = variables.map(([inputId, { formula, coefficient }], index): ReferenceInput => {
    const each = found[index]
    const none = each !== undefined && 'value' in each ? each.countedAsNone : []
    return {
      id: inputId,
      formula,
      coefficient,
      value: each !== undefined && 'value' in each ? roundToMillionths(each.value) : null,
      ...(none.length === 0 ? {} : { countedAsNone: none })
    }
  })
  const common = { id, name: model.name, constant: model.constant, inputs, source: model.source }
  const gaps = found.flatMap((each) => ('gap' in each ? [each] : []))
  const missing = [...new Set(gaps.flatMap((gap) => gap.missing))]
  const reason = missing.length > 0 ? 'missing_item' : gaps[0]?.gap
  if (reason !== undefined) {
    const why = reason === 'missing_item' ? { reason, missing } : { reason }
    return { ...common, value: null, zone: null, probability: null, ratingEquivalent: null, ...why }
  }
  const value = roundToMillionths(
    found.reduce(
      (sum, each, index) => sum + ('value' in each ? each.value : 0) * (inputs[index]?.coefficient ?? 0),
      model.constant
    )
  )
  const levelKnown = !('size' in model.variables) || priceLevelKnown
  return {
    ...common,
    value,
    zone: levelKnown ? model.zone(value) : null,
    probability: levelKnown && model.probability !== undefined ? roundToMillionths(model.probability(value)) : null,
    ratingEquivalent: model.ratingEquivalent?.(value) ?? null,
    ...(levelKnown ? {} : { assumed: 'priceIndex' as const })
  }
}

function variableValue(variable: Variable, { now, before, context }: Figures): VariableValue {
  const { optional, priorItems } = variable
  const readsPrior = priorItems.length > 0
  const shown = optional.filter((id) => now.has(id) || (readsPrior && before?.has(id) === true))
  const needed = [...variable.items, ...shown]
  const neededBefore = readsPrior ? [...priorItems, ...shown] : []
  const missing = [
    ...needed.filter((id) => !now.has(id)),
    ...neededBefore.filter((id) => before?.has(id) !== true).map(priorName)
  ]
  if (missing.length > 0) return { gap: 'missing_item', missing }
  const impossible = (amounts: Amounts | undefined) => (id: ItemId) =>
    CANNOT_BE_NEGATIVE.has(id) && (amounts?.get(id) ?? 0) < 0
  if (needed.some(impossible(now)) || neededBefore.some(impossible(before))) return { gap: 'negative_base', missing }
  const readNow: ItemReader = (id) => now.get(id) ?? 0
  const readBefore: ItemReader = (id) => before?.get(id) ?? 0
  const denominators = variable.denominators.map((of) => of(readNow, readBefore, context))
  if (denominators.some((each) => each < 0)) return { gap: 'negative_base', missing }
  const value = variable.of(readNow, readBefore, context)
  if (denominators.includes(0) || !Number.isFinite(value)) return { gap: 'zero_denominator', missing }
  return { value, countedAsNone: optional.filter((id) => !shown.includes(id)) }
}
