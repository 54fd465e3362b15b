import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'

/** The RFC 8785 text of a JSON value: the same value has the same bytes on every machine. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('the value has no JSON form')
  return text
}

/** SHA-256 of a text in UTF-8, as lower-case hexadecimal. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}
