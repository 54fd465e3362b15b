import t from 'tap'
import { erf, INVERSE_LINKS, normalCdf } from '../../../src/engine/predictive/links.ts'
import { normal } from '../../model-format/pmml/pmml-interpreter.ts'

t.test('the normal distribution is that of its series and of its continued fraction', async (t) => {
  let worst = 0
  for (let x = -12; x <= 8; x += 0.0173) {
    const wanted = normal(x)
    // The series itself is good to the last digits of a number of the size of 1.
    worst = Math.max(worst, Math.abs(normalCdf(x) - wanted) / (wanted + (x < -6 ? 0 : 1e-3)))
  }
  t.ok(worst < 1e-12, `relative error ${worst}`)
  t.equal(normalCdf(0), 0.5)
  t.equal(normalCdf(-40), 0)
  t.equal(normalCdf(40), 1)
})

t.test('the error function is odd, and known at a few places', async (t) => {
  const table: [number, number][] = [
    [0, 0],
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [5, 0.9999999999984626]
  ]
  for (const [x, wanted] of table) {
    t.ok(Math.abs(erf(x) - wanted) < 1e-15, `${x}`)
    t.equal(erf(-x) + 0, -erf(x) + 0)
  }
})

t.test('every link turns any sum into a probability, the larger the sum the larger', async (t) => {
  for (const link of ['logit', 'probit', 'cloglog', 'loglog', 'cauchit'] as const) {
    const of = INVERSE_LINKS[link]
    let before = 0
    for (let sum = -50; sum <= 50; sum += 0.25) {
      const value = of(sum)
      if (!(value >= before && value <= 1)) t.fail(`${link} of ${sum} is ${value}`)
      before = value
    }
    t.pass(link)
  }
})
