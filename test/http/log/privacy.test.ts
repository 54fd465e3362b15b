import t from 'tap'
import { buildApp } from '../../../src/app.ts'
import { capturedLog } from '../../captured-log.ts'
import { clientOf, testService } from '../../service.ts'
import { type OpenApiDocument, operationsOf } from '../contract.ts'
import { type Example, exampleOf, keptOf, SCENARIO, sendExample } from '../examples.ts'

/** Words of the API itself, days and codes: they are about nobody. */
const OF_THE_API = /^([a-z][a-z0-9_-]*|[A-Z]{2,3}|[\d.:TZ-]+|\d{4}-\d\d-\d\d.*)$/

/** Texts that a caller sent: names, numbers of customers, orders and documents, reasons, keys. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return OF_THE_API.test(value) || value.length < 3 ? [] : [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsOf)
}

function pathTexts(url: string): string[] {
  return url
    .split(/[/?&=]/)
    .map(decodeURIComponent)
    .flatMap(textsOf)
}

/** What a line may name: who called, what kind it was about, and the ids that the service made. */
const MADE_HERE = /^(key|chk|lim|run|asm|evd|rec|rel)_[0-9a-z]{26}$/

t.test('a run of all operations leaves nothing personal in the log, at any level', async (t) => {
  const log = capturedLog('trace')
  const service = await testService(t, { logger: log.logger })
  const served = operationsOf(service.app.swagger() as unknown as OpenApiDocument).filter(
    ({ path }) => !path.startsWith('/simulation')
  )
  const approver = await service.authorization('admin')
  const ids: Record<string, string> = {}
  const sent = new Set<string>()
  const secrets = new Set([approver.slice('Bearer '.length)])
  const remember = (example: Example) => {
    for (const text of [...textsOf(example.body), ...pathTexts(example.url), ...textsOf([...example.query.values()])])
      sent.add(text)
    for (const name of ['Idempotency-Key', 'idempotency-key'])
      if (example.headers[name]) sent.add(example.headers[name])
  }
  for (const [place, step] of SCENARIO.entries()) {
    const operation = served.find(({ id }) => id === step.operationId)
    if (operation === undefined) continue
    const example = exampleOf(service, operation, step, ids, place)
    if (step.approver) example.headers.authorization = approver
    remember(example)
    const answer = await sendExample(service, operation, example)
    if (step.keep !== undefined) ids[step.keep] = keptOf(answer.body, step.keep)
    if (typeof answer.body?.key === 'string') secrets.add(answer.body.key)
    // The same in vain: without a key, with one that is none, and with a field that nobody knows.
    await service.attempt(operation.method, example.url, example.body, { authorization: '' })
    if (operation.takesBody && typeof example.body === 'object' && operation.id !== 'createApiKey')
      await service.attempt(operation.method, example.url, { ...example.body, 'Zhang San 310101': 'Zhang San 310101' })
  }
  t.ok(sent.size > 80, `${sent.size} texts were sent`)
  t.ok(log.lines().length > SCENARIO.length * 2, `${log.lines().length} lines`)
  const text = log.text()
  for (const secret of secrets) {
    t.notOk(text.includes(secret), 'no key')
    t.notOk(text.includes(secret.split('_').at(-1) ?? ''), 'nor its secret')
  }
  const allowed = (each: string) =>
    MADE_HERE.test(each) || served.some(({ id, path }) => id === each || path.includes(each))
  for (const each of sent) if (!allowed(each)) t.notOk(text.includes(JSON.stringify(each).slice(1, -1)), each)
  t.notMatch(text, /Zhang San|310101/)
  t.notMatch(text, /127\.0\.0\.1/, 'nor the address of a caller')

  await t.test(
    'nor do faults: of a row that the database refuses, of code, of a value that it cannot read',
    async (t) => {
      const faults = [
        Object.assign(new Error('invalid input syntax for type date: "Zhang San 310101"'), {
          severity: 'ERROR',
          code: '22007',
          where: 'Zhang San 310101'
        }),
        Object.assign(new Error('null value in column "name" violates not-null constraint'), {
          severity: 'ERROR',
          code: '23502',
          detail: 'Failing row contains (C-1, Zhang San 310101).'
        }),
        new Error('it failed', { cause: new SyntaxError('Unexpected token Z in "Zhang San 310101"') }),
        'Zhang San 310101'
      ]
      for (const fault of faults) {
        const inForce = () => {
          throw fault
        }
        const deps = { ...service.deps, models: { ...service.deps.models, inForce } }
        const options = { rateLimitPerMinute: 1_000, trustedProxies: 0, eventLoopDelayMaxMs: 0, simulation: false }
        const app = await buildApp(deps, { ...options, logger: log.logger })
        t.teardown(() => app.close())
        log.clear()
        const client = clientOf(app, approver)
        const answer = await client.attempt('POST', '/v1/assessments/simulate', { profile: { kind: 'company' } })
        t.equal(answer.status, 500)
        t.match(log.lines(answer.body.requestId), [
          { level: 'error', err: { type: String } },
          { level: 'warn', status: 500 }
        ])
        t.notMatch(log.text(), /Zhang San/)
      }
    }
  )
})
