/** A sentence, or a part of one, in the languages of problems. */
export interface Said {
  readonly en: string
  readonly zh: string
}

/** What is put in for the places of a sentence, by name. */
type SaidValues = Readonly<Record<string, string | number | Said>>

/**
 * A sentence of a room's `texts.json` with its places filled: `{name}` stands for a value, which
 * may read differently in each language. Throws when there is no value for a place.
 */
export function said(text: Said, values: SaidValues = {}): Said {
  return { en: filledIn(text, values, 'en'), zh: filledIn(text, values, 'zh') }
}

function filledIn(text: Said, values: SaidValues, language: keyof Said): string {
  return text[language].replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined) throw new Error(`There is no value for ${place} in "${text.en}".`)
    return typeof value === 'object' ? value[language] : String(value)
  })
}

/** Names one after another: a, b, c, and a、b、c. */
export function listed(names: readonly string[]): Said {
  return { en: names.join(', '), zh: names.join('、') }
}

/** The same of names that differ by language and may hold commas: a; b; c, and a、b、c. */
export function listedNames(names: readonly Said[]): Said {
  return { en: names.map(({ en }) => en).join('; '), zh: names.map(({ zh }) => zh).join('、') }
}

/** Names of which one is to be chosen: a, b or c, and a、b 或 c. */
export function oneOf(names: readonly string[]): Said {
  const [last = '', ...others] = names.toReversed()
  if (others.length === 0) return { en: last, zh: last }
  const before = listed(others.toReversed())
  return { en: `${before.en} or ${last}`, zh: `${before.zh} 或 ${last}` }
}

/** One sentence after another: Chinese puts no space between them. */
export function inOrder(sentences: readonly Said[]): Said {
  return { en: sentences.map(({ en }) => en).join(' '), zh: sentences.map(({ zh }) => zh).join('') }
}

/** A sentence of which at most so many characters are told. */
export function withinLength({ en, zh }: Said, charactersMax: number): Said {
  return { en: en.slice(0, charactersMax), zh: zh.slice(0, charactersMax) }
}
