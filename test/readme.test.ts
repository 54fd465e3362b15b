import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ConfigSchema } from '../src/config.ts'
import { lengthOf, paste, pastedLines } from './pasted-lines.ts'

const root = join(import.meta.dirname, '..')

t.test('the lines of the walk-through lead from nothing to a paid order, pasted as they stand', async (t) => {
  t.match(pastedLines('README.md'), /call -X POST/, 'the walk-through was found')
  const [answers = []] = await paste(t, 'README.md')
  t.equal(answers.length, 10, 'each call is answered')
  for (const answer of answers) t.notOk(answer.type, `no problem: ${JSON.stringify(answer).slice(0, 200)}`)
  const [customer, statement, assessment, limit, check, captured, invoice, exposure, payment, behaviour] = answers
  t.match(customer, { customerId: 'C-1001', version: 1 })
  t.ok(lengthOf(statement?.ratios) > 20)
  t.match(assessment, { status: 'rated' })
  t.match(limit, { state: 'applied' })
  t.match(check, { outcome: 'approved', reservation: { state: 'active' } })
  t.match(captured, { reservation: { state: 'captured' } })
  t.match(invoice, { open: { amount: '180000.00' } })
  t.match(exposure, {
    exposure: { receivables: { amount: '180000.00' }, captured: { amount: '0.00' }, reserved: { amount: '0.00' } }
  })
  t.match(payment, { allocations: [{ invoiceId: 'INV-7001' }] })
  t.match(behaviour, { settledCount: 1, lateCount: 0 })
})

t.test('the table of settings is the configuration', async (t) => {
  const rows = Object.entries(ConfigSchema.properties).map(([name, setting]) => {
    const { default: value, description } = setting as { default?: unknown; description?: string }
    const shown = value === '' ? '' : `\`${value}\``
    return `| \`${name}\` | ${shown} | ${description} |`
  })
  const guide = readFileSync(join(root, 'docs/guides/operate.md'), 'utf8')
  const table = /<!-- settings -->\n([\s\S]*?)<!-- \/settings -->/.exec(guide)?.[1] ?? ''
  t.equal(table.trim(), ['| variable | default | meaning |', '|---|---|---|', ...rows].join('\n'))
})
