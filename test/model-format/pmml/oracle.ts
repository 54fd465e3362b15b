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
import { toPmml } from '../../../src/model-format/pmml/cards/export.ts'
import { fromPmml } from '../../../src/model-format/pmml/import.ts'
import { schemaFaults } from './element-order.ts'
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
  /** The types of its inputs, and how many rows have a value for each of them. */
  readonly inputs: ReadonlySet<string>
  readonly complete: number
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
  return { kind, became: model.kind ?? 'points', rows: rows.length, results, ...told(xml, rows) }
}

/** What a document of a seed asks for: its inputs, and rows that are complete or not. */
function told(xml: string, rows: readonly Row[]): Pick<Trial, 'inputs' | 'complete'> {
  const types = [...xml.matchAll(/<DataField [^>]*dataType="(\w+)"/g)].map(([, type = '']) => type)
  const isComplete = (row: Row) => Object.values(row).every((value) => value !== undefined)
  return { inputs: new Set(types), complete: rows.filter(isComplete).length }
}

/**
 * Holds what is around the model of a seed against the interpreter: rows of ModelVerification come
 * out, and only those; and the document that the model is written as says the same, to others and
 * to us, with the model in it and without.
 */
export function tryExchange(seed: number): void {
  const { kind, xml, rows, choices, isClassification } = randomDocument(seed)
  const place = `seed ${seed}, ${kind}`
  const model = modelOf(fromPmml(xml, choices), place)
  const numbers = numberedRows(xml, rows, isClassification)
  if (numbers.length > 0) {
    assert.deepEqual(modelOf(fromPmml(withRows(xml, numbers, isClassification), choices), place), model, place)
    const wrong = numbers.map((row, index) =>
      index === 0 ? { ...row, answer: row.answer + 1 + 0.01 * Math.abs(row.answer) } : row
    )
    const refused = fromPmml(withRows(xml, wrong, isClassification), choices)
    assert.ok('faults' in refused && /^Row 1 of /.test(refused.faults[0]?.detail ?? ''), `${place}: a wrong row`)
  }
  const written = toPmml(model)
  assert.deepEqual(modelOf(fromPmml(written), place), model, `${place}: it comes back as it was`)
  assert.deepEqual(schemaFaults(written), [], place)
  const bare = written.replace(/<Extension extender="credence" name="model">[^<]*<\/Extension>/, '')
  const predicts = model.kind === 'predictive' ? model.predictor.predicts : undefined
  const copy = modelOf(fromPmml(bare, { predicts, scaling: model.scaling }), place)
  const answerOf = pmmlInterpreter(written)
  const [compiled, again] = [compileModel(model), compileModel(copy)]
  for (const given of rows) {
    const row = model.kind === 'predictive' ? given : ofType(model, given)
    const at = `${place}, ${JSON.stringify(row)}`
    const wanted = predictionOf(model, score(compiled, featuresOf(model, row), ASKED_ON))
    const answer = answerOf(row)
    const value = answer?.probabilities === undefined ? answer?.value : (answer.probabilities.get('bad') ?? 0)
    // A card of ours has a score where its document does, whatever the type of a value.
    const found = typeof value === 'number' && Number.isFinite(value) ? value : undefined
    if (model.kind !== 'woe') isSame(found, wanted, `${at}: what others read`)
    isSame(
      predictionOf(copy, score(again, featuresOf(copy, row), ASKED_ON)),
      wantedOf(copy, model, wanted),
      `${at}: its words alone`
    )
  }
}

function modelOf(result: ReturnType<typeof fromPmml>, place: string): ScoringModel {
  if ('faults' in result) throw new Error(`${place}: ${JSON.stringify(result.faults)}`)
  return result.model
}

/** A statistical scorecard is written as points: alone, that is what it is. */
function wantedOf(copy: ScoringModel, model: ScoringModel, wanted: number | undefined): number | undefined {
  if (model.kind !== 'woe' || copy.kind === 'woe' || wanted === undefined) return wanted
  const { points, odds, pointsToDoubleOdds } = model.scaling
  return points + pointsToDoubleOdds * Math.log2((1 - wanted) / wanted / odds)
}

type Numbered = { readonly row: Row; readonly answer: number }

/** Rows with a result whose values a table can hold: of the type of their field, and not empty. */
function numberedRows(xml: string, rows: readonly Row[], isClassification: boolean): Numbered[] {
  const types = new Map(
    [...xml.matchAll(/<DataField name="(\w+)" [^>]*dataType="(\w+)"/g)].map(([, name = '', type = '']) => [name, type])
  )
  const answerOf = pmmlInterpreter(xml)
  return rows.flatMap((row) => {
    const fits = Object.entries(row).every(([name, value]) => {
      const type = types.get(name)
      const kind = type === 'string' || type === 'boolean' ? type : 'number'
      return value === undefined || (typeof value === kind && value !== '')
    })
    const answer = answerOf(row)
    const value =
      isClassification && answer?.value !== undefined ? (answer.probabilities?.get('bad') ?? 0) : answer?.value
    return fits && typeof value === 'number' && Number.isFinite(value) ? [{ row, answer: value }] : []
  })
}

/** The document with its rows, and with an output that has the answer. */
function withRows(xml: string, rows: readonly Numbered[], isClassification: boolean): string {
  const feature = isClassification ? 'feature="probability" value="bad"' : 'feature="predictedValue"'
  const output = `<Output><OutputField name="answer" optype="continuous" dataType="double" ${feature}/></Output>`
  const names = [...new Set(rows.flatMap(({ row }) => Object.keys(row)))]
  // The interpreter has one probability by taking the other from 1, which leaves few digits near 0.
  const fields = [...names, 'answer'].map(
    (name) => `<VerificationField field="${name}" column="${name}" zeroThreshold="1e-9"/>`
  )
  const table = rows.map(({ row, answer }) => {
    const cells = Object.entries({ ...row, answer }).map(([name, value]) =>
      value === undefined ? '' : `<${name}>${String(value).replace('&', '&amp;')}</${name}>`
    )
    return `<row>${cells.join('')}</row>`
  })
  const verification = `<ModelVerification><VerificationFields>${fields.join('')}</VerificationFields><InlineTable>${table.join('')}</InlineTable></ModelVerification>`
  return xml.replace('</MiningSchema>', `</MiningSchema>${output}`).replace(/<\/\w+><\/PMML>$/, `${verification}$&`)
}

const TYPES = { numeric: 'number', category: 'string', boolean: 'boolean' } as const

/** The values that are of the type of their input. */
function ofType({ inputs = [] }: ScoringModel, row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).filter(([name, value]) =>
      inputs.some(
        ({ id, type, whole }) =>
          id === name && typeof value === TYPES[type] && (whole === undefined || Number.isInteger(value))
      )
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
