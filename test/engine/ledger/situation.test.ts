import t from 'tap'
import { type DueInvoice, easedDueOn } from '../../../src/engine/index.ts'

const TODAY = '2026-03-31'
const plain = (dueOn: string): DueInvoice => ({ dueOn, disputed: false, easedDueOn: null })

t.test('an invoice is eased where a dispute or a later day takes it out of what is overdue', async (t) => {
  const late = plain('2026-02-01')
  const contested = { ...late, disputed: true, easedDueOn: '2026-02-01' }
  const putOff = { dueOn: '2026-04-30', disputed: false, easedDueOn: '2026-02-01' }
  const rows: [string, DueInvoice | undefined, { dueOn: string; disputed: boolean }, string | null][] = [
    ['a new invoice, disputed at once', undefined, { dueOn: '2026-02-01', disputed: true }, null],
    ['disputed while overdue', late, { dueOn: '2026-02-01', disputed: true }, '2026-02-01'],
    ['disputed on its due day', plain(TODAY), { dueOn: TODAY, disputed: true }, null],
    ['disputed the day after', plain('2026-03-30'), { dueOn: '2026-03-30', disputed: true }, '2026-03-30'],
    ['put off while overdue', late, { dueOn: '2026-04-30', disputed: false }, '2026-02-01'],
    ['put off by a day that is past as well', late, { dueOn: '2026-02-02', disputed: false }, '2026-02-01'],
    ['put off before it is overdue', plain('2026-04-15'), { dueOn: '2026-06-30', disputed: false }, null],
    ['due earlier', late, { dueOn: '2026-01-15', disputed: false }, null],
    ['the same again', late, { dueOn: '2026-02-01', disputed: false }, null],
    ['the dispute ends', contested, { dueOn: '2026-02-01', disputed: false }, null],
    ['the dispute ends with a later day', contested, { dueOn: '2026-05-31', disputed: false }, '2026-02-01'],
    ['put off once more', putOff, { dueOn: '2026-06-30', disputed: false }, '2026-02-01'],
    ['put back to its day', putOff, { dueOn: '2026-02-01', disputed: false }, null],
    ['put back to a day that is still later', putOff, { dueOn: '2026-02-10', disputed: false }, '2026-02-01'],
    [
      'disputed before it was overdue, and put off while it is disputed',
      { ...late, disputed: true },
      { dueOn: '2026-04-30', disputed: true },
      null
    ],
    ['and the dispute ends', { ...late, disputed: true }, { dueOn: '2026-02-01', disputed: false }, null]
  ]
  for (const [name, before, after, expected] of rows) t.equal(easedDueOn(before, after, TODAY), expected, name)
})
