import { type Breach, GATES } from './gates.ts'

/** How many breaches of a rule there are, by what each is known by. */
type Entries = Readonly<Record<string, number>>

/** The breaches that stand for now, by rule. */
export type BreachList = Readonly<Record<string, Entries>>

export function listOf(breaches: readonly Breach[]): BreachList {
  return Object.fromEntries(GATES.map((gate) => [gate, count(breaches.filter((each) => each.gate === gate))]))
}

function count(breaches: readonly Breach[]): Entries {
  const counted = new Map<string, number>()
  for (const { key, weight } of breaches) counted.set(key, (counted.get(key) ?? 0) + weight)
  return Object.fromEntries([...counted].sort(([left], [right]) => (left < right ? -1 : 1)))
}

/** What is wrong with the list: the breaches that it does not hold, and those that are mended. */
export function faultsOf(listed: BreachList, breaches: readonly Breach[]): string[] {
  const found = listOf(breaches)
  const unlisted = entriesOf(found).flatMap(([gate, key, number]) => {
    const known = numberOf(listed, gate, key)
    const sentences = breaches.filter((each) => each.gate === gate && each.key === key).map(({ sentence }) => sentence)
    const note = known === 0 ? [] : [`The list knows of ${known} of ${number} under “${gate}” for ${key}.`]
    return number > known ? [...sentences, ...note] : []
  })
  const mended = entriesOf(listed).flatMap(([gate, key, number]) => {
    const left = numberOf(found, gate, key)
    const sentence = `${key} is listed under “${gate}” with ${number}, and ${left} stand. Shorten the list: npm run house -- --write`
    return left < number ? [sentence] : []
  })
  return [...unlisted, ...mended]
}

function entriesOf(list: BreachList): [gate: string, key: string, number: number][] {
  return Object.entries(list).flatMap(([gate, entries]) =>
    Object.entries(entries).map(([key, number]): [string, string, number] => [gate, key, number])
  )
}

function numberOf(list: BreachList, gate: string, key: string): number {
  return list[gate]?.[key] ?? 0
}

/**
 * The list without what is mended. Breaches of files that are gone may stand in others, as when a
 * file gets another name. Nothing else is added, but a rule that is new to the list begins in full.
 */
export function shrunk(listed: BreachList, breaches: readonly Breach[], files: ReadonlySet<string>): BreachList {
  const shrunkRule = ([gate, found]: [string, Entries]) => {
    const before = listed[gate]
    return [gate, before === undefined ? found : shrunkEntries(before, found, files)]
  }
  return Object.fromEntries(Object.entries(listOf(breaches)).map(shrunkRule))
}

function shrunkEntries(listed: Entries, found: Entries, files: ReadonlySet<string>): Entries {
  const isGone = (key: string) => /^\S+\.ts$/.test(key) && !files.has(key)
  let moved = Object.entries(listed).reduce((sum, [key, number]) => sum + (isGone(key) ? number : 0), 0)
  const kept = Object.entries(found).map(([key, number]): [string, number] => {
    const before = Math.min(number, listed[key] ?? 0)
    const arrived = Math.min(number - before, moved)
    moved -= arrived
    return [key, before + arrived]
  })
  return Object.fromEntries(kept.filter(([, number]) => number > 0))
}
