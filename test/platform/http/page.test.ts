import fc from 'fast-check'
import t from 'tap'
import Type from 'typebox'
import { keyOfCursor, type Listing, listKey, type Page, pageOfRows } from '../../../src/platform/http/page.ts'
import { Problem } from '../../../src/platform/values/problem.ts'

interface Row {
  id: string
}

const LIST = { list: 'customers', country: 'CN', kind: 'company' }
const rowsOf = (...ids: string[]): Row[] => ids.map((id) => ({ id }))
const KEY = listKey({ id: Type.String() })
const idOf = ({ id }: Row) => id

function cursorOf(filters: Listing, key: string): string {
  const { nextCursor } = pageOfRows(rowsOf(key, 'next'), 1, filters, idOf)
  if (nextCursor === undefined) throw new Error('a page that is not the last has a cursor')
  return nextCursor
}

function isRefused(cursor: string, filters: Listing): boolean {
  try {
    keyOfCursor(cursor, filters, KEY)
    return false
  } catch (error) {
    return error instanceof Problem && error.slug === 'invalid-cursor'
  }
}

t.test('a page has a cursor when a row more than asked for was read', async (t) => {
  const table: [string[], number, string[], boolean][] = [
    [[], 2, [], false],
    [['a'], 2, ['a'], false],
    [['a', 'b'], 2, ['a', 'b'], false],
    [['a', 'b', 'c'], 2, ['a', 'b'], true]
  ]
  for (const [ids, limit, expected, more] of table) {
    const page: Page<Row> = pageOfRows(rowsOf(...ids), limit, LIST, idOf)
    t.same(page.items.map(idOf), expected, `${ids.length} rows for pages of ${limit}`)
    t.equal('nextCursor' in page, more, `${ids.length} rows for pages of ${limit}: a cursor`)
  }
})

t.test('a cursor carries the last key of its page, whatever is in the key', async (t) => {
  for (const key of ['C-1', '2026-03-31', '客户', 'a\nb', '\n', ' ', '"', '😀'])
    t.equal(keyOfCursor(cursorOf(LIST, key), LIST, KEY)?.id, key, JSON.stringify(key))
  t.equal(keyOfCursor(undefined, LIST, KEY), undefined)
  t.match(cursorOf(LIST, '客户?&='), /^[A-Za-z0-9_-]+$/, 'it stands in a URL as it is')
})

t.test(
  'a cursor fits its list and its filters only, in whatever order and with filters that are not set',
  async (t) => {
    const cursor = cursorOf(LIST, 'C-1')
    const same: Listing[] = [
      { kind: 'company', country: 'CN', list: 'customers' },
      { ...LIST, state: undefined }
    ]
    for (const filters of same) t.equal(keyOfCursor(cursor, filters, KEY)?.id, 'C-1', JSON.stringify(filters))
    const others: Listing[] = [
      { list: '' },
      { list: 'customers' },
      { ...LIST, kind: 'individual' },
      { ...LIST, state: 'active' },
      { ...LIST, list: 'ratings' }
    ]
    for (const filters of others) t.ok(isRefused(cursor, filters), JSON.stringify(filters))
  }
)

t.test('a cursor that was not made here is refused', async (t) => {
  const cursor = cursorOf(LIST, 'C-1')
  const made = Buffer.from(cursor, 'base64url').toString()
  const others = [
    '',
    'x',
    cursor.slice(0, -1),
    `${cursor}A`,
    `${cursor}=`,
    ` ${cursor}`,
    cursor.toUpperCase(),
    Buffer.from(made.replace('C-1', 'C-2')).toString('base64url'),
    Buffer.from('C-1').toString('base64url'),
    Buffer.from('\nC-1').toString('base64url'),
    'あ',
    'A'.repeat(10_000)
  ]
  for (const other of others) t.ok(isRefused(other, LIST), other.slice(0, 60))
})

t.test('law: following the cursors reads every row once, in order, in pages of any size', async (t) => {
  const ids = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1 }), { maxLength: 20 })
  fc.assert(
    fc.property(ids, fc.integer({ min: 1, max: 5 }), (keys, limit) => {
      const rows = rowsOf(...keys)
      const read: string[] = []
      let cursor: string | undefined
      do {
        const after = keyOfCursor(cursor, LIST, KEY)?.id
        const from = after === undefined ? 0 : keys.indexOf(after) + 1
        const page = pageOfRows(rows.slice(from, from + limit + 1), limit, LIST, idOf)
        read.push(...page.items.map(idOf))
        cursor = page.nextCursor
      } while (cursor !== undefined)
      t.same(read, keys)
    })
  )
})

t.test('law: any text is a cursor or refused', async () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => isRefused(text, LIST)))
})
