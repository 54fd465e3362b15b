import fc from 'fast-check'
import t from 'tap'
import {
  compareGrades,
  GRADES,
  gradeOfPd,
  isGrade,
  MASTER_SCALE,
  PD_FLOOR,
  worseOf
} from '../../../src/engine/values/rating.ts'

t.test('the bands of the master scale join from the floor to 1, and D is 1 alone', async (t) => {
  t.equal(MASTER_SCALE.AAA.pdFrom, PD_FLOOR)
  GRADES.forEach((grade, index) => {
    const next = GRADES[index + 1]
    if (next !== undefined)
      t.equal(MASTER_SCALE[grade].pdTo, MASTER_SCALE[next].pdFrom, `${grade} ends where ${next} begins`)
  })
  t.same(MASTER_SCALE.D, { pdFrom: 1, pdTo: 1 })
})

t.test('a bound of a band belongs to the worse grade', async (t) => {
  const table: [number, string][] = [
    [0, 'AAA'],
    [0.0005, 'AAA'],
    [0.000999, 'AAA'],
    [0.001, 'AA'],
    [0.002, 'A'],
    [0.005, 'BBB'],
    [0.012, 'BB'],
    [0.03, 'B'],
    [0.08, 'CCC'],
    [0.18, 'CC'],
    [0.4, 'C'],
    [0.999999, 'C'],
    [1, 'D'],
    [Number.NaN, 'D'],
    [Number.POSITIVE_INFINITY, 'D']
  ]
  for (const [pd, grade] of table) t.equal(gradeOfPd(pd), grade, `${pd} is ${grade}`)
})

t.test('law: a higher probability of default never gives a better grade', async () => {
  const pd = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(fc.property(pd, pd, (a, b) => compareGrades(gradeOfPd(Math.min(a, b)), gradeOfPd(Math.max(a, b))) <= 0))
})

t.test('grades compare in the order of the scale', async (t) => {
  t.ok(compareGrades('AAA', 'AA') < 0)
  t.ok(compareGrades('D', 'C') > 0)
  t.equal(compareGrades('BB', 'BB'), 0)
  t.equal(worseOf('BBB', 'B'), 'B')
  t.equal(worseOf('B', 'BBB'), 'B')
  t.ok(isGrade('AAA'))
  t.notOk(isGrade('aaa'))
  t.notOk(isGrade('unrated'))
})
