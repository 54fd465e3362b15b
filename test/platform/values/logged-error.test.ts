import t from 'tap'
import { loggedError, withoutPaths } from '../../../src/platform/values/logged-error.ts'

t.test('the log learns what is wrong and where, and never a value', (t) => {
  const refused = Object.assign(new Error('duplicate key value violates unique constraint "customers_pkey"'), {
    severity: 'ERROR',
    code: '23505',
    detail: 'Key (customer_id)=(C-1) already exists.',
    where: 'COPY customers, line 1: "Zhang San"',
    table: 'customers',
    constraint: 'customers_pkey',
    parameters: ['Zhang San']
  })
  const told = JSON.stringify(loggedError(refused))
  t.match(loggedError(refused), {
    code: '23505',
    table: 'customers',
    constraint: 'customers_pkey',
    message: /duplicate/
  })
  t.notMatch(told, /C-1|Zhang San/)

  const invalid = Object.assign(new Error('invalid input syntax for type date: "Zhang San"'), {
    severity: 'ERROR',
    code: '22007'
  })
  t.match(loggedError(invalid), { message: 'invalid input syntax for type date: "…"' })
  t.notMatch(JSON.stringify(loggedError(invalid)), /Zhang/, 'not in the stack either')

  const parsed = (() => {
    try {
      return JSON.parse('{"name": Zhang San}')
    } catch (error) {
      return error
    }
  })()
  const caused = new Error('it failed', { cause: new AggregateError([parsed, refused], 'both') })
  t.match(loggedError(caused), { message: 'it failed', cause: { message: 'both', errors: [{}, { code: '23505' }] } })
  t.notMatch(JSON.stringify(loggedError(caused)), /Zhang|C-1/)
  t.match((loggedError(caused) as { stack: string }).stack, /^Error: it failed\n\s+at .*logged-error\.test/)

  t.notMatch(JSON.stringify(loggedError('Zhang San')), /Zhang/, 'whatever is thrown')
  const late = new Error('Reply was already sent, did you forget to "return reply" in "/v1/customers/C-1" (PUT)?')
  t.match(loggedError(late), { message: /"\/v1\/…" \(PUT\)/ })
  t.equal(withoutPaths('Route GET:/v1/customers/C-1?name=Zhang not found'), 'Route GET:/v1/… not found')
  const circle: Error & { cause?: unknown } = new Error('a circle')
  circle.cause = circle
  t.ok(loggedError(circle), 'a circle of causes ends')
  t.end()
})

t.test('what a library copied out of an error is told like one', (t) => {
  const { message, stack } = new Error('no connection')
  t.match(loggedError({ message, stack, queue: 'rescoring' }), {
    type: 'Error',
    message: 'no connection',
    stack: /at /
  })
  t.end()
})
