import assert from 'node:assert/strict'
import {
  compileModel,
  type Feature,
  modelFaults,
  type ScoreResult,
  type ScoringModel,
  score
} from '../../../src/engine/index.ts'
import { documentFaults } from '../../../src/model-format/model-schema.ts'
import { fromPmml } from '../../../src/model-format/pmml/import.ts'
import { type Answer, pmmlInterpreter, type Row } from './pmml-interpreter.ts'
import { randomDocument } from './random-documents.ts'

const ASKED_ON = '2026-03-31'

/** What became of a document. */
export interface Trial {
  readonly kind: string
  /** The kind of model that it became. */
  readonly became: string
  readonly rows: number
  /** Rows for which there is a result. */
  readonly results: number
}

/**
 * Imports the document of a seed, and holds the model against the interpreter on every row. Throws
 * where the two differ.
 */
export function tryDocument(seed: number): Trial {
  const { kind, xml, rows, choices, isClassification } = randomDocument(seed)
  const imported = fromPmml(xml, choices)
  if ('faults' in imported) throw new Error(`seed ${seed}, ${kind}: ${JSON.stringify(imported.faults)}\n${xml}`)
  const { model } = imported
  assert.deepEqual(documentFaults(model), [], `seed ${seed}`)
  assert.deepEqual(modelFaults(model), [], `seed ${seed}`)
  const compiled = compileModel(model)
  const answerOf = pmmlInterpreter(xml)
  let results = 0
  for (const given of rows) {
    // What a scorecard of ours asks for cannot be given in another type.
    const row = model.kind === 'predictive' ? given : ofType(model, given)
    const result = score(compiled, featuresOf(model, row), ASKED_ON)
    const answer = answerOf(row)
    const value =
      isClassification && answer?.value !== undefined ? (answer.probabilities?.get('bad') ?? 0) : answer?.value
    const wanted = Number.isFinite(value) ? value : undefined
    const place = `seed ${seed}, ${kind}, ${JSON.stringify(row)}`
    isSame(predictionOf(model, result), typeof wanted === 'number' ? wanted : undefined, place)
    addsUp(result, place)
    if (answer !== undefined && model.reasons?.ranking !== undefined) reasonsAgree(result, answer, place)
    if (wanted !== undefined) results += 1
  }
  return { kind, became: model.kind ?? 'points', rows: rows.length, results }
}

const TYPES = { numeric: 'number', category: 'string', boolean: 'boolean' } as const

/** The values that are of the type of their input. */
function ofType({ inputs = [] }: ScoringModel, row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).filter(([name, value]) =>
      inputs.some(({ id, type }) => id === name && typeof value === TYPES[type])
    )
  )
}

function featuresOf(model: ScoringModel, row: Row): Record<string, Feature> {
  const types = new Map(model.inputs?.map(({ id }) => [id, true]))
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]): [string, Feature][] =>
      value === undefined || !types.has(name) ? [] : [[name, { value, asOf: ASKED_ON, source: 'test' }]]
    )
  )
}

/** What the document would answer, out of what we say. */
function predictionOf(model: ScoringModel, result: ScoreResult): number | undefined {
  if (model.kind === 'predictive') return result.prediction ?? undefined
  if (result.score === null) return undefined
  if (model.kind !== 'woe') return result.score
  const { points, odds, pointsToDoubleOdds } = model.scaling
  return 1 / (1 + odds * 2 ** ((result.score - points) / pointsToDoubleOdds))
}

function isSame(found: number | undefined, wanted: number | undefined, place: string): void {
  if (found === undefined || wanted === undefined) {
    assert.equal(found, wanted, place)
    return
  }
  const gap = Math.abs(found - wanted)
  assert.ok(gap <= 1e-9 * Math.max(1, Math.abs(wanted)), `${place}: ${found} for ${wanted}`)
}

/** Base points and contributions are the score. */
function addsUp({ score: total, basePoints, contributions }: ScoreResult, place: string): void {
  if (total === null) return
  const sum = contributions.reduce((all, { points }) => all + points, basePoints)
  const size = contributions.reduce((all, { points }) => all + Math.abs(points), Math.abs(basePoints))
  assert.ok(Math.abs(sum - total) <= 1e-12 * Math.max(1, size), `${place}: ${sum} adds up to ${total}`)
}

/** The reasons of a card with their points, in an order in which equal ones may change places. */
function reasonsAgree({ reasons, status }: ScoreResult, answer: Answer, place: string): void {
  const ours = reasons.filter(({ direction, points }) => direction === 'adverse' && points > 0)
  if (status === 'unrated' || answer.reasons.length === 0 || ours.every(({ modelCode }) => modelCode === undefined))
    return
  const wanted = answer.reasons.filter(({ points }) => points > 1e-9).slice(0, 4)
  assert.deepEqual(
    ours.map(({ points }) => points.toFixed(6)),
    wanted.map(({ points }) => points.toFixed(6)),
    `${place}: ${JSON.stringify(ours)} for ${JSON.stringify(answer.reasons)}`
  )
  for (const { modelCode, points } of ours) {
    const same = answer.reasons.find(({ code }) => code === modelCode)
    assert.ok(same !== undefined && Math.abs(same.points - points) < 1e-9, `${place}: ${modelCode}`)
  }
}
