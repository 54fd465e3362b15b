import t from 'tap'
import { readWithFacts } from '../../../src/accounts/store.ts'
import { creditFileFact, fileRows } from '../../../src/credit-file/store.ts'
import { type CreditFile, type Feature, features, ledgerAsOf } from '../../../src/engine/index.ts'
import type { CustomerId } from '../../../src/ids.ts'
import { simulatedClock } from '../../../src/platform/database/clock.ts'
import { idOf } from '../../../src/platform/values/ids.ts'
import { PROFILE, STATEMENT } from '../../given.ts'
import { testService } from '../../service.ts'

t.test('evidence and statements join the credit file on the day on which they were recorded', async (t) => {
  const { send, clockTo, deps } = await testService(t)
  const evidence = '/v1/customers/C-1/evidence'
  await send('PUT', '/v1/customers/C-1', { ...PROFILE, name: 'Orient Steel' })
  const search = { kind: 'court_record', observedOn: '2026-02-01', source: 'register', facts: { openCases: 3 } }
  const first = (await send('POST', evidence, { ...search, validUntil: '2026-12-31' })).body.evidenceId
  await clockTo('2026-04-02')
  await send('PUT', '/v1/customers/C-1/statements/FY2025', STATEMENT)
  const second = (await send('POST', evidence, { ...search, observedOn: '2026-03-01', facts: { openCases: 0 } })).body
  await clockTo('2026-04-05')
  await send('POST', `${evidence}/${second.evidenceId}/withdrawals`, { reason: 'Another company of the same name' })

  const fileIn = async (timeZone: string): Promise<CreditFile> => {
    const clock = simulatedClock(timeZone)
    const { facts } = await readWithFacts(deps.db, clock, idOf<CustomerId>('C-1'), { file: creditFileFact(clock) })
    const { ledger, ...rows } = fileRows(facts.file)
    return { ...rows, currency: 'CNY', sums: ledgerAsOf(ledger, '2026-04-05') } as unknown as CreditFile
  }
  const seen = async (id: string, asOf: string): Promise<unknown> => {
    const found: Feature | undefined = features(await fileIn('UTC'), asOf)[id]
    return found === undefined ? undefined : 'value' in found ? found.value : found.missing
  }

  await t.test('as the engine takes them: what is not known is left out', async (t) => {
    const file = await fileIn('UTC')
    t.same(file.evidence, [
      { evidenceId: first, ...search, knownOn: '2026-03-31', validUntil: '2026-12-31' },
      {
        evidenceId: second.evidenceId,
        ...search,
        observedOn: '2026-03-01',
        facts: { openCases: 0 },
        knownOn: '2026-04-02',
        withdrawnOn: '2026-04-05'
      }
    ])
    t.match(file.statements, [{ statementId: 'FY2025', knownOn: '2026-04-02' }])
  })

  await t.test('a feature of an earlier day rests on nothing that was recorded later', async (t) => {
    const table: [asOf: string, cases: unknown, equityRatio: unknown][] = [
      ['2026-03-30', 'no_data', 'no_data'],
      ['2026-03-31', 3, 'no_data'],
      ['2026-04-01', 3, 'no_data'],
      ['2026-04-02', 0, 0.546053],
      ['2026-04-04', 0, 0.546053],
      ['2026-04-05', 3, 0.546053]
    ]
    for (const [asOf, cases, equityRatio] of table) {
      t.equal(await seen('record.openCourtCases', asOf), cases, `cases as of ${asOf}`)
      t.equal(await seen('financial.equityRatio', asOf), equityRatio, `accounts as of ${asOf}`)
    }
  })

  await t.test('the day is that of the service’s time zone', async (t) => {
    const days = async (timeZone: string) => (await fileIn(timeZone)).evidence?.map(({ knownOn }) => knownOn)
    t.same(await days('Pacific/Kiritimati'), ['2026-04-01', '2026-04-03'], '14 hours ahead')
    t.same(await days('America/New_York'), ['2026-03-31', '2026-04-02'])
  })
})
