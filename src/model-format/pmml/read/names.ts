import { FEATURES } from '../../../engine/index.ts'
import { RESERVED_KEYS } from '../../../platform/http/body/json.ts'

/*
 * Names and words that the two directions share.
 */

export const PMML_NAMESPACE = 'http://www.dmg.org/PMML-4_4'
export const PMML_VERSION = '4.4'

/** The Extension that holds what PMML has no word for, and the one that names a unit. */
export const EXTENDER = 'credence'
export const MODEL_EXTENSION = 'model'
export const UNIT_EXTENSION = 'unit'

/** The categories that the regression tells apart. */
export const BAD = 'bad'
export const GOOD = 'good'

/**
 * A maker of names that are not taken yet: the wanted one, else the first free one with a number.
 */
export function uniqueNames(taken: Iterable<string> = []): (wanted: string) => string {
  const names = new Set(taken)
  // From which number on a name may be free: a name that is wanted often is not tried from 2 again.
  const numbers = new Map<string, number>()
  return (wanted) => {
    let name = wanted
    let number = numbers.get(wanted) ?? 2
    for (; names.has(name); number += 1) name = `${wanted}-${number}`
    numbers.set(wanted, number)
    names.add(name)
    return name
  }
}

/** A maker of ids of inputs: no feature of the catalogue, and nothing that no call could name. */
export function inputNames(): (wanted: string) => string {
  return uniqueNames([...Object.keys(FEATURES), ...RESERVED_KEYS])
}

/**
 * A name of a foreign document as an id: what is no letter, digit or one of . _ - becomes a hyphen,
 * and it begins with a letter. Names that differ in nothing else become the same id.
 */
export function idOf(name: string, fallback: string, lengthMax: number): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z]+|-+$/g, '')
  return plain.slice(0, lengthMax - 4) || fallback
}

/** A text that the document brought along, cut to a length and freed of what no text may hold. */
export function plainText(text: string, lengthMax: number): string {
  const printable = text.toWellFormed().replace(CONTROLS, ' ').replace(/ {2,}/g, ' ').trim()
  return printable.slice(0, lengthMax).toWellFormed()
}

const CONTROLS = /[\p{Cc}\ufffe\uffff]/gu
