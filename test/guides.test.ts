import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { lengthOf, paste } from './pasted-lines.ts'

const root = join(import.meta.dirname, '..')

t.test('the lines of each guide go on from those of the README, pasted as they stand', async (t) => {
  const guides = ['docs/guides/records.md', 'docs/guides/waiting-orders.md', 'docs/guides/ratings.md']
  const [, records = [], waiting = [], ratings = []] = await paste(t, 'README.md', ...guides)
  for (const answer of [...records, ...waiting, ...ratings])
    t.notMatch(answer, { type: /^\/problems\// }, JSON.stringify(answer).slice(0, 300))

  const [order, delivery, invoice, rate, foreign, compared, repaired, exposure, events] = records
  t.equal(records.length, 9, 'each call about the record is answered')
  t.match(order, { state: 'open', open: { amount: '20000.00' } })
  t.match(delivery, { state: 'open', open: { amount: '12000.00' } })
  t.match(invoice, { open: { amount: '12000.00' } })
  t.match(rate, { rate: 7.12 })
  t.match(foreign, { amount: { amount: '7120.00', currency: 'CNY' }, original: { amount: '1000.00', rate: 7.12 } })
  t.match(compared, { applied: false, differences: [{ id: 'INV-7002' }] })
  t.match(repaired, { applied: true })
  t.match(exposure, { exposure: { receivables: { amount: '18620.00' } } }, 'what the snapshot says: 11,500 + 7,120')
  t.equal(lengthOf(events?.items), 5)

  const [blocked, list, key, released, adjusted, cancelled] = waiting
  t.equal(waiting.length, 6, 'each call about the order that waits is answered')
  t.match(blocked, { outcome: 'referred', block: { state: 'open' } })
  t.match(list, { items: [{ orderId: 'SO-7010' }] })
  t.match(key, { scopes: ['release', 'read'] })
  t.match(released, { outcome: 'approved', reservation: { state: 'active' } })
  t.match(adjusted, { outcome: 'approved' })
  t.match(cancelled, { reservation: { state: 'released' } })

  const [statement, evidence, assessment, counterfactuals, rating, headroom, ...ofCard] = ratings
  t.equal(ratings.length, 12, 'each call about the rating is answered')
  t.ok(lengthOf(statement?.ratios) > 20)
  t.match(evidence, { kind: 'court_record' })
  t.match(assessment, { status: 'rated' })
  t.ok(Array.isArray(counterfactuals?.sets))
  t.match(rating, { state: 'in_force' })
  t.match(headroom, { customerId: 'C-1001' })
  const [imported, draft, board, approved, active, byCard] = ofCard
  t.match(imported, { document: { id: 'card', inputs: [{ id: 'years', from: 'call' }] } })
  t.match(draft, { state: 'draft' })
  t.match(board, { scopes: ['admin'] })
  t.match(approved, { state: 'approved' })
  t.match(active, { state: 'active' })
  t.match(byCard, { model: { id: 'card' }, status: 'rated', score: 485, inputs: { values: { years: 9 } } })
})

t.test('the README leads to every guide, and every page of decisions is listed', (t) => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  for (const guide of globSync('docs/guides/*.md', { cwd: root })) t.ok(readme.includes(guide), guide)
  const index = readFileSync(join(root, 'docs/decisions/README.md'), 'utf8')
  const pages = globSync('docs/decisions/*.md', { cwd: root }).map((path) => path.slice('docs/decisions/'.length))
  for (const page of pages.filter((each) => each !== 'README.md')) t.ok(index.includes(`(${page})`), page)
  t.end()
})
