import { type RawBuilder, sql } from 'kysely'

const TEXT_OID = 25
const HEADER_BYTES = 20

/**
 * A text[] in PostgreSQL's binary format, to be sent as a parameter: documents of some kilobytes go
 * as they are, where the text format would escape every quotation mark of theirs here and read it
 * back there. Nulls are nulls.
 */
export function textArray(values: readonly (string | number | bigint | boolean | null)[]): Buffer {
  const texts = values.map((value) => (value === null || typeof value === 'string' ? value : String(value)))
  const sizes = texts.map((text) => (text === null ? 0 : Buffer.byteLength(text)))
  const buffer = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + 4 + size, HEADER_BYTES))
  // One dimension, from 1; the flag says whether there are nulls.
  let at = buffer.writeInt32BE(texts.length === 0 ? 0 : 1, 0)
  at = buffer.writeInt32BE(texts.includes(null) ? 1 : 0, at)
  at = buffer.writeInt32BE(TEXT_OID, at)
  if (texts.length === 0) return buffer.subarray(0, at)
  at = buffer.writeInt32BE(texts.length, at)
  at = buffer.writeInt32BE(1, at)
  for (const [index, text] of texts.entries()) {
    at = buffer.writeInt32BE(text === null ? -1 : (sizes[index] ?? 0), at)
    if (text !== null) at += buffer.write(text, at)
  }
  return buffer
}

/**
 * Texts as a table of one column. The database plans for a list with every call, because it counts
 * its rows; a single text is none.
 */
export function textTable(values: readonly string[]): RawBuilder<unknown> {
  const [only] = values
  return values.length === 1 ? sql`(select ${only}::text)` : sql`unnest(${textArray(values)}::text[])`
}
