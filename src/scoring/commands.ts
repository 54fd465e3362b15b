import { FILE_IS_ASSESSED } from '../accounts/postings/file-change.ts'
import { lockWithFacts, requireAccount, saveAccount } from '../accounts/store.ts'
import { creditFileOf } from '../credit-file/postings.ts'
import { creditFileFact } from '../credit-file/store.ts'
import type { NewRow, Row, Writer } from '../database.ts'
import type { Deps, ModelInForce, ModelsInForce, ShadowModel } from '../deps.ts'
import {
  addMonths,
  assessmentDocument,
  type CompiledModel,
  type CreditFile,
  type CustomerKind,
  type CustomerProfile,
  challengersOf,
  championOf,
  EDITION,
  type EvidenceFact,
  evidenceFaults,
  FEATURES,
  type FeatureSet,
  features,
  type GivenInputs,
  type Grade,
  inputsOf,
  legalClassOf,
  minorOf,
  nameOfFeature,
  outcomeText,
  rulesOf,
  SCORE_STATUS_NAMES,
  type ScoreRecord,
  type ScoreResult,
  score,
  shadowRun,
  statedDate,
  statementFaults
} from '../engine/index.ts'
import type { AssessmentId, CustomerId, ModelId } from '../ids.ts'
import { modelsInForceFact } from '../models/store.ts'
import { readClock } from '../platform/database/clock.ts'
import type { Caller } from '../platform/http/auth.ts'
import type { Answer } from '../platform/http/command.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../platform/http/page.ts'
import { idOf, newId } from '../platform/values/ids.ts'
import { faultsProblem, fieldProblem, Problem } from '../platform/values/problem.ts'
import { said } from '../platform/values/said.ts'
import { audienceOf, namedFor } from '../wording/postings.ts'
import { inTurn, searchCounterfactuals } from './commands/counterfactuals.ts'
import { withInputs } from './commands/given-inputs.ts'
import { ratingOf } from './commands/rating.ts'
import { namesParts, type Recorded, spoken, type Wording, worded } from './commands/wording.ts'
import type {
  Assessment,
  AssessmentQuery,
  NewAssessment,
  ShadowAssessments,
  SimulatedAssessment,
  SimulateQuery
} from './schema/assessments.ts'
import type { Counterfactuals } from './schema/counterfactuals.ts'
import type { CreditFileToAssess } from './schema/credit-file.ts'
import type { FeatureQuery, Features } from './schema/features.ts'
import {
  findAssessment,
  insertAssessment,
  insertShadowAssessment,
  listAssessments,
  type OwnedAssessment,
  shadowAssessmentsOf
} from './store.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

/** What the list is in the order of. */
const KEY = listKey({ assessmentId: KeyField.madeId('asm') })

type StoredAssessment = Recorded<Assessment>

/**
 * Runs the model over the present file of the customer, stores the run and sets the rating. The
 * newest assessment decides: one that ends unrated withdraws the rating, because its grounds are
 * gone or stale.
 */
export async function assess(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  customerId: CustomerId,
  { inputs }: NewAssessment,
  wording: Wording
): Promise<Answer> {
  const { facts, ...locked } = await lockWithFacts(trx, deps.clock, customerId, {
    file: creditFileFact(deps.clock),
    models: modelsInForceFact()
  })
  const { now, today, account } = locked
  const onFile = creditFileOf(facts.file, locked)
  const inForce = await deps.models.inForce(trx, facts.models)
  const { compiled: model } = requireChampion(inForce, onFile, today)
  const file = withInputs(onFile, inputs, inForce, today)
  const derived = features(file, today)
  const previousGrade = ratingOf(account, today).state === 'in_force' ? account.grade : null
  const result = score(model, derived, today, { previousGrade })
  const assessment: StoredAssessment = {
    assessmentId: newId('asm'),
    customerId,
    madeAt: now,
    working: 'stored',
    ...assessmentDocument(model, derived, result, previousGrade)
  }
  const { assessmentId, status, grade } = assessment
  const row = {
    customerId,
    assessmentId,
    asOf: today,
    madeAt: now,
    modelId: idOf<ModelId>(result.model.id),
    modelVersion: result.model.version,
    status,
    grade,
    document: JSON.stringify(assessment),
    outcome: outcomeText(result),
    inputs: file.inputs === undefined ? null : JSON.stringify(file.inputs)
  }
  const ratingValidUntil = grade === null ? null : addMonths(today, deps.policy.rating.validityMonths)
  const rating = {
    grade,
    ratingValidUntil,
    ratingAssessmentId: assessmentId,
    ratedAt: now,
    ratingAdvice: result.advice,
    ...FILE_IS_ASSESSED
  }
  const entry = {
    type: 'assessment.made',
    subject: assessmentId,
    payload: {
      edition: EDITION,
      result,
      previousGrade: account.grade,
      ratingValidUntil,
      ...givenIn(file)
    }
  } as const
  const shadows = shadowRows(challengersOf(inForce, file, today), result, derived, assessment)
  const writes = [insertAssessment(row), ...shadows.map(insertShadowAssessment)]
  await saveAccount(trx, locked, caller.actor, [entry], { changes: rating, writes })
  return {
    status: 201,
    value: worded({ ...assessment, ...givenIn(file) }, { ...wording, kind: file.profile.kind }, model),
    location: `/v1/customers/${customerId}/assessments/${assessmentId}`,
    language: wording.language
  }
}

/** Runs the model over a file that the caller sends. Nothing is stored. */
export async function simulate(
  deps: Deps,
  given: CreditFileToAssess,
  { counterfactuals: isAsked = false, ...asked }: Wording & Pick<SimulateQuery, 'counterfactuals'>
): Promise<SimulatedAssessment> {
  const asOf = given.asOf ?? (await readClock(deps.db, deps.clock)).today
  for (const [index, { statement }] of (given.statements ?? []).entries()) {
    const place = `/statements/${index}/statement`
    const errors = statementFaults(statement).map((fault) => ({ ...fault, pointer: place + fault.pointer }))
    if (errors.length > 0) throw faultsProblem('unbalanced-statement', errors)
  }
  const errors = (given.evidence ?? []).flatMap((item, index) =>
    evidenceFaults(item).map((fault) => ({ ...fault, pointer: `/evidence/${index}${fault.pointer}` }))
  )
  if (errors.length > 0) throw faultsProblem('validation-error', errors)
  const without = givenFile(deps, given)
  const inForce = await deps.models.inForce(deps.db)
  const { compiled: model } = requireChampion(inForce, without, asOf)
  const file = withInputs(without, given.inputs, inForce, asOf)
  const wording = { ...asked, kind: file.profile.kind }
  const derived = features(file, asOf)
  const { previousGrade = null } = given
  const result = score(model, derived, asOf, { previousGrade })
  const told = worded(assessmentDocument(model, derived, result, previousGrade), wording, model)
  if (!isAsked) return told
  const found = await inTurn(() => searchCounterfactuals(model, derived, asOf, previousGrade))
  return { ...told, counterfactuals: spoken(found, model, wording) }
}

/** One assessment of a customer. Throws `not-found`. */
export async function readAssessment(
  deps: Deps,
  customerId: CustomerId,
  assessmentId: AssessmentId,
  wording: Wording
): Promise<Assessment> {
  const { document, kind, model } = await requireAssessment(deps, customerId, assessmentId, wording)
  return worded(document, { ...wording, kind }, model)
}

/** What the models in shadow said of the facts of an assessment. Throws `not-found`. */
export async function readShadowAssessments(
  deps: Deps,
  customerId: CustomerId,
  assessmentId: AssessmentId,
  wording: Wording
): Promise<ShadowAssessments> {
  const found = await findAssessment(deps.db, customerId, assessmentId)
  if (found === undefined) throw noAssessment(assessmentId)
  // They decided nothing, so they are no answer to the customer.
  if (wording.reader === 'customer') return { items: [] }
  const { kind } = found
  const rows = await shadowAssessmentsOf(deps.db, customerId, assessmentId)
  const items = rows.map(async ({ modelId, modelVersion, status, grade, score: points, pd, document }) => {
    const model =
      document !== null && namesParts(wording) ? await deps.models.find(deps.db, modelId, modelVersion) : undefined
    return {
      model: { id: modelId, version: modelVersion },
      ...namedFor({ status }, { status: SCORE_STATUS_NAMES }, audienceOf(wording.reader)),
      grade: grade as Grade | null,
      score: points,
      pd,
      assessment:
        document === null ? null : worded(document as Recorded<SimulatedAssessment>, { ...wording, kind }, model)
    }
  })
  return { items: await Promise.all(items) }
}

/**
 * What would have had to be different for a better outcome of an assessment, by the version of the
 * model that made it. Throws `not-found`, and `model-version-missing` when that version is not
 * here.
 */
export async function readCounterfactuals(
  deps: Deps,
  customerId: CustomerId,
  assessmentId: AssessmentId,
  wording: Wording
): Promise<Counterfactuals> {
  return inTurn(async () => {
    const { document: made, kind } = await requireAssessment(deps, customerId, assessmentId, wording)
    const { asOf, contributions, otherInputs: others, previousGrade } = made
    const model = await modelOf(deps, made)
    if (made.working === 'unavailable')
      throw new Problem(
        'model-version-missing',
        said(details.worksOtherwise, { version: model.model.version, modelId: model.model.id })
      )
    const found = await searchCounterfactuals(model, inputsOf(contributions, others), asOf, previousGrade)
    return spoken(found, model, { ...wording, kind })
  })
}

/** Assessments of a customer, newest first. */
export async function pageOfAssessments(
  deps: Deps,
  customerId: CustomerId,
  { cursor, limit = PAGE_LIMIT_DEFAULT }: AssessmentQuery,
  wording: Wording
): Promise<Page<Assessment>> {
  await requireAccount(deps.db, customerId)
  const listing = { list: 'assessments', customerId }
  const rows = await listAssessments(deps.db, customerId, keyOfCursor(cursor, listing, KEY)?.assessmentId, limit)
  const assessments = (await documentsOf(deps, rows, wording)).map(({ document, kind, model }) =>
    worded(document, { ...wording, kind }, model)
  )
  return pageOfRows(assessments, limit, listing, KEY.of)
}

/** The feature catalogue, or one group of it, with what the law of a jurisdiction says of each. */
export function featureCatalogue(deps: Deps, { group, jurisdiction = deps.jurisdiction }: FeatureQuery): Features {
  const entries = Object.entries(FEATURES).filter(([, { source }]) => group === undefined || source === group)
  const items = entries.map(([id, { source, type, unit, values, heldBy, influence, description }]) => {
    const { class: legalClass, reason, basis } = legalClassOf(id, jurisdiction)
    return {
      id,
      name: nameOfFeature(id) ?? description,
      group: source,
      type,
      unit: unit === '' ? null : unit,
      ...(values === undefined ? {} : { values: [...values] }),
      heldBy,
      influence,
      description,
      legalClass,
      legalReason: reason,
      legalBasis: basis
    }
  })
  return { jurisdiction, items }
}

/** The model that decides on a file as it was known on a day. Throws `model-missing`. */
function requireChampion({ active }: ModelsInForce, file: CreditFile, asOf: string): ModelInForce {
  const found = championOf(active, file, asOf)
  if (found !== undefined) return found
  throw new Problem('model-missing', said(details.noModel, { kind: texts.kinds[file.profile.kind] }))
}

/** What challengers say of the facts of an assessment, as stored beside it. It decides nothing. */
function shadowRows(
  challengers: readonly ShadowModel[],
  champion: ScoreResult,
  derived: FeatureSet,
  { assessmentId, customerId, previousGrade }: Pick<StoredAssessment, 'assessmentId' | 'customerId' | 'previousGrade'>
): NewRow<'shadowAssessments'>[] {
  return challengers.map((challenger) => {
    const { compiled } = challenger
    const { result, ...run } = shadowRun(challenger, champion, derived, { previousGrade })
    const kept =
      compiled === null || result === null ? null : assessmentDocument(compiled, derived, result, previousGrade)
    const modelIds = { modelId: challenger.modelId, championModelId: idOf<ModelId>(champion.model.id) }
    return { customerId, assessmentId, ...run, ...modelIds, document: kept === null ? null : JSON.stringify(kept) }
  })
}

/** An assessment as it is shown but for its words, whom it is about, and what names its parts. */
interface OnFile {
  readonly document: StoredAssessment
  readonly kind: CustomerKind
  readonly model: CompiledModel | undefined
}

async function requireAssessment(
  deps: Deps,
  customerId: CustomerId,
  assessmentId: AssessmentId,
  wording: Wording
): Promise<OnFile> {
  const row = await findAssessment(deps.db, customerId, assessmentId)
  const [onFile] = row === undefined ? [] : await documentsOf(deps, [row], wording)
  if (onFile === undefined) throw noAssessment(assessmentId)
  return onFile
}

function noAssessment(assessmentId: AssessmentId): Problem {
  return new Problem('not-found', said(details.noAssessment, { assessmentId }))
}

/**
 * Assessments as they are shown. A run over the portfolio stores only inputs and outcome; the
 * version of the model that made them works out the rest. Of the others it is needed for its names.
 */
async function documentsOf(
  { models, db }: Deps,
  rows: readonly OwnedAssessment[],
  wording: Wording
): Promise<OnFile[]> {
  const found = new Map<string, CompiledModel | undefined>()
  const onFile: OnFile[] = []
  for (const { document, inputs, kind, ...row } of rows) {
    const kept = JSON.parse(document) as StoredAssessment | ScoreRecord
    const given = givenIn({ inputs: inputs === null ? undefined : (JSON.parse(inputs) as GivenInputs) })
    const key = `${row.modelId} ${row.modelVersion}`
    if (!found.has(key) && (!('contributions' in kept) || namesParts(wording)))
      found.set(key, await models.find(db, row.modelId, row.modelVersion))
    const model = found.get(key)
    const whole = 'contributions' in kept ? { ...kept, working: 'stored' as const } : workedOut(row, kept, model)
    onFile.push({ document: { ...whole, ...given }, kind, model })
  }
  return onFile
}

/** What a call gave for inputs, as a record and an answer hold it: nothing where it gave none. */
function givenIn({ inputs }: { readonly inputs?: GivenInputs | undefined }): Pick<Assessment, 'inputs'> {
  return inputs === undefined ? {} : { inputs }
}

function workedOut(
  { assessmentId, customerId, madeAt }: Omit<Row<'assessments'>, 'document' | 'inputs'>,
  record: ScoreRecord,
  compiled: CompiledModel | undefined
): StoredAssessment {
  const ids = { assessmentId, customerId, madeAt }
  const worked = compiled === undefined ? null : (rulesOf(record.edition)?.assessmentOfRecord(compiled, record) ?? null)
  if (worked === null) {
    const { model, asOf, previousGrade, outcome } = record
    const working = { otherInputs: [], contributions: [], notches: [], ceilings: [], knockouts: [], reasons: [] }
    return { ...ids, model, asOf, previousGrade, ...outcome, ...working, working: 'unavailable' }
  }
  return { ...ids, ...worked, working: 'recomputed' }
}

/** The version of a model that an assessment was made with. */
async function modelOf(
  { models, db }: Deps,
  { model: { id, version } }: Pick<StoredAssessment, 'model'>
): Promise<CompiledModel> {
  const found = await models.find(db, idOf<ModelId>(id), version)
  if (found === undefined) throw new Problem('model-version-missing', said(details.noVersion, { version, modelId: id }))
  return found
}

function givenFile(
  deps: Deps,
  { profile, statements = [], invoices = [], evidence = [], currency = deps.currency }: CreditFileToAssess
): CreditFile {
  const inCurrency = (money: { amount: string; currency: string }, pointer: string) => {
    if (money.currency !== currency)
      throw fieldProblem(`${pointer}/currency`, 'currency', said(details.currency, { currency, given: money.currency }))
    return minorOf(money)
  }
  return {
    profile: profile as CustomerProfile,
    statements,
    evidence: evidence as EvidenceFact[],
    currency,
    invoices: invoices.map(({ invoiceId, amount, issuedOn, dueOn, disputed = false }, index) => {
      if (dueOn < issuedOn)
        throw fieldProblem(
          `/invoices/${index}/dueOn`,
          'before_issue',
          said(details.dueFirst, { dueOn: statedDate(dueOn), issuedOn: statedDate(issuedOn) })
        )
      return { invoiceId, issuedOn, dueOn, disputed, amountMinor: inCurrency(amount, `/invoices/${index}/amount`) }
    }),
    settlements: invoices.flatMap(({ invoiceId, settlements: made = [] }, index) =>
      made.map(({ settledOn, amount }, part) => ({
        invoiceId,
        settledOn,
        amountMinor: inCurrency(amount, `/invoices/${index}/settlements/${part}/amount`),
        by: 'payment' as const
      }))
    )
  }
}
