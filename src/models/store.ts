import { type RawBuilder, sql } from 'kysely'
import type { ListedModel, NewRow, Reader, Row, RowUpdate, Writer } from '../database.ts'
import type { ModelId } from '../ids.ts'
import { columnsOf } from '../platform/database/columns.ts'
import type { ModelQuery } from './schema.ts'

/** A version without its document. */
export type ModelRow = Omit<Row<'scoringModels'>, 'document' | 'importer'>

const SHOWN = [
  'modelId',
  'version',
  'segment',
  'state',
  'sha256',
  'author',
  'approver',
  'createdAt',
  'updatedAt',
  'revision'
] as const

/**
 * Locks the models until the transaction ends, so that one change is made at a time. A change rests
 * on other rows than its own, such as which model is active. Changes are rare, so one lock is
 * enough.
 */
export async function lockModels(trx: Writer): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('scoring_models'))`.execute(trx)
}

export async function findModel(
  db: Reader,
  modelId: ModelId,
  version: number
): Promise<Row<'scoringModels'> | undefined> {
  return db
    .selectFrom('scoringModels')
    .selectAll()
    .where('modelId', '=', modelId)
    .where('version', '=', version)
    .executeTakeFirst()
}

export async function insertModel(trx: Writer, row: NewRow<'scoringModels'>): Promise<void> {
  await trx.insertInto('scoringModels').values(row).execute()
}

/** Changes the row of a version. The caller holds the lock on the models. */
export async function updateModel(
  trx: Writer,
  { modelId, version }: ModelRow,
  changes: RowUpdate<'scoringModels'>
): Promise<void> {
  await trx
    .updateTable('scoringModels')
    .set(changes)
    .where('modelId', '=', modelId)
    .where('version', '=', version)
    .execute()
}

/** The version that decides for a segment. */
export async function findActive(db: Reader, segment: ModelRow['segment']): Promise<ModelRow | undefined> {
  return db
    .selectFrom('scoringModels')
    .select(SHOWN)
    .where('segment', '=', segment)
    .where('state', '=', 'active')
    .executeTakeFirst()
}

const LISTED = columnsOf<ListedModel>({
  modelId: 'text',
  version: 'integer',
  segment: 'text',
  state: 'text',
  sha256: 'text'
})

/**
 * The versions that take part in assessments, in an order that stays. One look at a small index,
 * which fits into any statement.
 */
export function modelsInForceFact(): RawBuilder<ListedModel[]> {
  return sql`(
    select coalesce(json_agg(${LISTED.json} order by model_id, version), '[]')
    from scoring_models where state in ('active', 'shadow'))`
}

/** The same in a statement of its own. */
export async function listInForce(db: Reader): Promise<ListedModel[]> {
  const { rows } = await sql<{ listed: ListedModel[] }>`select ${modelsInForceFact()} as listed`.execute(db)
  return rows[0]?.listed ?? []
}

/** Whether an importer before this one made a version that still takes part, or may yet. */
const isToReimport = (importer: number): RawBuilder<boolean> =>
  sql`(coalesce(importer < ${importer}, false) and state <> 'retired')`

/** Versions that an importer before this one made, by id and number; none that is retired. */
export async function listToReimport(
  db: Reader,
  { importer, limit }: { readonly importer: number; readonly limit: number }
): Promise<Pick<ModelRow, 'modelId' | 'version' | 'state'>[]> {
  return db
    .selectFrom('scoringModels')
    .select(['modelId', 'version', 'state'])
    .where(isToReimport(importer))
    .orderBy('modelId')
    .orderBy('version')
    .limit(limit)
    .execute()
}

/** Of these versions of a model the one that is active, else the newest. */
export async function findToReimport(
  db: Reader,
  modelId: ModelId,
  importer: number
): Promise<Row<'scoringModels'> | undefined> {
  return db
    .selectFrom('scoringModels')
    .selectAll()
    .where('modelId', '=', modelId)
    .where(isToReimport(importer))
    .orderBy(sql`state = 'active'`, 'desc')
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** The highest number of a version of a model; 0 where there is none. */
export async function newestVersion(db: Reader, modelId: ModelId): Promise<number> {
  const row = await db
    .selectFrom('scoringModels')
    .select(({ fn }) => fn.max('version').as('version'))
    .where('modelId', '=', modelId)
    .executeTakeFirst()
  return row?.version ?? 0
}

/** Versions that fit the filters, by id and number, one more than the page holds. */
export async function listModels(
  db: Reader,
  {
    segment,
    state,
    modelId,
    toReimport
  }: Omit<ModelQuery, 'needsReimport'> & {
    readonly toReimport?: { readonly importer: number; readonly wanted: boolean } | undefined
  },
  after: { modelId: ModelId; version: number } | undefined,
  limit: number
): Promise<(ModelRow & { name: object })[]> {
  let select = db
    .selectFrom('scoringModels')
    .select(SHOWN)
    .select(sql<object>`document::jsonb -> 'name'`.as('name'))
    .orderBy('modelId')
    .orderBy('version')
    .limit(limit + 1)
  if (segment !== undefined) select = select.where('segment', '=', segment)
  if (state !== undefined) select = select.where('state', '=', state)
  if (modelId !== undefined) select = select.where('modelId', '=', modelId)
  if (toReimport !== undefined)
    select = select.where(sql<boolean>`${isToReimport(toReimport.importer)} = ${toReimport.wanted}`)
  if (after !== undefined)
    select = select.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('modelId', 'version'), '>', tuple(after.modelId, after.version))
    )
  return select.execute()
}

export async function insertEvent(trx: Writer, row: NewRow<'modelEvents'>): Promise<void> {
  await trx.insertInto('modelEvents').values(row).execute()
}

/** What became of a version, oldest first, one more than the page holds. */
export async function listEvents(
  db: Reader,
  { modelId, version }: Pick<Row<'modelEvents'>, 'modelId' | 'version'>,
  { afterRevision, limit }: { readonly afterRevision: number; readonly limit: number }
): Promise<Row<'modelEvents'>[]> {
  return db
    .selectFrom('modelEvents')
    .selectAll()
    .where('modelId', '=', modelId)
    .where('version', '=', version)
    .where('revision', '>', afterRevision)
    .orderBy('revision')
    .limit(limit + 1)
    .execute()
}

/** Cases of a challenger: those assessed from one business date to another, both included. */
interface ComparedPeriod {
  readonly modelId: ModelId
  readonly version: number
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/**
 * The cases of a challenger, grouped by the grades of both models: at most 11 by 11 groups, and the
 * failed ones.
 */
export async function countOutcomes(db: Reader, period: ComparedPeriod) {
  const sumOf = (column: 'championScore' | 'championPd' | 'score' | 'pd') =>
    sql<number>`coalesce(sum(${sql.ref(column)}) filter (where grade is not null and champion_grade is not null), 0)`
  return casesOf(db, period)
    .select(['championGrade', 'grade', 'status'])
    .select(sql<number>`count(*)::integer`.as('cases'))
    .select([
      sumOf('championScore').as('championScoreSum'),
      sumOf('championPd').as('championPdSum'),
      sumOf('score').as('scoreSum'),
      sumOf('pd').as('pdSum')
    ])
    .groupBy(['championGrade', 'grade', 'status'])
    .orderBy('championGrade')
    .orderBy('grade')
    .orderBy('status')
    .execute()
}

/**
 * The versions that decided in that time, at most 50, the one with the most cases first. Also how
 * many customers there were.
 */
export async function countChampions(db: Reader, period: ComparedPeriod) {
  return casesOf(db, period)
    .select(['championModelId', 'championModelVersion'])
    .select(sql<number>`count(*)::integer`.as('cases'))
    .groupBy(['championModelId', 'championModelVersion'])
    .orderBy('cases', 'desc')
    .orderBy('championModelId')
    .orderBy('championModelVersion')
    .limit(50)
    .execute()
}

export async function countCustomers(db: Reader, period: ComparedPeriod): Promise<number> {
  const { customers } = await casesOf(db, period)
    .select(sql<number>`count(distinct customer_id)::integer`.as('customers'))
    .executeTakeFirstOrThrow()
  return customers
}

/**
 * The customers whose two grades lie farthest apart, then their two PDs: of each customer the case
 * in which they did, the newest of equal ones. `grades` lists the grades from best to worst.
 */
export async function largestDifferences(db: Reader, period: ComparedPeriod, grades: readonly string[], limit: number) {
  const placeOf = (column: 'grade' | 'championGrade') =>
    sql<number>`array_position(${grades}::text[], ${sql.ref(column)})`
  const gradesApart = sql<number>`abs(${placeOf('grade')} - ${placeOf('championGrade')})`
  const pdApart = sql<number>`abs(pd - champion_pd)`
  const worst = casesOf(db, period)
    .distinctOn('customerId')
    .select(['customerId', 'assessmentId', 'asOf', 'championGrade', 'championScore', 'championPd'])
    .select(['grade', 'score', 'pd'])
    .select([gradesApart.as('gradesApart'), pdApart.as('pdApart')])
    .where('grade', 'is not', null)
    .where('championGrade', 'is not', null)
    .where((eb) => eb.or([eb('grade', '<>', eb.ref('championGrade')), eb('pd', '<>', eb.ref('championPd'))]))
    .orderBy('customerId')
    .orderBy('gradesApart', 'desc')
    .orderBy('pdApart', 'desc')
    .orderBy('assessmentId', 'desc')
  return db
    .selectFrom(worst.as('worst'))
    .selectAll()
    .orderBy('gradesApart', 'desc')
    .orderBy('pdApart', 'desc')
    .orderBy('customerId')
    .limit(limit)
    .execute()
}

function casesOf(db: Reader, { modelId, version, from, to }: ComparedPeriod) {
  let select = db.selectFrom('shadowAssessments').where('modelId', '=', modelId).where('modelVersion', '=', version)
  if (from !== undefined) select = select.where('asOf', '>=', from)
  if (to !== undefined) select = select.where('asOf', '<=', to)
  return select
}
