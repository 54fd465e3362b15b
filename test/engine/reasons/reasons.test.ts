import t from 'tap'
import { isReasonCode, READERS, REASON_CODES, REASON_KINDS, REASONS, reasonText } from '../../../src/engine/index.ts'
import { ADDRESSEES } from '../../../src/engine/values/wording.ts'

t.test('every reason speaks to every reader in both languages, in a full sentence', async (t) => {
  for (const code of REASON_CODES) {
    t.match(code, /^[A-Z][A-Z0-9_]{2,62}$/, `${code} is a code`)
    t.ok(REASON_KINDS.includes(REASONS[code].kind), `${code} has a kind`)
    for (const reader of READERS) {
      const { en, zh } = reasonText(code, { reader, addressee: 'company' })
      t.match(en, /^[A-Z].*\.$/, `${code} for ${reader} in English`)
      t.match(zh, /^.*\p{Script=Han}.*。$/u, `${code} for ${reader} in Chinese`)
    }
  }
})

t.test('the customer is never told about points, grades, models or policies', async (t) => {
  for (const code of REASON_CODES) {
    for (const addressee of ADDRESSEES) {
      const { en, zh } = reasonText(code, { reader: 'customer', addressee })
      t.notMatch(en, /\b(points?|grade|model|score|knock-out|policy)\b/i, code)
      t.notMatch(zh, /分数|等级|模型|评分|政策/, code)
    }
  }
})

t.test('only codes of the catalogue are codes', async (t) => {
  t.ok(isReasonCode('PAYS_LATE'))
  t.notOk(isReasonCode('pays_late'))
  t.notOk(isReasonCode('toString'))
})
