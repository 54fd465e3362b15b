import t, { type Test } from 'tap'
import type { TestAnswer } from '../service.ts'
import { type ContractService, contractService, type Operation } from './contract.ts'
import { documentedOf, type Example, exampleOf, keptOf, SCENARIO, sendExample } from './examples.ts'

t.test('the example of every operation does what the document says', async (t) => {
  const service = await contractService(t, { asApplication: true, dataAsOf: '2026-03-31T11:59:58.000Z' })
  const served = service.operations.filter(({ path }) => !path.startsWith('/simulation'))
  t.same(
    served.map(({ id }) => id).toSorted(),
    [...new Set(SCENARIO.map(({ operationId }) => operationId))].toSorted(),
    'every operation has its place'
  )
  const ids: Record<string, string> = {}
  const approver = await service.authorization('admin')
  for (const [place, step] of SCENARIO.entries()) {
    const operation = served.find(({ id }) => id === step.operationId)
    if (operation === undefined) continue
    const documented = documentedOf(service, operation)
    const example = exampleOf(service, operation, step, ids, place)
    if (step.approver) example.headers.authorization = approver
    if (example.query.has('dryRun')) await runsDry(t, service, operation, example)
    const answer = await sendExample(service, operation, example)
    const success = documented.responses[201] === undefined ? 200 : 201
    t.equal(answer.status, success, `${operation.id}: ${answer.text.slice(0, 300)}`)
    t.same(carried(answer), Object.keys(documented.responses[success]?.headers ?? {}).filter(isOfFirst), operation.id)
    if (example.headers['Idempotency-Key'] !== undefined) await repeats(t, service, operation, example, answer)
    if (step.keep !== undefined) ids[step.keep] = keptOf(answer.body, step.keep)
  }
})

/** The same answer, and nothing of it is written. */
async function runsDry(t: Test, service: ContractService, operation: Operation, example: Example): Promise<void> {
  const before = await service.footprint()
  const query = new URLSearchParams({ ...Object.fromEntries(example.query), dryRun: 'true' })
  const answer = await sendExample(service, operation, { ...example, query })
  t.equal(answer.status, 200, `${operation.id} as a dry run: ${answer.text.slice(0, 300)}`)
  t.equal(await service.footprint(), before, `${operation.id}: a dry run writes nothing`)
}

/** With its key again: the same answer, and nothing more is written. */
async function repeats(
  t: Test,
  service: ContractService,
  operation: Operation,
  example: Example,
  first: TestAnswer
): Promise<void> {
  const before = await service.footprint()
  const again = await sendExample(service, operation, example)
  t.same([again.status, again.text], [first.status, first.text], `${operation.id} with the same key`)
  t.same(carried(again), [...carried(first), 'Idempotency-Replayed'], `${operation.id} with the same key`)
  t.equal(await service.footprint(), before, `${operation.id}: a repetition writes nothing`)
}

/** Of the headers that not every answer has, those of this one, in the order of the document. */
function carried({ headers }: TestAnswer): string[] {
  const known = ['ETag', 'Data-As-Of', 'Location', 'Content-Language', 'Vary', 'Idempotency-Replayed']
  return known.filter((name) => headers[name.toLowerCase()] !== undefined)
}

function isOfFirst(header: string): boolean {
  return header !== 'Idempotency-Replayed'
}
