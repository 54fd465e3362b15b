import type { BusinessDate } from './dates.ts'
import { formatAmount, type Money } from './money.ts'
import type { Text } from './text.ts'
import texts from './texts.json' with { type: 'json' }
import { filled } from './wording.ts'

/** An amount as people write it: CNY 1,234,567.00, and 1,234,567.00 元（CNY）. */
export function spokenAmount(amountMinor: number, currency: string): Text {
  return spokenMoney({ amount: formatAmount(amountMinor, currency), currency })
}

function spokenMoney({ amount, currency }: Money): Text {
  const names: Readonly<Record<string, Text>> = texts.currencies
  const named = Object.hasOwn(names, currency) ? names[currency] : undefined
  return filled(texts.amount, { number: grouped(amount), currency: named ?? { en: currency, zh: `（${currency}）` } })
}

/** Money in a problem: 1250.00 CNY, as a caller sends it, and 1,250.00 元（CNY）. */
export function statedMoney(money: Money): Text {
  return { en: `${money.amount} ${money.currency}`, zh: spokenMoney(money).zh }
}

/** The same where the English sentence leaves the currency to another amount of it: 1250.00. */
export function statedAmount(money: Money): Text {
  return { en: money.amount, zh: spokenMoney(money).zh }
}

/** A day in a problem: 2026-03-31, as a caller sends it, and 2026年3月31日. */
export function statedDate(date: BusinessDate): Text {
  return { en: date, zh: spokenDate(date).zh }
}

/** A figure in a problem: 1250.00, as a caller sends it, and 1,250.00. */
export function statedFigure(figure: string): Text {
  return { en: figure, zh: grouped(figure) }
}

/** Money that is owed for days, summed up: CNY 1,200,000.00 × days. */
export function spokenAmountDays(amountMinor: number, currency: string): Text {
  return filled(texts.amountDays, { amount: spokenAmount(amountMinor, currency) })
}

/** A level of reminders: level 2, and 第 2 级. */
export function spokenLevel(level: number): Text {
  return filled(texts.level, { number: spokenNumber(level) })
}

/** A share as a percentage: 0.125 is 12.5%. */
export function spokenShare(share: number): string {
  return `${spokenNumber(share * 100)}%`
}

/** A number with at most six digits of meaning, in groups of three. */
export function spokenNumber(number: number): string {
  return grouped(String(Number(number.toPrecision(6))))
}

/** A number in the unit of a feature or ratio; the units of which people name none stand alone. */
export function spokenFigure(number: number, unit: string): Text {
  if (unit === 'ratio') return same(spokenShare(number))
  if (unit === 'percent') return same(`${spokenNumber(number)}%`)
  const units: Readonly<Record<string, { one: Text; many: Text }>> = texts.numbers
  const named = Object.hasOwn(units, unit) ? units[unit] : undefined
  if (named === undefined) return same(spokenNumber(number))
  return filled(number === 1 ? named.one : named.many, { number: spokenNumber(number) })
}

/** The same of a figure that was found, rounded: 83.3 days, 12.3%. A bound is said in full. */
export function spokenFinding(number: number, unit: string): Text {
  const decimals = DECIMALS[unit]
  return spokenFigure(decimals === undefined ? number : Number(number.toFixed(decimals)), unit)
}

/** A figure that was found: rounded, unless it would then read as the bound beside it does. */
export function spokenBeside(number: number, unit: string, bound: Text): Text {
  const rounded = spokenFinding(number, unit)
  return bound.en.includes(rounded.en) ? spokenFigure(number, unit) : rounded
}

const DECIMALS: Readonly<Record<string, number>> = { days: 1, months: 1, years: 1, percent: 1, ratio: 3, times: 2 }

/** A day as people write it: 31 March 2026, and 2026年3月31日. */
export function spokenDate(date: BusinessDate): Text {
  const [year = '', month = '', day = ''] = date.split('-')
  const number = Number(month)
  const named = { en: texts.months[number - 1] ?? month, zh: String(number) }
  return filled(texts.date, { year, month: named, day: Number(day) })
}

/** An instant as people write it: 31 March 2026 12:00 UTC, and 2026年3月31日 12:00（UTC）. */
export function spokenInstant(instant: string): Text {
  const { en, zh } = spokenDate(instant.slice(0, 10))
  const time = instant.slice(11, 16)
  return { en: `${en} ${time} UTC`, zh: `${zh} ${time}（UTC）` }
}

function same(text: string): Text {
  return { en: text, zh: text }
}

function grouped(number: string): string {
  const [whole = '', ...fraction] = number.split('.')
  return [whole.replaceAll(/\B(?=(?:\d{3})+(?!\d))/g, ','), ...fraction].join('.')
}
