import type { NewRow, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import type { ModelEvent, ModelState, ScoringModel } from '../../engine/index.ts'
import type { ModelId } from '../../ids.ts'
import { importerOf } from '../../model-format/pmml/read/origin.ts'
import { recordOrganisation } from '../../organisation/postings.ts'
import { type ActorText, systemActor } from '../../platform/values/actors.ts'
import { canonicalJson, sha256 } from '../../platform/values/canonical.ts'
import { idOf } from '../../platform/values/ids.ts'
import { insertEvent, insertModel, type ModelRow, updateModel } from '../store.ts'

/** Author and approver of what comes with the service. */
export const SHIPPED = systemActor('shipped')

/** Puts a version on file, with its first event. */
export async function addModel(
  deps: Pick<Deps, 'clock'>,
  trx: Writer,
  model: ScoringModel,
  now: string,
  by: { state: ModelState; author: ActorText; approver: ActorText | null }
): Promise<Row<'scoringModels'>> {
  const row = {
    modelId: idOf<ModelId>(model.id),
    version: model.version,
    segment: model.segment,
    document: JSON.stringify(model),
    sha256: sha256(canonicalJson(model)),
    importer: importerOf(model),
    ...by,
    createdAt: now,
    updatedAt: now,
    revision: 1
  }
  await insertModel(trx, row)
  await recordEvent(deps, trx, row, { event: by.author === SHIPPED ? 'shipped' : 'drafted', actor: by.author })
  return row
}

interface EventRecord {
  readonly event: ModelEvent
  readonly actor: ActorText
  readonly comment?: string | null
  readonly onePerson?: true
}

/** Writes a change of a version, and what it was. */
export async function changeModel<Known extends ModelRow>(
  deps: Pick<Deps, 'clock'>,
  trx: Writer,
  before: Known,
  now: string,
  changes: Partial<
    Pick<Row<'scoringModels'>, 'segment' | 'state' | 'document' | 'sha256' | 'author' | 'approver' | 'importer'>
  >,
  record: EventRecord
): Promise<Known> {
  const made = { ...changes, updatedAt: now, revision: before.revision + 1 }
  const row = { ...before, ...made }
  await updateModel(trx, before, made)
  await recordEvent(deps, trx, row, record)
  return row
}

/** What became of a version stands among its events, and in the chain of the organisation. */
async function recordEvent(
  { clock }: Pick<Deps, 'clock'>,
  trx: Writer,
  { modelId, version, revision, state, segment, updatedAt, sha256: digest }: ModelRow,
  { event, actor, comment = null, onePerson }: EventRecord
): Promise<void> {
  const row: NewRow<'modelEvents'> = {
    ...{ modelId, version, revision, event, at: updatedAt, actor, comment, sha256: digest },
    onePerson: onePerson ?? null
  }
  await insertEvent(trx, row)
  const payload = {
    modelId,
    version,
    revision,
    state,
    segment,
    sha256: digest,
    comment,
    ...(onePerson && { onePerson })
  }
  await recordOrganisation(trx, clock, actor, [{ type: `model.${event}`, subject: `${modelId} ${version}`, payload }])
}
