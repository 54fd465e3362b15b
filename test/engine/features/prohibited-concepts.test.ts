import t from 'tap'
import { PROHIBITED_CONCEPTS, prohibitedConcept } from '../../../src/engine/features/prohibited-concepts.ts'

t.test('what is named openly is found, in whatever style it is written', async (t) => {
  const table = [
    [
      'age',
      ['age', 'age_in_years', 'ageInYears', 'applicantAGE', 'Age of the applicant', 'date_of_birth', '申请人年龄']
    ],
    [
      'age',
      ['age of the account holder', 'Age of the business owner', 'company owner age', 'age of accounts and people']
    ],
    ['sex', ['sex', 'Gender', 'is-female', '性别']],
    ['familyStatus', ['personal_status', 'maritalStatus', 'Married or not', 'family-status', '婚姻状况']],
    ['children', ['children', 'numberOfDependants', 'people liable to provide maintenance for', '子女数量']],
    ['ethnicity', ['ethnicity', 'ethnic_group', 'race', '民族']],
    ['religion', ['religion', 'religious.belief', '宗教']],
    ['nationality', ['nationality', 'foreign_worker', 'citizenship', '国籍']],
    ['health', ['health', 'healthState', 'Disability', '健康状况']],
    ['politics', ['political_opinion', 'party member', '政治面貌']],
    ['union', ['trade_union', 'unionMember', 'Union membership', '工会会员']]
  ] as const
  for (const [concept, texts] of table) {
    for (const text of texts) t.equal(prohibitedConcept(text), concept, text)
  }
  t.same(
    new Set(table.map(([concept]) => concept)),
    new Set(Object.keys(PROHIBITED_CONCEPTS)),
    'every concept is tried'
  )
})

t.test('a word that only contains another, and the age of a thing, are left alone', async (t) => {
  const innocent = [
    'averageBalance',
    'mortgage',
    'percentage_of_income',
    'account_age',
    'invoiceAgeDays',
    'Age of the company',
    'age of the oldest overdue invoice in days',
    'manager',
    'embrace',
    'Sussex branch',
    'credit_union',
    'status_of_existing_checking_account',
    '账龄'
  ]
  for (const text of innocent) t.equal(prohibitedConcept(text), undefined, text)
})

t.test('every word of the list is found by itself and within a name', async (t) => {
  for (const [concept, { words, chinese }] of Object.entries(PROHIBITED_CONCEPTS)) {
    for (const word of words) {
      t.equal(prohibitedConcept(word), concept, word)
      t.equal(prohibitedConcept(`x_${word.replaceAll(' ', '_')}_1`), concept, word)
    }
    for (const word of chinese) t.equal(prohibitedConcept(`客户${word}情况`), concept, word)
  }
})
