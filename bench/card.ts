import type { Characteristic, Feature, PointsModel } from '../src/engine/index.ts'

/** Twelve characteristics of six attributes each: what a usual scorecard looks like. */
const FEATURES = [
  'equityRatio',
  'returnOnAssets',
  'interestCoverage',
  'currentRatio',
  'quickRatio',
  'netMargin',
  'grossMargin',
  'assetTurnover',
  'retainedEarningsToAssets',
  'cashRatio',
  'liabilitiesToAssets',
  'ebitMargin'
] as const
type CardFeature = (typeof FEATURES)[number]
export type CardValues = Record<CardFeature, number>

export const CARD_BOUNDS = [0.05, 0.15, 0.3, 0.5, 0.8] as const
export const CARD_POINTS = [0, 7, 15, 24, 34, 45] as const
export const CARD_BASE = 300

export const CARD: PointsModel = {
  id: 'bench',
  version: 1,
  name: { en: 'Benchmark', zh: '基准' },
  description: { en: 'Twelve characteristics of six attributes.', zh: '十二项，每项六档。' },
  segment: 'company',
  scaling: { points: 600, odds: 50, pointsToDoubleOdds: 40 },
  basePoints: CARD_BASE,
  minimumCoverage: 0.5,
  evidence: [
    { id: 'accounts', name: { en: 'Accounts', zh: '报表' }, requires: [{ group: 'statements', coverageAtLeast: 0.5 }] }
  ],
  ceilings: [],
  knockouts: [],
  cases: [],
  characteristics: FEATURES.map(
    (id, index): Characteristic => ({
      id,
      name: { en: id, zh: id },
      group: 'statements',
      feature: `financial.${id}`,
      type: 'numeric',
      weight: 100 / FEATURES.length,
      monotone: 'increasing',
      missing: { rule: 'worst' },
      maxAgeDays: 548,
      reason: index % 2 === 0 ? 'EQUITY_LOW' : 'PROFITABILITY_LOW',
      strength: index % 2 === 0 ? 'EQUITY_STRONG' : 'PROFITABILITY_STRONG',
      attributes: CARD_POINTS.map((points, place) => ({
        ...(place === 0 ? {} : { from: CARD_BOUNDS[place - 1] as number }),
        ...(place === CARD_BOUNDS.length ? {} : { to: CARD_BOUNDS[place] as number }),
        points
      }))
    })
  )
}

export const CARD_DATE = '2025-12-31'

/**
 * Numbers from 0 to 1, the same at every run: a linear congruential generator (Numerical Recipes),
 * since the figures only have to vary.
 */
export function uniform(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Customers whose values fall into every attribute. */
export function cardCustomers(count: number): CardValues[] {
  const next = uniform(42)
  return Array.from({ length: count }, () => Object.fromEntries(FEATURES.map((id) => [id, next()])) as CardValues)
}

export function cardFeatures(values: CardValues): Record<string, Feature> {
  return Object.fromEntries(
    Object.entries(values).map(([id, value]) => [
      `financial.${id}`,
      { value, asOf: CARD_DATE, source: 'statement 2025' }
    ])
  )
}

/** What someone would write who needs the score and nothing else. */
export function bareScore(values: CardValues): number {
  return (
    CARD_BASE +
    barePoints(values.equityRatio) +
    barePoints(values.returnOnAssets) +
    barePoints(values.interestCoverage) +
    barePoints(values.currentRatio) +
    barePoints(values.quickRatio) +
    barePoints(values.netMargin) +
    barePoints(values.grossMargin) +
    barePoints(values.assetTurnover) +
    barePoints(values.retainedEarningsToAssets) +
    barePoints(values.cashRatio) +
    barePoints(values.liabilitiesToAssets) +
    barePoints(values.ebitMargin)
  )
}

function barePoints(value: number): number {
  if (value < 0.05) return 0
  if (value < 0.15) return 7
  if (value < 0.3) return 15
  if (value < 0.5) return 24
  if (value < 0.8) return 34
  return 45
}
