import { sql } from 'kysely'
import t from 'tap'
import { columnsOf } from '../../../src/platform/database/columns.ts'
import { testService } from '../../service.ts'

interface Thing {
  readonly thingId: string
  readonly amountMinor: number
  readonly rate: string | null
  readonly isOpen: boolean
  readonly dueOn: string | null
  readonly madeAt: string
  readonly version?: number | undefined
}

const THINGS = columnsOf<Thing>({
  thingId: 'text',
  amountMinor: 'bigint',
  rate: 'numeric',
  isOpen: 'boolean',
  dueOn: 'date',
  madeAt: 'timestamptz',
  version: 'integer'
})

const first = {
  thingId: '“a”, {b}\n',
  amountMinor: -9_007_199_254_740_991,
  rate: '7.10',
  isOpen: true,
  dueOn: '2026-03-31',
  madeAt: '2026-03-31T12:00:00.001Z',
  version: 1
}
const second = { ...first, thingId: 'NULL', rate: null, isOpen: false, dueOn: null, version: undefined }

t.test('rows come back as they went, whatever their texts and types; what is not given is null', async (t) => {
  const { db } = (await testService(t)).deps
  const things = [first, second]
  const { rows } = await sql<Thing>`select * from ${THINGS.table(things)} as thing`.execute(db)
  t.same(rows, [first, { ...second, version: null }])
  t.same((await sql<Thing>`select * from ${THINGS.table([])} as thing`.execute(db)).rows, [])
  for (const thing of things) {
    const { rows: alone } = await sql<Thing>`select * from ${THINGS.row(thing)} as thing`.execute(db)
    t.same(alone, [{ ...thing, version: thing.version ?? null }], 'one by itself')
  }
})

t.test('an upsert puts rows in the place of those with the same key; what is fixed stays', async (t) => {
  const { db } = (await testService(t)).deps
  await sql`create table things (version integer, made_at timestamptz, due_on date, is_open boolean, rate numeric,
    amount_minor bigint, thing_id text primary key)`.execute(db)
  const upsert = THINGS.upsertInto('things', { key: ['thingId'], fixed: ['madeAt'] })
  await upsert(THINGS.table([first])).execute(db)
  const later = { ...first, amountMinor: 5, isOpen: false, madeAt: '2026-04-01T12:00:00.000Z', version: 2 }
  await upsert(THINGS.table([later, second])).execute(db)
  const { rows } = await sql<Thing>`select ${THINGS.names} from things order by amount_minor desc`.execute(db)
  t.same(rows, [
    { ...later, madeAt: first.madeAt },
    { ...second, version: null }
  ])
})
