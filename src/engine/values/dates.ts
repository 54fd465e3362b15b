/** A business date, YYYY-MM-DD, in the years 1900 to 2199. Dates compare as texts. */
export type BusinessDate = string

const FORMAT = /^(19|20|21)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/

/** Whether a text is a day of the calendar, written YYYY-MM-DD. */
export function isBusinessDate(text: string): boolean {
  if (!FORMAT.test(text)) return false
  const { year, month, day } = partsOf(text)
  return day <= daysInMonth(year, month)
}

/** Days since 1970-01-01. The date must be one by `isBusinessDate`. */
export function toDayNumber(date: BusinessDate): number {
  const { year, month, day } = partsOf(date)
  // Counted from March, so that the leap day is the last of its year; 400 years have 146,097 days.
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** The date that lies a whole number of days after 1970-01-01. */
export function fromDayNumber(dayNumber: number): BusinessDate {
  const days = dayNumber + 719_468
  const era = Math.floor(days / 146_097)
  const dayOfEra = days - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return written(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
}

/** Days from one date to another: negative when the second is the earlier. */
export function daysBetween(from: BusinessDate, to: BusinessDate): number {
  return toDayNumber(to) - toDayNumber(from)
}

/** The date a number of days later; earlier for a negative number. */
export function addDays(date: BusinessDate, days: number): BusinessDate {
  return fromDayNumber(toDayNumber(date) + days)
}

/**
 * Whether the date of a fact lies ahead of today. It may be a day ahead of the service's: the
 * caller may sit further east.
 */
export function liesAhead(date: BusinessDate, today: BusinessDate): boolean {
  return date > addDays(today, 1)
}

/**
 * The same day of another month, or that month's last day where it is shorter: 31 January and one
 * month is 28 or 29 February.
 */
export function addMonths(date: BusinessDate, months: number): BusinessDate {
  const { year, month, day } = partsOf(date)
  const index = year * 12 + month - 1 + months
  const newYear = Math.floor(index / 12)
  const newMonth = index - newYear * 12 + 1
  return written(newYear, newMonth, Math.min(day, daysInMonth(newYear, newMonth)))
}

/** The first day of the month of a date. */
export function monthStart(date: BusinessDate): BusinessDate {
  return `${date.slice(0, 8)}01`
}

/** The last day of the month of a date. */
export function monthEnd(date: BusinessDate): BusinessDate {
  const { year, month } = partsOf(date)
  return written(year, month, daysInMonth(year, month))
}

function partsOf(date: BusinessDate): { year: number; month: number; day: number } {
  return { year: digitsOf(date, 0, 4), month: digitsOf(date, 5, 7), day: digitsOf(date, 8, 10) }
}

/**
 * The number written between two places; NaN when something else stands there. Read digit by digit:
 * ages are counted for every input.
 */
function digitsOf(text: string, from: number, to: number): number {
  let value = 0
  for (let place = from; place < to; place += 1) {
    const digit = text.charCodeAt(place) - 48
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

function written(year: number, month: number, day: number): BusinessDate {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}
