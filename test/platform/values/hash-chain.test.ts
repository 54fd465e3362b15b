import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { canonicalJson, sha256 } from '../../../src/platform/values/canonical.ts'
import { GENESIS_HASH, HashChain, type Link } from '../../../src/platform/values/hash-chain.ts'

const AT = '2026-03-31T12:00:00.000Z'
const HEAD = { customerId: 'C-1', journalSeq: 0, journalHash: GENESIS_HASH }

const DECIDED = { type: 'check.decided', subject: 'chk_1', payload: { outcome: 'approved', amount: '10.00' } }
const RELEASED = { type: 'reservation.released', subject: 'chk_1', payload: { reason: null } }

type Entry = Link & { readonly customerId: string }
type NewLinks = readonly { type: string; subject: string; payload: object }[]

function joinLinks(head: typeof HEAD, links: NewLinks, at: string, actor: string): Entry[] {
  return new HashChain({ customerId: head.customerId }).join(head, links, { at, actor })
}

function hashOfLink({ customerId, ...link }: Omit<Entry, 'hash'>): string {
  return new HashChain({ customerId }).hashOf(link)
}

/** Where the next link is joined on. */
const headOf = ({ customerId, seq, hash }: Entry) => ({ customerId, journalSeq: seq, journalHash: hash })

t.test('links are numbered and joined in their order, from the head on', async (t) => {
  const [first, second, ...rest] = joinLinks(
    { ...HEAD, journalSeq: 7, journalHash: 'a'.repeat(64) },
    [DECIDED, RELEASED],
    AT,
    'key_1'
  )
  t.same(rest, [])
  t.match(first, { customerId: 'C-1', seq: 8, at: AT, type: 'check.decided', actor: 'key_1', subject: 'chk_1' })
  t.equal(first?.previousHash, 'a'.repeat(64))
  t.match(second, { seq: 9, type: 'reservation.released', previousHash: first?.hash })
  t.same(joinLinks(HEAD, [], AT, 'key_1'), [])
})

t.test('the hash is SHA-256 over the canonical text of everything else in the link', async (t) => {
  const [link] = joinLinks(HEAD, [DECIDED], AT, 'key_1')
  // Written out by hand: names in order, the payload as the very text that is kept.
  const text =
    `{"actor":"key_1","at":"${AT}","customerId":"C-1",` +
    `"payload":"{\\"amount\\":\\"10.00\\",\\"outcome\\":\\"approved\\"}",` +
    `"previousHash":"${'0'.repeat(64)}","seq":1,"subject":"chk_1","type":"check.decided"}`
  t.equal(link?.hash, createHash('sha256').update(text).digest('hex'))
  t.equal(link && hashOfLink(link), link?.hash, 'a hash in the link has no influence on it')
})

t.test('a chain names its owner in every hashed text, in the place of that name', async (t) => {
  const by = { at: AT, actor: 'key_1' }
  for (const owner of [{ customerId: 'C-"1"' }, { chain: 'keys' }, { organisation: '中' }]) {
    for (const { hash, ...link } of new HashChain<Record<string, string>>(owner).join(HEAD, [DECIDED], by)) {
      t.match(link, owner)
      t.equal(hash, sha256(canonicalJson(link)))
    }
  }
  for (const owner of [{}, { at: 'C-1' }, { actor: 'C-1' }, { payload: 'C-1' }, { tenant: 'T-1' }, { b: '1', c: '2' }])
    t.throws(() => new HashChain<Record<string, string>>(owner), RangeError)
})

t.test('the order of names in a payload has no influence, the order of a list has', async (t) => {
  const hashOf = (payload: object) => joinLinks(HEAD, [{ ...DECIDED, payload }], AT, 'key_1')[0]?.hash
  t.equal(hashOf({ a: 1, b: { c: 2, d: 3 } }), hashOf({ b: { d: 3, c: 2 }, a: 1 }))
  t.not(hashOf({ a: [1, 2] }), hashOf({ a: [2, 1] }))
  t.not(hashOf({ a: 1 }), hashOf({ a: '1' }))
  t.not(hashOf({ a: null }), hashOf({}))
})

t.test('a payload without a JSON form is refused, never hashed as something else', async (t) => {
  for (const payload of [{ a: Number.NaN }, { a: Number.POSITIVE_INFINITY }, { a: 1n }])
    t.throws(() => joinLinks(HEAD, [{ ...DECIDED, payload }], AT, 'key_1'))
})

const anyLink = fc.record({
  type: fc.constantFrom('check.decided', 'reservation.released'),
  subject: fc.string({ minLength: 1 }),
  payload: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)), {
    noNullPrototype: true
  })
})
const anyChain = fc.array(anyLink, { minLength: 1, maxLength: 6 })

/** Whether every link has its hash, and joins on the one before. */
function isWhole(links: readonly Entry[]): boolean {
  return links.every((link, index) => {
    const before = index === 0 ? GENESIS_HASH : links[index - 1]?.hash
    return link.seq === index + 1 && link.previousHash === before && hashOfLink(link) === link.hash
  })
}

t.test('law: links joined one by one make the same chain as joined together', async (t) => {
  fc.assert(
    fc.property(anyChain, (links) => {
      const together = joinLinks(HEAD, links, AT, 'key_1')
      let head = HEAD
      const apart = links.flatMap((link) => {
        const joined = joinLinks(head, [link], AT, 'key_1')
        head = joined.map(headOf)[0] ?? head
        return joined
      })
      t.same(apart, together)
      t.ok(isWhole(together))
    })
  )
})

t.test('law: a change of any field, and a link taken out, added or moved, breaks the chain', async () => {
  const change = fc.record({
    place: fc.nat(),
    field: fc.constantFrom('customerId', 'at', 'type', 'actor', 'subject', 'payload', 'previousHash', 'hash'),
    other: fc.string({ minLength: 1 })
  })
  fc.assert(
    fc.property(anyChain, change, (links, { place, field, other }) => {
      const chain = joinLinks(HEAD, links, AT, 'key_1')
      const index = place % chain.length
      const altered = chain.map((link, each) =>
        each === index ? { ...link, [field]: `${link[field]}${other}` } : link
      )
      const shorter = chain.filter((_, each) => each !== index || index === chain.length - 1)
      const doubled = chain.flatMap((link, each) => (each === index ? [link, link] : [link]))
      const swapped = chain.toReversed()
      return (
        isWhole(chain) &&
        !isWhole(altered) &&
        (shorter.length === chain.length || !isWhole(shorter)) &&
        !isWhole(doubled) &&
        (chain.length === 1 || !isWhole(swapped))
      )
    })
  )
})
