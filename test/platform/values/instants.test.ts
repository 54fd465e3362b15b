import fc from 'fast-check'
import t from 'tap'
import { addSeconds, isInstant } from '../../../src/platform/values/instants.ts'

t.test('an instant some seconds later, over the ends of days, months, years and leap days', async (t) => {
  const table: [string, number, string][] = [
    ['2026-03-31T12:00:00.000Z', 0, '2026-03-31T12:00:00.000Z'],
    ['2026-03-31T12:00:00.000Z', 1, '2026-03-31T12:00:01.000Z'],
    ['2026-03-31T12:00:00.123Z', 604_800, '2026-04-07T12:00:00.123Z'],
    ['2026-12-31T23:59:59.999Z', 1, '2027-01-01T00:00:00.999Z'],
    ['2024-02-28T23:59:59.000Z', 1, '2024-02-29T00:00:00.000Z'],
    ['2026-02-28T23:59:59.000Z', 1, '2026-03-01T00:00:00.000Z'],
    ['2026-03-31T12:00:00.000Z', -43_201, '2026-03-30T23:59:59.000Z'],
    ['2026-03-31T20:00:00+08:00', 60, '2026-03-31T12:01:00.000Z'],
    ['2026-03-29T00:30:00.000Z', 3_600, '2026-03-29T01:30:00.000Z']
  ]
  for (const [instant, seconds, expected] of table)
    t.equal(addSeconds(instant, seconds), expected, `${instant} and ${seconds} s`)
})

t.test('what is not an instant is not calculated with', async (t) => {
  t.throws(() => addSeconds('yesterday', 1), RangeError)
  t.throws(() => addSeconds('2026-03-31T12:00:00.000Z', Number.NaN), RangeError)
})

t.test('an instant is written by RFC 3339 with an offset, on a day that exists', async (t) => {
  const instants = [
    '2026-03-31T12:00:00Z',
    '2026-03-31T12:00:00.5Z',
    '2026-03-31T12:00:00.123456789Z',
    '2026-03-31T00:00:00+08:00',
    '2026-03-31T23:59:59-12:00',
    '2024-02-29T00:00:00Z',
    '1900-01-01T00:00:00Z',
    '2199-12-31T23:59:59Z'
  ]
  for (const text of instants) t.ok(isInstant(text), text)
  const others = [
    '',
    '2026-03-31',
    '2026-03-31T12:00:00',
    '2026-03-31 12:00:00Z',
    '2026-03-31T12:00Z',
    '2026-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-03-00T00:00:00Z',
    '2026-03-31T24:00:00Z',
    '2026-03-31T12:60:00Z',
    '2026-03-31T12:00:60Z',
    '2026-03-31T12:00:00.Z',
    '2026-03-31T12:00:00.1234567890Z',
    '2026-03-31T12:00:00z',
    '2026-03-31t12:00:00Z',
    '2026-03-31T12:00:00+8',
    '2026-03-31T12:00:00+15:00',
    '2026-03-31T12:00:00+08:60',
    '1899-12-31T00:00:00Z',
    '2200-01-01T00:00:00Z',
    '2026-03-31T12:00:00Z\n'
  ]
  for (const text of others) t.notOk(isInstant(text), JSON.stringify(text))
})

const anyInstant = fc
  .date({ min: new Date('1990-01-01T00:00:00Z'), max: new Date('2150-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString())
const anySeconds = fc.integer({ min: 0, max: 31_536_000 })

t.test('law: seconds add up, later instants compare as later texts, and are instants', async () => {
  fc.assert(
    fc.property(anyInstant, anySeconds, anySeconds, (instant, first, second) => {
      const later = addSeconds(instant, first)
      return (
        addSeconds(later, second) === addSeconds(instant, first + second) &&
        addSeconds(later, -first) === instant &&
        later > instant === first > 0 &&
        isInstant(later)
      )
    })
  )
})
