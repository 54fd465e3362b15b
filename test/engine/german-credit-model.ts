import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import type { FeatureSet, FeatureValue } from '../../src/engine/features/feature.ts'
import type { ModelInput, WoeCharacteristic, WoeModel } from '../../src/engine/scorecards/scoring-model.ts'

/*
 * A scorecard of German loan applications whose figures were computed elsewhere, as a model of
 * ours, and the applications.
 */

const rowsFile = new URL('../../../shared/data/german-credit.csv', import.meta.url)
const oracleFile = new URL('../../../shared/data/german-credit-oracle.json', import.meta.url)
export const skip = existsSync(rowsFile) && existsSync(oracleFile) ? false : 'the German credit data are not here'

interface Oracle {
  woe: Record<string, { attributes: Record<string, { woe: number }> }>
  logit: Record<string, number>
  points: Record<string, Record<string, number>>
  train: { auc: number; gini: number; ks: number }
}
type Row = Record<string, string>

export const readOracle = (): Oracle => JSON.parse(readFileSync(oracleFile, 'utf8'))
export const readRows = (): Row[] => parse(readFileSync(rowsFile, 'utf8'), { columns: true })
export const asOf = '1994-11-17'

/** The six attributes, with what is nearest to them in the catalogues of groups and reasons. */
const ATTRIBUTES: Record<string, Pick<WoeCharacteristic, 'group' | 'reason' | 'strength'>> = {
  duration_in_month: { group: 'profile', reason: 'EXPERIENCE_SHORT', strength: 'EXPERIENCE_LONG' },
  credit_amount: { group: 'profile', reason: 'COMPANY_SMALL', strength: 'COMPANY_LARGE' },
  status_of_existing_checking_account: {
    group: 'statements',
    reason: 'LIQUIDITY_LOW',
    strength: 'LIQUIDITY_STRONG'
  },
  credit_history: { group: 'payment_behaviour', reason: 'PAYS_LATE', strength: 'PAYS_ON_TIME' },
  savings_account_and_bonds: { group: 'statements', reason: 'EQUITY_LOW', strength: 'EQUITY_STRONG' },
  other_debtors_or_guarantors: { group: 'profile', reason: 'COOPERATION_SHORT', strength: 'COOPERATION_LONG' }
}

const isRange = (attribute: string): boolean => /^\[.+,.+\)$/.test(attribute)

/** '[8,16)' as a range; infinity leaves the side open. */
export function rangeOf(attribute: string): { from?: number; to?: number } {
  const [from = '', to = ''] = attribute.slice(1, -1).split(',')
  return { ...(from === '-inf' ? {} : { from: Number(from) }), ...(to === 'inf' ? {} : { to: Number(to) }) }
}

/** The names of a characteristic's attributes in the order of the model: ranges rise. */
export function attributesOf(oracle: Oracle, id: string): string[] {
  const lowest = (attribute: string): number =>
    isRange(attribute) ? (rangeOf(attribute).from ?? Number.NEGATIVE_INFINITY) : 0
  return Object.keys(oracle.woe[id]?.attributes ?? {}).toSorted((a, b) => (lowest(a) < lowest(b) ? -1 : 1))
}

function characteristicOf(oracle: Oracle, id: string): WoeCharacteristic {
  const labels = ATTRIBUTES[id] ?? { group: 'profile', reason: 'PAYS_LATE', strength: 'PAYS_ON_TIME' }
  const names = attributesOf(oracle, id)
  const woeOf = (name: string): number => oracle.woe[id]?.attributes[name]?.woe ?? Number.NaN
  const base = {
    id,
    name: { en: id.replaceAll('_', ' '), zh: id },
    ...labels,
    feature: id,
    missing: { rule: 'worst' } as const,
    coefficient: oracle.logit[id] ?? Number.NaN
  }
  return names.some(isRange)
    ? { ...base, type: 'numeric', attributes: names.map((name) => ({ ...rangeOf(name), woe: woeOf(name) })) }
    : {
        ...base,
        type: 'category',
        unseen: { rule: 'worst' },
        attributes: names.map((name) => ({ values: [name], woe: woeOf(name) }))
      }
}

export function modelOf(oracle: Oracle, ids: readonly string[] = Object.keys(oracle.woe)): WoeModel {
  const characteristics = ids.map((id) => characteristicOf(oracle, id))
  const inputs = characteristics.map(
    ({ id, type, name }): ModelInput => ({ id, type, description: { en: name.en, zh: '德国信贷数据的一项' } })
  )
  const best = Object.fromEntries(
    characteristics.map(({ id, type, attributes }) => {
      const top = attributes.reduce((a, b) => (b.woe > a.woe ? b : a))
      return [id, 'values' in top ? (top.values[0] ?? '') : type === 'numeric' ? (top.from ?? 0) : '']
    })
  )
  return {
    id: 'german-credit',
    version: 1,
    kind: 'woe',
    name: { en: 'German credit', zh: '德国信贷' },
    description: { en: 'Six attributes of loan applications.', zh: '贷款申请的六项属性。' },
    segment: 'individual',
    inputs,
    scaling: { points: 600, odds: 19, pointsToDoubleOdds: 50 },
    intercept: oracle.logit.const ?? Number.NaN,
    rounding: 'none',
    minimumCoverage: 0.5,
    characteristics,
    evidence: [
      { id: 'any', name: { en: 'Application', zh: '申请' }, requires: [{ group: 'profile', coverageAtLeast: 0.5 }] }
    ],
    ceilings: [],
    knockouts: [],
    cases: [{ name: 'the best of everything', features: best, expect: { status: 'rated' } }]
  }
}

export function featuresOf(model: WoeModel, row: Row): FeatureSet {
  return Object.fromEntries(
    model.characteristics.map(({ feature, type }) => {
      const cell = row[feature] ?? ''
      const value: FeatureValue = type === 'numeric' ? Number(cell) : cell
      return [feature, { value, asOf, source: 'application' }]
    })
  )
}
