import fc from 'fast-check'
import t from 'tap'
import {
  addDays,
  addMonths,
  daysBetween,
  fromDayNumber,
  isBusinessDate,
  monthEnd,
  monthStart,
  toDayNumber
} from '../../../src/engine/values/dates.ts'

const FIRST = '1900-01-01'
const LAST = '2199-12-31'
const anyDate = fc.integer({ min: toDayNumber(FIRST), max: toDayNumber(LAST) }).map(fromDayNumber)

t.test('a business date is a day of the calendar from 1900 to 2199, written YYYY-MM-DD', async (t) => {
  const dates = [FIRST, LAST, '2000-02-29', '2024-02-29', '2026-01-31', '2026-04-30']
  for (const text of dates) t.ok(isBusinessDate(text), text)
  const others = [
    '1899-12-31',
    '2200-01-01',
    '1900-02-29',
    '2100-02-29',
    '2026-02-29',
    '2024-02-30',
    '2026-04-31',
    '2026-00-10',
    '2026-13-10',
    '2026-01-00',
    '2026-01-32',
    '2026-1-1',
    '20260101',
    '2026-01-01 ',
    ' 2026-01-01',
    '2026-01-01\n',
    '2026-01-01T00:00:00Z',
    '２０２６-01-01',
    ''
  ]
  for (const text of others) t.notOk(isBusinessDate(text), JSON.stringify(text))
})

t.test('days count from 1970-01-01', async (t) => {
  const table: [string, number][] = [
    ['1970-01-01', 0],
    ['1969-12-31', -1],
    ['1970-03-01', 59],
    ['1972-03-01', 790],
    ['2000-01-01', 10_957],
    ['2000-02-29', 11_016],
    [FIRST, -25_567],
    ['2026-06-30', 20_634]
  ]
  for (const [date, dayNumber] of table) {
    t.equal(toDayNumber(date), dayNumber, date)
    t.equal(fromDayNumber(dayNumber), date, String(dayNumber))
  }
})

t.test('every day from 1900 to 2199 is the one that the platform counts too', async (t) => {
  const differing: string[] = []
  for (let dayNumber = toDayNumber(FIRST); dayNumber <= toDayNumber(LAST); dayNumber += 1) {
    const date = fromDayNumber(dayNumber)
    const platform = new Date(dayNumber * 86_400_000).toISOString().slice(0, 10)
    if (date !== platform || toDayNumber(date) !== dayNumber || !isBusinessDate(date)) differing.push(platform)
  }
  t.same(differing, [])
})

t.test('days between two dates are negative when the second is the earlier', async (t) => {
  t.equal(daysBetween('2024-02-28', '2024-03-01'), 2)
  t.equal(daysBetween('2026-02-28', '2026-03-01'), 1)
  t.equal(daysBetween('2026-03-01', '2026-02-28'), -1)
  t.equal(addDays('2025-12-31', 1), '2026-01-01')
  t.equal(addDays('2024-03-01', -1), '2024-02-29')
})

t.test('a month later is the same day, or the last of a shorter month', async (t) => {
  const table: [string, number, string][] = [
    ['2026-01-31', 1, '2026-02-28'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2024-02-29', 12, '2025-02-28'],
    ['2024-02-29', 48, '2028-02-29'],
    ['2026-02-28', 1, '2026-03-28'],
    ['2026-12-15', 1, '2027-01-15'],
    ['2026-01-15', -1, '2025-12-15'],
    ['2026-03-31', -1, '2026-02-28'],
    ['2026-06-30', -12, '2025-06-30'],
    ['2026-06-30', 0, '2026-06-30'],
    ['2000-01-31', -1199, '1900-02-28']
  ]
  for (const [date, months, expected] of table)
    t.equal(addMonths(date, months), expected, `${date} and ${months} months`)
})

t.test('law: adding days and counting them are each other’s inverse, and dates compare as texts', async () => {
  fc.assert(
    fc.property(anyDate, anyDate, (left, right) => {
      const days = daysBetween(left, right)
      return addDays(left, days) === right && days > 0 === left < right && days < 0 === left > right
    })
  )
})

t.test('law: a month contains its dates, and begins the day after the one before it ends', async () => {
  fc.assert(
    fc.property(anyDate, (date) => {
      const [first, last] = [monthStart(date), monthEnd(date)]
      return (
        isBusinessDate(last) &&
        first <= date &&
        date <= last &&
        first.endsWith('-01') &&
        daysBetween(first, last) >= 27 &&
        addDays(last, 1) === addMonths(first, 1)
      )
    })
  )
})

t.test('law: months added one way and back never pass the day they started from', async () => {
  fc.assert(
    fc.property(anyDate, fc.integer({ min: -1200, max: 1200 }), (date, months) => {
      const there = addMonths(date, months)
      const back = addMonths(there, -months)
      return back <= date && monthStart(back) === monthStart(date) && (date.slice(8) > '28' || back === date)
    })
  )
})
