import { roundToMillionths } from '../../values/rounding.ts'
import type { Text } from '../../values/text.ts'
import type { RatioGap } from '../ratios/ratios.ts'
import { completeItems, type Statement } from '../statement.ts'
import { type ItemId, STATEMENT_ITEMS } from '../statement-items.ts'

/**
 * What a model says of its value. Most papers know `safe`, `grey` (a zone of ignorance) and `distress`; Piotroski's count of good
 * signals is `strong`, `middling` or `weak`.
 */
export const REFERENCE_ZONES = ['safe', 'grey', 'distress', 'strong', 'middling', 'weak'] as const
type ReferenceZone = (typeof REFERENCE_ZONES)[number]

/** Where a model was published. */
interface ReferenceSource {
  readonly author: string
  readonly year: number
  readonly title: string
  readonly publication: string
}

/** A figure of the statement in hundredths of its unit, flows for twelve months. Only items that were asked for may be read. */
type Reader = (id: ItemId) => number
/** What a model computes, from this statement and from the prior one. */
type Sum = (now: Reader, before: Reader, context: Context) => number

/** What is not in the statement's figures. */
interface Context {
  /** What one hundredth of the statement's unit is worth, in whole units of its currency. */
  readonly worth: number
  readonly priceIndex: number
}

/** One variable of a model. */
interface Variable {
  readonly formula: string
  readonly coefficient: number
  readonly items: readonly ItemId[]
  readonly priorItems: readonly ItemId[]
  /** Counted as none where neither statement shows them; shown in one, they are needed in both. */
  readonly optional: readonly ItemId[]
  readonly of: Sum
  /** Without a value where one of these is zero or negative. */
  readonly denominators: readonly Sum[]
}

interface ReferenceModel {
  readonly name: Text
  readonly source: ReferenceSource
  readonly constant: number
  readonly variables: Readonly<Record<string, Variable>>
  readonly zone: (value: number) => ReferenceZone
  /** Of failure, where the paper defines one. */
  readonly probability?: (value: number) => number
  readonly ratingEquivalent?: (value: number) => string
}

const one =
  (id: ItemId): Sum =>
  (now) =>
    now(id)

/** A quotient of two figures of this statement. */
function quotient(
  coefficient: number,
  formula: string,
  items: readonly ItemId[],
  numerator: Sum,
  denominator: Sum
): Variable {
  const of: Sum = (now, before, context) => numerator(now, before, context) / denominator(now, before, context)
  return { coefficient, formula, items, priorItems: [], optional: [], of, denominators: [denominator] }
}

const over = (coefficient: number, numerator: ItemId, denominator: ItemId): Variable =>
  quotient(coefficient, `${numerator} / ${denominator}`, [numerator, denominator], one(numerator), one(denominator))

const WORKING_CAPITAL: Sum = (now) => now('currentAssets') - now('currentLiabilities')

const workingCapitalToAssets = (coefficient: number): Variable =>
  quotient(
    coefficient,
    '(currentAssets - currentLiabilities) / totalAssets',
    ['currentAssets', 'currentLiabilities', 'totalAssets'],
    WORKING_CAPITAL,
    one('totalAssets')
  )

/** Funds from operations as before cash-flow statements were required: the result with what was written off added back. */
const FUNDS_FROM_OPERATIONS: Sum = (now) => now('netIncome') + now('depreciationAndAmortisation')

/** What a day of running the business costs in cash, by the income statement. */
const DAILY_COSTS: Sum = (now) => (now('revenue') - now('profitBeforeTax') - now('depreciationAndAmortisation')) / 365

/** Whether something holds, as 1 or 0. */
const flag = (
  coefficient: number,
  formula: string,
  items: readonly ItemId[],
  holds: (now: Reader, before: Reader) => boolean,
  more: Partial<Pick<Variable, 'priorItems' | 'optional' | 'denominators'>> = {}
): Variable => ({
  coefficient,
  formula,
  items,
  priorItems: [],
  optional: [],
  denominators: [],
  ...more,
  of: (now, before) => (holds(now, before) ? 1 : 0)
})

/** A signal of Piotroski's that compares this statement with the prior one: both need the same items. */
const change = (
  formula: string,
  items: readonly ItemId[],
  holds: (now: Reader, before: Reader) => boolean,
  denominator?: ItemId,
  optional: readonly ItemId[] = []
): Variable =>
  flag(1, formula, items, holds, {
    priorItems: items,
    optional,
    denominators: denominator === undefined ? [] : [one(denominator), (_now, before) => before(denominator)]
  })

const LONG_TERM_DEBT = (read: Reader): number =>
  read('longTermBorrowings') + read('currentPortionOfLongTermDebt') + read('bondsPayable')

/** A value on a boundary is grey: neither cleared nor condemned. */
const between =
  (distressBelow: number, safeAbove: number) =>
  (value: number): ReferenceZone =>
    value > safeAbove ? 'safe' : value < distressBelow ? 'distress' : 'grey'

/** The rating whose US bonds have scores like this, by the lower bound of each: a score on a bound is the rating below it. */
const RATING_BOUNDS: readonly (readonly [above: number, rating: string])[] = [
  [8.15, 'AAA'],
  [7.6, 'AA+'],
  [7.3, 'AA'],
  [7, 'AA-'],
  [6.85, 'A+'],
  [6.65, 'A'],
  [6.4, 'A-'],
  [6.25, 'BBB+'],
  [5.85, 'BBB'],
  [5.65, 'BBB-'],
  [5.25, 'BB+'],
  [4.95, 'BB'],
  [4.75, 'BB-'],
  [4.5, 'B+'],
  [4.15, 'B'],
  [3.75, 'B-'],
  [3.2, 'CCC+'],
  [2.5, 'CCC'],
  [1.75, 'CCC-']
]

const bondRating = (value: number): string => RATING_BOUNDS.find(([above]) => value > above)?.[1] ?? 'D'

const EMERGING_MARKET_CONSTANT = 3.25
const FOUR_VARIABLES = {
  workingCapitalToAssets: workingCapitalToAssets(6.56),
  retainedEarningsToAssets: over(3.26, 'retainedEarnings', 'totalAssets'),
  ebitToAssets: over(6.72, 'ebit', 'totalAssets'),
  equityToLiabilities: over(1.05, 'equity', 'totalLiabilities')
}

/**
 * Published models of corporate failure, as reference beside the scores of our own models: they decide nothing. Stocks are those of
 * the period's end, flows are taken for twelve months, all from the book values of the statement.
 */
export const REFERENCE_MODELS = {
  /**
   * Altman's Z for listed manufacturers:
   * 1.2 working capital / assets + 1.4 retained earnings / assets + 3.3 EBIT / assets + 0.6 market value of equity / liabilities
   * + 1.0 sales / assets. Above 2.99 safe, below 1.81 distress. (The paper has 0.999 for sales and prints the first four for ratios
   * in percent; the rounded form is Altman's own in later work.)
   */
  altmanZ: {
    name: { en: 'Altman Z (listed manufacturers)', zh: 'Altman Z 值（上市制造企业）' },
    source: {
      author: 'E. I. Altman',
      year: 1968,
      title: 'Financial Ratios, Discriminant Analysis and the Prediction of Corporate Bankruptcy',
      publication: 'Journal of Finance 23(4), 589-609'
    },
    constant: 0,
    variables: {
      workingCapitalToAssets: workingCapitalToAssets(1.2),
      retainedEarningsToAssets: over(1.4, 'retainedEarnings', 'totalAssets'),
      ebitToAssets: over(3.3, 'ebit', 'totalAssets'),
      marketValueToLiabilities: over(0.6, 'marketValueOfEquity', 'totalLiabilities'),
      salesToAssets: over(1, 'revenue', 'totalAssets')
    },
    zone: between(1.81, 2.99)
  },
  /**
   * Altman's Z′ for unlisted manufacturers, with the book value of equity:
   * 0.717 working capital / assets + 0.847 retained earnings / assets + 3.107 EBIT / assets + 0.420 equity / liabilities
   * + 0.998 sales / assets. Above 2.90 safe, below 1.23 distress.
   */
  altmanZPrime: {
    name: { en: 'Altman Z′ (unlisted manufacturers)', zh: 'Altman Z′ 值（非上市制造企业）' },
    source: {
      author: 'E. I. Altman',
      year: 1983,
      title: 'Corporate Financial Distress: A Complete Guide to Predicting, Avoiding and Dealing with Bankruptcy',
      publication: 'Wiley'
    },
    constant: 0,
    variables: {
      workingCapitalToAssets: workingCapitalToAssets(0.717),
      retainedEarningsToAssets: over(0.847, 'retainedEarnings', 'totalAssets'),
      ebitToAssets: over(3.107, 'ebit', 'totalAssets'),
      equityToLiabilities: over(0.42, 'equity', 'totalLiabilities'),
      salesToAssets: over(0.998, 'revenue', 'totalAssets')
    },
    zone: between(1.23, 2.9)
  },
  /**
   * Altman's Z″ for companies of any industry, without sales:
   * 6.56 working capital / assets + 3.26 retained earnings / assets + 6.72 EBIT / assets + 1.05 equity / liabilities.
   * Above 2.60 safe, below 1.10 distress.
   */
  altmanZDoublePrime: {
    name: { en: 'Altman Z″ (any industry)', zh: 'Altman Z″ 值（各行业）' },
    source: {
      author: 'E. I. Altman, J. Hartzell and M. Peck',
      year: 1995,
      title: 'Emerging Markets Corporate Bonds: A Scoring System',
      publication: 'Salomon Brothers'
    },
    constant: 0,
    variables: FOUR_VARIABLES,
    zone: between(1.1, 2.6)
  },
  /**
   * The emerging-market form of Z″: 3.25 more, so that 0 is where bonds in default stand, with the US rating whose bonds score alike,
   * from AAA above 8.15 to D at 1.75 and below. Its zones are those of Z″, 3.25 higher: above 5.85 safe, below 4.35 distress; some
   * authors print 4.15, the lower bound of the rating B.
   */
  altmanEmergingMarket: {
    name: { en: 'Altman Z″ for emerging markets (EM score)', zh: 'Altman Z″ 值（新兴市场）' },
    source: {
      author: 'E. I. Altman, J. Hartzell and M. Peck',
      year: 1995,
      title: 'Emerging Markets Corporate Bonds: A Scoring System',
      publication: 'Salomon Brothers'
    },
    constant: EMERGING_MARKET_CONSTANT,
    variables: FOUR_VARIABLES,
    zone: between(4.35, 5.85),
    ratingEquivalent: bondRating
  },
  /**
   * Ohlson's O, model 1 (failure within a year):
   * -1.32 - 0.407 SIZE + 6.03 liabilities / assets - 1.43 working capital / assets + 0.0757 current liabilities / current assets
   * - 1.72 [liabilities exceed assets] - 2.37 net income / assets - 1.83 funds from operations / liabilities
   * + 0.285 [a loss in both years] - 0.521 change of net income / (|net income| + |prior net income|).
   * The probability is 1 / (1 + e^-O); above 0.038, the cut-off with the fewest errors in the paper, it is distress.
   *
   * SIZE is the natural logarithm of total assets over a price-level index: whole US dollars, and the deflator of the US gross national
   * product at the end of the year before, 1968 = 100. The signs of the two flags are the paper's. Funds from operations are net
   * income plus depreciation and amortisation: in 1980 there was no cash-flow statement.
   */
  ohlsonO: {
    name: { en: 'Ohlson O (model 1)', zh: 'Ohlson O 值（模型一）' },
    source: {
      author: 'J. A. Ohlson',
      year: 1980,
      title: 'Financial Ratios and the Probabilistic Prediction of Bankruptcy',
      publication: 'Journal of Accounting Research 18(1), 109-131'
    },
    constant: -1.32,
    variables: {
      size: {
        coefficient: -0.407,
        formula: 'ln(totalAssets / priceIndex)',
        items: ['totalAssets'],
        priorItems: [],
        optional: [],
        of: (now, _before, { worth, priceIndex }) => Math.log((now('totalAssets') * worth) / priceIndex),
        denominators: [one('totalAssets')]
      },
      liabilitiesToAssets: over(6.03, 'totalLiabilities', 'totalAssets'),
      workingCapitalToAssets: workingCapitalToAssets(-1.43),
      currentLiabilitiesToCurrentAssets: over(0.0757, 'currentLiabilities', 'currentAssets'),
      liabilitiesExceedAssets: flag(
        -1.72,
        'totalLiabilities > totalAssets',
        ['totalLiabilities', 'totalAssets'],
        (now) => now('totalLiabilities') > now('totalAssets')
      ),
      netIncomeToAssets: over(-2.37, 'netIncome', 'totalAssets'),
      fundsToLiabilities: quotient(
        -1.83,
        '(netIncome + depreciationAndAmortisation) / totalLiabilities',
        ['netIncome', 'depreciationAndAmortisation', 'totalLiabilities'],
        FUNDS_FROM_OPERATIONS,
        one('totalLiabilities')
      ),
      lossInBothYears: flag(
        0.285,
        'netIncome < 0 and priorNetIncome < 0',
        ['netIncome'],
        (now, before) => now('netIncome') < 0 && before('netIncome') < 0,
        { priorItems: ['netIncome'] }
      ),
      netIncomeChange: {
        ...quotient(
          -0.521,
          '(netIncome - priorNetIncome) / (|netIncome| + |priorNetIncome|)',
          ['netIncome'],
          (now, before) => now('netIncome') - before('netIncome'),
          (now, before) => Math.abs(now('netIncome')) + Math.abs(before('netIncome'))
        ),
        priorItems: ['netIncome']
      }
    },
    zone: (value) => (logistic(value) > 0.038 ? 'distress' : 'safe'),
    probability: logistic
  },
  /**
   * Zmijewski's probit: -4.336 - 4.513 net income / assets + 5.679 liabilities / assets + 0.004 current assets / current liabilities.
   * The probability is the normal distribution function of the value; from 0.5, that is from 0, it is distress. Authors differ on the
   * sign of the last term: with +0.004, as here, more liquidity is slightly worse; its effect is mostly in the fourth digit.
   */
  zmijewski: {
    name: { en: 'Zmijewski X', zh: 'Zmijewski X 值' },
    source: {
      author: 'M. E. Zmijewski',
      year: 1984,
      title: 'Methodological Issues Related to the Estimation of Financial Distress Prediction Models',
      publication: 'Journal of Accounting Research 22 (Supplement), 59-82'
    },
    constant: -4.336,
    variables: {
      netIncomeToAssets: over(-4.513, 'netIncome', 'totalAssets'),
      liabilitiesToAssets: over(5.679, 'totalLiabilities', 'totalAssets'),
      currentRatio: over(0.004, 'currentAssets', 'currentLiabilities')
    },
    zone: (value) => (value >= 0 ? 'distress' : 'safe'),
    probability: normal
  },
  /**
   * Springate: 1.03 working capital / assets + 3.07 EBIT / assets + 0.66 profit before tax / current liabilities + 0.4 sales / assets.
   * Below 0.862 distress.
   */
  springate: {
    name: { en: 'Springate S', zh: 'Springate S 值' },
    source: {
      author: 'G. L. V. Springate',
      year: 1978,
      title: 'Predicting the Possibility of Failure in a Canadian Firm',
      publication: 'M.B.A. research project, Simon Fraser University'
    },
    constant: 0,
    variables: {
      workingCapitalToAssets: workingCapitalToAssets(1.03),
      ebitToAssets: over(3.07, 'ebit', 'totalAssets'),
      profitBeforeTaxToCurrentLiabilities: over(0.66, 'profitBeforeTax', 'currentLiabilities'),
      salesToAssets: over(0.4, 'revenue', 'totalAssets')
    },
    zone: (value) => (value < 0.862 ? 'distress' : 'safe')
  },
  /**
   * Taffler's model of listed British manufacturers: 3.20 + 12.18 profit before tax / current liabilities
   * + 2.50 current assets / liabilities - 10.68 current liabilities / assets + 0.029 no-credit interval. Below 0 distress.
   *
   * The no-credit interval is the days that the business could run on its quick assets if its income stopped: quick assets less current
   * liabilities, over the daily costs (sales less profit before tax and depreciation, by 365). The paper of 1983 describes the model;
   * its coefficients were disclosed by V. Agarwal and R. Taffler in Accounting and Business Research 37(4), 2007, 285-300. The
   * numbers 0.53, 0.13, 0.18, 0.16 that many quote are each variable's share in the model, not its coefficient.
   */
  taffler: {
    name: { en: 'Taffler z', zh: 'Taffler z 值' },
    source: {
      author: 'R. J. Taffler',
      year: 1983,
      title: 'The Assessment of Company Solvency and Performance Using a Statistical Model',
      publication: 'Accounting and Business Research 13(52), 295-308'
    },
    constant: 3.2,
    variables: {
      profitBeforeTaxToCurrentLiabilities: over(12.18, 'profitBeforeTax', 'currentLiabilities'),
      currentAssetsToLiabilities: over(2.5, 'currentAssets', 'totalLiabilities'),
      currentLiabilitiesToAssets: over(-10.68, 'currentLiabilities', 'totalAssets'),
      noCreditIntervalDays: quotient(
        0.029,
        '(currentAssets - inventories - currentLiabilities) / ((revenue - profitBeforeTax - depreciationAndAmortisation) / 365)',
        [
          'currentAssets',
          'inventories',
          'currentLiabilities',
          'revenue',
          'profitBeforeTax',
          'depreciationAndAmortisation'
        ],
        (now) => now('currentAssets') - now('inventories') - now('currentLiabilities'),
        DAILY_COSTS
      )
    },
    zone: (value) => (value < 0 ? 'distress' : 'safe')
  },
  /**
   * Piotroski's F: how many of nine signals are good, each 1 or 0. 8 and 9 are strong, 0 and 1 weak, as in the paper.
   *
   * Where a signal compares two years, both are taken on the assets at their own end: the paper divides by opening assets, and
   * borrowings by average ones, which would need a third statement. An issue of shares is seen by its trace, a rise of issued capital.
   * What is equal to the year before is not better, except that no issue is good.
   */
  piotroskiF: {
    name: { en: 'Piotroski F', zh: 'Piotroski F 分' },
    source: {
      author: 'J. D. Piotroski',
      year: 2000,
      title: 'Value Investing: The Use of Historical Financial Statement Information to Separate Winners from Losers',
      publication: 'Journal of Accounting Research 38 (Supplement), 1-41'
    },
    constant: 0,
    variables: {
      profit: flag(1, 'netIncome > 0', ['netIncome'], (now) => now('netIncome') > 0),
      cashFlow: flag(
        1,
        'netCashFromOperatingActivities > 0',
        ['netCashFromOperatingActivities'],
        (now) => now('netCashFromOperatingActivities') > 0
      ),
      returnOnAssetsUp: change(
        'netIncome / totalAssets > priorNetIncome / priorTotalAssets',
        ['netIncome', 'totalAssets'],
        (now, before) => now('netIncome') * before('totalAssets') > before('netIncome') * now('totalAssets'),
        'totalAssets'
      ),
      cashFlowAboveProfit: flag(
        1,
        'netCashFromOperatingActivities > netIncome',
        ['netCashFromOperatingActivities', 'netIncome'],
        (now) => now('netCashFromOperatingActivities') > now('netIncome')
      ),
      longTermDebtToAssetsDown: change(
        '(longTermBorrowings + currentPortionOfLongTermDebt + bondsPayable) / totalAssets < the same of the prior year',
        ['longTermBorrowings', 'totalAssets'],
        (now, before) => LONG_TERM_DEBT(now) * before('totalAssets') < LONG_TERM_DEBT(before) * now('totalAssets'),
        'totalAssets',
        ['currentPortionOfLongTermDebt', 'bondsPayable']
      ),
      currentRatioUp: change(
        'currentAssets / currentLiabilities > priorCurrentAssets / priorCurrentLiabilities',
        ['currentAssets', 'currentLiabilities'],
        (now, before) =>
          now('currentAssets') * before('currentLiabilities') > before('currentAssets') * now('currentLiabilities'),
        'currentLiabilities'
      ),
      noSharesIssued: change(
        'shareCapital <= priorShareCapital',
        ['shareCapital'],
        (now, before) => now('shareCapital') <= before('shareCapital')
      ),
      grossMarginUp: change(
        'grossProfit / revenue > priorGrossProfit / priorRevenue',
        ['grossProfit', 'revenue'],
        (now, before) => now('grossProfit') * before('revenue') > before('grossProfit') * now('revenue'),
        'revenue'
      ),
      assetTurnoverUp: change(
        'revenue / totalAssets > priorRevenue / priorTotalAssets',
        ['revenue', 'totalAssets'],
        (now, before) => now('revenue') * before('totalAssets') > before('revenue') * now('totalAssets'),
        'totalAssets'
      )
    },
    zone: (value) => (value >= 8 ? 'strong' : value <= 1 ? 'weak' : 'middling')
  }
} as const satisfies Record<string, ReferenceModel>

export type ReferenceModelId = keyof typeof REFERENCE_MODELS

/** Every reference model, in the order of the catalogue. */
export const REFERENCE_MODEL_IDS = Object.keys(REFERENCE_MODELS) as ReferenceModelId[]

/** One variable of a model: the value is the constant plus each of these times its coefficient. */
interface ReferenceInput {
  id: string
  formula: string
  coefficient: number
  /** Null when it has none. */
  value: number | null
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
  /** What is missing, by the names of the statement's items; those of the prior statement are named `priorRevenue` and so on. */
  missing?: string[]
  /** What had to be assumed: the value compares companies of one currency and year, and does not say how likely failure is. */
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
   * The price level for Ohlson's SIZE, more than 0: how many units of the statement's currency buy what one US dollar bought in 1968,
   * times 100. For US dollars that is the deflator of the US gross national product with 1968 = 100, at the end of the year before the
   * statement's; for another currency that times the units of it that a dollar costs. Without it 100 is assumed: a later, larger
   * price level would make the company smaller and its O worse, so then the result has a value to rank by, but no zone and no
   * probability.
   */
  priceIndex?: number
}

const PRICE_INDEX_ASSUMED = 100

/**
 * Every reference model for one statement, in the order of the catalogue.
 *
 * Pure and total: a value is finite or null with the reason. A zero or negative denominator gives no value, since dividing by it could
 * flatter; nor does a negative figure in an item that cannot be negative, save revenue. Multiplying all amounts by the same factor
 * changes nothing but Ohlson's SIZE.
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

/** The figures of one statement in hundredths of the unit of the statement in question, flows for twelve months. */
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

/** Revenue below zero, odd as it is, only ever counts against a company: as a numerator it lowers a value, else it gives none. */
const CANNOT_BE_NEGATIVE: ReadonlySet<string> = new Set(
  Object.entries(STATEMENT_ITEMS).flatMap(([id, { sign }]) => (sign === 'non_negative' && id !== 'revenue' ? [id] : []))
)

type VariableValue = { value: number } | { gap: RatioGap; missing: string[] }

function resultOf(id: ReferenceModelId, figures: Figures, priceLevelKnown: boolean): ReferenceResult {
  const model: ReferenceModel = REFERENCE_MODELS[id]
  const variables = Object.entries(model.variables)
  const found = variables.map(([, variable]) => variableValue(variable, figures))
  const inputs = variables.map(([inputId, { formula, coefficient }], index): ReferenceInput => {
    const each = found[index]
    return {
      id: inputId,
      formula,
      coefficient,
      value: each !== undefined && 'value' in each ? roundToMillionths(each.value) : null
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
  const shown = optional.filter((id) => now.has(id) || before?.has(id) === true)
  const needed = [...variable.items, ...shown]
  const neededBefore = priorItems.length === 0 ? [] : [...priorItems, ...shown]
  const missing = [
    ...needed.filter((id) => !now.has(id)),
    ...neededBefore.filter((id) => before?.has(id) !== true).map(priorName)
  ]
  if (missing.length > 0) return { gap: 'missing_item', missing }
  const impossible = (amounts: Amounts | undefined) => (id: ItemId) =>
    CANNOT_BE_NEGATIVE.has(id) && (amounts?.get(id) ?? 0) < 0
  if (needed.some(impossible(now)) || neededBefore.some(impossible(before))) return { gap: 'negative_base', missing }
  const readNow: Reader = (id) => now.get(id) ?? 0
  const readBefore: Reader = (id) => before?.get(id) ?? 0
  const denominators = variable.denominators.map((of) => of(readNow, readBefore, context))
  if (denominators.some((each) => each < 0)) return { gap: 'negative_base', missing }
  const value = variable.of(readNow, readBefore, context)
  return denominators.includes(0) || !Number.isFinite(value) ? { gap: 'zero_denominator', missing } : { value }
}

function priorName(id: ItemId): string {
  return `prior${id.charAt(0).toUpperCase()}${id.slice(1)}`
}

function logistic(value: number): number {
  return 1 / (1 + Math.exp(-value))
}

/**
 * The standard normal distribution function, by the series of its integral from 0; beyond 8 standard deviations it is 0 or 1 to more
 * than six decimals.
 */
function normal(value: number): number {
  if (Math.abs(value) > 8) return value > 0 ? 1 : 0
  let term = value
  let sum = value
  for (let odd = 3; sum + term !== sum; odd += 2) {
    term *= (value * value) / odd
    sum += term
  }
  return 0.5 + (sum * Math.exp((-value * value) / 2)) / Math.sqrt(2 * Math.PI)
}
