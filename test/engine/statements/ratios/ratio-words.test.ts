import t from 'tap'
import { RATIO_IDS, RATIOS } from '../../../../src/engine/statements/ratios/ratio-catalogue.ts'
import { ratioInWords } from '../../../../src/engine/statements/ratios/ratio-words.ts'
import { ITEM_IDS } from '../../../../src/engine/statements/statement-items.ts'

t.test('how a ratio is computed is said in the names of the statement', async (t) => {
  t.same(ratioInWords(RATIOS.quickRatio), {
    en: '(total current assets − inventories) ÷ total current liabilities',
    zh: '（流动资产合计 − 存货）÷ 流动负债合计'
  })
  t.same(ratioInWords(RATIOS.dsoDays), {
    en: '365 × trade receivables ÷ revenue',
    zh: '365 × 应收账款 ÷ 营业收入'
  })
  t.same(ratioInWords(RATIOS.returnOnPaidInCapital), {
    en: 'profit for the period ÷ average (issued capital + capital reserve)',
    zh: '净利润 ÷［实收资本（或股本）+ 资本公积］平均余额'
  })
  t.same(ratioInWords(RATIOS.revenueGrowth), {
    en: 'revenue ÷ prior-year revenue − 1',
    zh: '营业收入 ÷ 上年营业收入 − 1'
  })
  t.same(ratioInWords(RATIOS.cashCycleDays), {
    en: 'days sales outstanding + days inventory outstanding − days payables outstanding',
    zh: '应收账款周转天数 + 存货周转天数 − 应付账款周转天数'
  })
  t.same(ratioInWords(RATIOS.lnTotalAssets), { en: 'natural logarithm of total assets', zh: '资产总计的自然对数' })
})

t.test('no formula in words names an item by its id', async (t) => {
  const ids: readonly string[] = ITEM_IDS.filter((id) => /[A-Z]/.test(id))
  for (const id of RATIO_IDS) {
    const { en, zh } = ratioInWords(RATIOS[id])
    for (const word of `${en} ${zh}`.split(/[^A-Za-z]+/)) t.notOk(ids.includes(word), `${id} says ${word}`)
  }
})
