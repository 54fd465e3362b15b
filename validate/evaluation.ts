import { GRADES, type Grade, gradeOfPd, type ReferenceModelId } from '../src/engine/index.ts'
import {
  areaUnderCurve,
  brierScore,
  calibratedPd,
  type Forecast,
  fitCalibration,
  gini,
  kolmogorovSmirnov
} from './metrics.ts'
import type { Assessed } from './pipeline.ts'
import { PARTS, type Part } from './statements.ts'

/** The models that are compared. `shipped` is the statement part of the company model. */
export const SUBJECTS = ['shipped', 'altman_z', 'altman_z_double_prime', 'zmijewski'] as const
export type Subject = (typeof SUBJECTS)[number]

interface SubjectEntry {
  readonly name: string
  /** Where its probabilities of default come from. */
  readonly pdSource: string
  /** The higher, the riskier; null where the model has no value. */
  readonly risk: (assessed: Assessed) => number | null
  /** Its own probability of default; undefined for a model that has none. */
  readonly ownPd?: (assessed: Assessed) => number | null
}

export const SUBJECT_ENTRIES: Readonly<Record<Subject, SubjectEntry>> = {
  shipped: {
    name: 'Company card, statements',
    pdSource: 'the model’s own PD and grade, with nothing known but the statements',
    risk: ({ statementScore }) => -statementScore,
    ownPd: ({ score }) => score.pd
  },
  altman_z: {
    name: 'Altman Z',
    pdSource: 'calibrated on train',
    risk: (assessed) => lowered(referenceValue(assessed, 'altmanZ'))
  },
  altman_z_double_prime: {
    name: 'Altman Z″',
    pdSource: 'calibrated on train',
    risk: (assessed) => lowered(referenceValue(assessed, 'altmanZDoublePrime'))
  },
  zmijewski: {
    name: 'Zmijewski',
    pdSource: 'the normal distribution function of the value, as in the paper',
    risk: (assessed) => referenceValue(assessed, 'zmijewski'),
    ownPd: (assessed) => resultOf(assessed, 'zmijewski')?.probability ?? null
  }
}

/** Observed against expected defaults of the companies of one grade. */
export interface GradeRow {
  readonly grade: Grade
  readonly count: number
  readonly bad: number
  /** The sum of their probabilities of default. */
  readonly expected: number
}

/** How one model did on one part of the data. */
export interface Evaluation {
  readonly subject: Subject
  readonly part: Part
  readonly areaUnderCurve: number
  readonly kolmogorovSmirnov: number
  readonly gini: number
  /** Null for a model without probabilities of its own. */
  readonly brierOwn: number | null
  readonly brierCalibrated: number
  readonly grades: readonly GradeRow[]
  /** Companies that the model gives no probability: not in the grades and not in `brierOwn`. */
  readonly withoutPd: number
  /** Companies that the model gives no value: in none of the figures. */
  readonly withoutValue: number
}

/**
 * How each model did on each part, on the companies’ last statements. Calibrations are fitted on
 * `train` alone: logistic, on the value held within the middle three fifths of those of `train`,
 * since companies with hardly a balance sheet have values in the thousands. Of the middle nine
 * tenths, four fifths and three fifths these give the lowest Brier score on `train`, for every
 * model.
 */
export function evaluate(companies: readonly Assessed[]): Evaluation[] {
  return SUBJECTS.flatMap((subject) => {
    const train = casesOf(subject, companies, 'train')
    const calibrated = calibrationOn(train)
    return PARTS.map((part) => evaluationOf(subject, part, casesOf(subject, companies, part), calibrated))
  })
}

interface Case {
  readonly risk: number | null
  readonly ownPd: number | null
  readonly bad: boolean
}

function casesOf(subject: Subject, companies: readonly Assessed[], part: Part): Case[] {
  const { risk, ownPd } = SUBJECT_ENTRIES[subject]
  return companies
    .filter(({ row }) => row.part === part)
    .map((assessed) => ({ risk: risk(assessed), ownPd: ownPd?.(assessed) ?? null, bad: assessed.row.bankrupt }))
}

function evaluationOf(
  subject: Subject,
  part: Part,
  cases: readonly Case[],
  calibrated: (risk: number) => number
): Evaluation {
  const outcomes = valued(cases)
  const forecasts = outcomes.map(({ risk, bad }) => ({ pd: calibrated(risk), bad }))
  const own = cases.flatMap(({ ownPd, bad }) => (ownPd === null ? [] : [{ pd: ownPd, bad }]))
  const hasOwn = SUBJECT_ENTRIES[subject].ownPd !== undefined
  const graded = hasOwn ? own : forecasts
  return {
    subject,
    part,
    areaUnderCurve: areaUnderCurve(outcomes),
    kolmogorovSmirnov: kolmogorovSmirnov(outcomes),
    gini: gini(outcomes),
    brierOwn: hasOwn ? brierScore(own) : null,
    brierCalibrated: brierScore(forecasts),
    grades: gradeRows(graded),
    withoutPd: cases.length - graded.length,
    withoutValue: cases.length - outcomes.length
  }
}

/**
 * A PD of the shipped model lies in the band of its grade after ceilings, so that this is the grade
 * it gave.
 */
function gradeRows(forecasts: readonly Forecast[]): GradeRow[] {
  const byGrade = Map.groupBy(forecasts, ({ pd }) => gradeOfPd(pd))
  return GRADES.flatMap((grade) => {
    const members = byGrade.get(grade)
    if (members === undefined) return []
    const expected = members.reduce((sum, { pd }) => sum + pd, 0)
    return [{ grade, count: members.length, bad: members.filter(({ bad }) => bad).length, expected }]
  })
}

const TAIL = 0.2

function calibrationOn(train: readonly Case[]): (risk: number) => number {
  const outcomes = valued(train)
  const risks = outcomes.map(({ risk }) => risk).toSorted((left, right) => left - right)
  const low = risks[Math.floor(TAIL * (risks.length - 1))] ?? 0
  const high = risks[Math.ceil((1 - TAIL) * (risks.length - 1))] ?? 0
  const held = (risk: number) => Math.min(Math.max(risk, low), high)
  const fit = fitCalibration(outcomes.map(({ risk, bad }) => ({ risk: held(risk), bad })))
  return (risk) => calibratedPd(fit, held(risk))
}

function valued(cases: readonly Case[]): { risk: number; bad: boolean }[] {
  return cases.flatMap(({ risk, bad }) => (risk === null ? [] : [{ risk, bad }]))
}

/** A zone of a paper, and what became of the companies in it. */
interface ZoneRow {
  readonly zone: string
  readonly count: number
  readonly bad: number
}

/** The companies of one part by the zone of a reference model, from the safest. */
export function zoneRows(companies: readonly Assessed[], id: ReferenceModelId, part: Part): ZoneRow[] {
  const own = companies.filter(({ row }) => row.part === part)
  return ['safe', 'grey', 'distress'].map((zone) => {
    const members = own.filter((assessed) => resultOf(assessed, id)?.zone === zone)
    return { zone, count: members.length, bad: members.filter(({ row }) => row.bankrupt).length }
  })
}

function resultOf({ references }: Assessed, id: ReferenceModelId) {
  return references.find((each) => each.id === id)
}

function referenceValue(assessed: Assessed, id: ReferenceModelId): number | null {
  return resultOf(assessed, id)?.value ?? null
}

/** A value that falls as risk rises, turned round. */
function lowered(value: number | null): number | null {
  return value === null ? null : -value
}
