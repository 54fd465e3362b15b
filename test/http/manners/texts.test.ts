import t from 'tap'
import { contractService } from '../contract.ts'

/** Texts that break services which paste, decode, count or normalise what they are given. */
const NAUGHTY: Record<string, string> = {
  'an SQL injection': "Robert'); drop table customers;--",
  'a quoted SQL comment': "' or '1'='1' /* ; select pg_sleep(10) */",
  'a template of a template engine': '{{constructor.constructor("return process")()}} \u0024{7*7} <%= 7*7 %> #{7*7}',
  'a script': '<script>alert(1)</script><img src=x onerror=alert(1)>',
  'a shell command': '$(touch /tmp/owned); `id` | cat /etc/passwd && true',
  'a look-up of a logger': '\u0024{jndi:ldap://127.0.0.1/a}',
  'a path': '../../../../etc/passwd',
  'an entity of XML': '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>&y;',
  'a formula of a spreadsheet': '=cmd|"/c calc"!A1',
  'JSON within JSON': '{"$gt":""},"version":9',
  'backslashes and quotes': '\\\\"\\u0000\\x00%00\\',
  'a per cent sign as in a format': '%s%d%n %p 100%',
  'right to left': 'شركة الشرق للصلب \u202Eليست\u202C',
  'emoji of several code points': '👩‍👩‍👧‍👦 🇨🇳 🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  'characters beyond the basic plane': '𠜎𠜱𝕬𝖇',
  'combined marks': 'Z̤͔ͧ̑̓ä͖̭̈̇lͮ̒ͫǧ̗͚̚o̙̔ͮ̇͐̇',
  'decomposed next to composed': 'Cafe\u0301 Café',
  'zero width and soft hyphen': 'zero\u200Bwidth\u00ADhyphen\uFEFFmark',
  'line separators': 'one\u2028two\u2029three',
  'tab and line ends': 'one\ttwo\r\nthree\nfour',
  'spaces on both ends': '  spaced\u00A0 ',
  'full-width digits': '１２３４',
  'the names of nothing': 'null undefined NaN true',
  'the replacement character itself': 'a\uFFFDb',
  'a noncharacter': 'a\uFFFEb'
}

t.test('case 12: a text is stored and answered as it was sent', async (t) => {
  const { send, attempt, deps } = await contractService(t)
  const profileOf = (text: string) => ({
    kind: 'company',
    name: text,
    localName: text,
    tradingName: text,
    businessScope: text,
    address: { street: text, city: text, region: text },
    contacts: [{ name: text, role: text }]
  })
  let number = 0
  for (const [name, text] of Object.entries(NAUGHTY)) {
    number += 1
    const url = `/v1/customers/N-${number}`
    await t.test(name, async (t) => {
      const put = await send('PUT', url, profileOf(text))
      t.equal(put.status, 201)
      t.match(put.body, profileOf(text))
      const get = await send('GET', url)
      t.same({ ...get.body, ...profileOf(text) }, get.body, 'the answer holds each text, character by character')
      t.equal((await send('PUT', url, profileOf(text))).body.version, 1, 'the same text again is the same profile')
      const found = await send('GET', `/v1/customers?name=${encodeURIComponent(text)}`)
      t.ok(
        found.body.items.some((customer: { customerId: string }) => customer.customerId === `N-${number}`),
        'it is found'
      )
      t.equal((await send('PUT', `${url}/hold`, { reason: text.slice(0, 100) })).body.hold.reason, text.slice(0, 100))
    })
  }

  await t.test('and nothing that stood in a text was carried out', async (t) => {
    const rows = await deps.db.selectFrom('customers').select('name').execute()
    t.same(rows.map((row) => row.name).sort(), Object.values(NAUGHTY).sort())
  })

  await t.test('a part of a name is found literally: % and _ stand for themselves', async (t) => {
    const ids = async (part: string) => {
      const { body } = await send('GET', `/v1/customers?limit=200&name=${encodeURIComponent(part)}`)
      return body.items.length
    }
    t.equal(await ids('%n %p 100%'), 1)
    t.equal(await ids('%zzz'), 0)
    t.equal(await ids('R_bert'), 0)
    t.equal(await ids('rOBERT'), 1, 'in any case')
  })

  await t.test('a text is as long as it may be in characters, not in bytes', async (t) => {
    const longest = '钢'.repeat(300)
    t.equal((await send('PUT', '/v1/customers/L-1', { kind: 'company', name: longest })).body.name, longest)
    t.equal((await attempt('PUT', '/v1/customers/L-1', { kind: 'company', name: `${longest}钢` })).status, 400)
    const pairs = '𠜎'.repeat(300)
    t.equal((await send('PUT', '/v1/customers/L-2', { kind: 'company', name: pairs })).body.name, pairs)
  })
})
