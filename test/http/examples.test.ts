import t, { type Test } from 'tap'
import type { TestAnswer } from '../service.ts'
import { type ContractService, contractService, type Operation } from './contract.ts'

interface Step {
  readonly operationId: string
  /** An id that the service makes here, for the operations that need it. */
  readonly keep?: 'keyId' | 'evidenceId' | 'assessmentId' | 'limitDecisionId' | 'checkId' | 'runId' | 'reconciliationId'
  /** Four eyes: with another key than all the others. */
  readonly approver?: true
  /** Sent although it may be left out. */
  readonly header?: 'If-Match'
}

/**
 * The example of every operation of the document, in an order in which a newcomer could send them.
 */
const SCENARIO: readonly Step[] = [
  { operationId: 'getIndex' },
  { operationId: 'isAlive' },
  { operationId: 'isReady' },
  { operationId: 'getMetrics' },
  { operationId: 'getOpenApi' },
  { operationId: 'listProblems' },
  { operationId: 'getProblem' },
  { operationId: 'createApiKey', keep: 'keyId' },
  { operationId: 'listApiKeys' },
  { operationId: 'revokeApiKey' },
  { operationId: 'listFeatures' },
  { operationId: 'listModels' },
  { operationId: 'listPolicies' },
  { operationId: 'getPolicy' },
  { operationId: 'putCustomer' },
  { operationId: 'patchCustomer', header: 'If-Match' },
  { operationId: 'getCustomer' },
  { operationId: 'listCustomers' },
  { operationId: 'putStatement' },
  { operationId: 'getStatement' },
  { operationId: 'listStatements' },
  { operationId: 'recordEvidence', keep: 'evidenceId' },
  { operationId: 'getEvidence' },
  { operationId: 'listEvidence' },
  { operationId: 'withdrawEvidence' },
  { operationId: 'putInvoice' },
  { operationId: 'getInvoice' },
  { operationId: 'listInvoices' },
  { operationId: 'recordPayment' },
  { operationId: 'allocatePayment' },
  { operationId: 'getPayment' },
  { operationId: 'listPayments' },
  { operationId: 'recordCreditNote' },
  { operationId: 'allocateCreditNote' },
  { operationId: 'getCreditNote' },
  { operationId: 'listCreditNotes' },
  { operationId: 'getPaymentBehaviour' },
  { operationId: 'putExposureItem' },
  { operationId: 'getExposureItem' },
  { operationId: 'listExposureItems' },
  { operationId: 'closeExposureItem' },
  { operationId: 'reconcile', keep: 'reconciliationId' },
  { operationId: 'getReconciliation' },
  { operationId: 'listReconciliations' },
  { operationId: 'putSecurity' },
  { operationId: 'getSecurity' },
  { operationId: 'listSecurities' },
  { operationId: 'withdrawSecurity' },
  { operationId: 'putExchangeRate' },
  { operationId: 'getExchangeRate' },
  { operationId: 'listExchangeRates' },
  { operationId: 'simulateAssessment' },
  { operationId: 'assessCustomer', keep: 'assessmentId' },
  { operationId: 'getAssessment' },
  { operationId: 'getCounterfactuals' },
  { operationId: 'listShadowAssessments' },
  { operationId: 'listAssessments' },
  { operationId: 'getRating' },
  { operationId: 'listRatings' },
  { operationId: 'decideLimit', keep: 'limitDecisionId' },
  { operationId: 'approveLimit', approver: true },
  { operationId: 'getLimitDecision' },
  { operationId: 'listLimitDecisions' },
  { operationId: 'getLimit' },
  { operationId: 'getExposure' },
  { operationId: 'getHeadroom' },
  { operationId: 'checkCredit', keep: 'checkId' },
  { operationId: 'getCreditCheck' },
  { operationId: 'replayCreditCheck' },
  { operationId: 'listCreditChecks' },
  { operationId: 'releaseReservation' },
  // What is released is free for the same order again.
  { operationId: 'checkCredit', keep: 'checkId' },
  { operationId: 'adjustReservation' },
  { operationId: 'captureReservation' },
  // On hold the order is blocked: a person releases it once the hold is lifted.
  { operationId: 'setHold' },
  { operationId: 'checkCredit', keep: 'checkId' },
  { operationId: 'listBlockedOrders' },
  { operationId: 'liftHold' },
  { operationId: 'decideBlockedOrder', keep: 'checkId', approver: true },
  { operationId: 'releaseReservation' },
  { operationId: 'setHold' },
  { operationId: 'checkCredit', keep: 'checkId' },
  { operationId: 'withdrawOrder' },
  { operationId: 'checkCreditBatch' },
  { operationId: 'startRescoringRun', keep: 'runId' },
  { operationId: 'cancelRescoringRun' },
  { operationId: 'getRescoringRun' },
  { operationId: 'listRescoringRuns' },
  { operationId: 'listJournal' },
  { operationId: 'listEvents' },
  { operationId: 'selfCheck' },
  { operationId: 'getModelSchema' },
  { operationId: 'validateModel' },
  { operationId: 'putModel' },
  { operationId: 'getModel' },
  { operationId: 'exportModel' },
  { operationId: 'importModel' },
  { operationId: 'importLightgbm' },
  { operationId: 'importXgboost' },
  { operationId: 'importScorecardpy' },
  { operationId: 'importToad' },
  { operationId: 'importOptbinning' },
  { operationId: 'approveModel', approver: true },
  { operationId: 'runModelInShadow' },
  { operationId: 'activateModel' },
  { operationId: 'listModelEvents' },
  { operationId: 'compareModel' },
  { operationId: 'retireModel' },
  { operationId: 'startRecheckRun', keep: 'runId' },
  { operationId: 'getRecheckRun' },
  { operationId: 'listRecheckRuns' },
  { operationId: 'cancelRecheckRun' }
]

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly example?: unknown
}

interface Documented {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Described }> }
  readonly responses: Record<string, { readonly headers?: object }>
}

interface Described {
  readonly $ref?: string
  readonly examples?: readonly unknown[]
}

/** What is sent of one operation. */
interface Example {
  readonly url: string
  readonly query: URLSearchParams
  readonly headers: Record<string, string>
  readonly body: unknown
}

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
    const answer = await send(service, operation, example)
    const success = documented.responses[201] === undefined ? 200 : 201
    t.equal(answer.status, success, `${operation.id}: ${answer.text.slice(0, 300)}`)
    t.same(carried(answer), Object.keys(documented.responses[success]?.headers ?? {}).filter(isOfFirst), operation.id)
    if (example.headers['Idempotency-Key'] !== undefined) await repeats(t, service, operation, example, answer)
    if (step.keep !== undefined) ids[step.keep] = answer.body[step.keep]
  }
})

/** The same answer, and nothing of it is written. */
async function runsDry(t: Test, service: ContractService, operation: Operation, example: Example): Promise<void> {
  const before = await service.footprint()
  const query = new URLSearchParams({ ...Object.fromEntries(example.query), dryRun: 'true' })
  const answer = await send(service, operation, { ...example, query })
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
  const again = await send(service, operation, example)
  t.same([again.status, again.text], [first.status, first.text], `${operation.id} with the same key`)
  t.same(carried(again), [...carried(first), 'Idempotency-Replayed'], `${operation.id} with the same key`)
  t.equal(await service.footprint(), before, `${operation.id}: a repetition writes nothing`)
}

function send(service: ContractService, operation: Operation, { url, query, headers, body }: Example) {
  return service.send(operation.method, query.size === 0 ? url : `${url}?${query}`, body, headers)
}

/** Of the headers that not every answer has, those of this one, in the order of the document. */
function carried({ headers }: TestAnswer): string[] {
  const known = ['ETag', 'Data-As-Of', 'Location', 'Content-Language', 'Vary', 'Idempotency-Replayed']
  return known.filter((name) => headers[name.toLowerCase()] !== undefined)
}

function isOfFirst(header: string): boolean {
  return header !== 'Idempotency-Replayed'
}

/**
 * Every parameter of the path and of the query as the document shows it; a key for the repetition,
 * which is another for each step.
 */
function exampleOf(
  service: ContractService,
  operation: Operation,
  { header }: Step,
  ids: Record<string, string>,
  place: number
): Example {
  const { parameters = [], requestBody } = documentedOf(service, operation)
  const shown = (name: string) => String(parameters.find((parameter) => parameter.name === name)?.example)
  const named = (place: Parameter['in']) => parameters.filter((parameter) => parameter.in === place)
  const headers = named('header').flatMap(({ name, required }) => {
    if (name === 'Idempotency-Key') return [[name, `${shown(name)}-${place}`]]
    return required || name === header ? [[name, shown(name)]] : []
  })
  // A cursor is shown as it looks, but belongs to a page that somebody read.
  const query = named('query').filter(({ name }) => name !== 'cursor' && name !== 'after')
  return {
    url: operation.path.replace(/\{(\w+)\}/g, (_all, name: string) => ids[name] ?? shown(name)),
    query: new URLSearchParams(Object.fromEntries(query.map(({ name }) => [name, shown(name)]))),
    headers: Object.fromEntries(headers),
    body: bodyOf(service, requestBody)
  }
}

function documentedOf({ app }: ContractService, { path, method }: Operation): Documented {
  const { paths } = app.swagger() as unknown as { paths: Record<string, Record<string, Documented>> }
  const documented = paths[path]?.[method.toLowerCase()]
  if (documented === undefined) throw new Error(`the document has no ${method} ${path}`)
  return documented
}

function bodyOf({ app }: ContractService, requestBody: Documented['requestBody']): unknown {
  const { components } = app.swagger() as unknown as { components: { schemas: Record<string, Described> } }
  const schema = requestBody?.content['application/json']?.schema
  if (schema === undefined) return undefined
  const name = schema.$ref?.split('/').at(-1)
  return (name === undefined ? schema : components.schemas[name])?.examples?.[0]
}
