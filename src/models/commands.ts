import { fourEyes } from '../access/postings.ts'
import type { Reader, Row, Writer } from '../database.ts'
import type { Deps, ModelInForce, ModelRegistry, ShadowModel } from '../deps.ts'
import {
  type ComparedCases,
  type CompiledModel,
  compareOutcomes,
  compileModel,
  GRADES,
  type Grade,
  inputsWithoutSource,
  isStepOpen,
  MODEL_STEPS,
  type ModelFault,
  type ModelStepName,
  modelFaults,
  type ScoringModel,
  statedDate
} from '../engine/index.ts'
import type { ModelId } from '../ids.ts'
import { type FormatChoices, formatSteps, type Imported, type TextFormat } from '../model-format/formats.ts'
import { documentFaults, type PmmlForm } from '../model-format/model-schema.ts'
import { toPmml } from '../model-format/pmml/cards/export.ts'
import { pmmlSteps } from '../model-format/pmml/import.ts'
import { IMPORTER, importerOf } from '../model-format/pmml/read/origin.ts'
import { Unwritable } from '../model-format/pmml/write/unwritable.ts'
import { type Clock, readClock } from '../platform/database/clock.ts'
import { inTransaction } from '../platform/database/transaction.ts'
import type { Caller } from '../platform/http/auth.ts'
import type { Answer } from '../platform/http/command.ts'
import type { ConstantAnswer, ConstantAnswers } from '../platform/http/constants.ts'
import { demandMatch, etagOf, requireMatch } from '../platform/http/etag.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../platform/http/page.ts'
import { canonicalJson, sha256 } from '../platform/values/canonical.ts'
import { idOf } from '../platform/values/ids.ts'
import { type FieldError, faultsProblem, fieldError, fieldProblem, Problem } from '../platform/values/problem.ts'
import { listed, oneOf, said, withinLength } from '../platform/values/said.ts'
import { inSlices } from '../platform/work/pace.ts'
import { addModel, changeModel, SHIPPED } from './commands/record.ts'
import { comparedWithFile } from './commands/reimport.ts'
import type {
  ComparisonQuery,
  ImportedModel,
  ModelCheck,
  ModelComparison,
  ModelEvent,
  ModelEventQuery,
  ModelPath,
  ModelQuery,
  ModelSummary,
  ModelVersion,
  PmmlToImport
} from './schema.ts'
import {
  countChampions,
  countCustomers,
  countOutcomes,
  findActive,
  findModel,
  largestDifferences,
  listEvents,
  listInForce,
  listModels,
  lockModels
} from './store.ts'
import texts from './texts.json' with { type: 'json' }

const { details, parts } = texts

/** What the lists are in the order of. */
const MODEL_KEY = listKey({ modelId: KeyField.clientId<'model'>(), version: KeyField.version })
const EVENT_KEY = listKey({ revision: KeyField.version })

/** A change of one version: who asks, and on which revision it rests. */
interface Change {
  readonly caller: Caller
  readonly path: ModelPath
  readonly ifMatch: string | undefined
}

/**
 * Writes a draft, or replaces one. Its author is the key that wrote it last. The same document
 * again changes nothing. A document with any fault is refused whole, and an approved version is
 * never replaced.
 */
export async function putModel(deps: Deps, trx: Writer, change: Change, model: ScoringModel): Promise<Answer> {
  const { modelId, version } = change.path
  assertSamePath(change.path, model)
  assertSound(deps, model)
  await lockModels(trx)
  const { now } = await readClock(trx, deps.clock)
  const before = await findModel(trx, modelId, version)
  const digest = sha256(canonicalJson(model))
  if (before === undefined) {
    requireMatch(change.ifMatch, 0)
    return answerOf(
      201,
      await addModel(deps, trx, model, now, { state: 'draft', author: change.caller.actor, approver: null })
    )
  }
  if (before.state !== 'draft')
    throw new Problem(
      'model-published',
      said(details.published, { version: String(version), modelId, state: texts.states[before.state] })
    )
  if (before.sha256 === digest) {
    requireMatch(change.ifMatch, before.revision)
    return answerOf(200, before)
  }
  demandMatch(change.ifMatch, before.revision)
  const changes = {
    segment: model.segment,
    document: JSON.stringify(model),
    sha256: digest,
    author: change.caller.actor,
    importer: importerOf(model)
  }
  return answerOf(
    200,
    await changeModel(deps, trx, before, now, changes, { event: 'drafted', actor: change.caller.actor })
  )
}

/**
 * Takes a version to its next state. An approval needs somebody else than the author. An activation
 * retires the version that was active for the segment, in the same transaction.
 */
export async function takeStep(
  deps: Deps,
  trx: Writer,
  { caller, path, ifMatch }: Change,
  step: ModelStepName,
  { comment = null }: { comment?: string | null }
): Promise<Answer> {
  await lockModels(trx)
  const { now } = await readClock(trx, deps.clock)
  const before = await requireModel(trx, path)
  demandMatch(ifMatch, before.revision)
  if (!isStepOpen(before.state, step)) {
    const states = MODEL_STEPS[step].from.map((each) => texts.states[each])
    const from = { en: states.map(({ en }) => en).join(' or '), zh: oneOf(states.map(({ zh }) => zh)).zh }
    throw new Problem('model-step-closed', said(details.stepClosed, { state: texts.states[before.state], from }))
  }
  // What the service knows of features and reasons may have changed since the draft was written.
  const model = JSON.parse(before.document) as ScoringModel
  if (step !== 'retire') assertSound(deps, model)
  if (step === 'activate') assertInputsAvailable(path, model)
  const { to, event } = MODEL_STEPS[step]
  const what = said(parts.version, { version: path.version, modelId: path.modelId })
  const eyes = { proposers: [before.author], approver: caller, isOnePerson: deps.onePerson }
  const alone = step === 'approve' ? await fourEyes(trx, eyes, what) : {}
  const by = { actor: caller.actor, comment }
  const record = { event, ...by, ...alone }
  if (step === 'activate') {
    const active = await findActive(trx, before.segment)
    const replaced = `Replaced by version ${path.version} of ${path.modelId}`
    if (active !== undefined)
      await changeModel(deps, trx, active, now, { state: 'retired' }, { ...by, event: 'retired', comment: replaced })
  }
  const changes = { state: to, ...(step === 'approve' ? { approver: caller.actor } : {}) }
  return answerOf(200, await changeModel(deps, trx, before, now, changes, record))
}

/**
 * Everything that makes a document unfit to be published as a scoring model. Any JSON value may be
 * given.
 */
export function checkModel({ jurisdiction }: Deps, document: unknown): ModelCheck {
  const shape = documentFaults(document)
  const faults = shape.length > 0 ? shape : modelFaults(document as ScoringModel, { jurisdiction })
  const told = faults.slice(0, FAULTS_MAX).map((fault) => {
    const { zh, ...english } = shortened(fault)
    return zh === undefined ? english : { ...english, detailText: { en: english.detail, zh } }
  })
  return { fit: faults.length === 0, faults: told }
}

/** One version with its document. Throws `not-found`. */
export async function readModel(db: Reader, path: ModelPath): Promise<ModelVersion> {
  return shown(await requireModel(db, path))
}

/**
 * A version as a PMML document, written once for each revision. Throws `not-found` and
 * `model-form`.
 */
export async function pmmlOf(
  db: Reader,
  kept: ConstantAnswers,
  path: ModelPath,
  as?: PmmlForm
): Promise<ConstantAnswer> {
  const { document } = await requireModel(db, path)
  return kept.of(sha256(`${path.modelId} ${path.version} ${as} ${document}`), () => {
    const written = pmmlOrWhyNot(JSON.parse(document) as ScoringModel, as)
    if (written instanceof Unwritable)
      throw new Problem(
        'model-form',
        said(details.noForm, {
          version: path.version,
          modelId: path.modelId,
          why: { en: written.message, zh: texts.parts.unwritable.zh }
        })
      )
    return written
  })
}

function pmmlOrWhyNot(model: ScoringModel, as: PmmlForm | undefined): string | Unwritable {
  try {
    return toPmml(model, { as })
  } catch (error) {
    if (error instanceof Unwritable) return error
    throw error
  }
}

/**
 * A PMML document as a model, compared with what an earlier importer made of it; nothing is stored.
 * Throws `pmml-unfit`.
 */
export async function importPmml(db: Reader, { pmml, modelId, ...choices }: PmmlToImport): Promise<ImportedModel> {
  const found = imported('pmml-unfit', await inSlices(pmmlSteps(pmml, { id: modelId, ...choices })))
  return comparedWithFile(db, choices.version, found)
}

/** A model of another tool as a model; nothing is stored. Throws `model-text-unfit`. */
export async function importText(
  format: TextFormat,
  text: string,
  { modelId, ...choices }: Omit<FormatChoices, 'id'> & { readonly modelId?: ModelId | undefined }
): Promise<ImportedModel> {
  return imported('model-text-unfit', await inSlices(formatSteps(format, text, { id: modelId, ...choices })))
}

function imported(problem: 'pmml-unfit' | 'model-text-unfit', found: Imported): ImportedModel {
  if ('model' in found) return { document: found.model as ImportedModel['document'], notes: [...found.notes] }
  const errors = found.faults.slice(0, FAULTS_MAX).map(shortened)
  const detail = { en: errors.map((error) => error.detail).join(' '), zh: countedFaults(errors) }
  throw new Problem(problem, withinLength(detail, 2_000), { errors })
}

/** Versions of models without their documents, by id and number. */
export async function pageOfModels(
  db: Reader,
  { cursor, limit = PAGE_LIMIT_DEFAULT, ...filters }: ModelQuery
): Promise<Page<ModelSummary>> {
  const { needsReimport: wanted, ...others } = filters
  const listing = { list: 'models', ...filters }
  const after = keyOfCursor(cursor, listing, MODEL_KEY)
  const toReimport = wanted === undefined ? undefined : { importer: IMPORTER, wanted }
  const rows = await listModels(db, { ...others, toReimport }, after, limit)
  return pageOfRows(rows as ModelSummary[], limit, listing, MODEL_KEY.of)
}

/** What became of a version, oldest first. Throws `not-found`. */
export async function pageOfEvents(
  db: Reader,
  path: ModelPath,
  { cursor, limit = PAGE_LIMIT_DEFAULT }: ModelEventQuery
): Promise<Page<ModelEvent>> {
  await requireModel(db, path)
  const listing = { list: 'model-events', ...path }
  const afterRevision = keyOfCursor(cursor, listing, EVENT_KEY)?.revision ?? 0
  const rows = await listEvents(db, path, { afterRevision, limit })
  const events = rows.map(({ modelId: _id, version: _version, onePerson, ...event }) => ({
    ...event,
    ...(onePerson === true ? { onePerson } : {})
  }))
  return pageOfRows(events, limit, listing, EVENT_KEY.of)
}

/** How many of the largest differences are told. */
const DIFFERENCES_MAX = 20

/**
 * How a challenger differed from the champion on the cases of a period, counted by the database as
 * of one moment. Throws `not-found`.
 */
export async function compareModel(
  db: Reader,
  path: ModelPath,
  { from, to }: ComparisonQuery
): Promise<ModelComparison> {
  if (from !== undefined && to !== undefined && to < from)
    throw fieldProblem(
      '/query/to',
      'before_from',
      said(details.endsFirst, { to: statedDate(to), from: statedDate(from) })
    )
  await requireModel(db, path)
  const period = { ...path, from, to }
  const snapshot = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only')
  return snapshot.execute(async (trx) => {
    const outcomes = await countOutcomes(trx, period)
    const champions = await countChampions(trx, period)
    const customers = await countCustomers(trx, period)
    const largest = await largestDifferences(trx, period, GRADES, DIFFERENCES_MAX)
    return {
      ...path,
      from: from ?? null,
      to: to ?? null,
      customers,
      ...compareOutcomes(outcomes as ComparedCases[]),
      champions: champions.map(({ championModelId, championModelVersion, cases }) => ({
        modelId: championModelId,
        version: championModelVersion,
        cases
      })),
      largestDifferences: largest.map(({ customerId, assessmentId, asOf, ...each }) => ({
        customerId,
        assessmentId,
        asOf,
        champion: { grade: each.championGrade as Grade, score: each.championScore, pd: each.championPd },
        challenger: { grade: each.grade as Grade, score: each.score, pd: each.pd }
      }))
    }
  })
}

/**
 * Puts the shipped models on file. A version decides at once where its segment has no active model.
 * Otherwise it waits as approved, so an update of the service never changes which model decides. A
 * version that a client wrote under the same number stays. Throws an Error for the operator when a
 * version that was shipped before has changed.
 */
export async function installShipped(db: Reader, clock: Clock, models: readonly CompiledModel[]): Promise<void> {
  await inTransaction(db, async (trx) => {
    await lockModels(trx)
    const { now } = await readClock(trx, clock)
    // Of several versions of one model the newest decides.
    for (const { model } of models.toSorted((left, right) => right.model.version - left.model.version)) {
      const before = await findModel(trx, idOf<ModelId>(model.id), model.version)
      if (before === undefined) {
        const isFirst = (await findActive(trx, model.segment)) === undefined
        await addModel({ clock }, trx, model, now, {
          state: isFirst ? 'active' : 'approved',
          author: SHIPPED,
          approver: SHIPPED
        })
      } else if (before.author === SHIPPED && before.sha256 !== sha256(canonicalJson(model))) {
        throw new Error(
          `Version ${model.version} of the scoring model ${model.id} in models/ is not the one that this database knows under that number. ` +
            'A published version never changes: put the file back as it was, and give the changed model a version of its own.'
        )
      }
    }
  })
}

/** Compiled versions of models that are kept ready. */
const COMPILED_MAX = 100

/** The models in force, each compiled when it is first asked for. One for the whole process. */
export function modelRegistry(): ModelRegistry {
  const kept = new Map<string, CompiledModel>()
  const compiledOf = ({ modelId, version, sha256: digest, document }: DigestedModel): CompiledModel => {
    const key = `${modelId} ${version} ${digest}`
    const made = kept.get(key) ?? compileModel(JSON.parse(document) as ScoringModel)
    const [oldest] = kept.keys()
    if (kept.size >= COMPILED_MAX && oldest !== undefined && !kept.has(key)) kept.delete(oldest)
    kept.set(key, made)
    return made
  }
  const compiled = async (db: Reader, row: Omit<DigestedModel, 'document'>): Promise<CompiledModel> =>
    kept.get(`${row.modelId} ${row.version} ${row.sha256}`) ?? compiledOf(await requireModel(db, row))
  return {
    inForce: async (db, listed) => {
      const active: ModelInForce[] = []
      const shadows: ShadowModel[] = []
      for (const { state, ...row } of listed ?? (await listInForce(db))) {
        if (state === 'active') active.push({ ...row, compiled: await compiled(db, row) })
        else shadows.push({ ...row, compiled: await compiled(db, row).catch(unusable) })
      }
      return { active, shadows }
    },
    find: async (db, modelId, version) => {
      const row = await findModel(db, modelId, version)
      return row === undefined ? undefined : compiledOf(row)
    }
  }
}

type DigestedModel = Pick<Row<'scoringModels'>, 'modelId' | 'version' | 'sha256' | 'document'>

/**
 * A challenger that cannot be compiled says so in each of its runs, and the champion goes on. Any
 * other error is thrown on.
 */
function unusable(error: unknown): null {
  if (error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError) return null
  throw error
}

async function requireModel(db: Reader, { modelId, version }: ModelPath): Promise<Row<'scoringModels'>> {
  const row = await findModel(db, modelId, version)
  if (row === undefined) throw new Problem('not-found', said(details.noVersion, { version, modelId }))
  return row
}

function shown({ document, importer: _importer, ...row }: Row<'scoringModels'>): ModelVersion {
  const model = JSON.parse(document) as ScoringModel
  const unavailableInputs = inputsWithoutSource(model)
  return { ...row, name: model.name, document: model, ...(unavailableInputs.length > 0 ? { unavailableInputs } : {}) }
}

function answerOf(status: 200 | 201, row: Row<'scoringModels'>): Answer {
  const location = `/v1/models/${row.modelId}/versions/${row.version}`
  return { status, value: shown(row), etag: etagOf(row.revision), ...(status === 201 ? { location } : {}) }
}

/** The document says itself which version it is. */
function assertSamePath({ modelId, version }: ModelPath, model: ScoringModel): void {
  const errors: FieldError[] = []
  if (model.id !== modelId) errors.push(fieldError('/id', 'path', said(details.otherModel, { modelId })))
  if (model.version !== version) errors.push(fieldError('/version', 'path', said(details.otherVersion, { version })))
  if (errors.length > 0) throw faultsProblem('validation-error', errors)
}

/** Faults in one answer at most. Nobody reads more of them. */
const FAULTS_MAX = 200

function assertSound({ jurisdiction }: Deps, model: ScoringModel): void {
  const errors = modelFaults(model, { jurisdiction }).slice(0, FAULTS_MAX).map(shortened)
  if (errors.length === 0) return
  const en = errors.map((error) => `${error.pointer}: ${error.detail}`).join(' ')
  throw new Problem('model-unfit', withinLength({ en, zh: countedFaults(errors) }, 1_500), { errors })
}

/** An input that no call can give would be missing for every customer. */
function assertInputsAvailable({ modelId, version }: ModelPath, model: ScoringModel): void {
  const inputs = inputsWithoutSource(model)
  if (inputs.length === 0) return
  const errors = (model.inputs ?? []).flatMap(({ id, from }, index) =>
    from === undefined ? [fieldError(`/inputs/${index}/from`, 'unavailable', said(details.notGiven, { id }))] : []
  )
  const detail = said(details.inputsUnavailable, { version, modelId, inputs: listed(inputs) })
  throw new Problem('model-inputs-unavailable', withinLength(detail, 1_500), { errors })
}

/** In Chinese the detail says how many faults there are, and where; each is told by itself. */
function countedFaults(errors: readonly ModelFault[]): string {
  const places = [...new Set(errors.map(({ pointer }) => pointer || '/'))]
  const shown = listed(places.slice(0, PLACES_MAX)).zh + (places.length > PLACES_MAX ? texts.parts.more.zh : '')
  return said(details.faults, { count: errors.length, places: shown }).zh
}

/** Places that are named in one sentence at most. */
const PLACES_MAX = 5

/** A fault may quote what was sent; no text of an answer is longer than documented. */
function shortened({ pointer, code, detail, zh }: ModelFault): ModelFault {
  const inChinese = zh === undefined ? {} : { zh: zh.slice(0, 1_000).toWellFormed() }
  return { pointer: pointer.slice(0, 500), code, detail: detail.slice(0, 1_000).toWellFormed(), ...inChinese }
}
