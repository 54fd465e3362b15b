import type { ModelFormat, ModelOrigin } from '../../../engine/index.ts'

/** The version of the importer. It is written into what it imports. */
const IMPORTER = 2

/** Where an imported model came from. */
export function originOf(format: ModelFormat): ModelOrigin {
  return { format, importer: IMPORTER }
}
