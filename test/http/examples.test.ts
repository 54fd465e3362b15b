import t from 'tap'
import { contractService } from './contract.ts'

/**
 * The example of every operation of the document, in an order in which a newcomer could send them. `keep` remembers an id that the service made,
 * for the operations that need it.
 */
const SCENARIO: readonly {
  operationId: string
  as?: Record<string, string>
  keep?: string
  by?: 'second admin'
  headers?: Record<string, string>
}[] = [
  { operationId: 'isAlive' },
  { operationId: 'isReady' },
  { operationId: 'getMetrics' },
  { operationId: 'getOpenApi' },
  { operationId: 'getProblem' },
  { operationId: 'createApiKey', keep: 'keyId' },
  { operationId: 'listApiKeys' },
  { operationId: 'revokeApiKey' },
  { operationId: 'listModels' },
  { operationId: 'listPolicies' },
  { operationId: 'putCustomer' },
  { operationId: 'patchCustomer' },
  { operationId: 'getCustomer' },
  { operationId: 'listCustomers' },
  { operationId: 'putStatement' },
  { operationId: 'getStatement' },
  { operationId: 'listStatements' },
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
  { operationId: 'simulateAssessment' },
  { operationId: 'assessCustomer', keep: 'assessmentId' },
  { operationId: 'getAssessment' },
  { operationId: 'listAssessments' },
  { operationId: 'getRating' },
  { operationId: 'listRatings' },
  { operationId: 'decideLimit', keep: 'limitDecisionId' },
  { operationId: 'approveLimit', by: 'second admin', headers: { 'if-match': '"1"' } },
  { operationId: 'getLimitDecision' },
  { operationId: 'listLimitDecisions' },
  { operationId: 'getLimit' },
  { operationId: 'getExposure' },
  { operationId: 'checkCredit', keep: 'checkId' },
  { operationId: 'getCreditCheck' },
  { operationId: 'listCreditChecks' },
  { operationId: 'captureReservation' },
  { operationId: 'setHold' },
  { operationId: 'liftHold' },
  { operationId: 'releaseReservation' },
  { operationId: 'listJournal' },
  { operationId: 'selfCheck' }
]

interface Parameter {
  readonly name: string
  readonly example?: string
  readonly in: string
  readonly schema: { readonly enum?: readonly string[] }
}

interface Documented {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: {
    readonly content: Record<
      string,
      { readonly schema: { readonly $ref?: string; readonly examples?: readonly unknown[] } }
    >
  }
}

t.test('the example of every operation is accepted by the running service', async (t) => {
  const service = await contractService(t)
  const document = service.app.swagger() as unknown as {
    paths: Record<string, Record<string, Documented>>
    components: { schemas: Record<string, { examples?: readonly unknown[] }> }
  }
  const served = service.operations.filter(({ path }) => !path.startsWith('/simulation'))
  t.same(
    served.map(({ id }) => id).toSorted(),
    SCENARIO.map(({ operationId }) => operationId).toSorted(),
    'every operation has its place'
  )
  const ids: Record<string, string> = {}
  const secondAdmin = await service.authorization('admin')
  for (const { operationId, keep, by, headers = {} } of SCENARIO) {
    const operation = served.find(({ id }) => id === operationId)
    if (operation === undefined) continue
    const documented = document.paths[operation.path]?.[operation.method.toLowerCase()]
    const url = operation.path.replace(/\{(\w+)\}/g, (_all, name: string) => ids[name] ?? exampleOf(documented, name))
    const body = bodyOf(documented, document.components.schemas)
    const sent = { ...headers, ...(by === undefined ? {} : { authorization: secondAdmin }) }
    const answer = await service.send(operation.method, url, body, sent)
    const expected = operationId === 'releaseReservation' ? [409] : [200, 201]
    t.ok(expected.includes(answer.status), `${operationId}: ${answer.status} ${answer.text.slice(0, 300)}`)
    if (keep !== undefined) ids[keep] = answer.body[keep]
  }
})

function exampleOf(documented: Documented | undefined, name: string): string {
  const parameter = documented?.parameters?.find((each) => each.in === 'path' && each.name === name)
  const example = parameter?.example ?? parameter?.schema.enum?.[0]
  if (example === undefined) throw new Error(`the path parameter ${name} has no example`)
  return example
}

function bodyOf(
  documented: Documented | undefined,
  components: Record<string, { examples?: readonly unknown[] }>
): unknown {
  const schema = documented?.requestBody?.content['application/json']?.schema
  if (schema === undefined) return undefined
  const name = schema.$ref?.split('/').at(-1)
  return (name === undefined ? schema.examples : components[name]?.examples)?.[0]
}
