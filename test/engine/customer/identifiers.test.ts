import fc from 'fast-check'
import t from 'tap'
import {
  IDENTIFIER_SCHEMES,
  type IdentifierScheme,
  identifierFault,
  leiCheckDigits,
  usccCheckCharacter
} from '../../../src/engine/customer/identifiers.ts'

/**
 * The first is the example of the standard itself; the others are of companies that print theirs.
 */
const USCC = ['91350100M000100Y43', '914403001922038216', '91440300708461136T', '91330100799655058B']
const LEI = ['HWUPKR0MPOU8FGXBT394', 'INR2EJN1ERAN0W5ZP974', '5493006MHB84DD0ZWV18', '7LTWFZYICNSX8D621K86']

t.test('identifiers that are in use have no fault', async (t) => {
  const valid: [IdentifierScheme, string[]][] = [
    ['uscc', USCC],
    ['lei', LEI],
    ['duns', ['060704780', '000000001']],
    ['vat', ['DE136695976', 'NL123456789B01', 'XI12', 'FR1234567890123']],
    ['erp', ['1', 'C 100-7/b', '~'.repeat(64)]],
    ['crm', ['0015800000abcDEFAA0']]
  ]
  t.same(
    valid.map(([scheme]) => scheme),
    IDENTIFIER_SCHEMES
  )
  for (const [scheme, values] of valid) {
    for (const value of values) t.equal(identifierFault(scheme, value), undefined, `${scheme} ${value}`)
  }
})

t.test('an identifier of another form is refused with the form it must have', async (t) => {
  const faulty: [IdentifierScheme, RegExp, string[]][] = [
    [
      'uscc',
      /18 characters: digits and capital letters without I, O, S, V and Z/,
      ['', '91350100M000100Y4', '91350100M000100Y433', '91350100m000100y43', '9135O100M000100Y43', '91350100M000100Y4Z']
    ],
    [
      'lei',
      /18 digits or capital letters and two check digits/,
      ['', 'HWUPKR0MPOU8FGXBT39', 'HWUPKR0MPOU8FGXBT3944', 'hwupkr0mpou8fgxbt394', 'HWUPKR0MPOU8FGXBT3A4']
    ],
    ['duns', /nine digits, without hyphens/, ['', '06070478', '0607047801', '06-070-4780', '06070478A', '060704780\n']],
    [
      'vat',
      /two capital letters for the country/,
      ['', 'DE1', 'DE12345678901234', 'de136695976', '1E136695976', 'DE 136695976']
    ],
    [
      'erp',
      /1 to 64 printable ASCII characters, with no space at either end/,
      ['', ' a', 'a ', 'a\tb', 'ä', '客户', 'a'.repeat(65)]
    ],
    ['crm', /1 to 64 printable ASCII characters/, ['', ' ', 'a\n']]
  ]
  for (const [scheme, sentence, values] of faulty) {
    for (const value of values)
      t.match(identifierFault(scheme, value)?.en, sentence, `${scheme} ${JSON.stringify(value)}`)
  }
})

t.test('a wrong check character is named with the right one', async (t) => {
  t.match(identifierFault('uscc', '91350100M000100Y4A')?.en, /must be 3, not A/)
  t.match(identifierFault('lei', 'HWUPKR0MPOU8FGXBT349')?.en, /must be 94, not 49/)
})

t.test('check characters of the published codes', async (t) => {
  for (const code of USCC) t.equal(usccCheckCharacter(code.slice(0, 17)), code[17], code)
  for (const code of LEI) t.equal(leiCheckDigits(code.slice(0, 18)), code.slice(18), code)
  t.equal(usccCheckCharacter('91350100M000100Y'), undefined, 'one short')
  t.equal(usccCheckCharacter('91350100M000100YI'), undefined, 'I is not of the alphabet')
  t.equal(leiCheckDigits('HWUPKR0MPOU8FGXBT'), undefined, 'one short')
  t.equal(leiCheckDigits('000000000000000032'), '02', 'a digit alone gets its zero')
})

const USCC_CHARACTERS = [...'0123456789ABCDEFGHJKLMNPQRTUWXY']
const LEI_CHARACTERS = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ']

/** Text of so many characters with two of its places. */
const written = (characters: string[], length: number) =>
  fc.record({
    text: fc.string({ unit: fc.constantFrom(...characters), minLength: length, maxLength: length }),
    place: fc.nat({ max: length - 1 }),
    other: fc.constantFrom(...characters)
  })

const replaced = (text: string, place: number, character: string) =>
  `${text.slice(0, place)}${character}${text.slice(place + 1)}`

const swapped = (text: string, place: number) =>
  `${text.slice(0, place)}${text
    .slice(place, place + 2)
    .split('')
    .reverse()
    .join('')}${text.slice(place + 2)}`

/**
 * A letter counts as two digits, so MOD 97-10 is sure of a letter for a letter and a digit for a
 * digit only: 1B and B1 are both 111.
 */
const isLikeMistake = (scheme: IdentifierScheme, left = '', right = '') =>
  scheme === 'uscc' || /\d/.test(left) === /\d/.test(right)

const CHECKED: [IdentifierScheme, string[], number, (body: string) => string | undefined][] = [
  ['uscc', USCC_CHARACTERS, 17, usccCheckCharacter],
  ['lei', LEI_CHARACTERS, 18, leiCheckDigits]
]

t.test('law: a code with its check is fine; one character mistyped or two neighbours swapped is found', async () => {
  for (const [scheme, characters, length, checkOf] of CHECKED) {
    fc.assert(
      fc.property(written(characters, length), ({ text, place, other }) => {
        const code = `${text}${checkOf(text)}`
        const first = Math.min(place, length - 2)
        const mistyped = isLikeMistake(scheme, code[place], other) ? replaced(code, place, other) : code
        const turned = isLikeMistake(scheme, code[first], code[first + 1]) ? swapped(code, first) : code
        return (
          identifierFault(scheme, code) === undefined &&
          (identifierFault(scheme, mistyped) === undefined) === (mistyped === code) &&
          (identifierFault(scheme, turned) === undefined) === (turned === code)
        )
      }),
      { numRuns: 500 }
    )
  }
})

t.test('law: any text gets an answer, never an exception', async () => {
  fc.assert(
    fc.property(fc.constantFrom(...IDENTIFIER_SCHEMES), fc.string({ unit: 'binary' }), (scheme, value) =>
      ['undefined', 'string'].includes(typeof identifierFault(scheme, value)?.en)
    )
  )
})
