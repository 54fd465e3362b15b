import type { Reader } from '../../database.ts'
import type { ScoringModel } from '../../engine/index.ts'
import type { ModelId } from '../../ids.ts'
import { type ModelDifference, modelDifferences } from '../../model-format/model-differences.ts'
import { IMPORTER } from '../../model-format/pmml/read/origin.ts'
import { idOf } from '../../platform/values/ids.ts'
import type { ImportedModel } from '../schema.ts'
import { findToReimport, listToReimport, newestVersion } from '../store.ts'

/** Models that the start of the service names at most. */
const TOLD_MAX = 50

/**
 * Models that an earlier importer made and that still take part, in words for the operator, by id
 * and number.
 */
export async function modelsToReimport(db: Reader): Promise<string[]> {
  const rows = await listToReimport(db, { importer: IMPORTER, limit: TOLD_MAX })
  return rows.map(({ modelId, version, state }) => `${modelId} ${version} (${state})`)
}

/** Differences in one answer at most. Nobody reads more of them. */
const DIFFERENCES_MAX = 500

/**
 * The imported model, with a note for each difference from the version that an earlier importer
 * made. Without a version from the caller it is the next one, so the version on file stays.
 */
export async function comparedWithFile(
  db: Reader,
  version: number | undefined,
  { document, notes }: ImportedModel
): Promise<ImportedModel> {
  const before =
    document.origin === undefined ? undefined : await findToReimport(db, idOf<ModelId>(document.id), IMPORTER)
  if (before === undefined) return { document, notes }
  const draft = { ...document, version: version ?? (await newestVersion(db, before.modelId)) + 1 }
  const differences = modelDifferences(JSON.parse(before.document) as ScoringModel, draft as ScoringModel)
  return { document: draft, notes: [...notes, ...notesOf(differences, before.version)] }
}

function notesOf(differences: readonly ModelDifference[], version: number): ImportedModel['notes'] {
  const onFile = `version ${version} on file, which an earlier importer made`
  if (differences.length === 0) return [{ pointer: '#', detail: `It is the same as ${onFile}.` }]
  const told = differences.slice(0, DIFFERENCES_MAX).map((each) => ({
    pointer: `#${each.pointer}`.slice(0, 500).toWellFormed(),
    detail: sentenceOf(each, version).slice(0, 1_000).toWellFormed()
  }))
  const more = differences.length - told.length
  return [
    { pointer: '#', detail: `It differs from ${onFile}, in ${differences.length} places.` },
    ...told,
    ...(more > 0 ? [{ pointer: '#', detail: `And in ${more} places more.` }] : [])
  ]
}

function sentenceOf({ before, after }: ModelDifference, version: number): string {
  if (before === undefined) return `Version ${version} has nothing here; now it is ${shown(after)}.`
  if (after === undefined) return `Version ${version} has ${shown(before)} here; now there is nothing.`
  return `Version ${version} has ${shown(before)} here; now it is ${shown(after)}.`
}

/** A value that is longer than this is told by its kind. */
const SHOWN_MAX = 200

/** A value in a sentence: whole where it is short. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, SHOWN_MAX).toWellFormed())
  if (typeof value !== 'object' || value === null) return String(value)
  const parts = Object.values(value)
  const isShort = parts.length <= 8 && parts.every((part) => typeof part !== 'object' || part === null)
  const text = isShort ? JSON.stringify(value) : ''
  if (isShort && text.length <= SHOWN_MAX) return text.toWellFormed()
  return Array.isArray(value) ? `a list of ${parts.length}` : `an entry of ${parts.length} fields`
}
