import t from 'tap'
import { compareSnapshot, type RecordedDocument, type StatedDocument } from '../../../src/engine/index.ts'

const AT = '2026-03-31T12:00:00.000Z'
const stated = (changes: Partial<StatedDocument> = {}): StatedDocument => ({
  document: 'invoice',
  id: 'I-1',
  openMinor: 100,
  content: { amount: 100 },
  sourceVersion: null,
  ...changes
})
const recorded = (changes: Partial<RecordedDocument> = {}): RecordedDocument => ({
  ...stated(),
  changedAt: '2026-03-31T11:00:00.000Z',
  ...changes
})
const kindOf = (left: StatedDocument[], right: RecordedDocument[]) =>
  compareSnapshot(left, right, AT).map(({ kind, fields }) => [kind, ...fields].join(' '))

t.test('what is the same is no difference, and only what the snapshot states is compared', async (t) => {
  t.same(kindOf([stated()], [recorded({ content: { amount: 100, disputed: true } })]), [])
  t.same(kindOf([stated({ sourceVersion: 1 })], [recorded({ sourceVersion: 9 })]), [])
})

t.test('each difference has its kind', async (t) => {
  t.same(kindOf([stated()], []), ['missing'])
  t.same(kindOf([], [recorded()]), ['extra'])
  t.same(kindOf([], [recorded({ openMinor: 0 })]), [], 'what is settled here need not be there')
  t.same(kindOf([stated({ openMinor: 40, content: { amount: 90 } })], [recorded()]), ['different open amount'])
  t.same(kindOf([stated({ document: 'item' })], [recorded()]), ['missing', 'extra'], 'the same id of another kind')
})

t.test('an order that holds a reservation already is told apart, unless nothing of it is open', async (t) => {
  const order = (changes: Partial<StatedDocument> = {}) => stated({ document: 'item', id: 'SO-1', ...changes })
  const known = (changes: Partial<RecordedDocument> = {}) => recorded({ document: 'item', id: 'SO-1', ...changes })
  const held = new Map([['SO-1', 'chk_1']])
  const found = (left: StatedDocument[], right: RecordedDocument[]) =>
    compareSnapshot(left, right, AT, held).map(({ kind, checkId }) => [kind, checkId])
  t.same(found([order()], []), [['also_held', 'chk_1']])
  t.same(found([order()], [known()]), [['also_held', 'chk_1']], 'it counts twice')
  t.same(found([order()], [known({ openMinor: 0 })]), [['also_held', 'chk_1']])
  t.same(found([order({ id: 'SO-2' })], []), [['missing', null]])
  t.same(found([stated({ id: 'SO-1' })], []), [['missing', null]], 'an invoice of this number is another document')
  t.same(found([order({ openMinor: 0 })], []), [['missing', null]])
  t.same(found([order({ openMinor: 0 })], [known()]), [['different', null]])
  t.same(
    found([order({ sourceVersion: 1 })], [known({ sourceVersion: 2 })]),
    [['also_held', 'chk_1']],
    'whichever is newer'
  )
  t.same(found([], [known()]), [['extra', null]])
})

t.test('an order of which something was captured since is older, whichever version is higher', async (t) => {
  const order = (changes: Partial<StatedDocument> = {}) => stated({ document: 'item', id: 'SO-1', ...changes })
  const known = (changes: Partial<RecordedDocument> = {}) => recorded({ document: 'item', id: 'SO-1', ...changes })
  const since = new Map([['SO-1', 'chk_1']])
  const found = (left: StatedDocument[], right: RecordedDocument[], held?: Map<string, string>) =>
    compareSnapshot(left, right, AT, held, since).map(({ kind, checkId }) => [kind, checkId])
  t.same(found([order()], []), [['older', 'chk_1']])
  t.same(found([order({ sourceVersion: 2 })], [known({ openMinor: 0, sourceVersion: 1 })]), [['older', 'chk_1']])
  t.same(found([order()], [known()]), [], 'what is the same is no difference')
  t.same(found([order()], [], new Map([['SO-1', 'chk_2']])), [['also_held', 'chk_2']], 'what it holds comes first')
  t.same(found([order({ id: 'SO-2' })], []), [['missing', null]])
  t.same(found([stated({ id: 'SO-1' })], []), [['missing', null]], 'an invoice of this number is another document')
  t.same(found([order({ openMinor: 0 })], [known()]), [['different', null]], 'nothing of it would count twice')
  t.same(found([], [known()]), [['extra', null]])
})

t.test('a version decides where both state one; otherwise what changed later is newer', async (t) => {
  const later = '2026-03-31T12:00:00.001Z'
  const other = (sourceVersion: number | null) => [stated({ openMinor: 1, sourceVersion })]
  t.same(kindOf(other(1), [recorded({ sourceVersion: 2 })]), ['older open'])
  t.same(kindOf(other(3), [recorded({ sourceVersion: 2, changedAt: later })]), ['different open'])
  t.same(kindOf(other(2), [recorded({ sourceVersion: 2, changedAt: later })]), ['older open'])
  t.same(kindOf(other(null), [recorded({ sourceVersion: 2, changedAt: later })]), ['older open'])
  t.same(kindOf(other(null), [recorded({ changedAt: AT })]), ['different open'], 'of the same instant')
  t.same(kindOf([], [recorded({ changedAt: later })]), ['older'])
})
