import { altmanZ } from './altman-1968.ts'
import { altmanZPrime } from './altman-1983.ts'
import { altmanEmergingMarket, altmanZDoublePrime } from './altman-1995.ts'
import { ohlsonO } from './ohlson-1980.ts'
import { piotroskiF } from './piotroski-2000.ts'
import type { ReferenceModel } from './reference-model.ts'
import { springate } from './springate-1978.ts'
import { taffler } from './taffler-1983.ts'
import { zmijewski } from './zmijewski-1984.ts'

/**
 * Published models of corporate failure, as reference beside the scores of our own models: they
 * decide nothing. Stocks are those of the period's end, flows are taken for twelve months, all from
 * the book values of the statement.
 */
export const REFERENCE_MODELS = {
  altmanZ,
  altmanZPrime,
  altmanZDoublePrime,
  altmanEmergingMarket,
  ohlsonO,
  zmijewski,
  springate,
  taffler,
  piotroskiF
} as const satisfies Record<string, ReferenceModel>

export type ReferenceModelId = keyof typeof REFERENCE_MODELS

/** Every reference model, in the order of the catalogue. */
export const REFERENCE_MODEL_IDS = Object.keys(REFERENCE_MODELS) as ReferenceModelId[]
