import type { WoeModel } from '../../src/engine/scorecards/scoring-model.ts'

/**
 * A small statistical scorecard of a number, a category, and a yes or no. At 600 points the odds
 * are 19:1 and 50 points double them; no two of its figures are alike, so that an exchange of any
 * two is seen.
 */
export function woeModel(): WoeModel {
  return {
    id: 'small-woe',
    version: 3,
    kind: 'woe',
    name: { en: 'Small', zh: '示例' },
    description: { en: 'An example.', zh: '示例。' },
    segment: 'individual',
    inputs: [
      {
        id: 'monthsAtAddress',
        type: 'numeric',
        description: { en: 'Months at this address.', zh: '现住址居住月数。' }
      },
      { id: 'housing', type: 'category', description: { en: 'Kind of housing.', zh: '住房类型。' } },
      { id: 'telephone', type: 'boolean', description: { en: 'Has a telephone.', zh: '有无电话。' } }
    ],
    scaling: { points: 600, odds: 19, pointsToDoubleOdds: 50 },
    intercept: -0.9,
    rounding: 'none',
    minimumCoverage: 0,
    characteristics: [
      {
        id: 'address',
        name: { en: 'Address', zh: '住址' },
        group: 'profile',
        feature: 'monthsAtAddress',
        type: 'numeric',
        coefficient: -0.8,
        monotone: 'increasing',
        missing: { rule: 'worst' },
        maxAgeDays: 100,
        reason: 'COOPERATION_SHORT',
        strength: 'COOPERATION_LONG',
        attributes: [
          { to: 6, woe: -1.1 },
          { from: 6, to: 24, woe: 0.2 },
          { from: 24, woe: 0.7 }
        ]
      },
      {
        id: 'housing',
        name: { en: 'Housing', zh: '住房' },
        group: 'profile',
        feature: 'housing',
        type: 'category',
        coefficient: -0.6,
        missing: { rule: 'worst' },
        unseen: { rule: 'worst' },
        reason: 'COMPANY_SMALL',
        strength: 'COMPANY_LARGE',
        attributes: [
          { values: ['own'], woe: 0.5 },
          { values: ['rented', 'free'], woe: -0.4 }
        ]
      },
      {
        id: 'telephone',
        name: { en: 'Telephone', zh: '电话' },
        group: 'profile',
        feature: 'telephone',
        type: 'boolean',
        coefficient: -1.3,
        missing: { rule: 'worst' },
        reason: 'COMPANY_YOUNG',
        strength: 'COMPANY_ESTABLISHED',
        attributes: [
          { values: [true], woe: 0.3 },
          { values: [false], woe: -0.25 }
        ]
      }
    ],
    evidence: [{ id: 'any', name: { en: 'Any', zh: '任意' }, requires: [{ group: 'profile', coverageAtLeast: 0 }] }],
    ceilings: [],
    knockouts: [],
    cases: [
      {
        name: 'settled',
        features: { monthsAtAddress: 30, housing: 'own', telephone: true },
        expect: { status: 'rated', score: 542.693341 }
      }
    ]
  }
}
