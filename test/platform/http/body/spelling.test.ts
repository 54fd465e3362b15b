import t from 'tap'
import { nearestWord } from '../../../../src/platform/http/body/spelling.ts'

const KNOWN = ['customerId', 'orderId', 'amount', 'currency', 'kind', 'termsDays']

t.test('a mistyped word finds the one that was meant, and a strange one none', async (t) => {
  const table: Record<string, string | undefined> = {
    customer_id: 'customerId',
    CUSTOMERID: 'customerId',
    'order-id': 'orderId',
    ammount: 'amount',
    amuont: 'amount',
    curency: 'currency',
    kid: 'kind',
    termDays: 'termsDays',
    id: undefined,
    total: undefined,
    '': undefined
  }
  for (const [word, meant] of Object.entries(table)) t.equal(nearestWord(word, KNOWN), meant, word)
  t.equal(nearestWord('kind', []), undefined)
  t.equal(nearestWord('x'.repeat(100_000), KNOWN), undefined, 'however long it is')
})
