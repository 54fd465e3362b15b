import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { traceIdOf } from '../../../src/platform/http/log/request-ids.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'

t.test('a traceparent names its trace where it is well formed', (t) => {
  const table: [string | string[] | undefined, string | undefined][] = [
    [`00-${TRACE}-${PARENT}-01`, TRACE],
    [`00-${TRACE}-${PARENT}-00`, TRACE],
    [`cc-${TRACE}-${PARENT}-01-what-the-future-brings`, TRACE],
    [`00-${TRACE}-${PARENT}-01-more`, undefined],
    [`ff-${TRACE}-${PARENT}-01`, undefined],
    [`00-${'0'.repeat(32)}-${PARENT}-01`, undefined],
    [`00-${TRACE}-${'0'.repeat(16)}-01`, undefined],
    [`00-${TRACE.toUpperCase()}-${PARENT}-01`, undefined],
    [`00-${TRACE}-${PARENT}`, undefined],
    ['', undefined],
    [undefined, undefined],
    [[`00-${TRACE}-${PARENT}-01`], undefined]
  ]
  for (const [header, traceId] of table) t.equal(traceIdOf(header), traceId, String(header))
  t.end()
})

t.test('no two processes make the same request id', (t) => {
  const file = join(import.meta.dirname, '../../../src/platform/http/log/request-ids.ts')
  const script = `const { newRequestId } = await import(${JSON.stringify(file)}); console.log(newRequestId())`
  const [first, second] = [1, 2].map(() =>
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim()
  )
  t.match(first, /^req-[0-9a-f]{18}-1$/)
  t.not(first, second)
  t.end()
})
