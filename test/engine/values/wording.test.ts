import t from 'tap'
import { filled, joined, type Wording, worded } from '../../../src/engine/values/wording.ts'

const CUSTOMER = { reader: 'customer', addressee: 'company' } as const
const PERSON = { reader: 'customer', addressee: 'person' } as const

t.test('places are filled with values, in each language with its own', async (t) => {
  const text = { en: 'Pay {amount} of {what}.', zh: '支付{what}中的 {amount}。' }
  t.same(filled(text, { amount: '5.00', what: { en: 'the rest', zh: '余款' } }), {
    en: 'Pay 5.00 of the rest.',
    zh: '支付余款中的 5.00。'
  })
  t.same(filled({ en: '{days} days', zh: '{days} 天' }, { days: 0 }), { en: '0 days', zh: '0 天' })
  t.same(filled({ en: '{a}', zh: '{a}' }, { a: '{b}', b: 'x' }), { en: '{b}', zh: '{b}' }, 'a value is no text')
})

t.test('a place without a value is an error, in either language', async (t) => {
  t.throws(() => filled({ en: '{days} days', zh: '天' }, {}), { message: /\{days\}/ })
  t.throws(() => filled({ en: 'days', zh: '{days} 天' }, { day: 1 }), { message: /\{days\}/ })
  t.throws(() => filled({ en: '{toString}', zh: '天' }, {}), { message: /\{toString\}/ })
})

t.test('a business is called 贵司 by 我司, a person 您 by 我们', async (t) => {
  const wording = { en: 'Please write to us.', zh: '请{you}与{we}联系。' }
  t.equal(worded(wording, CUSTOMER).zh, '请贵司与我司联系。')
  t.equal(worded(wording, PERSON).zh, '请您与我们联系。')
  t.equal(worded(wording, PERSON).en, 'Please write to us.')
})

t.test('each reader is told a sentence of its own, and each addressee, where they differ', async (t) => {
  const sales = { en: 'Sales.', zh: '销售。' }
  const company = { en: 'Company.', zh: '公司。' }
  const person = { en: 'Person.', zh: '个人。' }
  const auditor = { en: 'Auditor.', zh: '审计。' }
  const wording: Wording = { sales, customer: { company, person }, auditor }
  t.same(worded(wording, { reader: 'sales', addressee: 'person' }), sales)
  t.same(worded(wording, CUSTOMER), company)
  t.same(worded(wording, PERSON), person)
  t.same(worded(wording, { reader: 'auditor', addressee: 'person' }), auditor)
  t.same(worded({ company, person }, { reader: 'sales', addressee: 'person' }), person)
})

t.test('sentences are joined as their language does it', async (t) => {
  t.same(joined({ en: 'One.', zh: '一。' }, { en: 'Two.', zh: '二。' }), { en: 'One. Two.', zh: '一。二。' })
})

t.test('Chinese keeps a space beside figures alone', async (t) => {
  const text = { en: 'Of {amount} a share of {percent}.', zh: '{amount} 的 {percent} 之内。' }
  t.equal(filled(text, { amount: '1.00 元（CNY）', percent: '25%' }).zh, '1.00 元（CNY）的 25% 之内。')
  t.equal(filled(text, { amount: '九元', percent: '四成' }).zh, '九元的四成之内。')
})
