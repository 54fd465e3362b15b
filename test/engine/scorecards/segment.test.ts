import t from 'tap'
import {
  type CreditFile,
  championOf,
  SEGMENTS,
  type Segment,
  type Statement,
  segmentOf
} from '../../../src/engine/index.ts'

const statement = { periodEnd: '2025-12-31', auditOpinion: 'disclaimer' } as Statement
const fileOf = (kind: CreditFile['profile']['kind'], ...statements: CreditFile['statements']) => ({
  profile: { kind },
  statements
})
const filed = { statementId: 'FY2025', statement }
const TODAY = '2026-03-31'

/** What the file holds, who has a model in force, and who judges. */
const TABLE: [string, ReturnType<typeof fileOf>, readonly Segment[], Segment | undefined][] = [
  ['a company with accounts', fileOf('company', filed), SEGMENTS, 'company'],
  ['accounts that the auditor disowned are accounts', fileOf('company', filed), ['thin_file', 'company'], 'company'],
  ['a company without accounts', fileOf('company'), SEGMENTS, 'thin_file'],
  ['a company without accounts, where nobody is made for that', fileOf('company'), ['company'], 'company'],
  ['a company with accounts is never judged as one without', fileOf('company', filed), ['thin_file'], undefined],
  ['accounts learnt of tomorrow', fileOf('company', { ...filed, knownOn: '2026-04-01' }), SEGMENTS, 'thin_file'],
  ['accounts learnt of today', fileOf('company', { ...filed, knownOn: TODAY }), SEGMENTS, 'company'],
  [
    'accounts of a period that lies ahead',
    fileOf('company', { ...filed, statement: { ...statement, periodEnd: '2026-12-31' } }),
    SEGMENTS,
    'thin_file'
  ],
  ['a sole trader without accounts', fileOf('sole_trader'), SEGMENTS, 'sole_trader'],
  ['an individual', fileOf('individual'), SEGMENTS, 'individual'],
  ['an individual, where nobody judges people', fileOf('individual'), ['company', 'thin_file'], undefined],
  ['nobody judges anyone', fileOf('company', filed), [], undefined]
]

t.test('who judges a customer', (t) => {
  for (const [name, file, inForce, segment] of TABLE) {
    t.equal(segmentOf(file, TODAY, inForce), segment, name)
    const active = inForce.map((each) => ({ segment: each }))
    t.equal(championOf(active, file, TODAY)?.segment, segment, name)
  }
  t.end()
})
