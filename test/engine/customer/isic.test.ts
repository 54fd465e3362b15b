import t from 'tap'
import { INDUSTRY_SECTIONS, isIndustry, sectionOf } from '../../../src/engine/customer/isic.ts'

t.test('ISIC Rev. 4 has the sections A to U, each with its name in English and Chinese', async (t) => {
  t.equal(Object.keys(INDUSTRY_SECTIONS).join(''), 'ABCDEFGHIJKLMNOPQRSTU')
  for (const [section, { name }] of Object.entries(INDUSTRY_SECTIONS)) {
    t.match(name.en, /^[A-Z][a-z]/, section)
    t.match(name.zh, /^\p{Script=Han}/u, section)
  }
})

t.test('every division belongs to one section, and 12 numbers are none', async (t) => {
  const codes = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'))
  const unused = codes.filter((code) => !isIndustry(code))
  t.same(unused, ['00', '04', '34', '40', '44', '48', '54', '57', '67', '76', '83', '89'])
})

t.test('a section is its own section, and a division that of its range', async (t) => {
  const table: [string, string | undefined][] = [
    ['A', 'A'],
    ['U', 'U'],
    ['01', 'A'],
    ['03', 'A'],
    ['05', 'B'],
    ['09', 'B'],
    ['10', 'C'],
    ['33', 'C'],
    ['35', 'D'],
    ['36', 'E'],
    ['39', 'E'],
    ['41', 'F'],
    ['43', 'F'],
    ['45', 'G'],
    ['47', 'G'],
    ['49', 'H'],
    ['53', 'H'],
    ['55', 'I'],
    ['56', 'I'],
    ['58', 'J'],
    ['63', 'J'],
    ['64', 'K'],
    ['66', 'K'],
    ['68', 'L'],
    ['69', 'M'],
    ['75', 'M'],
    ['77', 'N'],
    ['82', 'N'],
    ['84', 'O'],
    ['85', 'P'],
    ['86', 'Q'],
    ['88', 'Q'],
    ['90', 'R'],
    ['93', 'R'],
    ['94', 'S'],
    ['96', 'S'],
    ['97', 'T'],
    ['98', 'T'],
    ['99', 'U'],
    ['V', undefined],
    ['a', undefined],
    ['', undefined],
    ['1', undefined],
    ['461', undefined],
    ['4 ', undefined],
    ['AB', undefined],
    ['toString', undefined],
    ['__proto__', undefined]
  ]
  for (const [code, section] of table) {
    t.equal(sectionOf(code), section, `${code} is of ${section}`)
    t.equal(isIndustry(code), section !== undefined, `${code} is an industry: ${section !== undefined}`)
  }
})
