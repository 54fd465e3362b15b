import t from 'tap'
import { testService } from '../service.ts'
import { atOnce, countKinds, skip } from './racing.ts'

/** A pair of its own for each round: nothing is on file beside it. */
const QUOTES = ['EUR', 'GBP', 'JPY', 'HKD', 'CHF', 'SEK', 'NOK', 'DKK', 'AUD', 'NZD', 'SGD', 'KRW']

t.test('attack 6: rates that contradict each other are not both recorded at once', { skip }, async (t) => {
  const service = await testService(t)
  const put = (pair: string, rate: number) =>
    service.attempt('PUT', `/v1/exchange-rates/${pair}/2026-03-01`, { rate, source: 'x' })
  for (const quote of QUOTES) {
    const opposite = await atOnce(6, (index) => (index % 2 === 0 ? put(`USD/${quote}`, 7) : put(`${quote}/USD`, 0.5)))
    const kinds = countKinds(opposite)
    t.equal(kinds['201'], 1, JSON.stringify(kinds))
    t.equal(kinds['409 rate-unconfirmed'], 3, 'the other direction is asked about')
    t.equal(kinds['200'], 2, 'the same again')
  }
})
