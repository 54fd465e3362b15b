import type { Text } from '../values/text.ts'
import { filled } from '../values/wording.ts'
import texts from './texts.json' with { type: 'json' }

/** Schemes of identifiers that a customer may carry. */
export const IDENTIFIER_SCHEMES = ['uscc', 'lei', 'duns', 'vat', 'erp', 'crm'] as const
export type IdentifierScheme = (typeof IDENTIFIER_SCHEMES)[number]

/**
 * What is wrong with an identifier and how to mend it, as a sentence; undefined when nothing is.
 */
export function identifierFault(scheme: IdentifierScheme, value: string): Text | undefined {
  return FAULTS[scheme](value)
}

/**
 * The characters of a unified social credit code in order of their value: I, O, S, V and Z are not
 * used.
 */
const USCC_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'

/**
 * The 18th character of a unified social credit code (统一社会信用代码), from the 17 before it; undefined
 * when they are not of its alphabet. GB 32100-2015: weights are the powers of 3 modulo 31, and the
 * weighted sum with the check character is divisible by 31.
 */
export function usccCheckCharacter(first17: string): string | undefined {
  if (first17.length !== 17) return undefined
  let sum = 0
  let weight = 1
  for (const character of first17) {
    const value = USCC_ALPHABET.indexOf(character)
    if (value < 0) return undefined
    sum += value * weight
    weight = (weight * 3) % 31
  }
  return USCC_ALPHABET[(31 - (sum % 31)) % 31]
}

/**
 * The two check digits of a Legal Entity Identifier, from the 18 characters before them; undefined
 * when they are not digits and capital letters. ISO 17442 with ISO 7064 MOD 97-10: letters count
 * from A = 10, and the whole number leaves 1 when divided by 97.
 */
export function leiCheckDigits(first18: string): string | undefined {
  if (!/^[0-9A-Z]{18}$/.test(first18)) return undefined
  return String(98 - remainderOf97(`${first18}00`)).padStart(2, '0')
}

function remainderOf97(text: string): number {
  let remainder = 0
  for (const character of text) {
    const value = Number.parseInt(character, 36)
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97
  }
  return remainder
}

const FAULTS: Readonly<Record<IdentifierScheme, (value: string) => Text | undefined>> = {
  uscc: (value) => {
    const expected = usccCheckCharacter(value.slice(0, 17))
    if (value.length !== 18 || expected === undefined || !USCC_ALPHABET.includes(value[17] ?? ' ')) {
      return texts.usccForm
    }
    if (value[17] === expected) return undefined
    return filled(texts.usccCheck, { expected, given: value.slice(17) })
  },
  lei: (value) => {
    const expected = leiCheckDigits(value.slice(0, 18))
    if (expected === undefined || !/^[0-9]{2}$/.test(value.slice(18))) {
      return texts.leiForm
    }
    if (value.slice(18) === expected) return undefined
    return filled(texts.leiCheck, { expected, given: value.slice(18) })
  },
  duns: (value) => (/^[0-9]{9}$/.test(value) ? undefined : texts.duns),
  vat: (value) => (/^[A-Z]{2}[0-9A-Z]{2,13}$/.test(value) ? undefined : texts.vat),
  erp: ownNumberFault,
  crm: ownNumberFault
}

function ownNumberFault(value: string): Text | undefined {
  if (/^[!-~](?:[ -~]{0,62}[!-~])?$/.test(value)) return undefined
  return texts.ownNumber
}
