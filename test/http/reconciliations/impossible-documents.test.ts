import t from 'tap'
import { cny } from '../../given.ts'
import { contractService } from '../contract.ts'

const base = '/v1/customers/C-1'
const TOMORROW = '2026-04-01'
const amount = cny('100.00')

/** A document as it comes in alone, as a row of a snapshot, and where the fault stands in each. */
interface Impossible {
  readonly name: string
  readonly code: string
  readonly alone: readonly ['PUT' | 'POST', string, object, pointer: string]
  readonly row: readonly ['invoices' | 'credits' | 'items', object, pointer: string]
}

function invoice(name: string, code: string, field: string, dates: { issuedOn: string; dueOn: string }): Impossible {
  return {
    name,
    code,
    alone: ['PUT', 'invoices/I-9', { amount, ...dates }, `/${field}`],
    row: ['invoices', { invoiceId: 'I-9', amount, open: amount, ...dates }, `/invoices/1/${field}`]
  }
}

function credit(kind: 'payment' | 'credit_note', datedOn: string): Impossible {
  const [path, id, field] =
    kind === 'payment' ? ['payments', 'paymentId', 'receivedOn'] : ['credit-notes', 'creditNoteId', 'issuedOn']
  return {
    name: `a ${kind} of ${datedOn}`,
    code: 'future_date',
    alone: ['POST', path, { [id]: 'C-9', [field]: datedOn, amount, allocations: [] }, `/${field}`],
    row: ['credits', { kind, creditId: 'C-9', amount, unapplied: amount, datedOn }, '/credits/1/datedOn']
  }
}

function item(category: 'order' | 'delivery'): Impossible {
  const owed = cny('-100.00')
  return {
    name: `a ${category} below zero`,
    code: 'below_zero',
    alone: ['PUT', 'exposure-items/E-9', { category, amount: owed, sourceVersion: 1 }, '/amount/amount'],
    row: ['items', { itemId: 'E-9', category, open: owed, sourceVersion: 1 }, '/items/1/open/amount']
  }
}

const IMPOSSIBLE: readonly Impossible[] = [
  invoice('an invoice of 2099', 'future_date', 'issuedOn', { issuedOn: '2099-01-01', dueOn: '2099-02-01' }),
  invoice('an invoice of the day after tomorrow', 'future_date', 'issuedOn', {
    issuedOn: '2026-04-02',
    dueOn: '2026-05-02'
  }),
  invoice('an invoice due before its issue', 'before_issue', 'dueOn', { issuedOn: '2026-03-02', dueOn: '2026-03-01' }),
  credit('payment', '2099-01-01'),
  credit('payment', '2026-04-02'),
  credit('credit_note', '2099-01-01'),
  item('order'),
  item('delivery')
]

const SOUND = {
  invoices: { invoiceId: 'I-1', amount, open: amount, issuedOn: TOMORROW, dueOn: TOMORROW },
  credits: { kind: 'payment', creditId: 'P-1', amount, unapplied: amount, datedOn: TOMORROW },
  items: { itemId: 'E-1', category: 'special', open: cny('-100.00'), sourceVersion: 1 }
}
const SIGN = { invoices: 1, credits: -1, items: 1 }

/** A snapshot with these rows of one kind behind one that is sound. */
function snapshot(list: keyof typeof SOUND, rows: readonly object[], apply: boolean) {
  const all: readonly object[] = [SOUND[list], ...rows]
  const sum = all.reduce((total, row) => total + SIGN[list] * minor(row), 0)
  const totals = [cny((sum / 100).toFixed(2))]
  return { snapshotAt: '2026-03-31T12:00:00.000Z', apply, control: { count: all.length, totals }, [list]: all }
}

function minor(row: { open?: { amount: string }; unapplied?: { amount: string } }): number {
  return Math.round(Number((row.open ?? row.unapplied)?.amount) * 100)
}

t.test('attack 4: what is refused alone is refused in a snapshot, which then writes nothing', async (t) => {
  const { send, attempt, refuses, footprint } = await contractService(t)
  await send('PUT', base, { kind: 'company', name: 'x' })
  const reconciliations = `${base}/reconciliations`

  for (const { name, code, alone, row } of IMPOSSIBLE)
    await t.test(name, async (t) => {
      const before = await footprint()
      const [method, path, body, pointer] = alone
      const [list, stated, place] = row
      for (const query of ['', '?dryRun=true']) {
        const one = `${base}/${path}${query}`
        t.match((await attempt(method, one, body)).body.errors, [{ code, pointer }])
        for (const apply of [true, false]) {
          const many = { method: 'POST', url: reconciliations + query, body: snapshot(list, [stated], apply) } as const
          await refuses(t, many, 'validation-error', [place])
          t.match((await attempt(many.method, many.url, many.body)).body.errors, [{ code }])
        }
      }
      t.equal(await footprint(), before)
    })

  await t.test('every fault of a snapshot is named, up to 200', async (t) => {
    const rows = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        ...SOUND.invoices,
        invoiceId: `A-${index}`,
        issuedOn: '2099-01-01'
      }))
    const faults = async (count: number) => {
      const body = snapshot('invoices', rows(count), true)
      return (await attempt('POST', reconciliations, body)).body.errors
    }
    // Each is issued in the future, and due before its issue.
    t.equal((await faults(3)).length, 6)
    t.equal((await faults(150)).length, 200)
  })

  await t.test('a date of tomorrow is taken on every road: the caller may sit further east', async (t) => {
    for (const list of ['invoices', 'credits', 'items'] as const)
      t.match(await send('POST', reconciliations, snapshot(list, [], true)), { status: 201, body: { applied: true } })
    await send('PUT', `${base}/invoices/I-2`, { amount, issuedOn: TOMORROW, dueOn: TOMORROW })
    await send('POST', `${base}/payments`, { paymentId: 'P-2', receivedOn: TOMORROW, amount })
  })
})
