/** Schemes of identifiers that a customer may carry. */
export const IDENTIFIER_SCHEMES = ['uscc', 'lei', 'duns', 'vat', 'erp', 'crm'] as const
export type IdentifierScheme = (typeof IDENTIFIER_SCHEMES)[number]

/**
 * What is wrong with an identifier and how to mend it, as a sentence; undefined when nothing is.
 */
export function identifierFault(scheme: IdentifierScheme, value: string): string | undefined {
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

const FAULTS: Readonly<Record<IdentifierScheme, (value: string) => string | undefined>> = {
  uscc: (value) => {
    const expected = usccCheckCharacter(value.slice(0, 17))
    if (value.length !== 18 || expected === undefined || !USCC_ALPHABET.includes(value[17] ?? ' ')) {
      return 'A unified social credit code has 18 characters: digits and capital letters without I, O, S, V and Z.'
    }
    if (value[17] === expected) return undefined
    return `The check character of this unified social credit code must be ${expected}, not ${value[17]}: a character is mistyped.`
  },
  lei: (value) => {
    const expected = leiCheckDigits(value.slice(0, 18))
    if (expected === undefined || !/^[0-9]{2}$/.test(value.slice(18))) {
      return 'An LEI has 18 digits or capital letters and two check digits.'
    }
    if (value.slice(18) === expected) return undefined
    return `The check digits of this LEI must be ${expected}, not ${value.slice(18)}: a character is mistyped.`
  },
  duns: (value) => (/^[0-9]{9}$/.test(value) ? undefined : 'A D-U-N-S number has nine digits, without hyphens.'),
  vat: (value) =>
    /^[A-Z]{2}[0-9A-Z]{2,13}$/.test(value)
      ? undefined
      : 'A VAT number has two capital letters for the country, then 2 to 13 digits or capital letters, without spaces.',
  erp: ownNumberFault,
  crm: ownNumberFault
}

function ownNumberFault(value: string): string | undefined {
  if (/^[!-~](?:[ -~]{0,62}[!-~])?$/.test(value)) return undefined
  return 'A number of another system has 1 to 64 printable ASCII characters, with no space at either end.'
}
