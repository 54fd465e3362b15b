import type { Text } from './text.ts'

/**
 * Those who read a sentence: `sales` talks to the customer, `customer` is told it, `auditor` checks
 * it.
 */
export const READERS = ['sales', 'customer', 'auditor'] as const
export type Reader = (typeof READERS)[number]

/** How a customer is addressed: a business as such, a sole trader or an individual in person. */
export const ADDRESSEES = ['company', 'person'] as const
export type Addressee = (typeof ADDRESSEES)[number]

/** For whom a sentence is made. Only what the customer reads depends on who that is. */
export interface Audience {
  readonly reader: Reader
  readonly addressee: Addressee
}

/** The people of the seller: what they read is the same whoever the customer is. */
export const SALES: Audience = { reader: 'sales', addressee: 'company' }

type Addressed = Text | Readonly<Record<Addressee, Text>>

/**
 * A sentence as `texts.json` holds it: one for everybody, or one for each reader, and within that
 * one for each addressee, wherever their sentences differ. `{name}` stands for a value; `{you}` and
 * `{we}` for the words of address.
 */
export type Wording = Addressed | Readonly<Record<Reader, Addressed>>

/** What is put in for the places of a sentence, by name. */
export type Values = Readonly<Record<string, string | number | Text>>

/** What the customer and the seller are called by default, in the sentences for each addressee. */
export const ADDRESS = {
  company: { you: { en: 'you', zh: '贵司' }, we: { en: 'we', zh: '我司' } },
  person: { you: { en: 'you', zh: '您' }, we: { en: 'we', zh: '我们' } }
} as const satisfies Record<Addressee, Values>

/** The sentence for an audience. Throws when it has a place for which there is no value. */
export function worded(wording: Wording, { reader, addressee }: Audience, values: Values = {}): Text {
  const forReader = 'sales' in wording ? wording[reader] : wording
  const text = 'company' in forReader ? forReader[addressee] : forReader
  return filled(text, { ...ADDRESS[addressee], ...values })
}

/**
 * A text with its places filled. Chinese has a space beside figures and Latin letters alone: so a
 * value that ends otherwise needs none. Throws when there is no value for a place.
 */
export function filled(text: Text, values: Values): Text {
  return { en: filledIn(text.en, values, 'en'), zh: filledIn(text.zh, values, 'zh').replaceAll(NEEDLESS_SPACE, '') }
}

const NEEDLESS_SPACE = / (?=[（［])|(?<=[）］]) |(?<=[\p{Script=Han}”。，：]) (?=[\p{Script=Han}“。，：＝])/gu

function filledIn(text: string, values: Values, language: keyof Text): string {
  if (!text.includes('{')) return text
  return text.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined) throw new Error(`There is no value for ${place} in "${text}".`)
    return typeof value === 'object' ? value[language] : String(value)
  })
}

/** Things that stand together: a, b and c, and a、b和c. */
export function allOf(words: readonly Text[]): Text {
  return enumerated(words, { en: ' and ', zh: '和' })
}

/** Things of which one is meant: a, b or c, and a、b或c. */
export function oneOf(words: readonly Text[]): Text {
  return enumerated(words, { en: ' or ', zh: '或' })
}

function enumerated(words: readonly Text[], before: Text): Text {
  const [last = { en: '', zh: '' }, ...others] = words.toReversed()
  if (others.length === 0) return last
  const inOrder = others.toReversed()
  return {
    en: inOrder.map(({ en }) => en).join(', ') + before.en + last.en,
    zh: inOrder.map(({ zh }) => zh).join('、') + before.zh + last.zh
  }
}

/** One sentence after another: Chinese puts no space between them. */
export function joined(first: Text, second: Text): Text {
  return { en: `${first.en} ${second.en}`, zh: first.zh + second.zh }
}
