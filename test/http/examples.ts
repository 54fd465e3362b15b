import type { Service, TestAnswer } from '../service.ts'
import type { Operation } from './contract.ts'

interface Step {
  readonly operationId: string
  /** An id that the service makes here, for the operations that need it. */
  readonly keep?:
    | 'changeRequestId'
    | 'keyId'
    | 'evidenceId'
    | 'assessmentId'
    | 'limitDecisionId'
    | 'checkId'
    | 'captureId'
    | 'runId'
    | 'reconciliationId'
  /** Four eyes: with another key than all the others. */
  readonly approver?: true
  /** Sent although it may be left out. */
  readonly header?: 'If-Match'
}

/**
 * The example of every operation of the document, in an order in which a newcomer could send them.
 */
export const SCENARIO: readonly Step[] = [
  { operationId: 'getIndex' },
  { operationId: 'isAlive' },
  { operationId: 'isReady' },
  { operationId: 'getMetrics' },
  { operationId: 'getHouseMetrics' },
  { operationId: 'getOpenApi' },
  { operationId: 'listProblems' },
  { operationId: 'getProblem' },
  { operationId: 'createApiKey', keep: 'keyId' },
  { operationId: 'listApiKeys' },
  { operationId: 'rotateApiKey' },
  { operationId: 'listOrganisationJournal' },
  { operationId: 'listOrganisationEvents' },
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
  { operationId: 'recordDiscount' },
  { operationId: 'getDiscount' },
  { operationId: 'listDiscounts' },
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
  { operationId: 'decideLimit', keep: 'limitDecisionId' },
  { operationId: 'listChangeRequests', keep: 'changeRequestId' },
  { operationId: 'getChangeRequest' },
  { operationId: 'decideChangeRequest', approver: true },
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
  { operationId: 'getCreditCheck', keep: 'captureId' },
  { operationId: 'releaseCapture' },
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
export interface Example {
  readonly url: string
  readonly query: URLSearchParams
  readonly headers: Record<string, string>
  readonly body: unknown
}

export function sendExample(
  service: Pick<Service, 'app' | 'send'>,
  operation: Operation,
  { url, query, headers, body }: Example
): Promise<TestAnswer> {
  return service.send(operation.method, query.size === 0 ? url : `${url}?${query}`, body, headers)
}

/**
 * Every parameter of the path and of the query as the document shows it; a key for the repetition,
 * which is another for each step.
 */
export function exampleOf(
  service: Pick<Service, 'app' | 'send'>,
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

/** The id of this name in an answer: of the thing itself, or of the first of those it lists. */
export function keptOf(body: TestAnswer['body'], name: string): string {
  return [body.items?.[0], body, body.captures?.[0]].find((holder) => holder?.[name] !== undefined)?.[name]
}

export function documentedOf({ app }: Pick<Service, 'app'>, { path, method }: Operation): Documented {
  const { paths } = app.swagger() as unknown as { paths: Record<string, Record<string, Documented>> }
  const documented = paths[path]?.[method.toLowerCase()]
  if (documented === undefined) throw new Error(`the document has no ${method} ${path}`)
  return documented
}

function bodyOf({ app }: Pick<Service, 'app'>, requestBody: Documented['requestBody']): unknown {
  const { components } = app.swagger() as unknown as { components: { schemas: Record<string, Described> } }
  const schema = requestBody?.content['application/json']?.schema
  if (schema === undefined) return undefined
  const name = schema.$ref?.split('/').at(-1)
  return (name === undefined ? schema : components.schemas[name])?.examples?.[0]
}
