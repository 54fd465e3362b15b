import t from 'tap'
import { type ComparedCases, compareOutcomes, type Grade } from '../../../src/engine/index.ts'

const group = (championGrade: Grade | null, grade: Grade | null, cases: number): ComparedCases => {
  const both = championGrade !== null && grade !== null ? cases : 0
  return {
    championGrade,
    grade,
    status: grade === null ? 'unrated' : 'rated',
    cases,
    championScoreSum: 400 * both,
    championPdSum: 0.01 * both,
    scoreSum: 600 * both,
    pdSum: 0.02 * both
  }
}

const GROUPS = [
  group(null, null, 5),
  group('BB', 'BB', 10),
  group('BB', 'BBB', 20),
  group('AA', null, 4),
  group('BB', 'CCC', 6),
  group(null, 'A', 3),
  group('AA', 'AA', 4),
  { ...group('A', null, 2), status: 'failed' as const }
]

t.test('how two models differ on the same cases', (t) => {
  const compared = compareOutcomes(GROUPS)
  t.same(
    { ...compared, migrations: [] },
    {
      cases: 54,
      bothRated: 40,
      unrated: { byChampionOnly: 3, byChallengerOnly: 4, byBoth: 5 },
      failed: 2,
      shareSame: 14 / 40,
      shareBetter: 20 / 40,
      shareWorse: 6 / 40,
      champion: { meanScore: 400, meanPd: 0.01 },
      challenger: { meanScore: 600, meanPd: 0.02 },
      migrations: [],
      note: null
    }
  )
  t.same(
    compared.migrations.map(({ championGrade, challengerGrade, cases }) => [championGrade, challengerGrade, cases]),
    [
      ['AA', 'AA', 4],
      ['AA', null, 4],
      ['BB', 'BBB', 20],
      ['BB', 'BB', 10],
      ['BB', 'CCC', 6],
      [null, 'A', 3],
      [null, null, 5]
    ],
    'from best to worst, unrated last; a run that failed moved nobody'
  )
  t.same(compareOutcomes(GROUPS.toReversed()), compared, 'in whatever order they come')
  t.end()
})

t.test('fewer than thirty cases that both rated are told as such', (t) => {
  t.equal(compareOutcomes([group('A', 'A', 29), group(null, 'A', 100)]).note?.code, 'insufficient_data')
  t.equal(compareOutcomes([group('A', 'A', 30)]).note, null)
  t.end()
})

t.test('of no case nothing is said', (t) => {
  const compared = compareOutcomes([])
  t.match(compared, { cases: 0, bothRated: 0, shareSame: null, shareBetter: null, shareWorse: null, migrations: [] })
  t.same(
    [compared.champion, compared.challenger],
    [
      { meanScore: null, meanPd: null },
      { meanScore: null, meanPd: null }
    ]
  )
  t.end()
})
