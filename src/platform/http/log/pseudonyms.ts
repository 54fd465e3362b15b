import { createHmac, randomBytes } from 'node:crypto'

/** Enough that two of a million texts do not get the same pseudonym. */
const DIGITS = 16

/**
 * Gives each text a pseudonym of 16 hexadecimal digits: always the same under one secret, and of no
 * use to whoever does not know that. Without a secret, one that ends with the process.
 */
export function pseudonyms(secret: string): (text: string) => string {
  const key = secret === '' ? randomBytes(32) : secret
  return (text) => createHmac('sha256', key).update(text).digest('hex').slice(0, DIGITS)
}
