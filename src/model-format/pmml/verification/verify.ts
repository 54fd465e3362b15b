import type { FeatureValue, PredictiveModel, ScoringModel } from '../../../engine/index.ts'
import { type Findings, fault, noFindings, note, shown } from '../read/findings.ts'
import { declaredType } from '../read/literals.ts'
import { rawOf } from '../read/predicates.ts'
import { type StepRef, stepOf } from '../read/step-list.ts'
import { childOf, childrenOf, numberOf, type XmlElement } from '../read/xml.ts'
import { isClassification, modelOf, outputsOf, type Reading, type Translation } from '../steps/models.ts'
import { reachable, translationOf } from '../steps/predictive.ts'
import { isTarget } from '../steps/targets.ts'
import { evaluator, predictorOf, type Values } from './evaluation.ts'

/** What is verified: the model that was made of a document, and what its parts are called there. */
interface Verified {
  readonly root: XmlElement
  readonly element: XmlElement
  readonly model: ScoringModel
  /** The input that stands for a field of the document. */
  readonly inputOf: (field: string) => string | undefined
  /** The category that means default, of a classification. */
  readonly bad: string | undefined
  /** The output that is served in place of the answer. */
  readonly output: string | undefined
}

/** So many rows are run, and so many results of each are looked at. */
const ROWS_MAX = 1_000
const FIELDS_MAX = 2_000
/** More rows than these that do not come out help nobody. */
const FAULTS_MAX = 20

/**
 * Runs the rows of ModelVerification. One that does not come out, within the precision that the
 * document states, is a fault: the model is not what its producer meant.
 */
export function* verify(findings: Findings, verified: Verified): Reading<void> {
  const { element } = verified
  const verification = childOf(element, 'ModelVerification')
  if (verification === undefined) return
  const table = childOf(verification, 'InlineTable')
  const list = childOf(verification, 'VerificationFields')
  if (table === undefined || list === undefined) {
    note(findings, verification.place, 'The rows of <ModelVerification> are not in the document: they were not run.')
    return
  }
  const columns = columnsOf(findings, verified, list)
  if (columns === undefined) return
  const rows = childrenOf(table, 'row')
  if (rows.length > ROWS_MAX) note(findings, table.place, `Of ${rows.length} rows the first ${ROWS_MAX} were run.`)
  const results = yield* resultsOf(findings, verified, columns)
  let failed = 0
  for (const [index, row] of rows.slice(0, ROWS_MAX).entries()) {
    if (index % 10 === 9) yield
    const values = valuesIn(row, columns)
    for (const { column, expects } of results) {
      const text = childOf(row, column.name)?.text
      if (text === undefined) continue
      const found = expects(values, text)
      if (found === undefined) continue
      failed += 1
      if (failed > FAULTS_MAX) return
      fault(
        findings,
        row.place,
        `Row ${index + 1} of <ModelVerification> does not come out: for ${shown(column.field)} the document expects ${shown(text)}, and the model gives ${found}. Where the model was changed on purpose, leave out <ModelVerification>.`
      )
    }
  }
}

/** A field of the rows. */
interface Column {
  readonly name: string
  readonly field: string
  readonly place: string
  readonly precision: number
  readonly zeroThreshold: number
  readonly isInput: boolean
  /** Of an input. */
  readonly data: XmlElement | undefined
  readonly input: string | undefined
}

function columnsOf(findings: Findings, { root, element, inputOf }: Verified, list: XmlElement): Column[] | undefined {
  const before = findings.faults.length
  const data = new Map(fieldsIn(childOf(root, 'DataDictionary'), 'DataField'))
  const mined = new Map(fieldsIn(childOf(element, 'MiningSchema'), 'MiningField'))
  const fields = childrenOf(list, 'VerificationField')
  if (fields.length > FIELDS_MAX)
    return fault(findings, list.place, `More than ${FIELDS_MAX} fields of <ModelVerification> are too many.`)
  const columns = fields.map((each): Column => {
    const { attributes, place } = each
    const field = attributes.get('field') ?? ''
    const number = (name: string, otherwise: number) => {
      const given = attributes.get(name)
      const value = given === undefined ? otherwise : numberOf(given)
      if (value === undefined || value < 0) fault(findings, place, `The ${name} is a number of 0 or more.`)
      return value ?? otherwise
    }
    const usage = mined.get(field)?.attributes.get('usageType') ?? 'active'
    const isInput = mined.has(field) && usage === 'active'
    return {
      name: localName(attributes.get('column') ?? field),
      field,
      place,
      precision: number('precision', 1e-6),
      zeroThreshold: number('zeroThreshold', 1e-16),
      isInput,
      data: isInput ? data.get(field) : undefined,
      input: isInput ? inputOf(field) : undefined
    }
  })
  return findings.faults.length > before ? undefined : columns
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function fieldsIn(parent: XmlElement | undefined, name: string): [string, XmlElement][] {
  return (parent === undefined ? [] : childrenOf(parent, name)).map((each) => [each.attributes.get('name') ?? '', each])
}

/** The inputs of a row. An empty cell is a missing value, as is one that is not there. */
function valuesIn(row: XmlElement, columns: readonly Column[]): Values {
  const values: Record<string, FeatureValue> = Object.create(null)
  for (const { name, data, input } of columns) {
    const text = data === undefined ? undefined : childOf(row, name)?.text
    const type = data === undefined ? undefined : declaredType(data)?.type
    if (text === undefined || text === '' || input === undefined || type === undefined) continue
    // What is of no such type is given as it is: the model says what becomes of it.
    const raw = rawOf(text, type) ?? text
    const isTruth = type === 'boolean' && (raw === 'true' || raw === 'false')
    values[input] = isTruth ? raw === 'true' : raw
  }
  return { ...values }
}

/** What a row expects of a column: undefined where it comes out, else what comes instead. */
interface Result {
  readonly column: Column
  readonly expects: (values: Values, text: string) => string | undefined
}

/** How results are worked out: by the model, and what else a document puts out by its own words. */
interface Working {
  readonly verified: Verified
  readonly evaluate: ReturnType<typeof evaluator>
  readonly translation: Translation
  readonly isClass: boolean
}

function* resultsOf(findings: Findings, verified: Verified, columns: readonly Column[]): Reading<Result[]> {
  const { root, element, model } = verified
  const isClass = isClassification(element)
  const working: Working = {
    verified,
    isClass,
    evaluate: evaluator(model, isClass && element.name === 'RegressionModel'),
    translation: translationOf(noFindings(), root)
  }
  const outputs = new Map(fieldsIn(childOf(element, 'Output'), 'OutputField'))
  const targets = new Set(
    fieldsIn(childOf(element, 'MiningSchema'), 'MiningField')
      .filter(([, field]) => isTarget(field))
      .map(([name]) => name)
  )
  const results: Result[] = []
  for (const column of columns) {
    if (column.isInput) continue
    yield
    const put = outputs.get(column.field)
    if (put === undefined && !targets.has(column.field)) {
      fault(findings, column.place, `${shown(column.field)} is neither a field of the model nor one of its results.`)
      continue
    }
    const expects = yield* expectedOf(working, column, put)
    if (expects === undefined) note(findings, column.place, `The result ${shown(column.field)} was not verified.`)
    else results.push({ column, expects })
  }
  return results
}

/** What is expected of a column; undefined where nothing can be said of it. `put`: its output. */
function* expectedOf(
  { verified, evaluate, translation, isClass }: Working,
  column: Column,
  put: XmlElement | undefined
): Reading<Result['expects'] | undefined> {
  const { element, model, bad, output } = verified
  const feature = put?.attributes.get('feature') ?? 'predictedValue'
  const category = put?.attributes.get('value')
  const isOwn = isClass ? feature === 'probability' && category === bad : feature === 'predictedValue'
  if (output === undefined ? isOwn : column.field === output)
    return numberExpected(column, (values) => evaluate(values).answer)
  if (feature === 'reasonCode') {
    const rank = numberOf(put?.attributes.get('rank') ?? '1') ?? 1
    return codeExpected(rank, (values) => evaluate(values).reasons)
  }
  if (feature === 'predictedValue' && isClass) return yield* classExpected(translation, verified)
  const ref = yield* otherResult(translation, element, column.field, feature, category)
  return ref === undefined ? undefined : numberExpected(column, predictorOf(probe(model, translation, ref)))
}

function* otherResult(
  translation: Translation,
  element: XmlElement,
  name: string,
  feature: string,
  category: string | undefined
): Reading<StepRef | undefined> {
  const ref =
    feature === 'probability' && category !== undefined
      ? yield* modelOf(translation, element, { kind: 'probability', category })
      : feature === 'transformedValue' || feature === 'predictedValue'
        ? outputsOf(translation, element, undefined).get(name)?.()
        : undefined
  return ref?.type === 'numeric' ? ref : undefined
}

/** A model that gives what a step does. */
function probe(model: ScoringModel, { list }: Translation, ref: StepRef): PredictiveModel {
  const { id, version, name, description, segment, scaling, minimumCoverage } = model
  return {
    ...{ id, version, name, description, segment, scaling, minimumCoverage },
    kind: 'predictive',
    predictor: { steps: reachable(list, ref.id).steps, result: ref.id, predicts: 'points' },
    characteristics: [],
    evidence: [],
    ceilings: [],
    knockouts: [],
    cases: []
  }
}

/** Whether a number comes out, by the rule of the standard. */
export function isWithin(expected: number, found: number, precision: number, zeroThreshold: number): boolean {
  if (Math.abs(expected) <= zeroThreshold) return Math.abs(found) <= zeroThreshold
  return Math.abs(found - expected) <= precision * Math.abs(expected)
}

function numberExpected(
  { precision, zeroThreshold }: Column,
  answer: (values: Values) => number | undefined
): Result['expects'] {
  return (values, text) => {
    const expected = numberOf(text)
    const found = answer(values)
    // An empty cell says that there is no result.
    if (text.trim() === '' && found === undefined) return undefined
    if (expected !== undefined && found !== undefined && isWithin(expected, found, precision, zeroThreshold))
      return undefined
    return found === undefined ? 'no result' : String(found)
  }
}

/** Of reasons that weigh the same each may stand for the other. */
function codeExpected(
  rank: number,
  reasons: (values: Values) => readonly { readonly code: string; readonly points: number }[]
): Result['expects'] {
  return (values, text) => {
    const ranked = reasons(values)
    const wanted = ranked[rank - 1]
    if (text.trim() === '' && wanted === undefined) return undefined
    const own = ranked.find(({ code }) => code === text)
    if (wanted !== undefined && own !== undefined && Math.abs(own.points - wanted.points) <= 1e-9) return undefined
    return wanted === undefined ? 'no reason' : shown(wanted.code)
  }
}

/** Whether a category is the answer of the document. */
function* classExpected(translation: Translation, verified: Verified): Reading<Result['expects']> {
  const { element, model } = verified
  const votes = new Map<string, ((values: Values) => number | undefined) | undefined>()
  const names = new Set<string>()
  const verification = childOf(element, 'ModelVerification')
  const visit = (each: XmlElement): void => {
    if (each.name === 'RegressionTable' && each.attributes.has('targetCategory'))
      names.add(each.attributes.get('targetCategory') ?? '')
    if (each.name === 'ScoreDistribution') names.add(each.attributes.get('value') ?? '')
    if (each.name === 'Node' && each.attributes.has('score')) names.add(each.attributes.get('score') ?? '')
    for (const child of each.children) if (child !== verification) visit(child)
  }
  visit(element)
  for (const category of [...names].slice(0, 20)) {
    const ref = yield* modelOf(translation, element, { kind: 'vote', category })
    votes.set(
      category,
      ref === undefined ? undefined : predictorOf(probe(model, translation, stepOf(translation.list, ref)))
    )
  }
  return (values, text) => {
    const isVoted = votes.get(text)
    if (isVoted?.(values) === 1) return undefined
    const winner = [...votes].find(([, voted]) => voted?.(values) === 1)?.[0]
    if (text.trim() === '' && winner === undefined) return undefined
    // Where nothing is sure to win, nothing is said against what is expected.
    if (winner === undefined && isVoted === undefined && votes.has(text)) return undefined
    return winner === undefined ? 'no result' : shown(winner)
  }
}
