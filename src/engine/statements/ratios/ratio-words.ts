import type { Text } from '../../values/text.ts'
import { STATEMENT_ITEMS } from '../statement-items.ts'
import type { Term } from '../statement-term.ts'
import type { Cycle, Quotient, RatioEntry } from './ratio-entry.ts'

type Language = keyof Text

/** How a ratio is computed, in the names of items as they stand on the statement. */
export function ratioInWords(ratio: RatioEntry): Text {
  return { en: inWords(ratio, 'en'), zh: inWords(ratio, 'zh') }
}

function inWords(ratio: RatioEntry, language: Language): string {
  if (ratio.kind === 'quotient') return quotient(ratio, language)
  if (ratio.kind === 'cycle') return cycle(ratio, language)
  const of = term(ratio.of, language)
  return language === 'en' ? `natural logarithm of ${of}` : `${of}的自然对数`
}

function quotient({ numerator, denominator, times, plus, against }: Quotient, language: Language): string {
  const factor = times === 1 ? '' : `${times} × `
  const below = AGAINST[against][language](operand(denominator, language))
  const added = plus === 0 ? '' : ` ${plus < 0 ? '−' : '+'} ${Math.abs(plus)}`
  const words = `${factor}${operand(numerator, language)} ÷ ${below}${added}`
  // The full-width brackets of Chinese bring their own space along.
  return words.replaceAll(/(?<=[）］]) | (?=[（［])/g, '')
}

const AGAINST: Readonly<Record<Quotient['against'], Record<Language, (of: string) => string>>> = {
  present: { en: (of) => of, zh: (of) => of },
  prior: { en: (of) => `prior-year ${of}`, zh: (of) => `上年${of}` },
  average: { en: (of) => `average ${of}`, zh: (of) => `${of}平均余额` }
}

function cycle({ days }: Cycle, language: Language): string {
  return signed(days.map(([sign, { name }]) => [sign, name[language]]))
}

function term({ parts }: Term, language: Language): string {
  return signed(parts.map(({ id, sign }) => [sign, STATEMENT_ITEMS[id].name[language]]))
}

function operand(of: Term, language: Language): string {
  const words = term(of, language)
  if (of.parts.length === 1) return words
  if (language === 'en') return `(${words})`
  return words.includes('（') ? `［${words}］` : `（${words}）`
}

/** Names within a formula have no capital of a sentence; the sign of the first is a plus. */
function signed(parts: readonly (readonly [sign: 1 | -1, name: string])[]): string {
  return parts
    .map(([sign, name], index) => `${index === 0 ? '' : sign === 1 ? ' + ' : ' − '}${uncapitalised(name)}`)
    .join('')
}

/** Without its capital, unless that belongs to an abbreviation. */
function uncapitalised(name: string): string {
  return /^[A-Z][a-z]/.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name
}
