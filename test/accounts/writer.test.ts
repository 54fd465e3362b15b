import { sql } from 'kysely'
import t from 'tap'
import { SETTABLE_COLUMNS } from '../../src/accounts/store/writer.ts'
import {
  type AccountChanges,
  customerChain,
  lockAccount,
  requireAccount,
  saveAccount
} from '../../src/accounts/store.ts'
import { writeDecisions } from '../../src/checks/store/decisions.ts'
import type { NewEntry, Row, Writer } from '../../src/database.ts'
import type { AssessmentId, CheckId, CustomerId, ModelId, OrderId } from '../../src/ids.ts'
import { idOf } from '../../src/platform/values/ids.ts'
import { writeAssessments } from '../../src/portfolio/store/batch.ts'
import { keyActor } from '../actors.ts'
import { cny, givenLimit } from '../given.ts'
import { type Service, testService } from '../service.ts'

const ACTOR = keyActor('key')
const CUSTOMER = idOf<CustomerId>('C-1')
const AT = '2026-04-01T08:00:00.000Z'
const UNTIL = '2026-04-03T08:00:00.000Z'

/** An account that says something in as many columns as one can, with so many orders that wait. */
async function givenAccount(service: Service, blockedOrders: number): Promise<void> {
  await givenLimit(service, 'C-1', '10000.00')
  await service.send('POST', '/v1/credit-checks', { customerId: 'C-1', orderId: 'SO-0', amount: cny('1.00') })
  const held = { category: 'order', amount: cny('70.00'), sourceVersion: 1 }
  await service.send('PUT', '/v1/customers/C-1/exposure-items/SO-9', held)
  await service.deps.db
    .updateTable('creditAccounts')
    .set({ blockedOrders, reevaluationDueAt: null, situation: '{}', situationOn: '2026-04-01', holdBy: ACTOR })
    .execute()
}

type Write = (trx: Writer, account: Row<'creditAccounts'>) => Promise<unknown>

/** What a road makes of the account and of the last entry of its chain; nothing of it is kept. */
async function after(service: Service, write: Write) {
  const undone = new Error('undone')
  let found: { account: Row<'creditAccounts'>; entry: object } | undefined
  const work = service.deps.db.transaction().execute(async (trx) => {
    const { account } = await lockAccount(trx, service.deps.clock, CUSTOMER)
    await write(trx, account)
    const { feedPosition: _position, ...entry } = await trx
      .selectFrom('journal')
      .selectAll()
      .where('customerId', '=', CUSTOMER)
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow()
    found = { account: (await lockAccount(trx, service.deps.clock, CUSTOMER)).account, entry }
    throw undone
  })
  await work.catch((error: unknown) => {
    if (error !== undone) throw error
  })
  return found
}

function single(entry: NewEntry, changes: AccountChanges): Write {
  return (trx: Writer, account: Row<'creditAccounts'>) =>
    saveAccount(trx, { account, now: AT, today: '2026-04-01' }, ACTOR, [entry], { changes, keepsSituation: true })
}

function linkOf(account: Row<'creditAccounts'>, { moves = {}, ...entry }: NewEntry) {
  const links = [{ ...entry, payload: { ...entry.payload, moves } }]
  const [link] = customerChain(account.customerId).join(account, links, { at: AT, actor: ACTOR })
  if (link === undefined) throw new Error('one entry is one link')
  return link
}

const decision: NewEntry = {
  type: 'check.decided',
  subject: 'chk_1',
  payload: { decision: 'approved' },
  moves: { reservedMinor: 7_000, ordersMinor: -7_000 }
}

function grouped(blockedOrders: number): Write {
  return (trx: Writer, account: Row<'creditAccounts'>) => {
    const entry = linkOf(account, decision)
    const { customerId, situation, situationOn, reevaluationDueAt, reevaluationPlace } = account
    const check = {
      customerId,
      checkId: idOf<CheckId>('chk_1'),
      orderId: idOf<OrderId>('SO-9'),
      outcome: 'approved',
      decidedAt: AT
    } as const
    return writeDecisions(trx, {
      accounts: [
        {
          ...{ customerId, situation, situationOn, reevaluationDueAt, reevaluationPlace, blockedOrders },
          versionBefore: account.version,
          reservedMinor: account.reservedMinor + 7_000,
          ordersMinor: account.ordersMinor - 7_000,
          reservationsDueAt: UNTIL,
          journalSeq: entry.seq,
          journalHash: entry.hash,
          updatedAt: AT
        }
      ],
      decided: [
        {
          check: { ...check, amountMinor: 7_000, document: '{}' },
          reason: null,
          currency: 'CNY',
          reservedMinor: 7_000,
          shipOn: null,
          expiresAt: UNTIL,
          entry,
          answer: undefined
        }
      ],
      entries: [],
      blocks: []
    })
  }
}

const rating = {
  grade: 'A',
  ratingAssessmentId: idOf<AssessmentId>('asm_1'),
  ratingValidUntil: '2027-04-01',
  ratedAt: AT,
  ratingAdvice: 'refer',
  fileChange: null,
  fileChangedAt: null
} as const
const assessment: NewEntry = { type: 'assessment.made', subject: 'asm_1', payload: { runId: 'run_1' } }

function ofRun(trx: Writer, account: Row<'creditAccounts'>) {
  const { seq, hash, payload, previousHash } = linkOf(account, assessment)
  const { customerId, version } = account
  const made = {
    asOf: '2026-04-01',
    modelId: idOf<ModelId>('m'),
    modelVersion: 1,
    status: 'rated',
    document: '{}',
    outcome: '',
    inputs: null
  } as const
  const head = { customerId, versionBefore: version, journalSeq: seq, journalHash: hash, updatedAt: AT }
  return writeAssessments(trx, ACTOR, [{ ...head, ...rating, ...made, payload, previousHash }])
}

t.test('a column of the account is set by every writer, or by a statement of its own', async (t) => {
  const service = await testService(t)
  const { rows } = await sql<{ name: string }>`
    select column_name as name from information_schema.columns where table_name = 'credit_accounts'`.execute(
    service.deps.db
  )
  const columns = rows.map(({ name }) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()))
  const head = ['customerId', 'version', 'journalSeq', 'journalHash', 'updatedAt']
  const marks = ['reevaluationDueAt', 'reevaluationPlace']
  t.same(new Set(columns), new Set([...SETTABLE_COLUMNS, ...head, ...marks]))
})

t.test('all writers of the account write the same row and the same entry', async (t) => {
  for (const blockedOrders of [0, 2]) {
    const service = await testService(t)
    await givenAccount(service, blockedOrders)
    const changes = { reservationsDueAt: UNTIL, blockedOrders }
    const decided = await after(service, single(decision, changes))
    t.equal(decided?.account.reservedMinor, 7_100)
    t.equal(decided?.account.reevaluationDueAt, null, 'a decision makes room for nobody')
    t.same(await after(service, grouped(blockedOrders)), decided, 'grouped checks')
    const rated = await after(service, single(assessment, rating))
    t.equal(rated?.account.ratingAssessmentId, 'asm_1')
    t.equal(rated?.account.reevaluationDueAt, blockedOrders === 0 ? null : AT, 'a rating may make room')
    t.same(await after(service, ofRun), rated, 'runs over the portfolio')
  }
})

t.test('no writer writes on a version of the account that has changed since', async (t) => {
  const service = await testService(t)
  await givenAccount(service, 0)
  const stale =
    (write: Write): Write =>
    (trx, account) =>
      write(trx, { ...account, version: account.version - 1 })
  const { version, journalSeq } = await requireAccount(service.deps.db, CUSTOMER)
  for (const write of [grouped(0), ofRun])
    t.match(await after(service, stale(write)), { account: { version, journalSeq } })
  await t.rejects(after(service, stale(single(assessment, rating))))
})
